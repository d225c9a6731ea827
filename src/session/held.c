/* Which other tensors a buffer may hold the values of: told from the figures, before one is opened. */
#include "session/state.h"

#include <math.h>
#include <stdlib.h>

/* Layers with smaller errors hold at least a part of what they should; and of a dump full of errors a few tell. */
#define ERROR_LEAST  0.2
#define LAYERS_MOST  8
#define VALUES_LEAST MM_HEAD

static bool within(const struct mm_stats *inner, const struct mm_stats *outer)
{
    return inner->min >= outer->min && inner->max <= outer->max;
}

/* They begin alike. Of the same count they are told by all their figures. */
static bool may_be_held(const struct mm_session *session, size_t id, size_t other)
{
    const struct mm_result *mine = &session->layers[id].result, *its = &session->layers[other].result;
    if (other == id || its->state != MM_STATE_MEASURED || its->dst.dtype != mine->dst.dtype ||
        its->head != mine->head)
        return false;
    const struct mm_metrics *m = &mine->metrics, *o = &its->metrics;
    if (o->count == m->count || o->count < VALUES_LEAST)
        return false;
    return o->count < m->count ? within(&o->dst, &m->dst) : within(&m->dst, &o->dst);
}

/* Values of its own inputs may well be in a result: of a Concat, Slice or Reshape. */
static bool reads(const struct mm_flow *flow, size_t id, size_t other)
{
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++) {
        if (flow->input[e] == other)
            return true;
    }
    return false;
}

void held_candidates(struct mm_session *session, size_t id, struct analysis_request *request)
{
    struct triage_state *triage = &session->triage;
    const struct mm_blame *blame = &triage->blame[id];
    const struct mm_result *result = &session->layers[id].result;
    size_t count = session->pairs->count;
    bool worth = blame->starts && !blame->raw && result->state == MM_STATE_MEASURED &&
                 isfinite(blame->error) && blame->error >= ERROR_LEAST;
    if (!worth || triage->held >= LAYERS_MOST || result->metrics.count < VALUES_LEAST)
        return;
    struct mm_other *others = calloc(count, sizeof *others);
    size_t n = 0;
    for (size_t i = 0; others && i < count; i++) {
        if (may_be_held(session, id, i) && !reads(triage->flow, id, i))
            others[n++] = (struct mm_other){session->layers[i].pair, (uint32_t)i};
    }
    triage->held++;
    request->others = others; /* without memory it is judged without */
    request->look.others = n ? others : NULL;
    request->look.other_count = n;
}
