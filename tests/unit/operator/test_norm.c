#include "operator_testing.h"

static struct op of(struct mm_shape shape, const float *x)
{
    static const float scale[] = {2, 1}, bias[] = {1, 0}, mean[] = {1, -1}, variance[] = {4, 0.25f};
    struct op op = op_begin("BatchNormalization", 14);
    give(&op, shape, x);
    give(&op, SHAPE(2), scale);
    give(&op, SHAPE(2), bias);
    give(&op, SHAPE(2), mean);
    give(&op, SHAPE(2), variance);
    return op;
}

static void each_channel(void **state)
{
    (void)state;
    struct op op = of(SHAPE(1, 2, 2), FLOATS(1, 3, -1, 0));
    set_float(&op, "epsilon", 0);
    expect(&op, SHAPE(1, 2, 2), FLOATS(1, 3, 0, 2));
    op = of(SHAPE(2, 2), FLOATS(1, -1, 3, 0));
    set_float(&op, "epsilon", 0);
    expect(&op, SHAPE(2, 2), FLOATS(1, 0, 3, 2));
}

/* 1e-5 where it is not told: (3 - 1) 2 / sqrt(4 + 1e-5) + 1. */
static void epsilon(void **state)
{
    (void)state;
    struct op op = of(SHAPE(1, 2), FLOATS(3, 0));
    struct mm_value y = run(&op);
    assert_near(y.f[0], 2.9999975, 1e-7);
    assert_near(y.f[1], 1.99996, 1e-7);
    mm_value_done(&y);
    op_end(&op);
}

static void what_is_not_done(void **state)
{
    (void)state;
    struct op op = of(SHAPE(1, 2), FLOATS(3, 0));
    set_int(&op, "training_mode", 1);
    expect_failure(&op, MM_EUNSUPPORTED, "training");
    op = of(SHAPE(1, 2), FLOATS(3, 0));
    op.opset = 7;
    set_int(&op, "spatial", 0);
    expect_failure(&op, MM_EUNSUPPORTED, "spatial");
    op = of(SHAPE(1, 2), FLOATS(1, -1)); /* opset 9 has no such attribute */
    op.opset = 9;
    set_int(&op, "spatial", 0);
    expect(&op, SHAPE(1, 2), FLOATS(1, 0));
    op = of(SHAPE(1, 3), FLOATS(3, 0, 1));
    expect_failure(&op, MM_EARG, "2 values for 3 channels");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_channel),
        cmocka_unit_test(epsilon),
        cmocka_unit_test(what_is_not_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
