/*
 * A prefix that one side has and the other has not. Each name that is open votes for the beginnings without which
 * it would be found; the beginning with most votes is dropped, and then what is left is looked at again.
 */
#include "graph/ladder.h"

#include <stdlib.h>

#define PARTS  8 /* of a name that may belong to a prefix */
#define ROUNDS 8 /* prefixes that are dropped, one after the other */
#define LEAST  2 /* names that it must find */

struct vote {
    size_t found;  /* names that would be found without it */
    size_t having; /* names that begin with it */
};

/* Beginnings, and how many want them. */
struct votes {
    struct mm_names prefix;
    struct mm_arena arena;
    struct vote *vote;
    size_t capacity;
};

static void votes_init(struct votes *votes)
{
    *votes = (struct votes){.vote = NULL};
    mm_names_init(&votes->prefix);
    mm_arena_init(&votes->arena);
}

static void votes_done(struct votes *votes)
{
    mm_names_done(&votes->prefix);
    mm_arena_done(&votes->arena);
    free(votes->vote);
}

static bool add_vote(struct votes *votes, const char *text, size_t length, bool found)
{
    size_t known = votes->prefix.count;
    int number = mm_names_add(&votes->prefix, &votes->arena, text, length);
    if (number < 0 ||
        mm_grow((void **)&votes->vote, &votes->capacity, votes->prefix.count, sizeof *votes->vote) < 0)
        return false;
    if (votes->prefix.count > known)
        votes->vote[number] = (struct vote){0, 0};
    votes->vote[number].having++;
    votes->vote[number].found += found;
    return true;
}

/* Vote for each beginning of the key, up to a `_`; `others` has the keys of the other side. */
static bool vote_for(struct votes *votes, const char *key, size_t size, const struct mm_names *others)
{
    int parts = 0;
    for (size_t i = 0; i + 1 < size && parts < PARTS; i++) {
        if (key[i] != '_')
            continue;
        parts++;
        if (!add_vote(votes, key, i + 1, mm_names_find(others, key + i + 1, size - i - 1) >= 0))
            return false;
    }
    return true;
}

/* The keys of all names that are open. */
static bool collect(struct mm_ladder *ladder, struct mm_names *keys, struct mm_arena *arena)
{
    for (size_t i = 0; i < ladder->count; i++) {
        const struct mm_ladder_name *name = &ladder->name[i];
        if (name->settled)
            continue;
        mm_buf_clear(&ladder->key);
        char *key = mm_buf_reserve(&ladder->key, name->length + 1);
        if (!key || mm_names_add(keys, arena, key, mm_key(MM_KEY_FOLDED, name->text, name->length, key)) < 0)
            return false;
    }
    return true;
}

/* Can the key of the graph be given away? */
static bool is_free(const struct mm_ladder *ladder, size_t key)
{
    for (int whose = 0; whose < MM_WHOSE_COUNT; whose++) {
        int tensor = ladder->table.slot[key][whose].first;
        if (tensor >= 0 && !ladder->taken[tensor])
            return true;
    }
    return false;
}

/* The keys of the graph that are free. */
static bool collect_free(const struct mm_ladder *ladder, struct mm_names *keys, struct mm_arena *arena)
{
    for (size_t i = 0; i < ladder->table.keys.count; i++) {
        const struct mm_name *key = &ladder->table.keys.name[i];
        if (is_free(ladder, i) && mm_names_add(keys, arena, key->text, key->length) < 0)
            return false;
    }
    return true;
}

static bool vote_all(struct votes *votes, const struct mm_names *keys, const struct mm_names *others)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (!vote_for(votes, keys->name[i].text, keys->name[i].length, others))
            return false;
    }
    return true;
}

/* The beginning with most votes, if there is but one such, and it is worth it; else -1. */
static int winner(const struct votes *votes, size_t *most)
{
    int best = -1;
    *most = 0;
    for (size_t i = 0; i < votes->prefix.count; i++) {
        const struct vote *vote = &votes->vote[i];
        if (vote->found < LEAST || vote->found * 2 < vote->having || vote->found < *most)
            continue;
        best = vote->found == *most ? -1 : (int)i;
        *most = vote->found;
    }
    return best;
}

static bool drop_from_graph(struct mm_ladder *ladder, const char *prefix)
{
    struct mm_ladder_table whole = ladder->table;
    mm_ladder_table_init(&ladder->table);
    bool good = mm_ladder_table_fill(&ladder->table, ladder->graph, MM_KEY_FOLDED, prefix) &&
                mm_ladder_step(ladder, MM_KEY_FOLDED, MM_RUNG_PREFIX, "");
    mm_ladder_table_done(&ladder->table);
    ladder->table = whole;
    return good;
}

/* Drop it, and keep it in mind if it found more than those before. */
static bool drop(struct mm_ladder *ladder, const struct mm_name *name, bool of_graph)
{
    const char *prefix = mm_arena_strndup(ladder->arena, name->text, name->length);
    size_t before = ladder->open;
    if (!prefix)
        return false;
    bool good = of_graph ? drop_from_graph(ladder, prefix)
                         : mm_ladder_step(ladder, MM_KEY_FOLDED, MM_RUNG_PREFIX, prefix);
    if (before - ladder->open > ladder->prefixed) {
        ladder->prefixed = before - ladder->open;
        ladder->prefix = prefix;
        ladder->prefix_of_graph = of_graph;
    }
    return good;
}

/* 1 if one was dropped, -1 without memory. */
static int drop_best(struct mm_ladder *ladder)
{
    struct mm_names dumped, graph;
    struct mm_arena arena;
    struct votes of_dump, of_graph;
    size_t dump_most = 0, graph_most = 0;
    int result = 0;
    mm_names_init(&dumped);
    mm_names_init(&graph);
    mm_arena_init(&arena);
    votes_init(&of_dump);
    votes_init(&of_graph);
    bool good = collect(ladder, &dumped, &arena) && collect_free(ladder, &graph, &arena) &&
                vote_all(&of_dump, &dumped, &graph) && vote_all(&of_graph, &graph, &dumped);
    int from_dump = good ? winner(&of_dump, &dump_most) : -1;
    int from_graph = good ? winner(&of_graph, &graph_most) : -1;
    if (dump_most > graph_most && from_dump >= 0) {
        good = drop(ladder, &of_dump.prefix.name[from_dump], false);
        result = 1;
    } else if (graph_most > dump_most && from_graph >= 0) {
        good = drop(ladder, &of_graph.prefix.name[from_graph], true);
        result = 1;
    }
    votes_done(&of_dump);
    votes_done(&of_graph);
    mm_names_done(&dumped);
    mm_names_done(&graph);
    mm_arena_done(&arena);
    return good ? result : -1;
}

bool mm_ladder_prefixes(struct mm_ladder *ladder)
{
    int result = 1;
    for (int round = 0; round < ROUNDS && ladder->open > 0 && result > 0; round++)
        result = drop_best(ladder);
    return result >= 0;
}
