/*
 * triage: what the figures mean - thresholds, where an error comes from, and a verdict per layer in words.
 *
 * It walks the flow that people walk by hand: is a layer over the threshold; did the error come in with its
 * inputs (blame); could the number format do any better (what-if); does the result look like a known mistake
 * (causes); what follows (verdict). All of it is pure functions over all layers, in the thread that owns them.
 * None of it knows what a person chose.
 */
#ifndef MMTUI_TRIAGE_H
#define MMTUI_TRIAGE_H

#include "mmtui/cause.h"

/* ---- thresholds ---------------------------------------------------------------------------------------- */

/* A layer is over when either figure is. 0.05 is the field's rule of thumb. */
struct mm_thresholds {
    double diff1, diff2;
    double floor; /* a layer with no |s - d| above it is not over, whatever the ratios; 0: none */
};
/* 0.05 for both, no floor. */
void mm_thresholds_defaults(struct mm_thresholds *thresholds);
/* Is a layer with these figures over? NaN (no finite position, but all equal) is not; values that are not finite on
 * one side only are not asked for here. */
bool mm_thresholds_over(const struct mm_thresholds *thresholds, const struct mm_metrics *metrics);
/* The same of a MEASURED pair, by what it is judged by. Integers of 64 bits on either side are ids or indices: these are
 * over, too, when a larger share of them than the threshold of diff2 differs, by however little. */
bool mm_result_over(const struct mm_thresholds *thresholds, const struct mm_result *result);
/* Is a group of columns off by more than diff2's threshold, whatever the whole tensor is? For whole numbers that is a
 * share of the rows. No floor: a class that is off by 1 is another class. */
bool mm_thresholds_over_table(const struct mm_thresholds *thresholds, const struct mm_table_error *table);

/* ---- flow: which layer feeds which ------------------------------------------------------------------- */

/* What is known of order and edges, before anything is measured. All zero: nothing. */
struct mm_flow_order {
    const struct mm_graph *graph; /* NULL: not known */
    const int32_t *tensor, *run;  /* [layers] as mm_model_match has them; with a graph */
    bool ordered;                 /* the layers are in the order of execution */
    bool weak;                    /* which is a mere hint */
    bool
        apart; /* without a graph: src's layers were computed from dst's inputs, so no error comes in with them */
};

/*
 * Layers by their place in `subjects`, which are in execution order. With a graph, an input of a layer is the
 * nearest tensor upstream that was dumped and paired (nodes whose results were not dumped are walked
 * through), of the same run of the model, or of the last run before it that has one; what comes out of a body (of
 * If, Loop, Scan) is the last that was dumped before the layer. What the network is fed in a later run counts as
 * coming from the outputs of the run before (decode steps): where it is equal on both sides, that changes nothing.
 * A tensor that the graph does not know has no inputs and no readers. Without a graph, the MM_FLOW_WINDOW layers before it in execution order stand in, and
 * `known` is false.
 */
#define MM_FLOW_WINDOW 8
struct mm_flow {
    size_t count;
    bool known;
    bool ordered; /* known, or something tells the order; else nothing does, and there are no edges */
    bool
        weak; /* the order is a mere hint, and there is no graph: what follows from it alone is at most possible */
    const uint32_t *input_from; /* [count + 1]: inputs of i are input[input_from[i] .. input_from[i + 1]) */
    const uint32_t *input;
    const unsigned char
        *passes; /* [as input] bits of enum mm_passes: which Inf or NaN of this input the layer must
                                    show; 0 where it is not read directly, or there is no graph */
    const uint32_t *reader_from; /* alike */
    const uint32_t *reader;
    const int32_t *node;            /* [count] node of the graph that makes it; -1 */
    const int32_t *tensor;          /* [count] tensor of the graph; -1 */
    const int32_t *run;             /* [count] which run of the model; 0 without a graph */
    const unsigned char *role;      /* [count] bits of enum mm_role */
    const unsigned char *quantised; /* [count] bits of enum mm_quantised */
    struct mm_arena arena;
};
/*
 * Borrowed: nothing is kept of the arguments. order may be NULL. A graph that knows none of the layers counts as
 * none. Roles without a graph: is_output, op types that are inputs by name, and where there are none of these the
 * first and the last pair. Quantised: an integer dtype in dst (a result in integers on both sides is data, not
 * quantisation), or a tensor beside it, only in dst, of integers, with the name plus _quantized or the like.
 */
int mm_flow_open(struct mm_flow **flow, const struct mm_subject *subjects, size_t count,
                 const struct mm_flow_order *order, struct mm_err *err);
/* There is a graph, and it does not know this layer: nothing is known of where its error comes from. */
bool mm_flow_is_stranger(const struct mm_flow *flow, size_t layer);
/* NULL is fine. */
void mm_flow_close(struct mm_flow *flow);

/* ---- what operators add by themselves ---------------------------------------------------------------- */

