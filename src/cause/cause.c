/* The table of causes, and how the best of them are found. */
#include "cause/arrangement.h"
#include "cause/channels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a cause needs to be tried at all. */
enum need {
    NEED_METRICS, /* the figures of a measured pair */
    NEED_PAIRS,   /* values of both sides, position by position */
    NEED_MOVES,   /* the same, and an error so far above the noise that putting values back can explain it */
    NEED_VALUES,  /* values of both sides, whatever their shapes; position by position as NEED_MOVES */
    NEED_ANY      /* values of both sides, whatever their shapes, and however small the error */
};

struct row {
    struct mm_cause_info info;
    enum need need;
    cause_try *try;
};

#define IMPLEMENTATION MM_VERDICT_IMPLEMENTATION
#define SETTINGS       MM_VERDICT_SETTINGS
#define OVERFLOWED     MM_VERDICT_OVERFLOW

/* at_edges */
enum { ANYWHERE = 0, AT_EDGES = 1 };
/* precision_cannot_fix: raising what the operator computes in may repair it, or never does */
enum { CAN_FIX = 0, CANNOT_FIX = 1 };

static const struct row rows[MM_CAUSE_COUNT] = {
    [MM_CAUSE_NONE] = {{"unexplained", "not explained", IMPLEMENTATION, ANYWHERE, CAN_FIX,
                        "Run this operator alone on the dumped inputs in both precisions."},
                       NEED_METRICS,
                       NULL},
    [MM_CAUSE_OVERFLOW] = {{"overflow", "overflow of the number format", OVERFLOWED, ANYWHERE, CAN_FIX,
                            "Raise this operator to FP32, or BF16 if its digits suffice."},
                           NEED_METRICS,
                           cause_overflow},
    [MM_CAUSE_INNER_OVERFLOW] = {{"inner-overflow", "overflow inside the operator", OVERFLOWED, ANYWHERE,
                                  CAN_FIX, "Raise this operator to FP32, or scale its input down."},
                                 NEED_METRICS,
                                 cause_inner_overflow},
    [MM_CAUSE_UNDERFLOW] = {{"underflow", "small values became 0", MM_VERDICT_FORMAT, ANYWHERE, CAN_FIX,
                             "Raise this operator to FP32 or BF16, or scale its values up."},
                            NEED_PAIRS,
                            cause_underflow},
    [MM_CAUSE_SATURATION] = {{"saturation", "values cut off at a limit", SETTINGS, ANYWHERE, CAN_FIX,
                              "Widen the calibrated range of this tensor, or raise the operator."},
                             NEED_PAIRS,
                             cause_saturation},
    [MM_CAUSE_BIT_PATTERNS] = {{"bit-patterns", "bit patterns of floats, saved as integers", MM_VERDICT_OVER,
                                AT_EDGES, CANNOT_FIX,
                                "Give the type with --dtype, or save these tensors as floats."},
                               NEED_METRICS,
                               NULL}, /* seen when the pair was measured */
    [MM_CAUSE_NOT_DEQUANTISED] = {{"not-dequantised", "raw integers, never dequantised", IMPLEMENTATION,
                                   AT_EDGES, CAN_FIX,
                                   "Apply scale and zero point before this tensor is read."},
                                  NEED_METRICS,
                                  cause_not_dequantised},
    [MM_CAUSE_ZERO_POINT] = {{"zero-point", "a constant is added (zero point lost)", IMPLEMENTATION, AT_EDGES,
                              CAN_FIX, "Check the zero point, and a bias or mean of one value."},
                             NEED_METRICS,
                             cause_zero_point},
    [MM_CAUSE_SIGNEDNESS] = {{"signedness", "int8 read as uint8, or the reverse", IMPLEMENTATION, AT_EDGES,
                              CAN_FIX, "Check the integer type that this tensor is declared with."},
                             NEED_PAIRS,
                             cause_signedness},
    [MM_CAUSE_SCALE] = {{"scale", "multiplied by a factor", IMPLEMENTATION, AT_EDGES, CAN_FIX,
                         "Check the scale of this tensor: a missing, doubled or shifted factor."},
                        NEED_METRICS,
                        cause_scale},
    [MM_CAUSE_CHANNEL_RANGE] = {{"channel-range", "one scale for channels of very different range", SETTINGS,
                                 ANYWHERE, CAN_FIX, "Quantise this operator per channel, or raise it."},
                                NEED_METRICS,
                                cause_channel_range},
    [MM_CAUSE_ONE_SIDED] = {{"one-sided", "a symmetric range for one-sided values", SETTINGS, ANYWHERE,
                             CAN_FIX, "Quantise this tensor asymmetrically."},
                            NEED_METRICS,
                            cause_one_sided},
    [MM_CAUSE_OUTLIER] = {{"outlier", "few values stretch the range", SETTINGS, ANYWHERE, CAN_FIX,
                           "Calibrate with a percentile or least error, or raise this operator."},
                          NEED_METRICS,
                          cause_outlier},
    [MM_CAUSE_CHANNELS_REVERSED] = {{"channels-reversed", "channels reversed (RGB/BGR)", IMPLEMENTATION,
                                     AT_EDGES, CANNOT_FIX, "Use one channel order on both sides."},
                                    NEED_MOVES,
                                    cause_channels_reversed},
    [MM_CAUSE_CHANNELS_PERMUTED] = {{"channels-permuted", "channels in another order", IMPLEMENTATION,
                                     AT_EDGES, CANNOT_FIX,
                                     "Check the channel order of this tensor and of its weights."},
                                    NEED_MOVES,
                                    cause_channels_permuted},
    [MM_CAUSE_LAYOUT] = {{"layout", "bytes of one layout read as another (CHW/HWC)", IMPLEMENTATION, AT_EDGES,
                          CANNOT_FIX, "Transpose the data, or declare the layout that it has."},
                         NEED_VALUES,
                         cause_layout},
    [MM_CAUSE_TRANSPOSED] = {{"transposed", "axes in another order", IMPLEMENTATION, AT_EDGES, CANNOT_FIX,
                              "Transpose one side, or dump both in one layout."},
                             NEED_VALUES,
                             cause_transposed},
    [MM_CAUSE_FLIPPED] = {{"flipped", "an axis runs backwards", IMPLEMENTATION, AT_EDGES, CANNOT_FIX,
                           "Undo the flip along that axis."},
                          NEED_MOVES,
                          cause_flipped},
    [MM_CAUSE_SHIFTED] = {{"shifted", "moved along an axis", IMPLEMENTATION, AT_EDGES, CANNOT_FIX,
                           "Check padding, offsets and strides along that axis."},
                          NEED_MOVES,
                          cause_shifted},
    [MM_CAUSE_CROPPED] = {{"cropped", "one side is a part of the other", IMPLEMENTATION, AT_EDGES, CANNOT_FIX,
                           "Crop or pad both sides alike."},
                          NEED_VALUES,
                          cause_cropped},
    [MM_CAUSE_NORMALISATION] = {{"normalisation", "another normalisation (mean, std, /255)", IMPLEMENTATION,
                                 AT_EDGES, CANNOT_FIX, "Normalise the input alike on both sides."},
                                NEED_PAIRS,
                                cause_normalisation},
    [MM_CAUSE_AFFINE] = {{"affine", "scale and offset per channel", IMPLEMENTATION, AT_EDGES, CANNOT_FIX,
                          "Check bias, batch norm and per-channel scales of this operator."},
                         NEED_PAIRS,
                         cause_affine},
    [MM_CAUSE_ZERO] = {{"zero", "all zero", IMPLEMENTATION, AT_EDGES, CANNOT_FIX,
                        "Check that this tensor is written, and that its dump comes after the run."},
                       NEED_METRICS,
                       cause_zero},
    [MM_CAUSE_CONSTANT] = {{"constant", "one value everywhere", IMPLEMENTATION, AT_EDGES, CANNOT_FIX,
                            "Check that this tensor is written, and that its dump comes after the run."},
                           NEED_METRICS,
                           cause_constant},
    [MM_CAUSE_STALE] = {{"stale", "holds another tensor", IMPLEMENTATION, AT_EDGES, CANNOT_FIX,
                         "Check the buffer: reused, aliased, or dumped before it was written."},
                        NEED_METRICS,
                        NULL}, /* mm_cause_stale looks at all layers */
    [MM_CAUSE_UNWRITTEN] = {{"unwritten", "a part was never written", IMPLEMENTATION, AT_EDGES, CANNOT_FIX,
                             "Check sizes and splits: a part of this tensor is left as it was."},
                            NEED_PAIRS,
                            cause_unwritten},
    [MM_CAUSE_CLASS_MAP] = {{"class-map", "class ids mapped by another table", MM_VERDICT_OUTPUT, AT_EDGES,
                             CANNOT_FIX, "Use one table of classes on both sides."},
                            NEED_PAIRS,
                            cause_class_map},
    [MM_CAUSE_BOXES] = {{"boxes", "boxes mapped back differently", MM_VERDICT_OUTPUT, AT_EDGES, CANNOT_FIX,
                         "Map boxes back with the resize and padding that the input had."},
                        NEED_PAIRS,
                        cause_boxes},
    [MM_CAUSE_COLUMNS] = {{"columns", "some columns hold something else", IMPLEMENTATION, AT_EDGES,
                           CANNOT_FIX, "Check what these columns are made of: they mean something else."},
                          NEED_ANY,
                          cause_table},
    [MM_CAUSE_DETECTIONS] = {{"detections", "more or fewer rows", MM_VERDICT_OUTPUT, AT_EDGES, CANNOT_FIX,
                              "Compare the scores near the threshold; the rows that both sides have agree."},
                             NEED_ANY,
                             NULL}, /* cause_table finds it */
    [MM_CAUSE_LOST_ROWS] = {{"lost-rows", "rows lost, others doubled", IMPLEMENTATION, AT_EDGES, CANNOT_FIX,
                             "Check the indices that these rows were taken by."},
                            NEED_MOVES,
                            cause_lost_rows},
    [MM_CAUSE_BLOCKS] = {{"block-order", "blocks in the other order (DCR/CRD)", IMPLEMENTATION, AT_EDGES,
                          CANNOT_FIX, "Give DepthToSpace or PixelShuffle the mode that the model says."},
                         NEED_MOVES,
                         cause_blocks},
    [MM_CAUSE_WRAPPED] = {{"wrapped", "integers wrap around", IMPLEMENTATION, AT_EDGES, CAN_FIX,
                           "Let the conversion saturate, or widen the range or the accumulator."},
                          NEED_PAIRS,
                          cause_wrapped},
    [MM_CAUSE_PAIRS] =
        {{"pair-saturation", "pairs of products saturate", IMPLEMENTATION, ANYWHERE, CAN_FIX,
          "Use weights of 7 bits (reduce_range) or a kernel with VNNI, or raise the operator."},
         NEED_PAIRS,
         cause_pairs},
    [MM_CAUSE_HALVED] = {{"weights-halved", "weights halved against saturation", IMPLEMENTATION, ANYWHERE,
                          CAN_FIX, "Use uint8 activations or a kernel with VNNI, or raise the operator."},
                         NEED_PAIRS,
                         cause_halved},
    [MM_CAUSE_SIGNS] = {{"signs-turned", "signs turned over or lost", IMPLEMENTATION, AT_EDGES, CANNOT_FIX,
                         "Check the signs of weights and scales, and the order of a subtraction."},
                        NEED_MOVES,
                        cause_signs},
    [MM_CAUSE_BORDERS] = {{"border", "only the border is off", IMPLEMENTATION, AT_EDGES, CANNOT_FIX,
                           "Check padding: its sides, its value, and whether an average counts it."},
                          NEED_MOVES,
                          cause_borders},
    [MM_CAUSE_SAMPLES] = {{"batch-sample", "samples of a batch", IMPLEMENTATION, AT_EDGES, CANNOT_FIX,
                           "Check how samples of the batch are addressed, and their buffers."},
                          NEED_MOVES,
                          cause_samples},
    [MM_CAUSE_SOFTMAX_AXIS] = {{"softmax-axis", "softmax over another axis", IMPLEMENTATION, AT_EDGES,
                                CANNOT_FIX, "Give the softmax the axis that the model says."},
                               NEED_MOVES,
                               cause_softmax_axis},
    [MM_CAUSE_MASK] = {{"mask-differs", "masked on one side only", IMPLEMENTATION, AT_EDGES, CANNOT_FIX,
                        "Check the mask that is added here: its length, its diagonal, its padding."},
                       NEED_PAIRS,
                       cause_mask},
    [MM_CAUSE_ISOLATED] = {{"isolated", "a few wrong values", IMPLEMENTATION, AT_EDGES, CANNOT_FIX,
                            "Look at these places: a race, a tail of a vector loop, an index off by one."},
                           NEED_MOVES,
                           cause_isolated},
    [MM_CAUSE_REORDERED] = {{"reordered", "the same values in another order", MM_VERDICT_HARMLESS, ANYWHERE,
                             CANNOT_FIX, "Compare as a set, or sort both sides; ties have no order."},
                            NEED_MOVES,
                            cause_reordered},
    [MM_CAUSE_REFERENCE] =
        {{"reference-nonfinite", "NaN or Inf in the reference alone", MM_VERDICT_HARMLESS, ANYWHERE,
          CANNOT_FIX, "Look at the reference: rows without a value, a division by 0. dst is not to blame."},
         NEED_METRICS,
         cause_reference},
    [MM_CAUSE_INTEGERS] = {{"integers-differ", "integers that differ", IMPLEMENTATION, ANYWHERE, CANNOT_FIX,
                            "Look at what this tensor is made of; no precision changes whole numbers."},
                           NEED_PAIRS,
                           cause_integers},
    [MM_CAUSE_IN_DUMP] =
        {{"in-dump", "the dump holds what reads this tensor", MM_VERDICT_HARMLESS, ANYWHERE, CANNOT_FIX,
          "Nothing in the network: the runtime fuses these operators, or wrote in place before "
          "the dump."},
         NEED_METRICS,
         NULL}, /* found among all layers */
    [MM_CAUSE_VARIANT] =
        {{"variant", "computed as another runtime does", IMPLEMENTATION, ANYWHERE, CANNOT_FIX,
          "Give this operator what the model says: attribute, bias, pads, order of inputs, activation."},
         NEED_METRICS,
         NULL}, /* found by recomputing */
    [MM_CAUSE_NAN_LOST] =
        {{"nan-lost", "NaN became a number", IMPLEMENTATION, ANYWHERE, CANNOT_FIX,
          "Look for where the NaN comes from. This operator hides it: a maximum or a comparison "
          "that a NaN loses."},
         NEED_METRICS,
         NULL}, /* found by recomputing */
    [MM_CAUSE_WIDER] = {{"wider", "computed wider than it was dumped", MM_VERDICT_HARMLESS, ANYWHERE,
                         CANNOT_FIX,
                         "Nothing in the network: dump it in the format that the runtime computes in."},
                        NEED_METRICS,
                        NULL}, /* found by what reads it */
    [MM_CAUSE_CANCELLATION] = {{"cancellation", "a small difference of large values", MM_VERDICT_FORMAT,
                                ANYWHERE, CAN_FIX, "Raise this operator and what makes its inputs to FP32."},
                               NEED_METRICS,
                               cause_cancellation},
    [MM_CAUSE_NEAR_ZERO] = {{"near-zero", "a small error of values near zero", MM_VERDICT_HARMLESS, ANYWHERE,
                             CAN_FIX, "Nothing to do: the error is small against what went in."},
                            NEED_METRICS,
                            cause_near_zero},
    [MM_CAUSE_ROUNDING] = {{"rounding", "plain rounding noise", MM_VERDICT_NOISE, ANYWHERE, CAN_FIX,
                            "Nothing is broken; raise the precision if the final result needs it."},
                           NEED_METRICS,
                           cause_rounding},
};

