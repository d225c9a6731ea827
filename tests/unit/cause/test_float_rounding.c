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
    o.format[SIDE_DST] = MM_F16;
    for (int k = 0; k < 5; k++) {
        if (k > 0)
            value[k] = floats(params[k - 1], 1, 1, 2, 1);
        o.input[SIDE_DST][k] = &value[k];
    }
    return float_rounding(&o, &node, &residual, &out);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_variance),
        cmocka_unit_test(large_terms),
        cmocka_unit_test(small_variance),
        cmocka_unit_test(a_unit_at_least),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
