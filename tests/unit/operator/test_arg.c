#include "operator_testing.h"

static void greatest_and_least(void **state)
{
    (void)state;
    struct op op = op_begin("ArgMax", 13);
    give(&op, SHAPE(2, 3), FLOATS(1, 5, 5, 2, 0, 2));
    set_int(&op, "axis", 1);
    expect_ints(&op, SHAPE(2, 1), INTS(1, 0));
    op = op_begin("ArgMax", 13);
    give(&op, SHAPE(2, 3), FLOATS(1, 5, 5, 2, 0, 2));
    set_int(&op, "axis", -1);
    set_int(&op, "select_last_index", 1);
    set_int(&op, "keepdims", 0);
    expect_ints(&op, SHAPE(2), INTS(2, 2));
    op = op_begin("ArgMin", 13);
    give(&op, SHAPE(2, 3), FLOATS(1, 5, 5, 2, 0, 2));
    set_int(&op, "keepdims", 0);
    expect_ints(&op, SHAPE(3), INTS(0, 1, 1));
    op = op_begin("ArgMax", 13);
    give(&op, SHAPE(4), FLOATS(1, NAN, 5, NAN));
    expect_ints(&op, SHAPE(1), INTS(1));
}

static void the_first_k(void **state)
{
    (void)state;
    struct op op = op_begin("TopK", 11);
    give(&op, SHAPE(2, 4), FLOATS(1, 4, 3, 4, 8, 7, 6, 5));
    give_ints(&op, SHAPE(1), INTS(2));
    expect_output(&op, 0, SHAPE(2, 2), FLOATS(4, 4, 8, 7));
    expect_ints_output(&op, 1, SHAPE(2, 2), INTS(1, 3, 0, 1));
    op_end(&op);
    op = op_begin("TopK", 1);
    give(&op, SHAPE(2, 2), FLOATS(1, 4, 3, 2));
    set_int(&op, "k", 1);
    set_int(&op, "axis", 0);
    expect_output(&op, 0, SHAPE(1, 2), FLOATS(3, 4));
    expect_ints_output(&op, 1, SHAPE(1, 2), INTS(1, 0));
    op_end(&op);
    op = op_begin("TopK", 11);
    give(&op, SHAPE(3), FLOATS(2, 1, 3));
    give_ints(&op, SHAPE(1), INTS(3));
    set_int(&op, "largest", 0);
    expect(&op, SHAPE(3), FLOATS(1, 2, 3));
}

static void a_k_that_does_not_fit(void **state)
{
    (void)state;
    struct op op = op_begin("TopK", 11);
    give(&op, SHAPE(3), FLOATS(2, 1, 3));
    give_ints(&op, SHAPE(1), INTS(4));
    expect_failure(&op, MM_EARG, "k does not fit");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(greatest_and_least),
        cmocka_unit_test(the_first_k),
        cmocka_unit_test(a_k_that_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
