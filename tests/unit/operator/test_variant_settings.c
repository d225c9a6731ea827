#include "variant_testing.h"

static const float zero[] = {0}, one[] = {1};

/* (x - mean) / sqrt(variance + epsilon): variance 0.003. */
static void epsilon(void **state)
{
    (void)state;
    struct op op = op_begin("BatchNormalization", 15);
    give(&op, SHAPE(1, 1, 2), FLOATS(1, -2));
    give(&op, SHAPE(1), one);
    give(&op, SHAPE(1), zero);
    give(&op, SHAPE(1), zero);
    give(&op, SHAPE(1), FLOATS(0.003f));
    set_float(&op, "epsilon", 1e-5f);
    expect_variant(&op, "with epsilon 0.001 where the model says 1e-5", 2, FLOATS(15.8113883f, -31.6227766f));
    expect_variant(&op, "with epsilon 0 where the model says 1e-5", 2, FLOATS(18.2574186f, -36.5148372f));
    /* sqrt(0.003) + 1e-6 = 0.054773256 */
    expect_variant(&op, "with epsilon 1e-6 added to the deviation, not to the variance", 2,
                   FLOATS(18.2570853f, -36.5141706f));
    expect_none(&op, "with epsilon 1e-5 where the model says 1e-5");
    op_end(&op);
}

/* Mean 0, variance 1e-4: without epsilon +-1. */
static void epsilon_of_lines(void **state)
{
    (void)state;
    struct op op = op_begin("LayerNormalization", 17);
    give(&op, SHAPE(1, 2), FLOATS(0.01f, -0.01f));
    give(&op, SHAPE(2), FLOATS(1, 1));
    expect_variant(&op, "with epsilon 0.001 where the model says 1e-5", 2,
                   FLOATS(0.301511345f, -0.301511345f));
    expect_variant(&op, "with epsilon 0 where the model says 1e-5", 2, FLOATS(1, -1));
    op_end(&op);
}

/* A variance and the constant that is added to it. */
static void epsilon_that_is_added(void **state)
{
    (void)state;
    struct op op = op_begin("Add", 14);
    give(&op, SHAPE(2), FLOATS(0.5f, 1));
    give(&op, SCALAR, FLOATS(1e-5f));
    expect_variant(&op, "with epsilon 0.001 where the model says 1e-5", 2, FLOATS(0.501f, 1.001f));
    expect_none(&op, "with epsilon 1e-5 where the model says 1e-5");
    op_end(&op);
    op = op_begin("Add", 14);
    give(&op, SHAPE(2), FLOATS(0.5f, 1));
    give(&op, SCALAR, FLOATS(3));
    expect_none(&op, "with epsilon 0.001 where the model says 3");
    op_end(&op);
}

static void slopes(void **state)
{
    (void)state;
    struct op op = op_begin("LeakyRelu", 16);
    give(&op, SHAPE(2), FLOATS(-2, 3));
    set_float(&op, "alpha", 0.1f);
    expect_variant(&op, "with alpha 0.01 where the model says 0.1", 2, FLOATS(-0.02f, 3));
    expect_variant(&op, "with alpha 0.3 where the model says 0.1", 2, FLOATS(-0.6f, 3));
    expect_none(&op, "with alpha 0.1 where the model says 0.1");
    op_end(&op);
    op = op_begin("HardSigmoid", 6); /* 0.2 x + 0.5 */
    give(&op, SHAPE(2), FLOATS(1.5f, -9));
    expect_variant(&op, "as 0.167 x + 0.5 where the model's slope is 0.2", 2, FLOATS(0.75f, 0));
    op_end(&op);
}

/* At 1: 0.5 (1 + erf(1 / sqrt 2)) = 0.841345, by the tangent 0.841192. */
static void gelu(void **state)
{
    (void)state;
    struct op op = op_begin("Gelu", 20);
    give(&op, SHAPE(1), one);
    expect_variant(&op, "with approximate tanh where the model says none", 1, FLOATS(0.841191990f));
    op_end(&op);
}

/* y = x / (1 + alpha / 3 * 3 x^2)^0.75 in the middle; with alpha whole three times the sum. */
static void lrn(void **state)
{
    (void)state;
    struct op op = op_begin("LRN", 13);
    give(&op, SHAPE(1, 3, 1), FLOATS(2, 2, 2));
    set_float(&op, "alpha", 0.5f);
    set_int(&op, "size", 3);
    const float edge = (float)(2 / pow(5, 0.75)), middle = (float)(2 / pow(7, 0.75));
    expect_variant(&op, "with alpha not divided by the size", 3, FLOATS(edge, middle, edge));
    op_end(&op);
}

