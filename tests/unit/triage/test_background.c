#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/triage.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MOST 16
struct run {
    struct mm_recomputed recomputed[MOST];
    struct mm_subject subject[MOST];
    size_t count;
    struct mm_background background;
};

static struct mm_recomputed *add(struct run *run, enum mm_operator_kind kind, double residual)
{
    struct mm_recomputed *here = &run->recomputed[run->count];
    *here = (struct mm_recomputed){.state = MM_RECOMPUTE_DONE,
                                   .kind = kind,
                                   .residual = residual,
                                   .rounding = 6e-8,
                                   .result_int8 = 0.004,
                                   .input_int8 = kind == MM_OPERATOR_LINEAR ? 0.003 : NAN,
                                   .per_tensor = NAN,
                                   .per_channel = NAN,
                                   .fit_tensor = NAN,
                                   .fit_channel = NAN,
                                   .exact = NAN,
                                   .variant = NAN,
                                   .channel = -1};
    run->subject[run->count++].recomputed = here;
    return here;
}

static void weights(struct mm_recomputed *here, double fit_tensor, double fit_channel)
{
    here->per_tensor = 0.012;
    here->per_channel = 0.004;
    here->fit_tensor = fit_tensor;
    here->fit_channel = fit_channel;
}

static enum mm_own own(struct run *run, size_t place, double *explained)
{
    mm_background_find(run->subject, run->count, &run->background);
    return mm_own_find(&run->background, &run->subject[place], explained);
}

/* Floats: right up to 3 times the rounding or 0.001, wrong from 0.02 on. */
static void floats(void **state)
{
    (void)state;
    struct run run = {.count = 0};
    double explained;
    add(&run, MM_OPERATOR_ELEMENTWISE, 0);
    add(&run, MM_OPERATOR_ELEMENTWISE, 0.0009);
    add(&run, MM_OPERATOR_ELEMENTWISE, 0.015);
    add(&run, MM_OPERATOR_ELEMENTWISE, 0.03);
    assert_int_equal(own(&run, 0, &explained), MM_OWN_RIGHT);
    assert_true(explained == 6e-8);
    assert_int_equal(own(&run, 1, NULL), MM_OWN_RIGHT);
    assert_int_equal(own(&run, 2, NULL), MM_OWN_UNKNOWN);
    run.recomputed[1].residual = 0.001;
    assert_int_equal(own(&run, 3, NULL), MM_OWN_UNKNOWN); /* only 3.75 times the median, 0.008 */
    run.recomputed[2].residual = 0.0001;
    assert_int_equal(own(&run, 3, NULL), MM_OWN_WRONG);
    run.recomputed[3].rounding = 0.004; /* half of values that nearly cancel */
    assert_int_equal(own(&run, 3, NULL), MM_OWN_UNKNOWN);
    run.recomputed[3].rounding = 0.02;
    assert_int_equal(own(&run, 3, NULL), MM_OWN_RIGHT);
}

/* One operator with rounded weights among floats: the residual follows theirs, and is no fault. */
static void rounded_weights_alone(void **state)
{
    (void)state;
    struct run run = {.count = 0};
    double explained;
    for (int i = 0; i < 4; i++)
        weights(add(&run, MM_OPERATOR_LINEAR, 0.0001), 0, 0);
    weights(add(&run, MM_OPERATOR_LINEAR, 0.03), 0.95, 0.1);
    assert_int_equal(own(&run, 4, &explained), MM_OWN_RIGHT);
    assert_true(explained == 0.012 && !run.background.coarse);
    run.recomputed[4].fit_tensor = 0.5; /* half of it is something else */
    assert_int_equal(own(&run, 4, NULL), MM_OWN_WRONG);
    run.recomputed[4].residual = 0.013;
    run.recomputed[4].fit_channel = 0.95;
    assert_int_equal(own(&run, 4, &explained), MM_OWN_UNKNOWN); /* more than 3 times 0.004 */
    assert_true(explained == 0.004);
}

