#include "operator_testing.h"

static const float x[] = {1, 2, 3, 4, 5, 6};

static struct op of(const char *type, struct mm_shape shape, const int64_t *indices)
{
    struct op op = op_begin(type, 13);
    give(&op, SHAPE(2, 3), x);
    give_ints(&op, shape, indices);
    return op;
}

static void along_an_axis(void **state)
{
    (void)state;
    struct op op = of("Gather", SHAPE(2), INTS(1, -2));
    expect(&op, SHAPE(2, 3), FLOATS(4, 5, 6, 1, 2, 3));
    op = of("Gather", SHAPE(1, 2), INTS(2, 0));
    set_int(&op, "axis", 1);
    expect(&op, SHAPE(2, 1, 2), FLOATS(3, 1, 6, 4));
    op = of("Gather", SCALAR, INTS(2));
    set_int(&op, "axis", -1);
    expect(&op, SHAPE(2), FLOATS(3, 6));
    op = of("Gather", SHAPE(1), INTS(2));
    expect_failure(&op, MM_EARG, "index 2 of an axis of 2");
    op = of("Gather", SHAPE(1), INTS(-3));
    expect_failure(&op, MM_EARG, "index -3");
}

static void element_by_element(void **state)
{
    (void)state;
    struct op op = of("GatherElements", SHAPE(2, 2), INTS(2, 0, -1, 1));
    set_int(&op, "axis", 1);
    expect(&op, SHAPE(2, 2), FLOATS(3, 1, 6, 5));
    op = of("GatherElements", SHAPE(1, 3), INTS(1, 0, 1));
    expect(&op, SHAPE(1, 3), FLOATS(4, 2, 6));
    op = of("GatherElements", SHAPE(3, 3), INTS(0, 0, 0, 0, 0, 0, 0, 0, 0));
    set_int(&op, "axis", 1);
    expect_failure(&op, MM_EARG, "do not fit");
}

static void tuples(void **state)
{
    (void)state;
    struct op op = of("GatherND", SHAPE(2, 2), INTS(1, 2, 0, -3));
    expect(&op, SHAPE(2), FLOATS(6, 1));
    op = of("GatherND", SHAPE(1, 1), INTS(1));
    expect(&op, SHAPE(1, 3), FLOATS(4, 5, 6));
    op = of("GatherND", SHAPE(2, 1), INTS(2, 0));
    set_int(&op, "batch_dims", 1);
    expect(&op, SHAPE(2), FLOATS(3, 4));
    op = of("GatherND", SHAPE(0, 2), NULL);
    op.value[1].i = INTS(0);
    expect(&op, SHAPE(0), NULL);
    op = of("GatherND", SHAPE(1, 3), INTS(0, 0, 0));
    expect_failure(&op, MM_EARG, "do not fit");
    op = of("GatherND", SHAPE(1, 2), INTS(0, 3));
    expect_failure(&op, MM_EARG, "index 3 of an axis of 3");
}

static void whole_numbers_keep_all_digits(void **state)
{
    (void)state;
    struct op op = op_begin("GatherElements", 13);
    give_ints(&op, SHAPE(1), INTS(INT64_MAX - 1));
    give_ints(&op, SHAPE(1), INTS(0));
    struct mm_value y = run(&op);
    assert_true(y.i[0] == INT64_MAX - 1);
    mm_value_done(&y);
    op_end(&op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(along_an_axis),
        cmocka_unit_test(element_by_element),
        cmocka_unit_test(tuples),
        cmocka_unit_test(whole_numbers_keep_all_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
