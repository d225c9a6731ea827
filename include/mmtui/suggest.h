/*
 * suggest: which operators to raise, and what other quantisation settings would gain.
 *
 * Pure functions over what triage found.
 */
#ifndef MMTUI_SUGGEST_H
#define MMTUI_SUGGEST_H

#include "mmtui/plan.h"
#include "mmtui/triage.h"

/* ---- settings advice ---------------------------------------------------------------------------------- */

enum mm_advice_id { MM_ADVICE_PER_CHANNEL, MM_ADVICE_ASYMMETRIC, MM_ADVICE_STATISTICS, MM_ADVICE_COUNT };

/* One kind of setting over all layers that it is known for. */
struct mm_advice_item {
    size_t known; /* layers; the rest is NaN (0) while there are none */
    double median,
        upper; /* dB; upper: the 90th percentile (lower value of the two at its place), at least the median */
    int32_t layer;       /* that gains most */
    double most;         /* what it gains */
    bool worth;          /* median >= MM_WORTH_MEDIAN or upper >= MM_WORTH_UPPER */
    enum mm_range range; /* STATISTICS: the range that does best for most layers */
};
#define MM_WORTH_MEDIAN 1.0
#define MM_WORTH_UPPER  6.0
struct mm_advice {
    size_t quantised; /* layers that mm_gains_find had something to say about */
    struct mm_advice_item item[MM_ADVICE_COUNT];
    enum mm_granularity weights; /* which scales the weights have now, by a vote of `voted` operators */
    size_t voted, in_favour;
    bool told;      /* not by a vote: the quantised model says so */
    bool simulated; /* with told: not the model, but a dump that was simulated */
};
/* quantised: [count], what is known from elsewhere, or NULL. -1 when memory is out. */
int mm_advice_find(const struct mm_subject *subjects, size_t count, const bool *quantised,
                   struct mm_advice *out, struct mm_err *err);
/*
 * A sentence for each kind that is worth it: "Per-channel weights would gain 6.1 dB (median of 54 quantised ops;
 * of what the weights add). Asymmetric activations would gain 2.3 dB (median of 54 quantised ops;
 * measured on the reference)." One that says so when none is; nothing
 * when no layer is quantised. Appended.
 */
void mm_advice_text(const struct mm_advice *advice, struct mm_buf *out);

/* What is worth it as a key and a value of the plan's settings, as mm_plan_set_setting takes them. Static
 * strings. */
struct mm_advice_setting {
    const char *key, *value;
};
/* Returns how many there are, 0 to MM_ADVICE_COUNT. */
size_t mm_advice_settings(const struct mm_advice *advice, struct mm_advice_setting out[MM_ADVICE_COUNT]);

/* ---- what raising costs -------------------------------------------------------------------------------- */

#define MM_COST_UNKNOWN INT64_MIN
/* An operator, by its first layer or any other, and what it is raised to. */
struct mm_raise {
    uint32_t layer;
    enum mm_dtype to; /* MM_DTYPE_NONE: a format that has no name here */
};
/*
 * What raising it brings and costs, beside all others that are raised; for the sums over all, beside none.
 *
 *   share     of the outputs' error energy that it takes away, as suggestions have it; +Inf where it brings in NaN or Inf
 *             (not in the sum), before which no other error counts
 *   macs      multiply-accumulates that leave the low precision; -1: none, or not known
 *   elements  of its results
 *   bytes     that results, and weights of the model, take more than now
 *   casts     that its being raised adds; below 0 where it saves some, between two others. By the graph (mm_graph_casts_add)
 *             and by the formats that dst shows
 *   worth     share / cost, in per cent for a million operations; cost = macs, or else elements, and what its casts
 *             convert, at least one operation
 *
 * MM_COST_UNKNOWN: bytes where nothing shows what dst has now, casts without a graph.
 */
struct mm_raise_cost {
    double share, worth;
    int64_t macs, elements, bytes, casts, cast_elements;
};
/* out[count] belongs to raise[count]; *all (may be NULL) is the sum. each_reader: the runtime converts for every reader by
 * itself. Pure, as mm_suggest_find. O(edges). */
int mm_suggest_costs(const struct mm_triage_view *view, const struct mm_verdict *verdicts,
                     const struct mm_graph *graph, bool each_reader, const struct mm_raise *raise,
                     size_t count, struct mm_raise_cost *out, struct mm_raise_cost *all, struct mm_err *err);

/* ---- suggestions: which operators to raise ------------------------------------------------------------- */

