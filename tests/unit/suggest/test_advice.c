#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/suggest.h"
#include "unit/cause/gains_testing.h"

#include <math.h>
#include <string.h>

#define LAYERS 11
static struct mm_evidence evidence[LAYERS];
static struct mm_recomputed recomputed[LAYERS];
static struct mm_subject subjects[LAYERS + 1];

/* Gains of 0, 1, 2 ... 10 dB by channels, 5 less each by a zero point; one layer that nobody looked at. */
static void make(void)
{
    memset(subjects, 0, sizeof subjects);
    for (int i = 0; i < LAYERS; i++) {
        evidence[i] = usual();
        double db = (i * 4 + 2) % 11;
        recomputed[i] = (struct mm_recomputed){.state = MM_RECOMPUTE_DONE,
                                               .kind = MM_OPERATOR_LINEAR,
                                               .residual = 0.01,
                                               .per_tensor = pow(10, db / 20) * 0.001,
                                               .per_channel = 0.001,
                                               .fit_tensor = 0.5,
                                               .fit_channel = 0.01};
        evidence[i].floor[2].metrics.sqnr = 25 + (i * 4 + 2) % 11;
        evidence[i].floors = 4;
        subjects[i] =
            (struct mm_subject){.result = &to_i8, .evidence = &evidence[i], .recomputed = &recomputed[i]};
    }
    subjects[LAYERS].result = &to_i8;
}

static void assert_text(const struct mm_advice *advice, const char *expected)
{
    struct mm_buf buf;
    mm_buf_init(&buf);
    mm_advice_text(advice, &buf);
    assert_string_equal(mm_buf_text(&buf), expected);
    mm_buf_done(&buf);
}

static void all_layers(void **state)
{
    (void)state;
    struct mm_advice advice;
    struct mm_advice_setting settings[MM_ADVICE_COUNT];
    make();
    assert_int_equal(mm_advice_find(subjects, LAYERS + 1, NULL, &advice, NULL), 0);
    assert_int_equal(advice.quantised, LAYERS);
    const struct mm_advice_item *item = &advice.item[MM_ADVICE_PER_CHANNEL];
    assert_int_equal(item->known, LAYERS);
    assert_true(fabs(item->median - 5) < 1e-9 && fabs(item->upper - 9) < 1e-9);
    assert_true(fabs(item->most - 10) < 1e-9 && item->worth);
    assert_int_equal(item->layer, 2);
    item = &advice.item[MM_ADVICE_ASYMMETRIC]; /* six times 0, then 1 .. 5 */
    assert_true(item->median == 0 && item->upper == 4 && item->most == 5 && !item->worth);
    assert_int_equal(advice.item[MM_ADVICE_STATISTICS].known, 0);
    assert_true(isnan(advice.item[MM_ADVICE_STATISTICS].median));
    assert_false(advice.item[MM_ADVICE_STATISTICS].worth);
    assert_text(&advice,
                "Per-channel weights would gain 5.0 dB (median of 11 quantised ops; of what "
                "rounding the weights adds). The weights have one scale a tensor (11 of 11 operators "
                "show it).");
    assert_int_equal(mm_advice_settings(&advice, settings), 1);
    assert_string_equal(settings[0].key, "weight_granularity");
    assert_string_equal(settings[0].value, "per_channel");
}

/* Convolutions of integer weights whose results are floats: what their residuals show, or the simulation says. Such a fit by
 * chance, in a network that shows none, is no quantised operator. */
static void weights_alone(void **state)
{
    (void)state;
    struct mm_result floats = to_i8;
    struct mm_quantised_tensor facts = {
        .parts = MM_PART_WEIGHTS, .weights = MM_PER_TENSOR, .bits = 8, .simulated = true};
    struct mm_advice advice;
    make();
    floats.dst.dtype = MM_F32;
    for (int i = 0; i < LAYERS; i++) {
        subjects[i].result = &floats;
        subjects[i].evidence = NULL;
    }
    assert_int_equal(mm_advice_find(subjects, LAYERS, NULL, &advice, NULL), 0);
    assert_text(&advice,
                "Per-channel weights would gain 5.0 dB (median of 11 quantised ops; of what "
                "rounding the weights adds). The weights have one scale a tensor (11 of 11 operators "
                "show it).");
    for (int i = 0; i < LAYERS; i++) {
        subjects[i].facts = &facts;
        recomputed[i].fit_tensor = 0.05;
    }
    assert_int_equal(mm_advice_find(subjects, LAYERS, NULL, &advice, NULL), 0);
    assert_text(&advice,
                "Per-channel weights would gain 5.0 dB (median of 11 quantised ops; of what "
                "rounding the weights adds). The weights have one scale a tensor (as simulated: 11 of 11 "
                "operators).");
    for (int i = 0; i < LAYERS; i++)
        subjects[i].facts = NULL;
    recomputed[0].fit_tensor = 0.4;
    assert_int_equal(mm_advice_find(subjects, LAYERS, NULL, &advice, NULL), 0);
    assert_int_equal(advice.quantised, 0);
    assert_text(&advice, "");
}