/* Integers: what weights, inputs and the result must cost, and others of the kind. */
static void integers(void **state)
{
    (void)state;
    struct run run = {.count = 0};
    double explained;
    for (int i = 0; i < 5; i++)
        weights(add(&run, MM_OPERATOR_LINEAR, 0.015), 0.5, 0.02);
    weights(add(&run, MM_OPERATOR_LINEAR, 0.2), 0.05, 0.02);
    assert_int_equal(own(&run, 0, &explained), MM_OWN_RIGHT);
    assert_true(run.background.coarse && run.background.median[MM_OPERATOR_LINEAR] == 0.015);
    assert_true(fabs(explained - 0.013) < 1e-12); /* .012, .003, .004 */
    assert_int_equal(own(&run, 5, NULL), MM_OWN_WRONG);
    run.recomputed[5].residual = 0.09; /* in a clean int8 run single ones had 0.07 */
    assert_int_equal(own(&run, 5, NULL), MM_OWN_UNKNOWN);
    run.recomputed[5].residual = 0.2;
    run.recomputed[5].input_int8 = 0.1; /* its ranges do cost that */
    assert_int_equal(own(&run, 5, NULL), MM_OWN_RIGHT);
    for (int i = 0; i < 5; i++)
        run.recomputed[i].residual = 0.06;
    run.recomputed[5].input_int8 = 0.003;
    assert_int_equal(own(&run, 5, NULL), MM_OWN_UNKNOWN); /* no more than the others */
}

/* Rounding all weights by one scale costs 0.65 here, and five others show that this is how they are rounded. A residual
 * of that size that does not follow them is something else: 0.6 sqrt(1 - fit^2), where inputs and results cost 0.005. */
static void beside_the_weights(void **state)
{
    static const struct {
        double residual, fit, input;
        bool beside;
    } rows[] = {
        {0.6, 0.02, 0.003, true},   {0.6, 0.97, 0.003, true}, /* 0.146 */
        {0.6, -0.99, 0.003, true},                            /* the other way round is no rounding, either */
        {0.6, 0.99, 0.003, false},                            /* 0.085 */
        {0.09, 0.02, 0.003, false},                           /* so much single ones leave */
        {0.6, NAN, 0.003, false},   {0.6, 0.97, 0.03, true},  /* a channel of zeros: 4.8 times 0.0303 */
        {0.6, 0.97, 0.04, false}};                            /* 3.6 times 0.0402 */
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct run run = {.count = 0};
        for (int k = 0; k < 5; k++)
            weights(add(&run, MM_OPERATOR_LINEAR, 0.015), 0.5, 0.02);
        struct mm_recomputed *here = add(&run, MM_OPERATOR_LINEAR, rows[i].residual);
        weights(here, rows[i].fit, 0.02);
        here->per_tensor = 0.65;
        here->input_int8 = rows[i].input;
        assert_int_equal(own(&run, 5, NULL), rows[i].beside ? MM_OWN_UNKNOWN : MM_OWN_RIGHT);
        if (mm_own_beside(&run.background, &run.subject[5]) != rows[i].beside)
            fail_msg("row %zu", i);
        run.background.weights = MM_GRANULARITY_UNKNOWN; /* nobody knows how weights are rounded */
        assert_false(mm_own_beside(&run.background, &run.subject[5]));
    }
}

/* One operator with weights was recomputed, behind a fault: its residual may be of floats or of integers that were cut
 * off; that its result lies on steps tells. */
static void steps_alone(void **state)
{
    (void)state;
    for (int on = 0; on < 2; on++) {
        struct run run = {.count = 0};
        double explained;
        weights(add(&run, MM_OPERATOR_LINEAR, 0.09), 0.05, 0.02);
        run.recomputed[0].on_steps = on;
        assert_int_equal(own(&run, 0, &explained), on ? MM_OWN_UNKNOWN : MM_OWN_WRONG);
        assert_int_equal(run.background.coarse, on);
        assert_true(fabs(explained - (on ? 0.013 : 6e-8)) < 1e-12);
    }
}

