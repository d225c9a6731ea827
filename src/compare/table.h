/* table: tensors whose columns mean different things. Private to compare. */
#ifndef MMTUI_COMPARE_TABLE_H
#define MMTUI_COMPARE_TABLE_H

#include "mmtui/compare.h"

/* By header and statistics: is it worth reading the values again? Never for what is large, equal or a feature map. */
bool table_possible(const struct mm_result *result, const struct mm_shape *shape);
/* Fills result->table of a measured pair where its columns mean different things and one is off. -1 with an error of
 * reading, memory or cancelling. */
int table_measure(const struct mm_pair_tensors *tensors, const atomic_bool *cancel, struct mm_result *result,
                  bool *failed_dst, struct mm_err *err);

#endif
