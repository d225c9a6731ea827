/*
 * triage: what the figures mean - thresholds, what a format must cost, where an error comes from, what caused
 * it, and a verdict per layer in words.
 *
 * It walks the flow that people walk by hand: is a layer over the threshold; did the error come in with its
 * inputs (blame); could the number format do any better (what-if); does the result look like a known mistake
 * (causes); what follows (verdict, suggestions, settings advice).
 *
 * Three kinds of code, and nothing else:
 *   looking      opens one pair's tensors, in a worker: what-ifs and causes. Fills a struct mm_evidence.
 *   reasoning    pure functions over all layers, in the thread that owns them: flow, blame, verdicts.
 *   advising     pure functions over what reasoning found: suggestions, settings.
 * None of it knows what a person chose.
 *
 * The sentences are for people: short, no jargon, figures in them. Every figure is a relative L2 error (diff2
 * of contract section 3) unless it says otherwise.
 */
#ifndef MMTUI_TRIAGE_H
#define MMTUI_TRIAGE_H

#include "mmtui/compare.h"

/* ---- thresholds ---------------------------------------------------------------------------------------- */

/* A layer is over when either figure is. 0.05 is the field's rule of thumb. */
struct mm_thresholds {
    double diff1, diff2;
};
void mm_thresholds_defaults(struct mm_thresholds *thresholds);

/* ---- one layer, as reasoning sees it ------------------------------------------------------------------- */

struct mm_evidence;
/* A pair with what is known of it. All borrowed; evidence is NULL where nobody has looked. */
struct mm_subject {
    const struct mm_pair *pair;
    const struct mm_result *result;
    const struct mm_evidence *evidence;
    const char *op_type; /* as good as it is known; NULL or "": not */
    /* With a third dump, the framework's own simulation of the low precision; else NULL. */
    const struct mm_result *sim_dst; /* dst against it: what the implementation adds */
    const struct mm_result *src_sim; /* it against src: what the format costs */
};

/* ---- what if: the precision floor ---------------------------------------------------------------------- */

/*
 * How an integer format's range is chosen from the reference's finite values. Floats have no range.
 *
 * minmax   the least and the greatest value.
 * p99.99   the narrowest range that leaves out no more than floor(n / 10000) of the n values, or
 *          floor(n / 20000) at each end when the range is asymmetric. Exact. Below 10,000 values it is
 * minmax; minmax, too, where nearly all values are zero. mse, kl  a share of minmax, of the candidates 1/128
 * .. 128/128, found from 2048 bins of each sign (fewer above 2,048 channels) without the exact zeros. mse:
 * the least mean square error, the values of a bin taken as spread evenly: the candidate's true error is
 * within a per cent of the best one's. kl: entropy calibration of |x| (S. Migacz, "8-bit inference with
 * TensorRT", GTC 2017), every 16th of its candidates; asymmetric: the same bound on both ends. int16 has more
 * codes than there are bins: minmax.
 */
enum mm_range { MM_RANGE_MINMAX, MM_RANGE_P9999, MM_RANGE_MSE, MM_RANGE_KL, MM_RANGE_COUNT };
const char *mm_range_word(enum mm_range range); /* "minmax", "p99.99", "mse", "kl" */

struct mm_whatif_setting {
    enum mm_dtype dtype; /* F16 BF16 F8E4M3 F8E5M2, I16 I8 I4 */
    bool per_channel;    /* integers: a scale for each index of `axis` */
    int axis;            /* 0 .. rank-1 */
    /*
     * Integers. Symmetric: zero stays code 0, scale = max|x| / highest, codes -highest .. highest (127,
     * 32767, 7: the lowest code is not used, as TensorRT and ONNX Runtime have it). Asymmetric: the range is
     * widened to have 0 in it, scale = (high - low) / (2^bits - 1), zero_point = round(-low / scale) +
     * lowest: 0 has a code of its own.
     */
    bool asymmetric;
    enum mm_range range;
};

/* The reference rounded to a format and back, measured against itself. */
struct mm_whatif {
    struct mm_whatif_setting setting;
    struct mm_metrics metrics;
    double scale, zero_point;     /* integers, per tensor: value = (q - zero_point) * scale; else NaN */
    double scale_low, scale_high; /* integers: least and greatest of the channels' scales, of those that are
                                     not all zero; per tensor both = scale. Floats: NaN */
    double clipped; /* share of the finite values that overflow, or whose code lies beyond the range's; minmax
                       clips nothing. 0 when nothing is finite */
};

