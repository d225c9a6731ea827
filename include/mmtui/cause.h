/*
 * cause: does a layer's error look like a known mistake? One file a cause, each a prediction of dst from src
 * that is held against dst.
 *
 * Collecting evidence opens one pair's tensors, in a worker: what-ifs and causes. It fills a struct mm_evidence
 * and nothing else. The sentences are for people: short, with figures in them. Every figure is a relative L2
 * error (diff2) unless it says otherwise.
 */
#ifndef MMTUI_CAUSE_H
#define MMTUI_CAUSE_H

#include "mmtui/operator.h"
#include "mmtui/whatif.h"

/* ---- one layer, as reasoning sees it ------------------------------------------------------------------- */

struct channels; /* src/cause/channels.h */
struct mm_evidence;
struct mm_recomputed;
/* A pair with what is known of it. All borrowed; evidence is NULL where it was not analysed. */
struct mm_subject {
    const struct mm_pair *pair;
    const struct mm_result *result;
    const struct mm_evidence *evidence;
    const char *op_type;                     /* as good as it is known; NULL or "": not */
    const struct mm_recomputed *recomputed;  /* NULL: not tried */
    const struct mm_quantised_tensor *facts; /* of the quantised model that dst ran; NULL: it says nothing */
    /* With a third dump, the framework's own simulation of the low precision; else NULL. */
    const struct mm_result *sim_dst; /* dst against it: what the implementation adds */
    const struct mm_result *src_sim; /* it against src: what the format costs */
};

/* ---- causes: one layer's error explained ------------------------------------------------------------- */

/* What each says: mm_verdict_info. Files keep the words, so the order may change. */
enum mm_verdict_kind {
    MM_VERDICT_NONE = 0,
    MM_VERDICT_OK,
    MM_VERDICT_NOISE,
    MM_VERDICT_HARMLESS,
    MM_VERDICT_INHERITED,
    MM_VERDICT_FORMAT,
    MM_VERDICT_SETTINGS,
    MM_VERDICT_IMPLEMENTATION,
    MM_VERDICT_INPUT,
    MM_VERDICT_OUTPUT,
    MM_VERDICT_OVERFLOW,
    MM_VERDICT_OVER,
    MM_VERDICT_NONFINITE,
    MM_VERDICT_SHAPE,
    MM_VERDICT_UNPAIRED,
    MM_VERDICT_UNREADABLE,
    MM_VERDICT_CHANGED,
    MM_VERDICT_COUNT
};
/* Verdicts that are shown alike: a screen gives each group a colour. */
enum mm_verdict_group {
    MM_GROUP_PENDING = 0,
    MM_GROUP_FINE,      /* whatever the ratio says */
    MM_GROUP_ELSEWHERE, /* nothing to do at this layer */
    MM_GROUP_CHOICE,    /* the operator is right, what was chosen for it is not */
    MM_GROUP_WRONG,
    MM_GROUP_BROKEN, /* no finite figure */
    MM_GROUP_FILES,  /* could not be compared */
    MM_GROUP_COUNT
};
/* Everything about a verdict, in one row of src/cause/verdict.c. */
struct mm_verdict_info {
    const char *word;        /* "format-limited": in files and filters */
    const char *explanation; /* one line: what it says of a layer */
    enum mm_verdict_group group;
    bool bad;                  /* counts as over the threshold */
    bool is_origin;            /* says that something is wrong at this very layer */
    bool precision_cannot_fix; /* whatever the operator is raised to, the error stays */
    bool text_says_more;       /* found in figures or files alone: where room is short, the beginning of its
                                    text says more than its word */
    bool own_next;             /* its next step stands, whatever the cause's is */
    const char *next;          /* the next step where no cause has one, a sentence; NULL: there is none */
};
/* Never NULL; the word of what is no verdict is "?". */
const struct mm_verdict_info *mm_verdict_info(enum mm_verdict_kind kind);
/* Its word. */
const char *mm_verdict_word(enum mm_verdict_kind kind);

