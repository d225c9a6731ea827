/* Which layer feeds which: edges of the model's graph between tensors that were dumped, or the order
 * alone. */
#include <stdlib.h>
#include <string.h>

#include "mmtui/triage.h"
#include "triage/roles.h"

/* So many nodes are walked through from one layer up to others: enough for any fused operator. */
#define WALK_MAX 4096

/* Edges under construction: pairs (from, to), in the order of `to`. */
struct edges {
    uint32_t *from;
    unsigned char *passes;
    size_t count, capacity, passes_capacity;
    uint32_t *end; /* [layers]: edges up to and including this layer's */
};

/* Which layers dumped a tensor, by its runs. */
struct dumped {
    int *from;       /* [tensors + 2] where a tensor's layers begin */
    uint32_t *layer; /* by tensor, then by run */
};

struct walk {
    const struct mm_graph *graph;
    const struct mm_flow_order *order;
    struct dumped dumped;
    uint32_t *seen; /* [tensors] stamp: layer + 1 */
    int *stack;     /* of tensors */
    size_t room;
    int *output; /* the network's */
    size_t output_count;
    uint32_t layer; /* where it set out, ... */
    int node;       /* ... made by this node */
};

static bool paired(const struct mm_subject *subject)
{
    return subject->pair->src && subject->pair->dst;
}

static int add_edge(struct edges *edges, uint32_t from, unsigned passes)
{
    void *memory = edges->from, *bits = edges->passes;
    if (mm_grow(&memory, &edges->capacity, edges->count + 1, sizeof *edges->from) < 0)
        return -1;
    edges->from = memory;
    if (mm_grow(&bits, &edges->passes_capacity, edges->count + 1, sizeof *edges->passes) < 0)
        return -1;
    edges->passes = bits;
    edges->passes[edges->count] = (unsigned char)passes;
    edges->from[edges->count++] = from;
    return 0;
}

/* ---- with a graph ---- */

struct dumping {
    int32_t tensor, run;
    uint32_t layer;
};

static int by_run(const void *a, const void *b)
{
    const struct dumping *x = a, *y = b;
    if (x->tensor != y->tensor)
        return x->tensor < y->tensor ? -1 : 1;
    if (x->run != y->run)
        return x->run < y->run ? -1 : 1;
    return (x->layer > y->layer) - (x->layer < y->layer);
}

/* Those that were dumped on both sides: the others can't be compared, and are walked through. */
static int find_dumped(struct dumped *dumped, const struct mm_subject *subjects, size_t count,
                       const struct mm_flow_order *order)
{
    size_t tensors = (size_t)order->graph->tensor_count, n = 0;
    struct dumping *all = calloc(count + 1, sizeof *all);
    dumped->from = calloc(tensors + 1, sizeof *dumped->from);
    dumped->layer = calloc(count + 1, sizeof *dumped->layer);
    bool good = all && dumped->from && dumped->layer;
    for (size_t i = 0; good && i < count; i++) {
        if (order->tensor[i] < 0 || !paired(&subjects[i]))
            continue;
        all[n++] = (struct dumping){order->tensor[i], order->run[i], (uint32_t)i};
        dumped->from[order->tensor[i] + 1]++;
    }
    if (good)
        qsort(all, n, sizeof *all, by_run);
    for (size_t t = 0; good && t < tensors; t++)
        dumped->from[t + 1] += dumped->from[t];
    for (size_t i = 0; good && i < n; i++)
        dumped->layer[i] = all[i].layer;
    free(all);
    return good ? 0 : -1;
}

/* The node in whose body it was made, or -1. */
static int body_of(const struct mm_graph *graph, int producer)
{
    return producer >= 0 ? graph->nodes[producer].parent : -1;
}

/* Bodies run as often as they like: across their border, what was dumped last before the layer was read. */
static bool is_later(const struct walk *walk, int tensor, uint32_t layer)
{
    bool same =
        body_of(walk->graph, walk->graph->tensors[tensor].producer) == body_of(walk->graph, walk->node);
    return same ? walk->order->run[layer] > walk->order->run[walk->layer] : layer > walk->layer;
}

/*
 * The layer that holds what this one reads of the tensor: that of its own run, or where the tensor was dumped in
 * fewer runs, of the last before. -1: nobody dumped it. Layers of later runs stand later.
 */
