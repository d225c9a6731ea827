/* The verdict on one layer, from its figures, its place in the flow and what was found by looking. */
#include <math.h>
#include <string.h>
#include <stdio.h>

#include "base/translate.h"
#include "triage/conclude.h"
#include "triage/in_dump.h"
#include "triage/jump.h"
#include "triage/overflow.h"
#include "triage/say.h"
#include "triage/scales.h"
#include "triage/simulated.h"

/* An error of so many times what rounding explains is still rounding: gains of operators are not known. */
#define NOISE_FACTOR 3.0
/* The error is the format's when it is within this factor of what storing the result must cost. */
#define FORMAT_FACTOR 2.0
/* Rounding to nearest costs no more than rounding to nearest: of a fault beside it, a fifth of its size shows in this. */
#define ROUNDED_FACTOR 1.02
/* A setting is worth naming when it halves the error (6 dB). */
#define SETTING_GAIN 2.0
/* A correlation from which the weights' rounding is the most of a residual. */
#define FIT_DECIDES 0.5
/* Findings of this score are kept against "inherited": in clean int8 runs none was above 0.4. */
#define SCORE_STANDS_OUT 0.7
/* Residuals of clean int8 runs are up to 7 times what is explained. */
#define BEYOND_CLEAN 10.0
/* An integer operator that was not recomputed is accused, where nothing fits, from this error on. */
#define INTEGER_UNEXPLAINED 0.25
/* One place of padding among a dozen and more costs what it reaches no more than this. */
#define PADDING_REACHES 0.3
/* Findings below this are kept as evidence, but decide nothing. */
#define SCORE_DECIDES 0.5
/* A scale or offset that leaves a tenth of the error has such a score at least. */
#define SCORE_CERTAIN 0.9
/* Fewer values than these are no arrangement. */
#define MOVED_LEAST 8
/* Behind wrong inputs, a fault that leaves more than this (diff2) once it is undone is no more than possible. */
#define LEFT_CLEAR 0.1

const char *mm_confidence_word(enum mm_confidence confidence)
{
    static const char *const words[] = {[MM_CONFIDENCE_NONE] = "",
                                        [MM_POSSIBLE] = "possible",
                                        [MM_LIKELY] = "likely",
                                        [MM_CERTAIN] = "certain"};
    return (size_t)confidence < MM_COUNT(words) ? words[confidence] : "";
}

/* ---- what the parts of a verdict are decided by ---- */

bool conclude_readers_mind(const struct mm_triage_view *view, uint32_t id, double *worst)
{
    *worst = view->blame[id].readers_error;
    return view->blame[id].readers_mind;
}

static bool is_integer_setting(const struct mm_whatif *whatif)
{
    return mm_dtype_info(whatif->setting.dtype)->kind == MM_KIND_INT;
}

const struct mm_whatif *conclude_format(const struct mm_evidence *evidence)
{
    return evidence && evidence->format >= 0 && (size_t)evidence->format < evidence->floors
               ? &evidence->floor[evidence->format]
               : NULL;
}

const struct mm_whatif *conclude_better(const struct mm_subject *subject)
{
    const struct mm_evidence *evidence = subject->evidence;
    const struct mm_whatif *now = conclude_format(evidence), *best = NULL;
    if (!now || !is_integer_setting(now))
        return NULL;
    for (size_t i = 0; i < evidence->floors; i++) {
        const struct mm_whatif *other = &evidence->floor[i];
        bool finer = is_integer_setting(other) && other->setting.dtype == now->setting.dtype &&
                     SETTING_GAIN * other->metrics.diff2 < now->metrics.diff2;
        if (other->setting.per_channel)
            continue; /* these are results: runtimes have a scale a channel for weights alone */
        if (finer && (!best || other->metrics.diff2 < best->metrics.diff2))
            best = other;
    }
    return best;
}

bool conclude_is_format(const struct mm_blame *blame, const struct mm_evidence *evidence)
{
    const struct mm_whatif *format = conclude_format(evidence);
    return format && isfinite(blame->error) && blame->introduced <= FORMAT_FACTOR * format->metrics.diff2;
}

bool conclude_is_noise(const struct mm_blame *blame)
{
    return isfinite(blame->error) && blame->expected > 0 && blame->error <= NOISE_FACTOR * blame->expected;
}

/* ---- the verdicts ---- */

