/* How channels lie, and the scales of weights: figures worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/simulate.h"
#include "unit/near.h"

#include <float.h>
#include <math.h>

static struct mm_shape shape_of(int rank, const int64_t *dim)
{
    struct mm_shape shape = {.rank = rank};
    for (int i = 0; i < rank; i++)
        shape.dim[i] = dim[i];
    return shape;
}

static void assert_lay(const struct mm_shape *shape, int axis, int64_t channels, int64_t inner)
{
    struct mm_lay lay = simulated_lay(shape, axis);
    assert_int_equal(lay.channels, channels);
    assert_int_equal(lay.inner, inner);
}

static void channels(void **state)
{
    (void)state;
    struct mm_shape conv = shape_of(4, (const int64_t[]){8, 3, 5, 7}), one = shape_of(0, NULL);
    struct mm_shape empty = shape_of(2, (const int64_t[]){0, 4});
    assert_lay(&conv, -1, 1, 8 * 3 * 5 * 7);
    assert_lay(&conv, 0, 8, 3 * 5 * 7);
    assert_lay(&conv, 1, 3, 5 * 7);
    assert_lay(&conv, AXIS_LAST, 7, 1);
    assert_lay(&conv, 4, 1, 8 * 3 * 5 * 7); /* no such axis */
    assert_lay(&one, -1, 1, 1);
    assert_lay(&one, AXIS_LAST, 1, 1);
    assert_lay(&empty, 0, 1, 1);
    assert_lay(&empty, 1, 4, 1);
    assert_int_equal(simulated_axis(AXIS_LAST, 3), 2);
    assert_int_equal(simulated_axis(-1, 3), -1);
    assert_int_equal(simulated_axis(1, 3), 1);
}

/* Three channels of two: the greatest is 12.7, 0 and 254. Codes of int8 are -127 to 127. */
static const float weights[] = {12.7F, -1.04F, 0, 0, 1, -254};
#define WEIGHTS (int64_t) MM_COUNT(weights)

static const struct round_rule *rule_of(struct simulated *simulated, int axis)
{
    const struct need need = {MM_I8, axis, 0};
    const struct mm_shape shape = shape_of(2, (const int64_t[]){3, 2});
    return simulated_weight_rule(simulated, 0, &need, &shape, weights, WEIGHTS);
}

static void assert_rounded(const struct round_rule *rule, unsigned ways, const float *x, const double *codes,
                           const double *scale)
{
    float out[MM_COUNT(weights)];
    mm_round_ways_float(&rule->rounder, ways, x, out, MM_COUNT(out));
    for (size_t i = 0; i < MM_COUNT(out); i++)
        assert_near(out[i], codes[i] * scale[i], 1e-6 * fabs(codes[i] * scale[i]));
}

static void scales_of_weights(void **state)
{
    (void)state;
    const struct mm_simulation settings = {.storage = MM_F32, .integers = MM_I8};
    struct simulated simulated = {.settings = &settings, .path = "m.onnx"};
    const struct round_rule *whole = rule_of(&simulated, -1), *each = rule_of(&simulated, 0);
    assert_non_null(whole);
    assert_non_null(each);
    /* 254 / 127 = 2: 12.7 is 6.35 steps, -1.04 is -0.52, 1 is half a step and goes to the even 0 */
    assert_int_equal(whole->channels, 1);
    assert_near(((float *)whole->rounder.scale)[0], 2, 0);
    assert_true(whole->zero[0] == 0);
    assert_rounded(whole, 0, weights, (const double[]){6, -1, 0, 0, 0, -127},
                   (const double[]){2, 2, 2, 2, 2, 2});
    /* away from zero, the half goes to 1 */
    assert_rounded(whole, MM_ROUND_AWAY, weights, (const double[]){6, -1, 0, 0, 1, -127},
                   (const double[]){2, 2, 2, 2, 2, 2});
    /* 0.1, anything, 2: -1.04 is -10.4 steps */
    assert_int_equal(each->channels, 3);
    assert_rounded(each, 0, weights, (const double[]){127, -10, 0, 0, 0, -127},
                   (const double[]){0.1, 0.1, 1, 1, 2, 2});
    simulated_close(&simulated);
}

/* Beyond the range: the last code, Inf too; NaN stays. */
static void clipping(void **state)
{
    (void)state;
    const struct mm_simulation settings = {.storage = MM_F32, .integers = MM_I8};
    struct simulated simulated = {.settings = &settings, .path = "m.onnx"};
    const struct round_rule *rule = rule_of(&simulated, -1);
    assert_non_null(rule);
    const float x[] = {255, -255.5F, INFINITY, -INFINITY, 253, 3};
    assert_rounded(rule, 0, x, (const double[]){127, -127, 127, -127, 126, 2}, /* 126.5 and 1.5 to even */
                   (const double[]){2, 2, 2, 2, 2, 2});
    float nan = NAN, out;
    mm_round_ways_float(&rule->rounder, 0, &nan, &out, 1);
    assert_true(isnan(out));
    simulated_close(&simulated);
}

/* A scale is a float above 0, and no code times it overflows. */
static void scales_stay_floats(void **state)
{
    (void)state;
    const struct mm_simulation settings = {.storage = MM_F32, .integers = MM_I8};
    struct simulated simulated = {.settings = &settings, .path = "m.onnx"};
    const struct need need = {MM_I8, -1, 0};
    struct round_rule *rule = simulated_add_rule(&simulated, 0, &need, 1);
    assert_non_null(rule);
    const float *scale = rule->rounder.scale;
    round_rule_set(rule, 0, 1e-60, -127, 127, 0);
    assert_near(*scale, FLT_TRUE_MIN, 0);
    round_rule_set(rule, 0, 1e300, -127, 127, 0);
    assert_true(isfinite(*scale * 127) && *scale * 127 > FLT_MAX * 0.99F);
    round_rule_set(rule, 0, 0.25, -128, 127, -3);
    assert_near(*scale, 0.25, 0);
    assert_true(rule->zero[0] == -3 && rule->rounder.span == 255);
    simulated_close(&simulated);
}

/* One rule for a storage, however many tensors are stored so. */
static void storage_rules(void **state)
{
    (void)state;
    const struct mm_simulation settings = {.storage = MM_F16, .saturate = true};
    struct simulated simulated = {.settings = &settings, .path = "m.onnx"};
    int half = simulated_storage_rule(&simulated, MM_F16);
    assert_int_equal(half, simulated_storage_rule(&simulated, MM_F16));
    assert_int_not_equal(half, simulated_storage_rule(&simulated, MM_BF16));
    assert_int_equal(simulated.rules, 2);
    /* half's greatest is 65504, and its steps at 1 are 2^-10 */
    const float x[] = {1e6F, 1.0F + 0x1p-11F, 1.0F + 0x1.8p-10F};
    float out[3];
    mm_round_ways_float(&simulated.rule[half]->rounder, simulated.rule[half]->ways, x, out, 3);
    assert_near(out[0], 65504, 0);
    assert_near(out[1], 1, 0);
    assert_near(out[2], 1 + 0x1p-9F, 0);
    simulated_close(&simulated);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channels),           cmocka_unit_test(scales_of_weights), cmocka_unit_test(clipping),
        cmocka_unit_test(scales_stay_floats), cmocka_unit_test(storage_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
