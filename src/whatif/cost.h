/* whatif_cost: what rounding takes from values, without the other metrics. */
#ifndef MMTUI_WHATIF_COST_H
#define MMTUI_WHATIF_COST_H

#include "tensor/round.h"

/*
 * Add to *error the squares of what rounding takes from x[n], whose first element is element `base` of the tensor: NaN and
 * Inf make it what they are. scratch has room for n. Returns what mm_round_tile_float does.
 */
int64_t mm_cost_floats(const struct mm_rounder *rounder, const float *x, size_t n, int64_t base,
                       float *scratch, double *error);
int64_t mm_cost_doubles(const struct mm_rounder *rounder, const double *x, size_t n, int64_t base,
                        double *scratch, double *error);
/* The squares of x - y. */
double mm_error_doubles(const double *x, const double *y, size_t n);

#endif