static void say_scales(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out)
{
    enum mm_cause_id cause;
    say_kind(out, scales_verdict(view, id, &cause, out->text, sizeof out->text), MM_CERTAIN);
    out->cause = cause;
}

/* One scale for all weights is the reason where the residual has its pattern, and a scale a channel would halve it. */
static bool coarse_weights(const struct mm_recomputed *recomputed)
{
    return recomputed->fit_tensor > recomputed->fit_channel && recomputed->fit_tensor >= FIT_DECIDES &&
           recomputed->per_tensor >= SETTING_GAIN * recomputed->per_channel;
}

/* What moves values about or has a pattern of its own; a scale or an offset may be what a broken input comes to here. */
static bool is_moved(enum mm_cause_id cause)
{
    bool pattern = cause == MM_CAUSE_WRAPPED || (cause >= MM_CAUSE_SIGNS && cause <= MM_CAUSE_MASK);
    return pattern || (cause >= MM_CAUSE_CHANNELS_REVERSED && cause <= MM_CAUSE_CROPPED);
}

/* What somebody downstream suffers from is not harmless, whatever it looks like. And two or three wrong values are in some
 * order of src's by chance. */
static bool is_denied(const struct mm_triage_view *view, uint32_t id, const struct mm_finding *finding)
{
    int32_t input = view->blame[id].worst_input;
    const struct mm_result *result = view->subjects[id].result;
    int64_t count =
        result->metrics.count; /* 0: the shapes differ, and what lies where is no order of values */
    bool few = is_moved(finding->cause) && count > 0 && count < MOVED_LEAST;
    bool cut = (finding->cause == MM_CAUSE_CONSTANT || finding->cause == MM_CAUSE_STALE ||
                finding->cause == MM_CAUSE_AFFINE) &&
               overflow_saturates(result); /* all of it at the largest value that there is */
    if ((input >= 0 && view->blame[input].over && (few || cut)) ||
        overflow_explains(view, id, finding->cause))
        return true;
    return (finding->cause == MM_CAUSE_NEAR_ZERO && view->blame[id].readers_hurt) ||
           (finding->cause == MM_CAUSE_INNER_OVERFLOW && overflow_is_denied(view, id));
}

/* The best finding that decides; a stale buffer shows only among all layers. */
static const struct mm_finding *deciding(const struct mm_triage_view *view, uint32_t id,
                                         struct mm_finding *memory)
{
    const struct mm_evidence *evidence = view->subjects[id].evidence;
    const struct mm_finding *best = NULL;
    for (size_t i = 0; evidence && i < evidence->findings && !best; i++) {
        if (evidence->finding[i].score >= SCORE_DECIDES && !is_denied(view, id, &evidence->finding[i]))
            best = &evidence->finding[i];
    }
    if (evidence && in_dump_stale(view, id, memory) && !is_denied(view, id, memory) &&
        (!best || memory->score > best->score))
        best = memory;
    return best;
}

/* Small against what goes in, if that is known: then a constant or a factor of it is rounding as well. */
static const struct mm_finding *near_zero(const struct mm_evidence *evidence)
{
    for (size_t i = 0; evidence && i < evidence->findings; i++) {
        if (evidence->finding[i].cause == MM_CAUSE_NEAR_ZERO)
            return &evidence->finding[i];
    }
    return NULL;
}

/* Good as a whole, and over by some columns of a table. */
static bool by_columns(const struct mm_triage_view *view, uint32_t id)
{
    const struct mm_metrics *m = &view->subjects[id].result->metrics;
    return view->blame[id].table && !m->nonfinite_differ && !mm_thresholds_over(view->thresholds, m);
}

/* Too small to be wrong by itself, but far above what clean runs leave, and a fault fits that leaves little of it. */
static bool fits_beyond(const struct mm_triage_view *view, uint32_t id, const struct mm_finding *finding)
{
    const struct mm_blame *blame = &view->blame[id];
    bool pattern = is_moved(finding->cause) || finding->cause == MM_CAUSE_UNWRITTEN;
    return blame->own == MM_OWN_UNKNOWN && pattern && finding->score >= SCORE_STANDS_OUT &&
           view->subjects[id].recomputed->residual > BEYOND_CLEAN * blame->explained;
}