static void nothing_told(void **state)
{
    (void)state;
    struct run run = {.count = 0};
    double explained = 0;
    struct mm_recomputed *here = add(&run, MM_OPERATOR_SOFTMAX, 0.9);
    assert_int_equal(own(&run, 0, NULL), MM_OWN_WRONG);
    assert_true(isnan(run.background.median[MM_OPERATOR_SOFTMAX])); /* one is no background */
    here->nonfinite = 1;
    assert_int_equal(own(&run, 0, NULL), MM_OWN_UNKNOWN);
    here->nonfinite = 0;
    here->state = MM_RECOMPUTE_VOID;
    assert_int_equal(own(&run, 0, &explained), MM_OWN_UNKNOWN);
    assert_true(isnan(explained));
    assert_int_equal(mm_own_find(&run.background, &(struct mm_subject){0}, NULL), MM_OWN_UNKNOWN);
    mm_background_find(NULL, 0, &run.background);
    assert_false(run.background.coarse);
}

static void fits(struct mm_recomputed *here, double left, int64_t positions)
{
    here->variant = left;
    here->positions = positions;
    snprintf(here->variant_says, sizeof here->variant_says, "with alpha 0.1 where the model says 0.2");
}

/* A variant that leaves what a right operator leaves, and a quarter of what the model's own leaves. */
static void a_variant(void **state)
{
    (void)state;
    struct run run = {.count = 0};
    for (int i = 0; i < 5; i++)
        fits(add(&run, MM_OPERATOR_ELEMENTWISE, 0.01), 1e-7, 1000);
    assert_int_equal(own(&run, 0, NULL), MM_OWN_WRONG); /* all of the kind are: that is no background */
    assert_true(mm_own_variant(&run.background, &run.subject[0]));
    run.recomputed[0].variant = 0.0024;
    assert_int_equal(own(&run, 0, NULL), MM_OWN_UNKNOWN); /* more than rounding is left */
    run.recomputed[0].variant = 0.0009;
    assert_int_equal(own(&run, 0, NULL), MM_OWN_WRONG);
    run.recomputed[0].rounding =
        0.0011; /* the model's own is within 10 times the rounding: no fault at all */
    assert_false(mm_own_variant(&run.background, &run.subject[0]));
    fits(&run.recomputed[1], 0.0009, 63); /* of few values a coincidence is likelier: 20 times */
    assert_int_equal(own(&run, 1, NULL), MM_OWN_UNKNOWN);
    fits(&run.recomputed[1], 0.0005, 63);
    assert_int_equal(own(&run, 1, NULL), MM_OWN_WRONG);
    fits(&run.recomputed[1], 0, 7);
    assert_int_equal(own(&run, 1, NULL), MM_OWN_UNKNOWN);
    run.recomputed[2].nonfinite = 1;
    assert_false(mm_own_variant(&run.background, &run.subject[2]));
    assert_false(mm_own_variant(&run.background, &(struct mm_subject){0}));
}

/* In integers: below 0.05, or four times what they must cost; and a quarter of the model's own, whose size counts no more. */
static void a_variant_of_integers(void **state)
{
    (void)state;
    struct run run = {.count = 0};
    for (int i = 0; i < 5; i++)
        weights(add(&run, MM_OPERATOR_LINEAR, 0.015), 0.5, 0.02);
    fits(&run.recomputed[0], 0.012, 2048);
    assert_int_equal(own(&run, 0, NULL), MM_OWN_RIGHT);
    run.recomputed[0].residual = 0.06;
    assert_int_equal(own(&run, 0, NULL), MM_OWN_WRONG);
    run.recomputed[0].variant = 0.016;
    assert_int_equal(own(&run, 0, NULL), MM_OWN_UNKNOWN);
    run.recomputed[0].residual = 0.4;
    run.recomputed[0].variant = 0.06; /* of 0.013 that it must cost, four times are 0.052 */
    assert_false(mm_own_variant(&run.background, &run.subject[0]));
    run.recomputed[0].kind = MM_OPERATOR_RECURRENT;
    run.recomputed[0].variant_says[0] = 0;
    assert_int_equal(own(&run, 0, NULL), MM_OWN_UNKNOWN); /* what its weights cost is not known */
}

