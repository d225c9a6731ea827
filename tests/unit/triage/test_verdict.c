#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/triage.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const struct mm_entry entry;
static const struct mm_pair both = {
    .name = "t", .src = &entry, .dst = &entry, .occurrence = 1, .occurrences = 1};
static const struct mm_thresholds usual = {.diff1 = 0.05, .diff2 = 0.05};

static struct mm_result measured(double diff1, double diff2)
{
    return (struct mm_result){.state = MM_STATE_MEASURED,
                              .src = {.known = true, .dtype = MM_F32},
                              .dst = {.known = true, .dtype = MM_F16},
                              .metrics = {.count = 10,
                                          .finite = 10,
                                          .diff1 = diff1,
                                          .diff2 = diff2,
                                          .src = {.finite = 10, .min = -3, .max = 5},
                                          .dst = {.finite = 10, .min = -3, .max = 5}}};
}

static void assert_verdict(const struct mm_pair *pair, const struct mm_result *result,
                           const struct mm_thresholds *thresholds, enum mm_verdict_kind kind, bool bad,
                           const char *text)
{
    struct mm_verdict verdict;
    memset(&verdict, 0xAA, sizeof verdict);
    mm_triage_judge(pair, result, thresholds, &verdict);
    assert_int_equal(verdict.kind, kind);
    assert_int_equal(verdict.bad, bad);
    assert_string_equal(verdict.text, text);
}

static void defaults(void **state)
{
    (void)state;
    struct mm_thresholds thresholds;
    mm_thresholds_defaults(&thresholds);
    assert_true(thresholds.diff1 == 0.05 && thresholds.diff2 == 0.05);
}

static void thresholds(void **state)
{
    (void)state;
    struct mm_result result = measured(0.05, 0.05);
    assert_verdict(&both, &result, &usual, MM_VERDICT_OK, false, ""); /* on it is not over it */
    result = measured(0.05, 0.1);
    assert_verdict(&both, &result, &usual, MM_VERDICT_OVER, true, "2x over 0.05");
    result = measured(0.6, 0.01);
    assert_verdict(&both, &result, &usual, MM_VERDICT_OVER, true, "diff1 12x over 0.05");
    result = measured(0.6, 0.2);
    assert_verdict(&both, &result, &usual, MM_VERDICT_OVER, true, "4x over 0.05"); /* diff2 speaks first */
    result = measured(0, 0);
    assert_verdict(&both, &result, &(struct mm_thresholds){0, 0}, MM_VERDICT_OK, false, "");
    result = measured(1e-9, 1e-9);
    assert_verdict(&both, &result, &(struct mm_thresholds){0, 0}, MM_VERDICT_OVER, true, "diff2 is not 0");
    assert_verdict(&both, &result, &(struct mm_thresholds){0, 1}, MM_VERDICT_OVER, true, "diff1 is not 0");
    result = measured(1, 1);
    assert_verdict(&both, &result, &(struct mm_thresholds){1, INFINITY}, MM_VERDICT_OK, false, "");
}

/* Σ|s| = 0 with d ≠ 0: +Inf, worst, and no figure to put into a sentence. */
/* Good as a whole; the classes of 12 % of the rows are not. No floor for these. */
static void columns_of_a_table(void **state)
{
    (void)state;
    struct mm_result result = measured(0.001, 0.001);
    struct mm_thresholds floor = usual;
    floor.floor = 100;
    result.table =
        (struct mm_table_error){.axis = 1, .kind = MM_TABLE_INTEGERS, .first = 5, .last = 5, .error = 0.05};
    assert_verdict(&both, &result, &usual, MM_VERDICT_OK, false, "");
    assert_true(mm_triage_rank(&result) == 0.05);
    result.table.error = 0.12;
    assert_verdict(&both, &result, &usual, MM_VERDICT_OVER, true, "12 % of the integers in column 5 differ");
    assert_verdict(&both, &result, &floor, MM_VERDICT_OVER, true, "12 % of the integers in column 5 differ");
    result.table =
        (struct mm_table_error){.axis = 2, .kind = MM_TABLE_SCORES, .first = 4, .last = 83, .error = 0.3};
    assert_verdict(&both, &result, &usual, MM_VERDICT_OVER, true, "columns 4 to 83 off by 0.3");
    assert_true(mm_triage_rank(&result) == 0.3);
    result.table =
        (struct mm_table_error){.axis = -1, .kind = MM_TABLE_INTEGERS, .first = -1, .last = -1, .error = 0.2};
    assert_verdict(&both, &result, &usual, MM_VERDICT_OVER, true, "20 % of these integers differ");
    result.metrics.diff2 = 0.1; /* the whole comes first */
    assert_verdict(&both, &result, &usual, MM_VERDICT_OVER, true, "2x over 0.05");
}

