/*
 * spool: bytes of tensors that came from another machine, kept as long as there is room: those of at most SPOOL_SMALL
 * bytes in memory, others in temporary files that no folder lists. What nobody reads at the moment takes at most
 * SPOOL_MOST together; of more, those go that were not read for longest. From any thread.
 */
#ifndef REMOTE_SPOOL_H
#define REMOTE_SPOOL_H

#include "mmtui/base.h"

#define SPOOL_SMALL ((size_t)1 << 20)
#define SPOOL_MOST  ((size_t)1 << 30)

struct spool_item {
    uint8_t *data; /* [size], or something that is not NULL */
    size_t size;
    uint64_t key;
    bool mapped, kept; /* in a temporary file; in the spool's list */
    unsigned users;
    uint64_t used; /* when it was: a count */
    struct spool_item *next;
};

struct spool;
/* NULL: memory. */
struct spool *spool_open(size_t most);
/* All items end. NULL is fine. */
void spool_close(struct spool *spool);
/* The bytes that were kept under this key, for the caller to read until spool_release; NULL: there are none. */
struct spool_item *spool_find(struct spool *spool, uint64_t key);
/* Room for `size` bytes, the caller's alone until it is kept or released. NULL with err. `label` is for its text. */
struct spool_item *spool_make(size_t size, const char *label, struct mm_err *err);
/* Others may find it from now on. */
void spool_keep(struct spool *spool, struct spool_item *item, uint64_t key);
/* The end of one that was never kept. NULL is fine. */
void spool_end(struct spool_item *item);
/* The caller reads it no more. Of no spool (NULL), whoever made the item ends it. item may be NULL. */
void spool_release(struct spool *spool, struct spool_item *item);
/* Forget all that is kept under keys with these upper 32 bits. */
void spool_forget(struct spool *spool, uint32_t upper);
/* Bytes of what is kept. */
size_t spool_size(struct spool *spool);

#endif
