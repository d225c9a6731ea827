#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pair/suffix.h"

static void dequantised(void **state)
{
    (void)state;
    const char *const plain[] = {"a_output_0", "b_output_0", "c_output_0"};
    const char *const names[] = {"a_output_0_DequantizeLinear_Output", "c_output_0_DequantizeLinear_Output"};
    assert_int_equal(suffix_find(names, 2, plain, 3), 24);
    assert_int_equal(suffix_find(plain, 3, names, 2), 0);
}

static void none(void **state)
{
    (void)state;
    const char *const plain[] = {"conv_0", "conv_1"}, *const other[] = {"fc_0x", "fc_1x"};
    const char *const one[] = {"conv_0x"};
    assert_int_equal(suffix_find(other, 2, plain, 2), 0);
    assert_int_equal(suffix_find(one, 1, plain, 2), 0); /* one name shows nothing */
    assert_int_equal(suffix_find(plain, 0, plain, 2), 0);
    assert_int_equal(suffix_find(plain, 2, plain, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(dequantised), cmocka_unit_test(none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
