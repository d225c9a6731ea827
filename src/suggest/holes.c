/* Layers between raised ones: leaving them as they are costs a cast before and a cast behind. */
#include "suggest/suggest.h"

/* A way on: the layer's only reader that is not raised, `more` when there are several. */
struct way {
    int32_t open;
    bool more;
};

/* Raised to `to`, or one of the two of the chain. */
static bool fits(const struct suggest *s, uint32_t id, enum mm_dtype to, int32_t also)
{
    return (int32_t)id == also || (s->layer[id].raised && s->layer[id].to == to);
}

static bool inputs_fit(const struct suggest *s, uint32_t id, enum mm_dtype to, int32_t also)
{
    const struct mm_flow *flow = s->view->flow;
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++) {
        if (!fits(s, flow->input[e], to, also))
            return false;
    }
    return flow->input_from[id] < flow->input_from[id + 1];
}

static struct way way_on(const struct suggest *s, uint32_t id, enum mm_dtype to)
{
    const struct mm_flow *flow = s->view->flow;
    struct way way = {.open = -1, .more = flow->reader_from[id] == flow->reader_from[id + 1]};
    for (uint32_t e = flow->reader_from[id]; e < flow->reader_from[id + 1]; e++) {
        if (fits(s, flow->reader[e], to, -1))
            continue;
        way.more = way.more || way.open >= 0;
        way.open = (int32_t)flow->reader[e];
    }
    return way;
}

/* One result, not quantised, no multiply-accumulates, not in this format already. */
static bool cheap(const struct suggest *s, uint32_t id, enum mm_dtype to)
{
    const struct suggest_layer *here = &s->layer[id];
    return here->can && !here->raised && !here->integer && here->now != to && here->op == id &&
           here->next < 0 && suggest_macs(s, NULL, id) < 0 && !(s->view->flow->role[id] & MM_ROLE_OUTPUT);
}

static void try_hole(struct suggest *s, uint32_t id)
{
    const struct mm_flow *flow = s->view->flow;
    uint32_t first = flow->input_from[id];
    if (s->layer[id].raised || first == flow->input_from[id + 1] || !s->layer[flow->input[first]].raised)
        return;
    enum mm_dtype to = s->layer[flow->input[first]].to;
    if (!cheap(s, id, to) || !inputs_fit(s, id, to, -1))
        return;
    struct way on = way_on(s, id, to);
    if (on.more)
        return;
    if (on.open >= 0) {
        uint32_t second = (uint32_t)on.open;
        struct way behind = way_on(s, second, to);
        if (!cheap(s, second, to) || !inputs_fit(s, second, to, (int32_t)id) || behind.more ||
            behind.open >= 0)
            return;
        suggest_raise(s, second, to, MM_WHY_HOLE, -1);
    }
    suggest_raise(s, id, to, MM_WHY_HOLE, -1);
}

void suggest_holes(struct suggest *s)
{
    for (uint32_t id = 0; s->view->flow->known && id < s->count; id++) {
        if (s->layer[id].measured)
            try_hole(s, id);
    }
}
