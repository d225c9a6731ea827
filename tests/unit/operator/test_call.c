#include "operator_testing.h"

static void opset_0_is_the_newest(void **state)
{
    (void)state;
    /* Softmax of the last axis alone, as since opset 13 */
    struct op op = op_begin("Softmax", 0);
    give(&op, SHAPE(2, 1), FLOATS(3, 4));
    expect(&op, SHAPE(2, 1), FLOATS(1, 1));
}

static void inputs_that_are_not_known(void **state)
{
    (void)state;
    struct op op = op_begin("Add", 13);
    give(&op, SHAPE(1), FLOATS(0));
    give_none(&op);
    expect_failure(&op, MM_EUNSUPPORTED, "node (Add): the values of input 1 are not known");
}

static void a_list_that_is_not_known(void **state)
{
    (void)state;
    struct op op = op_begin("ReduceSum", 13);
    give(&op, SHAPE(1), FLOATS(0));
    give_ints(&op, SHAPE(1), INTS(0));
    call_of(&op);
    op.input[1] = NULL; /* the node has axes, nobody knows which */
    expect_failure(&op, MM_EUNSUPPORTED, "input 1");
}

static void axes_are_checked(void **state)
{
    (void)state;
    static const int64_t wrong[][2] = {{2, 0}, {-3, 0}, {1, -1}};
    for (size_t i = 0; i < MM_COUNT(wrong); i++) {
        struct op op = op_begin("ReduceSum", 11);
        give(&op, SHAPE(1, 1), FLOATS(0));
        set_ints(&op, "axes", 2, wrong[i]);
        expect_failure(&op, MM_EARG, "axis");
    }
    struct op op = op_begin("Softmax", 13);
    give(&op, SHAPE(1, 1), FLOATS(0));
    set_int(&op, "axis", 2);
    expect_failure(&op, MM_EARG, "axis 2 of a tensor of 2 axes");
}

static void the_limit(void **state)
{
    (void)state;
    struct op op = op_begin("Relu", 13);
    give(&op, SHAPE(3), FLOATS(1, 2, 3));
    op.limit = 2;
    expect_failure(&op, MM_EUNSUPPORTED, "above the limit of 2");
}

static void counts_that_lie(void **state)
{
    (void)state;
    struct op op = op_begin("Relu", 13);
    give(&op, SHAPE(3), FLOATS(1, 2, 3));
    op.value[0].count = 4;
    expect_failure(&op, MM_EARG, "impossible shape");
    op = op_begin("Relu", 13);
    give(&op, SHAPE(0, INT64_MAX, INT64_MAX), FLOATS(0));
    op.value[0].count = 0;
    expect_failure(&op, MM_EARG, "impossible shape");
}

static void cancelled(void **state)
{
    (void)state;
    static const char *const types[] = {"Relu",      "Softmax", "Transpose",
                                        "ReduceMax", "Sum",     "GlobalAveragePool"};
    atomic_bool cancel = true;
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        struct op op = op_begin(types[i], 13);
        give(&op, SHAPE(1, 3), FLOATS(1, 2, 3));
        if (strcmp(types[i], "Sum") == 0)
            give(&op, SHAPE(3), FLOATS(1, 2, 3));
        op.cancel = &cancel;
        expect_failure(&op, MM_ECANCELLED, "cancelled");
    }
}

static void lists_of_floats_are_read(void **state)
{
    (void)state;
    /* a dump may hold a shape as floats */
    struct op op = op_begin("Reshape", 13);
    give(&op, SHAPE(4), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(2), FLOATS(2, -1));
    expect(&op, SHAPE(2, 2), FLOATS(1, 2, 3, 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opset_0_is_the_newest),
        cmocka_unit_test(inputs_that_are_not_known),
        cmocka_unit_test(a_list_that_is_not_known),
        cmocka_unit_test(axes_are_checked),
        cmocka_unit_test(the_limit),
        cmocka_unit_test(counts_that_lie),
        cmocka_unit_test(cancelled),
        cmocka_unit_test(lists_of_floats_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
