/* What is said of a layer once it is decided: kind, confidence and one sentence. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/translate.h"
#include "triage/conclude.h"
#include "triage/in_dump.h"
#include "triage/layer_text.h"
#include "triage/say.h"

/* A residual of this size is certain: nothing that rounds leaves it. */
#define CERTAIN_RESIDUAL 0.1

void say_kind(struct mm_verdict *out, enum mm_verdict_kind kind, enum mm_confidence confidence)
{
    out->kind = kind;
    out->confidence = confidence;
    out->bad = mm_verdict_info(kind)->bad;
}

void say_inherited(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out)
{
    const struct mm_blame *blame = &view->blame[id];
    say_kind(out, MM_VERDICT_INHERITED, view->flow->known ? MM_LIKELY : MM_POSSIBLE);
    out->from = blame->root;
    layer_text_line(view, (uint32_t)blame->root,
                    blame->built_up ? "accumulated upstream, most of it in " : "inherited from ", "", out);
}

void say_inherited_from(const struct mm_triage_view *view, int32_t root, struct mm_verdict *out)
{
    say_kind(out, MM_VERDICT_INHERITED, MM_POSSIBLE);
    out->from = root;
    layer_text_line(view, (uint32_t)root, "inherited from ", ": NaN or Inf of inputs that are wrong", out);
}

void say_saturated(const struct mm_result *result, int32_t root, struct mm_verdict *out)
{
    const struct mm_stats *src = &result->metrics.src;
    char most[MM_NUM], limit[MM_NUM];
    say_kind(out, MM_VERDICT_OVERFLOW, MM_CERTAIN);
    out->cause = MM_CAUSE_SATURATION;
    out->from = root;
    mm_format(out->text, sizeof out->text, "overflow: |x| up to %s > %s, cut off there",
              mm_num_short(most, fmax(fabs(src->min), fabs(src->max)), 2),
              mm_num_short(limit, mm_dtype_info(result->dst.dtype)->highest, 5));
}

void say_harmless(struct mm_verdict *out, double readers)
{
    char figure[MM_NUM];
    say_kind(out, MM_VERDICT_HARMLESS, MM_LIKELY);
    mm_format(out->text, sizeof out->text, "harmless: largest consumer error %s",
              mm_num_short(figure, readers, 2));
}

void say_noise(const struct mm_blame *blame, struct mm_verdict *out)
{
    char figure[MM_NUM];
    say_kind(out, MM_VERDICT_NOISE, MM_LIKELY);
    out->cause = MM_CAUSE_ROUNDING;
    mm_format(out->text, sizeof out->text, "accumulated rounding: %s",
              mm_num_short(figure, blame->expected, 2));
}

void say_setting(const struct mm_evidence *evidence, const struct mm_whatif *better, struct mm_verdict *out)
{
    const struct mm_whatif *now = conclude_format(evidence);
    const char *name = mm_dtype_info(now->setting.dtype)->name;
    say_kind(out, MM_VERDICT_SETTINGS, MM_LIKELY);
    out->cause = MM_CAUSE_ONE_SIDED;
    mm_format(out->text, sizeof out->text, "%s is too coarse here: %s would gain %.1f dB", name,
              better->setting.asymmetric && !now->setting.asymmetric ? "asymmetric"
                                                                     : mm_range_word(better->setting.range),
              better->metrics.sqnr - now->metrics.sqnr);
}

void say_format(const struct mm_evidence *evidence, struct mm_verdict *out)
{
    const struct mm_whatif *now = conclude_format(evidence);
    char figure[MM_NUM];
    say_kind(out, MM_VERDICT_FORMAT, MM_LIKELY);
    out->cause = MM_CAUSE_ROUNDING;
    mm_format(out->text, sizeof out->text, "%s can't do better than %s here",
              mm_dtype_info(now->setting.dtype)->name, mm_num_short(figure, now->metrics.diff2, 2));
}

/* What this operator adds to the inputs that it had. */
void say_wrong(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out)
{
    const struct mm_blame *blame = &view->blame[id];
    const struct mm_recomputed *recomputed = view->subjects[id].recomputed;
    bool exact = view->subjects[id].facts && !isnan(recomputed->exact);
    /* with its own weights it is right: it is these that are wrong */
    bool weights = exact && recomputed->exact <= blame->explained;
    double residual = exact && !weights ? recomputed->exact : recomputed->residual;
    char a[MM_NUM], b[MM_NUM];
    say_kind(out, MM_VERDICT_IMPLEMENTATION, residual >= CERTAIN_RESIDUAL ? MM_CERTAIN : MM_LIKELY);
    if (weights)
        mm_format(out->text, sizeof out->text,
                  "the quantised model's weights are not the model's: off by %s, %s explained",
                  mm_num_short(a, residual, 2), mm_num_short(b, blame->explained, 2));
    else
        mm_format(out->text, sizeof out->text, "%s dst's own inputs it is off by %s; rounding explains %s",
                  recomputed->replayed && !exact ? "run by ONNX Runtime with" : "recomputed from",
                  mm_num_short(a, residual, 2), mm_num_short(b, blame->explained, 2));
}

