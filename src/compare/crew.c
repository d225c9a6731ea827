#include "compare/crew.h"

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

/* A crew that still has pieces to give away. Under the lock. */
static struct mm_crew *find(const struct mm_helpers *helpers)
{
    struct mm_crew *crew = helpers->wanted;

    while (crew && atomic_load(&crew->next) >= crew->count)
        crew = crew->more;
    return crew;
}

struct mm_crew *mm_crew_join(struct mm_helpers *helpers)
{
    struct mm_crew *crew;

    pthread_mutex_lock(&helpers->lock);
    crew = find(helpers);
    if (crew)
        crew->helpers++;
    pthread_mutex_unlock(&helpers->lock);
    return crew;
}

bool mm_crew_wanted(struct mm_helpers *helpers)
{
    bool wanted;

    pthread_mutex_lock(&helpers->lock);
    wanted = find(helpers);
    pthread_mutex_unlock(&helpers->lock);
    return wanted;
}

static void work(struct mm_crew *crew)
{
    size_t piece;

    while ((piece = atomic_fetch_add(&crew->next, 1)) < crew->count)
        crew->run(crew, piece);
}

void mm_crew_leave(struct mm_helpers *helpers, struct mm_crew *crew)
{
    pthread_mutex_lock(&helpers->lock);
    crew->helpers--;
    pthread_cond_broadcast(&helpers->left);
    pthread_mutex_unlock(&helpers->lock);
}

void mm_crew_help(struct mm_helpers *helpers, struct mm_crew *crew)
{
    work(crew);
    mm_crew_leave(helpers, crew);
}

static void ask(struct mm_helpers *helpers, struct mm_crew *crew)
{
    pthread_mutex_lock(&helpers->lock);
    crew->more = helpers->wanted;
    helpers->wanted = crew;
    pthread_mutex_unlock(&helpers->lock);
    helpers->call(helpers);
}

/* Nobody can join any more; wait for those who did. */
static void dissolve(struct mm_helpers *helpers, struct mm_crew *crew)
{
    struct mm_crew **link = &helpers->wanted;

    pthread_mutex_lock(&helpers->lock);
    while (*link != crew)
        link = &(*link)->more;
    *link = crew->more;
    while (crew->helpers > 0)
        pthread_cond_wait(&helpers->left, &helpers->lock);
    pthread_mutex_unlock(&helpers->lock);
}

void mm_crew_run(struct mm_helpers *helpers, struct mm_crew *crew)
{
    atomic_init(&crew->next, 0);
    crew->helpers = 0;
    if (!helpers || crew->count < 2) {
        work(crew);
        return;
    }
    ask(helpers, crew);
    work(crew);
    dissolve(helpers, crew);
}
