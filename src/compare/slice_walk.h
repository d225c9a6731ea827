/*
 * slice_walk: the values of a slice of a pair, in row-major order, tile by tile.
 *
 * Where any place can be gone to at once, only what is near the slice is read; elsewhere (text, what is unpacked on the
 * way) all that lies before its end. What can be put together in any order is shared out to other workers.
 */
#ifndef MMTUI_COMPARE_SLICE_WALK_H
#define MMTUI_COMPARE_SLICE_WALK_H

#include "mmtui/compare.h"

struct mm_slice_fold {
    /* Elements at, at + 1, ... of the tensor, n of them. Of one side alone s and d are the same. */
    void (*doubles)(void *state, int64_t at, const double *s, const double *d, size_t n);
    /* The same where both sides are exact in floats; NULL: doubles there, too. */
    void (*floats)(void *state, int64_t at, const float *s, const float *d, size_t n);
    /* An empty state for a part (NULL: no memory), what it found put to the whole, its end. NULL: the order matters, one
     * worker does it all. */
    void *(*begin)(const void *whole);
    void (*join)(void *whole, void *part);
    void (*drop)(void *part);
};

struct mm_slice_walk {
    const struct mm_tensor *s, *d;      /* of equal shape; the same for one side alone */
    const char *name_s, *name_d;        /* for error texts */
    const struct mm_map *map_s, *map_d; /* where the bytes are, if in a file; or NULL */
    const struct mm_slice *slice;
    const struct mm_slice_fold *fold;
    struct mm_control control;
};

/* *failed_dst: which side err is about. */
int mm_slice_walk(const struct mm_slice_walk *walk, void *state, bool *failed_dst, struct mm_err *err);

/* A walk over an open pair: -1 with MM_EARG where shapes differ. */
int mm_slice_walk_of(const struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                     struct mm_slice_walk *walk, struct mm_err *err);

#endif
