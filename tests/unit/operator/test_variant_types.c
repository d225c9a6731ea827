#include "variant_testing.h"

static const float x[] = {-2, 0.5f, 8};

static void activations(void **state)
{
    (void)state;
    struct op op = op_begin("Relu", 14);
    give(&op, SHAPE(3), x);
    expect_variant(&op, "as if Relu were not there", 3, x);
    expect_variant(&op, "as LeakyRelu with alpha 0.1 where the model says Relu", 3, FLOATS(-0.2f, 0.5f, 8));
    expect_variant(&op, "as ReLU6", 3, FLOATS(0, 0.5f, 6));
    op_end(&op);
    op = op_begin("LeakyRelu", 16);
    give(&op, SHAPE(3), x);
    expect_variant(&op, "as Relu where the model says LeakyRelu", 3, FLOATS(0, 0.5f, 8));
    op_end(&op);
    op = op_begin("PRelu", 16);
    give(&op, SHAPE(3), x);
    give(&op, SHAPE(1), FLOATS(0.25f));
    expect_variant(&op, "as Relu where the model says PRelu", 3, FLOATS(0, 0.5f, 8));
    op_end(&op);
    op = op_begin("Sigmoid", 13);
    give(&op, SHAPE(3), x);
    expect_variant(&op, "as HardSigmoid (0.2 x + 0.5) where the model says Sigmoid", 3,
                   FLOATS(0.1f, 0.6f, 1));
    expect_variant(&op, "as HardSigmoid (1/6 x + 0.5) where the model says Sigmoid", 3,
                   FLOATS(0.166666672f, 0.583333333f, 1));
    op_end(&op);
}

/* Bounds are inputs since opset 11: the variants have one input. */
static void bounds(void **state)
{
    (void)state;
    struct op op = op_begin("Clip", 13);
    give(&op, SHAPE(3), x);
    give(&op, SCALAR, FLOATS(0));
    give(&op, SCALAR, FLOATS(6));
    expect_variant(&op, "as ReLU, without an upper bound", 3, FLOATS(0, 0.5f, 8));
    expect_variant(&op, "without bounds", 3, x);
    expect_variant(&op, "with the bounds -1 and 1", 3, FLOATS(-1, 0.5f, 1));
    expect_none(&op, "as ReLU6"); /* the model's own */
    op_end(&op);
}

static void siblings(void **state)
{
    (void)state;
    struct op op = op_begin("ReduceMean", 13);
    give(&op, SHAPE(1, 3), x);
    set_ints(&op, "axes", 1, INTS(1));
    expect_variant(&op, "as ReduceSum where the model says ReduceMean", 1, FLOATS(6.5f));
    expect_variant(&op, "as ReduceMax where the model says ReduceMean", 1, FLOATS(8));
    op_end(&op);
    op = op_begin("MaxPool", 12);
    give(&op, SHAPE(1, 1, 2), FLOATS(2, 6));
    set_ints(&op, "kernel_shape", 1, INTS(2));
    expect_variant(&op, "as AveragePool where the model says MaxPool", 1, FLOATS(4));
    op_end(&op);
}

static void inputs(void **state)
{
    (void)state;
    struct op op = op_begin("Add", 14);
    give(&op, SHAPE(3), x);
    give(&op, SHAPE(3), FLOATS(1, -1, 1));
    expect_variant(&op, "without its second input", 3, x);
    expect_variant(&op, "without its first input", 3, FLOATS(1, -1, 1));
    expect_variant(&op, "as Sub where the model says Add", 3, FLOATS(-3, 1.5f, 7));
    expect_variant(&op, "with a ReLU behind it", 3, FLOATS(0, 0, 9));
    op_end(&op);
}

/* y = 2 x: -4 1 16, then the activation; at some positions as well. */
static void behind(void **state)
{
    (void)state;
    struct op op = op_begin("Conv", 13);
    give(&op, SHAPE(1, 1, 3), x);
    give(&op, SHAPE(1, 1, 1), FLOATS(2));
    expect_variant(&op, "with a ReLU behind it", 3, FLOATS(0, 1, 16));
    expect_variant(&op, "with a ReLU6 behind it", 3, FLOATS(0, 1, 6));
    expect_variant(&op, "with a leaky ReLU (0.1) behind it", 3, FLOATS(-0.4f, 1, 16));
    expect_variant(&op, "with a sigmoid behind it", 3, FLOATS(0.0179862100f, 0.731058579f, 0.999999887f));
    expect_variant(&op, "with a hard swish behind it", 3, FLOATS(0, 0.666666667f, 16));
    struct mm_operator_call call = call_of(&op);
    struct mm_operator_variant *v = variant_that(&call, "with a ReLU behind it");
    struct mm_shape shape;
    double y[2];
    assert_non_null(v);
    assert_string_equal(mm_operator_variant_activation(v), "Relu");
    assert_int_equal(mm_operator_variant_shape(v, &shape, NULL), 0);
    assert_shape(&shape, SHAPE(1, 1, 3));
    assert_int_equal(mm_operator_variant_sample(v, INTS(2, 0), 2, y, NULL), 0);
    assert_true(y[0] == 16 && y[1] == 0);
    mm_operator_variant_close(v);
    v = variant_that(&call, "with a sigmoid behind it");
    assert_string_equal(mm_operator_variant_origin(v), "darknet");
    mm_operator_variant_close(v);
    op_end(&op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activations), cmocka_unit_test(bounds), cmocka_unit_test(siblings),
        cmocka_unit_test(inputs),      cmocka_unit_test(behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
