#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "cause/recompute.h"

#define UNIT 0x1p-11 /* of f16 */

static struct mm_value floats(float *f, int rank, int64_t outer, int64_t channels, int64_t inner)
{
    struct mm_shape shape = {rank, {outer, channels, inner}};
    if (rank == 1)
        shape.dim[0] = channels;
    return (struct mm_value){
        .dtype = MM_F32, .shape = shape, .count = rank == 1 ? channels : outer * channels * inner, .f = f};
}

/* Two channels of two values: x, scale, bias, mean, variance. The result's RMS is 1. */
static double of_batch_norm(float *x, float *params[4])
{
    static struct operands o;
    static const int inputs[5] = {0, 1, 2, 3, 4};
    struct mm_graph_node node = {.op_type = "BatchNormalization", .inputs = inputs, .input_count = 5};
    struct residual residual = {.n = 4, .yy = 4};
    struct mm_recomputed out = {.kind = MM_OPERATOR_NORMALISATION};
    struct mm_value value[5] = {floats(x, 3, 1, 2, 2)};
    memset(&o, 0, sizeof o);
    o.result[SIDE_DST].count = value[0].count;
    for (int k = 0; k < 5; k++) {
        if (k > 0)
            value[k] = floats(params[k - 1], 1, 1, 2, 1);
        o.input[SIDE_DST][k] = &value[k];
    }
    return float_rounding(&o, MM_F16, &node, &residual, &out);
}

/* A variance of ten thousand is no size of a term: x's mean squares are 17 and 2.5, k is 1 and 2; 17 and 10 are more
 * than the means' squares and the bias's, and sqrt((17 + 10) / 2) = 3.674. */
static void large_variance(void **state)
{
    (void)state;
    float x[] = {3, 5, 1, 2}, scale[] = {100, 200}, bias[] = {0, 1}, mean[] = {1, 0}, var[] = {1e4f, 1e4f};
    double found = of_batch_norm(x, (float *[]){scale, bias, mean, var});
    assert_true(fabs(found - sqrt(13.5) * UNIT) < 1e-6 * found);
}

/* What cancels: a mean of 30 (k is 1), and a bias of 40: sqrt((900 + 1600) / 2). */
static void large_terms(void **state)
{
    (void)state;
    float x[] = {3, 5, 1, 2}, scale[] = {100, 100}, bias[] = {0, 40}, mean[] = {30, 0}, var[] = {1e4f, 1e4f};
    double found = of_batch_norm(x, (float *[]){scale, bias, mean, var});
    assert_true(fabs(found - sqrt(1250) * UNIT) < 1e-6 * found);
}

/* 3e-5 and an epsilon of 1e-5 are no normal values of f16: beneath the root nothing may be left, so half of k is lost
 * of one channel (k x has a mean square of 1), and of the other, whose variance is one, 1e-5 / 2 alone. */
static void small_variance(void **state)
{
    (void)state;
    float k = sqrtf(4e-5f), x[] = {1, 1, 1, 1}, scale[] = {k, 1}, bias[] = {0, 0}, mean[] = {0, 0};
    float var[] = {3e-5f, 1};
    double found = of_batch_norm(x, (float *[]){scale, bias, mean, var});
    assert_true(fabs(found - sqrt(0.125 + UNIT * UNIT)) < 1e-4 * found);
}

/* Not below a unit, whatever the terms are. */
static void a_unit_at_least(void **state)
{
    (void)state;
    float x[] = {.1f, .1f, .1f, .1f}, scale[] = {1, 1}, bias[] = {0, 0}, mean[] = {0, 0}, var[] = {1, 1};
    assert_true(of_batch_norm(x, (float *[]){scale, bias, mean, var}) == UNIT);
}

/* ---- by statistics of the input itself ---- */

struct line_norm {
    const char *type;
    int64_t axis, groups;
    float x[8], scale[4], bias[4];
    int64_t outer, channels, inner; /* of x */
    int scales;
};

/* The result's RMS is 1. */
static double of_line_norm(struct line_norm *given, const struct mm_value *result)
{
    static struct operands o;
    static const int inputs[3] = {0, 1, 2};
    static const float none = 0;
    struct mm_graph_attribute attribute[] = {
        {.name = "axis", .ints = &given->axis, .int_count = 1, .single = true},
        {.name = "num_groups", .ints = &given->groups, .int_count = 1, .single = true},
        {.name = "epsilon", .floats = &none, .float_count = 1, .single = true}};
    struct mm_graph_node node = {.op_type = given->type,
                                 .inputs = inputs,
                                 .input_count = 3,
                                 .attributes = attribute,
                                 .attribute_count = 3};
    struct mm_value value[3] = {floats(given->x, 3, given->outer, given->channels, given->inner),
                                floats(given->scale, 1, 1, given->scales, 1),
                                floats(given->bias, 1, 1, given->scales, 1)};
    struct residual residual = {.n = value[0].count, .yy = (double)value[0].count};
    struct mm_recomputed out = {.kind = MM_OPERATOR_NORMALISATION};
    memset(&o, 0, sizeof o);
    o.result[SIDE_DST] = result ? *result : value[0];
    for (int k = 0; k < 3; k++)
        o.input[SIDE_DST][k] = &value[k];
    return float_rounding(&o, MM_F16, &node, &residual, &out);
}

static void assert_units(double found, double units)
{
    if (!(fabs(found - units * UNIT) <= 1e-6 * units * UNIT))
        fail_msg("%g units, not %g", found / UNIT, units);
}

