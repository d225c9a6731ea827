#include "operator_testing.h"

static void one_hot(void **state)
{
    (void)state;
    struct op op = op_begin("OneHot", 11);
    give_ints(&op, SHAPE(3), INTS(1, -1, 3));
    give_ints(&op, SCALAR, INTS(3));
    give(&op, SHAPE(2), FLOATS(-1, 5));
    expect(&op, SHAPE(3, 3), FLOATS(-1, 5, -1, -1, -1, 5, -1, -1, -1));
    op = op_begin("OneHot", 11);
    give_ints(&op, SHAPE(1, 2), INTS(1, 0));
    give_ints(&op, SCALAR, INTS(2));
    give_ints(&op, SHAPE(2), INTS(0, 1));
    set_int(&op, "axis", 1);
    expect_ints(&op, SHAPE(1, 2, 2), INTS(0, 1, 1, 0));
    op = op_begin("OneHot", 11);
    give_ints(&op, SHAPE(1), INTS(1));
    give_ints(&op, SCALAR, INTS(-2));
    give_ints(&op, SHAPE(2), INTS(0, 1));
    expect_failure(&op, MM_EARG, "impossible");
    op = op_begin("OneHot", 11);
    give_ints(&op, SHAPE(1), INTS(1));
    give_ints(&op, SCALAR, INTS(2));
    give_ints(&op, SHAPE(1), INTS(0));
    expect_failure(&op, MM_EARG, "do not fit");
}

static void triangles(void **state)
{
    (void)state;
    static const float x[] = {1, 2, 3, 4, 5, 6};
    struct op op = op_begin("Trilu", 14);
    give(&op, SHAPE(2, 3), x);
    expect(&op, SHAPE(2, 3), FLOATS(1, 2, 3, 0, 5, 6));
    op = op_begin("Trilu", 14);
    give(&op, SHAPE(2, 3), x);
    give_ints(&op, SCALAR, INTS(1));
    set_int(&op, "upper", 0);
    expect(&op, SHAPE(2, 3), FLOATS(1, 2, 0, 4, 5, 6));
    op = op_begin("Trilu", 14);
    give(&op, SHAPE(1, 2, 2), x);
    give_ints(&op, SCALAR, INTS(INT64_MAX));
    expect(&op, SHAPE(1, 2, 2), FLOATS(0, 0, 0, 0));
    op = op_begin("Trilu", 14);
    give(&op, SHAPE(6), x);
    expect_failure(&op, MM_EARG, "1 axes");
}

static void diagonals(void **state)
{
    (void)state;
    static const float x[6];
    struct op op = op_begin("EyeLike", 9);
    give(&op, SHAPE(2, 3), x);
    set_int(&op, "k", 1);
    expect(&op, SHAPE(2, 3), FLOATS(0, 1, 0, 0, 0, 1));
    op = op_begin("EyeLike", 9);
    give(&op, SHAPE(2, 2), x);
    set_int(&op, "dtype", 7);
    expect_ints(&op, SHAPE(2, 2), INTS(1, 0, 0, 1));
    op = op_begin("EyeLike", 9);
    give(&op, SHAPE(2, 2), x);
    set_int(&op, "dtype", 8);
    expect_failure(&op, MM_EUNSUPPORTED, "data type");
}

static struct op range(const float *start, const float *limit, const float *delta)
{
    struct op op = op_begin("Range", 11);
    give(&op, SCALAR, start);
    give(&op, SCALAR, limit);
    give(&op, SCALAR, delta);
    return op;
}

static void ranges(void **state)
{
    (void)state;
    struct op op = range(FLOATS(1), FLOATS(2), FLOATS(0.375f));
    expect(&op, SHAPE(3), FLOATS(1, 1.375f, 1.75f));
    op = range(FLOATS(3), FLOATS(1), FLOATS(-1));
    expect(&op, SHAPE(2), FLOATS(3, 2));
    op = range(FLOATS(3), FLOATS(1), FLOATS(1));
    expect(&op, SHAPE(0), NULL);
    op = range(FLOATS(3), FLOATS(1), FLOATS(0));
    expect_failure(&op, MM_EARG, "steps of 0");
    op = range(FLOATS(3), FLOATS(INFINITY), FLOATS(1));
    expect_failure(&op, MM_EUNSUPPORTED, "limit");
}

static void reversed(void **state)
{
    (void)state;
    static const float x[] = {1, 2, 3, 4, 5, 6};
    struct op op = op_begin("ReverseSequence", 10); /* steps x sequences */
    give(&op, SHAPE(3, 2), x);
    give_ints(&op, SHAPE(2), INTS(2, 3));
    expect(&op, SHAPE(3, 2), FLOATS(3, 6, 1, 4, 5, 2));
    op = op_begin("ReverseSequence", 10);
    give(&op, SHAPE(2, 3), x);
    give_ints(&op, SHAPE(2), INTS(1, 2));
    set_int(&op, "time_axis", 1);
    set_int(&op, "batch_axis", 0);
    expect(&op, SHAPE(2, 3), FLOATS(1, 2, 3, 5, 4, 6));
    op = op_begin("ReverseSequence", 10);
    give(&op, SHAPE(3, 2), x);
    give_ints(&op, SHAPE(3), INTS(1, 1, 1));
    expect_failure(&op, MM_EARG, "do not fit");
}

static void chosen(void **state)
{
    (void)state;
    static const float x[] = {1, 2, 3, 4, 5, 6};
    struct op op = op_begin("Compress", 11);
    give(&op, SHAPE(3, 2), x);
    give_ints(&op, SHAPE(2), INTS(0, 1));
    set_int(&op, "axis", 0);
    expect(&op, SHAPE(1, 2), FLOATS(3, 4));
    op = op_begin("Compress", 11);
    give(&op, SHAPE(3, 2), x);
    give_ints(&op, SHAPE(5), INTS(0, 1, 0, 0, 1));
    expect(&op, SHAPE(2), FLOATS(2, 5));
    op = op_begin("Compress", 11);
    give(&op, SHAPE(3, 2), x);
    give_ints(&op, SHAPE(3), INTS(0, 0, 1));
    set_int(&op, "axis", 1);
    expect(&op, SHAPE(3, 0), NULL);
    op = op_begin("NonZero", 13);
    give(&op, SHAPE(2, 2), FLOATS(1, 0, 3, 4));
    expect_ints(&op, SHAPE(2, 3), INTS(0, 1, 1, 0, 0, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_hot), cmocka_unit_test(triangles), cmocka_unit_test(diagonals),
        cmocka_unit_test(ranges),  cmocka_unit_test(reversed),  cmocka_unit_test(chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
