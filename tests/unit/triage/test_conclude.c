#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "mmtui/triage.h"
#include "unit/triage/network.h"

static const char *name_of(const void *context, uint32_t id)
{
    const struct network *net = context;
    return net->pair[id].name;
}

static struct mm_triage_view view_of(const struct network *net)
{
    return (struct mm_triage_view){.subjects = net->subject,
                                   .count = net->count,
                                   .flow = net->flow,
                                   .blame = net->blame,
                                   .thresholds = &network_thresholds,
                                   .name = name_of,
                                   .context = net};
}

static struct mm_verdict conclude(const struct network *net, uint32_t id)
{
    struct mm_triage_view view = view_of(net);
    struct mm_verdict verdict;
    memset(&verdict, 0xAA, sizeof verdict);
    mm_triage_conclude(&view, id, &verdict);
    return verdict;
}

static void assert_kind(const struct network *net, uint32_t id, enum mm_verdict_kind kind, const char *text)
{
    struct mm_verdict verdict = conclude(net, id);
    if (verdict.kind != kind)
        fail_msg("layer %u: %s (%s), not %s", id, mm_verdict_word(verdict.kind), verdict.text,
                 mm_verdict_word(kind));
    assert_string_equal(verdict.text, text);
    assert_int_equal(verdict.bad, kind != MM_VERDICT_OK);
}

/* The evidence has this line. */
static void assert_explained(const struct network *net, uint32_t id, const char *line)
{
    struct mm_triage_view view = view_of(net);
    struct mm_verdict verdict = conclude(net, id);
    struct mm_buf evidence = {0}, next = {0};
    mm_triage_explain(&view, id, &verdict, &evidence, &next);
    if (!strstr(mm_buf_text(&evidence), line))
        fail_msg("no \"%s\" in:\n%s", line, mm_buf_text(&evidence));
    mm_buf_done(&evidence);
    mm_buf_done(&next);
}

static void assert_next(const struct network *net, uint32_t id, const char *step)
{
    struct mm_triage_view view = view_of(net);
    struct mm_verdict verdict = conclude(net, id);
    struct mm_buf evidence = {0}, next = {0};
    mm_triage_explain(&view, id, &verdict, &evidence, &next);
    assert_string_equal(mm_buf_text(&next), step);
    mm_buf_done(&evidence);
    mm_buf_done(&next);
}

/* Evidence with int8 floors: per tensor `coarse`, asymmetric `asymmetric`, per channel `fine`; dst has the
 * first. */
static struct mm_evidence int8_evidence(double coarse, double asymmetric, double fine)
{
    return (struct mm_evidence){
        .floor = {{.setting = {.dtype = MM_I8}, .metrics = {.diff2 = coarse, .sqnr = -20 * log10(coarse)}},
                  {.setting = {.dtype = MM_I8, .asymmetric = true},
                   .metrics = {.diff2 = asymmetric, .sqnr = -20 * log10(asymmetric)}},
                  {.setting = {.dtype = MM_I8, .per_channel = true, .axis = 1},
                   .scale_low = 0.01,
                   .scale_high = 0.12,
                   .metrics = {.diff2 = fine, .sqnr = -20 * log10(fine)}}},
        .floors = 3,
        .format = 0};
}

/* x is good, a is `error` off, b reads a. */
static void three(struct network *net, double error, double after)
{
    network_init(net);
    network_op(net, "x", 0, NULL, NULL);
    network_op(net, "a", error, "x", NULL);
    network_op(net, "b", after, "a", NULL);
    mm_graph_add_tensor(net->builder, "b", MM_GRAPH_OUTPUT, MM_DTYPE_NONE, NULL);
    network_finish(net, true);
}

static void good(void **state)
{
    (void)state;
    struct network net;
    three(&net, 0.01, 0.02);
    for (uint32_t id = 0; id < 3; id++)
        assert_kind(&net, id, MM_VERDICT_OK, "");
    network_done(&net);
}

static void inherited(void **state)
{
    (void)state;
    struct network net;
    three(&net, 0.3, 0.4);
    struct mm_evidence nothing = {.format = -1};
    net.subject[1].evidence = &nothing;
    assert_kind(&net, 1, MM_VERDICT_IMPLEMENTATION, "inputs are fine (0), the result is not");
    assert_kind(&net, 2, MM_VERDICT_INHERITED, "inherited from #2 a");
    assert_int_equal(conclude(&net, 2).from, 1);
    assert_int_equal(conclude(&net, 2).confidence, MM_LIKELY);
    network_done(&net);
}

/* Before anybody has looked, the figures alone speak. */
static void not_looked_at(void **state)
{
    (void)state;
    struct network net;
    three(&net, 0.3, 0.4);
    assert_kind(&net, 1, MM_VERDICT_OVER, "6x over 0.05");
    network_done(&net);
}

static void built_up(void **state)
{
    (void)state;
    struct network net;
    three(&net, 0.045, 0.055);
    net.result[0].metrics.diff2 = 0.02; /* or a jumps */
    mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
    net.blame[0].expected = net.blame[1].expected = net.blame[2].expected = 0; /* no rounding explains it */
    assert_kind(&net, 2, MM_VERDICT_INHERITED, "accumulated upstream, most of it in #2 a");
    network_done(&net);
}

