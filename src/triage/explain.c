/* A verdict in full: the figures that led to it, and the next step. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/translate.h"
#include "triage/conclude.h"
#include "triage/in_dump.h"
#include "triage/layer_text.h"
#include "triage/simulated.h"

#define CHANNEL_SHOWN 0.5 /* of the sum of squares: less is all over the place */
#define GAIN_SHOWN    0.5 /* dB; less is not worth a word */

/* "2.7", "270": a factor, for people. */
static const char *factor(char out[MM_NUM], double value)
{
    if (value >= 10 && value < 1e6)
        snprintf(out, MM_NUM, "%.0f", value);
    else
        mm_num_short(out, value, 2);
    return out;
}

static void say_error(const struct mm_triage_view *view, uint32_t id, struct mm_buf *out)
{
    const struct mm_metrics *m = &view->subjects[id].result->metrics;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM];
    if (view->subjects[id].result->state != MM_STATE_MEASURED)
        return;
    if (m->nonfinite_differ) {
        mm_buf_printf(out, "%s %s NaN or Inf on one side only.\n", mm_num_count(a, m->nonfinite_differ),
                      m->nonfinite_differ == 1 ? "position is" : "positions are");
        return;
    }
    mm_buf_printf(out, "diff2 %s, diff1 %s (threshold %s)", mm_num_short(a, m->diff2, 3),
                  mm_num_short(b, m->diff1, 3), mm_num_short(c, view->thresholds->diff2, 3));
    if (isfinite(m->sqnr)) /* no -0.0 */
        mm_buf_printf(out, "; SQNR %.1f dB", fabs(m->sqnr) < 0.05 ? 0.0 : m->sqnr);
    mm_buf_say(out, ".\n");
}

/* Of a table: what is over may be a column that is nothing of the whole. */
static void say_table(const struct mm_triage_view *view, uint32_t id, struct mm_buf *out)
{
    const struct mm_table_error *table = &view->subjects[id].result->table;
    char which[64], figure[MM_NUM];
    if (!view->blame[id].table)
        return;
    mm_table_text(table, which, sizeof which);
    if (table->kind == MM_TABLE_INTEGERS)
        mm_buf_printf(out, "Whole numbers count by themselves: %s %% differ in %s.\n",
                      mm_num_short(figure, 100 * table->error, 3), which);
    else
        mm_buf_printf(out, "Columns count by themselves: %s off by %s.\n", which,
                      mm_num_short(figure, table->error, 3));
}

/* "Worst element [0,3,1]: src 1.2, dst 0. Channel 3 of axis 1 stands out: RMS error 1.1, the median's 0.01." */
static void say_worst(const struct mm_evidence *evidence, struct mm_buf *out)
{
    const struct mm_worst *worst = evidence ? &evidence->worst : NULL;
    int64_t coord[MM_RANK_MAX];
    char a[MM_NUM], b[MM_NUM];
    if (!worst || worst->at < 0 || worst->s == worst->d)
        return;
    mm_shape_coords(&worst->shape, worst->at, coord);
    mm_buf_say(out, "Worst element [");
    for (int i = 0; i < worst->shape.rank; i++)
        mm_buf_printf(out, "%s%lld", i ? "," : "", (long long)coord[i]);
    mm_buf_printf(out, "]: src %s, dst %s.", mm_num_short(a, worst->s, 4), mm_num_short(b, worst->d, 4));
    if (worst->channel >= 0 && worst->channel_error > 0)
        mm_buf_printf(out, " %s %lld of axis %d stands out: RMS error %s, the median's %s.",
                      worst->is_channel ? "Channel" : "Index", (long long)worst->channel, worst->axis,
                      mm_num_short(a, worst->channel_error, 2), mm_num_short(b, worst->median_error, 2));
    mm_buf_putc(out, '\n');
}

/* What the graph does not know has no inputs that could be looked at. */
static void say_stranger(const struct mm_flow *flow, uint32_t id, struct mm_buf *out)
{
    if (mm_flow_is_stranger(flow, id))
        mm_buf_say(
            out,
            "The model's graph does not know this tensor: whether the error starts here is not known.\n");
}

static void say_masked(const struct mm_result *result, struct mm_buf *out)
{
    char a[MM_NUM];
    if (result->masked > 0)
        mm_buf_printf(out,
                      "%s positions hold the value of a mask on both sides; all figures are of the rest.\n",
                      mm_num_count(a, result->masked));
}

