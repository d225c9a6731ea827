/* tensors: opening a pair in two steps, for those who want the headers even where one side fails. */
#ifndef MMTUI_PAIR_TENSORS_H
#define MMTUI_PAIR_TENSORS_H

#include "mmtui/pair.h"

/*
 * Open the files that the pair has. When one fails the other is opened all the same, so that its header can
 * be shown: -1, and has_src, has_dst say what is there. mm_pair_tensors_close in either case. No views yet; fit is
 * set. `readers` may be NULL, else two: src's, dst's.
 */
int mm_pair_tensors_load(struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                         const struct mm_schema *schema, struct mm_reader *readers, const atomic_bool *cancel,
                         bool *failed_dst, struct mm_err *err);
/* Make the views s and d of what was loaded, as fit says. Decoding packed values for that can be cancelled.
 */
int mm_pair_tensors_lay(struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                        const atomic_bool *cancel, bool *failed_dst, struct mm_err *err);
/* mm_pair_tensors_open that can be cancelled; failed_dst may be NULL. */
int mm_pair_tensors_open_until(struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                               const struct mm_schema *schema, const atomic_bool *cancel, bool *failed_dst,
                               struct mm_err *err);

/*
 * When a value of src (of dst, if failed_dst) could not be read: see mm_load_validate. 0: it can be read now,
 * and the views have been made again. -1: err says what is wrong.
 */
int mm_pair_tensors_validate(struct mm_pair_tensors *tensors, const struct mm_pair *pair,
                             const struct mm_schema *schema, const atomic_bool *cancel, bool *failed_dst,
                             struct mm_err *err);

#endif