/* The sigmoid behind it saturates: 0.3 became 0.001. */
static void harmless(void **state)
{
    (void)state;
    struct network net;
    struct mm_evidence nothing = {.format = -1};
    three(&net, 0.3, 0.001);
    net.subject[1].evidence = &nothing;
    assert_kind(&net, 1, MM_VERDICT_HARMLESS, "harmless: largest consumer error 0.001");
    network_done(&net);
}

/* The last layer has no readers that could prove it harmless. */
static void outputs_are_not_harmless(void **state)
{
    (void)state;
    struct network net;
    struct mm_evidence nothing = {.format = -1};
    three(&net, 0.01, 0.3);
    net.subject[2].evidence = &nothing;
    assert_kind(&net, 2, MM_VERDICT_IMPLEMENTATION, "inputs are fine (0.01), the result is not");
    network_done(&net);
}

static void noise(void **state)
{
    (void)state;
    struct network net;
    struct mm_evidence nothing = {.format = -1};
    three(&net, 0.06, 0.07);
    net.subject[1].evidence = &nothing;
    net.blame[1].expected = 0.021;
    net.blame[2].expected = 0.022;
    assert_kind(&net, 1, MM_VERDICT_NOISE, "accumulated rounding: 0.021");
    net.blame[1].expected = 0.019; /* 0.06 is more than three times that */
    assert_kind(&net, 1, MM_VERDICT_IMPLEMENTATION, "inputs are fine (0), the result is not");
    network_done(&net);
}

static void format_and_settings(void **state)
{
    (void)state;
    struct network net;
    three(&net, 0.06, 0.06);
    struct mm_evidence limited = int8_evidence(0.05, 0.045, 0.03), coarse = int8_evidence(0.05, 0.05, 0.01);
    net.subject[1].evidence = &limited;
    assert_kind(&net, 1, MM_VERDICT_FORMAT, "i8 can't do better than 0.05 here");
    net.subject[1].evidence = &coarse;
    /* no runtime gives results a scale a channel */
    assert_kind(&net, 1, MM_VERDICT_FORMAT, "i8 can't do better than 0.05 here");
    coarse = int8_evidence(0.05, 0.02, 0.04); /* 20 log10(2.5) = 8.0 dB */
    assert_kind(&net, 1, MM_VERDICT_SETTINGS, "i8 is too coarse here: asymmetric would gain 8.0 dB");
    network_done(&net);
}

/* An error that came in is not the setting's, which could mend the part that was added here alone. */
static void setting_behind_errors(void **state)
{
    (void)state;
    struct network net;
    three(&net, 0.4, 0.43);
    struct mm_evidence coarse = int8_evidence(0.05, 0.02, 0.04);
    net.subject[2].evidence = &coarse;
    unsigned char quantised[3] = {0, 0, MM_QUANTISED_RESULT};
    const unsigned char *before = net.flow->quantised;
    net.flow->quantised = quantised;
    net.blame[2].introduced = 0.02;
    assert_int_equal(conclude(&net, 2).kind, MM_VERDICT_INHERITED);
    coarse = int8_evidence(0.3, 0.1, 0.3);
    net.blame[2].introduced = 0.3;
    assert_int_equal(conclude(&net, 2).kind, MM_VERDICT_SETTINGS);
    net.flow->quantised = before;
    network_done(&net);
}

/* The format can't hold its constants: no fault of the operator, whatever its values look like. Too small ones are the format's,
 * too large ones an overflow. */
static void constants_lost(void **state)
{
    (void)state;
    struct network net;
    three(&net, 0.68, 0.9);
    struct mm_recomputed own = {.state = MM_RECOMPUTE_DONE,
                                .kind = MM_OPERATOR_NORMALISATION,
                                .residual = 0.68,
                                .rounding = 0.68,
                                .lost_beyond = true,
                                .channel = -1};
    struct mm_evidence found = {
        .format = -1,
        .finding = {{.cause = MM_CAUSE_SCALE, .score = 0.99, .sentence = "dst = 0 x src"}},
        .findings = 1};
    net.subject[1].recomputed = &own;
    net.subject[1].evidence = &found;
    mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
    assert_kind(&net, 1, MM_VERDICT_IMPLEMENTATION, "dst = 0 x src");
    snprintf(own.lost_says, sizeof own.lost_says, "2 of 2 values of v are beyond");
    assert_kind(&net, 1, MM_VERDICT_OVERFLOW, "2 of 2 values of v are beyond");
    assert_int_equal(conclude(&net, 1).cause, MM_CAUSE_INNER_OVERFLOW);
    assert_next(&net, 1, "Keep this operator's constants in FP32, or fold them into the operator before it.");
    own.lost_beyond = false;
    assert_kind(&net, 1, MM_VERDICT_FORMAT, "2 of 2 values of v are beyond");
    assert_int_equal(conclude(&net, 1).cause, MM_CAUSE_UNDERFLOW);
    assert_next(&net, 1, "Keep this operator's constants in FP32, or fold them into the operator before it.");
    network_done(&net);
}

