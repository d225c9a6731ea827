/*
 * packed: the bytes of a compressed member, by its size:
 *
 *   - up to PACKED_SMALL they are unpacked at once, into memory that is used again for the next;
 *   - up to PACKED_WHOLE they are unpacked into memory when a value is asked for, so that reading many headers
 *     costs little;
 *   - beyond, they are unpacked piece by piece into a window as they are read, in order, and for a second pass once
 *     more; as soon as something else is read out of order, once, into a temporary file, which is mapped. Either
 *     way the memory is bounded.
 */
#ifndef FORMAT_PACKED_H
#define FORMAT_PACKED_H

#include "format/zip.h"
#include "mmtui/format.h"

#define PACKED_SMALL  ((size_t)64 << 10)
#define PACKED_WHOLE  ((size_t)32 << 20)
#define PACKED_WINDOW ((size_t)512 << 10)
#define PACKED_HEAD   PACKED_SMALL /* a header may be as long as this */
/* So much before what was asked for last is kept in the window: a writer reads a tile again. */
#define PACKED_KEPT ((size_t)64 << 10)

struct mm_packed;

/*
 * Of a member whose packed bytes are at `packed`, in load->map. Small: load->bytes is all of it. Else load->bytes is
 * its first load->have bytes (at least `head` of them), and load->supply
 * gives the rest. mm_packed_close with the load.
 */
int mm_packed_open(struct mm_load *load, const struct zip_member *member, const uint8_t *packed, size_t head,
                   struct mm_err *err);
/* More of the beginning, as for `head`. */
int mm_packed_need(struct mm_load *load, size_t head, struct mm_err *err);
/* When all was read: -1 if bytes could not be had, or those behind what was read are not right. */
int mm_packed_check(struct mm_load *load, struct mm_err *err);
void mm_packed_close(struct mm_load *load);

#endif