/* The correlations are the votes' weights; one operator alone may be wrong. */
static void granularity(void **state)
{
    (void)state;
    struct run run = {.count = 0};
    weights(add(&run, MM_OPERATOR_LINEAR, 0.01), 0.4, 0.01);
    weights(add(&run, MM_OPERATOR_LINEAR, 0.01), 0.4, 0.01);
    mm_background_find(run.subject, run.count, &run.background);
    assert_int_equal(run.background.weights, MM_GRANULARITY_UNKNOWN); /* two do not make a vote */
    weights(add(&run, MM_OPERATOR_LINEAR, 0.01), 0.12, 0.2);
    weights(add(&run, MM_OPERATOR_LINEAR, 0.01), 0.02, 0.05); /* tells nothing */
    weights(add(&run, MM_OPERATOR_LINEAR, 0.9), 0.02, 0.9);   /* broken: tells nothing of rounding */
    mm_background_find(run.subject, run.count, &run.background);
    assert_int_equal(run.background.weights, MM_PER_TENSOR);
    assert_int_equal(run.background.voted, 3);
    assert_int_equal(run.background.per_tensor, 2);
    assert_int_equal(run.background.per_channel, 1);
    assert_true(mm_background_gain(&run.background, NULL, 5) == 5);
    for (int i = 0; i < 2; i++)
        weights(&run.recomputed[i], 0.01, 0.3);
    mm_background_find(run.subject, run.count, &run.background);
    assert_int_equal(run.background.weights, MM_PER_CHANNEL);
    assert_true(mm_background_gain(&run.background, NULL, 5) == 0);
    assert_true(isnan(mm_background_gain(&run.background, NULL, NAN)));
    weights(&run.recomputed[0], 0.4, 0.01);
    mm_background_find(run.subject, run.count, &run.background);
    assert_int_equal(run.background.weights, MM_GRANULARITY_UNKNOWN); /* 0.4 against 0.5 */
    assert_true(isnan(mm_background_gain(&run.background, NULL, 5)));
}

