/* pass: walking over two tensors (or one) tile by tile, with what can go wrong on the way. */
#ifndef MMTUI_COMPARE_PASS_H
#define MMTUI_COMPARE_PASS_H

#include "mmtui/compare.h"

struct mm_pass {
    struct mm_cursor s, d;
    bool single;                 /* d is s: read once */
    bool lane_f;                 /* both are exact in floats */
    const atomic_bool *cancel;   /* may be NULL */
    const char *name_s, *name_d; /* for error texts */
    bool failed_dst;             /* which side the error is about */
    int64_t base;                /* index of the next tile's first element */
    int64_t end;                 /* stop before this element: a tile's start, or the count */
};

/* Start over views of equal count, s and d (the same pointer for one tensor alone). Names and cancel stay. */
void mm_pass_start(struct mm_pass *pass, const struct mm_tensor *s, const struct mm_tensor *d);
/* Restrict to [first, end), first a multiple of MM_BLOCK. Going there is a walk for what is not RAW. */
void mm_pass_range(struct mm_pass *pass, int64_t first, int64_t end);

/* Where a tile's values are: in the files themselves, or in its own memory. For a single tensor d is s. */
struct mm_tile_float {
    const float *s, *d;
    float memory_s[MM_TILE], memory_d[MM_TILE];
};

/*
 * The next tile; *n elements (0: at `end`). _double: for a single tensor d is not filled. -1: a value that
 * can't be read (MM_ECORRUPT) or cancelled (MM_ECANCELLED). pass->base is then the index behind the tile.
 */
int mm_pass_float(struct mm_pass *pass, struct mm_tile_float *tile, size_t *n, struct mm_err *err);
int mm_pass_double(struct mm_pass *pass, double s[MM_TILE], double d[MM_TILE], size_t *n, struct mm_err *err);

#endif
