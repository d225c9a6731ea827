/* team: threads that do the pieces of whatever large tensor wants help. Include after cmocka.h. */
#ifndef TEAM_H
#define TEAM_H

#include <pthread.h>
#include <string.h>

#include "compare/parallel_for.h"

struct team {
    struct mm_helpers helpers; /* first */
    atomic_bool over;
    atomic_size_t joined;
    pthread_t thread[3];
};

static inline void call(struct mm_helpers *helpers)
{
    (void)helpers;
}

static inline void *help(void *context)
{
    struct team *team = context;

    while (!atomic_load(&team->over)) {
        struct mm_parallel_for *loop = mm_parallel_for_join(&team->helpers);

        if (!loop)
            continue;
        atomic_fetch_add(&team->joined, 1);
        mm_parallel_for_help(&team->helpers, loop);
    }
    return NULL;
}

static inline void team_open(struct team *team)
{
    memset(team, 0, sizeof(*team));
    mm_helpers_init(&team->helpers, call);
    for (size_t i = 0; i < MM_COUNT(team->thread); i++)
        assert_int_equal(pthread_create(&team->thread[i], NULL, help, team), 0);
}

static inline void team_close(struct team *team)
{
    atomic_store(&team->over, true);
    for (size_t i = 0; i < MM_COUNT(team->thread); i++)
        pthread_join(team->thread[i], NULL);
    mm_helpers_done(&team->helpers);
}

#endif
