/* hist_walk: counting the values of large tensors, by the worker that has them and others that help. */
#ifndef MMTUI_COMPARE_HIST_WALK_H
#define MMTUI_COMPARE_HIST_WALK_H

#include "compare/parallel_for.h"

/* Of finite values; +Inf, -Inf: none seen. */
struct mm_range {
    double low, high;
};

/* What is counted. Integers and extremes: in whatever order pieces are put together, the same comes out. */
struct mm_tally {
    struct mm_range range;
    struct mm_pair_hist hist;
};

/* What a walk looks at. One side: only s is set. */
struct mm_hist_walk {
    const struct mm_tensor *s, *d;
    const char *name_s, *name_d; /* of the files, for errors */
    struct mm_control control;
    bool *failed_dst; /* out, of a walk over both by one worker: which side can't be read */
};

/* Adds to the tally what all elements give; -1 and err where one can't be read, or when cancelled. */
typedef int (*mm_hist_walk_fn)(const struct mm_hist_walk *walk, struct mm_tally *tally, struct mm_err *err);

int mm_walk_range(const struct mm_hist_walk *walk, struct mm_tally *tally, struct mm_err *err);
int mm_walk_src(const struct mm_hist_walk *walk, struct mm_tally *tally, struct mm_err *err);
int mm_walk_dst(const struct mm_hist_walk *walk, struct mm_tally *tally, struct mm_err *err);
/* Both sides and the error. */
int mm_walk_both(const struct mm_hist_walk *walk, struct mm_tally *tally, struct mm_err *err);

#endif
