/*
 * Adding nodes and tensors to a graph that is being made. A node's input is the tensor that its name means at
 * that point; a name that means nothing yet becomes a tensor without a producer, which a later node may take
 * over.
 */
#include "graph/graph.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct mm_graph_builder *mm_graph_new(void)
{
    struct mm_graph_builder *b = calloc(1, sizeof *b);
    struct mm_graph *graph = calloc(1, sizeof *graph);
    struct mm_graph_index *index = calloc(1, sizeof *index);
    struct mm_graph_source *source = calloc(1, sizeof *source);
    if (!b || !graph || !index || !source) {
        free(b);
        free(graph);
        free(index);
        free(source);
        return NULL;
    }
    mm_arena_init(&graph->arena);
    graph->index = index;
    graph->source = source;
    b->graph = graph;
    return b;
}

void mm_graph_abandon(struct mm_graph_builder *b)
{
    if (!b)
        return;
    mm_graph_close(b->graph);
    free(b->node);
    free(b->tensor);
    free(b->attribute);
    free(b->current);
    free(b->binding);
    free(b->alias);
    free(b);
}

/* ---- names and scopes --------------------------------------------------------------------------------- */

static bool usable(const struct mm_graph_builder *b)
{
    return b && !b->failed;
}

/* Is there no room for one more? Then it fails. */
static bool is_full(struct mm_graph_builder *b, size_t count)
{
    if (count >= MM_GRAPH_MOST)
        b->failed = b->too_many = true;
    return b->failed;
}

/* The number of a name, -1 on failure. Every number has a place in `current`. */
static int number_of(struct mm_graph_builder *b, const char *name)
{
    struct mm_names *names = &b->graph->index->names;
    size_t known = names->count;
    int number = mm_names_add(names, &b->graph->arena, name, strlen(name));
    if (number < 0 ||
        mm_grow((void **)&b->current, &b->current_capacity, names->count, sizeof *b->current) < 0) {
        b->failed = true;
        return -1;
    }
    if (names->count > known)
        b->current[number] = -1;
    return number;
}

static void bind(struct mm_graph_builder *b, int name, int tensor)
{
    if (b->bindings >= INT_MAX ||
        mm_grow((void **)&b->binding, &b->binding_capacity, b->bindings + 1, sizeof *b->binding) < 0) {
        b->failed = true;
        return;
    }
    b->binding[b->bindings] = (struct mm_binding){name, tensor, b->scope, b->current[name]};
    b->current[name] = (int)b->bindings++;
}

/* A new tensor, which the name means from now on. */
static int new_tensor(struct mm_graph_builder *b, int name)
{
    if (is_full(b, b->tensors))
        return -1;
    if (mm_grow((void **)&b->tensor, &b->tensor_capacity, b->tensors + 1, sizeof *b->tensor) < 0) {
        b->failed = true;
        return -1;
    }
    b->tensor[b->tensors] =
        (struct mm_draft_tensor){.tensor = {.name = b->graph->index->names.name[name].text,
                                            .producer = -1,
                                            .shape.rank = -1,
                                            .again = -1},
                                 .reader = -1};
    int tensor = (int)b->tensors++;
    bind(b, name, tensor);
    return b->failed ? -1 : tensor;
}

static const struct mm_binding *meaning(const struct mm_graph_builder *b, int name)
{
    return b->current[name] >= 0 ? &b->binding[b->current[name]] : NULL;
}

void mm_graph_enter(struct mm_graph_builder *b)
{
    if (usable(b))
        b->scope++;
}

/* Nothing but its name is known. */
static bool is_open(const struct mm_graph_tensor *tensor)
{
    return tensor->producer < 0 && tensor->flags == 0;
}

/* What the scope read and nobody made may be made later in the scope around it. */
void mm_graph_leave(struct mm_graph_builder *b)
{
    if (!usable(b))
        return;
    size_t first = b->bindings;
    while (first > 0 && b->binding[first - 1].scope == b->scope) {
        first--;
        b->current[b->binding[first].name] = b->binding[first].before;
    }
    size_t end = b->bindings;
    b->bindings = first;
    b->scope--;
    for (size_t i = first; i < end; i++) {
        struct mm_binding old = b->binding[i];
        if (is_open(&b->tensor[old.tensor].tensor) && b->current[old.name] < 0)
            bind(b, old.name, old.tensor); /* never above i: what is not yet looked at stays */
    }
}

bool mm_graph_has(const struct mm_graph_builder *b, const char *name)
{
    if (!usable(b))
        return false;
    int number = mm_names_find(&b->graph->index->names, name, strlen(name));
    const struct mm_binding *found = number >= 0 ? meaning(b, number) : NULL;
    return found && found->scope == b->scope;
}