/* Scales and offsets are what a loud background does to channels: where integers are about, they may have come in. */
static bool may_have_come_in(const struct mm_triage_view *view, uint32_t id, enum mm_cause_id cause)
{
    const struct mm_whatif *format = conclude_format(view->subjects[id].evidence);
    bool integers = jump_is_integer_run(view->flow) || (format && is_integer_setting(format));
    return integers && (cause == MM_CAUSE_AFFINE || (cause == MM_CAUSE_SCALE && !view->flow->ordered));
}

/* Rounding has no pattern: what is off by a scale or an offset for each channel that leaves a tenth of it at most is no
 * rounding, however much of that the operator might cost (a normalisation of small variances). */
static bool is_no_rounding(const struct mm_triage_view *view, uint32_t id, const struct mm_finding *finding)
{
    double residual = view->subjects[id].recomputed->residual;
    return view->blame[id].own == MM_OWN_RIGHT && !jump_is_integer_run(view->flow) &&
           (finding->cause == MM_CAUSE_AFFINE || finding->cause == MM_CAUSE_SCALE) &&
           finding->score >= SCORE_CERTAIN && residual > view->thresholds->diff2 &&
           BEYOND_CLEAN * finding->residual < residual;
}

/* An operator that is right from its own inputs is not accused: only what is about its format is left to say. */
static bool may_accuse(const struct mm_triage_view *view, uint32_t id, const struct mm_finding *finding)
{
    const struct mm_recomputed *recomputed = view->subjects[id].recomputed;
    enum mm_verdict_kind kind = say_kind_of(finding);
    if (scales_fitted(view, id) && mm_verdict_info(kind)->is_origin)
        return scales_show(view, id, finding);
    /* what does no harm, or is plain rounding, does not leave such a residual */
    if (view->blame[id].own == MM_OWN_WRONG)
        return mm_verdict_info(kind)->is_origin && finding->cause != MM_CAUSE_ROUNDING;
    bool told = recomputed && recomputed->state == MM_RECOMPUTE_DONE && !recomputed->nonfinite &&
                !by_columns(view, id);
    if (told && finding->cause == MM_CAUSE_CHANNEL_RANGE)
        return coarse_weights(recomputed);
    if (!view->flow->ordered && may_have_come_in(view, id, finding->cause))
        return false;
    if (!told && kind == MM_VERDICT_IMPLEMENTATION && near_zero(view->subjects[id].evidence))
        return false;
    return !told || fits_beyond(view, id, finding) || is_no_rounding(view, id, finding) ||
           !mm_verdict_info(kind)->is_origin || kind == MM_VERDICT_OVERFLOW || kind == MM_VERDICT_SETTINGS ||
           kind == MM_VERDICT_FORMAT;
}

/* The layer or one that it reads is stored in integers. */
static bool among_integers(const struct mm_triage_view *view, uint32_t id)
{
    const struct mm_flow *flow = view->flow;
    bool integer = flow->quantised[id] != MM_QUANTISED_NO;
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1] && !integer; e++)
        integer = flow->quantised[flow->input[e]] != MM_QUANTISED_NO;
    return integer;
}

/* What went in is a guess, but nothing else is known. Where somebody is over because of it, it lacks digits. */
static void say_near_zero(const struct mm_triage_view *view, uint32_t id, const struct mm_finding *near,
                          struct mm_verdict *out)
{
    if (view->blame[id].readers_hurt) {
        say_kind(out, MM_VERDICT_FORMAT, MM_POSSIBLE);
        out->cause = MM_CAUSE_CANCELLATION;
        mm_format(out->text, sizeof out->text,
                  "small against what goes in, whose rounding alone may cost that");
        return;
    }
    say_finding(view, id, near, out);
    out->confidence = MM_POSSIBLE;
}

/* Tokens or rows that one dump has alone, and nothing masks, change what convolutions, means and attention make of the
 * rest: that is no operator's fault. */
static bool has_padding(const struct mm_pair *pair)
{
    return pair->layout && (pair->layout->more[0] || pair->layout->more[1]);
}

/* A small difference of large values, as far as the inputs can be guessed: too little to decide, enough not to accuse. */
static const struct mm_finding *perhaps_small(const struct mm_evidence *evidence)
{
    const struct mm_finding *found = NULL;
    for (size_t i = 0; evidence && i < evidence->findings; i++) {
        enum mm_cause_id cause = evidence->finding[i].cause;
        if (cause == MM_CAUSE_CANCELLATION || (cause == MM_CAUSE_NEAR_ZERO && !found))
            found = &evidence->finding[i];
    }
    return found;
}