static void src_is_zero(void **state)
{
    (void)state;
    struct mm_result result = measured(INFINITY, INFINITY);
    assert_verdict(&both, &result, &usual, MM_VERDICT_OVER, true, "src is all zero, dst is not");
    assert_true(mm_triage_rank(&result) == INFINITY);
}

/* All positions non-finite, but equal on both sides: there is no figure, and nothing is wrong. */
static void nothing_finite(void **state)
{
    (void)state;
    struct mm_result result = measured(NAN, NAN);
    result.metrics.nonfinite_equal = 10;
    assert_verdict(&both, &result, &usual, MM_VERDICT_OK, false, "");
    assert_true(mm_triage_rank(&result) == 0);
}

/* ---- NaN and Inf ---- */

static struct mm_result broken(struct mm_stats src, struct mm_stats dst, enum mm_dtype dtype)
{
    struct mm_result result = measured(0.001, 0.001); /* the rest may look fine */
    result.metrics.nonfinite_differ = 1;
    result.metrics.src = src;
    result.metrics.dst = dst;
    result.dst.dtype = dtype;
    return result;
}

static void overflow(void **state)
{
    (void)state;
    struct mm_result result = broken((struct mm_stats){.finite = 10, .min = -3, .max = 120000},
                                     (struct mm_stats){.finite = 9, .pos_inf = 1}, MM_F16);
    assert_verdict(&both, &result, &usual, MM_VERDICT_OVERFLOW, true, "overflow: |x| up to 120000 > 65504");
    result.metrics.src.max = 123456.7;
    assert_verdict(&both, &result, &usual, MM_VERDICT_OVERFLOW, true, "overflow: |x| up to 1.2e5 > 65504");
    result.metrics.src = (struct mm_stats){.finite = 10, .min = -70000, .max = 1}; /* to the other side */
    result.metrics.dst = (struct mm_stats){.finite = 9, .neg_inf = 1};
    assert_verdict(&both, &result, &usual, MM_VERDICT_OVERFLOW, true, "overflow: |x| up to 70000 > 65504");
    result = broken((struct mm_stats){.finite = 10, .max = 1e300},
                    (struct mm_stats){.finite = 9, .pos_inf = 1}, MM_F32);
    assert_verdict(&both, &result, &usual, MM_VERDICT_OVERFLOW, true,
                   "overflow: |x| up to 1e300 > 3.4028e38");
}

static void infinite_but_no_overflow(void **state)
{
    (void)state;
    /* src stays within f16: something else made the Inf */
    struct mm_result result = broken((struct mm_stats){.finite = 10, .min = -3, .max = 65504},
                                     (struct mm_stats){.finite = 8, .pos_inf = 1, .neg_inf = 1}, MM_F16);
    assert_verdict(&both, &result, &usual, MM_VERDICT_NONFINITE, true, "2 Inf in dst");
    /* as many on both sides, elsewhere */
    result = broken((struct mm_stats){.finite = 9, .pos_inf = 1, .max = 1e6},
                    (struct mm_stats){.finite = 9, .pos_inf = 1}, MM_F16);
    assert_verdict(&both, &result, &usual, MM_VERDICT_NONFINITE, true, "1 Inf in dst");
    /* an integer format has no Inf to overflow to */
    result = broken((struct mm_stats){.finite = 9, .pos_inf = 1, .max = 1e6}, (struct mm_stats){.finite = 10},
                    MM_I8);
    assert_verdict(&both, &result, &usual, MM_VERDICT_NONFINITE, true, "1 Inf in src");
}

static void not_a_number(void **state)
{
    (void)state;
    struct mm_result result = broken((struct mm_stats){.finite = 10, .max = 1e6},
                                     (struct mm_stats){.finite = 0, .nan = 27648}, MM_F16);
    assert_verdict(&both, &result, &usual, MM_VERDICT_NONFINITE, true, "27.6k NaN in dst");
    result = broken((struct mm_stats){.nan = 2}, (struct mm_stats){.nan = 1, .pos_inf = 0}, MM_F32);
    assert_verdict(&both, &result, &usual, MM_VERDICT_NONFINITE, true, "2 NaN in src");
    result = broken((struct mm_stats){.finite = 10, .max = 1},
                    (struct mm_stats){.nan = 3, .pos_inf = 1, .neg_inf = 1}, MM_F16);
    assert_verdict(&both, &result, &usual, MM_VERDICT_NONFINITE, true, "3 NaN and 2 Inf in dst");
}

/* ---- the rest ---- */

static void not_measured(void **state)
{
    (void)state;
    struct mm_result pending = {.state = MM_STATE_PENDING}, header = measured(NAN, NAN);
    header.state = MM_STATE_HEADER;
    assert_verdict(&both, &pending, &usual, MM_VERDICT_NONE, false, "");
    assert_verdict(&both, &header, &usual, MM_VERDICT_NONE, false, "");
    assert_true(mm_triage_rank(&pending) == -1);
    assert_true(mm_triage_rank(&header) == -1);
}

