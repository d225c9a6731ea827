/* kernels: the tables of measuring kernels, one a source file. */
#ifndef MMTUI_TENSOR_KERNELS_H
#define MMTUI_TENSOR_KERNELS_H

#include "mmtui/tensor.h"

#include <float.h>
#include <math.h>

struct mm_decoders;
struct mm_rounders;

/* The scalar table runs everywhere and defines the meaning of every other one. */
extern const struct mm_kernels mm_kernels_scalar;
extern const struct mm_decoders mm_decoders_scalar;
extern const struct mm_rounders mm_rounders_scalar;
#if defined(__x86_64__)
extern const struct mm_kernels mm_kernels_sse2, mm_kernels_avx2, mm_kernels_avx512;
extern const struct mm_decoders mm_decoders_sse2, mm_decoders_avx2, mm_decoders_avx512;
extern const struct mm_rounders mm_rounders_sse2, mm_rounders_avx2, mm_rounders_avx512;
#elif defined(__aarch64__)
extern const struct mm_kernels mm_kernels_neon;
extern const struct mm_decoders mm_decoders_neon;
extern const struct mm_rounders mm_rounders_neon;
#endif

/*
 * A block's derived sums from the others. False where that would cost more than a few digits (2 bits of Σ d²,
 * 8 of Σ s d), or where a sum has left the range of a double: then they have to be added up. In the order of
 * these operations every table is the same.
 */
static inline bool mm_derive_sums(double value[MM_SUM_COUNT])
{
    double ss = value[MM_SUM_SS], sd = ss - value[MM_SUM_SE], dd = (sd - value[MM_SUM_SE]) + value[MM_SUM_EE];

    value[MM_SUM_D] = value[MM_SUM_S] - value[MM_SUM_E];
    value[MM_SUM_SD] = sd;
    value[MM_SUM_DD] = dd;
    return dd >= ss / 4 && fabs(sd) >= ss / 256 && dd <= DBL_MAX;
}

/* An instruction set: its kernels, its conversions and its rounding. */
struct mm_isa {
    const struct mm_kernels *kernels;
    const struct mm_decoders *decoders;
    const struct mm_rounders *rounders;
    bool (*runs_here)(void);
};

/* All of this machine's family, from the plainest to the best, whether this very machine runs them or not. */
const struct mm_isa *mm_isa_list(size_t *count);

/*
 * Bin of x, low <= x <= high, is floor((x f - low f) * scale), at most bins - 1. f is 1 but where high - low
 * would overflow (1/2) or is so small that bins / (high - low) would (2^512): powers of two, so exact.
 */
struct mm_hist_map {
    double f, low, scale;
};
void mm_hist_map_init(struct mm_hist_map *map, const struct mm_hist *hist);

#endif