static int32_t layer_of(const struct walk *walk, int tensor)
{
    const struct dumped *dumped = &walk->dumped;
    int low = dumped->from[tensor], high = dumped->from[tensor + 1], begin = low;
    while (low < high) { /* the first that is too late */
        int middle = low + (high - low) / 2;
        if (is_later(walk, tensor, dumped->layer[middle]))
            high = middle;
        else
            low = middle + 1;
    }
    return low > begin && dumped->layer[low - 1] != walk->layer ? (int32_t)dumped->layer[low - 1] : -1;
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

/* What of this tensor the node must show as Inf or NaN: none where it is read by way of others. */
static unsigned passes_of(const struct walk *walk, int tensor)
{
    unsigned passes = 0;
    for (int k = 0; walk->node >= 0 && k < walk->graph->nodes[walk->node].input_count; k++) {
        if (walk->graph->nodes[walk->node].inputs[k] == tensor)
            passes |= mm_operator_passes(&walk->graph->nodes[walk->node], k);
    }
    return passes;
}

/* Up from one layer's tensor to the nearest ones that were dumped on both sides. */
static int walk_up(struct walk *walk, struct edges *edges, uint32_t layer)
{
    int tensor = walk->order->tensor[layer];
    walk->layer = layer;
    walk->node = walk->graph->tensors[tensor].producer;
    size_t top = push_reads(walk, tensor, layer + 1, 0);
    for (size_t steps = 0; top && steps < WALK_MAX; steps++) {
        int here = walk->stack[--top];
        int32_t from = layer_of(walk, here);
        if (from >= 0) {
            if (add_edge(edges, (uint32_t)from, passes_of(walk, here)) < 0)
                return -1;
        } else {
            top = push_reads(walk, here, layer + 1, top);
        }
    }
    return 0;
}

static int walk_init(struct walk *walk, const struct mm_subject *subjects, size_t count,
                     const struct mm_flow_order *order)
{
    size_t tensors = (size_t)order->graph->tensor_count + 1;
    *walk = (struct walk){.graph = order->graph, .order = order, .room = tensors};
    walk->seen = calloc(tensors, sizeof *walk->seen);
    walk->stack = calloc(tensors, sizeof *walk->stack);
    walk->output = calloc(tensors, sizeof *walk->output);
    if (!walk->seen || !walk->stack || !walk->output)
        return -1;
    for (int t = 0; t < order->graph->tensor_count; t++) {
        if (order->graph->tensors[t].flags & MM_GRAPH_OUTPUT)
            walk->output[walk->output_count++] = t;
    }
    return find_dumped(&walk->dumped, subjects, count, order);
}

static void walk_done(struct walk *walk)
{
    free(walk->seen);
    free(walk->stack);
    free(walk->output);
    free(walk->dumped.from);
    free(walk->dumped.layer);
}

/* The layer that dumped a tensor in this very run, or -1. */
static int32_t layer_of_run(const struct walk *walk, int tensor, int32_t run)
{
    int low = walk->dumped.from[tensor], end = walk->dumped.from[tensor + 1], high = end;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (walk->order->run[walk->dumped.layer[middle]] < run)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < end && walk->order->run[walk->dumped.layer[low]] == run;
    return found ? (int32_t)walk->dumped.layer[low] : -1;
}

/* What the network is fed in a later run may be what the run before gave (decode steps): its outputs. */
static int add_fed_back(const struct walk *walk, struct edges *edges, uint32_t layer)
{
    const struct mm_graph_tensor *fed = &walk->graph->tensors[walk->order->tensor[layer]];
    int32_t run = walk->order->run[layer];
    if (run == 0 || !(fed->flags & MM_GRAPH_INPUT) || (fed->flags & MM_GRAPH_CONSTANT))
        return 0;
    for (size_t i = 0; i < walk->output_count; i++) {
        int32_t from = layer_of_run(walk, walk->output[i], run - 1);
        if (from >= 0 && add_edge(edges, (uint32_t)from, 0) < 0)
            return -1;
    }
    return 0;
}

static int edges_of_graph(const struct mm_flow_order *order, const struct mm_subject *subjects, size_t count,
                          struct edges *edges)
{
    struct walk walk = {0};
    int result = walk_init(&walk, subjects, count, order);
    for (size_t i = 0; i < count && result == 0; i++) {
        if (order->tensor[i] >= 0)
            result = walk_up(&walk, edges, (uint32_t)i);
        if (order->tensor[i] >= 0 && result == 0)
            result = add_fed_back(&walk, edges, (uint32_t)i);
        edges->end[i] = (uint32_t)edges->count;
    }
    walk_done(&walk);
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
            if (add_edge(edges, last[(known - 1 - k) % MM_FLOW_WINDOW], 0) < 0)
                return -1;
        }
        edges->end[i] = (uint32_t)edges->count;
        if (paired(&subjects[i]))
            last[known++ % MM_FLOW_WINDOW] = (uint32_t)i;
    }
    return 0;
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
    unsigned char *passes = mm_arena_array(&flow->arena, edges->count + 1, sizeof *passes);
    if (!input_from || !reader_from || !input || !reader || !passes)
        return -1;
    for (size_t e = 0; e < edges->count; e++) {
        input[e] = edges->from[e];
        passes[e] = edges->passes[e];
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
    flow->passes = passes;
    flow->reader_from = reader_from;
    flow->reader = reader;
    return 0;
}

