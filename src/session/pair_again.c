/* Pairs made anew, when a person has paired tensors or taken them apart: figures of pairs that stay are kept. */
#include <stdlib.h>
#include <string.h>

#include "session/state.h"

/* ---- who is who ------------------------------------------------------------------------------------------------- */

/* The layer of every entry, by its place in its dump; SIZE_MAX: none. */
struct places {
    size_t *src, *dst;
};

static size_t *places_of(const struct mm_session *session, const struct mm_dump *dump, bool dst)
{
    size_t *place = malloc((dump->count + 1) * sizeof *place);
    for (size_t i = 0; place && i < dump->count; i++)
        place[i] = SIZE_MAX;
    for (size_t id = session->pairs->count; place && id-- > 0;) {
        const struct mm_pair *pair = &session->pairs->pair[id];
        const struct mm_entry *entry = dst ? pair->dst : pair->src;
        if (entry)
            place[entry - dump->entries] = id;
    }
    return place;
}

static bool is_pair(const struct mm_session *session, size_t id, const struct mm_pair *pair)
{
    return id != SIZE_MAX && session->pairs->pair[id].src == pair->src &&
           session->pairs->pair[id].dst == pair->dst;
}

/* The layer that a pair of before is now: the same pair, else that of its src, else that of its dst. */
static size_t now(const struct mm_session *session, const struct places *places, const struct mm_pair *pair)
{
    size_t s = pair->src ? places->src[pair->src - session->src->entries] : SIZE_MAX;
    size_t d = pair->dst ? places->dst[pair->dst - session->dst->entries] : SIZE_MAX;
    if (s == SIZE_MAX || is_pair(session, d, pair))
        return d;
    return s;
}

/* ---- what stays ------------------------------------------------------------------------------------------------- */

static void keep(struct mm_session *session, size_t id, struct mm_layer *before)
{
    struct mm_layer *layer = &session->layers[id];
    bool same = is_pair(session, id, before->pair) &&
                mm_pair_reading_key(before->pair) == mm_pair_reading_key(layer->pair);
    if (before->tagged)
        mm_session_tag(session, id, true);
    if (!same || before->result.state <= MM_STATE_HEADER || layer->result.state > MM_STATE_HEADER)
        return;
    layer->result = before->result;
    before->result = (struct mm_result){0};
    layer->changed = before->changed;
    session_judge(session, layer);
}

static int keep_all(struct mm_session *session, struct mm_session *before, struct mm_err *err)
{
    struct places places = {places_of(session, session->src, false), places_of(session, session->dst, true)};
    size_t count = before->pairs->count;
    session->moved = malloc((count + 1) * sizeof *session->moved);
    bool ok = places.src && places.dst && session->moved;
    for (size_t id = 0; ok && id < count; id++) {
        session->moved[id] = now(session, &places, before->layers[id].pair);
        if (session->moved[id] != SIZE_MAX)
            keep(session, session->moved[id], &before->layers[id]);
    }
    free(places.src);
    free(places.dst);
    return ok ? 0 : mm_fail_memory(err);
}

/* ---- anew ------------------------------------------------------------------------------------------------------- */

/* A session of the same dumps that has no pairs yet. */
static struct mm_session heir_of(const struct mm_session *session)
{
    struct mm_session heir = {.options = session->options,
                              .src_path = session->src_path,
                              .dst_path = session->dst_path,
                              .cache_folder = session->cache_folder,
                              .src = session->src,
                              .dst = session->dst,
                              .sim = session->sim,
                              .before = session->before,
                              .plan = session->plan,
                              .verify.plan = session->verify.plan,
                              .pairings = session->pairings + 1,
                              .revision = session->revision + 1};
    heir.options.graph = session->model;
    return heir;
}

/* Does a person say something else of pairs than when they were made? */
static bool is_said(const struct mm_session *session)
{
    return mm_plan_pairs_revision(session->plan) == session->paired;
}

int mm_session_pair_again(struct mm_session *session, bool *again, struct mm_err *err)
{
    *again = false;
    if (session->saved || is_said(session))
        return 0;
    struct mm_session heir = heir_of(session), before;
    mm_arena_init(&heir.arena);
    mm_arena_init(&heir.quantised.arena);
    bool started = session->pool != NULL;
    if (session_pair(&heir, err) < 0) {
        session_unpair(&heir);
        return -1;
    }
    session_stop(session);
    before = *session;
    heir.members = before.members;
    *session = heir;
    int result = keep_all(session, &before, err);
    session_unpair(&before);
    *again = true;
    return result == 0 && started ? mm_session_start(session, err) : result;
}

uint64_t mm_session_pairings(const struct mm_session *session)
{
    return session->pairings;
}

size_t mm_session_moved(const struct mm_session *session, size_t id)
{
    return session->moved ? session->moved[id] : id;
}