/* What was recomputed decides, whatever the inputs' errors are. */
static void recomputed(void **state)
{
    (void)state;
    struct network net;
    three(&net, 0.9, 0.9);
    struct mm_recomputed own = {.state = MM_RECOMPUTE_DONE,
                                .kind = MM_OPERATOR_ELEMENTWISE,
                                .residual = 0.31,
                                .rounding = 0.0005,
                                .channel = -1};
    struct mm_evidence nothing = {.format = -1};
    struct mm_evidence found = {
        .format = -1,
        .finding = {{.cause = MM_CAUSE_ZERO_POINT, .score = 0.95, .sentence = "a constant"}},
        .findings = 1};
    net.subject[1].recomputed = &own;
    net.subject[1].evidence = &nothing;
    own.residual = 0.95;
    mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
    assert_kind(&net, 1, MM_VERDICT_IMPLEMENTATION,
                "recomputed from dst's own inputs it is off by 0.95; rounding explains 0.0005");
    assert_int_equal(conclude(&net, 1).confidence, MM_CERTAIN);
    net.subject[1].evidence = &found;
    assert_kind(&net, 1, MM_VERDICT_IMPLEMENTATION, "a constant");
    own.residual = 0.0004; /* right: nothing that was found in the values counts */
    mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
    assert_int_not_equal(conclude(&net, 1).kind, MM_VERDICT_IMPLEMENTATION);
    own.state = MM_RECOMPUTE_VOID; /* void: as if nobody had */
    mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
    assert_kind(&net, 1, MM_VERDICT_IMPLEMENTATION, "a constant");
    network_done(&net);
}

/* A normalisation may cost 0.28 by rounding, but rounding has no pattern: an offset that leaves 0.0025 is none. */
static void no_rounding(void **state)
{
    static const struct {
        double left, score;
        bool wrong;
    } rows[] = {{0.0025, 0.99, true}, {0.05, 0.99, false}, {0.0025, 0.8, false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct network net;
        three(&net, 0.29, 0.29);
        struct mm_recomputed own = {.state = MM_RECOMPUTE_DONE,
                                    .kind = MM_OPERATOR_LINEAR,
                                    .residual = 0.29,
                                    .rounding = 0.28,
                                    .channel = -1};
        struct mm_evidence found = {.format = -1,
                                    .finding = {{.cause = MM_CAUSE_AFFINE,
                                                 .score = rows[i].score,
                                                 .residual = rows[i].left,
                                                 .sentence = "a bias"}},
                                    .findings = 1};
        net.subject[1].recomputed = &own;
        net.subject[1].evidence = &found;
        mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
        assert_int_equal(net.blame[1].own, MM_OWN_RIGHT);
        assert_int_equal(conclude(&net, 1).kind == MM_VERDICT_IMPLEMENTATION, rows[i].wrong);
        network_done(&net);
    }
}

/* Behind wrong inputs, what fits in part is possible at most, and two values are in some order by chance. */
static void behind_wrong_inputs(void **state)
{
    static const struct {
        double input, left;
        enum mm_cause_id cause;
        int64_t count;
        enum mm_confidence confidence; /* NONE: it is not called that at all */
    } rows[] = {
        {0.1, 0.02, MM_CAUSE_AFFINE, 100, MM_CERTAIN},        {0.1, 0.4, MM_CAUSE_AFFINE, 100, MM_POSSIBLE},
        {0.01, 0.4, MM_CAUSE_AFFINE, 100, MM_CERTAIN},        {0.1, 0.02, MM_CAUSE_FLIPPED, 100, MM_CERTAIN},
        {0.1, 0.02, MM_CAUSE_FLIPPED, 2, MM_CONFIDENCE_NONE}, {0.01, 0.02, MM_CAUSE_FLIPPED, 2, MM_CERTAIN}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct network net;
        three(&net, rows[i].input, 0.9);
        struct mm_evidence found = {.format = -1,
                                    .finding = {{.cause = rows[i].cause,
                                                 .score = 0.99,
                                                 .residual = rows[i].left,
                                                 .sentence = "fits"}},
                                    .findings = 1};
        net.subject[2].evidence = &found;
        net.result[2].metrics.count = rows[i].count;
        mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
        struct mm_verdict verdict = conclude(&net, 2);
        if (rows[i].confidence != MM_CONFIDENCE_NONE)
            assert_string_equal(verdict.text, "fits");
        else
            assert_int_equal(verdict.cause, MM_CAUSE_NONE);
        if (rows[i].confidence != MM_CONFIDENCE_NONE && verdict.confidence != rows[i].confidence)
            fail_msg("row %zu: %d", i, verdict.confidence);
        network_done(&net);
    }
}

/* By order alone a square of a wrong scale shows a scale, too: it is possible at most. Behind a fault that others do not
 * show, or with the graph, it is what it was. */
static void fault_behind_a_fault(void **state)
{
    static const struct {
        enum mm_cause_id first;
        bool graph;
        enum mm_confidence confidence;
    } rows[] = {{MM_CAUSE_SCALE, false, MM_POSSIBLE},
                {MM_CAUSE_STALE, false, MM_CERTAIN},
                {MM_CAUSE_SCALE, true, MM_CERTAIN}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct network net;
        network_init(&net);
        network_op(&net, "x", 0, NULL, NULL);
        network_op(&net, "a", 7, "x", NULL);
        network_op(&net, "b", 63, "a", NULL);
        network_op(&net, "c", 63, "b", NULL);
        network_finish(&net, rows[i].graph);
        struct mm_evidence first = {.format = -1,
                                    .finding = {{.cause = rows[i].first, .score = 0.99, .sentence = "x 8"}},
                                    .findings = 1};
        struct mm_evidence second = {
            .format = -1,
            .finding = {{.cause = MM_CAUSE_SCALE, .score = 0.99, .sentence = "x 64"}},
            .findings = 1};
        net.subject[1].evidence = &first;
        net.subject[2].evidence = &second;
        mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
        assert_kind(&net, 2, MM_VERDICT_IMPLEMENTATION, "x 64");
        if (conclude(&net, 2).confidence != rows[i].confidence)
            fail_msg("row %zu: %d", i, conclude(&net, 2).confidence);
        network_done(&net);
    }
}

static enum mm_confidence of_second(double error, bool graph, const struct mm_finding *found)
{
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "a", error, "x", NULL);
    network_op(&net, "b", 63, "a", NULL);
    network_op(&net, "c", 63, "b", NULL);
    network_finish(&net, graph);
    struct mm_evidence first = {.format = -1};
    struct mm_evidence second = {.format = -1, .finding = {*found}, .findings = 1};
    net.subject[1].evidence = &first;
    net.subject[2].evidence = &second;
    mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
    struct mm_verdict verdict = conclude(&net, 2);
    assert_int_equal(verdict.kind, MM_VERDICT_IMPLEMENTATION);
    network_done(&net);
    return verdict.confidence;
}