/* A graph that has none of the layers is that of another network, and tells nothing. */
static bool is_of_these(const struct mm_flow_order *order, size_t count)
{
    for (size_t i = 0; order->graph && i < count; i++) {
        if (order->tensor[i] >= 0)
            return true;
    }
    return false;
}

/* What the graph says of each layer by itself. */
static int fill_places(struct mm_flow *flow, const struct mm_flow_order *order)
{
    int32_t *tensor = mm_arena_array(&flow->arena, flow->count + 1, sizeof *tensor);
    int32_t *node = mm_arena_array(&flow->arena, flow->count + 1, sizeof *node);
    int32_t *run = mm_arena_array(&flow->arena, flow->count + 1, sizeof *run);
    if (!tensor || !node || !run)
        return -1;
    for (size_t i = 0; i < flow->count; i++) {
        tensor[i] = order->graph ? order->tensor[i] : -1;
        node[i] = tensor[i] >= 0 ? order->graph->tensors[tensor[i]].producer : -1;
        run[i] = tensor[i] >= 0 ? order->run[i] : 0;
    }
    flow->tensor = tensor;
    flow->node = node;
    flow->run = run;
    return 0;
}

static int fill_edges(struct mm_flow *flow, const struct mm_subject *subjects,
                      const struct mm_flow_order *order)
{
    struct edges edges = {.end = calloc(flow->count + 1, sizeof *edges.end)};
    int result = edges.end ? 0 : -1; /* without an order there are no edges */
    if (result == 0 && order->graph)
        result = edges_of_graph(order, subjects, flow->count, &edges);
    else if (result == 0 && flow->ordered && !order->apart)
        result = edges_of_order(subjects, flow->count, &edges);
    if (result == 0)
        result = publish(flow, &edges);
    free(edges.from);
    free(edges.passes);
    free(edges.end);
    return result;
}

static int fill(struct mm_flow *flow, const struct mm_subject *subjects, const struct mm_flow_order *order)
{
    unsigned char *role = mm_arena_array(&flow->arena, flow->count + 1, sizeof *role);
    unsigned char *quantised = mm_arena_array(&flow->arena, flow->count + 1, sizeof *quantised);
    flow->known = order->graph != NULL;
    flow->ordered = flow->known || order->ordered;
    flow->weak = order->weak && !flow->known;
    if (!role || !quantised || fill_places(flow, order) < 0 || fill_edges(flow, subjects, order) < 0)
        return -1;
    roles_find(flow, subjects, order->graph, role);
    flow->role = role;
    flow->quantised = quantised;
    return quantised_find(flow, subjects, quantised);
}

int mm_flow_open(struct mm_flow **out, const struct mm_subject *subjects, size_t count,
                 const struct mm_flow_order *order, struct mm_err *err)
{
    struct mm_flow_order what = order ? *order : (struct mm_flow_order){0};
    struct mm_flow *flow = calloc(1, sizeof *flow);
    if (!flow)
        return mm_fail_memory(err);
    mm_arena_init(&flow->arena);
    flow->count = count;
    if (!is_of_these(&what, count))
        what.graph = NULL;
    if (fill(flow, subjects, &what) < 0) {
        mm_flow_close(flow);
        return mm_fail_memory(err);
    }
    *out = flow;
    return 0;
}

bool mm_flow_is_stranger(const struct mm_flow *flow, size_t layer)
{
    return flow->known && flow->tensor[layer] < 0;
}

void mm_flow_close(struct mm_flow *flow)
{
    if (!flow)
        return;
    mm_arena_done(&flow->arena);
    free(flow);
}