/*
 * Round `reference` as each setting says: out[i] belongs to settings[i]. Rounding is to nearest even;
 * integers clip, floats overflow to Inf (e4m3: NaN) as hardware without saturation does, and those positions
 * are counted in clipped and left out of the metrics' sums as contract section 3 has it. NaN and Inf of the
 * reference stay what they are. An all-zero channel, and an empty tensor, has scale 1. Where values fit into
 * floats the scale is one, and x / scale is divided in floats, as hardware does.
 *
 * Two passes over the tensor for whatever settings together (one without integers); a third for mse and kl,
 * another where the sums would lose digits. Memory: 32 KiB of histogram for the tensor, up to 64 MiB for
 * channels, a 5000th of the tensor for p99.99, 8 to 40 bytes a channel and setting.
 *
 * The limit of the idea: it models how the result is stored, not how the sums inside the operator are kept.
 * -1 with MM_EARG (no such format, axis or range), MM_EUNSUPPORTED (mse or kl of more than 32,768 channels),
 * MM_ECANCELLED, MM_ENOMEM, or MM_ECORRUPT where a value can't be read (the text lacks the file's name).
 */
int mm_whatif_tensor(const struct mm_tensor *reference, const struct mm_whatif_setting *settings,
                     size_t count, const atomic_bool *cancel, struct mm_whatif *out, struct mm_err *err);
/*
 * The rows of the What if table for a tensor of this shape: every format; integers per tensor and, where axis
 * has several channels of several elements (and at most 32,768), per channel; symmetric and asymmetric; all
 * four ranges for I8, min-max for the others. Returns how many (at most MM_WHATIF_MAX). axis may be -1.
 */
#define MM_WHATIF_MAX 64
size_t mm_whatif_usual(const struct mm_shape *shape, int axis, struct mm_whatif_setting out[MM_WHATIF_MAX]);
/* "int8 per channel (axis 1), symmetric, mse"; "f16": appended. */
void mm_whatif_name(const struct mm_whatif_setting *setting, struct mm_buf *out);
/* Where channels usually lie: 1 for rank 3 and more, the last for rank 1 and 2; -1 for a scalar. */
int mm_channel_axis(const struct mm_shape *shape);

/* ---- causes: one layer's error explained ----------------------------------------------------------------
 */

enum mm_verdict_kind {
    MM_VERDICT_NONE = 0,  /* not measured yet */
    MM_VERDICT_OK,        /* within the thresholds */
    MM_VERDICT_NOISE,     /* over, but no more than rounding on the way here adds up to */
    MM_VERDICT_HARMLESS,  /* over as a ratio, but small against what goes in, or without effect on what reads
                             it */
    MM_VERDICT_INHERITED, /* came in with the inputs */
    MM_VERDICT_FORMAT,    /* the number format can't do better */
    MM_VERDICT_SETTINGS,  /* other quantisation settings would do clearly better */
    MM_VERDICT_IMPLEMENTATION, /* the operator computes something else */
    MM_VERDICT_INPUT,          /* the two runs were fed differently */
    MM_VERDICT_OUTPUT,         /* the result is read or mapped back differently */
    MM_VERDICT_OVERFLOW,       /* dst left the range of its format, or something inside the operator did */
    MM_VERDICT_OVER,           /* over a threshold, and not looked into yet */
    MM_VERDICT_NONFINITE,      /* NaN or Inf on one side only, and not looked into yet */
    MM_VERDICT_SHAPE,          /* shapes differ */
    MM_VERDICT_UNPAIRED,       /* one side only */
    MM_VERDICT_UNREADABLE,     /* a file could not be read */
    MM_VERDICT_COUNT
};
/* "ok", "noise", "inherited", "format-limited", "settings", ...: the word used in files and filters. */
const char *mm_verdict_word(enum mm_verdict_kind kind);