/* By order alone, behind one that is far off without a cause (from 0.25 on), a scale may be what came in; and the
 * values of a wrong tensor before it may be what is left where a small one is taken off it. */
static void behind_what_is_not_explained(void **state)
{
    (void)state;
    struct mm_finding scale = {.cause = MM_CAUSE_SCALE, .score = 0.99, .sentence = "x 3"};
    struct mm_finding stale = {.cause = MM_CAUSE_STALE, .score = 0.98, .layer = 1, .sentence = "other"};
    assert_int_equal(of_second(0.9, false, &scale), MM_POSSIBLE);
    assert_int_equal(of_second(0.2, false, &scale), MM_CERTAIN);
    assert_int_equal(of_second(0.9, true, &scale), MM_CERTAIN);
    assert_int_equal(of_second(0.9, false, &stale), MM_POSSIBLE);
    assert_int_equal(of_second(0.01, false, &stale), MM_CERTAIN); /* values that are right */
    assert_int_equal(of_second(0.9, true, &stale), MM_CERTAIN);
}

/* Recomputed, and what one scale for its weights leaves is all of it. */
static void weights_of_one_scale(void **state)
{
    (void)state;
    struct network net;
    three(&net, 0.2, 0.2);
    struct mm_recomputed own = {.state = MM_RECOMPUTE_DONE,
                                .kind = MM_OPERATOR_LINEAR,
                                .residual = 0.2,
                                .rounding = 6e-8,
                                .per_tensor = 0.2,
                                .per_channel = 0.02,
                                .fit_tensor = 0.99,
                                .fit_channel = 0.05,
                                .channel = -1};
    struct mm_evidence nothing = {.format = -1};
    net.subject[1].recomputed = &own;
    net.subject[1].evidence = &nothing;
    mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
    assert_kind(&net, 1, MM_VERDICT_SETTINGS,
                "weights of one scale cost 0.2: per-channel ones would gain 20.0 dB");
    assert_int_equal(conclude(&net, 1).cause, MM_CAUSE_CHANNEL_RANGE);
    own.fit_tensor = 0.3; /* it is not their pattern */
    mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
    assert_int_equal(conclude(&net, 1).kind, MM_VERDICT_IMPLEMENTATION);
    net.blame[1].own = MM_OWN_UNKNOWN; /* and others show how weights are rounded: open */
    net.blame[1].beside = true;
    assert_kind(&net, 1, MM_VERDICT_NOISE,
                "adds 0.2 by itself, as much as its rounded weights may, but not as they do");
    assert_int_equal(conclude(&net, 1).confidence, MM_POSSIBLE);
    network_done(&net);
}

/* Inputs that are guessed do not make a small difference certain, and it is no reason to accuse. */
static void perhaps_small(void **state)
{
    (void)state;
    struct network net;
    three(&net, 0.9, 0.9);
    struct mm_evidence found = {
        .format = -1,
        .finding = {{.cause = MM_CAUSE_NEAR_ZERO, .score = 0.4, .sentence = "near zero"},
                    {.cause = MM_CAUSE_CANCELLATION, .score = 0.44, .sentence = "steps"}},
        .findings = 2};
    net.subject[1].evidence = &found;
    assert_kind(&net, 1, MM_VERDICT_FORMAT, "steps");
    assert_int_equal(conclude(&net, 1).confidence, MM_POSSIBLE);
    found.findings = 1;
    assert_kind(&net, 1, MM_VERDICT_FORMAT, "small against what goes in, whose rounding alone may cost that");
    network_done(&net);
}

/* What became 0 may have been made of other values: with an input that is over, the format is no more than possible. */
static void format_behind_errors(void **state)
{
    (void)state;
    struct network net;
    struct mm_evidence found = {
        .format = -1,
        .finding = {{.cause = MM_CAUSE_UNDERFLOW, .score = 0.97, .sentence = "180 values became 0"}},
        .findings = 1};
    for (int over = 0; over < 2; over++) {
        three(&net, over ? 0.2 : 0.04, 1);
        net.subject[2].evidence = &found;
        assert_kind(&net, 2, MM_VERDICT_FORMAT, "180 values became 0");
        assert_int_equal(conclude(&net, 2).confidence, over ? MM_POSSIBLE : MM_CERTAIN);
        network_done(&net);
    }
}