/*
 * Residuals of a run, as a background: in an integer run every operator adds something, and what is wrong stands out
 * from the others of its kind. Which granularity the weights have is a vote of all operators with weights, each with
 * the greater of its two correlations as its weight; one alone may be wrong, where the activations' rounding drowns
 * the weights'.
 */
struct mm_background {
    bool
        fitted; /* integers of dst are read by scales that were fitted to src: what comes of them is not exact */
    bool coarse;                      /* operators with weights add what integers cost, not what floats do */
    double median[MM_OPERATOR_KINDS]; /* of the residuals of a kind; NaN with fewer than 4 */
    enum mm_granularity weights;      /* UNKNOWN: fewer than 3 operators tell, or they do not agree */
    bool simulated;                   /* with told: not the quantised model, but the simulated dump */
    bool told;    /* no vote: the quantised model says it, of all `voted` operators on integer weights */
    size_t voted; /* operators that tell */
    size_t per_tensor, per_channel; /* of them, those that are for each */
};
/* Never fails: without memory medians are NaN. */
void mm_background_find(const struct mm_subject *subjects, size_t count, struct mm_background *out);

/* A gain of a layer by per-channel weights stands where the weights are known to have one scale: 0 where they are per
 * channel already, NaN where that is not known. What the quantised model says of this very layer comes first. */
double mm_background_gain(const struct mm_background *background, const struct mm_subject *subject,
                          double per_channel);
/* Does this operator have its weights in integers, as the quantised model or the simulation says, or else as the pattern of its
 * residual does where the network as a whole shows one? Its result may be in floats. */
bool mm_background_rounds_weights(const struct mm_background *background, const struct mm_subject *subject);
/* mm_gains_find, and for what has its weights alone in integers mm_gains_of_weights; per_channel against what the weights have. */
bool mm_background_gains(const struct mm_background *background, const struct mm_subject *subject,
                         bool quantised, struct mm_gains *out);

/* What recomputing says of an operator. */
enum mm_own {
    MM_OWN_UNKNOWN = 0, /* nothing: not recomputed, or in between */
    MM_OWN_RIGHT,       /* it computes what it should from the inputs that it has */
    MM_OWN_WRONG        /* what it adds is far beyond what formats, weights and its kind explain */
};
/*
 * Rounding its weights would explain the residual by size, it is known from others how the run rounds them, and the
 * residual has not that pattern: what is beside it is far beyond what inputs and results cost. Then the operator is not
 * RIGHT, and whether it is wrong is open. False where no vote tells, and with `facts`.
 */
bool mm_own_beside(const struct mm_background *background, const struct mm_subject *subject);
/*
 * *explained (may be NULL): what formats and weights explain, a relative L2 error; where the quantised model is known,
 * of the very scales that there are: an operator that is not quantised there is explained by its float format alone.
 */
enum mm_own mm_own_find(const struct mm_background *background, const struct mm_subject *subject,
                        double *explained);
/* Does the variant that was found fit (recomputed->variant_says), and clearly better than what the model says? Then the
 * operator is WRONG, however many others of its kind are so, too. One that was not recomputed: no. */
bool mm_own_variant(const struct mm_background *background, const struct mm_subject *subject);

/* ---- integers that were never dequantised ------------------------------------------------------------------- */

struct mm_raw {
    /* value = (code - zero_point) x scale, by least squares; the zero point lies in the type */
    double scale, zero_point;
    double error; /* of src against a line through the codes: what dequantising would leave; diff2 */
};
/* Does dst hold the codes of at most 8 bits where src has values? From the figures alone: a line through both leaves
 * little, as they are they have nothing in common. */
bool mm_raw_find(const struct mm_result *result, struct mm_raw *out);
/* Are there 3 such tensors at least? Then it is the dump that was made so, and no operator's fault. */
bool mm_raw_dump(const struct mm_subject *subjects, size_t count);

/* ---- blame: introduced or inherited ------------------------------------------------------------------ */