/* The residual is what one scale for all weights leaves. */
void say_weights(const struct mm_recomputed *recomputed, struct mm_verdict *out)
{
    char figure[MM_NUM];
    say_kind(out, MM_VERDICT_SETTINGS, MM_LIKELY);
    out->cause = MM_CAUSE_CHANNEL_RANGE;
    mm_format(out->text, sizeof out->text,
              "weights of one scale cost %s: per-channel ones would gain %.1f dB",
              mm_num_short(figure, recomputed->per_tensor, 2),
              20 * log10(recomputed->per_tensor / recomputed->per_channel));
}

/* The operator did what it could with the constants that the format left. */
bool say_lost_constants(const struct mm_recomputed *recomputed, struct mm_verdict *out)
{
    if (!recomputed || recomputed->state != MM_RECOMPUTE_DONE || !*recomputed->lost_says)
        return false;
    say_kind(out, recomputed->lost_beyond ? MM_VERDICT_OVERFLOW : MM_VERDICT_FORMAT, MM_CERTAIN);
    out->cause = recomputed->lost_beyond ? MM_CAUSE_INNER_OVERFLOW : MM_CAUSE_UNDERFLOW;
    mm_format(out->text, sizeof out->text, "%s", recomputed->lost_says);
    return true;
}

/* As another runtime has it by default, or as a converter left it: that is what fits. */
void say_variant(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out)
{
    const struct mm_recomputed *recomputed = view->subjects[id].recomputed;
    char left[MM_NUM];
    say_kind(out, MM_VERDICT_IMPLEMENTATION, MM_CERTAIN);
    out->cause = MM_CAUSE_VARIANT;
    if (recomputed->variant_fused && !view->blame[id].readers_hurt) {
        say_kind(out, MM_VERDICT_HARMLESS, MM_LIKELY);
        out->cause = MM_CAUSE_IN_DUMP;
        mm_format(out->text, sizeof out->text, "the dump holds the activation behind it: fused, or in place");
    } else {
        const char *says = recomputed->variant_says, *told = strstr(says, mm_tr(" where the model says"));
        size_t length = strlen(says), room = sizeof out->text - sizeof "computed : fits, 1e-10 left";
        length = length > room && told ? (size_t)(told - says) : length; /* the rest is in the evidence */
        mm_format(out->text, sizeof out->text, "computed %.*s: fits, %s left", (int)length, says,
                  mm_num_short(left, recomputed->variant, 1));
    }
}

/* The operator is right, and no rounding that is known explains the size: its inputs' errors do. */
void say_right(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out)
{
    const struct mm_blame *blame = &view->blame[id];
    char a[MM_NUM], b[MM_NUM];
    mm_num_short(a, view->subjects[id].recomputed->residual, 2);
    if (in_dump_other_input(&view->subjects[id], blame)) { /* of what it adds nothing is known */
        say_kind(out, MM_VERDICT_NOISE, MM_POSSIBLE);
        mm_format(out->text, sizeof out->text,
                  "off by %s only, where its inputs as they were dumped would make it %s: it had others",
                  mm_num_short(b, blame->error, 2), a);
        return;
    }
    if (blame->beside) {
        say_kind(out, MM_VERDICT_NOISE, MM_POSSIBLE);
        mm_format(out->text, sizeof out->text,
                  "adds %s by itself, as much as its rounded weights may, but not as they do", a);
        return;
    }
    say_kind(out, MM_VERDICT_NOISE, MM_LIKELY);
    out->cause = MM_CAUSE_ROUNDING;
    if (view->subjects[id].recomputed->ties && !blame->input_error)
        mm_format(out->text, sizeof out->text, "%s indices lead to equal values: ties have no order",
                  mm_num_count(a, view->subjects[id].recomputed->ties));
    else if (blame->own != MM_OWN_RIGHT && view->subjects[id].recomputed->residual > blame->input_error)
        mm_format(out->text, sizeof out->text,
                  "adds %s by itself, where formats and weights explain %s: too little to accuse it", a,
                  mm_num_short(b, blame->explained, 2));
    else
        mm_format(out->text, sizeof out->text, "adds %s by itself; the error of its inputs (%s) grows here",
                  a, mm_num_short(b, blame->input_error, 2));
}

/* It adds the most of an error that no layer brings over the threshold by itself: no fault follows from that. */
void say_built_up(const struct mm_blame *blame, struct mm_verdict *out)
{
    char a[MM_NUM], b[MM_NUM];
    say_kind(out, MM_VERDICT_NOISE, MM_POSSIBLE);
    mm_format(out->text, sizeof out->text,
              "accumulated: no layer before is over, this one adds the most (%s of %s)",
              mm_num_short(a, blame->introduced, 2), mm_num_short(b, blame->error, 2));
}