/* What is off in some columns of a table, and not explained, is said and accuses nobody. */
static void columns(void **state)
{
    (void)state;
    struct network net;
    three(&net, 0.001, 0.001);
    struct mm_evidence nothing = {.format = -1};
    net.result[1].table =
        (struct mm_table_error){.axis = 1, .kind = MM_TABLE_SCORES, .first = 4, .last = 9, .error = 0.25};
    net.subject[1].evidence = &nothing;
    mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
    assert_kind(&net, 1, MM_VERDICT_OVER, "columns 4 to 9 off by 0.25");
    assert_true(conclude(&net, 1).bad);
    assert_explained(&net, 1, "Columns count by themselves: columns 4 to 9 off by 0.25.\n");
    net.result[1].table =
        (struct mm_table_error){.axis = 1, .kind = MM_TABLE_INTEGERS, .first = 5, .last = 5, .error = 0.125};
    assert_explained(&net, 1, "Whole numbers count by themselves: 12.5 % differ in column 5.\n");
    network_done(&net);
}

static void finding(void **state)
{
    (void)state;
    struct network net;
    three(&net, 0.9, 0.9);
    struct mm_evidence found = {
        .format = -1,
        .finding = {{.cause = MM_CAUSE_CHANNELS_REVERSED, .score = 0.95, .sentence = "reversed"}},
        .findings = 1};
    net.subject[1].evidence = &found;
    assert_kind(&net, 1, MM_VERDICT_IMPLEMENTATION, "reversed");
    assert_int_equal(conclude(&net, 1).confidence, MM_CERTAIN);
    assert_int_equal(conclude(&net, 1).cause, MM_CAUSE_CHANNELS_REVERSED);
    found.finding[0].score = 0.75;
    assert_int_equal(conclude(&net, 1).confidence, MM_LIKELY);
    found.finding[0].score = 0.4; /* decides nothing */
    assert_kind(&net, 1, MM_VERDICT_IMPLEMENTATION, "inputs are fine (0), the result is not");
    network_done(&net);
}

/* The same cause at an input is an input fault, at an output an output fault. */
static void at_edges(void **state)
{
    (void)state;
    struct network net;
    struct mm_evidence found = {
        .format = -1,
        .finding = {{.cause = MM_CAUSE_CHANNELS_REVERSED, .score = 0.95, .sentence = "reversed"}},
        .findings = 1};
    network_init(&net);
    network_op(&net, "x", 0.9, NULL, NULL);
    network_op(&net, "y", 0.01, "x", NULL);
    network_op(&net, "z", 0.9, "y", NULL);
    mm_graph_add_tensor(net.builder, "z", MM_GRAPH_OUTPUT, MM_DTYPE_NONE, NULL);
    network_finish(&net, true);
    net.subject[0].evidence = net.subject[2].evidence = &found;
    assert_kind(&net, 0, MM_VERDICT_INPUT, "reversed");
    assert_kind(&net, 2, MM_VERDICT_OUTPUT, "reversed");
    found.finding[0].cause = MM_CAUSE_INTEGERS; /* other ids were fed */
    assert_kind(&net, 0, MM_VERDICT_INPUT, "reversed");
    assert_kind(&net, 2, MM_VERDICT_OVER, "reversed"); /* near ties of inputs that are not the same */
    assert_int_equal(conclude(&net, 2).confidence, MM_LIKELY);
    network_done(&net);
}

static void unexplained_input(void **state)
{
    (void)state;
    struct network net;
    struct mm_evidence nothing = {.format = -1};
    network_init(&net);
    network_op(&net, "x", 0.9, NULL, NULL);
    network_op(&net, "y", 0.9, "x", NULL);
    network_finish(&net, true);
    net.subject[0].evidence = &nothing;
    assert_kind(&net, 0, MM_VERDICT_INPUT, "the two runs got different inputs");
    network_done(&net);
}

/* 1.13 in e5m2 is 1.25, as wrong as 10.6 % off; what is off by more than rounding is multiplied by something. */
static void rounded_input(void **state)
{
    (void)state;
    struct network net;
    struct mm_evidence found = {
        .floor = {{.setting = {.dtype = MM_F8E5M2}, .metrics = {.diff2 = 0.106}}},
        .floors = 1,
        .finding = {{.cause = MM_CAUSE_SCALE, .score = 1, .sentence = "dst = 1.11 x src"}},
        .findings = 1};
    network_init(&net);
    network_op(&net, "x", 0.106, NULL, NULL);
    network_op(&net, "y", 0.106, "x", NULL);
    network_finish(&net, true);
    net.subject[0].evidence = &found;
    assert_kind(&net, 0, MM_VERDICT_FORMAT, "f8e5m2 can't do better than 0.11 here");
    found.floor[0].metrics.diff2 = 0.09;
    assert_kind(&net, 0, MM_VERDICT_INPUT, "dst = 1.11 x src");
    found.floor[0].metrics.diff2 = 0.106;
    found.format = -1; /* nothing says that it was rounded */
    assert_kind(&net, 0, MM_VERDICT_INPUT, "dst = 1.11 x src");
    network_done(&net);
}

/* ---- recomputed ---- */

