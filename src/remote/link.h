/*
 * link: the near side's end of a connection. Any number of threads may have a call under way; whichever of them waits first
 * reads for all. When a connection is lost, all calls fail with the same sentence, and so do later ones until it is opened
 * again.
 */
#ifndef REMOTE_LINK_H
#define REMOTE_LINK_H

#include <stdatomic.h>

#include "mmtui/remote.h"

struct link;

/* Start the remote shell and wait for the greeting. `again`: nobody can be asked for a password, and it is given up after
 * a while. */
int link_open(struct link **link, const char *host, const struct mm_remote_options *options, bool again,
              struct mm_err *err);
/* The same over a descriptor that something serves already; it is closed with the link. */
int link_open_at(struct link **link, int fd, const char *host, const struct mm_remote_options *options,
                 struct mm_err *err);
/* No call may be under way. NULL is fine. */
void link_close(struct link *link);
/* Was it lost? */
bool link_lost(struct link *link);
void link_bytes(struct link *link, uint64_t *sent, uint64_t *received);

/* The number of a call, for its frames. */
uint32_t link_number(struct link *link);
/* A frame SEND of a call that is made later. */
int link_send(struct link *link, uint32_t id, const void *data, size_t size, const atomic_bool *cancel,
              struct mm_err *err);
/* Called for each PART, by whichever thread reads, one at a time; -1 with err gives the call up. */
typedef int (*link_part)(void *context, const uint8_t *data, size_t size, struct mm_err *err);
/*
 * Ask, and take the answer in. -1: what the far side says is wrong, or MM_ECANCELLED once *cancel (may be NULL) is set, or
 * MM_EIO: the connection was lost.
 */
int link_call(struct link *link, uint32_t id, unsigned type, const struct mm_buf *request, link_part part,
              void *context, const atomic_bool *cancel, struct mm_err *err);
/* The same where the answer is kept as a whole, up to ANSWER_MOST. */
int link_ask(struct link *link, unsigned type, const struct mm_buf *request, struct mm_buf *answer,
             const atomic_bool *cancel, struct mm_err *err);

#endif
