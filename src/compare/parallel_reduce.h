/* parallel_reduce: a large tensor's elements shared out in pieces whose results go together in any order. */
#ifndef MMTUI_COMPARE_PARALLEL_REDUCE_H
#define MMTUI_COMPARE_PARALLEL_REDUCE_H

#include "compare/parallel_for.h"

struct mm_parallel_reduce {
    struct mm_parallel_for loop; /* the first member */
    /* Elements [first, end), from any thread; puts its result to the others' under the lock. -1: err is
     * set. */
    int (*piece)(struct mm_parallel_reduce *share, int64_t first, int64_t end, struct mm_err *err);
    int64_t count, step; /* elements of all, and of a piece */
    pthread_mutex_t lock;
    size_t failed; /* the first piece that did; under the lock */
    struct mm_err err;
};

/* All pieces, by the caller and by helpers (NULL: nobody helps); piece, count and step are set. Of failures
 * the first piece's counts, whoever did it. */
int mm_parallel_reduce_run(struct mm_helpers *helpers, struct mm_parallel_reduce *share, struct mm_err *err);

#endif
