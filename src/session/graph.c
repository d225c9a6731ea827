/* What the model's graph says of the layers before anything is measured: their order and operators. */
#include "session/state.h"

#include <stdlib.h>

static int tensor_of(const struct mm_graph *graph, const struct mm_pair *pair)
{
    int tensor = mm_graph_find(graph, pair->name);
    for (uint32_t k = 1; tensor >= 0 && k < pair->occurrence && graph->tensors[tensor].again >= 0; k++)
        tensor = graph->tensors[tensor].again;
    return tensor;
}

/* Time stamps tell what really happened; without them the graph's order beats that of file names. */
static bool has_stamps(const struct mm_pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const struct mm_entry *entry = pairs->pair[i].src ? pairs->pair[i].src : pairs->pair[i].dst;
        if (entry->parsed.stamp >= 0)
            return true;
    }
    return false;
}

/* Formats whose headers have node names. */
static bool has_headers(const struct mm_pairs *pairs)
{
    const struct mm_entry *entry = pairs->pair[0].src ? pairs->pair[0].src : pairs->pair[0].dst;
    return entry->source->format->stamped;
}

/* By producer; what the graph does not know stays behind what it stood behind. */
static int order_pairs(struct mm_pairs *pairs, const struct mm_graph *graph, struct mm_err *err)
{
    int64_t *key = malloc((pairs->count + 1) * sizeof *key), before = -1;
    if (!key)
        return mm_fail_memory(err);
    for (size_t i = 0; i < pairs->count; i++) {
        int tensor = tensor_of(graph, &pairs->pair[i]);
        before = key[i] = tensor >= 0 ? graph->tensors[tensor].producer : before;
    }
    int result = mm_pairs_order(pairs, key, err);
    free(key);
    return result;
}

static bool knows_any(const struct mm_graph *graph, const struct mm_pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        if (tensor_of(graph, &pairs->pair[i]) >= 0)
            return true;
    }
    return false;
}

/* The model of another network is worse than none. Node names in headers may still tell; they are not read
 * yet. */
static bool is_foreign(const struct mm_graph *graph, const struct mm_pairs *pairs)
{
    return pairs->count && !has_headers(pairs) && !knows_any(graph, pairs);
}

int graph_apply(struct mm_session *session, struct mm_err *err)
{
    struct mm_pairs *pairs = session->pairs;
    if (session->options.graph && is_foreign(session->options.graph, pairs)) {
        session->notice = "no tensor of the model stands in these dumps: the model is left out";
        session->options.graph = NULL;
    }
    const struct mm_graph *graph = session->options.graph;
    if (!graph)
        return 0;
    if (!has_stamps(pairs) && order_pairs(pairs, graph, err) < 0)
        return -1;
    int32_t *node = mm_arena_array(&session->arena, pairs->count + 1, sizeof *node);
    if (!node)
        return mm_fail_memory(err);
    for (size_t i = 0; i < pairs->count; i++) {
        int tensor = tensor_of(graph, &pairs->pair[i]);
        node[i] = tensor >= 0 ? graph->tensors[tensor].producer : -1;
    }
    session->node = node;
    return 0;
}