enum mm_cause_id {
    MM_CAUSE_NONE = 0,        /* not explained */
    MM_CAUSE_OVERFLOW,        /* |x| beyond the format, Inf (or NaN made of it) in dst */
    MM_CAUSE_INNER_OVERFLOW,  /* the result fits, but squares, sums or products inside the operator do not */
    MM_CAUSE_UNDERFLOW,       /* small values became 0 */
    MM_CAUSE_SATURATION,      /* a plateau at an integer's or half's limit, or at the top of the range */
    MM_CAUSE_BIT_PATTERNS,    /* integers are bit patterns of floats */
    MM_CAUSE_NOT_DEQUANTISED, /* dst holds the raw integers */
    MM_CAUSE_ZERO_POINT,      /* dst = src + one constant */
    MM_CAUSE_SIGNEDNESS,      /* int8 read as uint8 or the reverse */
    MM_CAUSE_SCALE,           /* dst = src times one factor; a power of two is named */
    MM_CAUSE_CHANNEL_RANGE,   /* one scale for channels of very different range */
    MM_CAUSE_ONE_SIDED,       /* a symmetric range for a one-sided distribution */
    MM_CAUSE_OUTLIER,         /* few values stretch the range */
    MM_CAUSE_CHANNELS_REVERSED, /* RGB / BGR */
    MM_CAUSE_CHANNELS_PERMUTED,
    MM_CAUSE_LAYOUT,        /* the bytes of one layout read as another (CHW / HWC) */
    MM_CAUSE_TRANSPOSED,    /* axes permuted */
    MM_CAUSE_FLIPPED,       /* an axis backwards */
    MM_CAUSE_SHIFTED,       /* moved by a few places along an axis */
    MM_CAUSE_CROPPED,       /* dst is a part of src, or the reverse */
    MM_CAUSE_NORMALISATION, /* mean / std / 255 applied twice, not at all, or other ones */
    MM_CAUSE_AFFINE,        /* per-channel scale and offset that no known preprocessing gives */
    MM_CAUSE_ZERO,          /* dst is all zero */
    MM_CAUSE_CONSTANT,      /* dst is one value */
    MM_CAUSE_STALE,         /* dst equals another tensor */
    MM_CAUSE_UNWRITTEN,     /* a part of dst was never written */
    MM_CAUSE_CLASS_MAP,     /* integers mapped by another table */
    MM_CAUSE_BOXES,         /* one affine map a coordinate (letterbox) */
    MM_CAUSE_COLUMNS,       /* a table: some of its columns hold something else */
    MM_CAUSE_DETECTIONS,    /* a table with rows more or fewer, the others agree */
    MM_CAUSE_LOST_ROWS,     /* rows of src are nowhere in dst, others are there twice */
    MM_CAUSE_BLOCKS,        /* channels as blocks of pixels, in the other order (DCR / CRD) */
    MM_CAUSE_WRAPPED,       /* integers that wrap around instead of saturating */
    MM_CAUSE_PAIRS,         /* sums of pairs of 8-bit products that saturate in 16 bits */
    MM_CAUSE_HALVED,        /* all sums are even: weights were halved */
    MM_CAUSE_SIGNS,   /* from here to MASK patterns of their own. Signs turned over along an axis, or lost */
    MM_CAUSE_BORDERS, /* only the border of a map: padding */
    MM_CAUSE_SAMPLES, /* one sample of a batch is empty or another's, or they changed places */
    MM_CAUSE_SOFTMAX_AXIS, /* sums to 1 along another axis */
    MM_CAUSE_MASK,         /* masked positions on one side only */
    MM_CAUSE_ISOLATED,     /* a few wrong values here and there */
    MM_CAUSE_REORDERED,    /* the same values in another order (top-k, NMS) */
    MM_CAUSE_REFERENCE,    /* NaN or Inf in src alone */
    MM_CAUSE_INTEGERS,     /* class ids, indices, shapes that differ */
    MM_CAUSE_IN_DUMP,      /* the dump is wrong, the network is not: dst holds what reads this tensor */
    MM_CAUSE_VARIANT,      /* as another runtime computes it: attribute, bias, pads, activation */
    MM_CAUSE_NAN_LOST,     /* NaN of the inputs became a number, or infinite */
    MM_CAUSE_WIDER,        /* Inf or NaN in the dump alone: it was computed wider than it was dumped */
    MM_CAUSE_CANCELLATION, /* a small difference of values whose format has large steps there */
    MM_CAUSE_NEAR_ZERO,    /* the reference is near zero: a large ratio of a small error */
    MM_CAUSE_ROUNDING,     /* plain rounding noise of the format */
    MM_CAUSE_COUNT
};

