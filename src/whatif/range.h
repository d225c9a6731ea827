/* whatif_range: what must be known of a tensor, or of each of its channels, to choose an integer's range. */
#ifndef MMTUI_WHATIF_RANGE_H
#define MMTUI_WHATIF_RANGE_H

#include "tensor/round.h"
#include "whatif/search.h"
#include "whatif/tails.h"

/* Channels that have a histogram each: what fits into 64 MiB with the fewest bins that a search makes sense
 * with. */
#define MM_SEARCH_CHANNELS_MAX 32768

/* The finite values of each channel, looked at in one pass (extremes, tails) or two (histograms). */
struct mm_ranges {
    bool used, wants_tails, wants_hist; /* these and lay: set before init */
    struct mm_lay lay;
    double *low, *high; /* [channels]: +Inf, -Inf where nothing is finite. mm_extremes_tile_... fills them */
    size_t dropped;     /* how many the 99.99th percentile may leave out at most; 0: no tails are kept */
    struct mm_tail *greatest, *least; /* [channels] of dropped + 1 values; least: with the sign changed */
    double *tail_memory;
    int64_t *finite; /* [channels], with tails */
    size_t half;     /* bins of a sign */
    uint64_t *count; /* [channels][2 half], as in struct mm_range_hist */
};

/* count: elements of the tensor, more than 0. */
int mm_ranges_init(struct mm_ranges *ranges, int64_t count, struct mm_err *err);
void mm_ranges_done(struct mm_ranges *ranges);
/* First pass: tails, where they are kept. */
void mm_ranges_see(struct mm_ranges *ranges, const double *x, size_t n, int64_t base);
void mm_ranges_see_floats(struct mm_ranges *ranges, const float *x, size_t n, int64_t base);
void mm_ranges_seen(struct mm_ranges *ranges);
/* Second pass. */
void mm_ranges_count(struct mm_ranges *ranges, const double *x, size_t n, int64_t base);
/* The integers of one channel. all_zero: nothing finite but zeros is in it: scale 1. */
void mm_ranges_choose(const struct mm_ranges *ranges, const struct mm_whatif_setting *setting,
                      int64_t channel, struct mm_quant *out, bool *all_zero);

#endif
