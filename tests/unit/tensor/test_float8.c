/* float8 and less: all codes against the formula of the OCP specification and against ml_dtypes, and rounding back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>

#include "mmtui/tensor.h"
#include "unit/tensor/ml_dtypes_codes.h"

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

/* ---- against ml_dtypes ---- */

static bool same(float a, float b)
{
    return (isnan(a) && isnan(b)) || (a == b && !signbit(a) == !signbit(b));
}

static void all_codes_of_all_formats(void **state)
{
    (void)state;
    for (size_t row = 0; row < MM_COUNT(ml_dtypes_codes); row++) {
        enum mm_dtype dtype = ml_dtypes_codes[row].dtype;
        for (unsigned code = 0; code < 256; code++) {
            float value = mm_small_to_float(dtype, (uint8_t)code);
            unsigned bits =
                code & ((1u << mm_dtype_info(dtype)->bits) - 1); /* those above count for nothing */
            if (!same(value, ml_dtypes_codes[row].value[bits]))
                fail_msg("%s: code 0x%02x is %a, not %a", mm_dtype_info(dtype)->name, code, (double)value,
                         (double)ml_dtypes_codes[row].value[code]);
        }
    }
    assert_true(isnan(mm_small_to_float(MM_F16, 0)) && isnan(mm_small_to_float(MM_DTYPE_NONE, 0)));
    assert_true(mm_small_to_float(MM_BOOL, 7) == 1 && mm_small_to_float(MM_U8, 255) == 255);
    assert_true(mm_small_to_float(MM_I8, 0x80) == -128);
}

/* The table's limits are the least and greatest of the codes. */
static void limits_are_those_of_the_codes(void **state)
{
    (void)state;
    for (size_t row = 0; row < MM_COUNT(ml_dtypes_codes); row++) {
        const struct mm_dtype_info *info = mm_dtype_info(ml_dtypes_codes[row].dtype);
        float low = INFINITY, high = -INFINITY;
        for (unsigned code = 0; code < 256; code++) {
            float value = ml_dtypes_codes[row].value[code];
            low = isfinite(value) ? fminf(low, value) : low;
            high = isfinite(value) ? fmaxf(high, value) : high;
        }
        assert_true((double)low == info->lowest && (double)high == info->highest);
        assert_true(info->lane_f && info->bytes == 1);
    }
}

static void casts_of_all_formats(void **state)
{
    (void)state;
    for (size_t row = 0; row < MM_COUNT(ml_dtypes_casts); row++) {
        enum mm_dtype dtype = ml_dtypes_casts[row].dtype;
        for (size_t i = 0; i < MM_COUNT(ml_dtypes_floats); i++) {
            uint8_t code = mm_float_to_small(dtype, ml_dtypes_floats[i]);
            if (!same(mm_small_to_float(dtype, code), mm_small_to_float(dtype, ml_dtypes_casts[row].code[i])))
                fail_msg("%s: %a is 0x%02x, not 0x%02x", mm_dtype_info(dtype)->name,
                         (double)ml_dtypes_floats[i], code, ml_dtypes_casts[row].code[i]);
        }
        for (unsigned code = 0; code < 256; code++) {
            float value = mm_small_to_float(dtype, (uint8_t)code);
            if (!isnan(value))
                assert_true(same(mm_small_to_float(dtype, mm_float_to_small(dtype, value)), value));
        }
    }
    assert_int_equal(mm_float_to_small(MM_F16, 1), 0);
}

/* ---- packed values ---- */

static void unpacking(void **state)
{
    static const uint8_t bytes[] = {0x21, 0x43, 0x65}; /* 1 2 3 4 5 6: low half first */
    static const uint8_t twos[] = {0xe4, 0x1b},
                         sixes[] = {0x41, 0x30, 0x10, 5}; /* 0 1 2 3 3 2 1 0; 1 1 3 4 5 */
    uint8_t out[8];

    (void)state;
    mm_unpack_bits(4, bytes, 0, 6, out);
    assert_memory_equal(out, ((uint8_t[]){1, 2, 3, 4, 5, 6}), 6);
    mm_unpack_bits(4, bytes, 1, 4, out);
    assert_memory_equal(out, ((uint8_t[]){2, 3, 4, 5}), 4);
    mm_unpack_bits(2, twos, 0, 8, out);
    assert_memory_equal(out, ((uint8_t[]){0, 1, 2, 3, 3, 2, 1, 0}), 8);
    mm_unpack_bits(2, twos, 3, 3, out);
    assert_memory_equal(out, ((uint8_t[]){3, 3, 2}), 3);
    mm_unpack_bits(6, sixes, 0, 5, out);
    assert_memory_equal(out, ((uint8_t[]){1, 1, 3, 4, 5}), 5);
    mm_unpack_bits(6, sixes, 3, 2, out);
    assert_memory_equal(out, ((uint8_t[]){4, 5}), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(e4m3_codes),
        cmocka_unit_test(e5m2_codes),
        cmocka_unit_test(rounding),
        cmocka_unit_test(overflow),
        cmocka_unit_test(all_codes_of_all_formats),
        cmocka_unit_test(limits_are_those_of_the_codes),
        cmocka_unit_test(casts_of_all_formats),
        cmocka_unit_test(unpacking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