struct mm_cause_info {
    const char *word;             /* "channels-reversed": in files and filters */
    const char *title;            /* "channels reversed (RGB/BGR)" */
    enum mm_verdict_kind verdict; /* what it makes of the layer where it is introduced, inside the network */
    bool at_edges;                /* at the network's inputs (outputs) it is an input (output) fault */
    bool precision_cannot_fix;    /* whatever the operator is raised to, the error stays */
    const char *next;             /* the next step, a sentence in the imperative */
};
/* Never NULL. */
const struct mm_cause_info *mm_cause_info(enum mm_cause_id cause);

enum mm_role { MM_ROLE_INNER = 0, MM_ROLE_INPUT = 1, MM_ROLE_OUTPUT = 2 }; /* bits */

/* What is known of how dst made a layer. */
enum mm_quantised {
    MM_QUANTISED_NO = 0,
    MM_QUANTISED_RESULT = 1, /* its result is stored as an integer of 16 bits or less, or was at some point */
    MM_QUANTISED_INPUT = 2,  /* some result that it reads is */
    MM_QUANTISED_UNSIGNED = 4 /* with RESULT: the integers are unsigned, or known to have a zero point */
};

/* What a cause found. score says how sure: 1 certain, 0.5 as likely as not; below 0.3 it is not kept. */
struct mm_finding {
    enum mm_cause_id cause;
    enum mm_verdict_kind verdict; /* what it makes of the layer; NONE: what its cause always does */
    double score;
    double residual;    /* relative L2 error left once the fault is undone; NaN where that means nothing */
    int32_t layer;      /* STALE, IN_DUMP: the layer whose values dst holds; meaningless for others */
    int64_t part;       /* STALE: only so many values from the first on are that layer's; 0: all */
    char evidence[240]; /* the figures that led here; one or more sentences */
    char
        sentence[96]; /* one line for the VERDICT column; a layer that it is about is named by who shows it */
};

/* Everything that a cause may look at. Pointers are borrowed. */
struct mm_case {
    const struct mm_pair *pair;
    const struct mm_result *result; /* MEASURED or MISMATCH */
    const char *op_type;            /* never NULL */
    unsigned role;                  /* bits of enum mm_role */
    double noise;     /* relative L2 error that format and inputs explain: what a fault must stand out from */
    double input_max; /* greatest |x| among the reference's inputs; 0 unknown */
    double input_rms; /* greatest RMS among them; 0 unknown */
    int64_t input_count; /* elements of the largest input; 0 unknown */
    bool inputs_guessed; /* there is no graph: the inputs are those of the layers shortly before */
    unsigned quantised;  /* bits of enum mm_quantised */
    bool
        channels_known; /* channel_axis is told by the operator and its weights; else it is guessed by shape */
    int channel_axis;   /* of the tensor as it was dumped */
    enum mm_dtype storage; /* the float format that dst says its values were rounded to; NONE: it does not */
    enum mm_dtype format; /* in which dst was stored or computed, as floor[] have it; MM_DTYPE_NONE unknown */
    double grid;          /* step of the uniform grid that dst lies on; 0 none, NaN not looked for */
    /* Decoded values in row-major order: both sides laid alike where shapes fit (fit says how), else as they
     * are. NULL when nothing was opened (then only what the metrics tell is tried) or above MM_CASE_MAX. */
    const double *s, *d;
    int64_t s_count, d_count;
    struct mm_shape s_shape, d_shape;
    const struct mm_whatif *floor; /* what-ifs of s, cheap ones */
    size_t floors;
    const struct channels
        *channels; /* sums of each channel along `channels_axis`, if somebody had them; NULL */
    int channels_axis;
    bool part; /* columns of a table, which is not looked at as one again */
};
#define MM_CASE_MAX ((int64_t)8 << 20) /* elements a side that are held in memory to look at structure */

