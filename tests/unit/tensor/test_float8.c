/* float8: all codes against the formula of the OCP specification, and rounding back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>

#include "mmtui/tensor.h"

/* (-1)^sign 2^(exponent - bias) (1 + mantissa / 2^bits), exponent 0: 2^(1 - bias) mantissa / 2^bits */
static double by_formula(unsigned code, int bits, int bias)
{
    int exponent = (int)((code & 0x7f) >> bits);
    double mantissa = (double)(code & ((1u << bits) - 1)) / (double)(1 << bits);
    double value = exponent == 0 ? ldexp(mantissa, 1 - bias) : ldexp(1 + mantissa, exponent - bias);

    return code & 0x80 ? -value : value;
}

static void e4m3_codes(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 256; code++) {
        float value = mm_e4m3_to_float((uint8_t)code);

        if ((code & 0x7f) == 0x7f) {
            assert_true(isnan(value));
            assert_int_equal(mm_float_to_e4m3(value) & 0x7f, 0x7f);
        } else {
            assert_true((double)value == by_formula(code, 3, 7) && !signbit(value) == !(code & 0x80));
            assert_int_equal(mm_float_to_e4m3(value), code);
        }
    }
    assert_true(mm_e4m3_to_float(0x7e) == 448.0f && mm_e4m3_to_float(0x01) == 0x1p-9f);
}

static void e5m2_codes(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 256; code++) {
        float value = mm_e5m2_to_float((uint8_t)code);

        if ((code & 0x7f) > 0x7c) {
            assert_true(isnan(value) && isnan(mm_e5m2_to_float(mm_float_to_e5m2(value))));
        } else if ((code & 0x7f) == 0x7c) {
            assert_true(value == (code & 0x80 ? -INFINITY : INFINITY));
            assert_int_equal(mm_float_to_e5m2(value), code);
        } else {
            assert_true((double)value == by_formula(code, 2, 15) && !signbit(value) == !(code & 0x80));
            assert_int_equal(mm_float_to_e5m2(value), code);
        }
    }
    assert_true(mm_e5m2_to_float(0x7b) == 57344.0f && mm_e5m2_to_float(0x01) == 0x1p-16f);
}

/* Between two neighbours: the middle goes to the even code, a little less or more to the nearer one. */
static void rounding(void **state)
{
    (void)state;
    for (unsigned code = 0; code < 0x7e; code++) {
        float low = mm_e4m3_to_float((uint8_t)code), high = mm_e4m3_to_float((uint8_t)(code + 1));
        float middle = (low + high) / 2;

        assert_int_equal(mm_float_to_e4m3(middle), code + (code & 1));
        assert_int_equal(mm_float_to_e4m3(nextafterf(middle, 0)), code);
        assert_int_equal(mm_float_to_e4m3(-nextafterf(middle, INFINITY)), 0x80 | (code + 1));
    }
    for (unsigned code = 0; code < 0x7b; code++) {
        float low = mm_e5m2_to_float((uint8_t)code), high = mm_e5m2_to_float((uint8_t)(code + 1));
        float middle = (low + high) / 2;

        assert_int_equal(mm_float_to_e5m2(middle), code + (code & 1));
        assert_int_equal(mm_float_to_e5m2(nextafterf(middle, 0)), code);
        assert_int_equal(mm_float_to_e5m2(-nextafterf(middle, INFINITY)), 0x80 | (code + 1));
    }
}

static void overflow(void **state)
{
    (void)state;
    assert_int_equal(mm_float_to_e4m3(464.0f), 0x7e);
    assert_int_equal(mm_float_to_e4m3(464.1f), 0x7f);
    assert_int_equal(mm_float_to_e4m3(-INFINITY), 0xff);
    assert_int_equal(mm_float_to_e4m3(FLT_MAX), 0x7f);
    assert_int_equal(mm_float_to_e5m2(61439.0f), 0x7b);
    assert_int_equal(mm_float_to_e5m2(61440.0f), 0x7c);
    assert_int_equal(mm_float_to_e5m2(-FLT_MAX), 0xfc);
    assert_int_equal(mm_float_to_e5m2(0x1p-149f), 0);
    assert_int_equal(mm_float_to_e4m3(-0.0f), 0x80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(e4m3_codes),
        cmocka_unit_test(e5m2_codes),
        cmocka_unit_test(rounding),
        cmocka_unit_test(overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
