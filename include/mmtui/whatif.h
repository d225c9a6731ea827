/*
 * whatif: the reference rounded to other number formats - the least error that a format must cost.
 */
#ifndef MMTUI_WHATIF_H
#define MMTUI_WHATIF_H

#include "mmtui/compare.h"

/* ---- what if: the precision floor ---------------------------------------------------------------------- */

/*
 * How an integer format's range is chosen from the reference's finite values. Floats have no range.
 *
 * minmax   the least and the greatest value.
 * p99.99   the narrowest range that leaves out no more than floor(n / 10000) of the n values, or
 *          floor(n / 20000) at each end when the range is asymmetric. Exact. Below 10,000 values it is
 *          minmax; minmax, too, where nearly all values are zero.
 * mse, kl  a share of minmax, of the candidates 1/128 .. 128/128, found from 2048 bins of each sign (fewer
 *          above 2,048 channels) without the exact zeros.
 *          mse: the least mean square error, the values of a bin taken as spread evenly: the candidate's true
 *          error is within a per cent of the best one's.
 *          kl: entropy calibration of |x| (S. Migacz, "8-bit inference with TensorRT", GTC 2017), every 16th
 *          of its candidates; asymmetric: the same bound on both ends. int16 has more codes than there are
 *          bins: minmax.
 */
enum mm_range { MM_RANGE_MINMAX, MM_RANGE_P9999, MM_RANGE_MSE, MM_RANGE_KL, MM_RANGE_COUNT };
const char *mm_range_word(enum mm_range range); /* "minmax", "p99.99", "mse", "kl" */

struct mm_whatif_setting {
    enum mm_dtype dtype; /* F16 BF16 F8E4M3 F8E5M2, I16 I8 I4; the elements of blocks */
    enum mm_blocks
        blocks;       /* how elements share scales along the last axis; what is below says nothing then */
    bool per_channel; /* integers: a scale for each index of `axis` */
    int axis;         /* 0 .. rank-1 */
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
    double scale, zero_point; /* integers, per tensor: value = (q - zero_point) * scale; else NaN */
    double scale_low,
        scale_high; /* integers, blocks: least and greatest of the channels' or blocks' scales, of
                                     those that are not all zero; per tensor both = scale. Floats: NaN */
    double clipped; /* share of the finite values that overflow, or whose code lies beyond the range's or, of
                       a block, the elements' (it saturates); minmax clips nothing. 0 when nothing is finite */
};

/*
 * Round `reference` as each setting says: out[i] belongs to settings[i]. Rounding is to nearest even;
 * integers clip, floats overflow to Inf (e4m3: NaN) as hardware without saturation does, and those positions
 * are counted in clipped and left out of the metrics' sums as METRICS of mmtui-formats(5) has it. NaN and Inf of the
 * reference stay what they are. An all-zero channel or block, and an empty tensor, has scale 1. Blocks: enum mm_blocks. Where values fit into
 * floats the scale is one, and x / scale is divided in floats, as hardware does.
 *
 * Two passes over the tensor for whatever settings together (one without integers); a third for mse and kl,
 * another where the sums would lose digits. Memory: 32 KiB of histogram for the tensor, up to 64 MiB for
 * channels, a 5000th of the tensor for p99.99, 8 to 40 bytes a channel and setting.
 *
 * The limit of the idea: it models how the result is stored, not how the sums inside the operator are kept.
 * control may be NULL; nobody helps. -1 with MM_EARG (no such format, axis or range), MM_EUNSUPPORTED (mse or kl of more than 32,768 channels),
 * MM_ECANCELLED, MM_ENOMEM, or MM_ECORRUPT where a value can't be read (the text lacks the file's name).
 */
int mm_whatif_tensor(const struct mm_tensor *reference, const struct mm_whatif_setting *settings,
                     size_t count, const struct mm_control *control, struct mm_whatif *out,
                     struct mm_err *err);
/* The same in a third of the time, of metrics only count, finite, mse, rmse, diff2 and sqnr: the others are NaN.
 * Of a tensor with values that are not finite, or too small to be squared, it is the same. */
int mm_whatif_costs(const struct mm_tensor *reference, const struct mm_whatif_setting *settings, size_t count,
                    const struct mm_control *control, struct mm_whatif *out, struct mm_err *err);
#define MM_WHATIF_MAX 64
/* Has it a range to choose: is it an integer format without blocks? */
bool mm_whatif_has_range(const struct mm_whatif_setting *setting);
/*
 * The rows of the What if table for a tensor of this shape: every format; integers per tensor and, where axis
 * has several channels of several elements (and at most 32,768), per channel; symmetric and asymmetric; all
 * four ranges for I8, min-max for the others; MX blocks of every element type, NVFP4. Returns how many (at most MM_WHATIF_MAX). axis may be -1.
 */
size_t mm_whatif_usual(const struct mm_shape *shape, int axis, struct mm_whatif_setting out[MM_WHATIF_MAX]);
/* "int8 per channel (axis 1), symmetric, mse"; "f16"; "MXFP8 E4M3", "MXINT8", "NVFP4": appended. */
void mm_whatif_name(const struct mm_whatif_setting *setting, struct mm_buf *out);
/* Where channels usually lie: 1 for rank 3 and more, the last for rank 1 and 2; -1 for a scalar. */
int mm_channel_axis(const struct mm_shape *shape);

#endif