#define MM_FINDINGS_MAX 4
/*
 * Try every cause that makes sense, keep the best, best first. The order is by score; between two that
 * explain the same (less than 0.03 apart), the simpler one (fewer free parameters) stands first. Returns how
 * many were kept. Never fails: what can't be tried is left out.
 *
 * Most causes are a prediction h(s) of d:
 *   residual = sqrt(sum (d - h(s))^2 / sum d^2)             over positions where d and h(s) are finite
 *   left     = residual / min(observed, spread)
 *   observed = sqrt(sum (s - d)^2 / max(sum s^2, sum d^2))  shapes that differ have none
 *   spread   = sqrt(sum (d - mean d)^2 / sum d^2)           "d is about its mean" explains nothing
 *   score    = 1 - left^p, 0 where left > 0.35 + 0.25 (p - 1)
 * where p is 2 for a residual of at most 3 noise, 1 from 30 noise on, and falls with its logarithm between.
 * Fitted parameters (scale, offset, lines) fit a part of anything, so a fit must leave little but noise:
 *   score    = 1 - (left / allowed)^2 / 2, 0 where left > 1.2 allowed
 *   allowed  = 0.7 for a residual of at most 1.5 noise, 0.1 from 6 noise on
 *   residual counts sqrt(n / (n - k)) times for k parameters; nothing is fitted where k >= n, the effective
 *   number of values (sum s^2)^2 / sum s^4: a softmax whose energy is in three values has three.
 * Among those of about one score, one whose residual is more than three times the least (and the noise) does
 * not explain the same. What moves values about is not tried where the noise alone is over 0.6 observed.
 *
 * What can't be told: a shift of more than 4 places; an order of more than 5 axes (of length over 1); one
 * permutation on two axes at once; single values in another order under noise that is not far below spread /
 * sqrt(n), which is how much two samples of one distribution differ when sorted. Rows and channels are
 * matched among the 256 that are nearest in a random projection.
 */
size_t mm_causes_find(const struct mm_case *c, const atomic_bool *cancel,
                      struct mm_finding out[MM_FINDINGS_MAX]);
/*
 * Among all layers: is dst of `id` another layer's tensor (stale buffer, wrong alias)? From the statistics
 * alone. False when it is not, or when src has the same coincidence. Those in `except` are passed over (what reads the
 * layer may well give back what it got).
 */
bool mm_cause_stale(const struct mm_subject *subjects, size_t count, size_t id, const uint32_t *except,
                    size_t excepted, struct mm_finding *out);
/* Of one other layer alone. */
bool mm_cause_copies(const struct mm_subject *mine, const struct mm_subject *other);

/* Does an operator of this type have weights (convolutions, matrix products)? True when the type is not
 * known. */
bool mm_op_has_weights(const char *op_type);

/* Are all values that are not finite on one side only the reference's? */
bool mm_metrics_only_reference(const struct mm_metrics *metrics);

/* ---- looking: the evidence of one layer -------------------------------------------------------------- */

#define MM_FLOORS 8
/* The element and the channel that are furthest off. */
struct mm_worst {
    int64_t at;            /* row-major index in `shape`; -1: not known, or all are equal */
    struct mm_shape shape; /* in which both sides were compared */
    double s, d;           /* its values */
    int64_t channel;       /* that stands out by its RMS error; -1: none does */
    int axis;
    bool is_channel; /* the operator says that channels run along it; else it is an index and no more */
    double channel_error, median_error; /* RMS |s - d| in it, and in the median channel */
};
struct mm_evidence {
    struct mm_worst worst;
    /*
     * Where a format was found or is known to be quantised: f16, bf16; e4m3 or e5m2 where dst is one; of dst's integer format (i8 where it only is known to be
     * quantised) symmetric, asymmetric, another range (p99.99; mse below 10,000 values), per channel along
     * channel_axis, and along the last of three axes. Of a tensor of more than 2^18 elements, from a part of
     * it that keeps the extremes and all channels.
     */
    struct mm_whatif floor[MM_FLOORS];
    size_t floors;
    int format;  /* index into floor: the format in which dst was stored or computed; -1: f32, unknown */
    double grid; /* step of the uniform grid that dst lies on (fake quantisation); 0: none */
    /* Where dst is read by scales (mm_pair_dequantised): what rounding src to these must cost, a relative L2 error; and
     * the share of src beyond their range. NaN: not known. */
    double scales_cost, scales_clipped;
    double channel_spread; /* per-channel relative errors: 90th percentile / median; NaN unknown */
    double channel_slope;  /* of log error RMS against log signal RMS over channels: 0 a uniform error (one
                              scale  for all), 1 an error in proportion; NaN unknown */
    int channel_axis;
    struct mm_finding finding[MM_FINDINGS_MAX];
    size_t findings;
    char *problem; /* owned: why nothing could be looked at; NULL */
};
struct mm_other {
    const struct mm_pair *pair;
    uint32_t layer;
};
/* What a worker opens files with, again and again: src's and dst's of a pair, and of another one beside it. Zeroed at
 * first; each is freed by mm_reader_done. */
