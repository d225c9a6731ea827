/* hist: histograms of a pair that is open. */
#ifndef MMTUI_COMPARE_HIST_H
#define MMTUI_COMPARE_HIST_H

#include "compare/parallel_for.h"
#include "mmtui/pair.h"

/* As mm_pair_hist, of a pair that mm_pair_read has open. *failed_dst: which side a value that can't be read is of. */
int mm_pair_tensors_hist(const struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                         const struct mm_hist_options *options, const struct mm_control *control,
                         struct mm_pair_hist *out, bool *failed_dst, struct mm_err *err);

#endif