static struct mm_recomputed run_again(double residual, double variant)
{
    struct mm_recomputed here = {.state = MM_RECOMPUTE_DONE,
                                 .kind = MM_OPERATOR_ELEMENTWISE,
                                 .residual = residual,
                                 .rounding = 6e-8,
                                 .result_int8 = 0.004,
                                 .per_tensor = NAN,
                                 .per_channel = NAN,
                                 .input_int8 = NAN,
                                 .fit_tensor = NAN,
                                 .fit_channel = NAN,
                                 .positions = 100,
                                 .variant = variant,
                                 .variant_origin = "darknet",
                                 .channel = -1};
    snprintf(here.variant_says, sizeof here.variant_says, "with alpha 0.1 where the model says 0.2");
    return here;
}

static void blame_again(struct network *net)
{
    mm_blame_find(net->flow, net->subject, &network_thresholds, net->blame);
}

static void as_another_runtime(void **state)
{
    (void)state;
    struct network net;
    struct mm_buf evidence = {0}, next = {0};
    three(&net, 0.3, 0.3);
    struct mm_recomputed a = run_again(0.3, 2e-7), b = run_again(0, NAN);
    net.subject[1].recomputed = &a;
    net.subject[2].recomputed = &b;
    net.subject[1].op_type = net.subject[2].op_type = "LeakyRelu";
    blame_again(&net);
    assert_kind(&net, 1, MM_VERDICT_IMPLEMENTATION,
                "computed with alpha 0.1 where the model says 0.2: fits, 2e-7 left");
    snprintf(a.variant_says, sizeof a.variant_says,
             "with align_corners/round_prefer_floor where the model says half_pixel/round_prefer_floor");
    assert_kind(
        &net, 1, MM_VERDICT_IMPLEMENTATION,
        "computed with align_corners/round_prefer_floor where the model says half_pixel/round_prefer_floor: "
        "fits, 2e-7 left");
    a = run_again(0.3, 2e-7);
    assert_int_equal(conclude(&net, 1).cause, MM_CAUSE_VARIANT);
    assert_int_equal(conclude(&net, 1).confidence, MM_CERTAIN);
    assert_kind(&net, 2, MM_VERDICT_INHERITED, "inherited from #2 a");
    struct mm_triage_view view = view_of(&net);
    struct mm_verdict verdict = conclude(&net, 1);
    mm_triage_explain(&view, 1, &verdict, &evidence, &next);
    assert_non_null(
        strstr(mm_buf_text(&evidence),
               "Computed with alpha 0.1 where the model says 0.2, it is off by 2e-7. As in darknet.\n"));
    b = run_again(0.3, 2e-7); /* so is the other */
    blame_again(&net);
    mm_buf_clear(&evidence);
    mm_triage_explain(&view, 1, &verdict, &evidence, &next);
    assert_non_null(strstr(mm_buf_text(&evidence), "As in darknet. The same fits 2 of 2 LeakyRelu.\n"));
    mm_buf_done(&evidence);
    mm_buf_done(&next);
    network_done(&net);
}

/* An activation that the model has right behind: the dump is of the fused operator, and what reads it is right. */
static void fused_activation(void **state)
{
    (void)state;
    struct network net;
    struct mm_evidence nothing = {.format = -1};
    three(&net, 0.3, 0);
    struct mm_recomputed a = run_again(0.3, 2e-7);
    a.variant_fused = true;
    net.subject[1].recomputed = &a;
    blame_again(&net);
    assert_kind(&net, 1, MM_VERDICT_HARMLESS, "the dump holds the activation behind it: fused, or in place");
    assert_int_equal(conclude(&net, 1).cause, MM_CAUSE_IN_DUMP);
    a.variant_fused = false; /* another one: but nobody minds */
    net.subject[1].evidence = &nothing;
    assert_kind(&net, 1, MM_VERDICT_HARMLESS, "harmless: largest consumer error 0");
    network_done(&net);
}

static void nan_to_numbers(void **state)
{
    (void)state;
    struct network net;
    struct mm_buf evidence = {0}, next = {0};
    three(&net, INFINITY, 0.4);
    struct mm_evidence nothing = {.format = -1};
    struct mm_recomputed b = run_again(0, NAN);
    b.variant_says[0] = 0;
    b.nan_lost = 2;
    b.nan_as = -INFINITY;
    net.subject[1].evidence = &nothing;
    net.subject[2].recomputed = &b;
    blame_again(&net);
    assert_kind(&net, 2, MM_VERDICT_INHERITED, "inherited from #2, whose NaN become -Inf here");
    assert_int_equal(conclude(&net, 2).cause, MM_CAUSE_NAN_LOST);
    struct mm_triage_view view = view_of(&net);
    struct mm_verdict verdict = conclude(&net, 1);
    mm_triage_explain(&view, 1, &verdict, &evidence, &next);
    assert_non_null(strstr(mm_buf_text(&evidence), "#3 b hides its NaN: they are numbers from there on.\n"));
    mm_buf_done(&evidence);
    mm_buf_done(&next);
    network_done(&net);
    three(&net, 0, INFINITY); /* NaN on both sides before it */
    net.subject[2].recomputed = &b;
    b.nan_as = 0;
    blame_again(&net);
    assert_kind(&net, 2, MM_VERDICT_IMPLEMENTATION, "2 NaN of its inputs become 0");
    network_done(&net);
}

/* ---- with a simulation ---- */

struct simulated_net {
    struct network net;
    struct mm_result impl[3], format[3];
};

