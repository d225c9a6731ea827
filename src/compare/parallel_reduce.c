#include "compare/parallel_reduce.h"

static void run(struct mm_parallel_for *loop, size_t number)
{
    struct mm_parallel_reduce *share = (struct mm_parallel_reduce *)loop;
    int64_t first = (int64_t)number * share->step, left = share->count - first;
    struct mm_err err = {MM_OK, ""};

    if (share->piece(share, first, first + (left < share->step ? left : share->step), &err) == 0)
        return;
    pthread_mutex_lock(&share->lock);
    if (number < share->failed) {
        share->failed = number;
        share->err = err;
    }
    pthread_mutex_unlock(&share->lock);
}

int mm_parallel_reduce_run(struct mm_helpers *helpers, struct mm_parallel_reduce *share, struct mm_err *err)
{
    size_t count = (size_t)((share->count + share->step - 1) / share->step);

    share->loop = (struct mm_parallel_for){.run = run, .count = count};
    share->failed = count;
    pthread_mutex_init(&share->lock, NULL);
    mm_parallel_for_run(helpers, &share->loop);
    pthread_mutex_destroy(&share->lock);
    if (share->failed == count)
        return 0;
    if (err)
        *err = share->err;
    return -1;
}