static void pads_that_count(void **state)
{
    (void)state;
    struct op op = op_begin("AveragePool", 19);
    give(&op, SHAPE(1, 1, 2), FLOATS(3, 6));
    set_ints(&op, "kernel_shape", 1, INTS(3));
    set_ints(&op, "pads", 2, INTS(1, 1));
    expect_variant(&op, "with count_include_pad 1 where the model says 0", 2, FLOATS(3, 3)); /* 9 / 3 each */
    expect_none(&op, "with count_include_pad 0 where the model says 0");
    op_end(&op);
}

static void rounding(void **state)
{
    (void)state;
    struct op op = op_begin("Round", 11);
    give(&op, SHAPE(4), FLOATS(0.5f, -0.5f, 2.5f, -2.4f)); /* to even: 0 0 2 -2 */
    expect_variant(&op, "with halves rounded away from 0", 4, FLOATS(1, -1, 3, -2));
    expect_variant(&op, "with halves rounded up", 4, FLOATS(1, 0, 3, -2));
    op_end(&op);
    op = op_begin("Div", 14);
    give_ints(&op, SHAPE(3), INTS(7, -7, -8));
    give_ints(&op, SHAPE(1), INTS(2));
    expect_variant(&op, "with quotients rounded down, not cut", 3, FLOATS(3, -4, -4));
    op_end(&op);
    op = op_begin("Mod", 13);
    give_ints(&op, SHAPE(2), INTS(-7, 7));
    give_ints(&op, SHAPE(1), INTS(3));
    expect_variant(&op, "with fmod 1 where the model says 0", 2, FLOATS(-1, 1));
    op_end(&op);
    op = op_begin("Cast", 13);
    give(&op, SHAPE(3), FLOATS(1.7f, -1.2f, 2.5f));
    set_int(&op, "to", 7);
    expect_variant(&op, "with values rounded, not cut", 3, FLOATS(2, -1, 2));
    expect_variant(&op, "with values rounded down, not cut", 3, FLOATS(1, -2, 2));
    op_end(&op);
}

static void words(void **state)
{
    (void)state;
    struct op op =
        op_begin("DepthToSpace", 13); /* channels 0..3 become 2 x 2: DCR and CRD are the same for one */
    give(&op, SHAPE(1, 8, 1, 1), FLOATS(0, 1, 2, 3, 4, 5, 6, 7));
    set_int(&op, "blocksize", 2);
    expect_variant(&op, "with mode CRD where the model says DCR", 8, FLOATS(0, 1, 2, 3, 4, 5, 6, 7));
    op_end(&op);
    op = op_begin("Pad", 13);
    give(&op, SHAPE(3), FLOATS(1, 2, 3));
    give_ints(&op, SHAPE(2), INTS(1, 1));
    expect_variant(&op, "with mode reflect where the model says constant", 5, FLOATS(2, 1, 2, 3, 2));
    expect_variant(&op, "with mode edge where the model says constant", 5, FLOATS(1, 1, 2, 3, 3));
    expect_none(&op, "with mode constant where the model says constant");
    op_end(&op);
}

static void indices(void **state)
{
    (void)state;
    struct op op = op_begin("ArgMax", 13);
    give(&op, SHAPE(4), FLOATS(1, 5, 5, 0));
    expect_variant(&op, "with select_last_index 1 where the model says 0", 1, FLOATS(2));
    op_end(&op);
    op = op_begin("CumSum", 14);
    give(&op, SHAPE(3), FLOATS(1, 2, 3));
    give_ints(&op, SCALAR, INTS(0));
    expect_variant(&op, "with exclusive 1 where the model says 0", 3, FLOATS(0, 1, 3));
    expect_variant(&op, "with reverse 1 where the model says 0", 3, FLOATS(6, 5, 3));
    op_end(&op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(epsilon),
        cmocka_unit_test(epsilon_that_is_added),
        cmocka_unit_test(epsilon_of_lines),
        cmocka_unit_test(slopes),
        cmocka_unit_test(gelu),
        cmocka_unit_test(lrn),
        cmocka_unit_test(pads_that_count),
        cmocka_unit_test(rounding),
        cmocka_unit_test(words),
        cmocka_unit_test(indices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
