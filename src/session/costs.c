/* What the plan brings and costs. */
#include "session/state.h"

#include <stdlib.h>

static enum mm_dtype dtype_of(enum mm_precision precision)
{
    static const enum mm_dtype dtypes[MM_PRECISION_COUNT] = {[MM_PRECISION_I8] = MM_I8,
                                                             [MM_PRECISION_I16] = MM_I16,
                                                             [MM_PRECISION_F16] = MM_F16,
                                                             [MM_PRECISION_BF16] = MM_BF16,
                                                             [MM_PRECISION_F32] = MM_F32};
    return dtypes[precision];
}

struct costing {
    struct mm_raise *raise;     /* those that are of a layer */
    struct mm_raise_cost *cost; /* of them */
    size_t *place;              /* in the plan */
    struct mm_verdict *verdict;
    size_t count;
};

static int costing_init(struct costing *costing, const struct mm_session *session, struct mm_err *err)
{
    size_t count = mm_plan_count(session->plan), layers = session->pairs->count;
    *costing = (struct costing){.raise = calloc(count + 1, sizeof *costing->raise),
                                .cost = calloc(count + 1, sizeof *costing->cost),
                                .place = calloc(count + 1, sizeof *costing->place),
                                .verdict = calloc(layers + 1, sizeof *costing->verdict)};
    if (!costing->raise || !costing->cost || !costing->place || !costing->verdict)
        return mm_fail_memory(err);
    for (size_t id = 0; id < layers; id++)
        costing->verdict[id] = session->layers[id].verdict;
    for (size_t i = 0; i < count; i++) {
        const struct mm_override *override = mm_plan_at(session->plan, i);
        size_t id = session_layer_of(session, override);
        if (id == SIZE_MAX)
            continue;
        costing->place[costing->count] = i;
        costing->raise[costing->count++] = (struct mm_raise){(uint32_t)id, dtype_of(override->precision)};
    }
    return 0;
}

static void costing_done(struct costing *costing)
{
    free(costing->raise);
    free(costing->cost);
    free(costing->place);
    free(costing->verdict);
}

int mm_session_costs(const struct mm_session *session, bool each_reader, struct mm_raise_cost *each,
                     struct mm_raise_cost *all, struct mm_err *err)
{
    struct costing costing;
    if (!mm_session_triaged(session))
        return mm_fail(err, MM_EARG, "costs are known when all layers are measured and analysed");
    struct mm_triage_view view = triage_view(session);
    int result = costing_init(&costing, session, err);
    if (result == 0)
        result = mm_suggest_costs(&view, costing.verdict, session->options.graph, each_reader, costing.raise,
                                  costing.count, costing.cost, all, err);
    for (size_t i = 0; i < mm_plan_count(session->plan); i++)
        each[i] = (struct mm_raise_cost){.macs = -1, .bytes = MM_COST_UNKNOWN, .casts = MM_COST_UNKNOWN};
    for (size_t i = 0; i < costing.count && result == 0; i++)
        each[costing.place[i]] = costing.cost[i];
    costing_done(&costing);
    return result;
}
