#include "variant_testing.h"

/* Each is there once, none is the model's own, and the model's call stays as it was. */
static void going_through(void **state)
{
    (void)state;
    struct op op = op_begin("LeakyRelu", 16);
    give(&op, SHAPE(2), FLOATS(-2, 3));
    set_float(&op, "alpha", 0.2f);
    struct mm_operator_call call = call_of(&op);
    struct mm_operator_variant *v;
    char seen[40][80];
    size_t at = 0, count = 0;
    while (mm_operator_variant_next(&call, &at, &v, NULL) > 0) {
        snprintf(seen[count++], sizeof seen[0], "%s", mm_operator_variant_says(v));
        assert_non_null(mm_operator_variant_origin(v));
        assert_string_equal(mm_operator_variant_activation(v), "");
        mm_operator_variant_close(v);
    }
    assert_null(v);
    assert_int_equal(count, 5); /* 0.01 0.1 0.3, Relu, not there */
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(seen[i], seen[k]);
    }
    assert_int_equal(mm_operator_variant_next(&call, &at, &v, NULL), 0);
    expect_output(&op, 0, SHAPE(2), FLOATS(-0.4f, 3));
    op_end(&op);
}

static void none(void **state)
{
    (void)state;
    struct op op = op_begin("Reshape", 13);
    give(&op, SHAPE(2), FLOATS(1, 2));
    struct mm_operator_call call = call_of(&op);
    struct mm_operator_variant *v;
    size_t at = 0;
    assert_int_equal(mm_operator_variant_next(&call, &at, &v, NULL), 0);
    assert_null(v);
    mm_operator_variant_close(NULL);
    op_end(&op);
}

static void impossible(void **state)
{
    (void)state;
    struct op op = op_begin("Relu", 13);
    give(&op, SHAPE(2), FLOATS(1, 2));
    op.value[0].count = 3;
    struct mm_operator_call call = call_of(&op);
    struct mm_operator_variant *v;
    struct mm_err err = {0};
    size_t at = 0;
    assert_int_equal(mm_operator_variant_next(&call, &at, &v, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    assert_null(v);
    op.value[0].count = 2;
    op_end(&op);
}

/* An attribute that the node has not, one that it has, and more inputs than it has. */
static void unknown_inputs(void **state)
{
    (void)state;
    struct op op = op_begin("Conv", 13);
    give(&op, SHAPE(1, 1, 2), FLOATS(1, 2));
    give(&op, SHAPE(1, 1, 1), FLOATS(1));
    struct mm_operator_call call = call_of(&op);
    struct mm_operator_variant *v;
    struct mm_value value;
    size_t at = 0, ran = 0;
    op.input[1] = NULL; /* not known: variants are made, and say what is missing when they run */
    while (mm_operator_variant_next(&call, &at, &v, NULL) > 0) {
        ran += mm_operator_variant_run(v, &value, NULL) == 0;
        mm_operator_variant_close(v);
    }
    assert_int_equal(ran, 0);
    op_end(&op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(going_through),
        cmocka_unit_test(none),
        cmocka_unit_test(impossible),
        cmocka_unit_test(unknown_inputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
