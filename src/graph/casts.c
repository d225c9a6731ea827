/* How often values change their format on their way through a graph. */
#include "mmtui/graph.h"

#include <string.h>

/* Reads no values, or none that would be converted. */
static bool reads_shape(const struct mm_graph_node *node)
{
    return strcmp(node->op_type, "Shape") == 0 || strcmp(node->op_type, "Size") == 0;
}

static bool is_converted(const struct mm_graph_tensor *tensor)
{
    bool values = tensor->dtype == MM_DTYPE_NONE || mm_dtype_info(tensor->dtype)->kind == MM_KIND_FLOAT;
    return values && tensor->producer >= 0 && !(tensor->flags & MM_GRAPH_CONSTANT);
}

/* A format that is not known is another than one that was chosen, and the same as any other. */
static bool differ(unsigned char a, unsigned char b)
{
    unsigned char x = a & MM_GRAPH_FORMATS, y = b & MM_GRAPH_FORMATS;
    if (x && y)
        return x != y;
    return (a | b) & MM_GRAPH_CHOSEN;
}

static int64_t elements_of(const struct mm_graph *graph, int tensor, mm_graph_shape shape, void *context)
{
    const struct mm_shape *known = shape ? shape(context, tensor) : NULL;
    int64_t count = mm_shape_count(known ? known : &graph->tensors[tensor].shape);
    return count > 0 ? count : 0;
}

void mm_graph_casts_add(const struct mm_graph *graph, int number, const unsigned char *format, bool each,
                        mm_graph_shape shape, void *context, struct mm_graph_casts *out)
{
    const struct mm_graph_tensor *tensor = &graph->tensors[number];
    bool seen[256] = {false};
    int64_t casts = 0;
    if (!is_converted(tensor))
        return;
    for (int k = 0; k < tensor->consumer_count; k++) {
        int reader = tensor->consumers[k];
        if (reads_shape(&graph->nodes[reader]) || !differ(format[tensor->producer], format[reader]) ||
            (seen[format[reader] & MM_GRAPH_FORMATS] && !each))
            continue;
        seen[format[reader] & MM_GRAPH_FORMATS] = true;
        casts++;
    }
    out->casts += casts;
    if (casts > 0)
        out->elements += casts * elements_of(graph, number, shape, context);
}
