/* What leaves the range of its format, and what would read it. */
#include <math.h>

#include "suggest/suggest.h"

/* The greatest value that the layer's result can hold now; +Inf for wide floats and integers (they clip). */
static double limit_of(enum mm_dtype dtype)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    return info->kind == MM_KIND_FLOAT && info->bits <= 16 ? info->highest : INFINITY;
}

static bool nonfinite(const struct suggest *s, uint32_t id)
{
    const struct mm_metrics *m = &s->view->subjects[id].result->metrics;
    return s->layer[id].measured && m->nonfinite_differ > 0 && !mm_metrics_only_reference(m);
}

/* Does the reference leave the range? Where dst is dumped in a wide format but broken, FP16 was at work. */
static bool leaves_range(const struct suggest *s, uint32_t id)
{
    double limit = limit_of(s->layer[id].now);
    if (isinf(limit) && nonfinite(s, id) && s->verdicts[id].cause != MM_CAUSE_UNDERFLOW)
        limit = limit_of(MM_F16);
    return suggest_reach(s, id) > limit;
}

/* The verdict says that squares, sums or products inside left the range, or that the result did. */
static bool is_root(const struct suggest *s, uint32_t id)
{
    const struct mm_verdict *verdict = &s->verdicts[id];
    bool inside = verdict->cause == MM_CAUSE_INNER_OVERFLOW ||
                  (verdict->kind == MM_VERDICT_OVERFLOW && !s->layer[id].integer);
    return inside && s->view->blame[id].starts;
}

static void mark(struct suggest *s, uint32_t id, int32_t because)
{
    struct suggest_layer *here = &s->layer[id];
    if (!here->can)
        return;
    here->broken = true;
    suggest_raise(s, id, MM_F32, MM_WHY_OVERFLOW, because);
}

/* An operator reads its operands in its own format: they overflow on their way in. */
static void mark_readers(struct suggest *s, uint32_t id)
{
    const struct mm_flow *flow = s->view->flow;
    double reach = suggest_reach(s, id);
    for (uint32_t e = flow->reader_from[id]; e < flow->reader_from[id + 1]; e++) {
        uint32_t reader = flow->reader[e];
        bool next =
            flow->known || e == flow->reader_from[id]; /* by order alone: only the layer right behind */
        if (next && !s->layer[reader].raised && reach > limit_of(s->layer[reader].now) &&
            (flow->known || nonfinite(s, reader)))
            mark(s, reader, (int32_t)id);
    }
}

void suggest_overflow(struct suggest *s)
{
    for (uint32_t id = 0; id < s->count; id++) {
        if (!s->layer[id].measured || s->verdicts[id].kind == MM_VERDICT_HARMLESS) /* a mask's lowest value */
            continue;
        bool out = leaves_range(s, id) || is_root(s, id);
        if (out)
            mark(s, id, -1);
        /* a NaN out of good inputs stays, whatever the operator is raised to */
        s->layer[id].broken = s->layer[id].broken || out || (nonfinite(s, id) && s->view->blame[id].starts);
    }
    for (uint32_t id = 0; id < s->count; id++) {
        if (s->layer[id].measured && s->verdicts[id].kind != MM_VERDICT_HARMLESS && leaves_range(s, id))
            mark_readers(s, id);
    }
}
