/* bits: integers that are the bit patterns of floats. Private to compare. */
#ifndef MMTUI_COMPARE_BITS_H
#define MMTUI_COMPARE_BITS_H

#include "mmtui/compare.h"

/* Fill result->bits and what belongs to it, from some of the values of a pair that is measured. */
void bits_find(const struct mm_pair_tensors *tensors, struct mm_result *result);

#endif
