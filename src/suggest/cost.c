/* What raising operators costs: multiply-accumulates, bytes and casts, by the shapes and formats that were dumped. */
#include "suggest/suggest.h"

#include <math.h>
#include <stdlib.h>

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

int32_t *suggest_dumped(const struct suggest *s)
{
    const struct mm_graph *graph = s->graph;
    int32_t *layer_of = graph ? malloc(((size_t)graph->tensor_count + 1) * sizeof *layer_of) : NULL;
    for (int t = 0; layer_of && t < graph->tensor_count; t++)
        layer_of[t] = -1;
    for (uint32_t id = (uint32_t)s->count; layer_of && id-- > 0;) {
        int32_t tensor = s->view->flow->tensor[id];
        if (tensor >= 0 && s->view->subjects[id].result->src.known)
            layer_of[tensor] = (int32_t)id;
    }
    return layer_of;
}

/* ---- bytes ---- */

/* The format that dst has; NONE where nothing shows it: a dump that is float32 all over. */
static enum mm_dtype format_now(const struct suggest *s, uint32_t id)
{
    const struct suggest_layer *here = &s->layer[id];
    return s->tells || here->integer ? here->now : MM_DTYPE_NONE;
}

/* Constant inputs are weights, and rounded as the operator is. */
static int64_t weights_of(const struct suggest *s, uint32_t op)
{
    int32_t node = s->view->flow->node[op];
    int64_t sum = 0;
    for (int k = 0; s->graph && node >= 0 && k < s->graph->nodes[node].input_count; k++) {
        int t = s->graph->nodes[node].inputs[k];
        const struct mm_graph_tensor *tensor = t >= 0 ? &s->graph->tensors[t] : NULL;
        bool values = tensor && (tensor->flags & MM_GRAPH_CONSTANT) &&
                      (tensor->dtype == MM_DTYPE_NONE || mm_dtype_info(tensor->dtype)->kind == MM_KIND_FLOAT);
        int64_t count = values ? mm_shape_count(&tensor->shape) : 0;
        sum += count > 0 ? count : 0;
    }
    return sum;
}

static void count_results(const struct suggest *s, const struct mm_raise *raise, struct mm_raise_cost *out)
{
    uint32_t op = s->layer[raise->layer].op;
    int64_t to = mm_dtype_info(raise->to)->bits, bits = 0;
    bool known = raise->to != MM_DTYPE_NONE;
    for (int32_t at = (int32_t)op; at >= 0; at = s->layer[at].next) {
        enum mm_dtype now = format_now(s, (uint32_t)at);
        int64_t count = s->layer[at].measured ? s->view->subjects[at].result->metrics.count : 0;
        known = known && now != MM_DTYPE_NONE;
        out->elements += count;
        bits += count * (to - (int64_t)mm_dtype_info(now)->bits);
        if (at == (int32_t)op)
            bits += weights_of(s, op) * (to - (int64_t)mm_dtype_info(now)->bits);
    }
    out->bytes = known ? bits / 8 : MM_COST_UNKNOWN;
}

/* ---- casts ---- */

struct formats {
    const struct suggest *s;
    unsigned char *now, *then; /* [nodes] as they are, and with all that is raised */
    struct shapes shapes;
};

static int node_of(const struct suggest *s, uint32_t layer)
{
    return s->view->flow->node[layer];
}

static int formats_init(struct formats *f, const struct mm_raise *raise, size_t count)
{
    size_t nodes = (size_t)f->s->graph->node_count + 1;
    f->now = calloc(nodes, 1);
    f->then = calloc(nodes, 1);
    if (!f->now || !f->then)
        return -1;
    for (uint32_t id = 0; id < f->s->count; id++) {
        int node = node_of(f->s, id);
        if (node >= 0 && f->s->layer[id].measured)
            f->now[node] = f->then[node] = (unsigned char)format_now(f->s, id);
    }
    for (size_t i = 0; i < count; i++) {
        int node = node_of(f->s, raise[i].layer);
        if (node >= 0)
            f->then[node] = (unsigned char)raise[i].to | MM_GRAPH_CHOSEN;
    }
    return 0;
}

/* Of the tensors that a node reads and makes. */
static struct mm_graph_casts casts_around(const struct formats *f, int number)
{
    const struct mm_graph_node *node = &f->s->graph->nodes[number];
    struct mm_graph_casts sum = {0, 0};
    struct shapes shapes = f->shapes;
    for (int k = 0; k < node->input_count + node->output_count; k++) {
        int t = k < node->input_count ? node->inputs[k] : node->outputs[k - node->input_count];
        bool again = false; /* the same tensor twice: x * x */
        for (int j = 0; j < k && j < node->input_count; j++)
            again = again || node->inputs[j] == t;
        if (t >= 0 && !again)
            mm_graph_casts_add(f->s->graph, t, f->then, f->s->each_reader, shape_of, &shapes, &sum);
    }
    return sum;
}

