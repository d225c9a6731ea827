/* From what was added to a graph: nodes in order, edges both ways, names. */
#include "graph/graph.h"
#include "graph/order.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* place[node as added] = where it comes. */
static int find_places(const struct mm_graph_builder *b, int *place, const char *what, struct mm_err *err)
{
    if (!b->unsorted) {
        for (size_t i = 0; i < b->nodes; i++)
            place[i] = (int)i;
        return 0;
    }
    int *order = malloc((b->nodes + 1) * sizeof *order);
    if (!order)
        return mm_fail_memory(err);
    int result = mm_graph_order(b, order, what, err);
    for (size_t i = 0; i < b->nodes && result == 0; i++)
        place[order[i]] = (int)i;
    free(order);
    return result;
}

static struct mm_graph_node *place_nodes(struct mm_graph_builder *b, const int *place)
{
    struct mm_graph_node *nodes = mm_arena_array(&b->graph->arena, b->nodes, sizeof *nodes);
    for (size_t i = 0; nodes && i < b->nodes; i++) {
        struct mm_graph_node *node = &nodes[place[i]];
        *node = b->node[i].node;
        node->parent = node->parent < 0 ? -1 : place[node->parent];
    }
    return nodes;
}

static struct mm_graph_tensor *place_tensors(struct mm_graph_builder *b, const int *place)
{
    struct mm_graph_tensor *tensors = mm_arena_array(&b->graph->arena, b->tensors, sizeof *tensors);
    for (size_t i = 0; tensors && i < b->tensors; i++) {
        tensors[i] = b->tensor[i].tensor;
        tensors[i].producer = tensors[i].producer < 0 ? -1 : place[tensors[i].producer];
    }
    return tensors;
}

static struct mm_value_place *place_values(struct mm_graph_builder *b)
{
    struct mm_value_place *values = mm_arena_array(&b->graph->arena, b->tensors, sizeof *values);
    for (size_t i = 0; values && i < b->tensors; i++)
        values[i] = b->tensor[i].value;
    return values;
}

/*
 * The consumers of all tensors lie in one array, those of one side by side. `last` tells which node a tensor
 * was counted for last, so that a node which reads it twice is there once.
 */
static int connect(struct mm_graph_builder *b, const struct mm_graph_node *nodes,
                   struct mm_graph_tensor *tensors)
{
    size_t total = 0;
    int *last = malloc((b->tensors + 1) * sizeof *last);
    int *list = NULL;
    for (int pass = 0; last && pass < 2; pass++) {
        memset(last, 0xff, (b->tensors + 1) * sizeof *last);
        for (size_t n = 0; n < b->nodes; n++) {
            for (int i = 0; i < nodes[n].read_count; i++) {
                int t = nodes[n].inputs[i];
                if (t < 0 || last[t] == (int)n)
                    continue;
                last[t] = (int)n;
                if (pass == 1)
                    ((int *)tensors[t].consumers)[tensors[t].consumer_count] = (int)n;
                tensors[t].consumer_count++;
                total += pass == 0;
            }
        }
        if (pass == 1)
            break;
        list = mm_arena_array(&b->graph->arena, total, sizeof *list);
        for (size_t t = 0, at = 0; list && t < b->tensors; t++) {
            tensors[t].consumers = list + at;
            at += (size_t)tensors[t].consumer_count;
            tensors[t].consumer_count = 0;
        }
        if (!list)
            break;
    }
    free(last);
    return list ? 0 : -1;
}

static int finish(struct mm_graph_builder *b, int *place, const char *what, struct mm_err *err)
{
    struct mm_graph *graph = b->graph;
    if (find_places(b, place, what, err) < 0)
        return -1;
    struct mm_graph_node *nodes = place_nodes(b, place);
    struct mm_graph_tensor *tensors = place_tensors(b, place);
    graph->source->value = place_values(b);
    if (!nodes || !tensors || !graph->source->value || connect(b, nodes, tensors) < 0)
        return mm_fail_memory(err);
    graph->nodes = nodes;
    graph->node_count = (int)b->nodes;
    graph->tensors = tensors;
    graph->tensor_count = (int)b->tensors;
    return mm_graph_index_make(b, nodes, tensors, err);
}

static int failure(const struct mm_graph_builder *b, const char *what, struct mm_err *err)
{
    if (!b->too_many)
        return mm_fail_memory(err);
    return mm_fail(err, MM_EUNSUPPORTED, "%s: more than %zu nodes, tensors, attributes or calls", what,
                   MM_GRAPH_MOST);
}

int mm_graph_finish(struct mm_graph_builder *b, struct mm_graph **graph, const char *what, struct mm_err *err)
{
    *graph = NULL;
    if (!b)
        return mm_fail_memory(err);
    mm_graph_settle(b);
    int *place = b->failed ? NULL : malloc((b->nodes + 1) * sizeof *place);
    int result = place ? finish(b, place, what, err) : failure(b, what, err);
    free(place);
    if (result == 0) {
        *graph = b->graph;
        b->graph = NULL;
    }
    mm_graph_abandon(b);
    return result;
}
