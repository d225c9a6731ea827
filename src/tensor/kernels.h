/* kernels: the tables of measuring kernels, one a source file. */
#ifndef MMTUI_TENSOR_KERNELS_H
#define MMTUI_TENSOR_KERNELS_H

#include "mmtui/tensor.h"

/* Runs everywhere and defines the meaning of every other table. */
extern const struct mm_kernels mm_kernels_scalar;

/*
 * Bin of x, low <= x <= high, is floor((x f - low f) * scale), at most bins - 1. f is 1 but where high - low
 * would overflow (1/2) or is so small that bins / (high - low) would (2^512): powers of two, so exact.
 */
struct mm_hist_map {
    double f, low, scale;
};
void mm_hist_map_init(struct mm_hist_map *map, const struct mm_hist *hist);

#endif