/*
 * The smallest set of operators to raise, and to what. Four steps:
 *
 *   overflow  Every layer whose reference leaves the format that dst has there, and every other layer that
 *             makes the first NaN or Inf on its way: always, and to FP32. Also what reads such a value (it
 *             would be rounded to Inf on its way in): known from a graph; by execution order, the layer right
 *             behind one that left the range, if it is broken itself.
 *   digits    What its format has too few digits for, as the verdict says, with the inputs that are to blame.
 *   share     By the share of the outputs' error energy (squares of relative L2 errors) that they bring in,
 *             largest first, until the rule is satisfied.
 *   hole      What lies between operators raised to one precision (all its inputs and all its readers, or a
 *             chain of two such layers) and multiplies nothing: raised with them, as it saves casts. Needs a
 *             graph.
 *
 * What a layer adds is blame's introduced², at least its floor² (or its
 * error², if that is less). The energy that reaches an operator goes on
 * times min(1, (error / input error)²), so that what a later layer damps counts less, and along the worst way
 * where several lead to an output. An inherited error that an operator merely enlarges (it is over, as its
 * input is, and not quantised) goes on times all of (error / input error)²: it is its root's. Behind a layer
 * that is broken (NaN, Inf, or more than half wrong) figures say nothing of a layer's own error: there its
 * floor stands in, and the list says how many these are.
 *
 * To FP16 when the operator is quantised now, the reference (its own and its inputs') stays within half of
 * FP16's range (squares too, for operators that square), is not so small that FP16 loses digits, and FP16's
 * rounding is a quarter of what the operator adds now, at most; to FP32 otherwise.
 *
 * An error that no precision repairs (channels reversed, a stale buffer, different inputs, a NaN out of good
 * inputs within the range) is never suggested, if the verdict holds that for likely at least, nor is what its format
 * does not explain: an operator that is wrong from its own inputs, a float operator that computes something different,
 * and what adds over 10 times what recomputing, what-if or statistics have as the format's cost, unless the verdict is
 * that a format or setting costs it; `beyond` has its share, and `unexplained` the layer that has most of it. What adds less than 1 / 100 of an equal
 * share is not worth an override: all of that together is less than 1 %. Never suggested are integers (class ids,
 * shapes), weights, and what is in FP32 already; in a dump all of f32 that is everything but what the verdict says
 * to be computed in less.
 *
 * AUTO suggests nothing by share where nothing tells the order, and so the outputs, and nothing at all where no output is over the thresholds, whatever the layers before it are. Else it ends
 * once the outputs are expected at 0.7 of the thresholds (half of the energy: it is an estimate), or `cover` is
 * covered, and leaves out again what does not pay: without which the outputs stay within, or, where they can't be
 * brought there, get worse by less than 1 %. Where all outputs are expected within and one is over, it is `cover`
 * that ends it; and so it is behind something broken that is raised, where integers cost their rounding at least. Of
 * what is behind something broken that stays nothing is raised: it would mend nothing.
 */
enum mm_suggest_rule {
    MM_SUGGEST_AUTO = 0, /* until the outputs are within the thresholds, at most as COVER; see above */
    MM_SUGGEST_COVER,    /* until `cover` of the error energy is covered */
    MM_SUGGEST_TOP,      /* `top` operators; what overflows counts, and is in the list even if it is more */
    MM_SUGGEST_TO_ERROR, /* until the expected error of all outputs is `error` at most */
    MM_SUGGEST_RULE_COUNT
};
struct mm_suggest_options {
    enum mm_suggest_rule rule;
    double cover; /* 0 .. 1 */
    size_t top;
    double error;     /* relative L2 */
    bool no_half;     /* all to FP32: the runtime can't be told FP16 of one operator */
    bool each_reader; /* the runtime casts for each reader by itself */
};
void mm_suggest_defaults(struct mm_suggest_options *options); /* AUTO, 0.95 */
/*
 * "95%", "top 5", "0.01" (an error); "" is the default. -1 with MM_EARG and a sentence: a share is above 0
 * and at most 100 %, an error is above 0 and below 1.
 */
int mm_suggest_parse(const char *text, struct mm_suggest_options *options, struct mm_err *err);

/* DIGITS: small results of large or tiny values, which their format has no digits for. */
enum mm_suggest_why { MM_WHY_OVERFLOW = 0, MM_WHY_DIGITS, MM_WHY_SHARE, MM_WHY_HOLE, MM_WHY_COUNT };
const char *mm_suggest_word(enum mm_suggest_why why); /* "overflow", "digits", "share", "hole" */

struct mm_suggestion {
    uint32_t layer;   /* the operator's first one */
    enum mm_dtype to; /* MM_F16, MM_F32 */
    enum mm_suggest_why why;
    double share; /* of the outputs' error energy that this takes away; 0 for overflow (that is all of it) */
    double covered;       /* shares so far, this one included */
    bool estimated;       /* from the format's floor, not from measured errors */
    int64_t elements;     /* of its results */
    int64_t macs;         /* -1: not known, or none */
    int64_t bytes, casts; /* as struct mm_raise_cost has them */
    double worth;
    char text[128]; /* why, a sentence */
};
/* `to` as the plan has it. */
enum mm_precision mm_suggestion_precision(const struct mm_suggestion *suggestion);
struct mm_suggestions {
    struct mm_suggestion *item; /* overflow in execution order, shares from the largest, holes in order */
    size_t count;
    bool within;   /* no output is over the thresholds, so AUTO suggests nothing */
    bool unknown;  /* nothing tells the order, so AUTO suggests only what overflows or lacks digits */
    double before; /* worst error of the outputs now; +Inf broken */
    double after;  /* expected with all of it */
    double covered, beyond; /* shares of the error energy: taken away; out of reach of any precision */
    int64_t elements, macs; /* of all items; macs -1: none is known */
    int64_t bytes, casts;   /* of all items together, alike */
    size_t masked;          /* layers that could not be judged by their own errors */
    int32_t masked_by;      /* the first layer that they are behind; -1 */
    uint32_t
        unexplained; /* layer + 1 whose error is more than its format explains, and so is not raised: the one by
                             which most reaches the outputs; 0: none */
    double adds, explained; /* what it adds, and what of that its format explains; relative L2 */
};
/*
 * Pure, over what reasoning found: verdicts[count] are aligned with view->subjects. graph may be NULL (then
 * no MACs). An empty list is no error. O(edges x log layers), and for TO_ERROR up to 256 walks over the edges
 * more: each of the weakest 256 is tried to be left out again.
 */
int mm_suggest_find(const struct mm_triage_view *view, const struct mm_verdict *verdicts,
                    const struct mm_graph *graph, const struct mm_suggest_options *options,
                    struct mm_suggestions *out, struct mm_err *err);
/* Free the items and zero it; a zeroed one is fine. */
void mm_suggestions_done(struct mm_suggestions *suggestions);

#endif
