/*
 * base64_supply: the bytes of a member that stands in its source as base64 text, by their number:
 *
 *   - up to BASE64_SMALL they are decoded at once, into memory that is used again for the next;
 *   - beyond, a window of them is decoded where they are asked for: any place costs the same, and the text that was read in
 *     order leaves memory;
 *   - a reader that wants all at once gets memory up to BASE64_WHOLE, beyond that a temporary file, which is mapped.
 */
#ifndef FORMAT_BASE64_SUPPLY_H
#define FORMAT_BASE64_SUPPLY_H

#include "mmtui/format.h"

#define BASE64_SMALL  ((size_t)64 << 10)
#define BASE64_WHOLE  ((size_t)8 << 20)
#define BASE64_WINDOW ((size_t)64 << 10)
#define BASE64_HEAD   BASE64_WINDOW /* a header may be as long as this */

struct mm_base64;

/*
 * Of a member whose `length` characters are at `text`, in load->map; load->entry is set. Small: load->bytes is all of it.
 * Else load->bytes is its first load->have bytes, and load->supply gives the rest. mm_base64_close with the load. -1:
 * MM_ECORRUPT, the text is no base64.
 */
int mm_base64_open(struct mm_load *load, const char *text, size_t length, struct mm_err *err);
/* When all was read: -1 if bytes could not be had. */
int mm_base64_check(const struct mm_load *load, struct mm_err *err);
void mm_base64_close(struct mm_load *load);

#endif
