/* whatif_search: which part of a range is worth having, found from a histogram. */
#ifndef MMTUI_WHATIF_SEARCH_H
#define MMTUI_WHATIF_SEARCH_H

#include "mmtui/whatif.h"

#define MM_SHARES 128 /* candidates: 1/128 .. 128/128 of the range */

/*
 * Counts of x over [-greatest, greatest] in 2 half equal bins: bin half + k has what lies in [k, k + 1) times
 * greatest / half, bin half - 1 - k the same of -x. Without exact zeros, which every grid here has and no
 * range makes worse. half is a multiple of MM_SHARES.
 */
struct mm_range_hist {
    double greatest; /* > 0 */
    size_t half;
    const uint64_t *count; /* [2 half] */
};

/* The values that integers can have: (lowest - zero .. highest - zero) times scale. */
struct mm_quant {
    double scale, zero;
    double low, high; /* lowest - zero, highest - zero */
};
/* Of a format for the range [low, high], low <= 0 <= high; symmetric: low = -high. An empty range, or one
 * beyond what doubles can divide, has scale 1. */
void mm_quant_of(enum mm_dtype dtype, bool asymmetric, double low, double high, struct mm_quant *out);

/* How many of MM_SHARES shares of [low, high] give the least mean square error. 1 .. MM_SHARES. */
int mm_search_mse(const struct mm_range_hist *hist, enum mm_dtype dtype, bool asymmetric, double low,
                  double high);
/* How many of MM_SHARES shares of hist->greatest keep the most of the distribution of |x| when it is told by
 * `levels` numbers. 1 .. MM_SHARES. */
int mm_search_kl(const struct mm_range_hist *hist, size_t levels);

#endif
