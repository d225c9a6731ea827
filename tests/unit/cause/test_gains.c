#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/cause.h"
#include "unit/cause/gains_testing.h"

#include <math.h>
#include <string.h>

static void assert_gains(const struct mm_evidence *evidence, double per_channel, double asymmetric,
                         double statistics)
{
    struct mm_subject subject = {.result = &to_i8, .evidence = evidence};
    struct mm_gains gains;
    assert_true(mm_gains_find(&subject, false, &gains));
    const double got[3] = {gains.per_channel, gains.asymmetric, gains.statistics};
    const double want[3] = {per_channel, asymmetric, statistics};
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
    assert_gains(&evidence, 10, 3, 1);
    assert_true(mm_gains_find(&(struct mm_subject){.result = &to_i8, .evidence = &evidence}, false, &gains));
    assert_int_equal(gains.range, MM_RANGE_KL);
    evidence.channel_slope = 0.75; /* mostly in proportion already */
    assert_gains(&evidence, 2.5, 3, 1);
    evidence.channel_slope = 1.2;
    assert_gains(&evidence, 0, 3, 1);
    evidence.channel_slope = -0.3;
    assert_gains(&evidence, 10, 3, 1);
    evidence.channel_slope = NAN;
    assert_gains(&evidence, NAN, 3, 1);
}

static void what_is_missing(void **state)
{
    (void)state;
    struct mm_evidence evidence = usual();
    evidence.floors = 3;
    assert_gains(&evidence, NAN, 3, NAN);
    evidence.floors = 1;
    assert_gains(&evidence, NAN, NAN, NAN);
    evidence = usual();
    evidence.floor[2].metrics.sqnr = 29; /* never less than nothing */
    evidence.floor[3].metrics.sqnr = INFINITY;
    assert_gains(&evidence, MM_GAIN_MAX, 0, 1);
    evidence.floor[1].metrics.sqnr = INFINITY; /* as it is, it is exact */
    assert_gains(&evidence, 0, 0, 0);
    evidence.floor[1].metrics.sqnr = NAN;
    assert_gains(&evidence, NAN, NAN, NAN);
}

/* What the layer has is known: the gain is against that. */
static void present_format(void **state)
{
    (void)state;
    struct mm_evidence evidence = usual();
    evidence.floor[5] = floor_of(true, true, MM_RANGE_MINMAX, 42);
    evidence.format = 2; /* activations are asymmetric already; weights are symmetric all the same: 40 - 30 */
    assert_gains(&evidence, 10, 0, NAN);
    evidence.format = 3; /* per channel already */
    assert_gains(&evidence, 0, 2, NAN);
    evidence.format = 0; /* f16 says nothing of integers */
    assert_gains(&evidence, 10, 3, 1);
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

/* ---- is what is inferred of weights true? ----
 *
 * A product of random matrices: weights whose rows have very different range, inputs behind a ReLU. It is
 * computed with the weights as they are, rounded by one scale, and by a scale a row. What is inferred from
 * the first two must be what the third one gains.
 */

#define ROWS   32
#define DEPTH  144
#define PLACES 400

static uint64_t seed;

static double normal(void)
{
    double sum = -6;
    for (int i = 0; i < 12; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        sum += (double)(seed >> 11) * 0x1p-53;
    }
    return sum;
}

static float weight[ROWS][DEPTH], rounded[ROWS][DEPTH], input[DEPTH][PLACES];
static float product[ROWS * PLACES], by_tensor[ROWS * PLACES], by_row[ROWS * PLACES];

static void multiply(float w[ROWS][DEPTH], float *out)
{
    for (int r = 0; r < ROWS; r++) {
        for (int p = 0; p < PLACES; p++) {
            double sum = 0;
            for (int k = 0; k < DEPTH; k++)
                sum += (double)w[r][k] * (double)input[k][p];
            out[r * PLACES + p] = (float)sum;
        }
    }
}

static double row_max(int row)
{
    double max = 0;
    for (int k = 0; k < DEPTH; k++)
        max = fmax(max, fabs((double)weight[row][k]));
    return max;
}

static void round_weights(bool each)
{
    double all = 0;
    for (int r = 0; r < ROWS; r++)
        all = fmax(all, row_max(r));
    for (int r = 0; r < ROWS; r++) {
        double scale = (each ? row_max(r) : all) / 127;
        for (int k = 0; k < DEPTH; k++)
            rounded[r][k] = (float)(nearbyint((double)weight[r][k] / scale) * scale);
    }
}

static double rms(const float *x, const float *from, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        double d = (double)x[i] - (from ? (double)from[i] : 0);
        sum += d * d;
    }
    return sqrt(sum / n);
}

/* Of log error RMS against log signal RMS, over the rows. */
static double slope_of(const float *dst)
{
    double x = 0, y = 0, xx = 0, xy = 0;
    for (int r = 0; r < ROWS; r++) {
        double a = log(rms(product + r * PLACES, NULL, PLACES));
        double b = log(rms(product + r * PLACES, dst + r * PLACES, PLACES));
        x += a;
        y += b;
        xx += a * a;
        xy += a * b;
    }
    return (xy - x * y / ROWS) / (xx - x * x / ROWS);
}

static double inferred(const float *dst)
{
    static const struct mm_whatif_setting settings[] = {{.dtype = MM_I8},
                                                        {.dtype = MM_I8, .per_channel = true}};
    struct mm_evidence found = {.floors = 2, .format = -1, .channel_slope = slope_of(dst)};
    struct mm_shape shape = {2, {ROWS, PLACES}};
    struct mm_tensor tensor;
    struct mm_gains gains;
    struct mm_run run;
    mm_tensor_raw(&tensor, MM_F32, &shape, product, &run);
    assert_int_equal(mm_whatif_tensor(&tensor, settings, 2, NULL, found.floor, NULL), 0);
    assert_true(mm_gains_find(&(struct mm_subject){.result = &to_f32, .evidence = &found}, true, &gains));
    return gains.per_channel;
}

static void weights_are_inferred_rightly(void **state)
{
    (void)state;
    static const double spread[] = {0, 0.3, 0.7, 1};
    for (size_t i = 0; i < 4 * MM_COUNT(spread); i++) {
        seed = i;
        for (int r = 0; r < ROWS; r++) {
            double size = exp(spread[i / 4] * normal());
            for (int k = 0; k < DEPTH; k++)
                weight[r][k] = (float)(size * normal());
        }
        for (int k = 0; k < DEPTH; k++) {
            for (int p = 0; p < PLACES; p++)
                input[k][p] = (float)fmax(normal(), 0);
        }
        multiply(weight, product);
        round_weights(false);
        multiply(rounded, by_tensor);
        round_weights(true);
        multiply(rounded, by_row);
        double bought =
            20 * log10(rms(product, by_tensor, ROWS * PLACES) / rms(product, by_row, ROWS * PLACES));
        if (fabs(inferred(by_tensor) - bought) > 3.5)
            fail_msg("case %zu: %g dB inferred, %g dB bought", i, inferred(by_tensor), bought);
        if (spread[i / 4] > 0) /* what is done already can't be bought again; alike rows have no slope */
            assert_true(inferred(by_row) < 0.5 * bought);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_layer),
        cmocka_unit_test(what_is_missing),
        cmocka_unit_test(present_format),
        cmocka_unit_test(quantised_or_not),
        cmocka_unit_test(weights_are_inferred_rightly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
