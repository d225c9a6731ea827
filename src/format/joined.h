/*
 * joined: one tensor out of several that hold a part of it each, one behind the other along an axis: what the ranks of a
 * tensor-parallel run have dumped. Opening reads the parts' headers; their values are put together when the first one is
 * asked for, in memory as large as the tensor.
 */
#ifndef MMTUI_FORMAT_JOINED_H
#define MMTUI_FORMAT_JOINED_H

#include "mmtui/format.h"

struct mm_joined_load;

/*
 * Open all parts of load->entry->joined, and fill load->tensor and what the first part's header says. MM_EUNSUPPORTED: shapes or
 * number formats of parts do not go together, the text has both; load->joined is then to be closed all the same. Parts
 * that are all alike and do not have the axis are taken for copies: the tensor is the first part.
 */
int mm_joined_open(struct mm_load *load, const struct mm_schema *schema, struct mm_err *err);
/* -1: values of a part could not be had, or are not to be trusted (mm_load_check). */
int mm_joined_check(struct mm_load *load, struct mm_err *err);
/* NULL is fine. */
void mm_joined_close(struct mm_joined_load *joined);

#endif