/* What the quantised model says takes the place of the vote, and of what 256 steps of each range would cost. */
static void facts(void **state)
{
    (void)state;
    static const double step = 0.12;
    struct mm_result result = {.state = MM_STATE_MEASURED, .metrics.dst = {.finite = 10, .std = 2}};
    struct mm_quantised_tensor integers = {.scales = {.count = 1, .scale = &step, .dtype = MM_U8},
                                           .parts = MM_PART_RESULT | MM_PART_INPUT | MM_PART_WEIGHTS,
                                           .bits = 8,
                                           .weights = MM_PER_CHANNEL};
    struct mm_quantised_tensor floats = {.parts = 0}, nibbles = integers;
    struct run run = {.count = 0};
    double explained;
    for (int i = 0; i < 5; i++) {
        weights(add(&run, MM_OPERATOR_LINEAR, 0.015), 0.5, 0.02); /* a vote would be for one scale */
        run.subject[i].result = &result;
        run.subject[i].facts = &integers;
    }
    assert_int_equal(own(&run, 0, &explained), MM_OWN_RIGHT);
    assert_true(run.background.told && run.background.weights == MM_PER_CHANNEL);
    assert_int_equal(run.background.voted, 5);
    double steps = 0.12 / sqrt(12) / 2; /* its own scale, against the RMS of dst */
    assert_true(fabs(explained - sqrt(steps * steps + 0.003 * 0.003 + 0.004 * 0.004)) < 1e-12);
    assert_true(mm_background_gain(&run.background, &run.subject[0], 5) == 0);
    nibbles.bits = 4; /* 7 steps a side instead of 127 */
    nibbles.weights = MM_PER_TENSOR;
    nibbles.parts = MM_PART_WEIGHTS;
    run.subject[0].facts = &nibbles;
    own(&run, 0, &explained);
    assert_true(fabs(explained - 0.012 * 127 / 7) < 1e-12);
    assert_int_equal(run.background.weights, MM_GRANULARITY_UNKNOWN); /* some have one, some many */
    assert_true(mm_background_gain(&run.background, &run.subject[0], 5) == 5);
    run.subject[0].facts = &floats; /* its 0.03 is not the integers' around it */
    run.recomputed[0].residual = 0.03;
    run.recomputed[1].residual = run.recomputed[2].residual = 0.001;
    assert_int_equal(own(&run, 0, &explained), MM_OWN_UNKNOWN); /* twice the others' 0.015 */
    run.recomputed[3].residual = run.recomputed[4].residual = 0.001;
    assert_int_equal(own(&run, 0, &explained), MM_OWN_WRONG);
    assert_true(explained == 6e-8);
    /* with the very weights that dst had, and its inputs: the step alone explains, and others of its kind do not count */
    run.subject[0].facts = &integers;
    run.recomputed[0].exact = 0.06;
    assert_int_equal(own(&run, 0, &explained), MM_OWN_UNKNOWN);
    assert_true(fabs(explained - hypot(steps, 0.003)) < 1e-12);
    run.recomputed[0].exact_inputs = true;
    run.recomputed[0].exact = 0.05;
    assert_int_equal(own(&run, 0, &explained), MM_OWN_RIGHT); /* 0.05 is less than 3 steps of 0.0173 */
    assert_true(fabs(explained - steps) < 1e-12);
    run.recomputed[0].exact = 0.07;
    assert_int_equal(own(&run, 0, &explained), MM_OWN_WRONG); /* 4 steps are 0.069 */
    run.recomputed[0].exact = NAN;
    run.subject[0].facts = NULL;
    for (int i = 1; i < 5; i++)
        run.recomputed[i].residual = 0.015;
    assert_true(own(&run, 0, &explained) != MM_OWN_WRONG);
}

/* One operator with weights, but residuals of others as int8 results leave them: integers. Faults have no such size; among
 * so many of them the last is none that stands out, nor is it right. */
static void steps_of_others(void **state)
{
    (void)state;
    for (int faults = 0; faults < 2; faults++) {
        struct run run = {.count = 0};
        double explained;
        add(&run, MM_OPERATOR_LINEAR, 0.009);
        for (int i = 0; i < 3; i++)
            add(&run, MM_OPERATOR_ELEMENTWISE, 0.0042);
        for (int i = 0; i < 2 * faults; i++)
            add(&run, MM_OPERATOR_ELEMENTWISE, 0.3);
        struct mm_recomputed *coarse = add(&run, MM_OPERATOR_ELEMENTWISE, 0.025);
        coarse->result_int8 = 0.024;
        assert_int_equal(own(&run, run.count - 1, &explained), faults ? MM_OWN_UNKNOWN : MM_OWN_RIGHT);
        assert_int_equal(run.background.coarse, !faults);
    }
}

static void all_replayed(struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        struct mm_recomputed *here = &run->recomputed[i];
        here->replayed = true;
        here->left = here->left_tensor = here->left_channel = NAN;
    }
}

/* What was replayed is known at all positions: 0.005 and 4 times what is explained is wrong, in an integer run 0.02; operators
 * with weights of an integer run, and what fitted scales are in, are judged by the wider limits. */
