#include "compare/share.h"

static void run(struct mm_crew *crew, size_t number)
{
    struct mm_share *share = (struct mm_share *)crew;
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

int mm_share_out(struct mm_helpers *helpers, struct mm_share *share, struct mm_err *err)
{
    size_t count = (size_t)((share->count + share->step - 1) / share->step);

    share->crew = (struct mm_crew){.run = run, .count = count};
    share->failed = count;
    pthread_mutex_init(&share->lock, NULL);
    mm_crew_run(helpers, &share->crew);
    pthread_mutex_destroy(&share->lock);
    if (share->failed == count)
        return 0;
    if (err)
        *err = share->err;
    return -1;
}