static void one_side_only(void **state)
{
    (void)state;
    static const struct mm_pair in_src = {.name = "t", .src = &entry, .occurrence = 1, .occurrences = 1};
    static const struct mm_pair in_dst = {.name = "t", .dst = &entry, .occurrence = 1, .occurrences = 1};
    struct mm_result result = {.state = MM_STATE_SINGLE};
    assert_verdict(&in_src, &result, &usual, MM_VERDICT_UNPAIRED, false, "only in src");
    assert_verdict(&in_dst, &result, &usual, MM_VERDICT_UNPAIRED, false, "only in dst");
    assert_true(mm_triage_rank(&result) == -1);
}

static void shapes(void **state)
{
    (void)state;
    struct mm_result result = {.state = MM_STATE_MISMATCH};
    result.src.shape = (struct mm_shape){.rank = 2, .dim = {3, 4}};
    assert_verdict(&both, &result, &usual, MM_VERDICT_SHAPE, true, "shapes differ: 3x4 and scalar");
    assert_true(mm_triage_rank(&result) == INFINITY);
    /* the longest that can be: cut, not written beyond */
    result.src.shape.rank = result.dst.shape.rank = MM_RANK_MAX;
    for (int i = 0; i < MM_RANK_MAX; i++)
        result.src.shape.dim[i] = result.dst.shape.dim[i] = INT64_MAX;
    struct mm_verdict verdict;
    mm_triage_judge(&both, &result, &usual, &verdict);
    assert_int_equal(strncmp(verdict.text, "shapes differ: 9223372036854775807x", 35), 0);
    assert_true(strlen(verdict.text) < sizeof verdict.text);
}

static void unreadable(void **state)
{
    (void)state;
    struct mm_result result = {.state = MM_STATE_FAILED, .code = MM_ECORRUPT};
    assert_verdict(&both, &result, &usual, MM_VERDICT_UNREADABLE, true, "src file is corrupt");
    result.failed_dst = true;
    result.code = MM_EUNSUPPORTED;
    assert_verdict(&both, &result, &usual, MM_VERDICT_UNREADABLE, true, "dst file is unsupported");
    assert_true(mm_triage_rank(&result) == INFINITY);
}

static void ranks(void **state)
{
    (void)state;
    struct mm_result worse = measured(0.1, 0.2), better = measured(0.3, 0.1), none = measured(0, 0);
    struct mm_result only1 = measured(1e-200, 0),
                     nan = broken((struct mm_stats){0}, (struct mm_stats){.nan = 1}, MM_F16);
    assert_true(mm_triage_rank(&worse) == 0.2);
    assert_true(mm_triage_rank(&better) == 0.1);
    assert_true(mm_triage_rank(&none) == 0);
    assert_true(mm_triage_rank(&only1) == 1e-200);
    assert_true(mm_triage_rank(&nan) == INFINITY);
}

/* 281 for 282 of 64 bits is another class; of 32 bits, or among many, or below the floor, it is not over. */
static void ids(void **state)
{
    (void)state;
    struct mm_result one = measured(0.0036, 0.0036);
    struct mm_thresholds floor = usual;
    one.metrics.finite = 10;
    one.metrics.diff4_n = 1;
    one.metrics.max_abs = 1;
    one.src = (struct mm_info){.known = true, .dtype = MM_I64};
    one.dst = (struct mm_info){.known = true, .dtype = MM_I32};
    assert_verdict(&both, &one, &usual, MM_VERDICT_OVER, true, "1 of 10 integers differ");
    floor.floor = 1;
    assert_verdict(&both, &one, &floor, MM_VERDICT_OK, false, "");
    one.metrics.finite = 20;
    assert_false(mm_result_over(&usual, &one));
    one.metrics.finite = 10;
    one.src.dtype = MM_I32;
    assert_false(mm_result_over(&usual, &one));
    one.src.dtype = MM_F32;
    one.dst.dtype = MM_I64;
    assert_false(mm_result_over(&usual, &one));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(thresholds),
        cmocka_unit_test(columns_of_a_table),
        cmocka_unit_test(src_is_zero),
        cmocka_unit_test(nothing_finite),
        cmocka_unit_test(overflow),
        cmocka_unit_test(infinite_but_no_overflow),
        cmocka_unit_test(not_a_number),
        cmocka_unit_test(not_measured),
        cmocka_unit_test(one_side_only),
        cmocka_unit_test(shapes),
        cmocka_unit_test(unreadable),
        cmocka_unit_test(ranks),
        cmocka_unit_test(ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