enum mm_cause_id {
    MM_CAUSE_NONE = 0,        /* not explained */
    MM_CAUSE_OVERFLOW,        /* |x| beyond the format, Inf (or NaN made of it) in dst */
    MM_CAUSE_INNER_OVERFLOW,  /* the result fits, but squares, sums or products inside the operator do not */
    MM_CAUSE_UNDERFLOW,       /* small values became 0 */
    MM_CAUSE_SATURATION,      /* a plateau at an integer's or half's limit, or at the top of the range */
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
    MM_CAUSE_REORDERED,     /* the same values in another order (top-k, NMS) */
    MM_CAUSE_NEAR_ZERO,     /* the reference is near zero: a large ratio of a small error */
    MM_CAUSE_ROUNDING,      /* plain rounding noise of the format */
    MM_CAUSE_COUNT
};

struct mm_cause_info {
    const char *word;             /* "channels-reversed": in files and filters */
    const char *title;            /* "channels reversed (RGB/BGR)" */
    enum mm_verdict_kind verdict; /* what it makes of the layer where it is introduced, inside the network */
    bool at_edges;                /* at the network's inputs (outputs) it is an input (output) fault */
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
    MM_QUANTISED_UNSIGNED = 4 /* with RESULT: the integers are unsigned, so there is a zero point */
};

