/*
 * crew: the pieces of one large tensor, done by the worker that has it and by others that have nothing better
 * to do.
 *
 * Pieces are numbered; who does which does not matter, as each writes its own result and the owner puts the
 * results together in order. The owner works too and waits only for pieces that others have begun, so a crew
 * of one is just a loop, and nobody can wait for anyone who waits.
 */
#ifndef MMTUI_COMPARE_CREW_H
#define MMTUI_COMPARE_CREW_H

#include <pthread.h>

#include "mmtui/compare.h"

struct mm_crew {
    void (*run)(struct mm_crew *crew, size_t piece); /* each once, from any thread */
    size_t count;
    atomic_size_t next;   /* the first piece that nobody has begun */
    unsigned helpers;     /* at work, the owner not counted; under the helpers' lock */
    struct mm_crew *more; /* the list of those that want help */
};

/* Where help comes from: one for all workers of a pool. */
struct mm_helpers {
    pthread_mutex_t lock;
    pthread_cond_t left;
    struct mm_crew *wanted;
    void (*call)(struct mm_helpers *helpers); /* tell idle workers to come; called without the lock */
};

void mm_helpers_init(struct mm_helpers *helpers, void (*call)(struct mm_helpers *helpers));
void mm_helpers_done(struct mm_helpers *helpers);
/* A crew with pieces that nobody has begun, joined: the caller then must mm_crew_help. Or NULL. */
struct mm_crew *mm_crew_join(struct mm_helpers *helpers);
/* Joined for nothing. */
void mm_crew_leave(struct mm_helpers *helpers, struct mm_crew *crew);
/* Do pieces until none is left, and leave. */
void mm_crew_help(struct mm_helpers *helpers, struct mm_crew *crew);
/* Is anybody waiting for help? (A hint.) */
bool mm_crew_wanted(struct mm_helpers *helpers);
/* Do all pieces; helpers may be NULL. crew->run and count are set, the rest is set here. */
void mm_crew_run(struct mm_helpers *helpers, struct mm_crew *crew);

#endif
