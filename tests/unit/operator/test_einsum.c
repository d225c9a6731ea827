#include "operator_testing.h"

static const float a[] = {1, 2, 3, 4, 5, 6}, b[] = {1, 0, -1, 2, 1, 1};

static struct op of(const char *equation, struct mm_shape x, struct mm_shape y)
{
    struct op op = op_begin("Einsum", 12);
    give(&op, x, a);
    if (y.rank >= 0)
        give(&op, y, b);
    set_text(&op, "equation", equation);
    return op;
}

#define NONE ((struct mm_shape){.rank = -1})

static void products(void **state)
{
    (void)state;
    struct op op = of("ij,jk->ik", SHAPE(2, 3), SHAPE(3, 2));
    expect(&op, SHAPE(2, 2), FLOATS(2, 7, 5, 16));
    op = of("ij , jk", SHAPE(2, 3), SHAPE(3, 2));
    expect(&op, SHAPE(2, 2), FLOATS(2, 7, 5, 16));
    op = of("i,j->ji", SHAPE(2), SHAPE(3));
    expect(&op, SHAPE(3, 2), FLOATS(1, 2, 0, 0, -1, -2));
    op = of("ij,ij->", SHAPE(2, 3), SHAPE(2, 3));
    expect(&op, SCALAR, FLOATS(17));
    op = of("...i,...i->...", SHAPE(2, 3), SHAPE(3));
    expect(&op, SHAPE(2), FLOATS(-2, -2));
    op = of("b...i,ik->b...k", SHAPE(1, 2, 3), SHAPE(3, 2));
    expect(&op, SHAPE(1, 2, 2), FLOATS(2, 7, 5, 16));
}

static void of_one_input(void **state)
{
    (void)state;
    struct op op = of("ij->ji", SHAPE(2, 3), NONE);
    expect(&op, SHAPE(3, 2), FLOATS(1, 4, 2, 5, 3, 6));
    op = of("ii->i", SHAPE(2, 2), NONE);
    expect(&op, SHAPE(2), FLOATS(1, 4));
    op = of("ii", SHAPE(2, 2), NONE);
    expect(&op, SCALAR, FLOATS(5));
    op = of("ba", SHAPE(2, 3), NONE);
    expect(&op, SHAPE(3, 2), FLOATS(1, 4, 2, 5, 3, 6));
    op = of("...j->...", SHAPE(2, 3), NONE);
    expect(&op, SHAPE(2), FLOATS(6, 15));
}

static void at_positions(void **state)
{
    (void)state;
    struct op op = of("ij,jk->ik", SHAPE(2, 3), SHAPE(3, 2));
    struct mm_operator_call call = call_of(&op);
    double result[2];
    assert_int_equal(mm_operator_sample(&call, INTS(3, 0), 2, result, NULL), 0);
    assert_near(result[0], 16, 1e-12);
    assert_near(result[1], 2, 1e-12);
    op_end(&op);
}

static void what_can_not_be_read(void **state)
{
    (void)state;
    static const char *const wrong[] = {"ij,jk->iz",   "ij->ij",    "ij,j->i",   "ij,jk,k->i", "i1,1k->ik",
                                        "ij,jk-ik",    "",          "ij,jk->ii", "ii,jk->ik",  "ij.,jk->ik",
                                        "ij,jk->ik..", ".ij,jk->ik"};
    for (size_t i = 0; i < MM_COUNT(wrong); i++) {
        struct op op = of(wrong[i], SHAPE(2, 3), SHAPE(3, 2));
        expect_failure(&op, MM_EARG, "equation");
    }
    struct op op = of("ij,jk->ik", SHAPE(2, 3), SHAPE(2, 3));
    expect_failure(&op, MM_EARG, "an axis does not fit");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products),
        cmocka_unit_test(of_one_input),
        cmocka_unit_test(at_positions),
        cmocka_unit_test(what_can_not_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