static void say_perhaps_small(const struct mm_triage_view *view, uint32_t id,
                              const struct mm_finding *finding, struct mm_verdict *out)
{
    if (finding->cause == MM_CAUSE_CANCELLATION)
        say_finding(view, id, finding, out);
    if (finding->cause == MM_CAUSE_CANCELLATION)
        out->confidence = MM_POSSIBLE;
}

static bool is_told(const struct mm_recomputed *recomputed)
{
    return recomputed && recomputed->state == MM_RECOMPUTE_DONE && isfinite(recomputed->residual) &&
           !recomputed->nonfinite;
}

/* exp(x + e) = exp(x) exp(e), and Sigmoid is an exponential where its results are small. Of the worst input's RMS error,
 * twice that may be common; 0: another operator, or its input is not known. */
static double exponent_off(const struct mm_triage_view *view, uint32_t id)
{
    const char *op_type = view->subjects[id].op_type;
    int32_t worst = view->blame[id].worst_input;
    bool exponential = op_type && (strcmp(op_type, "Exp") == 0 || strcmp(op_type, "Sigmoid") == 0);
    double off = exponential && worst >= 0 ? 2 * view->subjects[worst].result->metrics.rmse : 0;
    return isfinite(off) ? off : 0;
}

/* Where nobody recomputed, all inputs have to be good before an operator is accused of what nothing explains. */
static void conclude_unexplained(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out)
{
    const struct mm_recomputed *recomputed = view->subjects[id].recomputed;
    const struct mm_blame *blame = &view->blame[id];
    bool good = blame->worst_input < 0 || !view->blame[blame->worst_input].over;
    const struct mm_finding *near = near_zero(view->subjects[id].evidence);
    const struct mm_whatif *format = conclude_format(view->subjects[id].evidence);
    bool on_grid = format && is_integer_setting(format) && mm_op_has_weights(view->subjects[id].op_type);
    bool integer = among_integers(view, id) || on_grid;
    good = good && !(integer && blame->error < INTEGER_UNEXPLAINED); /* rounding its weights may cost that */
    if (scales_fitted(view, id))
        return;
    bool told = is_told(recomputed) && isfinite(blame->error); /* the part that was recomputed had no Inf */
    if (blame->own == MM_OWN_WRONG)
        say_wrong(view, id, out);
    else if (overflow_came_in(view, id))
        say_inherited_from(view, view->blame[blame->worst_input].root, out);
    else if (told && blame->worst_input >= 0 && coarse_weights(recomputed))
        say_weights(recomputed, out);
    else if (told)
        say_right(view, id, out);
    else if (blame->built_up)
        say_built_up(blame, out);
    else if (near && !(good && perhaps_small(view->subjects[id].evidence)->cause == MM_CAUSE_CANCELLATION))
        say_near_zero(view, id, near, out);
    else if (good && blame->error <= expm1(exponent_off(view, id)))
        say_exponential(exponent_off(view, id), out);
    else if (good && blame->error <= PADDING_REACHES && has_padding(view->subjects[id].pair))
        say_padding(out);
    else if (good && perhaps_small(view->subjects[id].evidence))
        say_perhaps_small(view, id, perhaps_small(view->subjects[id].evidence), out);
    else if (good && view->flow->ordered && out->kind != MM_VERDICT_OVERFLOW && out->kind != MM_VERDICT_SHAPE)
        say_unexplained(blame, view->flow->role[id], out);
}

/* What a reader of the layer shows as well; what is about one dump alone it does not. */
static bool is_handed_on(enum mm_cause_id cause)
{
    return cause != MM_CAUSE_NONE && cause != MM_CAUSE_STALE && cause != MM_CAUSE_IN_DUMP &&
           cause != MM_CAUSE_NOT_DEQUANTISED && cause != MM_CAUSE_BIT_PATTERNS;
}

static bool shows_fault(const struct mm_triage_view *view, uint32_t id)
{
    const struct mm_evidence *evidence = view->subjects[id].evidence;
    for (size_t i = 0; view->blame[id].over && evidence && i < evidence->findings; i++) {
        const struct mm_finding *finding = &evidence->finding[i];
        if (finding->score >= SCORE_DECIDES && say_kind_of(finding) == MM_VERDICT_IMPLEMENTATION &&
            is_handed_on(finding->cause))
            return true;
    }
    return false;
}

