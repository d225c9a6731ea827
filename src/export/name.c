/* What a runtime calls an operator: the plan's own name, or what the model has for it. */
#include "export/export.h"

#include <stdlib.h>

/* ---- in the graph ---- */

static int producer(const struct mm_graph *graph, int tensor)
{
    return tensor >= 0 ? graph->tensors[tensor].producer : -1;
}

/* The node that a name is about: its own name, else that of a tensor that it makes; -1. */
static int node_called(const struct mm_graph *graph, const char *name)
{
    int node = mm_graph_node(graph, name);
    return node >= 0 ? node : producer(graph, mm_graph_find(graph, name));
}

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
    if (kind == MM_NAME_NODE || kind == MM_NAME_LAYER)
        return graph->nodes[node].name[0] ? graph->nodes[node].name : NULL;
    int found = kind == MM_NAME_TENSOR ? result_of(graph, node, tensor) : weight_of(graph, node);
    return found >= 0 ? graph->tensors[found].name : NULL;
}

const char *mm_name_kind_text(enum mm_name_kind kind)
{
    static const char *const texts[] = {
        [MM_NAME_LAYER] = "the runtime's layer",
        [MM_NAME_NODE] = "the model's node",
        [MM_NAME_TENSOR] = "the operator's output tensor",
        [MM_NAME_WEIGHT] = "the operator's weight",
    };
    return texts[kind];
}

const char *mm_target_name(const struct mm_export *export, const struct mm_target *target,
                           enum mm_name_kind kind)
{
    return export->graph && target->node >= 0
               ? name_in(export->graph, target->node, kind, target->override->tensor)
               : NULL;
}

/* ---- without it ---- */

/* The plan's own name: of a tensor, the plan's tensor. */
static const char *own_name(const struct mm_override *override, enum mm_name_kind kind)
{
    return kind == MM_NAME_TENSOR && override->tensor[0] ? override->tensor : override->name;
}

static const char *known_name(const struct mm_known *known, const struct mm_override *override,
                              enum mm_name_kind kind, bool *sure)
{
    const char *own = own_name(override, kind);
    const char *found = mm_known_find(known, own);
    if (!found)
        found = mm_known_find(known, override->name);
    if (!found && override->tensor[0])
        found = mm_known_find(known, override->tensor);
    *sure = found != NULL;
    return found ? found : own;
}

const char *mm_export_name(const struct mm_export *export, const struct mm_override *override, bool *sure)
{
    enum mm_name_kind kind = export->dialect->names;
    bool own = kind == MM_NAME_LAYER, ignored; /* no graph knows the runtime's own names */
    int node = export->graph && !own ? node_of(export->graph, override) : -1;
    bool *known = sure ? sure : &ignored;
    *known = node >= 0;
    if (node >= 0)
        return name_in(export->graph, node, kind, override->tensor);
    if (export->known)
        return known_name(export->known, override, kind, known);
    return own_name(override, kind);
}

/* ---- all of them ---- */

/* What joins the names of a fused layer. */
static const char *const JOINTS[] = {" + ", "||", ";"};

/* The end of the name's first part; *next: where the one behind it begins, NULL behind the last. */
static const char *part_end(const char *name, const char **next)
{
    const char *end = NULL;
    *next = NULL;
    for (size_t i = 0; i < MM_COUNT(JOINTS); i++) {
        const char *found = strstr(name, JOINTS[i]);
        if (found && found > name && (!end || found < end)) {
            end = found;
            *next = found + strlen(JOINTS[i]);
        }
    }
    return end ? end : name + strlen(name);
}

static void put(struct mm_targets *targets, const struct mm_override *override, const char *name, int node,
                bool sure)
{
    if (name)
        targets->target[targets->count++] =
            (struct mm_target){.override = override, .name = name, .node = node, .sure = sure};
}

/* The operators that a fused layer's name joins, where the graph has every one of them. */
static int put_parts(const struct mm_export *export, const struct mm_override *override,
                     struct mm_targets *targets, bool *done)
{
    size_t before = targets->count;
    const char *next = override->name;
    *done = false;
    while (next) {
        const char *begin = next, *end = part_end(begin, &next);
        char *part = mm_arena_strndup(&targets->arena, begin, (size_t)(end - begin));
        if (!part)
            return -1;
        int node = node_called(export->graph, part);
        if (node < 0) {
            targets->count = before;
            return 0;
        }
        put(targets, override, name_in(export->graph, node, export->dialect->names, part), node, true);
    }
    *done = true;
    return 0;
}

static int put_override(const struct mm_export *export, const struct mm_override *override,
                        struct mm_targets *targets)
{
    const char *next;
    bool done = false, sure;
    bool model = export->graph && export->dialect->names != MM_NAME_LAYER;
    part_end(override->name, &next);
    if (model && next && mm_graph_node(export->graph, override->name) < 0 &&
        put_parts(export, override, targets, &done) < 0)
        return -1;
    if (done)
        return 0;
    const char *name = mm_export_name(export, override, &sure);
    put(targets, override, name, model ? node_of(export->graph, override) : -1, sure);
    return 0;
}

static size_t parts_of(const char *name)
{
    size_t count = 1;
    for (const char *next; part_end(name, &next), next; name = next)
        count++;
    return count;
}

static int compare_names(const char *a, const char *b)
{
    int order = mm_text_compare_natural(a, b);
    return order ? order : strcmp(a, b);
}

static int name_against_target(const void *name, const void *target)
{
    return compare_names(name, ((const struct mm_target *)target)->name);
}

const struct mm_target *mm_targets_find(const struct mm_targets *targets, const char *name)
{
    return targets->count
               ? bsearch(name, targets->target, targets->count, sizeof *targets->target, name_against_target)
               : NULL;
}

static int by_name(const void *a, const void *b)
{
    const struct mm_target *x = a, *y = b;
    int order = compare_names(x->name, y->name);
    return order ? order : (int)y->override->precision - (int)x->override->precision;
}

int mm_export_targets(const struct mm_export *export, struct mm_targets *targets, struct mm_err *err)
{
    const struct mm_override *override;
    size_t most = 0, kept = 0;
    *targets = (struct mm_targets){0};
    for (size_t at = 0; (override = mm_export_next(export, &at));)
        most += parts_of(override->name);
    targets->target = mm_arena_array(&targets->arena, most, sizeof *targets->target);
    bool failed = !targets->target;
    for (size_t at = 0; !failed && (override = mm_export_next(export, &at));)
        failed = put_override(export, override, targets) < 0;
    if (failed) {
        mm_targets_done(targets);
        return mm_fail_memory(err);
    }
    if (targets->count)
        qsort(targets->target, targets->count, sizeof *targets->target, by_name);
    for (size_t i = 0; i < targets->count; i++) {
        if (kept == 0 || strcmp(targets->target[kept - 1].name, targets->target[i].name) != 0)
            targets->target[kept++] = targets->target[i];
    }
    targets->count = kept;
    return 0;
}

void mm_targets_done(struct mm_targets *targets)
{
    mm_arena_done(&targets->arena);
    *targets = (struct mm_targets){0};
}
