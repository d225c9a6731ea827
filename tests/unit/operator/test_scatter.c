#include "operator_testing.h"

static struct op of(const char *type)
{
    static const float x[] = {1, 2, 3, 4, 5, 6};
    struct op op = op_begin(type, 16);
    give(&op, SHAPE(2, 3), x);
    return op;
}

static void elements(void **state)
{
    (void)state;
    struct op op = of("ScatterElements");
    give_ints(&op, SHAPE(2, 2), INTS(0, 2, -1, 1));
    give(&op, SHAPE(2, 2), FLOATS(10, 20, 30, 40));
    set_int(&op, "axis", 1);
    expect(&op, SHAPE(2, 3), FLOATS(10, 2, 20, 4, 40, 30));
    op = of("Scatter");
    give_ints(&op, SHAPE(1, 3), INTS(1, 0, 1));
    give(&op, SHAPE(1, 3), FLOATS(10, 20, 30));
    expect(&op, SHAPE(2, 3), FLOATS(1, 20, 3, 10, 5, 30));
}

static void reductions(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        float y[6];
    } rows[] = {{"add", {1, 2, 3, 5, 5, 36}},
                {"mul", {1, 2, 3, 4, 5, 1200}},
                {"min", {1, 2, 3, 1, 5, 6}},
                {"max", {1, 2, 3, 4, 5, 20}}};
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct op op = of("ScatterND");
        give_ints(&op, SHAPE(3, 2), INTS(1, 0, 1, 2, 1, 2));
        give(&op, SHAPE(3), FLOATS(1, 20, 10));
        set_text(&op, "reduction", rows[i].word);
        expect(&op, SHAPE(2, 3), rows[i].y);
    }
}

static void rows(void **state)
{
    (void)state;
    struct op op = of("ScatterND");
    give_ints(&op, SHAPE(1, 1), INTS(-1));
    give(&op, SHAPE(1, 3), FLOATS(7, 8, 9));
    expect(&op, SHAPE(2, 3), FLOATS(1, 2, 3, 7, 8, 9));
    op = of("ScatterND"); /* a tuple of no index: all of it */
    give_ints(&op, SHAPE(1, 0), INTS(0));
    give(&op, SHAPE(1, 2, 3), FLOATS(6, 5, 4, 3, 2, 1));
    expect(&op, SHAPE(2, 3), FLOATS(6, 5, 4, 3, 2, 1));
}

static void what_does_not_fit(void **state)
{
    (void)state;
    struct op op = of("ScatterND");
    give_ints(&op, SHAPE(1, 1), INTS(2));
    give(&op, SHAPE(1, 3), FLOATS(7, 8, 9));
    expect_failure(&op, MM_EARG, "do not fit");
    op = of("ScatterND");
    give_ints(&op, SHAPE(1, 1), INTS(0));
    give(&op, SHAPE(1, 2), FLOATS(7, 8));
    expect_failure(&op, MM_EARG, "do not fit");
    op = of("ScatterElements");
    give_ints(&op, SHAPE(1, 1), INTS(-3));
    give(&op, SHAPE(1, 1), FLOATS(7));
    expect_failure(&op, MM_EARG, "do not fit");
    op = of("ScatterElements");
    give_ints(&op, SHAPE(1, 4), INTS(0, 0, 0, 0));
    give(&op, SHAPE(1, 4), FLOATS(7, 7, 7, 7));
    expect_failure(&op, MM_EARG, "do not fit");
    op = of("ScatterElements");
    give_ints(&op, SHAPE(1, 1), INTS(0));
    give(&op, SHAPE(1, 1), FLOATS(7));
    set_text(&op, "reduction", "mean");
    expect_failure(&op, MM_EUNSUPPORTED, "mean");
}

static void running_sums(void **state)
{
    (void)state;
    struct op op = of("CumSum");
    give_ints(&op, SCALAR, INTS(1));
    expect(&op, SHAPE(2, 3), FLOATS(1, 3, 6, 4, 9, 15));
    op = of("CumSum");
    give_ints(&op, SCALAR, INTS(0));
    set_int(&op, "reverse", 1);
    expect(&op, SHAPE(2, 3), FLOATS(5, 7, 9, 4, 5, 6));
    op = of("CumSum");
    give_ints(&op, SCALAR, INTS(-1));
    set_int(&op, "exclusive", 1);
    expect(&op, SHAPE(2, 3), FLOATS(0, 1, 3, 0, 4, 9));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements),          cmocka_unit_test(reductions),   cmocka_unit_test(rows),
        cmocka_unit_test(what_does_not_fit), cmocka_unit_test(running_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
