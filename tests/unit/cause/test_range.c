#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/cause_testing.h"

static const struct mm_shape image = {4, {1, 8, 20, 20}};

static void overflow(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, image, 1);
    for (int64_t i = 0; i < f.count; i++)
        f.s[i] = f.d[i] = 30000 * f.s[i];
    noise_half(&f); /* rounds to Inf beyond 65519 */
    f.result.dst.dtype = MM_F16;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_OVERFLOW, 0.99, "|x| up to ");
    assert_non_null(strstr(f.finding[0].sentence, "> 65504"));
    f.result.dst.dtype = MM_F32; /* computed in half, dumped wider */
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_OVERFLOW, 0.99, "|x| up to ");
    f.c.s = f.c.d = NULL; /* the metrics alone tell as much */
    f.findings = mm_causes_find(&f.c, NULL, f.finding);
    assert_cause(&f, MM_CAUSE_OVERFLOW, 0.99, "|x| up to ");
    fault_done(&f);
}

/* Floats of 32 bits that hold what e4m3 keeps: it ends at 448, has NaN beyond, and says so in a dump of its own. */
static void stored_in_e4m3(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, image, 21);
    for (int64_t i = 0; i < f.count; i++) {
        f.s[i] *= 200;
        double keep = (double)mm_e4m3_to_float(mm_float_to_e4m3((float)f.s[i]));
        f.d[i] = fabs(f.s[i]) > 464 ? NAN : keep;
    }
    f.result.dst.dtype = MM_F32;
    f.c.storage = MM_F8E4M3;
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_OVERFLOW, 0.99, "|x| up to ");
    assert_non_null(strstr(f.finding[0].sentence, "> 448: "));
    fault_done(&f);
}

/* NaN in dst where src is small. */
static void no_overflow(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, image, 2);
    f.d[5] = NAN;
    fault_find(&f);
    assert_int_equal(f.findings, 0);
    fault_done(&f);
}

static void saturation(void **state)
{
    (void)state;
    static const struct {
        double low, high, step;
        const char *sentence;
    } rows[] = {{-127 / 64.0, 127 / 64.0, 1 / 64.0, "cut off below -1.9844 and above 1.9844"},
                {0, 255 / 128.0, 1 / 128.0, "cut off above 1.9922"}};
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct fault f;
        fault_init(&f, image, 3 + i);
        for (int64_t k = 0; k < f.count; k++) {
            f.s[k] = rows[i].low < 0 ? f.s[k] : fabs(f.s[k]);
            f.d[k] = fmin(fmax(rint(f.s[k] / rows[i].step) * rows[i].step, rows[i].low), rows[i].high);
        }
        f.c.noise = 5e-3;
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_SATURATION, 0.9, rows[i].sentence);
        fault_done(&f);
    }
}

/*
 * A range that is too small at both of its ends, which lie at other places: 255 steps of 1/75 with zero point 83; the
 * same where later rounding hides the steps.
 */
static void asymmetric(void **state)
{
    (void)state;
    for (int hidden = 0; hidden < 2; hidden++) {
        struct fault f;
        fault_init(&f, image, 13);
        for (int64_t i = 0; i < f.count; i++) {
            double code = fmin(fmax(rint(f.s[i] * 75) + 83, 0), 255);
            f.d[i] = hidden ? fmin(fmax(f.s[i], -83 / 75.0), 172 / 75.0) : (code - 83) / 75;
        }
        if (hidden)
            noise_half(&f);
        f.c.noise = 5e-3;
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_SATURATION, hidden ? 0.7 : 0.9, "cut off below -1.10");
        fault_done(&f);
    }
}

/* 90 steps of a grid from end to end are no integer's range, and floats of 16 bits have none: the operator cuts off.
 * Every second of 254 steps is one. */