static void simulate(struct simulated_net *sim, uint32_t id, double impl, double format)
{
    sim->impl[id] = (struct mm_result){.state = MM_STATE_MEASURED, .metrics = {.count = 9, .diff2 = impl}};
    sim->format[id] =
        (struct mm_result){.state = MM_STATE_MEASURED, .metrics = {.count = 9, .diff2 = format}};
    sim->net.result[id].dst.dtype = MM_I8; /* what weights of int8 cost is not known */
    sim->net.subject[id].sim_dst = &sim->impl[id];
    sim->net.subject[id].src_sim = &sim->format[id];
}

static void the_simulation_decides(void **state)
{
    (void)state;
    struct simulated_net sim;
    struct mm_evidence nothing = {.format = -1};
    three(&sim.net, 0.3, 0.3);
    sim.net.subject[1].evidence = &nothing;
    simulate(&sim, 0, 0, 0);
    simulate(&sim, 1, 0.01, 0.3); /* the simulation is off as far: the format */
    simulate(&sim, 2, 0.01, 0.3);
    assert_kind(&sim.net, 1, MM_VERDICT_FORMAT, "number format: the simulation is off by 0.3, too");
    assert_int_equal(conclude(&sim.net, 1).confidence, MM_CERTAIN);
    assert_kind(&sim.net, 2, MM_VERDICT_INHERITED, "inherited from #2 a");
    simulate(&sim, 1, 0.3, 0.01); /* the simulation is good, dst is not: the implementation */
    assert_kind(&sim.net, 1, MM_VERDICT_IMPLEMENTATION, "differs from its simulation by 0.3");
    assert_int_equal(conclude(&sim.net, 1).confidence, MM_CERTAIN);
    network_done(&sim.net);
}

/* What is right from its own inputs is no fault, however much larger the error that came in is behind it. */
static void right_beside_a_simulation(void **state)
{
    (void)state;
    struct simulated_net sim;
    three(&sim.net, 0.3, 0.9);
    simulate(&sim, 0, 0, 0);
    simulate(&sim, 1, 0.2, 0.01);
    simulate(&sim, 2, 0.9, 0.1);
    assert_kind(&sim.net, 2, MM_VERDICT_IMPLEMENTATION, "differs from its simulation by 0.9");
    struct mm_recomputed own = {.state = MM_RECOMPUTE_DONE, .rounding = 0.001, .exact = NAN, .variant = NAN};
    struct mm_evidence nothing = {.format = -1};
    sim.net.subject[2].recomputed = &own;
    sim.net.subject[2].evidence = &nothing;
    mm_blame_find(sim.net.flow, sim.net.subject, &network_thresholds, sim.net.blame);
    assert_kind(&sim.net, 2, MM_VERDICT_INHERITED, "inherited from #2 a");
    network_done(&sim.net);
}

/* Everything is off because of the format; what the implementation adds in b shows against the simulation
 * alone. */
static void a_fault_behind_the_formats(void **state)
{
    (void)state;
    struct simulated_net sim;
    three(&sim.net, 0.3, 0.31);
    simulate(&sim, 0, 0, 0);
    simulate(&sim, 1, 0.01, 0.3);
    simulate(&sim, 2, 0.12, 0.29);
    assert_kind(&sim.net, 2, MM_VERDICT_IMPLEMENTATION, "differs from its simulation by 0.12");
    network_done(&sim.net);
}

/* float16 costs 0.38 x 2^-11 here, whose hundredfold is 0.0186; 0.3 is a fault that both runs have. */
static void a_simulation_with_a_fault(void **state)
{
    (void)state;
    struct simulated_net sim;
    struct mm_evidence nothing = {.format = -1};
    struct mm_buf evidence = {0}, next = {0};
    three(&sim.net, 0.3, 0.3);
    sim.net.subject[1].evidence = &nothing;
    for (uint32_t id = 0; id < 3; id++) {
        simulate(&sim, id, 0.01, id ? 0.3 : 0);
        sim.net.result[id].dst.dtype = MM_F16;
    }
    assert_kind(&sim.net, 1, MM_VERDICT_IMPLEMENTATION, "inputs are fine (0), the result is not");
    assert_kind(&sim.net, 2, MM_VERDICT_INHERITED, "inherited from #2 a"); /* its error comes from there */
    struct mm_triage_view view = view_of(&sim.net);
    struct mm_verdict verdict = conclude(&sim.net, 2);
    mm_triage_explain(&view, 2, &verdict, &evidence, &next);
    assert_non_null(strstr(mm_buf_text(&evidence),
                           "The simulation is not believed: at #2 it is off src by 0.3, and "
                           "its format costs 0.00019."));
    mm_buf_done(&evidence);
    mm_buf_done(&next);
    simulate(&sim, 1, 0.01, 0.04); /* below 0.05 nothing is doubted */
    sim.net.result[1].dst.dtype = MM_F16;
    assert_kind(&sim.net, 1, MM_VERDICT_FORMAT, "number format: the simulation is off by 0.04, too");
    network_done(&sim.net);
}