static void say_inputs(const struct mm_triage_view *view, uint32_t id, struct mm_buf *out)
{
    const struct mm_blame *blame = &view->blame[id];
    char a[MM_NUM], b[MM_NUM];
    if (blame->worst_input < 0)
        return;
    mm_buf_printf(out, "Largest %s: ", view->flow->known ? "input error" : "error just before");
    layer_text(view, (uint32_t)blame->worst_input, out);
    mm_buf_printf(out, ", %s",
                  isinf(blame->input_error) ? mm_tr_in("word", "broken")
                                            : mm_num_short(a, blame->input_error, 2));
    if (isfinite(blame->amplification) && isfinite(blame->error))
        mm_buf_printf(out, "; the error here is %sx that", factor(b, blame->amplification));
    mm_buf_say(out, view->flow->known ? ".\n" : " (by execution order; --model gives the graph).\n");
}

/* Root to this layer: all of a short way, six stations of a long one. */
static void say_chain(const struct mm_triage_view *view, uint32_t id, struct mm_buf *out)
{
    enum { STATIONS = 6 };
    uint32_t chain[64];
    char figure[MM_NUM];
    size_t length = mm_blame_chain(view->blame, id, chain, MM_COUNT(chain));
    size_t shown = length < STATIONS ? length : STATIONS;
    if (length < 2)
        return;
    mm_buf_say(out, "Error path:");
    for (size_t i = 0; i < shown; i++) {
        uint32_t at = chain[i * (length - 1) / (shown - 1)];
        double error = view->blame[at].error;
        mm_buf_puts(out, i ? ", " : " ");
        layer_text(view, at, out);
        mm_buf_printf(out, " (%s)",
                      isinf(error) ? mm_tr_in("word", "broken") : mm_num_short(figure, error, 2));
    }
    mm_buf_say(out, ".\n");
}

static void say_floor(const struct mm_blame *blame, const struct mm_subject *subject, struct mm_buf *out)
{
    const struct mm_evidence *evidence = subject->evidence;
    const struct mm_whatif *format = conclude_format(evidence);
    const struct mm_whatif *better = conclude_better(subject);
    char a[MM_NUM], b[MM_NUM];
    if (format && format->clipped > 0 && mm_dtype_info(format->setting.dtype)->kind == MM_KIND_FLOAT) {
        mm_buf_printf(out, "%s %% of the values are outside %s's range.\n",
                      mm_num_short(a, 100 * format->clipped, 2), mm_dtype_info(format->setting.dtype)->name);
    } else if (format && !isnan(format->metrics.diff2)) { /* NaN: there is no value to round */
        mm_whatif_name(&format->setting, out);
        if (format->metrics.diff2 == 0)
            mm_buf_say(out, " represents these values exactly");
        else
            mm_buf_printf(out, ": error of at least %s", mm_num_short(a, format->metrics.diff2, 2));
        if (!blame->table && isfinite(blame->introduced) &&
            blame->introduced > 0.01 * format->metrics.diff2 && format->metrics.diff2 > 0)
            mm_buf_printf(out, "; this layer adds %sx that",
                          factor(b, blame->introduced / format->metrics.diff2));
        mm_buf_say(out, ".\n");
    }
    if (better) {
        mm_whatif_name(&better->setting, out);
        mm_buf_printf(out, ": %s.\n", mm_num_short(a, better->metrics.diff2, 2));
    }
}

/* "From the quantised model: u8, scale 0.0123, zero point 114. Rounding src to that must cost 0.0031." */
static void say_scales(const struct mm_subject *subject, struct mm_buf *out)
{
    const struct mm_pair_scales *from = subject->pair->scales;
    const struct mm_evidence *evidence = subject->evidence;
    const struct mm_result *result = subject->result;
    enum mm_dequantised how = mm_pair_dequantised(subject->pair, result->src.dtype, result->dst.dtype);
    char a[MM_NUM], b[MM_NUM];
    if (how == MM_DEQUANTISED_NO)
        return;
    enum mm_dtype codes = from->scales.dtype ? from->scales.dtype : result->dst.dtype;
    mm_buf_printf(out, "Scales %s: %s, ", mm_scales_source_text(from->source), mm_dtype_info(codes)->name);
    if (from->scales.count > 1)
        mm_buf_printf(out, "one for each of %lld places on axis %d", (long long)from->scales.count,
                      from->scales.axis);
    else
        mm_buf_printf(out, "%s, zero point %s", mm_num_short(a, from->scales.scale[0], 4),
                      mm_num_short(b, from->scales.zero_point ? from->scales.zero_point[0] : 0, 4));
    if (evidence && !isnan(evidence->scales_cost)) {
        mm_buf_printf(out, "; rounding src to %s must cost %s", from->scales.count > 1 ? "them" : "it",
                      mm_num_short(a, evidence->scales_cost, 2));
        if (evidence->scales_clipped > 0)
            mm_buf_printf(out, ", and %s %% of src lies beyond the range",
                          mm_num_short(b, 100 * evidence->scales_clipped, 2));
    }
    mm_buf_say(out, ".\n");
}

