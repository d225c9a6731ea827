#include "operator_testing.h"

static const float x[] = {1, 2, 3, 4, 5, 6};

static struct op of(const char *type, int64_t opset)
{
    struct op op = op_begin(type, opset);
    give(&op, SHAPE(2, 3), x);
    return op;
}

static struct op cut(int64_t start, int64_t end, int64_t axis, int64_t step)
{
    static const int64_t place[] = {-9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct op op = of("Slice", 13);
    give_ints(&op, SHAPE(1), &place[start + 9]);
    give_ints(&op, SHAPE(1), &place[end + 9]);
    give_ints(&op, SHAPE(1), &place[axis + 9]);
    give_ints(&op, SHAPE(1), &place[step + 9]);
    return op;
}

static void as_numpy_cuts(void **state)
{
    (void)state;
    struct op op = cut(1, 9, 1, 1);
    expect(&op, SHAPE(2, 2), FLOATS(2, 3, 5, 6));
    op = cut(-1, -9, -1, -1);
    expect(&op, SHAPE(2, 3), FLOATS(3, 2, 1, 6, 5, 4));
    op = cut(0, 3, 1, 2);
    expect(&op, SHAPE(2, 2), FLOATS(1, 3, 4, 6));
    op = cut(2, 0, 1, -2);
    expect(&op, SHAPE(2, 1), FLOATS(3, 6));
    op = cut(2, 1, 1, 1);
    expect(&op, SHAPE(2, 0), NULL);
    op = cut(9, -9, 0, -1);
    expect(&op, SHAPE(2, 3), FLOATS(4, 5, 6, 1, 2, 3));
    op = cut(0, 1, 0, 0);
    expect_failure(&op, MM_EARG, "a step of 0");
}

static void bounds_beyond_everything(void **state)
{
    (void)state;
    struct op op = of("Slice", 13);
    give_ints(&op, SHAPE(2), INTS(INT64_MIN, INT64_MAX));
    give_ints(&op, SHAPE(2), INTS(INT64_MAX, INT64_MIN));
    give_none(&op);
    give_ints(&op, SHAPE(2), INTS(INT64_MAX, INT64_MIN));
    expect(&op, SHAPE(1, 1), FLOATS(3));
}

static void attributes_before_10(void **state)
{
    (void)state;
    struct op op = of("Slice", 9);
    set_ints(&op, "starts", 2, INTS(1, 0));
    set_ints(&op, "ends", 2, INTS(2, -1));
    expect(&op, SHAPE(1, 2), FLOATS(4, 5));
    op = of("Slice", 9);
    set_ints(&op, "starts", 2, INTS(1, 0));
    set_ints(&op, "ends", 1, INTS(2));
    expect_failure(&op, MM_EARG, "different lengths");
    op = of("Slice", 13);
    expect_failure(&op, MM_EUNSUPPORTED, "not known");
}

static void split(void **state)
{
    (void)state;
    struct op op = of("Split", 11);
    set_int(&op, "axis", 1);
    set_ints(&op, "split", 2, INTS(1, 2));
    expect_output(&op, 0, SHAPE(2, 1), FLOATS(1, 4));
    expect_output(&op, 1, SHAPE(2, 2), FLOATS(2, 3, 5, 6));
    op_end(&op);
    op = of("Split", 13);
    give_ints(&op, SHAPE(2), INTS(2, 1));
    set_int(&op, "axis", -1);
    expect_output(&op, 1, SHAPE(2, 1), FLOATS(3, 6));
    op_end(&op);
    op = of("Split", 13);
    expect_output(&op, 1, SHAPE(1, 3), FLOATS(4, 5, 6));
    op_end(&op);
    op = of("Split", 18);
    set_int(&op, "num_outputs", 2);
    set_int(&op, "axis", 1);
    expect_output(&op, 0, SHAPE(2, 2), FLOATS(1, 2, 4, 5));
    expect_output(&op, 1, SHAPE(2, 1), FLOATS(3, 6));
    op_end(&op);
}

static void parts_that_are_not_there(void **state)
{
    (void)state;
    struct op op = of("Split", 11);
    set_ints(&op, "split", 2, INTS(1, 2));
    op.output = 1;
    expect_failure(&op, MM_EARG, "more than the axis has");
    op = of("Split", 11);
    set_ints(&op, "split", 1, INTS(2));
    op.output = 1;
    expect_failure(&op, MM_EARG, "no part 1");
}

static void expand(void **state)
{
    (void)state;
    struct op op = op_begin("Expand", 13);
    give(&op, SHAPE(2, 1), FLOATS(1, 2));
    give_ints(&op, SHAPE(3), INTS(2, 1, 2));
    expect(&op, SHAPE(2, 2, 2), FLOATS(1, 1, 2, 2, 1, 1, 2, 2));
    op = op_begin("Expand", 13);
    give(&op, SHAPE(2, 1), FLOATS(1, 2));
    give_ints(&op, SHAPE(1), INTS(3));
    expect(&op, SHAPE(2, 3), FLOATS(1, 1, 1, 2, 2, 2));
    op = op_begin("Expand", 13);
    give(&op, SHAPE(2, 1), FLOATS(1, 2));
    give_ints(&op, SHAPE(2), INTS(3, 1));
    expect_failure(&op, MM_EARG, "do not broadcast");
    op = op_begin("Expand", 13);
    give(&op, SHAPE(1), FLOATS(1));
    give_ints(&op, SHAPE(1), INTS(1LL << 40));
    expect_failure(&op, MM_EUNSUPPORTED, "limit");
}

static void tile(void **state)
{
    (void)state;
    struct op op = op_begin("Tile", 13);
    give(&op, SHAPE(1, 2), FLOATS(1, 2));
    give_ints(&op, SHAPE(2), INTS(2, 2));
    expect(&op, SHAPE(2, 4), FLOATS(1, 2, 1, 2, 1, 2, 1, 2));
    op = op_begin("Tile", 13);
    give(&op, SHAPE(1, 2), FLOATS(1, 2));
    give_ints(&op, SHAPE(1), INTS(2));
    expect_failure(&op, MM_EARG, "1 repetitions for 2 axes");
    op = op_begin("Tile", 13);
    give(&op, SHAPE(1, 2), FLOATS(1, 2));
    give_ints(&op, SHAPE(2), INTS(1, INT64_MAX));
    expect_failure(&op, MM_EARG, "repetitions");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_numpy_cuts),
        cmocka_unit_test(bounds_beyond_everything),
        cmocka_unit_test(attributes_before_10),
        cmocka_unit_test(split),
        cmocka_unit_test(parts_that_are_not_there),
        cmocka_unit_test(expand),
        cmocka_unit_test(tile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
