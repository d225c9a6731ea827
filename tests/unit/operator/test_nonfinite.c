#include "operator_testing.h"

static unsigned passes(const char *type, int input)
{
    struct op op = op_begin(type, 17);
    give(&op, SHAPE(1), FLOATS(0));
    struct mm_operator_call call = call_of(&op);
    unsigned bits = mm_operator_passes(call.node, input);
    op_end(&op);
    return bits;
}

/* By IEEE 754: each row against the function itself, of +Inf, -Inf and NaN. */
static void by_arithmetic(void **state)
{
    (void)state;
    static const char *const types[] = {"Abs", "Exp",     "Log",  "Sqrt",     "Neg",  "Relu",
                                        "Elu", "Sigmoid", "Tanh", "Softplus", "Selu", "Reciprocal"};
    const float inputs[] = {INFINITY, -INFINITY, NAN};
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        unsigned bits = passes(types[i], 0);
        for (unsigned k = 0; k < MM_COUNT(inputs); k++) {
            struct op op = op_begin(types[i], 17);
            give(&op, SHAPE(1), (const float[]){inputs[k]});
            struct mm_value y = run(&op);
            if ((bits >> k & 1) && isfinite(mm_value_at(&y, 0)))
                fail_msg("%s passes %f on as %f", types[i], (double)inputs[k], mm_value_at(&y, 0));
            mm_value_done(&y);
            op_end(&op);
        }
    }
}

static void which(void **state)
{
    (void)state;
    const unsigned every = MM_PASSES_POSITIVE | MM_PASSES_NEGATIVE | MM_PASSES_NAN;
    assert_int_equal(passes("Add", 1), every);
    assert_int_equal(passes("Div", 0), every);
    assert_int_equal(passes("Div", 1), 0); /* x / Inf is 0 */
    assert_int_equal(passes("Relu", 0), MM_PASSES_POSITIVE);
    assert_int_equal(passes("Softmax", 0), MM_PASSES_POSITIVE | MM_PASSES_NAN);
    assert_int_equal(passes("Min", 0), 0);
    assert_int_equal(passes("Where", 1), 0);
    assert_int_equal(passes("NoSuch", 0), 0);
}

/* With strides some positions are read by nobody. */
static void strides(void **state)
{
    (void)state;
    struct op op = op_begin("Conv", 17);
    give(&op, SHAPE(1, 1, 2), FLOATS(0, 0));
    add_node(&op);
    set_ints(&op, "strides", 1, (const int64_t[]){2});
    struct mm_operator_call call = call_of(&op);
    assert_int_equal(mm_operator_passes(call.node, 0), 0);
    op_end(&op);
    assert_true(passes("Conv", 0) != 0);
    assert_int_equal(passes("Conv", 1), 0); /* weights that nothing reads */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_arithmetic), cmocka_unit_test(which),
                                       cmocka_unit_test(strides)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
