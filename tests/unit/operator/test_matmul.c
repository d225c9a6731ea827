#include "operator_testing.h"

static void matrices_and_vectors(void **state)
{
    (void)state;
    static const float a[] = {1, 2, 3, 4, 5, 6};
    struct op op = op_begin("MatMul", 13);
    give(&op, SHAPE(2, 3), a);
    give(&op, SHAPE(3, 2), a);
    expect(&op, SHAPE(2, 2), FLOATS(22, 28, 49, 64));
    op = op_begin("MatMul", 13);
    give(&op, SHAPE(2, 3), a);
    give(&op, SHAPE(3), FLOATS(1, 0, -1));
    expect(&op, SHAPE(2), FLOATS(-2, -2));
    op = op_begin("MatMul", 13);
    give(&op, SHAPE(2), FLOATS(1, -1));
    give(&op, SHAPE(2, 3), a);
    expect(&op, SHAPE(3), FLOATS(-3, -3, -3));
    op = op_begin("MatMul", 13);
    give(&op, SHAPE(2), FLOATS(1, -1));
    give(&op, SHAPE(2), FLOATS(5, 3));
    expect(&op, SCALAR, FLOATS(2));
}

/* Two matrices on the left, one of them for each of two on the right. */
static void leading_axes_broadcast(void **state)
{
    (void)state;
    struct op op = op_begin("MatMul", 13);
    give(&op, SHAPE(2, 1, 1, 2), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(2, 2, 1), FLOATS(1, 10, 100, 1000));
    expect(&op, SHAPE(2, 2, 1, 1), FLOATS(21, 2100, 43, 4300));
}

static void gemm(void **state)
{
    (void)state;
    static const float a[] = {1, 2, 3, 4, 5, 6};
    struct op op = op_begin("Gemm", 13);
    give(&op, SHAPE(3, 2), a);
    give(&op, SHAPE(2, 3), a);
    give(&op, SHAPE(2, 1), FLOATS(1, 10));
    set_int(&op, "transA", 1);
    set_int(&op, "transB", 1);
    set_float(&op, "alpha", 2);
    set_float(&op, "beta", -1);
    expect(&op, SHAPE(2, 2), FLOATS(43, 97, 46, 118));
    op = op_begin("Gemm", 13);
    give(&op, SHAPE(1, 2), a);
    give(&op, SHAPE(2, 2), a);
    give(&op, SHAPE(2), FLOATS(0.5f, -0.5f));
    expect(&op, SHAPE(1, 2), FLOATS(7.5f, 9.5f));
}

static void what_does_not_fit(void **state)
{
    (void)state;
    static const float zeros[16];
    struct op op = op_begin("MatMul", 13);
    give(&op, SHAPE(2, 3), zeros);
    give(&op, SHAPE(2, 3), zeros);
    expect_failure(&op, MM_EARG, "[2, 3] and [2, 3] do not fit");
    op = op_begin("MatMul", 13);
    give(&op, SHAPE(2, 2, 1), zeros);
    give(&op, SHAPE(3, 1, 2), zeros);
    expect_failure(&op, MM_EARG, "do not broadcast");
    op = op_begin("MatMul", 13);
    give(&op, SCALAR, zeros);
    give(&op, SHAPE(3, 1, 2), zeros);
    expect_failure(&op, MM_EARG, "do not fit");
    op = op_begin("Gemm", 13);
    give(&op, SHAPE(2, 2), zeros);
    give(&op, SHAPE(2, 2), zeros);
    give(&op, SHAPE(3), zeros);
    expect_failure(&op, MM_EARG, "C does not broadcast");
    op = op_begin("Gemm", 13);
    give(&op, SHAPE(2, 2, 1), zeros);
    give(&op, SHAPE(2, 2), zeros);
    expect_failure(&op, MM_EARG, "do not fit");
}

static void nothing_to_add_up(void **state)
{
    (void)state;
    struct op op = op_begin("MatMul", 13);
    give(&op, SHAPE(1, 0), FLOATS(0));
    give(&op, SHAPE(0, 2), FLOATS(0));
    expect(&op, SHAPE(1, 2), FLOATS(0, 0));
    op = op_begin("MatMul", 13);
    give(&op, SHAPE(0, 1), FLOATS(0));
    give(&op, SHAPE(1, 2), FLOATS(1, 2));
    expect(&op, SHAPE(0, 2), NULL);
}

static void whole_numbers(void **state)
{
    (void)state;
    struct op op = op_begin("MatMul", 9);
    give_ints(&op, SHAPE(1, 3), INTS(1, 2, 3));
    give_ints(&op, SHAPE(3, 2), INTS(1, 2, 3, 4, 5, 6));
    expect_ints(&op, SHAPE(1, 2), INTS(22, 28));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matrices_and_vectors),
        cmocka_unit_test(leading_axes_broadcast),
        cmocka_unit_test(gemm),
        cmocka_unit_test(what_does_not_fit),
        cmocka_unit_test(nothing_to_add_up),
        cmocka_unit_test(whole_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
