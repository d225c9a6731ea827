/* held: does a buffer begin with the values of a tensor of another size? Private to cause. */
#ifndef MMTUI_CAUSE_HELD_H
#define MMTUI_CAUSE_HELD_H

#include "mmtui/cause.h"

/*
 * s, d: [count] values of the layer. Opens the others of the analysis one after the other until dst's first values of one
 * are those of d, all of the smaller one, while in src they differ by more than half of the layer's error. False: none,
 * or stopped.
 */
bool held_find(const struct mm_analysis *analysis, const double *s, const double *d, int64_t count,
               const atomic_bool *cancel, struct mm_finding *out);

#endif