int mm_graph_read(struct mm_graph_builder *b, const char *name)
{
    if (!usable(b) || !*name)
        return -1;
    int number = number_of(b, name);
    if (number < 0)
        return -1;
    const struct mm_binding *found = meaning(b, number);
    return found ? found->tensor : new_tensor(b, number);
}

void mm_graph_add_tensor(struct mm_graph_builder *b, const char *name, unsigned flags, enum mm_dtype dtype,
                         const struct mm_shape *shape)
{
    if (!usable(b) || !*name)
        return;
    int number = number_of(b, name);
    if (number < 0)
        return;
    const struct mm_binding *found = meaning(b, number);
    int place = found && found->scope == b->scope ? found->tensor : new_tensor(b, number);
    if (place < 0)
        return;
    struct mm_graph_tensor *tensor = &b->tensor[place].tensor;
    tensor->flags |= flags;
    if (dtype != MM_DTYPE_NONE)
        tensor->dtype = dtype;
    if (shape)
        tensor->shape = *shape;
}

/* What the name means here, -1 if nothing. */
static int meant(const struct mm_graph_builder *b, const char *name)
{
    int number = usable(b) ? mm_names_find(&b->graph->index->names, name, strlen(name)) : -1;
    const struct mm_binding *found = number >= 0 ? meaning(b, number) : NULL;
    return found ? found->tensor : -1;
}

void mm_graph_add_value(struct mm_graph_builder *b, const char *name, struct mm_value_place place)
{
    int tensor = meant(b, name);
    if (tensor >= 0)
        b->tensor[tensor].value = place;
}

void mm_graph_add_alias(struct mm_graph_builder *b, const char *name, const char *alias)
{
    int tensor = meant(b, name), number = tensor >= 0 && *alias ? number_of(b, alias) : -1;
    if (number < 0)
        return;
    if (mm_grow((void **)&b->alias, &b->alias_capacity, b->aliases + 1, sizeof *b->alias) < 0) {
        b->failed = true;
        return;
    }
    b->alias[b->aliases++] = (struct mm_draft_alias){number, tensor};
}

/* ---- nodes -------------------------------------------------------------------------------------------- */

static void *keep(struct mm_graph_builder *b, const void *data, size_t count, size_t size)
{
    void *copy = mm_arena_array(&b->graph->arena, count, size);
    if (!copy)
        b->failed = true;
    else if (count > 0)
        memcpy(copy, data, count * size);
    return copy;
}

static const char *keep_text(struct mm_graph_builder *b, const char *text)
{
    int number = number_of(b, text);
    return number < 0 ? "" : b->graph->index->names.name[number].text;
}

/* Has someone asked for this tensor, other than node `place` itself, and nobody made it? */
static bool is_wanted(const struct mm_draft_tensor *draft, int place)
{
    const unsigned made = MM_GRAPH_INPUT | MM_GRAPH_CONSTANT | MM_GRAPH_BODY;
    return draft->tensor.producer < 0 && !(draft->tensor.flags & made) && draft->reader != place;
}

/* The tensor that node `place` writes by this name: a new one, or the one that others have already asked
 * for. */
static int write_name(struct mm_graph_builder *b, const char *name, int place)
{
    int number = *name ? number_of(b, name) : -1;
    if (number < 0)
        return -1;
    const struct mm_binding *found = meaning(b, number);
    int tensor = found && found->scope == b->scope ? found->tensor : -1;
    if (tensor >= 0 && is_wanted(&b->tensor[tensor], place))
        b->unsorted = true;
    else
        tensor = new_tensor(b, number);
    if (tensor >= 0)
        b->tensor[tensor].tensor.producer = place;
    return tensor;
}

static int read_name(struct mm_graph_builder *b, const char *name, int place)
{
    int tensor = mm_graph_read(b, name);
    if (tensor >= 0)
        b->tensor[tensor].reader = place;
    return tensor;
}

void mm_graph_settle(struct mm_graph_builder *b)
{
    if (b->nodes == 0 || b->attributes == 0)
        return;
    struct mm_graph_node *node = &b->node[b->nodes - 1].node;
    node->attributes = keep(b, b->attribute, b->attributes, sizeof *b->attribute);
    node->attribute_count = node->attributes ? (int)b->attributes : 0;
    b->attributes = 0;
}

