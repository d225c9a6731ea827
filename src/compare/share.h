/* share: a large tensor's elements shared out in pieces whose results go together in any order. */
#ifndef MMTUI_COMPARE_SHARE_H
#define MMTUI_COMPARE_SHARE_H

#include "compare/crew.h"

struct mm_share {
    struct mm_crew crew; /* the first member */
    /* Elements [first, end), from any thread; puts its result to the others' under the lock. -1: err is set.
     */
    int (*piece)(struct mm_share *share, int64_t first, int64_t end, struct mm_err *err);
    int64_t count, step; /* elements of all, and of a piece */
    pthread_mutex_t lock;
    size_t failed; /* the first piece that did; under the lock */
    struct mm_err err;
};

/* All pieces, by the caller and by helpers (NULL: nobody helps); piece, count and step are set. Of failures
 * the first piece's counts, whoever did it. */
int mm_share_out(struct mm_helpers *helpers, struct mm_share *share, struct mm_err *err);

#endif