/* What of the operator is integers, as the quantised model has it. */
static void say_facts(const struct mm_quantised_tensor *facts, struct mm_buf *out)
{
    if (!facts)
        return;
    if (!facts->parts)
        mm_buf_say(out, facts->simulated ? "This operator was simulated in floats.\n"
                                         : "In the quantised model this operator computes in floats.\n");
    else if (facts->parts & MM_PART_WEIGHTS && facts->weights != MM_GRANULARITY_UNKNOWN)
        mm_buf_printf(out, "Its weights are int%d with %s (%s).\n", facts->bits,
                      facts->weights == MM_PER_CHANNEL ? "a scale for each channel" : "one scale",
                      facts->simulated ? "as simulated" : "from the quantised model");
}

/* "Other settings: a scale for each channel of the weights +6.8 dB, ..." for an operator on integers. */
static void say_gains(const struct mm_triage_view *view, uint32_t id, struct mm_buf *out)
{
    struct mm_gains gains;
    struct mm_background background;
    bool integer =
        conclude_format(view->subjects[id].evidence) && (view->flow->quantised[id] & MM_QUANTISED_RESULT);
    if (!mm_gains_find(&view->subjects[id], integer, &gains))
        return;
    mm_background_find(view->subjects, view->count, &background);
    gains.per_channel = mm_background_gain(&background, &view->subjects[id], gains.per_channel);
    const struct {
        const char *what;
        double gain;
    } rows[] = {
        {"per-channel weights", gains.per_channel},
        {"asymmetric", gains.asymmetric},
        {gains.range == MM_RANGE_MINMAX ? "another range" : mm_range_word(gains.range), gains.statistics}};
    bool any = false;
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        if (rows[i].gain >= GAIN_SHOWN) {
            mm_buf_printf(out, "%s%s %+.1f dB", any ? ", " : "Gain from other settings: ", rows[i].what,
                          rows[i].gain);
            any = true;
        }
    }
    if (any)
        mm_buf_say(out, ".\n");
}

/* Why an operator was not recomputed is worth a word where it is accused without. */
static void say_not_recomputed(const struct mm_recomputed *recomputed, const struct mm_verdict *verdict,
                               struct mm_buf *out)
{
    if (verdict->kind == MM_VERDICT_IMPLEMENTATION || verdict->kind == MM_VERDICT_OVER)
        mm_buf_printf(out, "Not recomputed: %s.\n", recomputed->why);
}

/* "Recomputed from dst's own inputs: off by 0.21; formats and weights explain 0.004." */
static void say_recomputed(const struct mm_blame *blame, const struct mm_recomputed *recomputed,
                           struct mm_buf *out)
{
    char a[MM_NUM], b[MM_NUM];
    mm_buf_printf(out, "%s dst's own inputs: off by %s",
                  recomputed->replayed ? "Run by ONNX Runtime with" : "Recomputed from",
                  isinf(recomputed->residual) ? "all of it" : mm_num_short(a, recomputed->residual, 2));
    if (isfinite(blame->explained))
        mm_buf_printf(out, "; formats and weights explain %s", mm_num_short(b, blame->explained, 2));
    mm_buf_say(out, ".\n");
    if (recomputed->replayed && recomputed->before)
        mm_buf_printf(out, "Together with %zu operator%s before it, whose results are not in both dumps.\n",
                      recomputed->before, recomputed->before == 1 ? "" : "s");
    if (!isnan(recomputed->exact))
        mm_buf_printf(out, "With the weights of the quantised model: off by %s.\n",
                      isinf(recomputed->exact) ? "all of it" : mm_num_short(a, recomputed->exact, 2));
    if (recomputed->channel >= 0 && recomputed->channel_share >= CHANNEL_SHOWN && blame->own == MM_OWN_WRONG)
        mm_buf_printf(out, "%.0f %% of that is in channel %lld of %lld.\n", 100 * recomputed->channel_share,
                      (long long)recomputed->channel, (long long)recomputed->channels);
}

