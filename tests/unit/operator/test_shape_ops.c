#include "operator_testing.h"

static const float x[] = {1, 2, 3, 4, 5, 6};

static struct op of(const char *type, int64_t opset, struct mm_shape shape)
{
    struct op op = op_begin(type, opset);
    give(&op, shape, x);
    return op;
}

static void reshape(void **state)
{
    (void)state;
    struct op op = of("Reshape", 13, SHAPE(2, 3));
    give_ints(&op, SHAPE(3), INTS(0, -1, 1));
    expect(&op, SHAPE(2, 3, 1), x);
    op = of("Reshape", 1, SHAPE(2, 3));
    set_ints(&op, "shape", 2, INTS(3, 2));
    expect(&op, SHAPE(3, 2), x);
    op = of("Reshape", 14, SHAPE(0, 3));
    give_ints(&op, SHAPE(2), INTS(3, 0));
    set_int(&op, "allowzero", 1);
    expect(&op, SHAPE(3, 0), NULL);
    op = of("Reshape", 13, SHAPE(2, 3));
    give_ints(&op, SHAPE(2), INTS(4, -1));
    expect_failure(&op, MM_EARG, "[2, 3] does not become [4, 1]");
    op = of("Reshape", 13, SHAPE(2, 3));
    give_ints(&op, SHAPE(2), INTS(INT64_MAX, INT64_MAX));
    expect_failure(&op, MM_EARG, "impossible");
    op = of("Reshape", 13, SHAPE(2, 3));
    expect_failure(&op, MM_EUNSUPPORTED, "shape is not known");
}

static void flatten(void **state)
{
    (void)state;
    struct op op = of("Flatten", 13, SHAPE(1, 2, 3));
    expect(&op, SHAPE(1, 6), x);
    op = of("Flatten", 13, SHAPE(1, 2, 3));
    set_int(&op, "axis", -1);
    expect(&op, SHAPE(2, 3), x);
    op = of("Flatten", 13, SHAPE(1, 2, 3));
    set_int(&op, "axis", 0);
    expect(&op, SHAPE(1, 6), x);
    op = of("Flatten", 13, SHAPE(1, 2, 3));
    set_int(&op, "axis", 3);
    expect(&op, SHAPE(6, 1), x);
}

static void squeeze(void **state)
{
    (void)state;
    struct op op = of("Squeeze", 11, SHAPE(1, 6, 1));
    set_ints(&op, "axes", 1, INTS(-1));
    expect(&op, SHAPE(1, 6), x);
    op = of("Squeeze", 13, SHAPE(1, 6, 1));
    give_ints(&op, SHAPE(1), INTS(0));
    expect(&op, SHAPE(6, 1), x);
    op = of("Squeeze", 13, SHAPE(1, 6, 1));
    expect(&op, SHAPE(6), x);
    op = of("Squeeze", 11, SHAPE(1, 6, 1));
    set_ints(&op, "axes", 1, INTS(1));
    expect_failure(&op, MM_EARG, "does not become");
}

static void unsqueeze(void **state)
{
    (void)state;
    struct op op = of("Unsqueeze", 11, SHAPE(2, 3));
    set_ints(&op, "axes", 2, INTS(0, 3));
    expect(&op, SHAPE(1, 2, 3, 1), x);
    op = of("Unsqueeze", 13, SHAPE(2, 3));
    give_ints(&op, SHAPE(2), INTS(-1, 1));
    expect(&op, SHAPE(2, 1, 3, 1), x);
    op = of("Unsqueeze", 13, SHAPE(2, 3));
    give_ints(&op, SHAPE(2), INTS(1, 1));
    expect_failure(&op, MM_EARG, "axis 1");
    op = of("Unsqueeze", 13, SHAPE(2, 3));
    expect_failure(&op, MM_EUNSUPPORTED, "axes are not known");
}

static void shape_and_size(void **state)
{
    (void)state;
    struct op op = of("Shape", 13, SHAPE(2, 3));
    expect_ints(&op, SHAPE(2), INTS(2, 3));
    op = of("Shape", 15, SHAPE(2, 3));
    set_int(&op, "start", -1);
    expect_ints(&op, SHAPE(1), INTS(3));
    op = of("Shape", 15, SHAPE(2, 3));
    set_int(&op, "end", -1);
    expect_ints(&op, SHAPE(1), INTS(2));
    op = of("Shape", 15, SHAPE(2, 3));
    set_int(&op, "start", 5);
    expect_ints(&op, SHAPE(0), NULL);
    op = of("Size", 13, SHAPE(2, 3));
    expect_ints(&op, SCALAR, INTS(6));
}

static void transpose(void **state)
{
    (void)state;
    struct op op = of("Transpose", 13, SHAPE(2, 3));
    expect(&op, SHAPE(3, 2), FLOATS(1, 4, 2, 5, 3, 6));
    op = of("Transpose", 13, SHAPE(1, 2, 3));
    set_ints(&op, "perm", 3, INTS(2, 0, 1));
    expect(&op, SHAPE(3, 1, 2), FLOATS(1, 4, 2, 5, 3, 6));
    op = of("Transpose", 13, SHAPE(2, 3));
    set_ints(&op, "perm", 1, INTS(0));
    expect_failure(&op, MM_EARG, "perm has 1 axes");
    op = of("Transpose", 13, SHAPE(2, 3));
    set_ints(&op, "perm", 2, INTS(0, 0));
    expect_failure(&op, MM_EARG, "axis 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reshape),   cmocka_unit_test(flatten),        cmocka_unit_test(squeeze),
        cmocka_unit_test(unsqueeze), cmocka_unit_test(shape_and_size), cmocka_unit_test(transpose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