/* It is far off, what goes in is not, and neither formats nor a cause that was found explain it. */
static bool is_unexplained(const struct mm_triage_view *view, uint32_t id)
{
    const struct mm_blame *blame = &view->blame[id];
    const struct mm_evidence *evidence = view->subjects[id].evidence;
    bool input_over = blame->worst_input >= 0 && view->blame[blame->worst_input].over;
    bool found = !evidence || near_zero(evidence);
    for (size_t i = 0; evidence && i < evidence->findings; i++)
        found = found || evidence->finding[i].score >= SCORE_DECIDES;
    return blame->over && !input_over && !found && !blame->built_up && blame->error > INTEGER_UNEXPLAINED &&
           !conclude_is_noise(blame) && !conclude_is_format(blame, evidence);
}

/* By order alone: a fault before it may be what it shows as well, squared or moved once more. */
static bool fault_before(const struct mm_triage_view *view, uint32_t id)
{
    for (uint32_t other = 0; other < id && !view->flow->known; other++) {
        if (view->blame[other].starts && (shows_fault(view, other) || is_unexplained(view, other)))
            return true;
    }
    return false;
}

/* By order alone: a small value taken off a wrong one leaves that one. */
static bool holds_wrong_values(const struct mm_triage_view *view, uint32_t id,
                               const struct mm_finding *finding)
{
    return !view->flow->known && finding->cause == MM_CAUSE_STALE && finding->layer >= 0 &&
           (uint32_t)finding->layer < id && view->blame[finding->layer].over;
}

/* Broken inputs may look like a fault in part. */
static bool is_vague(const struct mm_triage_view *view, uint32_t id, const struct mm_finding *finding)
{
    int32_t input = view->blame[id].worst_input;
    bool over = input >= 0 && view->blame[input].over;
    if (holds_wrong_values(view, id, finding))
        return true;
    return view->blame[id].own != MM_OWN_WRONG && say_kind_of(finding) == MM_VERDICT_IMPLEMENTATION &&
           is_handed_on(finding->cause) &&
           ((over && finding->residual > LEFT_CLEAR) || fault_before(view, id));
}

/* What goes in is known with a graph; by order alone an offset that came in is no more than less likely. */
static void say_telling(const struct mm_triage_view *view, uint32_t id, const struct mm_finding *finding,
                        struct mm_verdict *out)
{
    say_finding(view, id, finding, out);
    if ((!view->flow->known && may_have_come_in(view, id, finding->cause)) || is_vague(view, id, finding))
        out->confidence = MM_POSSIBLE;
}

/* A few values that a narrow float rounded are src's times a factor, or on a line; that explains nothing of an input, to
 * which nothing was done but storing it. */
static bool is_only_stored(const struct mm_triage_view *view, uint32_t id)
{
    const struct mm_whatif *format = conclude_format(view->subjects[id].evidence);
    return (view->flow->role[id] & MM_ROLE_INPUT) && format && !is_integer_setting(format) &&
           view->blame[id].error <= ROUNDED_FACTOR * format->metrics.diff2;
}

static void conclude_start(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out)
{
    const struct mm_blame *blame = &view->blame[id];
    const struct mm_evidence *evidence = view->subjects[id].evidence;
    struct mm_finding memory;
    const struct mm_finding *finding = deciding(view, id, &memory);
    const struct mm_whatif *better = conclude_better(&view->subjects[id]);
    bool wrong = blame->own == MM_OWN_WRONG;
    double readers;
    /* rounding that nothing on the way here explains, but the format that was found, is the format's */
    bool its_format = finding && finding->cause == MM_CAUSE_ROUNDING &&
                      (wrong || (!conclude_is_noise(blame) && conclude_is_format(blame, evidence)));
    its_format = its_format || is_only_stored(view, id);
    bool telling = finding && !its_format && may_accuse(view, id, finding);
    if (blame->variant &&
        (view->subjects[id].recomputed->variant_fused || conclude_readers_mind(view, id, &readers)))
        say_variant(view, id, out);
    else if (!wrong && scales_explain(view, id))
        say_scales(view, id, out);
    else if (telling)
        say_telling(view, id, finding, out);
    else if (!evidence || by_columns(view, id))
        return; /* not analysed yet; or what is off is known, and no more */
    else if (!wrong && conclude_is_format(blame, evidence) && better)
        say_setting(evidence, better, out);
    else if (!wrong && conclude_is_format(blame, evidence))
        say_format(evidence, out);
    else if (!wrong && conclude_is_noise(blame))
        say_noise(blame, out);
    else if (!(wrong && view->subjects[id].recomputed->replayed) &&
             !conclude_readers_mind(view, id, &readers))
        say_harmless(out, readers);
    else
        conclude_unexplained(view, id, out);
}

