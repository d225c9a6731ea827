/*
 * inflate: a zip member's bytes as they were before they were packed, in one of three ways:
 *
 *   - whole, into memory that the caller has: libdeflate, which is several times as fast as zlib;
 *   - as a stream, front to back, in pieces: zlib, with some 50 KiB of memory whatever the member's size;
 *   - into a temporary file that has no name, for what is too large for memory and read more than once.
 *
 * Each checks that there are exactly `member->size` bytes, no more and no less, and the CRC of all of them.
 * Stored members go the same ways (their packed bytes are their bytes); a caller that has them mapped needs
 * none of it but inflate_check.
 *
 * `bytes` is what zip_locate found; it is borrowed, and must outlive a stream. `file` is for error texts.
 */
#ifndef FORMAT_INFLATE_H
#define FORMAT_INFLATE_H

#include <stdatomic.h>

#include "format/zip.h"

/* CRC-32 as in zip, going on from `crc` (0 at first). */
uint32_t inflate_crc(uint32_t crc, const void *data, size_t size);

/* The checksum of a stored member. */
int inflate_check(const struct zip_member *member, const uint8_t *bytes, struct mm_err *err);

/* Into out[member->size]. */
int inflate_whole(const struct zip_member *member, const uint8_t *bytes, uint8_t *out, struct mm_err *err);

/* ---- a stream ---- */

struct inflate_stream;

int inflate_open(struct inflate_stream **stream, const struct zip_member *member, const uint8_t *bytes,
                 struct mm_err *err);
/*
 * The next bytes of the member: `size` of them, fewer only at its end (then 0). *got says how many. The end
 * is only reported once size and CRC were found right; so a reader that stops early has read unchecked bytes.
 */
int inflate_read(struct inflate_stream *stream, void *out, size_t size, size_t *got, struct mm_err *err);
/* How many of the packed bytes were used: what lies before may leave memory. */
size_t inflate_used(const struct inflate_stream *stream);
void inflate_close(struct inflate_stream *stream);

/* ---- a temporary file ---- */

/*
 * A descriptor of a new file that holds the member's bytes and that no folder lists: it is gone when the
 * descriptor is closed (and all maps of it are). It lies in the folder that TMPDIR names, else in /var/tmp,
 * which is on a disk, else in /tmp. Room for all of it is asked for first, so a full disk is an error before
 * any work. `cancel` (may be NULL) stops it with MM_ECANCELLED.
 */
int inflate_to_file(const struct zip_member *member, const uint8_t *bytes, const atomic_bool *cancel,
                    int *descriptor, struct mm_err *err);

#endif
