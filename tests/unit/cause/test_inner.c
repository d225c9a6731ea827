#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

static const struct mm_shape image = {4, {1, 8, 20, 20}};

static void broken_values(void **state)
{
    (void)state;
    static const struct {
        const char *op;
        double input_max;
        int64_t input_count;
        const char *sentence;
    } rows[] = {
        {"LayerNormalization", 300, 3200,
         "inside, the squares can reach 90000 > 65504: 40 values became Inf or NaN"},
        {"ReduceMean", 700, 3200 * 100,
         "inside, the sum can reach 70000 > 65504: 40 values became Inf or NaN"},
        {"Softmax", 12, 3200,
         "inside, the exponentials can reach 1.6e5 > 65504: 40 values became Inf or NaN"},
        {"aten::pow", 0, 0,
         "40 values are Inf or NaN, the result itself would fit: the squares may overflow"},
        {"Log", 1, 3200, "40 values are Inf or NaN: the logarithm of a value that became 0"},
        {"Reciprocal", 1, 3200, "40 values are Inf or NaN: 1 / x of a value that became 0"},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct fault f;
        fault_init(&f, image, 9);
        for (int64_t k = 0; k < 40; k++)
            f.d[k * 70] = k % 2 ? NAN : INFINITY;
        f.c.op_type = rows[i].op;
        f.c.input_max = rows[i].input_max;
        f.c.input_count = rows[i].input_count;
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_INNER_OVERFLOW, i < 3 ? 0.9 : 0.5, rows[i].sentence);
        fault_done(&f);
    }
}

/* A factor of 1e5 makes the largest Inf as well; it is told by the others, unless what goes in was seen to be too large. */
static void too_large_themselves(void **state)
{
    (void)state;
    for (int row = 0; row < 4; row++) {
        struct fault f;
        fault_init(&f, image, 9);
        for (int64_t k = 0; k < f.count; k++)
            f.d[k] = fabs(1e5 * f.s[k]) > 65504 ? INFINITY : row == 1 ? f.s[k] : 1e5 * f.s[k];
        f.c.op_type = row == 3 ? "Conv" : "";
        f.c.input_max = row < 2 ? 0 : 700;
        f.c.inputs_guessed = row == 2;
        fault_find(&f);
        bool there = false;
        for (size_t i = 0; i < f.findings; i++)
            there = there || f.finding[i].cause == MM_CAUSE_INNER_OVERFLOW;
        if (there != (row == 1 || row == 3))
            fail_msg("row %d: %d", row, there);
        fault_done(&f);
    }
}

/* Inputs too small for it, and an operator that keeps nothing inside. */
static void not_inside(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, image, 9);
    f.d[70] = INFINITY;
    f.c.op_type = "LayerNormalization";
    f.c.input_max = 200;
    fault_find(&f);
    assert_int_equal(f.findings, 0);
    f.c.op_type = "Relu";
    f.c.input_max = 20000;
    fault_find(&f);
    assert_int_equal(f.findings, 0);
    fault_done(&f);
}

/* A norm that divides by Inf gives 0. */
static void zeros(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, image, 10);
    for (int64_t k = 0; k < 400; k++)
        f.d[k] = 0;
    f.c.op_type = "RMSNorm";
    f.c.input_max = 1000;
    fault_find(&f);
    assert_true(f.findings >= 1);
    bool there = false;
    for (size_t i = 0; i < f.findings; i++)
        there = there || (f.finding[i].cause == MM_CAUSE_INNER_OVERFLOW && f.finding[i].score > 0.8 &&
                          strcmp(f.finding[i].sentence,
                                 "inside, the squares can reach 1000000 > 65504: 400 values became 0") == 0);
    assert_true(there);
    fault_done(&f);
}

/* Three rows of a layer norm whose sum of squares is Inf: x / Inf is 0, and beta is what is left. */
static void rows_of_beta(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, (struct mm_shape){3, {1, 40, 64}}, 11);
    for (int64_t i = 0; i < f.count; i++)
        f.d[i] = f.s[i] = f.s[i] + 0.01 * (double)(i % 64);
    for (int64_t row = 0; row < 3; row++) {
        for (int64_t i = 0; i < 64; i++)
            f.d[row * 5 * 64 + i] = 0.01 * (double)i;
    }
    f.c.op_type = "LayerNormalization";
    f.c.input_max = f.c.input_rms = 300;
    f.c.input_count = f.count;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_INNER_OVERFLOW, 0.8, "inside, the squares can reach 90000 > 65504: 192 values");
    f.c.input_max = f.c.input_rms = 200; /* 40000 fits */
    fault_find(&f);
    assert_true(f.findings == 0 || f.finding[0].cause != MM_CAUSE_INNER_OVERFLOW);
    fault_done(&f);
}

