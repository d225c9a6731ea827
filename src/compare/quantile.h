/* quantile: quantiles of the error of a pair that is open. */
#ifndef MMTUI_COMPARE_QUANTILE_H
#define MMTUI_COMPARE_QUANTILE_H

#include "compare/parallel_for.h"
#include "mmtui/pair.h"

/* Of views that were laid over each other. Whether the files were there to the end is for the caller to ask.
 * helpers may be NULL. */
int mm_pair_tensors_quantiles(const struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                              struct mm_helpers *helpers, const atomic_bool *cancel, struct mm_quantiles *out,
                              bool *failed_dst, struct mm_err *err);

#endif
