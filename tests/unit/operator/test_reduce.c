#include "operator_testing.h"

#define X FLOATS(1, -2, 3, 4)

static void each_function(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        float y[2];
    } rows[] = {
        {"ReduceSum", {-1, 7}},
        {"ReduceMean", {-0.5f, 3.5f}},
        {"ReduceProd", {-2, 12}},
        {"ReduceMax", {1, 4}},
        {"ReduceMin", {-2, 3}},
        {"ReduceL1", {3, 7}},
        {"ReduceL2", {2.23606798f, 5}},
        {"ReduceSumSquare", {5, 25}},
        {"ReduceLogSum", {NAN, 1.94591015f}},
        {"ReduceLogSumExp", {1.04858735f, 4.31326169f}},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct op op = op_begin(rows[i].type, 11);
        give(&op, SHAPE(2, 2), X);
        set_ints(&op, "axes", 1, INTS(-1));
        expect(&op, SHAPE(2, 1), rows[i].y);
    }
}

static void axes_as_input_and_as_attribute(void **state)
{
    (void)state;
    struct op op = op_begin("ReduceSum", 13);
    give(&op, SHAPE(2, 2), X);
    give_ints(&op, SHAPE(1), INTS(0));
    set_int(&op, "keepdims", 0);
    expect(&op, SHAPE(2), FLOATS(4, 2));
    op = op_begin("ReduceSum", 13);
    give(&op, SHAPE(2, 2), X);
    expect(&op, SHAPE(1, 1), FLOATS(6));
    op = op_begin("ReduceSum", 13);
    give(&op, SHAPE(2, 2), X);
    set_int(&op, "noop_with_empty_axes", 1);
    expect(&op, SHAPE(2, 2), X);
    op = op_begin("ReduceMean", 18);
    give(&op, SHAPE(2, 1, 2), X);
    give_ints(&op, SHAPE(2), INTS(2, 0));
    set_int(&op, "keepdims", 0);
    expect(&op, SHAPE(1), FLOATS(1.5f));
}

static void empty_lines(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        float y;
    } rows[] = {{"ReduceSum", 0},
                {"ReduceProd", 1},
                {"ReduceMax", -INFINITY},
                {"ReduceMin", INFINITY},
                {"ReduceMean", NAN}};
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct op op = op_begin(rows[i].type, 11);
        give(&op, SHAPE(1, 0), FLOATS(0));
        set_ints(&op, "axes", 1, INTS(1));
        expect(&op, SHAPE(1, 1), &rows[i].y);
    }
}

static void not_finite(void **state)
{
    (void)state;
    struct op op = op_begin("ReduceMax", 13);
    give(&op, SHAPE(3), FLOATS(1, NAN, 2));
    expect(&op, SHAPE(1), FLOATS(NAN));
    op = op_begin("ReduceLogSumExp", 13);
    give(&op, SHAPE(2), FLOATS(1000, -INFINITY));
    expect(&op, SHAPE(1), FLOATS(1000));
    op = op_begin("ReduceLogSumExp", 13);
    give(&op, SHAPE(2), FLOATS(-INFINITY, -INFINITY));
    expect(&op, SHAPE(1), FLOATS(-INFINITY));
}

/* A float would lose the ones. */
static void added_in_double(void **state)
{
    (void)state;
    struct op op = op_begin("ReduceSum", 13);
    give(&op, SHAPE(4), FLOATS(16777216, 1, 1, -16777216));
    expect(&op, SHAPE(1), FLOATS(2));
}

static void global_pools(void **state)
{
    (void)state;
    struct op op = op_begin("GlobalAveragePool", 13);
    give(&op, SHAPE(1, 2, 1, 2), X);
    expect(&op, SHAPE(1, 2, 1, 1), FLOATS(-0.5f, 3.5f));
    op = op_begin("GlobalMaxPool", 13);
    give(&op, SHAPE(1, 2, 2), X);
    expect(&op, SHAPE(1, 2, 1), FLOATS(1, 4));
    op = op_begin("GlobalLpPool", 13);
    give(&op, SHAPE(1, 2, 2), X);
    expect(&op, SHAPE(1, 2, 1), FLOATS(2.23606798f, 5));
    op = op_begin("GlobalLpPool", 13);
    give(&op, SHAPE(1, 2, 2), X);
    set_int(&op, "p", 1);
    expect(&op, SHAPE(1, 2, 1), FLOATS(3, 7));
    op = op_begin("GlobalAveragePool", 13);
    give(&op, SHAPE(4), X);
    expect_failure(&op, MM_EARG, "1 axes");
}

static void whole_numbers(void **state)
{
    (void)state;
    struct op op = op_begin("ReduceSum", 13);
    give_ints(&op, SHAPE(2), INTS(9007199254740990, 1));
    expect_ints(&op, SHAPE(1), INTS(9007199254740991));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_function),   cmocka_unit_test(axes_as_input_and_as_attribute),
        cmocka_unit_test(empty_lines),     cmocka_unit_test(not_finite),
        cmocka_unit_test(added_in_double), cmocka_unit_test(global_pools),
        cmocka_unit_test(whole_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