struct mm_analysis_memory {
    struct mm_reader pair[2], other[2];
};
struct mm_analysis {
    const struct mm_pair *pair;
    const struct mm_schema *schema;
    struct mm_analysis_memory *memory; /* of the calling thread alone; NULL: its own, each time anew */
    const struct mm_result *result;
    const char *op_type;
    unsigned role;
    double noise, input_max, input_rms;
    int64_t input_count;
    bool inputs_guessed; /* see struct mm_case */
    unsigned quantised;  /* bits of enum mm_quantised */
    enum mm_dtype
        storage; /* the float format that dst's values were rounded to, whatever holds them; NONE: not told */
    bool channels_known;
    int channel_axis;
    const struct mm_other
        *others; /* tensors of another size whose values dst may hold; not looked for where NULL */
    size_t other_count;
};
/* Opens the pair, runs what-ifs and causes. A pair that can't be opened gives evidence with a problem. -1
 * only with MM_ECANCELLED or MM_ENOMEM. */
int mm_evidence_collect(const struct mm_analysis *analysis, const atomic_bool *cancel,
                        struct mm_evidence *out, struct mm_err *err);
/* Free what it owns and zero it; zeroed evidence is fine. */
void mm_evidence_done(struct mm_evidence *evidence);

/* ---- recomputing: what an operator adds by itself ------------------------------------------------------- */

/*
 * The operator computed again from the inputs that dst really had, with the model's weights in FP32:
 *   y0 = op(x of dst, W)       residual r = y of dst - y0
 * r is what this operator adds, whatever error came in with x. Operators without weights are computed whole,
 * those with weights at up to MM_RECOMPUTE_POSITIONS positions.
 *
 * The same is done with src's inputs and src's result. If that does not agree, then the graph, the names or the
 * layout are not the dump's, and nothing follows from the residual (VOID).
 *
 * What integers must cost is computed, not estimated: with W_t the weights rounded to int8 by one scale, W_c by a
 * scale a channel, x_8 the inputs rounded to 256 steps of their range,
 *   r_t = op(x, W_t - W)     r_c = op(x, W_c - W)     r_x = op(x_8 - x, W)
 * The pattern of the weights' rounding is in r, so the greater of the two correlations names the granularity.
 */
#define MM_RECOMPUTE_POSITIONS 2048
#define MM_RECOMPUTE_ELEMENTS                                                                                \
    ((int64_t)32 << 20) /* of inputs, weights and result together; above it, nothing is tried */

