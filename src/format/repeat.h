/* A repeated field that is not packed: the same tag again and again, a value behind each. */
#ifndef MMTUI_FORMAT_REPEAT_H
#define MMTUI_FORMAT_REPEAT_H

#include "base/wire.h"

#define MM_REPEAT_MAX   (MM_WIRE_VARINT_MAX + 8) /* bytes of a tag and a fixed-width value */
#define MM_REPEAT_GROUP 16                       /* fields that are compared at once */

/* What the bytes of a group of fields must be: byte ^ want, where mask is set. 16 fields are always whole
 * vectors of 16 bytes. */
typedef uint8_t mm_repeat_bytes __attribute__((vector_size(16)));
struct mm_repeat {
    size_t step; /* bytes of a field */
    mm_repeat_bytes mask[MM_REPEAT_MAX], want[MM_REPEAT_MAX];
};

/* `tag` has 1 to MM_WIRE_VARINT_MAX bytes; the value has `fixed` bytes, 4 or 8, or is a varint of one byte
 * (0). */
void mm_repeat_init(struct mm_repeat *repeat, const uint8_t *tag, size_t tag_size, size_t fixed);

/* How many such fields follow one another from p on: whole groups only, so there may be a few more. */
size_t mm_repeat_count(const struct mm_repeat *repeat, const uint8_t *p, const uint8_t *end);

#endif