/* What a cause found. score says how sure: 1 certain, 0.5 as likely as not; below 0.3 it is not kept. */
struct mm_finding {
    enum mm_cause_id cause;
    enum mm_verdict_kind verdict; /* what it makes of the layer; NONE: what its cause always does */
    double score;
    double residual;    /* relative L2 error left once the fault is undone; NaN where that means nothing */
    int32_t layer;      /* STALE: the layer whose values dst holds; meaningless for others */
    char evidence[240]; /* the figures that led here; one or more sentences */
    char sentence[96];  /* one line for the VERDICT column */
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
    int64_t input_count;  /* elements of the largest input; 0 unknown */
    bool inputs_guessed;  /* there is no graph: the inputs are those of the layers shortly before */
    unsigned quantised;   /* bits of enum mm_quantised */
    enum mm_dtype format; /* in which dst was stored or computed, as floor[] have it; MM_DTYPE_NONE unknown */
    double grid;          /* step of the uniform grid that dst lies on; 0 none, NaN not looked for */
    /* Decoded values in row-major order: both sides laid alike where shapes fit (fit says how), else as they
     * are. NULL when nothing was opened (then only what the metrics tell is tried) or above MM_CASE_MAX. */
    const double *s, *d;
    int64_t s_count, d_count;
    struct mm_shape s_shape, d_shape;
    const struct mm_whatif *floor; /* what-ifs of s, cheap ones */
    size_t floors;
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
 * alone. False when it is not, or when src has the same coincidence.
 */
bool mm_cause_stale(const struct mm_subject *subjects, size_t count, size_t id, struct mm_finding *out);

/* Does an operator of this type have weights (convolutions, matrix products)? True when the type is not
 * known. */
bool mm_op_has_weights(const char *op_type);

/* ---- looking: the evidence of one layer ------------------------------------------------------------------
 */

#define MM_FLOORS 8
struct mm_evidence {
    /*
     * f16, bf16; e4m3 or e5m2 where dst is one; of dst's integer format (i8 where it only is known to be
     * quantised) symmetric, asymmetric, another range (p99.99; mse below 10,000 values), per channel along
     * channel_axis, and along the last of three axes. Of a tensor of more than 2^18 elements, from a part of
     * it that keeps the extremes and all channels.
     */
    struct mm_whatif floor[MM_FLOORS];
    size_t floors;
    int format;  /* index into floor: the format in which dst was stored or computed; -1: f32, unknown */
    double grid; /* step of the uniform grid that dst lies on (fake quantisation); 0: none */
    double channel_spread; /* per-channel relative errors: 90th percentile / median; NaN unknown */
    double channel_slope;  /* of log error RMS against log signal RMS over channels: 0 a uniform error (one
                              scale  for all), 1 an error in proportion; NaN unknown */
    int channel_axis;
    struct mm_finding finding[MM_FINDINGS_MAX];
    size_t findings;
    char *problem; /* owned: why nothing could be looked at; NULL */
};
struct mm_look {
    const struct mm_pair *pair;
    const struct mm_schema *schema;
    const struct mm_result *result;
    const char *op_type;
    unsigned role;
    double noise, input_max, input_rms;
    int64_t input_count;
    bool inputs_guessed; /* see struct mm_case */
    unsigned quantised;  /* bits of enum mm_quantised */
};
/* Opens the pair, runs what-ifs and causes. A pair that can't be opened gives evidence with a problem. -1
 * only with MM_ECANCELLED or MM_ENOMEM. */
int mm_evidence_collect(const struct mm_look *look, const atomic_bool *cancel, struct mm_evidence *out,
                        struct mm_err *err);
void mm_evidence_done(struct mm_evidence *evidence);

/* ---- flow: which layer feeds which ------------------------------------------------------------------------
 */

/*
 * Layers by their place in `subjects`, which are in execution order. With a graph, an input of a layer is the
 * nearest tensor upstream that was dumped and paired (nodes whose results were not dumped are walked
 * through). Without one, the MM_FLOW_WINDOW layers before it in execution order stand in, and `known` is
 * false.
 */
#define MM_FLOW_WINDOW 8
struct mm_flow {
    size_t count;
    bool known;
    bool ordered; /* known, or time stamps tell the order; else nothing does, and there are no edges */
    const uint32_t *input_from; /* [count + 1]: inputs of i are input[input_from[i] .. input_from[i + 1]) */
    const uint32_t *input;
    const uint32_t *reader_from; /* alike */
    const uint32_t *reader;
    const int32_t *node;            /* [count] node of the graph that makes it; -1 */
    const int32_t *tensor;          /* [count] tensor of the graph; -1 */
    const unsigned char *role;      /* [count] bits of enum mm_role */
    const unsigned char *quantised; /* [count] bits of enum mm_quantised */
    struct mm_arena arena;
};
/*
 * Borrowed: nothing is kept of the arguments. graph may be NULL. A layer is found in the graph by the
 * tensor's name (its k-th occurrence is the name's k-th write), else by dst's or src's node_name. Roles
 * without a graph: is_output, op types that are inputs by name, and where there are none of these the first
 * and the last pair. Quantised: an integer dtype in dst (a result in integers on both sides is data, not
 * quantisation), or a tensor beside it, only in dst, of integers, with the name plus _quantized or the like.
 */
int mm_flow_open(struct mm_flow **flow, const struct mm_subject *subjects, size_t count,
                 const struct mm_graph *graph, struct mm_err *err);
void mm_flow_close(struct mm_flow *flow);

/* ---- blame: introduced or inherited -----------------------------------------------------------------------
 */

struct mm_blame {
    double error;         /* diff2; +Inf where one side is non-finite alone; NaN not measured */
    int32_t worst_input;  /* layer; -1: none */
    double input_error;   /* of worst_input; 0 without inputs */
    double amplification; /* error / input_error; NaN when there is no input error */
    double introduced;    /* sqrt(max(0, error² - input_error²)): added here, if errors are independent */
    double floor;         /* what storing the result in dst's format costs; an estimate from its statistics */
    double expected;      /* floors of the layers on the worst way here, added up */
    bool over;            /* verdict over the thresholds (non-finite counts) */
    bool starts;          /* over, and the error is introduced here */
    int32_t root;         /* over: where the error starts (itself when it starts here); else -1 */
    bool built_up;        /* no single layer brings it over: it grew on the way; root has the largest share */
};
/* blame[count], aligned with subjects. Pure. */
void mm_blame_find(const struct mm_flow *flow, const struct mm_subject *subjects,
                   const struct mm_thresholds *thresholds, struct mm_blame *blame);
/* The first layer in execution order that has a NaN or Inf on one side only; -1: none. */
int32_t mm_blame_first_nonfinite(const struct mm_flow *flow, const struct mm_subject *subjects);
/* Layers from `id`'s root down to `id` along worst inputs, root first; at most `room`. Returns how many. */
size_t mm_blame_chain(const struct mm_blame *blame, uint32_t id, uint32_t *chain, size_t room);
/* Should a worker look into this layer? What starts an error, and inputs and outputs that are over. */
bool mm_blame_worth_a_look(const struct mm_flow *flow, const struct mm_blame *blame, uint32_t id);

/* ---- settings advice -------------------------------------------------------------------------------------
 */

/*
 * What other quantisation settings would buy, in dB of SQNR (6 dB halve the error), at least 0 and at most
 * MM_GAIN_MAX; NaN where nothing tells. Against what the layer has, as far as evidence->format tells, else
 * against a scale for the whole tensor, symmetric, min-max.
 *
 * asymmetric   measured: the what-if of the reference's values with a zero point less the one without.
 * statistics   measured: the best what-if with a searched range less min-max, both with a scale for the whole
 *              tensor and otherwise alike. NaN when none was tried.
 * per_channel  inferred, for weights are not in the dumps; NaN for an operator that has none
 * (mm_op_has_weights). Rounding weights by one scale adds an error of the same size to every output channel;
 * by a scale each, an error in proportion to what the channel holds. So the gain is that of giving each
 * channel of the result a scale (a what-if, which takes a channel's range for its weights' range), times 1 -
 * channel_slope: all of it where the error is the same everywhere, nothing where it is in proportion. On
 * simulated products of random matrices this came within 3.5 dB of the truth where the weights' rounding is
 * the whole error; where activations are rounded too, it says up to 5 dB too much.
 */
#define MM_GAIN_MAX 60.0
struct mm_gains {
    double per_channel, asymmetric, statistics;
    enum mm_range range; /* that statistics is about */
};
/*
 * False when the layer is not known to be quantised, or nobody has looked. `quantised`: known from elsewhere
 * to be; else it is when dst is an integer of 16 bits or less where src is a float, lies on a uniform grid,
 * or evidence->format says so.
 */
bool mm_gains_find(const struct mm_subject *subject, bool quantised, struct mm_gains *out);

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
};
/* quantised: [count], what is known from elsewhere, or NULL. -1 when memory is out. */
int mm_advice_find(const struct mm_subject *subjects, size_t count, const bool *quantised,
                   struct mm_advice *out, struct mm_err *err);
