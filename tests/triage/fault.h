/*
 * Faults, as hardware and software make them: each takes what an operator of the second side has computed and
 * spoils it, with the arithmetic that would have spoilt it (integers are quantised, saturated and wrapped as
 * integers). They know nothing of what triage looks for.
 *
 * A fault works on call->out in place. Values are floats whatever the dtype, as in cli/demo_net.h; a fault
 * that changes the shape writes the new one into out->shape and out->count and never needs more room.
 */
#ifndef TRIAGE_FAULT_H
#define TRIAGE_FAULT_H

#include "cli/demo_net.h"
#include "random.h"

struct injection {
    const struct demo_call *call;
    const struct demo_value *other; /* a tensor of the same network that is taken for this one, or NULL */
    double amount;                  /* these two mean what the fault's comment says */
    int how;
    struct random *random;
};
typedef void fault_apply(const struct injection *in);

/* ---- numbers (faults_numbers.c) ---- */

fault_apply fault_times;          /* x times `amount` */
fault_apply fault_times_sum;      /* x times `amount`, but for the bias, which is added afterwards */
fault_apply fault_raw_int8;       /* the integers of a symmetric int8 quantisation; `how` 1: stored as such */
fault_apply fault_raw_uint8;      /* those of an asymmetric uint8 one; alike */
fault_apply fault_zero_point;     /* asymmetric uint8, the zero point not subtracted */
fault_apply fault_int8_as_uint8;  /* symmetric int8, bytes read as unsigned */
fault_apply fault_uint8_as_int8;  /* unsigned without zero point, bytes read as signed */
fault_apply fault_quantise;       /* symmetric, `how` bits, one scale, range by min-max */
fault_apply fault_clip;           /* symmetric int8 with a range of `amount` times the greatest value */
fault_apply fault_clip_half;      /* saturates at 65504 */
fault_apply fault_flush;          /* half's subnormal numbers become 0; `how` 1, to tell it from rounding */
fault_apply fault_affine;         /* each channel (axis `how`) gets a factor and an offset of its own */
fault_apply fault_bias_lost;      /* the operator's bias is not added */
fault_apply fault_accumulator_16; /* sums kept in 16 bits of `amount` times the needed range: they wrap */

/* ---- places (faults_layout.c); axes count from 0, negative ones from the end ---- */

fault_apply fault_reverse; /* axis `how` backwards */
fault_apply fault_rotate;  /* axis `how` by `amount` places, around the end */
fault_apply
    fault_permute; /* axis `how` in a random order, which isn't the reverse; or `amount` pairs exchanged */
fault_apply fault_shift;     /* axis `how` by `amount` places; zeros come in */
fault_apply fault_as_last;   /* axis `how` moved to the end, shape as before: CHW holds the bytes of HWC */
fault_apply fault_as_first;  /* the last axis moved to `how`, shape as before: HWC holds the bytes of CHW */
fault_apply fault_transpose; /* the last two axes exchanged, in the shape as well */
fault_apply fault_to_last;   /* axis `how` moved to the end, in the shape as well */
fault_apply fault_crop;      /* axis `how`: `amount` places dropped, half of them at the beginning */

/* ---- contents (faults_content.c) ---- */

fault_apply fault_zero;
fault_apply fault_constant;  /* one value: `amount`, or with `how` 1 its own first value */
fault_apply fault_stale;     /* another tensor's values, `other` or the operator's own input */
fault_apply fault_unwritten; /* a part `amount` of it is: how 0 zero at the end, 1 zero rows, 2 another
                                buffer's values at the end, 3 NaN at the end, 4 one constant at the end */
fault_apply fault_inputs;    /* an image prepared otherwise: `how` is an enum preparation */
enum preparation {
    PREPARED_RAW,
    PREPARED_255,
    PREPARED_TWICE,
    PREPARED_NO_255,
    PREPARED_HALVES,
    PREPARED_CAFFE,
    PREPARED_255_TWICE,
    PREPARED_CLIP /* with the constants of CLIP */
};

