/* tensors: the steps of reading a pair, for mm_pair_read. */
#ifndef MMTUI_PAIR_TENSORS_H
#define MMTUI_PAIR_TENSORS_H

#include "mmtui/pair.h"

/*
 * Open the files that the pair has. When one fails the other is opened all the same, so that its header can
 * be shown: -1, and has_src, has_dst say what is there. mm_pair_tensors_close in either case. No views yet; match is
 * set. `readers` may be NULL, else two: src's, dst's.
 */
int mm_pair_tensors_load(struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                         const struct mm_schema *schema, struct mm_reader *readers, const atomic_bool *cancel,
                         bool *failed_dst, struct mm_err *err);
/*
 * Make the views s and d of what was loaded, as match says, in place of those made before; src_only: no d. Decoding
 * packed values for that can be cancelled.
 */
int mm_pair_tensors_lay(struct mm_pair_tensors *tensors, const struct mm_pair *pair, bool src_only,
                        const atomic_bool *cancel, bool *failed_dst, struct mm_err *err);
/* Once more does no harm. */
void mm_pair_tensors_close(struct mm_pair_tensors *tensors);

#endif
