/* Halves: all 65,536 of them both ways, and rounding. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "mmtui/tensor.h"

/* The definition: (-1)^sign 2^(exponent-15) (1 + mantissa/1024), subnormals with 2^-14 and without the 1. */
static double half_by_definition(unsigned h)
{
    int exponent = (int)(h >> 10 & 0x1f), mantissa = (int)(h & 0x3ff);
    double value = exponent == 0    ? ldexp(mantissa, -24)
                   : exponent == 31 ? (mantissa ? NAN : INFINITY)
                                    : ldexp(1024 + mantissa, exponent - 25);

    return h & 0x8000u ? -value : value;
}

static void every_half_widens_exactly(void **state)
{
    (void)state;
    for (unsigned h = 0; h < 65536; h++) {
        double expected = half_by_definition(h);
        float got = mm_half_to_float((uint16_t)h);

        if (isnan(expected))
            assert_true(isnan(got));
        else
            assert_true((double)got == expected);
        assert_int_equal(signbit(got) != 0, (h & 0x8000u) != 0);
    }
}

static void every_half_comes_back(void **state)
{
    (void)state;
    for (unsigned h = 0; h < 65536; h++) {
        uint16_t back = mm_float_to_half(mm_half_to_float((uint16_t)h));

        if (isnan(half_by_definition(h)))
            assert_true((back & 0x7c00u) == 0x7c00u && (back & 0x3ffu) != 0);
        else
            assert_int_equal(back, h);
    }
}

/* Between neighbours a < b: the middle goes to the even one, what is a hair off goes to the nearer one. */
static void narrowing_rounds_to_nearest_even(void **state)
{
    (void)state;
    for (unsigned h = 0; h < 0x7bff; h++) {
        float a = mm_half_to_float((uint16_t)h), b = mm_half_to_float((uint16_t)(h + 1));
        float middle = (a + b) / 2.0f;
        unsigned even = h & 1u ? h + 1 : h;

        assert_int_equal(mm_float_to_half(middle), even);
        assert_int_equal(mm_float_to_half(-middle), even | 0x8000u);
        assert_int_equal(mm_float_to_half(nextafterf(middle, 0.0f)), h);
        assert_int_equal(mm_float_to_half(nextafterf(middle, INFINITY)), h + 1);
    }
}

static void narrowing_at_the_ends(void **state)
{
    (void)state;
    assert_int_equal(mm_float_to_half(65504.0f), 0x7bff);
    assert_int_equal(mm_float_to_half(65519.996f), 0x7bff);
    assert_int_equal(mm_float_to_half(65520.0f), 0x7c00);
    assert_int_equal(mm_float_to_half(-1e30f), 0xfc00);
    assert_int_equal(mm_float_to_half(INFINITY), 0x7c00);
    assert_int_equal(mm_float_to_half(0x1p-25f), 0);
    assert_int_equal(mm_float_to_half(0x1.000002p-25f), 1);
    assert_int_equal(mm_float_to_half(-0.0f), 0x8000);
    assert_int_equal(mm_float_to_half(1e-45f), 0);
    assert_true(isnan(mm_half_to_float(mm_float_to_half(NAN))));
}

static void bf16_widens_by_position(void **state)
{
    (void)state;
    for (unsigned b = 0; b < 65536; b++) {
        uint32_t bits = (uint32_t)b << 16;
        float expected, got = mm_bf16_to_float((uint16_t)b);

        memcpy(&expected, &bits, sizeof(expected));
        assert_memory_equal(&got, &expected, sizeof(got));
        if (!isnan(expected))
            assert_int_equal(mm_float_to_bf16(got), b);
    }
}

static void bf16_rounds_to_nearest_even(void **state)
{
    (void)state;
    assert_int_equal(mm_float_to_bf16(1.0f), 0x3f80);
    assert_int_equal(mm_float_to_bf16(1.00390625f), 0x3f80);  /* 1 + 2^-8, a tie: down to even */
    assert_int_equal(mm_float_to_bf16(1.01171875f), 0x3f82);  /* 1 + 3 2^-8, a tie: up to even */
    assert_int_equal(mm_float_to_bf16(1.003906369f), 0x3f81); /* just above the tie */
    assert_int_equal(mm_float_to_bf16(-1.00390625f), 0xbf80);
    assert_int_equal(mm_float_to_bf16(3.4028235e38f), 0x7f80); /* FLT_MAX rounds to Inf */
    assert_int_equal(mm_float_to_bf16(3.3895314e38f), 0x7f7f); /* the greatest bf16 */
    assert_int_equal(mm_float_to_bf16(-INFINITY), 0xff80);
    assert_true(isnan(mm_bf16_to_float(mm_float_to_bf16(NAN))));
    assert_int_equal(mm_float_to_bf16(1e-45f), 0);
}

/* A NaN whose payload lies only in the bits that are cut off must not become Inf. */
static void small_nan_payloads_survive(void **state)
{
    uint32_t bits = 0x7f800001u;
    float nan;

    (void)state;
    memcpy(&nan, &bits, sizeof(nan));
    assert_true(isnan(mm_bf16_to_float(mm_float_to_bf16(nan))));
    assert_true(isnan(mm_half_to_float(mm_float_to_half(nan))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_half_widens_exactly),        cmocka_unit_test(every_half_comes_back),
        cmocka_unit_test(narrowing_rounds_to_nearest_even), cmocka_unit_test(narrowing_at_the_ends),
        cmocka_unit_test(bf16_widens_by_position),          cmocka_unit_test(bf16_rounds_to_nearest_even),
        cmocka_unit_test(small_nan_payloads_survive),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
