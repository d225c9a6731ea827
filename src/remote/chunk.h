/*
 * chunk: a piece of a tensor's bytes as it is sent: its bytes sorted by their place in an element (exponents beside
 * exponents), then packed by deflate, where that makes it smaller.
 */
#ifndef REMOTE_CHUNK_H
#define REMOTE_CHUNK_H

#include "mmtui/base.h"

#define CHUNK_MOST ((size_t)256 << 10) /* bytes before packing: whole elements of any width */

struct chunk_packer;
/* NULL: memory. */
struct chunk_packer *chunk_packer_open(void);
/* NULL is fine. */
void chunk_packer_close(struct chunk_packer *packer);
/* Append one of at most CHUNK_MOST bytes, of elements of `width` bytes. */
void chunk_put(struct chunk_packer *packer, const uint8_t *bytes, size_t size, size_t width,
               struct mm_buf *out);
/* What a chunk holds, into `out`, which has room for `room` bytes. *got: how many. -1: it is none, or is larger. */
int chunk_take(const uint8_t *chunk, size_t size, uint8_t *out, size_t room, size_t *got);

#endif