/* What is more than if this one alone stayed as it is. */
static void count_casts(const struct formats *f, const struct mm_raise *raise, struct mm_raise_cost *out)
{
    int node = node_of(f->s, raise->layer);
    if (node < 0)
        return;
    struct mm_graph_casts with = casts_around(f, node);
    unsigned char chosen = f->then[node];
    f->then[node] = f->now[node];
    struct mm_graph_casts without = casts_around(f, node);
    f->then[node] = chosen;
    out->casts = with.casts - without.casts;
    out->cast_elements = with.elements - without.elements;
}

static void count_all_casts(const struct formats *f, struct mm_raise_cost *all)
{
    struct mm_graph_casts now = {0, 0}, then = {0, 0};
    struct shapes shapes = f->shapes;
    for (int t = 0; t < f->s->graph->tensor_count; t++) {
        mm_graph_casts_add(f->s->graph, t, f->now, f->s->each_reader, shape_of, &shapes, &now);
        mm_graph_casts_add(f->s->graph, t, f->then, f->s->each_reader, shape_of, &shapes, &then);
    }
    all->casts = then.casts - now.casts;
    all->cast_elements = then.elements - now.elements;
}

/* ---- all of it ---- */

static double worth_of(const struct mm_raise_cost *cost)
{
    int64_t casts = cost->cast_elements > 0 ? cost->cast_elements : 0;
    double operations = (double)(cost->macs >= 0 ? cost->macs : cost->elements) + (double)casts;
    return 100 * cost->share / fmax(operations, 1) * 1e6;
}

static void add_to(struct mm_raise_cost *all, const struct mm_raise_cost *one)
{
    all->share += isfinite(one->share) ? one->share : 0;
    all->elements += one->elements;
    if (one->macs >= 0)
        all->macs = (all->macs < 0 ? 0 : all->macs) + one->macs;
    all->bytes = all->bytes == MM_COST_UNKNOWN || one->bytes == MM_COST_UNKNOWN ? MM_COST_UNKNOWN
                                                                                : all->bytes + one->bytes;
}

int suggest_costs(const struct suggest *s, const int32_t *layer_of, const struct mm_raise *raise,
                  size_t count, struct mm_raise_cost *out, struct mm_raise_cost *all)
{
    struct formats formats = {.s = s, .shapes = {s, layer_of}};
    int result = s->graph ? formats_init(&formats, raise, count) : 0;
    *all = (struct mm_raise_cost){.macs = -1, .casts = MM_COST_UNKNOWN};
    for (size_t i = 0; i < count && result == 0; i++) {
        uint32_t op = s->layer[raise[i].layer].op;
        out[i] = (struct mm_raise_cost){.share = s->layer[op].broken ? INFINITY : suggest_share(s, op),
                                        .macs = suggest_macs(s, layer_of, op),
                                        .casts = MM_COST_UNKNOWN};
        count_results(s, &raise[i], &out[i]);
        if (s->graph)
            count_casts(&formats, &raise[i], &out[i]);
        out[i].worth = worth_of(&out[i]);
        add_to(all, &out[i]);
    }
    if (s->graph && result == 0)
        count_all_casts(&formats, all);
    all->worth = worth_of(all);
    free(formats.now);
    free(formats.then);
    return result;
}

int mm_suggest_costs(const struct mm_triage_view *view, const struct mm_verdict *verdicts,
                     const struct mm_graph *graph, bool each_reader, const struct mm_raise *raise,
                     size_t count, struct mm_raise_cost *out, struct mm_raise_cost *all, struct mm_err *err)
{
    struct suggest s = {
        .view = view, .verdicts = verdicts, .graph = graph, .each_reader = each_reader, .count = view->count};
    struct mm_raise_cost sum;
    double beyond;
    mm_arena_init(&s.arena);
    int result = suggest_layers(&s);
    int32_t *layer_of = result == 0 ? suggest_dumped(&s) : NULL;
    if (result == 0) {
        suggest_overflow(&s); /* marks what is broken */
        suggest_total(&s, &beyond);
        result = suggest_costs(&s, layer_of, raise, count, out, all ? all : &sum);
    }
    free(layer_of);
    mm_arena_done(&s.arena);
    return result < 0 ? mm_fail_memory(err) : 0;
}
