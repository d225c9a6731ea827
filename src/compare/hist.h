/* hist: histograms of a pair that is open. */
#ifndef MMTUI_COMPARE_HIST_H
#define MMTUI_COMPARE_HIST_H

#include "compare/parallel_for.h"
#include "pair/tensors.h"

/* As mm_pair_hist. Whether the files were there to the end (mm_pair_tensors_check) is for the caller to ask. */
int mm_pair_tensors_hist(const struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                         const struct mm_hist_options *options, struct mm_helpers *helpers,
                         const atomic_bool *cancel, struct mm_pair_hist *out, struct mm_err *err);

#endif
