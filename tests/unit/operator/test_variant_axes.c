#include "variant_testing.h"

static const float ladder[] = {0, 1, 2, 3, 4, 5};

/* exp(0) and exp(ln 3): 1/4 and 3/4 along the last axis, halves along the first. */
static void softmax(void **state)
{
    (void)state;
    const float l = 1.09861229f;
    struct op op = op_begin("Softmax", 13);
    give(&op, SHAPE(2, 2), FLOATS(0, l, 0, l));
    set_int(&op, "axis", 1);
    expect_variant(&op, "along axis 0 where the model says 1", 4, FLOATS(0.5f, 0.5f, 0.5f, 0.5f));
    expect_none(&op, "along axis 1 where the model says 1");
    op_end(&op);
    op = op_begin("Softmax", 13);
    give(&op, SHAPE(1, 2, 2), FLOATS(0, l, 0, l));
    set_int(&op, "axis", 1);
    expect_variant(&op, "over axis 1 and all behind it (as before opset 13)", 4,
                   FLOATS(0.125f, 0.375f, 0.125f, 0.375f));
    op_end(&op);
    op = op_begin("Softmax", 11); /* flat from axis 1 on */
    give(&op, SHAPE(1, 2, 2), FLOATS(0, l, 0, l));
    expect_variant(&op, "along axis 2 alone where the model says 1 and all behind it", 4,
                   FLOATS(0.25f, 0.75f, 0.25f, 0.75f));
    op_end(&op);
}

static void transpose(void **state)
{
    (void)state;
    struct op op = op_begin("Transpose", 13);
    give(&op, SHAPE(1, 2, 3), ladder);
    set_ints(&op, "perm", 3, INTS(0, 2, 1));
    expect_variant(&op, "as if it were not there (the values in the order of the input)", 6, ladder);
    expect_variant(&op, "with perm 2,0,1 where the model says 0,2,1", 6, FLOATS(0, 3, 1, 4, 2, 5));
    expect_variant(&op, "with perm 1,0,2 where the model says 0,2,1", 6, ladder);
    expect_none(&op, "with perm 0,2,1 where the model says 0,2,1");
    op_end(&op);
}

static void reduced(void **state)
{
    (void)state;
    struct op op = op_begin("ReduceSum", 13); /* axes are an input */
    give(&op, SHAPE(2, 3), ladder);
    give_ints(&op, SHAPE(1), INTS(1));
    expect_variant(&op, "over axes 0 where the model says 1", 3, FLOATS(3, 5, 7));
    expect_none(&op, "over axes 1 where the model says 1");
    op_end(&op);
    op = op_begin("ArgMax", 13);
    give(&op, SHAPE(2, 3), ladder);
    expect_variant(&op, "along axis 1 where the model says 0", 2, FLOATS(2, 2));
    op_end(&op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(softmax),
        cmocka_unit_test(transpose),
        cmocka_unit_test(reduced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
