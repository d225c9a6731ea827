/* The inside of the near side: hosts, and dumps of them. */
#ifndef REMOTE_REMOTES_H
#define REMOTE_REMOTES_H

#include <pthread.h>

#include "mmtui/remote.h"
#include "remote/entry.h"
#include "remote/link.h"

struct remote_host {
    char *name;
    struct link *link; /* NULL: it was never opened */
    struct link **old; /* links that were lost: whoever has one may still look at it */
    size_t old_count, old_room;
    struct remote_host *next;
};

struct mm_remotes {
    struct mm_remote_options options;
    struct spool *spool;
    pthread_mutex_t lock; /* of what follows */
    struct remote_host *hosts;
    uint32_t dumps; /* numbers that were given */
    struct mm_pair_measurer measurer;
};

/* A dump there; `context` of its entries' owner. */
struct far_dump {
    struct mm_remotes *remotes;
    struct remote_host *host;
    const char *path;        /* there */
    uint32_t number;         /* the far side's; the upper half of keys in the spool */
    struct mm_buf asked;     /* the options, as they were sent */
    struct mm_arena renewed; /* what is known of its entries since they were listed again */
    char *beside;            /* a temporary folder, or NULL */
    struct far_owner owner;
    struct mm_dump_elsewhere elsewhere;
};

/* The dump that an entry is of; NULL: it is here. */
struct far_dump *far_dump_of(const struct mm_entry *entry);
/* The host's connection; opened if there is none. `again`: a lost one is opened anew. NULL with err. */
struct link *remotes_link(struct mm_remotes *remotes, struct remote_host *host, bool again,
                          struct mm_err *err);
/* The host of this name. NULL: memory. */
struct remote_host *remotes_host(struct mm_remotes *remotes, const char *name);
/* Use what is connected already: for tests. Takes the link. */
int remotes_attach(struct mm_remotes *remotes, const char *host, struct link *link);

/* As struct mm_pair_measurer. */
bool remotes_measure(void *context, const struct mm_pair *pair, const struct mm_schema *schema,
                     const struct mm_measure_options *options, const atomic_bool *cancel,
                     struct mm_result *result);
/* As far_bring; `context` is the dump. */
struct spool_item *remotes_bring(void *context, const struct mm_entry *entry, const struct far_detail *detail,
                                 const atomic_bool *cancel, struct mm_err *err);

#endif