void say_unexplained(const struct mm_blame *blame, unsigned role, struct mm_verdict *out)
{
    char figure[MM_NUM];
    bool input = role & MM_ROLE_INPUT;
    say_kind(out, input ? MM_VERDICT_INPUT : MM_VERDICT_IMPLEMENTATION, MM_POSSIBLE);
    if (!isfinite(blame->error))
        return; /* the sentence about NaN and Inf is as good as any */
    if (input)
        mm_format(out->text, sizeof out->text, "the two runs got different inputs");
    else if (blame->worst_input < 0)
        mm_format(out->text, sizeof out->text, "computes something different (%s)",
                  mm_num_short(figure, blame->error, 2));
    else
        mm_format(out->text, sizeof out->text, "inputs are fine (%s), the result is not",
                  mm_num_short(figure, blame->input_error, 2));
}

void say_exponential(double input, struct mm_verdict *out)
{
    char off[MM_NUM], factor[MM_NUM];
    say_kind(out, MM_VERDICT_NOISE, MM_POSSIBLE);
    out->cause = MM_CAUSE_ROUNDING;
    mm_format(out->text, sizeof out->text, "an exponential of inputs that are off by %s: a factor of %s",
              mm_num_short(off, input, 2), mm_num_short(factor, exp(input), 3));
}

void say_padding(struct mm_verdict *out)
{
    say_kind(out, MM_VERDICT_OVER, MM_POSSIBLE);
    mm_format(out->text, sizeof out->text, "the padding that one dump has alone may reach in here");
}

static void say_bits(const struct mm_pair *pair, const struct mm_result *result, struct mm_verdict *out)
{
    const struct mm_dtype_info *type = mm_dtype_info(result->bits);
    char word[MM_DTYPE_WORD];
    const char *whose = !result->bits_side[0] ? "dst's" : !result->bits_side[1] ? "src's" : "the";
    say_kind(out, MM_VERDICT_OVER, MM_CERTAIN);
    out->cause = MM_CAUSE_BIT_PATTERNS;
    mm_format(out->text, sizeof out->text, "%s %u-bit integers are bit patterns of %s: --dtype %.60s=%s",
              whose, type->bits, mm_dtype_word(result->bits, word), pair->name, type->name);
}

/* How the dump was made, and no operator's fault. */
void say_raw(const struct mm_pair *pair, const struct mm_result *result, struct mm_verdict *out)
{
    struct mm_raw raw;
    char scale[MM_NUM], zero[MM_NUM];
    if (result->bits != MM_DTYPE_NONE) {
        say_bits(pair, result, out);
        return;
    }
    say_kind(out, MM_VERDICT_OVER, MM_LIKELY);
    out->cause = MM_CAUSE_NOT_DEQUANTISED;
    if (mm_raw_find(result, &raw))
        mm_format(out->text, sizeof out->text, "dst holds raw %s: value = (code - %s) x %s",
                  mm_dtype_info(result->dst.dtype)->name, mm_num_short(zero, raw.zero_point, 4),
                  mm_num_short(scale, raw.scale, 3));
}

/* "-Inf", "0", "-3.4e38" */
static const char *nan_became(const struct mm_recomputed *recomputed, char out[MM_NUM])
{
    return isnan(recomputed->nan_as)   ? "numbers"
           : isinf(recomputed->nan_as) ? (recomputed->nan_as < 0 ? "-Inf" : "Inf")
                                       : mm_num_short(out, recomputed->nan_as, 2);
}

/* What came in as NaN is none any more: whoever looks for NaN sees none behind this operator. */
bool say_nan_lost(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out)
{
    const struct mm_recomputed *recomputed = view->subjects[id].recomputed;
    const struct mm_blame *blame = &view->blame[id];
    char count[MM_NUM], as[MM_NUM];
    if (!recomputed || recomputed->state != MM_RECOMPUTE_DONE || !recomputed->nan_lost ||
        blame->own == MM_OWN_WRONG)
        return false;
    bool came_in = blame->worst_input >= 0 && isinf(blame->input_error) && !blame->starts;
    say_kind(out, came_in ? MM_VERDICT_INHERITED : MM_VERDICT_IMPLEMENTATION,
             came_in ? MM_LIKELY : MM_CERTAIN);
    out->cause = MM_CAUSE_NAN_LOST;
    if (came_in) {
        out->from = blame->root;
        mm_format(out->text, sizeof out->text, "inherited from #%d, whose NaN become %s here",
                  blame->root + 1, nan_became(recomputed, as));
    } else {
        mm_format(out->text, sizeof out->text, "%s NaN of its inputs become %s",
                  mm_num_count(count, recomputed->nan_lost), nan_became(recomputed, as));
    }
    return true;
}

/* What reads it has never seen that, and nobody suffers. */
void say_wider(const struct mm_result *result, struct mm_verdict *out)
{
    char count[MM_NUM];
    const struct mm_stats *dst = &result->metrics.dst;
    const char *what = dst->pos_inf + dst->neg_inf == 0 ? "NaN" : dst->nan ? "NaN or Inf" : "Inf";
    say_kind(out, MM_VERDICT_HARMLESS, MM_LIKELY);
    out->cause = MM_CAUSE_WIDER;
    mm_format(out->text, sizeof out->text, "%s %s in the dump alone: what reads it is finite and right",
              mm_num_count(count, result->metrics.nonfinite_differ), what);
}
