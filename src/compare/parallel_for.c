#include "compare/parallel_for.h"

void mm_helpers_init(struct mm_helpers *helpers, void (*call)(struct mm_helpers *helpers))
{
    pthread_mutex_init(&helpers->lock, NULL);
    pthread_cond_init(&helpers->left, NULL);
    helpers->wanted = NULL;
    helpers->call = call;
}

void mm_helpers_done(struct mm_helpers *helpers)
{
    pthread_cond_destroy(&helpers->left);
    pthread_mutex_destroy(&helpers->lock);
}

/* A loop that still has pieces to give away. Under the lock. */
static struct mm_parallel_for *find(const struct mm_helpers *helpers)
{
    struct mm_parallel_for *loop = helpers->wanted;

    while (loop && atomic_load(&loop->next) >= loop->count)
        loop = loop->more;
    return loop;
}

struct mm_parallel_for *mm_parallel_for_join(struct mm_helpers *helpers)
{
    struct mm_parallel_for *loop;

    pthread_mutex_lock(&helpers->lock);
    loop = find(helpers);
    if (loop)
        loop->helpers++;
    pthread_mutex_unlock(&helpers->lock);
    return loop;
}

bool mm_parallel_for_wanted(struct mm_helpers *helpers)
{
    bool wanted;

    pthread_mutex_lock(&helpers->lock);
    wanted = find(helpers);
    pthread_mutex_unlock(&helpers->lock);
    return wanted;
}

static void work(struct mm_parallel_for *loop)
{
    size_t piece;

    while ((piece = atomic_fetch_add(&loop->next, 1)) < loop->count)
        loop->run(loop, piece);
}

void mm_parallel_for_leave(struct mm_helpers *helpers, struct mm_parallel_for *loop)
{
    pthread_mutex_lock(&helpers->lock);
    loop->helpers--;
    pthread_cond_broadcast(&helpers->left);
    pthread_mutex_unlock(&helpers->lock);
}

void mm_parallel_for_help(struct mm_helpers *helpers, struct mm_parallel_for *loop)
{
    work(loop);
    mm_parallel_for_leave(helpers, loop);
}

static void ask(struct mm_helpers *helpers, struct mm_parallel_for *loop)
{
    pthread_mutex_lock(&helpers->lock);
    loop->more = helpers->wanted;
    helpers->wanted = loop;
    pthread_mutex_unlock(&helpers->lock);
    helpers->call(helpers);
}

/* Nobody can join any more; wait for those who did. */
static void dissolve(struct mm_helpers *helpers, struct mm_parallel_for *loop)
{
    struct mm_parallel_for **link = &helpers->wanted;

    pthread_mutex_lock(&helpers->lock);
    while (*link != loop)
        link = &(*link)->more;
    *link = loop->more;
    while (loop->helpers > 0)
        pthread_cond_wait(&helpers->left, &helpers->lock);
    pthread_mutex_unlock(&helpers->lock);
}

void mm_parallel_for_run(struct mm_helpers *helpers, struct mm_parallel_for *loop)
{
    atomic_init(&loop->next, 0);
    loop->helpers = 0;
    if (!helpers || loop->count < 2) {
        work(loop);
        return;
    }
    ask(helpers, loop);
    work(loop);
    dissolve(helpers, loop);
}