enum mm_recompute_state {
    MM_RECOMPUTE_UNABLE = 0, /* something is missing or too large: `why` */
    MM_RECOMPUTE_VOID,       /* src's own result does not come out: `why` */
    MM_RECOMPUTE_DONE
};
/* Figures are relative L2 errors against y0 (r against y0: |r| / |y0|); NaN: not worked out. */
struct mm_recomputed {
    enum mm_recompute_state state;
    char why[160]; /* one sentence without a full stop; "" when done */
    enum mm_operator_kind kind;
    bool selects;    /* values are moved, none is rounded */
    double residual; /* +Inf where y0 is all zero and dst is not. Without a few values that the result's range
                          clipped */
    double reference;   /* the same of src: how well this recomputation is known to work */
    double rounding;    /* what computing and storing in dst's float format costs */
    double result_int8; /* what 256 steps of the result's range cost, of src's where that is wider: a scale is
                                       chosen for what a run without errors gives */
    double own_int8;    /* the same of the result's own range */
    double input_int8;  /* |r_x|; of an operator without weights NaN */
    double per_tensor, per_channel; /* |r_t|, |r_c|; NaN without constant weights */
    double fit_tensor,
        fit_channel; /* correlation of r with r_t and r_c, -1 .. 1; NaN at fewer than 16 positions, too */
    double
        exact; /* the residual with the weights that dst really had, those of the quantised model; NaN: not known */
    bool
        exact_inputs; /* and the inputs are what dst's operator read: codes, rounded to codes, or never integers */
    bool
        on_steps; /* of kind LINEAR: dst's result, in floats, lies on 256 even steps at most, and src's does not */
    int64_t positions; /* that were compared */
    int64_t nonfinite; /* of them, those where dst alone is NaN or Inf */
    int64_t kept;      /* of them, those where dst is finite and what was recomputed is not */
    int64_t clipped;   /* of them, those at the end of dst's range where y0 lies beyond */
    int64_t ties;      /* of indices (ArgMax, TopK), those of an equal value: as good as what is recomputed */
    int64_t nan_lost;  /* positions where dst's inputs give NaN, dst has something else, and src loses none */
    double nan_as;     /* what it has there: -Inf, 0; NaN: several things */
    int64_t channel, channels; /* the one that has most of r, of how many; -1: no such axis */
    double channel_share;      /* its share of the sum of r^2 */
    /* Where the residual is more than rounding: of the operator's variants (mm_operator_variant_next) the one that
     * leaves least. */
    double variant;              /* what it leaves; NaN: none leaves less, or none was tried */
    char variant_says[144];      /* "with epsilon 0.001 where the model says 1e-05" */
    const char *variant_origin;  /* who does so by default, ""; static */
    char variant_activation[16]; /* ONNX's type of the activation that it has behind it, "" */
    bool variant_fused;          /* which the model has right behind this operator */
    /* Where the residual is what comes out with the model's constants in dst's float format, which can't hold them; it is
     * in `rounding`, then. "24 of 24 values of v, up to 1e7, are beyond f16's 65504"; "": it is not. */
    char lost_says[144];
    bool lost_beyond; /* they are too large for it, not too small */
    double lost_left; /* of dst against what comes out with them in that format */
    /* By mm_replay_merge: */
    bool replayed; /* ONNX Runtime computed it, all positions of it */
    size_t before; /* operators before it that were computed with it, for their results were not dumped */
    double stored; /* what rounding its result to the format that dst is stored in leaves; NaN: not known */
    /* What is left with weights in int8 by one scale, by a scale a channel, where both were run; NaN: they were not. Then per_tensor, fit_tensor
     * and their like are of all positions, too. */
    double left_tensor, left_channel;
    double
        left; /* the least that is left with what it reads, its weights or both in int8; NaN: none was run */
    bool on_grid; /* the result has 256 different values at most, or dst's file says its scale */
};
/* A tensor of the graph and the pair that holds it. */
struct mm_recompute_source {
    int tensor;
    const struct mm_pair *pair;
};
/*
 * Everything that it needs, borrowed. An input that no pair holds is made from what was dumped before it, as far as
 * `source` tells (of the same run of the model): what moves values and what works on each alone, up to 12 operators one
 * behind the other; and where element-wise operators and BatchNormalization follow one with weights (fused), it and they
 * are computed as one operator of kind LINEAR, at some positions.
 */
struct mm_recompute {
    const struct mm_graph *graph;
    struct mm_graph_weights *weights; /* NULL: none can be read */
    int node, output;                 /* the node, and which of its outputs `pair` holds */
    const struct mm_pair *pair;
    const struct mm_pair *const *input; /* [inputs of the node] the pair that holds it; NULL: none does */
    const struct mm_recompute_source *source; /* what holds the inputs of the operators before it */
    size_t sources;
    /* The quantised model that dst ran, which has the node's weights as these codes; NULL: not known. */
    struct mm_graph_weights *dst_weights;
    int dst_codes;                      /* tensor of that model */
    const struct mm_scales *dst_scales; /* of these */
    enum mm_dtype
        reads; /* dst's operator read its inputs, which are floats, through codes of this type, by the scales of
                            their pairs; NONE: as they are */
    enum mm_dtype
        storage; /* the float format that dst's values were rounded to, whatever holds them; NONE: not told */
    const struct mm_schema *schema;
    struct mm_analysis_memory *memory; /* as struct mm_analysis has it */
};
/* -1 only with MM_ECANCELLED or MM_ENOMEM; everything else is in out->state. */
int mm_recompute_run(const struct mm_recompute *recompute, const atomic_bool *cancel,
                     struct mm_recomputed *out, struct mm_err *err);
/* What int8 must cost this operator, from the figures above and the granularity of its weights, if `voted` tells it
 * (MM_GRANULARITY_UNKNOWN: the greater cost). 0 where nothing is known. */
double mm_recomputed_int8(const struct mm_recomputed *recomputed, enum mm_granularity voted);

/* ---- replaying: the same by ONNX Runtime ------------------------------------------------------------------ */

