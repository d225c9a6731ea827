#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/triage.h"
#include "unit/triage/network.h"

#include "triage/floor.h"

static struct mm_result stored(enum mm_dtype dtype, double min, double max, double mean, double std)
{
    return (struct mm_result){
        .state = MM_STATE_MEASURED,
        .src = {.known = true, .dtype = MM_F32},
        .dst = {.known = true, .dtype = dtype},
        .metrics = {.count = 10, .src = {.finite = 10, .min = min, .max = max, .mean = mean, .std = std}}};
}

static void near(double a, double b)
{
    assert_true(fabs(a - b) <= 1e-12 * fabs(b));
}

static double estimate(const struct mm_result *result, unsigned quantised)
{
    return floor_estimate(&(struct mm_subject){.result = result}, quantised);
}

static void floats(void **state)
{
    (void)state;
    struct mm_result half = stored(MM_F16, -1, 1, 0, 1), same = stored(MM_F32, -1, 1, 0, 1);
    struct mm_result bf16 = stored(MM_BF16, -1, 1, 0, 1), e5m2 = stored(MM_F8E5M2, -1, 1, 0, 1);
    near(estimate(&half, 0), 0.38 / 2048);
    near(estimate(&bf16, 0), 0.38 / 256);
    near(estimate(&e5m2, 0), 0.38 / 8);
    assert_true(estimate(&same, 0) == 0);
}

/* Rounding to half in NumPy: diff2 of 1e6 uniform values is 1.9e-4; the estimate lies within 15 % of it. */
static void agrees_with_rounding(void **state)
{
    (void)state;
    double square = 0, error = 0;
    for (int i = 1; i <= 100000; i++) {
        float x = (float)(i * 0.618034 - floor(i * 0.618034)) * 2 - 1; /* equally spread in (-1, 1) */
        double e = (double)x - (double)mm_half_to_float(mm_float_to_half(x));
        square += (double)x * (double)x;
        error += e * e;
    }
    struct mm_result half = stored(MM_F16, -1, 1, 0, 0.577);
    double measured = sqrt(error / square);
    assert_true(fabs(estimate(&half, 0) / measured - 1) < 0.15);
}

/* Step 2/255, RMS 0.5: 2 / 255 / sqrt(12) / 0.5. A range that does not reach 0 is stretched to it. */
static void integers(void **state)
{
    (void)state;
    struct mm_result i8 = stored(MM_I8, -1, 1, 0, 0.5), i16 = stored(MM_I16, -1, 1, 0, 0.5);
    struct mm_result positive = stored(MM_U8, 3, 4, 3.5, 0), wide = stored(MM_I32, -1, 1, 0, 0.5);
    near(estimate(&i8, 0), 2.0 / 255 / sqrt(12) / 0.5);
    near(estimate(&i16, 0), 2.0 / 65535 / sqrt(12) / 0.5);
    near(estimate(&positive, 0), 4.0 / 255 / sqrt(12) / 3.5);
    assert_true(estimate(&wide, 0) == 0);
    struct mm_result dequantised = stored(MM_F32, -1, 1, 0, 0.5);
    near(estimate(&dequantised, MM_QUANTISED_RESULT), 2.0 / 255 / sqrt(12) / 0.5);
    assert_true(estimate(&dequantised, MM_QUANTISED_INPUT) == 0);
}

/* The scales that dst is read by: a step over sqrt(12), of several their root mean square. */
static void scales(void **state)
{
    (void)state;
    static const double step[] = {0.3, 0.4};
    const struct mm_entry entry = {.parsed = {.name = "x"}};
    struct mm_pair_scales scales = {.scales = {.count = 1, .scale = step, .dtype = MM_U8}};
    struct mm_pair pair = {.src = &entry, .dst = &entry, .scales = &scales};
    struct mm_result u8 = stored(MM_U8, -1, 1, 0.3, 0.4), f32 = stored(MM_F32, -1, 1, 0.3, 0.4);
    struct mm_subject subject = {.pair = &pair, .result = &u8};
    near(floor_estimate(&subject, 0), 0.3 / sqrt(12) / 0.5);
    scales.scales.count = 2;
    near(floor_estimate(&subject, 0), sqrt(0.125) / sqrt(12) / 0.5);
    subject.result = &f32; /* floats that are not rounded to them */
    assert_true(floor_estimate(&subject, 0) == 0);
    scales.rounds = true;
    near(floor_estimate(&subject, 0), sqrt(0.125) / sqrt(12) / 0.5);
}

static void nothing_to_round(void **state)
{
    (void)state;
    struct mm_result zero = stored(MM_I8, 0, 0, 0, 0), empty = stored(MM_F16, NAN, NAN, NAN, NAN);
    struct mm_result pending = stored(MM_F16, -1, 1, 0, 1);
    empty.metrics.src.finite = 0;
    pending.state = MM_STATE_HEADER;
    assert_true(estimate(&zero, 0) == 0);
    assert_true(estimate(&empty, 0) == 0);
    assert_true(estimate(&pending, 0) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(floats), cmocka_unit_test(agrees_with_rounding),
                                       cmocka_unit_test(integers), cmocka_unit_test(scales),
                                       cmocka_unit_test(nothing_to_round)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