/* "Computed with epsilon 0.001 ..., it is off by 2e-7. As in TensorFlow. The same fits 7 of 9 BatchNormalization." */
static void say_variant(const struct mm_triage_view *view, uint32_t id, struct mm_buf *out)
{
    const struct mm_recomputed *here = view->subjects[id].recomputed;
    const char *type = view->subjects[id].op_type;
    size_t like = 0, fits = 0;
    char figure[MM_NUM];
    if (!view->blame[id].variant)
        return;
    mm_buf_printf(out, "Computed %s, it is off by %s.", here->variant_says,
                  mm_num_short(figure, here->variant, 2));
    if (*here->variant_origin)
        mm_buf_printf(out, " As in %s.", here->variant_origin);
    for (size_t i = 0; i < view->count; i++) {
        const struct mm_recomputed *other = view->subjects[i].recomputed;
        if (!type || !view->subjects[i].op_type || !other || strcmp(view->subjects[i].op_type, type) != 0)
            continue;
        like += other->state == MM_RECOMPUTE_DONE;
        fits += view->blame[i].variant && strcmp(other->variant_says, here->variant_says) == 0;
    }
    if (fits > 1)
        mm_buf_printf(out, " The same fits %zu of %zu %s.", fits, like, type);
    mm_buf_putc(out, '\n');
}

static void say_nan(const struct mm_recomputed *recomputed, struct mm_buf *out)
{
    char count[MM_NUM], figure[MM_NUM];
    if (!recomputed->nan_lost)
        return;
    mm_buf_printf(out, "%s positions are NaN as its inputs in dst are, and hold ",
                  mm_num_count(count, recomputed->nan_lost));
    if (isnan(recomputed->nan_as))
        mm_buf_say(out, "numbers.\n");
    else if (isinf(recomputed->nan_as))
        mm_buf_say(out, recomputed->nan_as < 0 ? "-Inf.\n" : "Inf.\n");
    else
        mm_buf_printf(out, "%s.\n", mm_num_short(figure, recomputed->nan_as, 2));
}

/* Who looks for NaN behind this layer finds none. */
static void say_hidden(const struct mm_triage_view *view, uint32_t id, struct mm_buf *out)
{
    const struct mm_flow *flow = view->flow;
    for (uint32_t e = flow->reader_from[id]; e < flow->reader_from[id + 1]; e++) {
        uint32_t reader = flow->reader[e];
        const struct mm_recomputed *recomputed = view->subjects[reader].recomputed;
        if (recomputed && recomputed->state == MM_RECOMPUTE_DONE && recomputed->nan_lost &&
            isinf(view->blame[id].error))
            mm_buf_printf(out, "#%u %s hides its NaN: they are numbers from there on.\n", reader + 1,
                          view->name(view->context, reader));
    }
}

static void say_own(const struct mm_triage_view *view, uint32_t id, const struct mm_verdict *verdict,
                    struct mm_buf *out)
{
    const struct mm_recomputed *recomputed = view->subjects[id].recomputed;
    const struct mm_blame *blame = &view->blame[id];
    if (!recomputed || !(blame->over || blame->starts))
        return;
    if (recomputed->state == MM_RECOMPUTE_DONE)
        say_recomputed(blame, recomputed, out);
    if (recomputed->state == MM_RECOMPUTE_DONE) {
        say_variant(view, id, out);
        say_nan(recomputed, out);
    } else
        say_not_recomputed(recomputed, verdict, out);
}

/* What its values look like is no more than what such constants leave of them. False: they are not the reason. */
static bool say_lost(const struct mm_recomputed *recomputed, struct mm_buf *out)
{
    char figure[MM_NUM];
    if (!recomputed || recomputed->state != MM_RECOMPUTE_DONE || !*recomputed->lost_says)
        return false;
    mm_buf_printf(out, "%s. Computed with the constants as that format holds them: off by %s.\n",
                  recomputed->lost_says, mm_num_short(figure, recomputed->lost_left, 2));
    return true;
}

static void say_findings(const struct mm_evidence *evidence, struct mm_buf *out)
{
    for (size_t i = 0; evidence && i < evidence->findings; i++) {
        const struct mm_finding *finding = &evidence->finding[i];
        if (i)
            mm_buf_printf(out, "Also possible: %s. ", mm_cause_info(finding->cause)->title);
        mm_buf_printf(out, "%s\n", finding->evidence);
    }
    if (evidence && evidence->problem)
        mm_buf_printf(out, "%s\n", evidence->problem);
}

