#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>

#include "compare/sentinel.h"

#define LOW (-65504.0)

static void lowest_numbers(void **state)
{
    (void)state;
    double s[] = {1, -FLT_MAX, -FLT_MAX, 2, -FLT_MAX, -FLT_MAX, -3, 0};
    double d[] = {1, LOW, -INFINITY, 2, LOW, LOW, -3, 0};
    /* d's -Inf lies below its least finite value, and is a sentinel as well */
    assert_int_equal(mm_sentinels_mask(s, d, 8), 4);
    assert_true(isnan(s[1]) && isnan(d[1]) && isnan(s[2]) && isnan(d[2]) && isnan(d[5]));
    assert_true(s[0] == 1 && d[3] == 2 && d[6] == -3);
}

/* One value that one side saturates is a value. */
static void an_outlier_that_differs(void **state)
{
    (void)state;
    double s[] = {1, -20000, 3, 4}, d[] = {1, -15000, 3, 4};
    assert_int_equal(mm_sentinels_mask(s, d, 4), 0);
    assert_true(s[1] == -20000 && d[1] == -15000);
}

static void large_values_are_none(void **state)
{
    (void)state;
    double s[] = {-20000, -20000, -20000, -20000, 300}; /* not 1000 times the rest */
    double d[] = {-20000, -20000, -20000, -20000, 300};
    assert_int_equal(mm_sentinels_mask(s, d, 5), 0);
}

/* Masked on one side only: that is an error, and stays. */
static void on_one_side(void **state)
{
    (void)state;
    double s[] = {-1e9, -1e9, -1e9, -1e9, 1}, d[] = {-1e9, -1e9, -1e9, 0.5, 1};
    assert_int_equal(mm_sentinels_mask(s, d, 5), 3);
    assert_true(s[3] == -1e9 && d[3] == 0.5);
}

/* Scores of 1 and 2 against 2 and 2, beside masks that carry all the energy: sqrt(1 / 5). */
static void the_rest_is_measured(void **state)
{
    (void)state;
    double s[] = {1, 2, -1e9, -1e9}, d[] = {2, 2, -1e9, -1e9};
    struct mm_shape shape = {1, {4}};
    struct mm_pair_tensors tensors = {.has_src = true, .has_dst = true};
    struct mm_run run[2];
    struct mm_result result = {0};
    struct mm_err err;
    bool failed_dst;
    mm_tensor_raw(&tensors.s, MM_F64, &shape, s, &run[0]);
    mm_tensor_raw(&tensors.d, MM_F64, &shape, d, &run[1]);
    assert_int_equal(mm_measure_tensors(&tensors.s, &tensors.d, NULL, NULL, &result.metrics, &err), 0);
    assert_true(result.metrics.diff2 < 1e-8);
    assert_int_equal(sentinels_measure(&tensors, NULL, NULL, &result, &failed_dst, &err), 0);
    assert_int_equal(result.masked, 2);
    assert_non_null(result.rest);
    assert_true(fabs(result.rest->diff2 - sqrt(1.0 / 5)) < 1e-12);
    assert_int_equal(result.rest->nonfinite_differ, 0);
    assert_ptr_equal(mm_result_judged(&result), result.rest);
    mm_result_done(&result);
}

/* Each pair stands at one position only, beside scores of up to 30. */
static void every_formats_own(void **state)
{
    (void)state;
    static const struct {
        double s, d;
        bool masked;
    } rows[] = {{-FLT_MAX, LOW, true},    {-FLT_MAX, -3.38953139e38, true},
                {-1e9, LOW, true},        {-1e9, -INFINITY, true},
                {-1e4, -1e4, true},       {-1e4 + 30, -1e4 + 24, true},
                {-1e4, -57344, true},     {-2147483648.0, -32768, true},
                {-1e30, -1e30, true},     {-1e10, -9999220736., true},
                {-1e9, -999292928, true}, {-1e9, -30, false},
                {-1e9, -20000, false},    {-25000, -31000, false}};
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        double s[] = {30, rows[i].s, -3, 0}, d[] = {30, rows[i].d, -3, 0};
        assert_int_equal(mm_sentinels_mask(s, d, 4), rows[i].masked);
        assert_int_equal(isnan(s[1]) && isnan(d[1]), rows[i].masked);
        assert_true(s[0] == 30 && d[2] == -3);
    }
}

/* A causal mask and one of padding, added: -2e9 where both are. Half keeps -65504 for either. */
static void masks_that_add_up(void **state)
{
    (void)state;
    double s[] = {1, -1e9, -2e9, 5, -2e9, -1e9}, d[] = {1, LOW, LOW, 5, LOW, LOW};
    assert_int_equal(mm_sentinels_mask(s, d, 6), 4);
    double t[] = {1, -1e4 + 3, -2e4 - 2, 5, -2e4, -1e4}, u[] = {1, -1e4 + 2, -2e4, 5, -2e4, -1e4};
    assert_int_equal(mm_sentinels_mask(t, u, 6), 4);
    double v[] = {1, -1.5e9, -1e9, -3.1e9, 2, 3},
           w[] = {1, -1.5e9, -1e9, -3.1e9, 2, 3}; /* of all sizes: values */
    assert_int_equal(mm_sentinels_mask(v, w, 6), 0);
}

/* Codes of int8 in steps of 0.1 end at -12.8: a score may lie there, too. Scores that are all different are none. */
static void lowest_codes(void **state)
{
    (void)state;
    double s[] = {1, -1e9, -1e9, -12.9, -1e9, -1e9, 3}, d[] = {1, -12.8, -12.8, -12.8, -12.8, -12.8, 3};
    assert_int_equal(mm_sentinels_mask(s, d, 7), 4);
    assert_true(s[3] == -12.9 && d[3] == -12.8 && isnan(d[1]) && isnan(d[5]));
    double t[] = {1, -1e9, -1e9, -12.9, -1e9, -1e9, 3}, u[] = {1, -2, -4, -12.8, 0.5, -7, 3};
    assert_int_equal(mm_sentinels_mask(t, u, 7), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lowest_numbers),        cmocka_unit_test(an_outlier_that_differs),
        cmocka_unit_test(large_values_are_none), cmocka_unit_test(on_one_side),
        cmocka_unit_test(the_rest_is_measured),  cmocka_unit_test(every_formats_own),
        cmocka_unit_test(masks_that_add_up),     cmocka_unit_test(lowest_codes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
