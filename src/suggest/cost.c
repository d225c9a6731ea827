/* What raising an operator costs: its multiply-accumulates, by the shapes that were dumped. */
#include "suggest/suggest.h"

struct shapes {
    const struct suggest *s;
    const int32_t *layer_of;
};

static const struct mm_shape *shape_of(void *context, int tensor)
{
    const struct shapes *shapes = context;
    int32_t id = shapes->layer_of ? shapes->layer_of[tensor] : -1;
    return id >= 0 ? mm_result_shape(shapes->s->view->subjects[id].result) : NULL;
}

int64_t suggest_macs(const struct suggest *s, const int32_t *layer_of, uint32_t op)
{
    struct shapes shapes = {s, layer_of};
    int32_t node = s->view->flow->node[op];
    return s->graph && node >= 0 ? mm_graph_macs(s->graph, node, shape_of, &shapes) : -1;
}
