/* result: what measuring a pair gave, as it is sent back. Figures are their eight bytes: nothing is rounded. */
#ifndef REMOTE_RESULT_H
#define REMOTE_RESULT_H

#include "mmtui/compare.h"
#include "remote/fields.h"

/* Of a pair that could not be measured: FAILED; of one that was cancelled: PENDING. */
void result_fail(struct mm_result *result, const struct mm_err *err, bool failed_dst);
void result_put(struct mm_buf *out, const struct mm_pair *pair, const struct mm_result *result);
/* Of this pair, whose entries have the same labels here. -1: it is none, and *result is zeroed. */
int result_get(const uint8_t *bytes, size_t size, const struct mm_pair *pair, struct mm_result *result,
               struct mm_err *err);

#endif