/* Sharper than src, with values that half has no digits for: nothing was Inf inside, as the rows still add up to 1. Where
 * they are lost in another way, they do not. */
static void shares(void **state)
{
    (void)state;
    for (int lost = 0; lost < 2; lost++) {
        struct fault f;
        fault_init(&f, (struct mm_shape){3, {1, 40, 64}}, 12);
        for (int64_t i = 0; i < f.count; i++) {
            f.s[i] = i % 64 == 0 ? 0.37 : 0.01;
            f.d[i] = i % 64 == 0 ? (lost ? 0 : 1) : 0;
        }
        f.c.op_type = "Softmax";
        f.c.input_max = 17;
        f.c.input_count = f.count;
        fault_find(&f);
        bool there = false;
        for (size_t i = 0; i < f.findings; i++)
            there = there || f.finding[i].cause == MM_CAUSE_INNER_OVERFLOW;
        assert_int_equal(there, lost);
        fault_done(&f);
    }
}

static bool inner_found(const struct fault *f)
{
    for (size_t i = 0; i < f->findings; i++) {
        if (f->finding[i].cause == MM_CAUSE_INNER_OVERFLOW)
            return true;
    }
    return false;
}

/* A softmax over all of each of four samples, as before opset 13, has its 1 in one line of twenty; the others are 0. Nor is
 * a softmax Inf inside whose shares are steps of 1 / 64: 32 of 1 / 160 are 0 in steps, so that the lines have 0.8. */
static void shares_of_others(void **state)
{
    (void)state;
    for (int steps = 0; steps < 2; steps++) {
        struct fault f;
        fault_init(&f, (struct mm_shape){3, {4, 20, 33}}, 13);
        for (int64_t i = 0; i < f.count; i++) {
            bool first = steps ? i % 33 == 0 : i % 660 == 0;
            f.s[i] = i % 33 == 0 ? 0.8 : 0.2 / 32;
            f.d[i] = first ? (steps ? 51 / 64.0 : 1) : 0;
            if (steps && i % 33 == 1)
                f.d[i] = 1 / 64.0;
        }
        f.c.op_type = "Softmax";
        f.c.input_max = 17;
        f.c.input_count = f.count;
        fault_find(&f);
        if (inner_found(&f))
            fail_msg("%s", steps ? "steps" : "all of a sample");
        fault_done(&f);
    }
}

/* What adds up or multiplies hands an Inf on: zeros are none. */
static void zeros_of_others(void **state)
{
    static const char *const ops[] = {"Exp", "Sigmoid", "MatMul", "ReduceMean", "Pow"};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(ops); i++) {
        struct fault f;
        fault_init(&f, image, 10);
        for (int64_t k = 0; k < 400; k++)
            f.d[k] = 0;
        f.c.op_type = ops[i];
        f.c.input_max = 1e5;
        f.c.input_count = f.count;
        fault_find(&f);
        if (inner_found(&f))
            fail_msg("%s", ops[i]);
        fault_done(&f);
    }
}

/* Overflow breaks what is largest: NaN at shares of 0 are a line without a key, Inf at 0 is x / 0. */
static void where_src_is_small(void **state)
{
    (void)state;
    static const struct {
        const char *op;
        bool small, there;
    } rows[] = {{"Softmax", false, true}, {"Softmax", true, false}, {"", false, true}, {"", true, false}};
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct fault f;
        fault_init(&f, (struct mm_shape){3, {1, 40, 64}}, 14);
        for (int64_t k = 0; k < f.count; k++)
            f.d[k] = f.s[k] = k % 64 < 32 ? 1.0 / 32 : 0;
        for (int64_t row = 0; row < 5; row++)
            f.d[row * 64 + (rows[i].small ? 40 : 2)] = rows[i].op[0] ? NAN : INFINITY;
        f.c.op_type = rows[i].op;
        f.c.input_max = rows[i].op[0] ? 12 : 0;
        fault_find(&f);
        bool there = false;
        for (size_t k = 0; k < f.findings; k++)
            there = there || f.finding[k].cause == MM_CAUSE_INNER_OVERFLOW;
        assert_int_equal(there, rows[i].there);
        fault_done(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares),
        cmocka_unit_test(shares_of_others),
        cmocka_unit_test(zeros_of_others),
        cmocka_unit_test(rows_of_beta),
        cmocka_unit_test(where_src_is_small),
        cmocka_unit_test(broken_values),
        cmocka_unit_test(too_large_themselves),
        cmocka_unit_test(not_inside),
        cmocka_unit_test(zeros),
    };
    return cmocka_run_group_tests_name("triage/cause_inner", tests, NULL, NULL);
}
