#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/format.h"
#include "unit/format/format_testing.h"

static void every_row_is_complete(void **state)
{
    size_t count;
    const struct mm_format *format = mm_formats(&count);
    (void)state;
    assert_true(count >= 4);
    for (size_t i = 0; i < count; i++) {
        /* many tensors, or one; what is written, can be read; without a reader it is refused while it is listed */
        assert_int_equal(!format[i].list || !format[i].read, !format[i].fetch);
        assert_true(format[i].read || (format[i].list && !format[i].write));
        assert_true(format[i].list || !format[i].write_all);
        assert_true(format[i].write || !format[i].write_all);
        assert_int_equal(!format[i].write_all, !format[i].pack);
        assert_true((format[i].ending[0] == '.' || (!format[i].ending[0] && format[i].probe)) &&
                    format[i].title[0]);
        assert_ptr_equal(mm_format_find(format[i].name), &format[i]);
    }
}

static void found_by_name(void **state)
{
    (void)state;
    assert_string_equal(mm_format_find("pb")->ending, ".pb");
    assert_string_equal(mm_format_find("pbtxt")->ending, ".pbtxt");
    assert_false(mm_format_find("npy")->stamped);
    assert_true(mm_format_find("pb")->stamped);
    assert_null(mm_format_find("nph"));
    assert_null(mm_format_find(""));
}

static void by_content_first(void **state)
{
    static const struct {
        const char *name, *content, *format;
    } cases[] = {
        {"a.npy", "\x93NUMPY\x01", "npy"},
        {"b.npz", "\x93NUMPY\x01", "npy"},
        {"c", "PK\x03\x04", "npz"},
        {"d.npy", "PK\x05\x06", "npz"},
        {"e.pb", "whatever", "pb"},
        {"f.npz", "", "npz"},
        {"g.npy", "PK\x01\x02", "npy"},
        {"h.txt", "whatever", NULL},
        {".npy", "", NULL},
        {"i.json", "{\"lst\": []}", "polygraphy"},
        {"j", "[{\"x\": {\"array\": \"", "polygraphy"},
        {"k.json", "{\"layers\": []}", NULL},
        {"l.safetensors.index.json", "{\"weight_map\": {", "safetensors-index"},
    };
    char *folder = make_folder();
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        put_text(folder, cases[i].name, cases[i].content);
        char *path = mm_path_join(folder, cases[i].name);
        const struct mm_format *format = mm_format_of(path);
        if (!cases[i].format)
            assert_null(format);
        else if (!format || strcmp(format->name, cases[i].format) != 0)
            fail_msg("%s is %s", cases[i].name, format ? format->name : "nothing");
        free(path);
    }
    assert_null(mm_format_of(folder));
    drop_folder(folder);
}

static void by_the_ending_of_the_name(void **state)
{
    size_t stem = 0;
    (void)state;
    assert_string_equal(mm_format_by_name("a.b.npz", &stem)->name, "npz");
    assert_int_equal(stem, 3);
    assert_null(mm_format_by_name(".npz", &stem));
    assert_null(mm_format_by_name("npz", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(found_by_name),
        cmocka_unit_test(by_content_first),
        cmocka_unit_test(by_the_ending_of_the_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
