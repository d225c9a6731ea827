#include "operator_testing.h"

static void along_an_axis(void **state)
{
    (void)state;
    struct op op = op_begin("Concat", 13);
    give(&op, SHAPE(2, 1), FLOATS(1, 2));
    give(&op, SHAPE(2, 2), FLOATS(3, 4, 5, 6));
    give(&op, SHAPE(2, 0), FLOATS(0));
    set_int(&op, "axis", -1);
    expect(&op, SHAPE(2, 3), FLOATS(1, 3, 4, 2, 5, 6));
    op = op_begin("Concat", 13);
    give_ints(&op, SHAPE(1), INTS(INT64_MAX));
    give_ints(&op, SHAPE(2), INTS(2, 3));
    set_int(&op, "axis", 0);
    expect_ints(&op, SHAPE(3), INTS(INT64_MAX, 2, 3));
}

/* Opset 1 to 3: axis 1 where it is not told. */
static void without_an_axis(void **state)
{
    (void)state;
    struct op op = op_begin("Concat", 1);
    give(&op, SHAPE(1, 1), FLOATS(1));
    give(&op, SHAPE(1, 1), FLOATS(2));
    expect(&op, SHAPE(1, 2), FLOATS(1, 2));
}

static void what_does_not_fit(void **state)
{
    (void)state;
    struct op op = op_begin("Concat", 13);
    give(&op, SHAPE(2, 1), FLOATS(1, 2));
    give(&op, SHAPE(1, 2), FLOATS(3, 4));
    set_int(&op, "axis", 1);
    expect_failure(&op, MM_EARG, "input 1 does not fit");
    op = op_begin("Concat", 13);
    give(&op, SHAPE(2), FLOATS(1, 2));
    give(&op, SHAPE(1, 2), FLOATS(3, 4));
    set_int(&op, "axis", 0);
    expect_failure(&op, MM_EARG, "input 1 does not fit");
    op = op_begin("Concat", 13);
    give(&op, SHAPE(1), FLOATS(1));
    give_ints(&op, SHAPE(1), INTS(1));
    set_int(&op, "axis", 0);
    expect_failure(&op, MM_EARG, "data types");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(along_an_axis),
        cmocka_unit_test(without_an_axis),
        cmocka_unit_test(what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
