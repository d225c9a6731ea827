#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/dump.h"
#include "unit/fixture.h"

static int setup(void **state)
{
    *state = temp_folder();
    return 0;
}

static int teardown(void **state)
{
    drop_folder(*state);
    return 0;
}

/* The names, each with a blank behind it, or the error without the path. */
static void assert_names(char *folder, const char *file, const char *text, const char *expected)
{
    struct mm_order_names names;
    struct mm_err err = {MM_OK, ""};
    struct mm_buf found = {0};
    put_text(folder, file, text);
    char *path = in_folder(folder, file);
    if (mm_order_names_read(&names, path, &err) < 0)
        mm_buf_puts(&found, err.text + strlen(path));
    for (size_t i = 0; i < names.count; i++)
        mm_buf_printf(&found, "%s ", names.name[i]);
    assert_string_equal(mm_buf_text(&found), expected);
    mm_order_names_done(&names);
    mm_buf_done(&found);
    free(path);
}

/* Blanks around a name, \r, blank lines and a missing end of line; a listing of files does as well. */
static void lines(void **state)
{
    assert_names(*state, "a", "conv1\n\n  /b/Relu_output_0 \r\nlast", "conv1 /b/Relu_output_0 last ");
    assert_names(*state, "b", "conv1.npy\n12_relu.pb\nv1.weight\n.npy\n", "conv1 12_relu v1.weight .npy ");
}

static void json(void **state)
{
    assert_names(*state, "a", "[\"b\", \"a\", \"b\"]", "b a b ");
    assert_names(*state, "b",
                 " \n{\"version\": [1], \"tensors\": [{\"name\": \"z\", \"shape\": [1]}, {\"name\": \"y\"}]}",
                 "z y ");
    assert_names(*state, "c", "{\"z\": {\"shape\": [1, 2]}, \"b\": {\"type\": \"f32\"}}", "z b ");
    assert_names(*state, "d", "[[[\"deep\", \"er\"]]]", "deep er ");
}

static void nothing_in_it(void **state)
{
    static const char none[] = ": there are no names in it (a name a line, or a JSON list of names)";
    assert_names(*state, "a", "", none);
    assert_names(*state, "b", "\n \n", none);
    assert_names(*state, "c", "[]", none);
    assert_names(*state, "d", "{\"a\": 1}", none);
    assert_names(*state, "e", "[\"a\", 1]", none);
}

static void damaged(void **state)
{
    struct mm_order_names names;
    struct mm_err err = {MM_OK, ""};
    put_text(*state, "a.json", "[\"a\",\n\"b\"");
    char *path = in_folder(*state, "a.json"), *none = in_folder(*state, "none");
    assert_int_equal(mm_order_names_read(&names, path, &err), -1);
    assert_int_equal(names.count, 0);
    assert_non_null(strstr(err.text, "a.json"));
    assert_int_equal(mm_order_names_read(&names, none, &err), -1);
    assert_int_equal(err.code, MM_ENOENT);
    mm_order_names_done(&names);
    free(path);
    free(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(lines, setup, teardown),
                                       cmocka_unit_test_setup_teardown(json, setup, teardown),
                                       cmocka_unit_test_setup_teardown(nothing_in_it, setup, teardown),
                                       cmocka_unit_test_setup_teardown(damaged, setup, teardown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