/* Steps of 2/255 cost 0.0045 of an RMS of 0.5: an operator without weights adds no 0.3, one with weights may. */
static void a_simulation_of_integers(void **state)
{
    (void)state;
    struct simulated_net sim;
    struct mm_evidence nothing = {.format = -1};
    three(&sim.net, 0.3, 0.3);
    sim.net.subject[1].evidence = &nothing;
    simulate(&sim, 0, 0, 0);
    simulate(&sim, 1, 0.01, 0.3);
    sim.net.subject[1].op_type = "Relu";
    assert_kind(&sim.net, 1, MM_VERDICT_IMPLEMENTATION, "inputs are fine (0), the result is not");
    sim.net.subject[1].op_type = "Conv";
    assert_kind(&sim.net, 1, MM_VERDICT_FORMAT, "number format: the simulation is off by 0.3, too");
    struct mm_recomputed recomputed = {.state = MM_RECOMPUTE_DONE,
                                       .kind = MM_OPERATOR_LINEAR,
                                       .residual = 0.3,
                                       .per_tensor = 0.01,
                                       .per_channel = 0.005,
                                       .result_int8 = 0.004,
                                       .input_int8 = 0.004,
                                       .variant = NAN};
    sim.net.subject[1].recomputed = &recomputed; /* its weights cost 0.01 */
    assert_true(conclude(&sim.net, 1).kind != MM_VERDICT_FORMAT);
    recomputed.per_tensor = 0.2;
    assert_kind(&sim.net, 1, MM_VERDICT_FORMAT, "number format: the simulation is off by 0.3, too");
    network_done(&sim.net);
}

/* ---- in full ---- */

static void explained(void **state)
{
    (void)state;
    struct network net;
    struct mm_buf evidence = {0}, next = {0};
    three(&net, 0.3, 0.4);
    struct mm_triage_view view = view_of(&net);
    struct mm_verdict verdict = conclude(&net, 2);
    mm_triage_explain(&view, 2, &verdict, &evidence, &next);
    assert_string_equal(mm_buf_text(&evidence),
                        "diff2 0.4, diff1 0.4 (threshold 0.05); SQNR 0.0 dB.\n"
                        "Largest input error: #2 a, 0.3; the error here is 1.3x that.\n"
                        "Error path: #2 a (0.3), #3 b (0.4).\n");
    assert_string_equal(mm_buf_text(&next), "Look at the layer where it starts.");
    mm_buf_done(&evidence);
    mm_buf_done(&next);
    network_done(&net);
}

static void words(void **state)
{
    (void)state;
    assert_string_equal(mm_confidence_word(MM_CERTAIN), "certain");
    assert_string_equal(mm_confidence_word(MM_POSSIBLE), "possible");
    assert_string_equal(mm_confidence_word(MM_CONFIDENCE_NONE), "");
    assert_string_equal(mm_confidence_word((enum mm_confidence)99), "");
}

/* In a run of integers a map per channel may have come in: without an order it accuses nobody. */
static void affine_needs_an_order(void **state)
{
    (void)state;
    static const struct {
        bool ordered, integers, accused;
    } rows[] = {{true, true, true}, {false, true, false}, {false, false, true}};
    for (size_t row = 0; row < MM_COUNT(rows); row++) {
        struct network net;
        struct mm_evidence affine = {.format = -1,
                                     .finding = {{.cause = MM_CAUSE_AFFINE,
                                                  .score = 0.95,
                                                  .residual = 0.01,
                                                  .sentence = "by channel"}},
                                     .findings = 1};
        network_init(&net);
        network_layer(&net, "x", 0);
        network_layer(&net, "a", 0.3);
        network_layer(&net, "b", 0.001)->dst.dtype = rows[row].integers ? MM_I8 : MM_F16;
        net.subject[1].evidence = &affine;
        network_finish(&net, false);
        ((struct mm_flow *)net.flow)->ordered = rows[row].ordered;
        struct mm_verdict verdict = conclude(&net, 1);
        if ((verdict.cause == MM_CAUSE_AFFINE && verdict.kind == MM_VERDICT_IMPLEMENTATION) !=
            rows[row].accused)
            fail_msg("row %zu: %s (%s)", row, mm_verdict_word(verdict.kind), verdict.text);
        if (rows[row].accused) /* by order alone nobody knows what went in */
            assert_int_equal(verdict.confidence, rows[row].integers ? MM_POSSIBLE : MM_CERTAIN);
        network_done(&net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behind_what_is_not_explained),
        cmocka_unit_test(good),
        cmocka_unit_test(inherited),
        cmocka_unit_test(not_looked_at),
        cmocka_unit_test(built_up),
        cmocka_unit_test(harmless),
        cmocka_unit_test(outputs_are_not_harmless),
        cmocka_unit_test(noise),
        cmocka_unit_test(format_and_settings),
        cmocka_unit_test(setting_behind_errors),
        cmocka_unit_test(recomputed),
        cmocka_unit_test(constants_lost),
        cmocka_unit_test(no_rounding),
        cmocka_unit_test(behind_wrong_inputs),
        cmocka_unit_test(fault_behind_a_fault),
        cmocka_unit_test(weights_of_one_scale),
        cmocka_unit_test(perhaps_small),
        cmocka_unit_test(format_behind_errors),
        cmocka_unit_test(columns),
        cmocka_unit_test(finding),
        cmocka_unit_test(at_edges),
        cmocka_unit_test(rounded_input),
        cmocka_unit_test(unexplained_input),
        cmocka_unit_test(as_another_runtime),
        cmocka_unit_test(fused_activation),
        cmocka_unit_test(nan_to_numbers),
        cmocka_unit_test(right_beside_a_simulation),
        cmocka_unit_test(the_simulation_decides),
        cmocka_unit_test(a_simulation_with_a_fault),
        cmocka_unit_test(a_simulation_of_integers),
        cmocka_unit_test(a_fault_behind_the_formats),
        cmocka_unit_test(explained),
        cmocka_unit_test(words),
        cmocka_unit_test(affine_needs_an_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
