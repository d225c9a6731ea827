/* statistics: what a dump that kept no values would say of a tensor. Private to pair. */
#ifndef MMTUI_PAIR_STATISTICS_H
#define MMTUI_PAIR_STATISTICS_H

#include "mmtui/format.h"

/*
 * Those that `like` has, of all values of the tensor, into figure[like->count]: "Max", "Min", "Mean", "Norm" (root of the sum
 * of squares), "RMS"; others are NaN. A NaN in the tensor makes all of them NaN, an Inf what adding it up gives. The tensor is
 * not empty. -1 with MM_ECORRUPT where a value can't be read, or MM_ECANCELLED.
 */
int statistics_of(const struct mm_tensor *tensor, const struct mm_statistics *like, const atomic_bool *cancel,
                  double *figure, struct mm_err *err);

#endif
