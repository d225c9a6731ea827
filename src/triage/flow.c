/* Which layer feeds which: edges of the model's graph between tensors that were dumped, or the order alone.
 */
#include <stdlib.h>
#include <string.h>

#include "mmtui/triage.h"
#include "triage/roles.h"

/* So many nodes are walked through from one layer up to others: enough for any fused operator. */
#define WALK_MAX 4096

/* Edges under construction: pairs (from, to), in the order of `to`. */
struct edges {
    uint32_t *from;
    size_t count, capacity;
    uint32_t *end; /* [layers]: edges up to and including this layer's */
};

struct walk {
    const struct mm_graph *graph;
    const int32_t *layer; /* [tensors] the layer that dumped it, or -1 */
    uint32_t *seen;       /* [tensors] stamp: layer + 1 */
    int *stack;           /* of tensors */
    size_t room;
};

static bool paired(const struct mm_subject *subject)
{
    return subject->pair->src && subject->pair->dst;
}

static int add_edge(struct edges *edges, uint32_t from)
{
    void *memory = edges->from;
    if (mm_grow(&memory, &edges->capacity, edges->count + 1, sizeof *edges->from) < 0)
        return -1;
    edges->from = memory;
    edges->from[edges->count++] = from;
    return 0;
}

/* ---- with a graph ---- */

/* The k-th write of a name is the name's k-th occurrence in the dump. */
static int32_t tensor_of(const struct mm_graph *graph, const struct mm_subject *subject)
{
    const char *names[] = {subject->pair->name,
                           subject->result->dst.known ? subject->result->dst.node_name : "",
                           subject->result->src.known ? subject->result->src.node_name : ""};
    int found = -1;
    for (size_t i = 0; i < MM_COUNT(names) && found < 0; i++)
        found = mm_graph_find(graph, names[i]);
    for (uint32_t k = 1; found >= 0 && k < subject->pair->occurrence; k++) {
        if (graph->tensors[found].again < 0)
            break;
        found = graph->tensors[found].again;
    }
    return found;
}

static size_t push_reads(struct walk *walk, int tensor, uint32_t stamp, size_t top)
{
    int producer = walk->graph->tensors[tensor].producer;
    if (producer < 0)
        return top;
    const struct mm_graph_node *node = &walk->graph->nodes[producer];
    for (int i = 0; i < node->read_count && top < walk->room; i++) {
        int read = node->inputs[i];
        if (read < 0 || walk->seen[read] == stamp)
            continue;
        walk->seen[read] = stamp;
        walk->stack[top++] = read;
    }
    return top;
}

/* Up from one layer's tensor to the nearest ones that were dumped on both sides. */
static int walk_up(struct walk *walk, struct edges *edges, uint32_t layer, int tensor)
{
    size_t top = push_reads(walk, tensor, layer + 1, 0);
    for (size_t steps = 0; top && steps < WALK_MAX; steps++) {
        int here = walk->stack[--top];
        int32_t from = walk->layer[here];
        if (from >= 0 && (uint32_t)from != layer) {
            if (add_edge(edges, (uint32_t)from) < 0)
                return -1;
        } else {
            top = push_reads(walk, here, layer + 1, top);
        }
    }
    return 0;
}

static int walk_init(struct walk *walk, const struct mm_graph *graph, int32_t *layer)
{
    size_t tensors = (size_t)graph->tensor_count + 1;
    *walk = (struct walk){.graph = graph, .layer = layer, .room = tensors};
    walk->seen = calloc(tensors, sizeof *walk->seen);
    walk->stack = calloc(tensors, sizeof *walk->stack);
    return walk->seen && walk->stack ? 0 : -1;
}

static void walk_done(struct walk *walk)
{
    free(walk->seen);
    free(walk->stack);
}

/* Fills tensor and node of every layer, and which layer stands for a tensor: the first pair of that name. */
static void find_layers(const struct mm_graph *graph, const struct mm_subject *subjects, size_t count,
                        int32_t *tensor, int32_t *node, int32_t *layer)
{
    for (int t = 0; t < graph->tensor_count; t++)
        layer[t] = -1;
    for (size_t i = 0; i < count; i++) {
        tensor[i] = tensor_of(graph, &subjects[i]);
        node[i] = tensor[i] >= 0 ? graph->tensors[tensor[i]].producer : -1;
        if (tensor[i] >= 0 && paired(&subjects[i]) && layer[tensor[i]] < 0)
            layer[tensor[i]] = (int32_t)i;
    }
}

static int edges_of_graph(const struct mm_graph *graph, const struct mm_subject *subjects, size_t count,
                          int32_t *tensor, int32_t *node, struct edges *edges)
{
    int32_t *layer = malloc(((size_t)graph->tensor_count + 1) * sizeof *layer);
    struct walk walk = {0};
    int result = layer && walk_init(&walk, graph, layer) == 0 ? 0 : -1;
    if (result == 0)
        find_layers(graph, subjects, count, tensor, node, layer);
    for (size_t i = 0; i < count && result == 0; i++) {
        if (tensor[i] >= 0)
            result = walk_up(&walk, edges, (uint32_t)i, tensor[i]);
        edges->end[i] = (uint32_t)edges->count;
    }
    walk_done(&walk);
    free(layer);
    return result;
}

