/* stretch: can the whole error lie in one stretch of a tensor? A glance at a sample, before all is looked at.
 * Private to triage. */
#ifndef MMTUI_CAUSE_STRETCH_H
#define MMTUI_CAUSE_STRETCH_H

#include "cause/cause.h"

#define STRETCH_SHARE 0.9 /* of the error's energy that must lie in it */
#define STRETCH_OUTSIDE                                                                                      \
    0.3 /* the rest's error against what was observed, and against its own signal, at most */
#define STRETCH_RIGHT 0.1 /* share of the signal that must be in the rest */
#define STRETCH_GARBAGE                                                                                      \
    0.7 /* relative error of what has nothing of s in it: 1 for zeros, 1.4 for other values */

/* What may be. */
struct stretch {
    bool run;  /* of one value in memory */
    bool part; /* in memory or along some axis, as far off as it is large */
};
/*
 * From 256 positions, or 1024 where these do not tell: false is said only where the shares above are missed by far, on a sample that has the
 * tensor's error and signal within a factor of 2. Both true where that is not so, and of small tensors.
 */
struct stretch stretch_glance(const struct trial *trial);

#endif
