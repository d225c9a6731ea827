/*
 * listing: all that is known of a dump on another machine, in one answer: every tensor's name, order, operator, format,
 * number format, shape and state, what the folder was taken for, and the small lists that lie beside the tensors.
 */
#ifndef REMOTE_LISTING_H
#define REMOTE_LISTING_H

#include "mmtui/dump.h"
#include "remote/entry.h"

#define LISTING_BESIDE       4                  /* files of known names, which lie beside tensors */
#define LISTING_BESIDE_MOST  ((size_t)16 << 20) /* bytes of such a file */
#define LISTING_ENTRIES_MOST ((size_t)1 << 24)

/* Of the far side: entries are numbered in the order of the listing, one that is put together of parts before these. */
struct listed {
    struct mm_dump *dump;
    const struct mm_entry **entry; /* owned */
    size_t count;
};
/* Takes the dump. -1: memory; the dump is closed. */
int listed_take(struct listed *listed, struct mm_dump *dump, struct mm_err *err);
void listed_done(struct listed *listed);
/* Opens every tensor for its head. -1: memory, or *cancel (may be NULL). */
int listing_put(struct mm_buf *out, const struct listed *listed, const atomic_bool *cancel,
                struct mm_err *err);

/* A file that lies beside the tensors. */
struct beside {
    const char *name;
    struct cache_text text; /* borrowed from the answer */
};
struct beside_list {
    struct beside file[LISTING_BESIDE];
    size_t count;
};
/*
 * Of the near side: fill *dump, which is zeroed but for its path and arena, with entries of `owner`. Its `elsewhere` is for
 * the caller to set; *place is of it. -1 with MM_ECORRUPT: the bytes are no listing.
 */
int listing_get(const uint8_t *bytes, size_t size, const struct far_owner *owner, struct mm_dump *dump,
                struct beside_list *beside, const size_t **place, struct mm_err *err);

#endif
