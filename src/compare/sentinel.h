/* sentinel: masked positions of a pair. Private to compare. */
#ifndef MMTUI_COMPARE_SENTINEL_H
#define MMTUI_COMPARE_SENTINEL_H

#include "mmtui/compare.h"

/* By the statistics: may huge negative values carry the energy of both sides? */
bool sentinels_possible(const struct mm_metrics *metrics);
/* Fills result->rest and result->masked of a measured pair, where both sides hold sentinels; nothing else. -1 with
 * an error of reading, memory or cancelling. */
int sentinels_measure(const struct mm_pair_tensors *tensors, const struct mm_measure_options *options,
                      const atomic_bool *cancel, struct mm_result *result, bool *failed_dst,
                      struct mm_err *err);

#endif
