/* suffix: names of one side that all end alike. Private to pair. */
#ifndef MMTUI_PAIR_SUFFIX_H
#define MMTUI_PAIR_SUFFIX_H

#include "pair/side.h"

/*
 * How many characters all of these names have at their end that the others do not: without them at least half of the
 * smaller side, and two names, are the same on both. 0: there is no such suffix. `others` is sorted by strcmp.
 */
size_t suffix_find(const char *const *names, size_t count, const char *const *others, size_t other_count);
/* Nothing is paired yet: pair without such a suffix of one side, which is cut off the names, and note it. -1: memory. */
int suffix_join(struct side *src, struct side *dst, struct mm_pairs *pairs);

#endif
