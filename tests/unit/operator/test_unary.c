#include "operator_testing.h"

struct row {
    const char *type;
    float x, y;
};

/* Constants from tables of functions. */
static void single_values(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"Abs", -2.5f, 2.5f},
        {"Neg", -2.5f, 2.5f},
        {"Floor", -2.5f, -3},
        {"Ceil", -2.5f, -2},
        {"Round", 2.5f, 2},
        {"Round", -3.5f, -4},
        {"Sign", -0.1f, -1},
        {"Sign", 0, 0},
        {"Sqrt", 2, 1.41421356f},
        {"Reciprocal", -4, -0.25f},
        {"Reciprocal", 0, INFINITY},
        {"Exp", 1, 2.71828183f},
        {"Log", 2, 0.693147181f},
        {"Log", 0, -INFINITY},
        {"Erf", 0.5f, 0.520499878f},
        {"Sin", 1, 0.841470985f},
        {"Cos", 1, 0.540302306f},
        {"Tan", 1, 1.55740772f},
        {"Sinh", 1, 1.17520119f},
        {"Cosh", 1, 1.54308063f},
        {"Tanh", 0.5f, 0.462117157f},
        {"Asin", 0.5f, 0.523598776f},
        {"Acos", 0.5f, 1.04719755f},
        {"Atan", 0.5f, 0.463647609f},
        {"Asinh", 2, 1.44363548f},
        {"Acosh", 2, 1.3169579f},
        {"Atanh", 0.5f, 0.549306144f},
        {"Sqrt", -1, NAN},
        {"Abs", NAN, NAN},
        {"Sign", NAN, NAN},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct op op = op_begin(rows[i].type, 13);
        give(&op, SHAPE(1), &rows[i].x);
        expect(&op, SHAPE(1), &rows[i].y);
    }
}

static void several_chunks(void **state)
{
    (void)state;
    enum { COUNT = 2500 };
    float *x = calloc(COUNT, sizeof *x), *y = calloc(COUNT, sizeof *y);
    for (int k = 0; k < COUNT; k++) {
        x[k] = (float)k;
        y[k] = (float)-k;
    }
    struct op op = op_begin("Neg", 13);
    give(&op, SHAPE(COUNT), x);
    expect(&op, SHAPE(COUNT), y);
    free(x);
    free(y);
}

static void integers_and_bools(void **state)
{
    (void)state;
    struct op op = op_begin("Abs", 13);
    give_ints(&op, SHAPE(2), INTS(-5, 6));
    expect_ints(&op, SHAPE(2), INTS(5, 6));
    op = op_begin("Not", 13);
    give_ints(&op, SHAPE(2), INTS(0, 1));
    struct mm_value value = run(&op);
    assert_int_equal(value.dtype, MM_BOOL);
    assert_int_equal(value.i[0], 1);
    assert_int_equal(value.i[1], 0);
    mm_value_done(&value);
    op_end(&op);
    op = op_begin("IsNaN", 13);
    give(&op, SHAPE(3), FLOATS(NAN, INFINITY, 0));
    expect_ints(&op, SHAPE(3), INTS(1, 0, 0));
    op = op_begin("IsInf", 13);
    give(&op, SHAPE(3), FLOATS(NAN, INFINITY, -INFINITY));
    set_int(&op, "detect_negative", 0);
    expect_ints(&op, SHAPE(3), INTS(0, 1, 0));
}

static void empty(void **state)
{
    (void)state;
    struct op op = op_begin("Exp", 13);
    give(&op, SHAPE(2, 0), FLOATS(0));
    expect(&op, SHAPE(2, 0), NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_values),
        cmocka_unit_test(several_chunks),
        cmocka_unit_test(integers_and_bools),
        cmocka_unit_test(empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
