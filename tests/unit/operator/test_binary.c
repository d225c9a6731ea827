#include "operator_testing.h"

static struct op of(const char *type, const float *a, const float *b)
{
    struct op op = op_begin(type, 13);
    give(&op, SHAPE(2, 2), a);
    give(&op, SHAPE(2), b);
    return op;
}

static void arithmetic(void **state)
{
    (void)state;
    const float a[] = {1, -2, 3, 4}, b[] = {2, -4};
    static const struct {
        const char *type;
        float y[4];
    } rows[] = {
        {"Add", {3, -6, 5, 0}},
        {"Sub", {-1, 2, 1, 8}},
        {"Mul", {2, 8, 6, -16}},
        {"Div", {0.5f, 0.5f, 1.5f, -1}},
        {"Pow", {1, 0.0625f, 9, 0.00390625f}},
        {"Min", {1, -4, 2, -4}},
        {"Max", {2, -2, 3, 4}},
        {"Sum", {3, -6, 5, 0}},
        {"Mean", {1.5f, -3, 2.5f, 0}},
        {"PRelu", {1, 8, 3, 4}},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct op op = of(rows[i].type, a, b);
        expect(&op, SHAPE(2, 2), rows[i].y);
    }
}

static void comparisons(void **state)
{
    (void)state;
    const float a[] = {1, -4, NAN, 4}, b[] = {1, -4};
    static const struct {
        const char *type;
        int64_t y[4];
    } rows[] = {
        {"Equal", {1, 1, 0, 0}},          {"Greater", {0, 0, 0, 1}},     {"Less", {0, 0, 0, 0}},
        {"GreaterOrEqual", {1, 1, 0, 1}}, {"LessOrEqual", {1, 1, 0, 0}},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct op op = of(rows[i].type, a, b);
        expect_ints(&op, SHAPE(2, 2), rows[i].y);
    }
}

static void logic(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        int64_t y[4];
    } rows[] = {{"And", {0, 0, 0, 1}}, {"Or", {0, 1, 1, 1}}, {"Xor", {0, 1, 1, 0}}};
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct op op = op_begin(rows[i].type, 7);
        give_ints(&op, SHAPE(4), INTS(0, 0, 1, 1));
        give_ints(&op, SHAPE(4), INTS(0, 1, 0, 1));
        expect_ints(&op, SHAPE(4), rows[i].y);
    }
}

static void whole_numbers(void **state)
{
    (void)state;
    struct op op = op_begin("Div", 14);
    give_ints(&op, SHAPE(3), INTS(-7, 7, 1));
    give_ints(&op, SHAPE(3), INTS(2, -2, 0));
    expect_ints(&op, SHAPE(3), INTS(-3, -3, 0));
    op = op_begin("Mod", 13);
    give_ints(&op, SHAPE(2), INTS(-7, 7));
    give_ints(&op, SHAPE(2), INTS(3, -3));
    expect_ints(&op, SHAPE(2), INTS(2, -2));
    op = op_begin("Mod", 13);
    give_ints(&op, SHAPE(2), INTS(-7, 7));
    give_ints(&op, SHAPE(2), INTS(3, -3));
    set_int(&op, "fmod", 1);
    expect_ints(&op, SHAPE(2), INTS(-1, 1));
    op = op_begin("Pow", 13);
    give_ints(&op, SHAPE(2), INTS(2, 3));
    give(&op, SHAPE(1), FLOATS(2));
    expect_ints(&op, SHAPE(2), INTS(4, 9));
}

static void not_a_number_stays(void **state)
{
    (void)state;
    struct op op = op_begin("Max", 13);
    give(&op, SHAPE(2), FLOATS(NAN, 1));
    give(&op, SHAPE(2), FLOATS(1, NAN));
    expect(&op, SHAPE(2), FLOATS(NAN, NAN));
    op = op_begin("Min", 13);
    give(&op, SHAPE(2), FLOATS(NAN, 1));
    give(&op, SHAPE(2), FLOATS(1, NAN));
    expect(&op, SHAPE(2), FLOATS(NAN, NAN));
}

static void any_number_of_inputs(void **state)
{
    (void)state;
    struct op op = op_begin("Sum", 13);
    give(&op, SHAPE(1, 2), FLOATS(1, 2));
    give(&op, SHAPE(2, 1), FLOATS(10, 20));
    give(&op, SCALAR, FLOATS(100));
    expect(&op, SHAPE(2, 2), FLOATS(111, 112, 121, 122));
    op = op_begin("Mean", 13);
    give(&op, SHAPE(1), FLOATS(5));
    expect(&op, SHAPE(1), FLOATS(5));
    op = op_begin("Max", 13);
    give(&op, SHAPE(1), FLOATS(5));
    give_none(&op);
    expect_failure(&op, MM_EUNSUPPORTED, "input 1");
}

/* Before opset 7 the second input stands where `axis` says. */
static void broadcasting_before_7(void **state)
{
    (void)state;
    struct op op = op_begin("Add", 6);
    give(&op, SHAPE(1, 2, 2), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(2), FLOATS(10, 20));
    set_int(&op, "broadcast", 1);
    set_int(&op, "axis", 1);
    expect(&op, SHAPE(1, 2, 2), FLOATS(11, 12, 23, 24));
    op = op_begin("Add", 6);
    give(&op, SHAPE(1, 2, 2), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(2), FLOATS(10, 20));
    set_int(&op, "broadcast", 1);
    expect(&op, SHAPE(1, 2, 2), FLOATS(11, 22, 13, 24));
    op = op_begin("PRelu", 6);
    give(&op, SHAPE(1, 2, 2), FLOATS(-1, -2, -3, -4));
    give(&op, SHAPE(2), FLOATS(10, 20));
    expect(&op, SHAPE(1, 2, 2), FLOATS(-10, -20, -60, -80));
    op = op_begin("PRelu", 9);
    give(&op, SHAPE(1, 2, 2), FLOATS(-1, -2, -3, -4));
    give(&op, SHAPE(2), FLOATS(10, 20));
    expect(&op, SHAPE(1, 2, 2), FLOATS(-10, -40, -30, -80));
}

static void where(void **state)
{
    (void)state;
    struct op op = op_begin("Where", 9);
    give_ints(&op, SHAPE(2, 1), INTS(1, 0));
    give(&op, SHAPE(2), FLOATS(1, 2));
    give(&op, SCALAR, FLOATS(-1));
    expect(&op, SHAPE(2, 2), FLOATS(1, 2, -1, -1));
    op = op_begin("Where", 9);
    give_ints(&op, SHAPE(2), INTS(1, 0));
    give(&op, SHAPE(3), FLOATS(1, 2, 3));
    give(&op, SCALAR, FLOATS(-1));
    expect_failure(&op, MM_EARG, "broadcast");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic),
        cmocka_unit_test(comparisons),
        cmocka_unit_test(logic),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(not_a_number_stays),
        cmocka_unit_test(any_number_of_inputs),
        cmocka_unit_test(broadcasting_before_7),
        cmocka_unit_test(where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