static void a_tenth_of_them(void **state)
{
    (void)state;
    struct mm_advice advice;
    struct mm_advice_setting settings[MM_ADVICE_COUNT];
    make();
    for (int i = 0; i < LAYERS; i++) {
        subjects[i].recomputed = NULL;
        evidence[i].floor[2].metrics.sqnr = i < 2 ? 42 : 30;
    }
    assert_int_equal(mm_advice_find(subjects, LAYERS, NULL, &advice, NULL), 0);
    assert_text(&advice,
                "Asymmetric activations would gain 0.0 dB (median of 11 quantised ops; 12.0 dB or more "
                "for a tenth of them; measured on the reference).");
    assert_int_equal(mm_advice_settings(&advice, settings), 1);
    assert_string_equal(settings[0].key, "activation_symmetry");
    assert_string_equal(settings[0].value, "asymmetric");
}

static void statistics(void **state)
{
    (void)state;
    struct mm_advice advice;
    struct mm_advice_setting settings[MM_ADVICE_COUNT];
    make();
    for (int i = 0; i < LAYERS; i++) {
        subjects[i].recomputed = NULL;
        evidence[i].floor[2].metrics.sqnr = 30;
        evidence[i].floor[4] = floor_of(false, false, i < 4 ? MM_RANGE_P9999 : MM_RANGE_MSE, 38.25);
        evidence[i].floors = 5;
    }
    assert_int_equal(mm_advice_find(subjects, LAYERS, NULL, &advice, NULL), 0);
    assert_text(&advice,
                "A range other than min-max, mostly mse, would gain 8.2 dB (median of 11 quantised ops; "
                "measured on the reference).");
    assert_int_equal(mm_advice_settings(&advice, settings), 1);
    assert_string_equal(settings[0].key, "calibration_statistics");
    assert_string_equal(settings[0].value, "mse");
    for (int i = 0; i < LAYERS; i++)
        evidence[i].floor[4] = floor_of(false, false, i < 4 ? MM_RANGE_KL : MM_RANGE_P9999, 38.25);
    assert_int_equal(mm_advice_find(subjects, LAYERS, NULL, &advice, NULL), 0);
    assert_int_equal(mm_advice_settings(&advice, settings), 1);
    assert_string_equal(settings[0].value, "percentile_99.99");
}

static void one_or_none(void **state)
{
    (void)state;
    struct mm_advice advice;
    make();
    assert_int_equal(mm_advice_find(subjects + 2, 1, NULL, &advice, NULL), 0); /* one is no vote */
    assert_text(&advice, "Asymmetric activations would gain 5.0 dB (1 quantised op; measured on the "
                         "reference).");
    assert_int_equal(mm_advice_find(subjects + 5, 1, NULL, &advice, NULL), 0); /* gains nothing */
    assert_text(&advice, "No other quantisation setting would gain much (1 quantised op analysed).");
    assert_int_equal(mm_advice_find(subjects, 0, NULL, &advice, NULL), 0);
    assert_int_equal(advice.quantised, 0);
    assert_text(&advice, "");
    /* known from elsewhere */
    bool known[2] = {false, true};
    subjects[0].result = subjects[1].result = &to_f32;
    assert_int_equal(mm_advice_find(subjects, 2, known, &advice, NULL), 0);
    assert_int_equal(advice.quantised, 1);
    assert_int_equal(advice.item[MM_ADVICE_ASYMMETRIC].layer, 1);
}

/* Weights that are per channel already are never told to become so. */
static void per_channel_already(void **state)
{
    (void)state;
    struct mm_advice advice;
    struct mm_advice_setting settings[MM_ADVICE_COUNT];
    make();
    for (int i = 0; i < LAYERS; i++) {
        evidence[i].floor[2].metrics.sqnr = 30;
        recomputed[i].fit_tensor = 0.02;
        recomputed[i].fit_channel = i ? 0.3 : 0.01; /* one is wrong, and one vote it is */
    }
    recomputed[0].fit_tensor = 0.2;
    assert_int_equal(mm_advice_find(subjects, LAYERS, NULL, &advice, NULL), 0);
    assert_int_equal(advice.weights, MM_PER_CHANNEL);
    assert_false(advice.item[MM_ADVICE_PER_CHANNEL].worth);
    assert_text(&advice,
                "No other quantisation setting would gain much (11 quantised ops analysed). The weights "
                "have a scale for each channel (10 of 11 operators show it).");
    assert_int_equal(mm_advice_settings(&advice, settings), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_alone), cmocka_unit_test(all_layers),  cmocka_unit_test(a_tenth_of_them),
        cmocka_unit_test(statistics),    cmocka_unit_test(one_or_none), cmocka_unit_test(per_channel_already),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
