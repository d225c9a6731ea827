#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/gains_testing.h"

#include <math.h>
#include <string.h>

/* Without the model's weights nothing is said of them. */
static void assert_gains(const struct mm_evidence *evidence, double asymmetric, double statistics)
{
    struct mm_subject subject = {.result = &to_i8, .evidence = evidence};
    struct mm_gains gains;
    assert_true(mm_gains_find(&subject, false, &gains));
    const double got[3] = {gains.per_channel, gains.asymmetric, gains.statistics};
    const double want[3] = {NAN, asymmetric, statistics};
    for (int i = 0; i < 3; i++) {
        if (!(isnan(want[i]) ? isnan(got[i]) : fabs(got[i] - want[i]) < 1e-12))
            fail_msg("gain %d is %g, not %g", i, got[i], want[i]);
    }
}

static void one_layer(void **state)
{
    (void)state;
    struct mm_evidence evidence = usual();
    struct mm_gains gains;
    assert_gains(&evidence, 3, 1);
    assert_true(mm_gains_find(&(struct mm_subject){.result = &to_i8, .evidence = &evidence}, false, &gains));
    assert_int_equal(gains.range, MM_RANGE_KL);
}

static void what_is_missing(void **state)
{
    (void)state;
    struct mm_evidence evidence = usual();
    evidence.floors = 3;
    assert_gains(&evidence, 3, NAN);
    evidence.floors = 1;
    assert_gains(&evidence, NAN, NAN);
    evidence = usual();
    evidence.floor[2].metrics.sqnr = 29; /* never less than nothing */
    assert_gains(&evidence, 0, 1);
    evidence.floor[2].metrics.sqnr = INFINITY;
    assert_gains(&evidence, MM_GAIN_MAX, 1);
    evidence.floor[1].metrics.sqnr = INFINITY; /* as it is, it is exact */
    assert_gains(&evidence, 0, 0);
    evidence.floor[1].metrics.sqnr = NAN;
    assert_gains(&evidence, NAN, NAN);
}

/* What the layer has is known: the gain is against that. */
static void present_format(void **state)
{
    (void)state;
    struct mm_evidence evidence = usual();
    evidence.floor[5] = floor_of(true, true, MM_RANGE_MINMAX, 42);
    evidence.format = 2; /* activations are asymmetric already */
    assert_gains(&evidence, 0, NAN);
    evidence.format = 3; /* per channel: 42 - 40 */
    assert_gains(&evidence, 2, NAN);
    evidence.format = 0; /* f16 says nothing of integers */
    assert_gains(&evidence, 3, 1);
}

static void quantised_or_not(void **state)
{
    (void)state;
    struct mm_evidence evidence = usual();
    struct mm_subject subject = {.result = &to_f32, .evidence = &evidence};
    struct mm_result ids = to_i8;
    struct mm_gains gains;
    assert_false(mm_gains_find(&subject, false, &gains));
    assert_true(mm_gains_find(&subject, true, &gains));
    evidence.grid = 0.125;
    assert_true(mm_gains_find(&subject, false, &gains));
    evidence.grid = 0;
    evidence.format = 1;
    assert_true(mm_gains_find(&subject, false, &gains));
    evidence.format = 0;
    assert_false(mm_gains_find(&subject, false, &gains));
    ids.src.dtype = MM_I8; /* integers on both sides are data */
    subject.result = &ids;
    assert_false(mm_gains_find(&subject, false, &gains));
    subject.result = &to_i8;
    assert_true(mm_gains_find(&subject, false, &gains));
    evidence.problem = (char *)"can't be read";
    assert_false(mm_gains_find(&subject, true, &gains));
    subject.evidence = NULL;
    assert_false(mm_gains_find(&subject, true, &gains));
}

/* 20 log10(0.01 / 0.001) = 20 dB, from the weights alone; nothing without them. */
static void weights(void **state)
{
    (void)state;
    struct mm_evidence evidence = usual();
    struct mm_recomputed recomputed = {.state = MM_RECOMPUTE_DONE, .per_tensor = 0.01, .per_channel = 0.001};
    struct mm_subject subject = {.result = &to_i8, .evidence = &evidence, .recomputed = &recomputed};
    struct mm_gains gains;
    assert_true(mm_gains_find(&subject, false, &gains));
    assert_true(fabs(gains.per_channel - 20) < 1e-12);
    recomputed.per_channel = 0; /* a scale a channel would be exact */
    assert_true(mm_gains_find(&subject, false, &gains) && gains.per_channel == MM_GAIN_MAX);
    recomputed.per_channel = 0.02; /* never less than nothing */
    assert_true(mm_gains_find(&subject, false, &gains) && gains.per_channel == 0);
    recomputed.per_channel = NAN;
    assert_true(mm_gains_find(&subject, false, &gains) && isnan(gains.per_channel));
    recomputed.per_channel = 0.001;
    recomputed.state = MM_RECOMPUTE_VOID;
    assert_true(mm_gains_find(&subject, false, &gains) && isnan(gains.per_channel));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_layer),      cmocka_unit_test(what_is_missing),
        cmocka_unit_test(present_format), cmocka_unit_test(quantised_or_not),
        cmocka_unit_test(weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