/*
 * A sentence for each kind that is worth it: "Per-channel weights would buy 6.1 dB at the median over 54
 * quantised ops (inferred from how the error lies over the channels). Asymmetric activations would buy 2.3 dB
 * at the median over 54 quantised ops (measured on the reference)." One that says so when none is; nothing
 * when no layer is quantised. Appended.
 */
void mm_advice_text(const struct mm_advice *advice, struct mm_buf *out);

/* What is worth it as a key and a value of MagicMind's build_config.json, as mm_plan_set_setting takes them;
 * statistics have no such key. Static strings. */
struct mm_advice_setting {
    const char *key, *value;
};
size_t mm_advice_settings(const struct mm_advice *advice, struct mm_advice_setting out[MM_ADVICE_COUNT]);

/* ---- verdicts --------------------------------------------------------------------------------------------
 */

enum mm_confidence { MM_CONFIDENCE_NONE = 0, MM_POSSIBLE, MM_LIKELY, MM_CERTAIN };
const char *mm_confidence_word(enum mm_confidence confidence); /* "", "possible", "likely", "certain" */

struct mm_verdict {
    enum mm_verdict_kind kind;
    bool bad; /* counts as over the threshold */
    enum mm_confidence confidence;
    enum mm_cause_id cause;
    int32_t from;  /* INHERITED: the layer it comes from; STALE: the layer it equals; else -1 */
    char text[96]; /* one line; "" for OK */
};

/* Judge one result by itself, before blame and evidence. `pair` tells which side a lone tensor is on. */
void mm_triage_judge(const struct mm_pair *pair, const struct mm_result *result,
                     const struct mm_thresholds *thresholds, struct mm_verdict *out);
/* Judge one layer with all that is known. `names` gives layers' visible names for sentences. */
struct mm_triage_view {
    const struct mm_subject *subjects;
    size_t count;
    const struct mm_flow *flow;
    const struct mm_blame *blame;
    const struct mm_thresholds *thresholds;
    const char *(*name)(const void *context, uint32_t id);
    const void *context;
};
void mm_triage_conclude(const struct mm_triage_view *view, uint32_t id, struct mm_verdict *out);
/* Does a verdict of this kind say that something is wrong at this very layer? Not so: ok, noise, harmless,
 * inherited, unpaired, unreadable, pending. */