static void replayed(void **state)
{
    (void)state;
    struct run run = {.count = 0}; /* fewer than 4 of a kind: there is no median */
    add(&run, MM_OPERATOR_ELEMENTWISE, 0.006);
    add(&run, MM_OPERATOR_ELEMENTWISE, 0.004);
    add(&run, MM_OPERATOR_POOL, 0.006);
    struct mm_recomputed *rounds = add(&run, MM_OPERATOR_SOFTMAX, 0.006);
    all_replayed(&run);
    run.recomputed[2].replayed = false;
    rounds->rounding = 0.0018; /* more than 3 times that, less than 4 times: neither */
    assert_int_equal(own(&run, 0, NULL), MM_OWN_WRONG);
    assert_int_equal(own(&run, 1, NULL), MM_OWN_UNKNOWN);
    assert_int_equal(own(&run, 2, NULL), MM_OWN_UNKNOWN);
    assert_int_equal(own(&run, 3, NULL), MM_OWN_UNKNOWN);
}

static void replayed_int8(void **state)
{
    (void)state;
    struct run run = {.count = 0};
    struct mm_pair pair = {0};
    struct mm_pair_scales scales = {.source = MM_SCALES_FITTED};
    for (int i = 0; i < 5; i++)
        weights(add(&run, MM_OPERATOR_LINEAR, 0.012), 0.6, 0.1);
    add(&run, MM_OPERATOR_ELEMENTWISE, 0.03);
    add(&run, MM_OPERATOR_ELEMENTWISE, 0.019);
    struct mm_recomputed *clips = add(&run, MM_OPERATOR_LINEAR, 0.3),
                         *wrong = add(&run, MM_OPERATOR_LINEAR, 0.3);
    all_replayed(&run);
    clips->left = 0.09; /* with what it reads clipped as an integer operator clips it */
    wrong->left = 0.25;
    assert_int_equal(own(&run, 5, NULL), MM_OWN_WRONG);
    assert_int_equal(own(&run, 6, NULL), MM_OWN_UNKNOWN);
    assert_int_equal(own(&run, 7, NULL), MM_OWN_UNKNOWN);
    assert_int_equal(own(&run, 8, NULL), MM_OWN_WRONG);
    run.subject[0].pair = &pair;
    pair.scales = &scales;
    assert_int_equal(own(&run, 5, NULL), MM_OWN_UNKNOWN);
    assert_int_equal(own(&run, 8, NULL), MM_OWN_WRONG);
}

/* An exact fit of a variant tells nothing where the steps of the result hide the difference. */
static void variant_within_steps(void **state)
{
    (void)state;
    struct run run = {.count = 0};
    struct mm_recomputed *here = add(&run, MM_OPERATOR_ELEMENTWISE, 0.011);
    here->variant = 0;
    snprintf(here->variant_says, sizeof here->variant_says, "without its second input");
    here->positions = 4096;
    mm_background_find(run.subject, run.count, &run.background);
    assert_true(mm_own_variant(&run.background, &run.subject[0]));
    here->on_grid = true;
    assert_false(mm_own_variant(&run.background, &run.subject[0]));
    here->residual = 0.013; /* more than 3 of 0.004 */
    assert_true(mm_own_variant(&run.background, &run.subject[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floats),
        cmocka_unit_test(integers),
        cmocka_unit_test(beside_the_weights),
        cmocka_unit_test(steps_alone),
        cmocka_unit_test(nothing_told),
        cmocka_unit_test(granularity),
        cmocka_unit_test(facts),
        cmocka_unit_test(rounded_weights_alone),
        cmocka_unit_test(replayed),
        cmocka_unit_test(replayed_int8),
        cmocka_unit_test(variant_within_steps),
        cmocka_unit_test(a_variant),
        cmocka_unit_test(a_variant_of_integers),
        cmocka_unit_test(steps_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
