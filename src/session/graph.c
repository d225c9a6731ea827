/* What the model's graph knows of the layers: which tensors they are, and whether that is enough to use it. */
#include "session/state.h"

#include <stdio.h>

/* ---- by name, before anything is measured ---------------------------------------------------------------------- */

int graph_match(struct mm_session *session, struct mm_err *err)
{
    const struct mm_pairs *pairs = session->pairs;
    mm_model_match_done(&session->match);
    session->model = session->options.graph;
    return session->model
               ? mm_model_match_open(&session->match, session->model, pairs->pair, pairs->count, err)
               : 0;
}

/* Formats whose headers have node names. */
static bool has_headers(const struct mm_pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const struct mm_pair *pair = &pairs->pair[i];
        if ((pair->src && pair->src->source->format->stamped) ||
            (pair->dst && pair->dst->source->format->stamped))
            return true;
    }
    return false;
}

/* "The model knows 3 of 20 tensors ("a", "b" and "c" are not in it): it is not used." */
static void give_up(struct mm_session *session)
{
    const struct mm_model_match *match = &session->match;
    struct mm_buf text;
    mm_buf_init(&text);
    size_t missing = match->asked - match->known;
    mm_buf_printf(&text, "The model knows %zu of %zu tensors, less than half (", match->known, match->asked);
    mm_model_match_missing(match, session->pairs->pair, 3, &text);
    mm_buf_printf(&text, " %s not in it): its graph is not used.", missing == 1 ? "is" : "are");
    session_note(session, &text);
    session->options.graph = NULL;
}

/* Node names in headers may still tell; they are not read yet. */
int graph_apply(struct mm_session *session, struct mm_err *err)
{
    if (graph_match(session, err) < 0)
        return -1;
    if (session->model && session->pairs->count && !mm_model_match_usable(&session->match) &&
        !has_headers(session->pairs))
        give_up(session);
    return 0;
}

void graph_shard(struct mm_session *session)
{
    struct mm_model_match *match = &session->match;
    const struct mm_pairs *pairs = session->pairs;
    for (size_t i = 0; session->model && i < pairs->count; i++) {
        size_t place = pairs->pair[i].place; /* in the whole list: i or later */
        match->tensor[i] = match->tensor[place];
        match->run[i] = match->run[place];
    }
    match->count = session->model ? pairs->count : 0;
}

/* ---- by the nodes' names ---------------------------------------------------------------------------------------- */

struct asking {
    const struct mm_session *session;
    struct mm_buf name;
};

/* "conv1", or "split:2" for its output 2. */
static const char *node_name(void *context, size_t id)
{
    struct asking *asking = context;
    const struct mm_result *result = &asking->session->layers[id].result;
    const struct mm_info *sides[] = {&result->dst, &result->src};
    mm_buf_clear(&asking->name);
    for (size_t i = 0; i < MM_COUNT(sides); i++) {
        if (!sides[i]->known || !sides[i]->node_name[0])
            continue;
        mm_buf_puts(&asking->name, sides[i]->node_name);
        if (sides[i]->index > 0)
            mm_buf_printf(&asking->name, ":%lld", (long long)sides[i]->index);
        break;
    }
    return mm_buf_text(&asking->name);
}

int graph_finish(struct mm_session *session, struct mm_err *err)
{
    if (!session->options.graph || !has_headers(session->pairs))
        return 0;
    struct asking asking = {.session = session};
    mm_buf_init(&asking.name);
    int result = mm_model_match_more(&session->match, session->options.graph, session->pairs->pair, node_name,
                                     &asking, err);
    mm_buf_done(&asking.name);
    if (result == 0 && !mm_model_match_usable(&session->match))
        give_up(session);
    return result;
}

/* ---- looking at it ---------------------------------------------------------------------------------------------- */

int graph_node(const struct mm_session *session, size_t id)
{
    if (!session->options.graph || session->match.tensor[id] < 0)
        return -1;
    return session->options.graph->tensors[session->match.tensor[id]].producer;
}

const struct mm_graph *mm_session_graph(const struct mm_session *session)
{
    return session->options.graph;
}

void mm_session_model(const struct mm_session *session, size_t *known, size_t *asked)
{
    *known = session->match.known;
    *asked = session->match.asked;
}