/* Which tensor it holds, and by what that was told. */
static void say_held(const struct mm_triage_view *view, uint32_t id, const struct mm_verdict *verdict,
                     struct mm_buf *out)
{
    struct mm_finding finding;
    bool found = verdict->from >= 0 && verdict->kind != MM_VERDICT_INHERITED &&
                 (in_dump_find(view, id, &finding) || in_dump_stale(view, id, &finding));
    if (!found || finding.layer != verdict->from)
        return; /* it stands among the findings */
    mm_buf_say(out, "dst holds ");
    layer_text(view, (uint32_t)finding.layer, out);
    mm_buf_printf(out, ". %s\n", finding.evidence);
}

static void say_simulation(const struct mm_triage_view *view, uint32_t id, struct mm_buf *out)
{
    double impl, format, least;
    uint32_t where;
    char a[MM_NUM], b[MM_NUM];
    simulated_tell(view, id, &impl, &format);
    if (isnan(impl) || isnan(format))
        return;
    mm_buf_printf(out, "Simulation against src: %s; dst against the simulation: %s.\n",
                  isinf(format) ? "NaN or Inf" : mm_num_short(a, format, 2),
                  isinf(impl) ? "NaN or Inf" : mm_num_short(b, impl, 2));
    if (simulated_doubted(view, id, &where, &least))
        mm_buf_printf(
            out, "The simulation is not believed: at #%u it is off src by %s, and its format costs %s.\n",
            where + 1, mm_num_short(a, view->subjects[where].src_sim->metrics.diff2, 2),
            mm_num_short(b, least, 2));
}

static void say_readers(const struct mm_triage_view *view, uint32_t id, struct mm_buf *out)
{
    double worst;
    char figure[MM_NUM];
    if (view->blame[id].over && !conclude_readers_mind(view, id, &worst))
        mm_buf_printf(out, "Largest consumer error: %s.\n", mm_num_short(figure, worst, 2));
}

/* It was analysed, and nothing was found. */
static const char *no_cause_step(const struct mm_flow *flow, const struct mm_evidence *evidence)
{
    if (evidence->problem)
        return "Its values could not be read, so that no mistake was looked for.";
    return flow->ordered ? "No known mistake fits. Run this operator alone with src's inputs."
                         : "No known mistake fits. Give the order (--model FILE, or --order FILE with a name "
                           "a line), which shows whether the error starts here.";
}

/* Is it about constants that the float format can't hold? Scaling the input down would not help. */
static bool is_of_constants(const struct mm_recomputed *recomputed, enum mm_cause_id cause)
{
    return recomputed && recomputed->state == MM_RECOMPUTE_DONE && *recomputed->lost_says &&
           (cause == MM_CAUSE_INNER_OVERFLOW || cause == MM_CAUSE_UNDERFLOW);
}

static void say_next(const struct mm_triage_view *view, uint32_t id, const struct mm_verdict *verdict,
                     struct mm_buf *next)
{
    const struct mm_verdict_info *kind = mm_verdict_info(verdict->kind);
    bool raw = view->blame[id].raw;
    const char *step = verdict->cause != MM_CAUSE_NONE ? mm_cause_info(verdict->cause)->next : NULL;
    if (!step || !*step || (kind->own_next && !raw))
        step = kind->next;
    if (verdict->kind == MM_VERDICT_OVER && verdict->cause == MM_CAUSE_NONE && view->subjects[id].evidence)
        step = no_cause_step(view->flow, view->subjects[id].evidence);
    if (is_of_constants(view->subjects[id].recomputed, verdict->cause))
        step = "Keep this operator's constants in FP32, or fold them into the operator before it.";
    mm_buf_say(next, step ? step : "");
}

void mm_triage_explain(const struct mm_triage_view *view, uint32_t id, const struct mm_verdict *verdict,
                       struct mm_buf *evidence, struct mm_buf *next)
{
    const struct mm_subject *subject = &view->subjects[id];
    say_error(view, id, evidence);
    say_table(view, id, evidence);
    say_masked(subject->result, evidence);
    if (view->blame[id].over) {
        say_stranger(view->flow, id, evidence);
        say_inputs(view, id, evidence);
        say_chain(view, id, evidence);
    }
    say_worst(subject->evidence, evidence);
    say_simulation(view, id, evidence);
    if (!view->blame[id].raw) { /* of codes, what formats cost and causes explain means nothing */
        say_scales(subject, evidence);
        if (view->blame[id].over)
            say_facts(subject->facts, evidence);
        say_floor(&view->blame[id], subject, evidence);
        say_gains(view, id, evidence);
        say_own(view, id, verdict, evidence);
        say_hidden(view, id, evidence);
        if (!say_lost(subject->recomputed, evidence))
            say_findings(subject->evidence, evidence);
    }
    say_held(view, id, verdict, evidence);
    say_readers(view, id, evidence);
    say_next(view, id, verdict, next);
}
