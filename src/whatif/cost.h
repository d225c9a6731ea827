/* whatif_cost: what rounding takes from values, without the other metrics. */
#ifndef MMTUI_WHATIF_COST_H
#define MMTUI_WHATIF_COST_H

#include <stddef.h>

/* Add to *square the squares of x[n], to *error those of x - rounded: NaN and Inf make them what they are. */
void mm_cost_floats(const float *x, const float *rounded, size_t n, double *square, double *error);
/* The same of doubles. */
void mm_cost_doubles(const double *x, const double *rounded, size_t n, double *square, double *error);

#endif
