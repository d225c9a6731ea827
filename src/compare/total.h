/*
 * total: the sums over a whole tensor or pair of tensors.
 *
 * Up to MM_WHOLE elements are one piece. Larger ones are added up in pieces of MM_PIECE, merged in order,
 * whoever does them: so the digits do not depend on the number of threads. Where going to a place takes no
 * walk, pieces are given away (see loop.h); text and varints are read from one end to the other by one
 * worker.
 */
#ifndef MMTUI_COMPARE_TOTAL_H
#define MMTUI_COMPARE_TOTAL_H

#include "compare/parallel_for.h"
#include "compare/pass.h"

#define MM_PIECE ((int64_t)1 << 20) /* elements, a multiple of MM_TILE */
#define MM_WHOLE (4 * MM_PIECE)

/* Can it be read from any place on without a walk to it? */
bool mm_divisible(const struct mm_tensor *tensor);

/* One tensor (s == d) or two of equal count, and what goes with a pass over them. */
struct mm_work {
    const struct mm_tensor *s, *d;
    struct mm_limits limits;
    double factor;              /* multiplies every value before anything else: a power of two, mostly 1 */
    struct mm_pass pass;        /* cancel and names are set; failed_dst tells which side an error is about */
    struct mm_helpers *helpers; /* or NULL */
    const struct mm_map *map_s, *map_d; /* where the bytes are, if in a file; or NULL */
};

/* Elements [first, end) were read and are not needed soon: their bytes may leave this process's memory, where they lie
 * together in a map (NULL: they are in none). */
void mm_drop_read(const struct mm_map *map, const struct mm_tensor *tensor, int64_t first, int64_t end);

/* Both lanes: floats only where both sides fit and factor is 1. */
int mm_total_sums(struct mm_work *work, struct mm_sums *out, struct mm_err *err);
int mm_total_centred(struct mm_work *work, const struct mm_centre *centre, struct mm_centred *out,
                     struct mm_err *err);

#endif
