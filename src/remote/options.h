/* What mm_dump_open is told, as it is sent; and schemas, which a listing has, too. */
#ifndef REMOTE_OPTIONS_H
#define REMOTE_OPTIONS_H

#include "mmtui/dump.h"
#include "remote/fields.h"

void options_put(struct mm_buf *out, const struct mm_dump_options *options);
/* All that it points at is in the arena. */
void options_get(struct cache_reader *in, struct mm_arena *arena, struct mm_dump_options *options);

/* NULL, and the project's own, are told as such. */
void schema_put(struct mm_buf *out, const struct mm_schema *schema);
const struct mm_schema *schema_get(struct cache_reader *in, struct mm_arena *arena);

#endif