bool mm_verdict_accuses(enum mm_verdict_kind kind);
/* The verdict in full: evidence in figures (a paragraph a line), and the next step (one sentence). */
void mm_triage_explain(const struct mm_triage_view *view, uint32_t id, const struct mm_verdict *verdict,
                       struct mm_buf *evidence, struct mm_buf *next);

/*
 * How bad, for ranking: larger is worse. Unreadable, shape and non-finite layers stand above every finite
 * error
 * (+Inf); otherwise diff2, and diff1 where diff2 is 0; -1 for what has no figure (pending, unpaired).
 */
double mm_triage_rank(const struct mm_result *result);

/* ---- suggestions: which operators to raise
 * -----------------------------------------------------------------
 */

/*
 * The smallest set of operators to raise, and to what. Three steps:
 *
 *   overflow  Every layer whose reference leaves the format that dst has there, and every other layer that
 *             makes the first NaN or Inf on its way: always, and to FP32. Also what reads such a value (it
 *             would be rounded to Inf on its way in): known from a graph; by execution order, the layer right
 *             behind one that left the range, if it is broken itself.
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
 * An error that no precision repairs (channels reversed, a stale buffer, different inputs) is never
 * suggested, if the verdict holds that for likely at least; `beyond` has its share. What adds less than 1 /
 * 100 of an equal share is not worth an override: all of that together is less than 1 %.
 */
enum mm_suggest_rule {
    MM_SUGGEST_AUTO = 0, /* as COVER; nothing when no layer is over the thresholds */
    MM_SUGGEST_COVER,    /* until `cover` of the error energy is covered */
    MM_SUGGEST_TOP,      /* `top` operators; what overflows counts, and is in the list even if it is more */
    MM_SUGGEST_TO_ERROR, /* until the expected error of all outputs is `error` at most */
    MM_SUGGEST_RULE_COUNT
};
struct mm_suggest_options {
    enum mm_suggest_rule rule;
    double cover; /* 0 .. 1 */
    size_t top;
    double error; /* relative L2 */
};
void mm_suggest_defaults(struct mm_suggest_options *options); /* AUTO, 0.95 */
/*
 * "95%", "top 5", "0.01" (an error); "" is the default. -1 with MM_EARG and a sentence: a share is above 0
 * and at most 100 %, an error is above 0 and below 1.
 */
int mm_suggest_parse(const char *text, struct mm_suggest_options *options, struct mm_err *err);

enum mm_suggest_why { MM_WHY_OVERFLOW = 0, MM_WHY_SHARE, MM_WHY_HOLE, MM_WHY_COUNT };
const char *mm_suggest_word(enum mm_suggest_why why); /* "overflow", "share", "hole" */

struct mm_suggestion {
    uint32_t layer;   /* the operator's first one */
    enum mm_dtype to; /* MM_F16, MM_F32 */
    enum mm_suggest_why why;
    double share; /* of the outputs' error energy that this takes away; 0 for overflow (that is all of it) */
    double covered;   /* shares so far, this one included */
    bool estimated;   /* from the format's floor, not from measured errors */
    int64_t elements; /* of its results */
    int64_t macs;     /* -1: not known, or none */
    char text[128];   /* why, a sentence */
};
struct mm_suggestions {
    struct mm_suggestion *item; /* overflow in execution order, shares from the largest, holes in order */
    size_t count;
    double before;          /* worst error of the outputs now; +Inf broken */
    double after;           /* expected with all of it */
    double covered, beyond; /* shares of the error energy: taken away; out of reach of any precision */
    int64_t elements, macs; /* of all items; macs -1: none is known */
    size_t masked;          /* layers that could not be judged by their own errors */
    int32_t masked_by;      /* the first layer that they are behind; -1 */
};
/*
 * Pure, over what reasoning found: verdicts[count] are aligned with view->subjects. graph may be NULL (then
 * no MACs). An empty list is no error. O(edges x log layers), and for TO_ERROR up to 256 walks over the edges
 * more: each of the weakest 256 is tried to be left out again.
 */
int mm_suggest_find(const struct mm_triage_view *view, const struct mm_verdict *verdicts,
                    const struct mm_graph *graph, const struct mm_suggest_options *options,
                    struct mm_suggestions *out, struct mm_err *err);
void mm_suggestions_done(struct mm_suggestions *suggestions);

#endif
