/* What the messages are made of besides numbers: texts that may be missing, shapes, axes. */
#ifndef REMOTE_FIELDS_H
#define REMOTE_FIELDS_H

#include "compare/cache.h"
#include "mmtui/format.h"

/* NULL is another text than "". */
void field_put_text(struct mm_buf *out, const char *text);
/* In the arena; NULL: it was NULL, or the reader is bad (a NUL in it; memory). */
const char *field_get_text(struct cache_reader *in, struct mm_arena *arena);
void field_put_shape(struct mm_buf *out, const struct mm_shape *shape);
/* A shape whose elements can be counted, else the reader is bad. */
void field_get_shape(struct cache_reader *in, struct mm_shape *shape);
void field_put_axis(struct mm_buf *out, const struct mm_axis *axis);
/* One that the names of files can carry, else the reader is bad. */
void field_get_axis(struct cache_reader *in, struct mm_axis *axis);
void field_put_scales(struct mm_buf *out, const struct mm_scales *scales);
/* In the arena. */
void field_get_scales(struct cache_reader *in, struct mm_arena *arena, struct mm_scales *scales);
/* A value below `end`, else the reader is bad and it is 0. */
unsigned field_get_below(struct cache_reader *in, unsigned end);
bool field_get_flag(struct cache_reader *in);
/* How many things of at least `least` bytes each follow; more than there can be make the reader bad. */
size_t field_get_count(struct cache_reader *in, size_t least);

#endif
