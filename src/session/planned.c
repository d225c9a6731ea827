/* A plan that was made elsewhere: are its operators here? */
#include "session/state.h"

#include <string.h>

#define NAMES_SHOWN 5

static bool in_dump(const struct mm_session *session, const char *name)
{
    for (size_t id = 0; id < session->pairs->count; id++) {
        if (session->layers[id].pair->dst && strcmp(mm_session_node(session, id), name) == 0)
            return true;
    }
    return false;
}

static bool in_model(const struct mm_graph *graph, const char *name)
{
    for (int node = 0; graph && node < graph->node_count; node++) {
        if (strcmp(graph->nodes[node].name, name) == 0)
            return true;
    }
    return false;
}

bool mm_session_knows(const struct mm_session *session, const struct mm_override *override)
{
    if (session->measured < session->pairs->count) /* names of operators stand in headers */
        return true;
    return in_dump(session, override->name) || in_model(session->options.graph, override->name);
}

size_t mm_session_missing(const struct mm_session *session, struct mm_buf *out)
{
    const struct mm_plan *plan = session->plan;
    struct mm_buf names = {0};
    size_t missing = 0;
    for (size_t i = 0; i < mm_plan_count(plan); i++) {
        const struct mm_override *override = mm_plan_at(plan, i);
        if (mm_session_knows(session, override))
            continue;
        if (missing < NAMES_SHOWN) {
            mm_buf_puts(&names, missing ? ", " : "");
            mm_text_escape(&names, override->name, strlen(override->name));
        }
        missing++;
    }
    if (missing)
        mm_buf_printf(out, "%zu %s of the plan %s in neither dst nor the model: %s%s", missing,
                      missing == 1 ? "operator" : "operators", missing == 1 ? "is" : "are",
                      mm_buf_text(&names), missing > NAMES_SHOWN ? ", ..." : "");
    mm_buf_done(&names);
    return missing;
}