/* ---- outputs (faults_outputs.c) ---- */

fault_apply fault_class_map; /* ids by another table: how 0 a random one, 1 COCO's 80 as its 91, 2 one up,
                                3 the two most frequent exchanged */
fault_apply fault_boxes;     /* x and y each scaled and moved: how 0 letterbox not undone, 1 undone twice,
                                2 in parts of the image instead of pixels */
fault_apply fault_reorder; /* rows (axis `how`) in another order: all of them, or neighbours with probability
                              `amount` */

/* ---- tables and rows (faults_tables.c) ---- */

fault_apply fault_class_column; /* the last column of rows: ids by another table; `how` as fault_class_map */
fault_apply fault_other_ids;    /* a share `amount` of whole numbers are others, at random */
fault_apply fault_boxes_turned; /* the first four columns as y, x, y, x */
fault_apply fault_scores;       /* columns from the fifth on: how 0 as logits (no sigmoid), 1 all zero */
fault_apply fault_drop_row;     /* row `how` of the first of two axes is missing; the shape says so */
fault_apply fault_lose_row;     /* along axis `how`, one place holds a copy of another one */
fault_apply fault_nan_rows;     /* a share `amount` of the rows is NaN */
fault_apply fault_block_order;  /* blocks of DepthToSpace in the other order */
fault_apply fault_concat_swapped; /* the second input first */
fault_apply fault_channel_zero;   /* one place along axis `how` is zero */
fault_apply fault_low_mask;       /* -1e9 of a mask becomes half's lowest number: no fault */
fault_apply fault_noise;          /* what is above -1e8 is off by `amount` times its size, at random */

/* ---- operators (faults_operators.c): something else is computed ---- */

fault_apply fault_relu;               /* of the input, for whatever it was */
fault_apply fault_leaky;              /* relu with slope `amount` */
fault_apply fault_silu;               /* for gelu */
fault_apply fault_softmax_columns;    /* over the last axis but one */
fault_apply fault_transposed_weights; /* of a square linear */
fault_apply fault_sample_late;        /* a strided convolution that takes each window one place later */
fault_apply fault_epsilon;            /* layer norm with `amount` for epsilon */
fault_apply fault_align_corners;      /* bilinear upsampling by the corners */
fault_apply fault_max_for_mean;       /* pooling */
fault_apply fault_tanh_sigmoid;       /* hard sigmoid max(0, min(1, x / 6 + 1/2)) */
fault_apply fault_inner_half;         /* sums of squares or of values kept in half; how: enum inner */
enum inner { INNER_NORM, INNER_MEAN, INNER_LENGTH };

/* ---- values (faults_values.c) ---- */

fault_apply
    fault_wrap; /* codes of `how` bits (negative: unsigned) that wrap; their range is `amount` of what is
                                needed */
fault_apply
    fault_clip_ends;     /* asymmetric uint8 with a range of `amount` times the one needed, at both ends */
fault_apply fault_signs; /* a part `amount` of the indices of axis `how` with the other sign */
fault_apply fault_magnitude; /* |x| */
fault_apply fault_padding;   /* a 3 x 3 convolution that pads with the edge (how 0), or with `amount` (1) */
fault_apply
    fault_sample; /* of a batch: how 0 one is 0, 1 two are exchanged, 2 one is there twice, 3 one is other
                                values, `amount` large */
fault_apply fault_mask;   /* of attention: how 0 the last `amount` keys, too; 1 each query's own key, too */
fault_apply fault_single; /* `amount` wrong values, spread over all */

/* ---- helpers ---- */

/* malloc'ed copy of the values; the program ends when memory is out. */
float *fault_copy(const struct demo_value *value);
/* Axis as 0 .. rank - 1, and the number of elements before and behind it. */
struct fault_axis {
    int axis;
    int64_t outer, size, inner;
};
struct fault_axis fault_axis(const struct demo_value *value, int axis);

#endif
