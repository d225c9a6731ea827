/* head: the first values of a tensor as one number. Private to compare. */
#ifndef MMTUI_COMPARE_HEAD_H
#define MMTUI_COMPARE_HEAD_H

#include "mmtui/compare.h"

/* A hash of the first MM_HEAD values: the same for values that are equal or both NaN. 0: there are fewer, or they can't
 * be read. */
uint64_t head_of(const struct mm_tensor *tensor);

#endif
