/* integers: tensors of class ids, shapes, indices, truths, which are data and not a quantised float. Private to
 * cause. */
#ifndef MMTUI_CAUSE_INTEGERS_H
#define MMTUI_CAUSE_INTEGERS_H

#include "cause/cause.h"

/* Both sides hold an integer dtype, or the operator makes nothing else. Headers alone tell; raw codes of a quantised
 * float stand against a float on the other side. */
bool integers_are_data(const struct mm_result *result, const char *op_type);

/* Are all values of both sides whole numbers that a float holds exactly: ids, counts, masks, pixels? Not of fewer
 * than 16, nor where dst alone lies on a grid of steps above 1: that was rounded. */
bool integers_in_floats(const double *s, const double *d, int64_t count);

#define SCORE_COUNTED 0.55 /* of what is counted and not explained */

#endif
