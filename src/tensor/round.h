/* whatif_round: rounding tiles of values to a number format and back. */
#ifndef MMTUI_TENSOR_ROUND_H
#define MMTUI_TENSOR_ROUND_H

#include "mmtui/tensor.h"

/* Is it one of the integer formats that can be asked for? Of the float formats? */
bool mm_round_integer(enum mm_dtype dtype);
bool mm_round_float(enum mm_dtype dtype);

/* How the elements of a channel lie in row-major order: `inner` together, then as many of the next one. */
struct mm_lay {
    int64_t channels, inner; /* 1 or more each */
};

/* A stretch of one channel. */
struct mm_walk {
    struct mm_lay lay;
    int64_t channel, in_row; /* of the next element */
};
void mm_walk_start(struct mm_walk *walk, const struct mm_lay *lay, int64_t base);
/* The length of what comes next of channel *channel, at most n; n > 0. */
size_t mm_walk_next(struct mm_walk *walk, size_t n, int64_t *channel);

/*
 * What is done to a tile. Integers: x / scale is rounded to the nearest whole number (ties to even), clipped
 * to [low, low + span], and multiplied by scale again: low = lowest - zero point. scale and low have an entry
 * a channel, floats in lane F and doubles in lane D.
 */
struct mm_rounder {
    enum mm_dtype dtype;
    struct mm_lay lay;
    double span;
    void *scale, *low; /* owned by whoever made it; NULL for float formats */
};

/*
 * out[n] from x[n], whose first element is element `base` of the tensor. NaN and Inf stay. Returns how many
 * finite values were clipped (integers; what overflows in a float format is Inf or NaN in out).
 */
int64_t mm_round_tile_float(const struct mm_rounder *rounder, const float *x, float *out, size_t n,
                            int64_t base);
int64_t mm_round_tile_double(const struct mm_rounder *rounder, const double *x, double *out, size_t n,
                             int64_t base);

/* Where runtimes differ: bits. None: as mm_round_tile, which is how ONNX's QuantizeLinear and NumPy round. */
enum mm_round_way {
    MM_ROUND_AWAY = 1, /* integers: halves away from zero, as C's round() and TensorFlow Lite's reference */
    MM_ROUND_RECIPROCAL = 2, /* integers: x times 1 / scale, a float, instead of x / scale, as PyTorch */
    MM_ROUND_SATURATE =
        4 /* floats: what is beyond the greatest becomes it, Inf too, as ONNX's Cast to float8 */
};
/*
 * out[n] from x[n] as a runtime stores it, n of any size: integers clip Inf as well (mm_round_tile keeps it). NaN stays.
 * `ways`: of enum mm_round_way.
 */
void mm_round_ways_float(const struct mm_rounder *rounder, unsigned ways, const float *x, float *out,
                         size_t n);

/* Elements that share a scale, 32 or 16; 0 for MM_BLOCKS_NONE. Is it one of the blocks' types of elements? */
size_t mm_block_size(enum mm_blocks blocks);
bool mm_round_block(enum mm_blocks blocks, enum mm_dtype dtype);
/* The float32 scale of a whole tensor in NVFP4, greatest / (6 * 448); 1 where that is 0. greatest: of its finite |x|. */
float mm_nvfp4_tensor_scale(double greatest);

/* What is done to a tile in blocks. */
struct mm_block_rounder {
    enum mm_blocks blocks;
    enum mm_dtype dtype;
    int64_t row;        /* length of the last axis, 1 or more: no block goes beyond */
    float tensor_scale; /* NVFP4 */
    double low, high;   /* of the scales so far, of blocks that are not all zero; +Inf, -Inf to begin with */
};
/*
 * As mm_round_tile, of elements that begin a block and end one. What saturates is counted, and nothing becomes Inf or NaN.
 * NaN and Inf stay and have no say in the scale.
 */
int64_t mm_round_blocks_float(struct mm_block_rounder *rounder, const float *x, float *out, size_t n,
                              int64_t base);
int64_t mm_round_blocks_double(struct mm_block_rounder *rounder, const double *x, double *out, size_t n,
                               int64_t base);

/* Widen [low[c], high[c]] by the finite values of channel c that are in x[n], for all c. */
void mm_extremes_tile_float(const struct mm_lay *lay, const float *x, size_t n, int64_t base, double *low,
                            double *high);
void mm_extremes_tile_double(const struct mm_lay *lay, const double *x, size_t n, int64_t base, double *low,
                             double *high);

#endif