const struct mm_cause_info *mm_cause_info(enum mm_cause_id cause)
{
    return &rows[(unsigned)cause < MM_CAUSE_COUNT ? cause : MM_CAUSE_NONE].info;
}

/* What is put back leaves the noise at least; cause_score lets 0.6 of what was observed through at most. */
/* Two values alone are moved by anything: a mask that ends one place earlier is not "moved by 1". */
static bool may_have_moved(const struct trial *t)
{
    return t->aligned && !t->mask && t->noise <= 0.6 * t->observed;
}

static bool makes_sense(const struct row *row, const struct trial *t)
{
    if (!row->try)
        return false;
    if (t->c->result->state == MM_STATE_MISMATCH)
        return (row->need == NEED_VALUES || row->need == NEED_ANY) && t->values;
    switch (row->need) {
    case NEED_METRICS: return true;
    case NEED_PAIRS: return t->aligned;
    case NEED_MOVES: return may_have_moved(t);
    case NEED_ANY: return t->values;
    case NEED_VALUES: return t->values && (!t->aligned || may_have_moved(t));
    }
    return false;
}

#define RESIDUAL_SAME 3.0 /* times the least one, or the noise: more does not explain the same */

#define DIGITS 1e-6 /* what a residual may be off by itself: a difference of large sums */

