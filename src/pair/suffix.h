/* suffix: names of one side that all end alike. Private to pair. */
#ifndef MMTUI_PAIR_SUFFIX_H
#define MMTUI_PAIR_SUFFIX_H

#include "mmtui/base.h"

/*
 * How many characters all of these names have at their end that the others do not: without them at least half of the
 * smaller side, and two names, are the same on both. 0: there is no such suffix. `others` is sorted by strcmp.
 */
size_t suffix_find(const char *const *names, size_t count, const char *const *others, size_t other_count);

#endif