/* Thousands about a mean of none are no size of a term: a line of +-3000 is +-1 behind it. */
static void large_inputs(void **state)
{
    (void)state;
    struct line_norm layer = {
        "LayerNormalization", -1, 0, {3000, -3000, -3000, 3000}, {1, 1}, {0, 0}, 1, 2, 2, 2};
    assert_units(of_line_norm(&layer, NULL), 1);
    struct line_norm instance = {
        "InstanceNormalization", 0, 0, {3000, -3000, 500, -500}, {1, 1}, {0, 0}, 1, 2, 2, 2};
    assert_units(of_line_norm(&instance, NULL), 1);
}

/* Means of 30 and of 40 with a deviation of 1 cancel: x's squares are 841 and 961, the mean's 900, then 1521 and 1681,
 * 1600; the larger of each two is the term, whose mean is (900 + 961 + 1600 + 1681) / 4. */
static void large_means(void **state)
{
    (void)state;
    double sum = 900 + 961 + 1600 + 1681;
    struct line_norm layer = {"LayerNormalization", -1, 0, {29, 31, 39, 41}, {1, 1}, {0, 0}, 1, 2, 2, 2};
    assert_units(of_line_norm(&layer, NULL), sqrt(sum / 4));
    struct line_norm instance = {"InstanceNormalization", 0, 0, {29, 31, 39, 41}, {1, 1}, {0, 0}, 1, 2, 2, 2};
    assert_units(of_line_norm(&instance, NULL), sqrt(sum / 4));
    instance.scale[1] = 2; /* of the second channel alone */
    assert_units(of_line_norm(&instance, NULL), sqrt((900 + 961 + 4 * (1600 + 1681)) / 4.0));
    struct line_norm rms = {"RMSNormalization", -1, 0, {29, 31, 39, 41}, {1, 1}, {0, 0}, 1, 2, 2, 2};
    assert_units(of_line_norm(&rms, NULL), 1); /* nothing is subtracted */
}

/* A group of two channels is one line: 1, 3, 5, 7 have the mean 4 and the variance 5. The terms are 16, 16, 25 and 49; the
 * bias of the second channel is larger than they: 100 / 1. */
static void groups(void **state)
{
    (void)state;
    struct line_norm group = {"GroupNormalization", 0, 1, {1, 3, 5, 7}, {1, 1}, {0, 10}, 1, 2, 2, 2};
    assert_units(of_line_norm(&group, NULL), sqrt((32 / 5.0 + 200) / 4));
}

/* A variance of 1e-6 is no normal value of f16: all of the root may be lost, of terms apart from the mean alone. */
static void lost_beneath_the_root(void **state)
{
    (void)state;
    struct line_norm layer = {
        "LayerNormalization", -1, 0, {1.001f, 0.999f, 2.001f, 1.999f}, {1, 1}, {0, 0}, 1, 2, 2, 2};
    double found = of_line_norm(&layer, NULL), terms = sqrt((1 + 4) / 2.0 * 1e6) * UNIT;
    assert_true(fabs(found - hypot(0.5, terms)) < 0.01 * found);
}

/* The second result of a layer normalisation is the means: what they lie between says nothing of them. */
static void other_results(void **state)
{
    (void)state;
    float mean[] = {0, 0};
    struct mm_value means = floats(mean, 3, 1, 2, 1);
    struct line_norm layer = {"LayerNormalization", -1, 0, {3, -3, -3, 3}, {1, 1}, {0, 0}, 1, 2, 2, 2};
    assert_units(of_line_norm(&layer, &means), 3);
}

/* ---- products ---- */

static double of_product(const char *type, float a, float b, float y)
{
    static struct operands o;
    static const int inputs[2] = {0, 1};
    struct mm_graph_node node = {.op_type = type, .inputs = inputs, .input_count = 2};
    struct mm_value value[2] = {floats(&a, 1, 1, 1, 1), floats(&b, 1, 1, 1, 1)};
    struct residual residual = {.n = 1, .yy = (double)y * (double)y};
    struct mm_recomputed out = {.kind = MM_OPERATOR_ELEMENTWISE};
    memset(&o, 0, sizeof o);
    o.result[SIDE_SRC] = o.result[SIDE_DST] = floats(&y, 1, 1, 1, 1);
    o.input[SIDE_DST][0] = &value[0];
    o.input[SIDE_DST][1] = &value[1];
    return float_rounding(&o, MM_F16, &node, &residual, &out);
}

/* A product, a quotient and a power keep relative errors, however large what goes in is; a difference does not. */
static void relative_errors(void **state)
{
    (void)state;
    assert_units(of_product("Mul", 1000, 0.001f, 1), 1);
    assert_units(of_product("Div", 1000, 1000, 1), 1);
    assert_units(of_product("Pow", 0.1f, 2, 0.01f), 2);
    assert_units(of_product("Pow", 100, 0.5f, 10), 1);
    assert_units(of_product("Sqrt", 10000, 0, 100), 1);
    assert_units(of_product("Sub", 1000, 999, 1), 1000);
}

/* 1e-5 is no normal value of f16: it may be 0. */
static void lost_products(void **state)
{
    (void)state;
    assert_true(fabs(of_product("Mul", 0.01f, 0.001f, 1e-5f) - hypot(1, UNIT)) < 1e-9);
    assert_units(of_product("Mul", 0.01f, 0.01f, 1e-4f), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_variance), cmocka_unit_test(large_terms),
        cmocka_unit_test(small_variance), cmocka_unit_test(a_unit_at_least),
        cmocka_unit_test(large_inputs),   cmocka_unit_test(large_means),
        cmocka_unit_test(groups),         cmocka_unit_test(lost_beneath_the_root),
        cmocka_unit_test(other_results),  cmocka_unit_test(relative_errors),
        cmocka_unit_test(lost_products),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
