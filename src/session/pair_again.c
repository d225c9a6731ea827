/* Pairs made anew, when a person has paired tensors or taken them apart: figures of pairs that stay are kept. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "session/state.h"

/* ---- who is who ------------------------------------------------------------------------------------------------- */

size_t *session_places_of(const struct mm_session *session, const struct mm_dump *dump, bool dst)
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

/* Where the sides of a pair of before are now; SIZE_MAX: nowhere. */
struct sides {
    size_t src, dst;
};

static struct sides sides_of(const struct mm_session *before, const struct session_places *places,
                             const struct mm_pair *pair)
{
    return (struct sides){pair->src ? places->src[pair->src - before->src->entries] : SIZE_MAX,
                          pair->dst ? places->dst[pair->dst - before->dst->entries] : SIZE_MAX};
}

/* Is it the same pair still? */
static bool is_pair(const struct mm_session *session, size_t id, struct sides sides,
                    const struct mm_pair *before)
{
    const struct mm_pair *pair = &session->pairs->pair[id];
    return !pair->src == !before->src && !pair->dst == !before->dst && (!pair->src || sides.src == id) &&
           (!pair->dst || sides.dst == id);
}

/* ---- what stays ------------------------------------------------------------------------------------------------- */

double session_figure(const struct mm_layer *layer)
{
    const struct mm_metrics *metrics = &layer->result.metrics;
    if (layer->result.state != MM_STATE_MEASURED)
        return NAN;
    return metrics->nonfinite_differ || isnan(metrics->diff2) ? INFINITY : metrics->diff2;
}

/* Is one of its files being written? Then the figures of before stay until it is done. */
static bool is_written(const struct mm_session *session, const struct mm_pair *pair)
{
    return (pair->src && mm_watch_writing(session->watch, pair->src->source->path)) ||
           (pair->dst && mm_watch_writing(session->watch, pair->dst->source->path));
}

static bool is_as_measured(const struct mm_session *session, const struct mm_pair *pair,
                           const struct mm_result *result)
{
    struct mm_pair_id now;
    mm_pair_identify(pair, &now);
    return mm_pair_id_same(&now, &result->id) || (session->watch && is_written(session, pair));
}

static void keep(struct mm_session *session, size_t id, struct mm_layer *before, struct sides sides,
                 bool listed)
{
    struct mm_layer *layer = &session->layers[id];
    double had = session_figure(before);
    bool same = is_pair(session, id, sides, before->pair) &&
                mm_pair_reading_key(before->pair) == mm_pair_reading_key(layer->pair);
    if (before->tagged)
        mm_session_tag(session, id, true);
    session->has_earlier |= !isnan(before->earlier) || (listed && !isnan(had));
    if (before->result.state <= MM_STATE_HEADER || layer->result.state > MM_STATE_HEADER)
        same = false;
    layer->earlier = before->earlier;
    layer->redone = before->redone;
    if (listed && !(same && is_as_measured(session, layer->pair, &before->result))) {
        layer->earlier = isnan(had) ? before->earlier : had;
        layer->redone = isnan(layer->earlier) ? 0 : session->pairings;
        return;
    }
    if (!same)
        return;
    layer->result = before->result;
    before->result = (struct mm_result){0};
    layer->changed = before->changed && !listed;
    session_judge(session, layer);
}

int session_keep(struct mm_session *session, struct mm_session *before, struct session_places *places,
                 bool listed, struct mm_err *err)
{
    size_t count = before->pairs->count;
    session->moved = malloc((count + 1) * sizeof *session->moved);
    session->moved_count = count;
    bool ok = places->src && places->dst && session->moved;
    for (size_t id = 0; ok && id < count; id++) {
        struct mm_layer *layer = &before->layers[id];
        struct sides sides = sides_of(before, places, layer->pair);
        size_t now = sides.src != SIZE_MAX ? sides.src : sides.dst;
        session->moved[id] = now;
        if (now != SIZE_MAX)
            keep(session, now, layer, sides, listed);
    }
    free(places->src);
    free(places->dst);
    return ok ? 0 : mm_fail_memory(err);
}

/* ---- anew ------------------------------------------------------------------------------------------------------- */

struct mm_session session_heir(const struct mm_session *session)
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
                              .ort = session->ort,
                              .watch = session->watch,
                              .live = session->live,
                              .unsettled = session->unsettled,
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
    struct mm_session heir = session_heir(session), before;
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
    struct session_places places = {session_places_of(session, session->src, false),
                                    session_places_of(session, session->dst, true)};
    int result = session_keep(session, &before, &places, false, err);
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
    if (!session->moved)
        return id;
    return id < session->moved_count ? session->moved[id] : SIZE_MAX;
}
