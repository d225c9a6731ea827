#include "triage/wider.h"

#include <math.h>

/* What dst has more of than src: bits of enum mm_passes. */
static unsigned kinds_of(const struct mm_result *result)
{
    const struct mm_stats *src = &result->metrics.src, *dst = &result->metrics.dst;
    if (result->state != MM_STATE_MEASURED || !result->metrics.nonfinite_differ)
        return 0;
    return (dst->pos_inf > src->pos_inf ? MM_PASSES_POSITIVE : 0) |
           (dst->neg_inf > src->neg_inf ? MM_PASSES_NEGATIVE : 0) | (dst->nan > src->nan ? MM_PASSES_NAN : 0);
}

static bool is_finite(const struct mm_result *result)
{
    const struct mm_stats *dst = &result->metrics.dst;
    return dst->nan + dst->pos_inf + dst->neg_inf == 0;
}

/* Would the reader be Inf or NaN, had it read what was dumped? */
static bool must_show(const struct mm_flow *flow, const struct mm_subject *subjects, uint32_t id,
                      uint32_t reader)
{
    const struct mm_recomputed *recomputed = subjects[reader].recomputed;
    unsigned passes = 0;
    for (uint32_t e = flow->input_from[reader]; e < flow->input_from[reader + 1]; e++)
        passes |= flow->input[e] == id ? flow->passes[e] : 0;
    if (recomputed && recomputed->state == MM_RECOMPUTE_DONE && recomputed->kept > 0)
        return true;
    return (passes & kinds_of(subjects[id].result)) != 0 && is_finite(subjects[reader].result);
}

static bool is_wider(const struct mm_flow *flow, const struct mm_subject *subjects,
                     const struct mm_blame *blame, uint32_t id)
{
    bool shown = false;
    if (!kinds_of(subjects[id].result) || (flow->role[id] & MM_ROLE_OUTPUT))
        return false;
    for (uint32_t e = flow->reader_from[id]; e < flow->reader_from[id + 1]; e++) {
        uint32_t reader = flow->reader[e];
        if (reader <= id || isnan(blame[reader].error))
            continue;
        if (blame[reader].over && !blame[reader].wider)
            return false;
        shown = shown || blame[reader].wider || must_show(flow, subjects, id, reader);
    }
    return shown;
}

void wider_find(const struct mm_flow *flow, const struct mm_subject *subjects, struct mm_blame *blame)
{
    for (uint32_t id = (uint32_t)flow->count; id-- > 0 && flow->known;)
        blame[id].wider = is_wider(flow, subjects, blame, id);
}
