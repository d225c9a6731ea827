#include "operator_testing.h"

static struct op of(const char *mode)
{
    static const float x[] = {1, 2, 3};
    static const int64_t pads[] = {2, 1};
    struct op op = op_begin("Pad", 13);
    give(&op, SHAPE(3), x);
    give_ints(&op, SHAPE(2), pads);
    set_text(&op, "mode", mode);
    return op;
}

static void modes(void **state)
{
    (void)state;
    struct op op = of("constant");
    expect(&op, SHAPE(6), FLOATS(0, 0, 1, 2, 3, 0));
    op = of("edge");
    expect(&op, SHAPE(6), FLOATS(1, 1, 1, 2, 3, 3));
    op = of("reflect");
    expect(&op, SHAPE(6), FLOATS(3, 2, 1, 2, 3, 2));
    op = of("wrap");
    expect(&op, SHAPE(6), FLOATS(2, 3, 1, 2, 3, 1));
    op = of("mirror");
    expect_failure(&op, MM_EUNSUPPORTED, "mirror");
}

static void older_and_newer_forms(void **state)
{
    (void)state;
    struct op op = op_begin("Pad", 2);
    give(&op, SHAPE(1, 2), FLOATS(1, 2));
    set_ints(&op, "pads", 4, INTS(0, 1, 1, 0));
    set_float(&op, "value", 9);
    expect(&op, SHAPE(2, 3), FLOATS(9, 1, 2, 9, 9, 9));
    op = op_begin("Pad", 18);
    give(&op, SHAPE(1, 2), FLOATS(1, 2));
    give_ints(&op, SHAPE(2), INTS(1, 1));
    give(&op, SCALAR, FLOATS(7));
    give_ints(&op, SHAPE(1), INTS(-1));
    expect(&op, SHAPE(1, 4), FLOATS(7, 1, 2, 7));
    op = op_begin("Pad", 13);
    give_ints(&op, SHAPE(1), INTS(5));
    give_ints(&op, SHAPE(2), INTS(0, 1));
    give_ints(&op, SCALAR, INTS(-3));
    expect_ints(&op, SHAPE(2), INTS(5, -3));
}

static void negative_pads_cut(void **state)
{
    (void)state;
    struct op op = op_begin("Pad", 13);
    give(&op, SHAPE(3), FLOATS(1, 2, 3));
    give_ints(&op, SHAPE(2), INTS(-1, 1));
    expect(&op, SHAPE(3), FLOATS(2, 3, 0));
}

static void reflected_more_than_once(void **state)
{
    (void)state;
    struct op op = op_begin("Pad", 13);
    give(&op, SHAPE(2), FLOATS(1, 2));
    give_ints(&op, SHAPE(2), INTS(3, 3));
    set_text(&op, "mode", "reflect");
    expect(&op, SHAPE(8), FLOATS(2, 1, 2, 1, 2, 1, 2, 1));
    op = op_begin("Pad", 13);
    give(&op, SHAPE(1), FLOATS(1));
    give_ints(&op, SHAPE(2), INTS(1, 1));
    set_text(&op, "mode", "reflect");
    expect(&op, SHAPE(3), FLOATS(1, 1, 1));
}

static void what_can_not_be(void **state)
{
    (void)state;
    struct op op = op_begin("Pad", 13);
    give(&op, SHAPE(3), FLOATS(1, 2, 3));
    give_ints(&op, SHAPE(2), INTS(-2, -2));
    expect_failure(&op, MM_EARG, "impossible");
    op = op_begin("Pad", 13);
    give(&op, SHAPE(3), FLOATS(1, 2, 3));
    give_ints(&op, SHAPE(3), INTS(0, 0, 0));
    expect_failure(&op, MM_EARG, "3 pads for 1 axes");
    op = op_begin("Pad", 13);
    give(&op, SHAPE(3), FLOATS(1, 2, 3));
    give_ints(&op, SHAPE(2), INTS(INT64_MIN, INT64_MAX));
    expect_failure(&op, MM_EARG, "pads of");
    op = op_begin("Pad", 13);
    give(&op, SHAPE(3), FLOATS(1, 2, 3));
    expect_failure(&op, MM_EUNSUPPORTED, "pads are not known");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes),
        cmocka_unit_test(older_and_newer_forms),
        cmocka_unit_test(negative_pads_cut),
        cmocka_unit_test(reflected_more_than_once),
        cmocka_unit_test(what_can_not_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
