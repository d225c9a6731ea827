/* What a runtime calls an operator: the plan's own name, or what the model's graph has for it. */
#include "mmtui/export.h"

/* The node that an override is about: by its own name, else as the one that makes its tensor; -1. */
static int node_of(const struct mm_graph *graph, const struct mm_override *override)
{
    int node = mm_graph_node(graph, override->name);
    int tensor = node >= 0 ? -1 : mm_graph_find(graph, override->tensor);
    if (node < 0 && tensor < 0)
        tensor = mm_graph_find(graph, override->name);
    return tensor >= 0 ? graph->tensors[tensor].producer : node;
}

/* The tensor that the override was chosen on if the node makes it, else the node's first result; -1. */
static int result_of(const struct mm_graph *graph, int node, const char *name)
{
    int tensor = mm_graph_find(graph, name);
    if (tensor >= 0 && graph->tensors[tensor].producer == node)
        return tensor;
    for (int i = 0; i < graph->nodes[node].output_count; i++) {
        if (graph->nodes[node].outputs[i] >= 0)
            return graph->nodes[node].outputs[i];
    }
    return -1;
}

/* The first input whose values stand in the model; -1. */
static int weight_of(const struct mm_graph *graph, int node)
{
    for (int i = 0; i < graph->nodes[node].input_count; i++) {
        int tensor = graph->nodes[node].inputs[i];
        if (tensor >= 0 && (graph->tensors[tensor].flags & MM_GRAPH_CONSTANT))
            return tensor;
    }
    return -1;
}

static const char *name_in(const struct mm_graph *graph, int node, enum mm_name_kind kind, const char *tensor)
{
    if (kind == MM_NAME_NODE)
        return graph->nodes[node].name[0] ? graph->nodes[node].name : NULL;
    int found = kind == MM_NAME_TENSOR ? result_of(graph, node, tensor) : weight_of(graph, node);
    return found >= 0 ? graph->tensors[found].name : NULL;
}

const char *mm_export_name(const struct mm_export *export, const struct mm_override *override, bool *sure)
{
    enum mm_name_kind kind = export->dialect->names;
    bool own = kind == MM_NAME_LAYER; /* no graph knows the runtime's own names */
    int node = export->graph && !own ? node_of(export->graph, override) : -1;
    if (sure)
        *sure = node >= 0;
    if (node >= 0)
        return name_in(export->graph, node, kind, override->tensor);
    return kind == MM_NAME_TENSOR && override->tensor[0] ? override->tensor : override->name;
}