/* Below the threshold it is named only where something is wrong: what the format costs is fine there. */
static void conclude_jump(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out)
{
    struct mm_verdict found = *out;
    conclude_start(view, id, &found);
    if (found.kind != MM_VERDICT_FORMAT && found.kind != MM_VERDICT_SETTINGS &&
        found.kind != MM_VERDICT_NOISE && found.kind != MM_VERDICT_HARMLESS)
        *out = found;
}

/* Values that are moved about upstream, however, may look as if they were moved here. */
static bool is_moved_upstream(const struct mm_triage_view *view, uint32_t id)
{
    struct mm_finding memory;
    for (int32_t at = view->blame[id].worst_input; at >= 0; at = view->blame[at].worst_input) {
        const struct mm_finding *finding = deciding(view, (uint32_t)at, &memory);
        if (finding && is_moved(finding->cause))
            return true;
        if (at == view->blame[id].root)
            break;
    }
    return false;
}

/* A fault that fits by itself did not come in; a loud background does not overrule it. */
static const struct mm_finding *stands_out(const struct mm_triage_view *view, uint32_t id,
                                           struct mm_finding *memory)
{
    const struct mm_blame *blame = &view->blame[id];
    bool integer = (view->flow->quantised[id] & MM_QUANTISED_RESULT) != 0;
    if (!integer && !(isfinite(blame->error) && blame->error > MM_STANDS_OUT * blame->input_error))
        return NULL;
    const struct mm_finding *finding = deciding(view, id, memory);
    bool fits = finding && finding->score >= SCORE_STANDS_OUT && is_moved(finding->cause) &&
                say_kind_of(finding) == MM_VERDICT_IMPLEMENTATION && may_accuse(view, id, finding);
    return fits && !is_moved_upstream(view, id) ? finding : NULL;
}

/* Good inputs, a right operator, and a bad result: the format has no digits for it. NULL: that is not it. */
static const struct mm_finding *lost_digits(const struct mm_triage_view *view, uint32_t id)
{
    const struct mm_evidence *evidence = view->subjects[id].evidence;
    int32_t input = view->blame[id].worst_input;
    bool good = input < 0 || !view->blame[input].over;
    for (size_t i = 0; good && evidence && i < evidence->findings; i++) {
        if (evidence->finding[i].cause == MM_CAUSE_CANCELLATION)
            return &evidence->finding[i];
    }
    return NULL;
}

/* Of an error that came in, what a better setting could mend: the part that was added here, if it is this much. */
#define SETTING_SHARE 0.5

static void conclude_inner(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out)
{
    const struct mm_blame *blame = &view->blame[id];
    const struct mm_evidence *evidence = view->subjects[id].evidence;
    const struct mm_whatif *better = conclude_better(&view->subjects[id]);
    bool integer = (view->flow->quantised[id] & MM_QUANTISED_RESULT) != 0;
    struct mm_finding memory;
    const struct mm_finding *finding = stands_out(view, id, &memory);
    double readers;
    if (out->kind == MM_VERDICT_OVERFLOW)
        out->from =
            blame->root; /* it would overflow whatever came in: raising the root alone moves the Inf here */
    else if (finding)
        say_telling(view, id, finding, out);
    else if (integer && scales_explain(view, id))
        say_scales(view, id, out);
    else if (integer && better && conclude_is_format(blame, evidence) &&
             blame->introduced >= SETTING_SHARE * blame->error)
        say_setting(evidence, better, out);
    else if (!conclude_readers_mind(view, id, &readers))
        say_harmless(out, readers);
    else if (lost_digits(view, id))
        say_finding(view, id, lost_digits(view, id), out);
    else if (conclude_is_noise(blame))
        say_noise(blame, out);
    else if (blame->enlarges)
        say_right(view, id, out);
    else
        say_inherited(view, id, out);
}

/* ---- with a simulation, for certain ---- */

/* Causes that are about a format's range or settings: these a simulation has, too. */
static bool is_of_format(const struct mm_finding *finding)
{
    enum mm_verdict_kind kind = say_kind_of(finding);
    return kind == MM_VERDICT_OVERFLOW || kind == MM_VERDICT_SETTINGS || kind == MM_VERDICT_FORMAT;
}

