#include "operator_testing.h"

static struct op of(const char *type, int64_t opset)
{
    static const float x[] = {1, 2, 3, 4};
    struct op op = op_begin(type, opset);
    give(&op, SHAPE(1, 2, 2), x);
    return op;
}

/* The same bytes mean another thing since opset 13. */
static void flattened_before_13(void **state)
{
    (void)state;
    struct op op = of("Softmax", 11);
    expect(&op, SHAPE(1, 2, 2), FLOATS(0.0320586033f, 0.0871443187f, 0.236882818f, 0.64391426f));
    op = of("Softmax", 13);
    expect(&op, SHAPE(1, 2, 2), FLOATS(0.268941421f, 0.731058579f, 0.268941421f, 0.731058579f));
    op = of("Softmax", 13);
    set_int(&op, "axis", 1);
    expect(&op, SHAPE(1, 2, 2), FLOATS(0.119202922f, 0.119202922f, 0.880797078f, 0.880797078f));
    op = of("Softmax", 11);
    set_int(&op, "axis", 2);
    expect(&op, SHAPE(1, 2, 2), FLOATS(0.268941421f, 0.731058579f, 0.268941421f, 0.731058579f));
}

static void logarithms_and_maxima(void **state)
{
    (void)state;
    struct op op = op_begin("LogSoftmax", 13);
    give(&op, SHAPE(3), FLOATS(1001, 1002, 1003));
    expect(&op, SHAPE(3), FLOATS(-2.40760596f, -1.40760596f, -0.407605964f));
    op = op_begin("Hardmax", 13);
    give(&op, SHAPE(2, 3), FLOATS(1, 3, 3, -1, -2, -3));
    expect(&op, SHAPE(2, 3), FLOATS(0, 1, 0, 1, 0, 0));
}

static void large_ones_do_not_overflow(void **state)
{
    (void)state;
    struct op op = op_begin("Softmax", 13);
    give(&op, SHAPE(3), FLOATS(1001, 1002, 1003));
    expect(&op, SHAPE(3), FLOATS(0.0900305732f, 0.244728471f, 0.665240956f));
    op = op_begin("Softmax", 13);
    give(&op, SHAPE(2), FLOATS(1, NAN));
    expect(&op, SHAPE(2), FLOATS(NAN, NAN));
    op = op_begin("Softmax", 13);
    give(&op, SHAPE(2), FLOATS(-INFINITY, 0));
    expect(&op, SHAPE(2), FLOATS(0, 1));
}

static void a_vector_before_13(void **state)
{
    (void)state;
    struct op op = op_begin("Softmax", 1);
    give(&op, SHAPE(2), FLOATS(1, 2));
    expect(&op, SHAPE(2), FLOATS(0.268941421f, 0.731058579f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flattened_before_13),
        cmocka_unit_test(logarithms_and_maxima),
        cmocka_unit_test(large_ones_do_not_overflow),
        cmocka_unit_test(a_vector_before_13),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
