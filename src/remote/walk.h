/* walk: a tensor's elements as they are sent, piece by piece. */
#ifndef REMOTE_WALK_H
#define REMOTE_WALK_H

#include "remote/head.h"

/* At most CHUNK_MOST bytes (chunk.h), whole elements. -1 ends the walk, with err. */
typedef int (*walk_sink)(void *context, const uint8_t *bytes, size_t size, struct mm_err *err);

/* Of an open load, in the form that head_of_load told. -1 with err also when it could not be read to its end, or became
 * another file meanwhile. *cancel (may be NULL) stops it. */
int walk_load(struct mm_load *load, const struct mm_schema *schema, const atomic_bool *cancel, walk_sink sink,
              void *context, struct mm_err *err);

#endif