static void cut_by_the_operator(void **state)
{
    static const struct {
        enum mm_dtype dst;
        double step, end;
        enum mm_verdict_kind verdict; /* NONE: a setting */
    } rows[] = {{MM_F32, 1.1 / 45, 1.1, MM_VERDICT_IMPLEMENTATION},
                {MM_F32, 1.1 / 63.5, 1.1, MM_VERDICT_NONE},
                {MM_F32, 1.1 / 127, 1.1, MM_VERDICT_NONE},
                {MM_F32, 0, 1.1, MM_VERDICT_NONE}, /* what it was computed in is not known */
                {MM_F16, 0, 1.1, MM_VERDICT_IMPLEMENTATION}};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct fault f;
        fault_init(&f, image, 15);
        for (int64_t k = 0; k < f.count; k++) {
            f.d[k] = rows[i].step > 0 ? rint(f.s[k] / rows[i].step) * rows[i].step : f.s[k];
            f.d[k] = fmin(fmax(f.d[k], -rows[i].end), rows[i].end);
        }
        if (!(rows[i].step > 0))
            noise_half(&f);
        f.result.dst.dtype = rows[i].dst;
        f.c.grid = rows[i].step;
        f.c.noise = 0.01;
        fault_find(&f);
        assert_cause(&f, MM_CAUSE_SATURATION, 0.7, "cut off below -1.");
        assert_int_equal(f.finding[0].verdict, rows[i].verdict);
        fault_done(&f);
    }
}

/* At half's own limit. */
static void saturated_half(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, image, 6);
    for (int64_t k = 0; k < f.count; k++) {
        f.s[k] *= 40000;
        f.d[k] = fmin(fmax(f.s[k], -65504), 65504);
    }
    noise_half(&f);
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_SATURATION, 0.9, "cut off below -65504 and above 65504");
    fault_done(&f);
}

/* relu6 for relu is another operator, not a limit. */
static void another_operator(void **state)
{
    (void)state;
    for (int noise = 0; noise < NOISES; noise++) {
        struct fault f;
        fault_init(&f, image, 7);
        for (int64_t k = 0; k < f.count; k++) {
            f.s[k] = fmax(0, 4 * f.s[k]);
            f.d[k] = fmin(f.s[k], 6);
        }
        if (noise == NOISE_HALF)
            noise_half(&f);
        fault_find(&f);
        assert_unexplained(&f, 0.5);
        fault_done(&f);
    }
}

static void underflow(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, image, 8);
    for (int64_t k = 0; k < f.count; k++) {
        f.s[k] *= 2e-5;
        f.d[k] = fabs(f.s[k]) < 6.1035e-5 ? 0 : f.s[k]; /* subnormals flushed */
    }
    noise_half(&f);
    fault_find(&f);
    assert_int_equal(f.finding[0].cause, MM_CAUSE_UNDERFLOW);
    assert_true(f.finding[0].score > 0.9);
    for (int64_t k = 0; k < f.count; k++) { /* what half could hold became 0: not for its range */
        f.s[k] *= 1000;
        f.d[k] = fabs(f.s[k]) < 0.06 ? 0 : f.s[k];
    }
    fault_find(&f);
    assert_unexplained(&f, 0.5);
    fault_done(&f);
}

/* Cut off where half ends: an overflow that the format clamps, no setting. */
static void half_clamped(void **state)
{
    (void)state;
    struct fault f;
    fault_init(&f, image, 90);
    for (int64_t i = 0; i < f.count; i++) {
        f.s[i] = 60000 * fabs(f.s[i]);
        f.d[i] = fmin(f.s[i], 65504);
    }
    fault_find(&f);
    assert_cause(&f, MM_CAUSE_SATURATION, 0.9, "cut off above 65504");
    assert_int_equal(f.finding[0].verdict, MM_VERDICT_OVERFLOW);
    fault_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_clamped),   cmocka_unit_test(overflow),
        cmocka_unit_test(stored_in_e4m3), cmocka_unit_test(no_overflow),
        cmocka_unit_test(saturation),     cmocka_unit_test(cut_by_the_operator),
        cmocka_unit_test(saturated_half), cmocka_unit_test(another_operator),
        cmocka_unit_test(underflow),      cmocka_unit_test(asymmetric),
    };
    return cmocka_run_group_tests_name("triage/cause_range", tests, NULL, NULL);
}