static void say_simulated_format(const struct mm_triage_view *view, uint32_t id, double format,
                                 struct mm_verdict *out)
{
    const struct mm_evidence *evidence = view->subjects[id].evidence;
    const struct mm_whatif *better = conclude_better(&view->subjects[id]);
    struct mm_finding memory;
    const struct mm_finding *finding = deciding(view, id, &memory);
    char figure[MM_NUM];
    if (finding && is_of_format(finding)) {
        say_finding(view, id, finding, out);
    } else if (better) {
        say_setting(evidence, better, out);
    } else {
        say_kind(out, MM_VERDICT_FORMAT, MM_CERTAIN);
        mm_format(out->text, sizeof out->text, "number format: the simulation is off by %s, too",
                  isinf(format) ? "NaN or Inf" : mm_num_short(figure, format, 2));
    }
    out->confidence = MM_CERTAIN;
}

static void say_simulated_implementation(const struct mm_triage_view *view, uint32_t id, double impl,
                                         struct mm_verdict *out)
{
    struct mm_finding memory;
    const struct mm_finding *finding = deciding(view, id, &memory);
    char figure[MM_NUM];
    if (finding && !is_of_format(finding)) {
        say_finding(view, id, finding, out);
    } else {
        say_kind(out, MM_VERDICT_IMPLEMENTATION, MM_CERTAIN);
        mm_format(out->text, sizeof out->text, "differs from its simulation by %s",
                  isinf(impl) ? "NaN or Inf" : mm_num_short(figure, impl, 2));
    }
    out->confidence = MM_CERTAIN;
}

/* False when the simulation does not tell. */
static bool conclude_simulated(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out)
{
    double impl, format;
    bool starts = view->blame[id].starts;
    bool integer = (view->flow->quantised[id] & MM_QUANTISED_RESULT) != 0;
    if (scales_fitted(view, id))
        return false; /* what dst is off by from it may be the fit's */
    switch (simulated_tell(view, id, &impl, &format)) {
    case SIMULATED_IMPLEMENTATION:
        if (view->blame[id].own == MM_OWN_RIGHT)
            return false; /* from its own inputs it is right: what came in is larger behind it */
        say_simulated_implementation(view, id, impl, out);
        return true;
    case SIMULATED_FORMAT:
        if (starts || integer)
            say_simulated_format(view, id, format, out);
        return starts || integer;
    default: return false;
    }
}

/* ---- without an order ---- */

/* Of several layers that show a fault, all but one may have read it: without an order none of them is accused. */
static void spare_readers(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out)
{
    bool alone = view->flow->ordered || out->kind != MM_VERDICT_IMPLEMENTATION || !is_handed_on(out->cause);
    for (uint32_t other = 0; other < view->count && !alone; other++) {
        if (other == id || !shows_fault(view, other))
            continue;
        say_kind(out, MM_VERDICT_OVER, MM_POSSIBLE);
        break;
    }
}

static void conclude(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out)
{
    const struct mm_subject *subject = &view->subjects[id];
    mm_triage_judge(subject->pair, subject->result, view->thresholds, out);
    if (view->blame[id].raw) {
        say_raw(subject->pair, subject->result, out);
        return;
    }
    if (!view->blame[id].over && !view->blame[id].starts)
        return;
    if (view->blame[id].wider) {
        say_wider(subject->result, out);
        return;
    }
    if (overflow_is_cut(subject->result)) {
        say_saturated(subject->result, view->blame[id].starts ? -1 : view->blame[id].root, out);
        return;
    }
    struct mm_finding dump;
    if (in_dump_find(view, id, &dump)) {
        say_finding(view, id, &dump, out);
        return;
    }
    if (conclude_simulated(view, id, out) || say_nan_lost(view, id, out) ||
        (view->blame[id].starts && view->blame[id].over && say_lost_constants(subject->recomputed, out)))
        return;
    if (view->blame[id].starts && view->blame[id].over)
        conclude_start(view, id, out);
    else if (view->blame[id].starts)
        conclude_jump(view, id, out);
    else if (view->blame[id].root >= 0)
        conclude_inner(view, id, out);
}

void mm_triage_conclude(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out)
{
    conclude(view, id, out);
    spare_readers(view, id, out);
}
