/* Where an element stands, as people read it: by the indices of the shape that it was measured in. */
#ifndef MMTUI_VIEWS_PLACE_H
#define MMTUI_VIEWS_PLACE_H

#include "mmtui/session.h"

/* The shape in which the element numbers of a side count. Both sides were measured in one element order: where an @axis
 * was undone, it is the other side's. NULL: neither file has that shape. */
const struct mm_shape *place_shape(const struct mm_result *result, bool dst);
/* "[0,2,11,5]" appended, or the plain element number where there is no shape. */
void place_text(const struct mm_shape *shape, int64_t at, struct mm_buf *out);

#endif