void mm_graph_add_node(struct mm_graph_builder *b, const char *name, const char *op_type,
                       const char *const *inputs, size_t input_count, const char *const *outputs,
                       size_t output_count)
{
    if (!usable(b) || is_full(b, b->nodes))
        return;
    mm_graph_settle(b);
    int *in = mm_arena_array(&b->graph->arena, input_count, sizeof *in);
    int *out = mm_arena_array(&b->graph->arena, output_count, sizeof *out);
    if (!in || !out || input_count > INT_MAX || output_count > INT_MAX ||
        mm_grow((void **)&b->node, &b->node_capacity, b->nodes + 1, sizeof *b->node) < 0) {
        b->failed = true;
        return;
    }
    int place = (int)b->nodes;
    struct mm_graph_node node = {.name = keep_text(b, name),
                                 .op_type = keep_text(b, op_type),
                                 .domain = "",
                                 .inputs = in,
                                 .input_count = (int)input_count,
                                 .read_count = (int)input_count,
                                 .outputs = out,
                                 .output_count = (int)output_count,
                                 .parent = -1,
                                 .again = -1};
    for (size_t i = 0; i < input_count; i++)
        in[i] = read_name(b, inputs[i], place);
    for (size_t i = 0; i < output_count; i++)
        out[i] = write_name(b, outputs[i], place);
    b->node[b->nodes++] = (struct mm_draft_node){node, place};
}

void mm_graph_add_bodies(struct mm_graph_builder *b, int first, const int *tensors, size_t count)
{
    if (!usable(b) || b->nodes == 0)
        return;
    struct mm_draft_node *owner = &b->node[b->nodes - 1];
    size_t inputs = (size_t)owner->node.input_count;
    int *all =
        count <= INT_MAX - inputs ? mm_arena_array(&b->graph->arena, inputs + count, sizeof *all) : NULL;
    if (!all) {
        b->failed = true;
        return;
    }
    if (inputs > 0)
        memcpy(all, owner->node.inputs, inputs * sizeof *all);
    if (count > 0)
        memcpy(all + inputs, tensors, count * sizeof *all);
    owner->node.inputs = all;
    owner->node.read_count = (int)(inputs + count);
    owner->body = first;
    for (size_t i = (size_t)first; i + 1 < b->nodes; i++) {
        if (b->node[i].node.parent < 0)
            b->node[i].node.parent = (int)b->nodes - 1;
    }
}

/* ---- attributes --------------------------------------------------------------------------------------- */

static struct mm_graph_attribute *new_attribute(struct mm_graph_builder *b, const char *name)
{
    if (!usable(b) || b->nodes == 0 || is_full(b, b->all_attributes++))
        return NULL;
    if (mm_grow((void **)&b->attribute, &b->attribute_capacity, b->attributes + 1, sizeof *b->attribute) <
        0) {
        b->failed = true;
        return NULL;
    }
    struct mm_graph_attribute *attribute = &b->attribute[b->attributes++];
    *attribute = (struct mm_graph_attribute){.name = keep_text(b, name)};
    return attribute;
}

void mm_graph_add_domain(struct mm_graph_builder *b, const char *domain)
{
    if (usable(b) && b->nodes > 0)
        b->node[b->nodes - 1].node.domain = keep_text(b, domain);
}

static void add_ints(struct mm_graph_builder *b, const char *name, const int64_t *ints, size_t count,
                     bool single)
{
    struct mm_graph_attribute *attribute = count <= INT_MAX ? new_attribute(b, name) : NULL;
    if (!attribute)
        return;
    attribute->ints = keep(b, ints, count, sizeof *ints);
    attribute->int_count = attribute->ints ? (int)count : 0;
    attribute->single = single;
}

static void add_floats(struct mm_graph_builder *b, const char *name, const float *floats, size_t count,
                       bool single)
{
    struct mm_graph_attribute *attribute = count <= INT_MAX ? new_attribute(b, name) : NULL;
    if (!attribute)
        return;
    attribute->floats = keep(b, floats, count, sizeof *floats);
    attribute->float_count = attribute->floats ? (int)count : 0;
    attribute->single = single;
}

void mm_graph_add_int(struct mm_graph_builder *b, const char *name, int64_t value)
{
    add_ints(b, name, &value, 1, true);
}

void mm_graph_add_ints(struct mm_graph_builder *b, const char *name, const int64_t *ints, size_t count)
{
    add_ints(b, name, ints, count, false);
}

void mm_graph_add_float(struct mm_graph_builder *b, const char *name, float value)
{
    add_floats(b, name, &value, 1, true);
}

void mm_graph_add_floats(struct mm_graph_builder *b, const char *name, const float *floats, size_t count)
{
    add_floats(b, name, floats, count, false);
}

void mm_graph_add_text(struct mm_graph_builder *b, const char *name, const char *text)
{
    struct mm_graph_attribute *attribute = new_attribute(b, name);
    if (attribute)
        attribute->text = keep(b, text, strlen(text) + 1, 1);
}
