/*
 * parallel_for: the pieces of one large tensor, done by the worker that has it and by others that have nothing better
 * to do.
 *
 * Pieces are numbered; who does which does not matter, as each writes its own result and the owner puts the
 * results together in order. The owner works too and waits only for pieces that others have begun, so a loop
 * of one is just a loop, and nobody can wait for anyone who waits.
 */
#ifndef MMTUI_COMPARE_PARALLEL_FOR_H
#define MMTUI_COMPARE_PARALLEL_FOR_H

#include <pthread.h>

#include "mmtui/compare.h"

struct mm_parallel_for {
    void (*run)(struct mm_parallel_for *loop, size_t piece); /* each once, from any thread */
    size_t count;
    atomic_size_t next;           /* the first piece that nobody has begun */
    unsigned helpers;             /* at work, the owner not counted; under the helpers' lock */
    struct mm_parallel_for *more; /* the list of those that want help */
};

/* Where help comes from: one for all workers of a pool. */
struct mm_helpers {
    pthread_mutex_t lock;
    pthread_cond_t left;
    struct mm_parallel_for *wanted;
    void (*call)(struct mm_helpers *helpers); /* tell idle workers to come; called without the lock */
};

void mm_helpers_init(struct mm_helpers *helpers, void (*call)(struct mm_helpers *helpers));
void mm_helpers_done(struct mm_helpers *helpers);
/* A loop with pieces that nobody has begun, joined: the caller then must mm_parallel_for_help. Or NULL. */
struct mm_parallel_for *mm_parallel_for_join(struct mm_helpers *helpers);
/* Joined for nothing. */
void mm_parallel_for_leave(struct mm_helpers *helpers, struct mm_parallel_for *loop);
/* Do pieces until none is left, and leave. */
void mm_parallel_for_help(struct mm_helpers *helpers, struct mm_parallel_for *loop);
/* Is anybody waiting for help? (A hint.) */
bool mm_parallel_for_wanted(struct mm_helpers *helpers);
/* Do all pieces; helpers may be NULL. loop->run and count are set, the rest is set here. */
void mm_parallel_for_run(struct mm_helpers *helpers, struct mm_parallel_for *loop);

#endif