/* The next best: of the highest score and those that explain about the same, the one with the fewest
 * parameters. */
static size_t best_of(const struct found *found, size_t count, double noise)
{
    double most = 0, least = INFINITY;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, found[i].finding.score);
    for (size_t i = 0; i < count; i++) {
        if (found[i].finding.score >= most - SCORE_SAME)
            least = fmin(least, found[i].finding.residual); /* NaN counts for nothing */
    }
    size_t best = count;
    for (size_t i = 0; i < count; i++) {
        if (found[i].finding.score < most - SCORE_SAME ||
            found[i].finding.residual > RESIDUAL_SAME * fmax(fmax(least, noise), DIGITS))
            continue;
        if (best == count || found[i].parameters < found[best].parameters ||
            (found[i].parameters == found[best].parameters &&
             found[i].finding.score > found[best].finding.score))
            best = i;
    }
    return best;
}

/* All causes that make sense. Returns how many of them are worth keeping. */
static size_t try_all(const struct trial *t, struct found found[MM_CAUSE_COUNT])
{
    size_t count = 0;
    for (int id = 1; id < MM_CAUSE_COUNT && !trial_cancelled(t); id++) {
        memset(&found[count], 0, sizeof found[count]);
        found[count].finding.cause = (enum mm_cause_id)id;
        found[count].finding.residual = NAN;
        if (makes_sense(&rows[id], t) && rows[id].try(t, &found[count]) &&
            found[count].finding.score >= SCORE_KEEP)
            count++;
    }
    return count;
}

size_t mm_causes_find(const struct mm_case *c, const atomic_bool *cancel,
                      struct mm_finding out[MM_FINDINGS_MAX])
{
    struct found found[MM_CAUSE_COUNT];
    struct channels channels = {0};
    struct trial t;
    size_t count = 0, kept = 0;
    bool measured = c->result->state == MM_STATE_MEASURED;
    if (!measured && c->result->state != MM_STATE_MISMATCH)
        return 0;
    trial_init(&t, c, cancel);
    if (measured && c->result->metrics.nonfinite_differ == 0 && !(t.ee > 0))
        return 0; /* nothing to explain */
    t.sample = malloc(sizeof *t.sample);
    t.channels = &channels;
    if (t.sample)
        t.sample->wanted = 0;
    count = try_all(&t, found);
    channels_done(&channels);
    free(t.sample);
    for (; kept < MM_FINDINGS_MAX && count > 0; kept++) {
        size_t best = best_of(found, count, t.noise);
        out[kept] = found[best].finding;
        found[best] = found[--count];
    }
    return kept;
}
