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
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++) {
        assert_non_null(format[i].read);
        assert_non_null(format[i].write);
        assert_true(format[i].ending[0] == '.' && format[i].title[0]);
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
    assert_null(mm_format_find("npz"));
    assert_null(mm_format_find(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