/* Where src's own result does not come out within this, and not far better than dst's, nothing follows. */
#define MM_REFERENCE_MOST  0.02
#define MM_REFERENCE_SHARE 0.1

/* A tensor that was dumped on both sides, in one run of the model. Borrowed. */
struct mm_replay_source {
    int tensor; /* of the graph */
    const struct mm_pair *pair;
    const struct mm_stats *stats; /* dst's */
    enum mm_dtype dtype;          /* of src's elements */
    const struct mm_stats *range; /* src's, over which integers of 8 bits would have been chosen */
};
/* As struct mm_recomputed has them, of all positions. */
struct mm_replay_found {
    enum mm_recompute_state state;
    char why[160];
    double residual, reference, rounding, stored, result_int8, own_int8;
    double per_tensor, per_channel, fit_tensor, fit_channel, left_tensor, left_channel;
    double input_int8, left;
    double
        computed; /* what computing it in dst's float format costs, measured: what it reads was off by a unit; NaN: not run */
    double with_clipped;  /* the residual with what dst's range may have clipped */
    int grid;             /* src/cause/replay.h */
    enum mm_dtype format; /* of dst's floats */
    int64_t positions, nonfinite, kept, clipped;
    size_t before;
};
/* A layer whose operator is replayed. */
struct mm_replay_layer {
    int tensor, node; /* of the graph */
    const struct mm_pair *pair;
    enum mm_dtype
        storage; /* the float format that dst's values were rounded to, whatever holds them; NONE: not told */
    struct mm_replay_found found; /* filled in */
};
struct mm_ort; /* runtime.h */
struct mm_replaying {
    const struct mm_ort *ort;
    const char *model; /* the file that the graph is of */
    const struct mm_graph *graph;
    struct mm_graph_weights *weights; /* NULL: none can be read */
    const struct mm_schema *schema;
    const struct mm_replay_source *source; /* ascending by tensor */
    size_t sources;
    struct mm_replay_layer *layer;
    size_t layers;
};
/*
 * Replay all layers with dst's inputs, at once; and with src's those that are off, to see that src's own result comes out.
 * What can't be replayed says why. -1: the model can't be run at all, memory, MM_ECANCELLED; `why` is filled in as well.
 */
int mm_replay_layers(const struct mm_replaying *what, const atomic_bool *cancel, struct mm_err *err);
/* Put it in the place of what was recomputed at some positions, or not at all (then `out` is as mm_recompute_none has it). */
void mm_replay_merge(const struct mm_replay_found *found, const struct mm_graph_node *node,
                     struct mm_recomputed *out);
/* Nothing is known yet. */
void mm_recompute_none(struct mm_recomputed *out);

/* ---- what other settings would gain a layer --------------------------------------------------------- */

/*
 * What other quantisation settings would gain, in dB of SQNR (6 dB halve the error), at least 0 and at most
 * MM_GAIN_MAX; NaN where nothing tells. Against what the layer has, as far as evidence->format tells, else
 * against a scale for the whole tensor, symmetric, min-max.
 *
 * asymmetric   measured: the what-if of the reference's values with a zero point less the one without.
 * statistics   measured: the best what-if with a searched range less min-max, both with a scale for the whole
 *              tensor and otherwise alike. NaN when none was tried.
 * per_channel  computed: the norms of what rounding the model's weights by one scale and by a scale a channel
 * adds to this layer's result (mm_recompute_run), one against the other: of the weights' share of the error. It
 * is against one scale, whatever the weights have: see mm_background_find. NaN where it was not computed; nothing
 * is inferred from the dumps alone.
 */
#define MM_GAIN_MAX 60.0
struct mm_gains {
    double per_channel, asymmetric, statistics;
    enum mm_range range; /* that statistics is about */
};
/*
 * False when the layer is not known to be quantised, or it was not analysed. `quantised`: known from elsewhere
 * to be; else it is when dst is an integer of 16 bits or less where src is a float, lies on a uniform grid,
 * or evidence->format says so.
 */
bool mm_gains_find(const struct mm_subject *subject, bool quantised, struct mm_gains *out);
/* Of an operator that has its weights in integers and its result in floats: per_channel alone, with or without evidence. False
 * where it was not computed. */
bool mm_gains_of_weights(const struct mm_subject *subject, struct mm_gains *out);

#endif