struct mm_blame {
    double
        error; /* diff2, or that of a table's worst columns; +Inf where one side is non-finite alone; NaN not measured */
    int32_t worst_input;  /* layer; -1: none */
    double input_error;   /* of worst_input; 0 without inputs */
    double amplification; /* error / input_error; NaN when there is no input error */
    double introduced;    /* sqrt(max(0, error² - input_error²)): added here, if errors are independent */
    double floor;         /* what storing the result in dst's format costs; an estimate from its statistics */
    double expected;      /* floors of the layers on the worst way here, added up */
    bool over;            /* verdict over the thresholds (non-finite counts) */
    bool table;           /* some columns of a table are over */
    bool starts;          /* the error is introduced here, and it or a layer behind is over */
    int32_t root;         /* over: where the error starts (itself when it starts here); else -1 */
    bool built_up;        /* no single layer brings it over: it grew on the way; root has the largest share */
    bool enlarges; /* built up, right, and 10 times as wrong as its inputs: root of what is behind it */
    bool wider;   /* Inf or NaN in the dump alone: what reads it is finite and right, which it could not be */
    bool reaches; /* a layer that is over has its error, by way of layers that are not */
    int32_t held; /* a layer made of this one whose dst values it holds, so they were put there later; -1 */
    bool unread;  /* what reads it was made of other values than those: it is wrong in the dump alone */
    bool raw; /* raw integers in a dump that is full of them, or bit patterns of floats; error is then that of
                        dequantised ones, or of the floats */
    enum mm_own own;  /* what recomputing says: WRONG always starts */
    double explained; /* with own: what formats and weights explain of its residual */
    bool
        cut; /* 16-bit floats that end at their largest value; or it multiplies integers, and an input that is over goes beyond src's range, or is so wrong that
                         the result ends where src's does: what recomputing leaves is what was cut off, and `introduced` is of the errors alone. Not
                         where the operator is right from its own inputs, unless src is beyond that value itself */
    bool beside;  /* own is UNKNOWN because mm_own_beside says so, and nothing was cut off */
    bool variant; /* own is WRONG, and a variant of the operator fits */
    /* Of what reads it; readers that are over, but have none behind them that mind, count by those behind. */
    uint32_t readers;      /* measured, and behind it in execution order */
    double readers_error;  /* the largest of their errors */
    double readers_direct; /* the same, of those that are over as well */
    bool readers_mind; /* one of them is over, or sees a tenth of the error; an output, and where nothing is
                             known of readers: true */
    bool readers_hurt; /* one of them, or what reads that up to an output, is over by what comes from here */
};
/* blame[count], aligned with subjects. Pure. */
void mm_blame_find(const struct mm_flow *flow, const struct mm_subject *subjects,
                   const struct mm_thresholds *thresholds, struct mm_blame *blame);
/* The first layer in execution order that has a NaN or Inf on one side only; -1: none. */
int32_t mm_blame_first_nonfinite(const struct mm_flow *flow, const struct mm_subject *subjects);
/* Layers from `id`'s root down to `id` along worst inputs, root first; at most `room`. Returns how many. */
size_t mm_blame_chain(const struct mm_blame *blame, uint32_t id, uint32_t *chain, size_t room);
#define MM_STANDS_OUT 1.5
/* Should a worker analyse this layer? What starts an error; of those that are over inputs and outputs, integers, and
 * those with MM_STANDS_OUT times the error of their worst input, which may have a fault of their own as well. */
bool mm_blame_worth_analysing(const struct mm_flow *flow, const struct mm_blame *blame, uint32_t id);

/* ---- verdicts ---------------------------------------------------------------------------------------- */

enum mm_confidence { MM_CONFIDENCE_NONE = 0, MM_POSSIBLE, MM_LIKELY, MM_CERTAIN };
const char *mm_confidence_word(enum mm_confidence confidence); /* "", "possible", "likely", "certain" */

struct mm_verdict {
    enum mm_verdict_kind kind;
    bool bad; /* counts as over the threshold */
    enum mm_confidence confidence;
    enum mm_cause_id cause;
    int32_t
        from; /* INHERITED: the layer it comes from; STALE, IN_DUMP: the layer whose values it holds; else -1 */
    char text
        [192]; /* one line; "" for OK; other layers by their visible names, with "#N " where the order is known */
};

/* Judge one result by itself, before blame and evidence. `pair` tells which side a lone tensor is on. */
void mm_triage_judge(const struct mm_pair *pair, const struct mm_result *result,
                     const struct mm_thresholds *thresholds, struct mm_verdict *out);
/* All that is known of all layers. Borrowed. */
struct mm_triage_view {
    const struct mm_subject *subjects;
    size_t count;
    const struct mm_flow *flow;
    const struct mm_blame *blame;
    const struct mm_thresholds *thresholds;
    const char *(*name)(const void *context, uint32_t id); /* a layer's visible name, for sentences */
    const void *context;
};
/* The verdict on a layer whose files have changed since it was measured: none of its figures counts. */
void mm_triage_changed(struct mm_verdict *out);
/* Say in the verdict on a layer, which its figures alone gave, that it could not be looked at, and why. */
void mm_triage_unanalysed(struct mm_verdict *out, const char *why);
/* Judge one layer with all of that. */
void mm_triage_conclude(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out);
/* The verdict in full: evidence in figures (a paragraph a line), and the next step (one sentence). */
void mm_triage_explain(const struct mm_triage_view *view, uint32_t id, const struct mm_verdict *verdict,
                       struct mm_buf *evidence, struct mm_buf *next);

/*
 * How bad, for ranking: larger is worse. Unreadable, shape and non-finite layers stand above every finite
 * error
 * (+Inf); otherwise diff2, and diff1 where diff2 is 0; -1 for what has no figure (pending, unpaired).
 */
double mm_triage_rank(const struct mm_result *result);

#endif