/* ---- without ---- */

static int edges_of_order(const struct mm_subject *subjects, size_t count, struct edges *edges)
{
    uint32_t last[MM_FLOW_WINDOW];
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        size_t n = known < MM_FLOW_WINDOW ? known : MM_FLOW_WINDOW;
        for (size_t k = 0; k < n && paired(&subjects[i]); k++) {
            if (add_edge(edges, last[(known - 1 - k) % MM_FLOW_WINDOW]) < 0)
                return -1;
        }
        edges->end[i] = (uint32_t)edges->count;
        if (paired(&subjects[i]))
            last[known++ % MM_FLOW_WINDOW] = (uint32_t)i;
    }
    return 0;
}

static bool has_stamps(const struct mm_subject *subjects, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct mm_entry *entry = subjects[i].pair->src ? subjects[i].pair->src : subjects[i].pair->dst;
        if (entry->parsed.stamp >= 0)
            return true;
    }
    return false;
}

/* ---- both ways ---- */

/* Edges by their target become two tables: inputs of each layer, readers of each layer. */
static int publish(struct mm_flow *flow, const struct edges *edges)
{
    size_t count = flow->count;
    uint32_t *input_from = mm_arena_array(&flow->arena, count + 1, sizeof *input_from);
    uint32_t *reader_from = mm_arena_array(&flow->arena, count + 2, sizeof *reader_from);
    uint32_t *input = mm_arena_array(&flow->arena, edges->count + 1, sizeof *input);
    uint32_t *reader = mm_arena_array(&flow->arena, edges->count + 1, sizeof *reader);
    if (!input_from || !reader_from || !input || !reader)
        return -1;
    for (size_t e = 0; e < edges->count; e++) {
        input[e] = edges->from[e];
        reader_from[edges->from[e] + 2]++;
    }
    for (size_t i = 0; i < count; i++) {
        input_from[i + 1] = edges->end[i];
        reader_from[i + 2] += reader_from[i + 1];
    }
    for (size_t to = 0; to < count; to++) {
        for (uint32_t e = input_from[to]; e < input_from[to + 1]; e++)
            reader[reader_from[input[e] + 1]++] = (uint32_t)to;
    }
    flow->input_from = input_from;
    flow->input = input;
    flow->reader_from = reader_from;
    flow->reader = reader;
    return 0;
}

/* A graph that has none of the layers is that of another network, and tells nothing. */
static bool is_of_these(const struct mm_graph *graph, const struct mm_subject *subjects, size_t count)
{
    for (size_t i = 0; graph && i < count; i++) {
        if (tensor_of(graph, &subjects[i]) >= 0)
            return true;
    }
    return false;
}

static int fill(struct mm_flow *flow, const struct mm_subject *subjects, const struct mm_graph *graph,
                struct edges *edges)
{
    size_t count = flow->count;
    int32_t *tensor = mm_arena_array(&flow->arena, count + 1, sizeof *tensor);
    int32_t *node = mm_arena_array(&flow->arena, count + 1, sizeof *node);
    unsigned char *role = mm_arena_array(&flow->arena, count + 1, sizeof *role);
    unsigned char *quantised = mm_arena_array(&flow->arena, count + 1, sizeof *quantised);
    edges->end = calloc(count + 1, sizeof *edges->end);
    if (!tensor || !node || !role || !quantised || !edges->end)
        return -1;
    for (size_t i = 0; i < count; i++)
        tensor[i] = node[i] = -1;
    if (!is_of_these(graph, subjects, count))
        graph = NULL;
    flow->known = graph != NULL;
    flow->ordered = graph || has_stamps(subjects, count);
    int result = 0; /* without an order there are no edges */
    if (graph)
        result = edges_of_graph(graph, subjects, count, tensor, node, edges);
    else if (flow->ordered)
        result = edges_of_order(subjects, count, edges);
    if (result < 0 || publish(flow, edges) < 0)
        return -1;
    flow->tensor = tensor;
    flow->node = node;
    roles_find(flow, subjects, graph, role);
    flow->role = role;
    if (quantised_find(flow, subjects, quantised) < 0)
        return -1;
    flow->quantised = quantised;
    return 0;
}

int mm_flow_open(struct mm_flow **out, const struct mm_subject *subjects, size_t count,
                 const struct mm_graph *graph, struct mm_err *err)
{
    struct edges edges = {0};
    struct mm_flow *flow = calloc(1, sizeof *flow);
    if (!flow)
        return mm_fail_memory(err);
    mm_arena_init(&flow->arena);
    flow->count = count;
    int result = fill(flow, subjects, graph, &edges);
    free(edges.from);
    free(edges.end);
    if (result < 0) {
        mm_flow_close(flow);
        return mm_fail_memory(err);
    }
    *out = flow;
    return 0;
}

void mm_flow_close(struct mm_flow *flow)
{
    if (!flow)
        return;
    mm_arena_done(&flow->arena);
    free(flow);
}
