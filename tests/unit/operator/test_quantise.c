#include "operator_testing.h"

static void to_a_grid(void **state)
{
    (void)state;
    struct op op = op_begin("QuantizeLinear", 13);
    give(&op, SHAPE(5), FLOATS(0, 0.25f, 0.75f, 100, -100));
    give(&op, SCALAR, FLOATS(0.5f));
    expect_ints(&op, SHAPE(5), INTS(0, 0, 2, 200, 0));
    op = op_begin("QuantizeLinear", 13);
    give(&op, SHAPE(4), FLOATS(0, 0.75f, 100, -100));
    give(&op, SCALAR, FLOATS(0.5f));
    give_ints(&op, SCALAR, INTS(-3));
    op.value[2].dtype = MM_I8;
    struct mm_value y = run(&op);
    assert_int_equal(y.dtype, MM_I8);
    assert_int_equal(y.i[0], -3);
    assert_int_equal(y.i[1], -1);
    assert_int_equal(y.i[2], 127);
    assert_int_equal(y.i[3], -128);
    mm_value_done(&y);
    op_end(&op);
}

static void back(void **state)
{
    (void)state;
    struct op op = op_begin("DequantizeLinear", 13);
    give_ints(&op, SHAPE(2), INTS(-3, 7));
    give(&op, SCALAR, FLOATS(0.5f));
    give_ints(&op, SCALAR, INTS(1));
    expect(&op, SHAPE(2), FLOATS(-2, 3));
}

static void of_each_channel(void **state)
{
    (void)state;
    struct op op = op_begin("DequantizeLinear", 13);
    give_ints(&op, SHAPE(2, 2), INTS(1, 2, 3, 4));
    give(&op, SHAPE(2), FLOATS(0.5f, 10));
    give_ints(&op, SHAPE(2), INTS(0, 1));
    expect(&op, SHAPE(2, 2), FLOATS(0.5f, 10, 1.5f, 30));
    op = op_begin("DequantizeLinear", 13);
    give_ints(&op, SHAPE(2, 2), INTS(1, 2, 3, 4));
    give(&op, SHAPE(2), FLOATS(0.5f, 10));
    set_int(&op, "axis", 0);
    expect(&op, SHAPE(2, 2), FLOATS(0.5f, 1, 30, 40));
    op = op_begin("QuantizeLinear", 13);
    give(&op, SHAPE(2, 2), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(3), FLOATS(1, 1, 1));
    expect_failure(&op, MM_EARG, "3 scales for 2 channels");
}

static void what_is_not_done(void **state)
{
    (void)state;
    struct op op = op_begin("QuantizeLinear", 21);
    give(&op, SHAPE(2, 2), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(2, 1), FLOATS(1, 1));
    set_int(&op, "block_size", 2);
    expect_failure(&op, MM_EUNSUPPORTED, "blocks");
    op = op_begin("QuantizeLinear", 21);
    give(&op, SHAPE(1), FLOATS(1));
    give(&op, SCALAR, FLOATS(1));
    set_int(&op, "output_dtype", 3);
    expect_failure(&op, MM_EUNSUPPORTED, "told otherwise");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(to_a_grid),
        cmocka_unit_test(back),
        cmocka_unit_test(of_each_channel),
        cmocka_unit_test(what_is_not_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
