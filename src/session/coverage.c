/* Was enough compared for a check to mean something? */
#include "session/state.h"

#include <math.h>

#include "base/translate.h"

static bool is_missing(const struct mm_layer *layer)
{
    return layer->pair->src && !layer->pair->dst;
}

/* The model's output, one by its header, or, where time stamps tell, what src wrote last. */
static bool is_output(const struct mm_session *session, size_t id)
{
    const struct mm_graph *graph = session->options.graph;
    const struct mm_layer *layer = &session->layers[id];
    int tensor = graph ? session->match.tensor[id] : -1;
    if (tensor >= 0)
        return graph->tensors[tensor].flags & MM_GRAPH_OUTPUT;
    if (layer->result.src.known && layer->result.src.is_output)
        return true;
    if (session->src->count == 0)
        return false; /* a report: what src wrote last is not known */
    const struct mm_entry *last = &session->src->entries[session->src->count - 1];
    return !graph && layer->pair->src == last && last->parsed.stamp >= 0 && session->order == MM_ORDER_STAMPS;
}

/* A shard of a run has a part of the tensors only, and the outputs may be in another. */
static bool has_missing_output(const struct mm_session *session, struct mm_buf *why)
{
    for (size_t id = 0; id < session->pairs->count; id++) {
        const struct mm_layer *layer = &session->layers[id];
        if (!is_missing(layer) || !is_output(session, id))
            continue;
        mm_buf_printf(why, "the network's output %s is not in dst", layer->label);
        return true;
    }
    return false;
}

bool mm_session_covers(const struct mm_session *session, double least, struct mm_buf *why)
{
    const struct mm_pair_counts *whole = &session->pairs->whole;
    size_t smaller = whole->src_only < whole->dst_only ? whole->src_only : whole->dst_only;
    size_t all = whole->both + smaller;
    if (whole->both == 0) {
        mm_buf_say(why, "nothing was compared: no tensor of src has a partner in dst");
        return false;
    }
    if ((double)whole->both < least * (double)all) {
        char text[MM_NUM];
        mm_buf_printf(why, "%zu of %zu tensors were compared, less than %s of them", whole->both, all,
                      mm_num_short(text, least, 3));
        return false;
    }
    return session->options.shards > 0 || !has_missing_output(session, why);
}
