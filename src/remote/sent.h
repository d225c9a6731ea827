/* sent: a tensor that the near side has, as it is sent along with a request: SEND frames, the first of which has its entry
 * and head, the others a chunk each. */
#ifndef REMOTE_SENT_H
#define REMOTE_SENT_H

#include "remote/entry.h"
#include "remote/link.h"

/* Of the near side: all of an open load, in frames of this call. */
int sent_put(struct link *link, uint32_t id, struct mm_load *load, const struct mm_schema *schema,
             const atomic_bool *cancel, struct mm_err *err);

/* Of the far side: what came of one. */
struct sent {
    uint32_t id;
    struct mm_arena arena;
    struct far_source *source;
    struct mm_entry entry;
    struct far_detail detail;
    struct far_owner owner;
    struct spool_item *item; /* in no spool's list */
    size_t filled;
    bool begun;
    struct mm_err err; /* the first that was wrong: told when the request comes */
};
/* A frame's bytes. What is wrong is kept in sent->err. */
void sent_take(struct sent *sent, const uint8_t *data, size_t size);
/* Is all of it there? -1 with the reason. */
int sent_check(struct sent *sent, struct mm_err *err);
void sent_done(struct sent *sent);

#endif
