/* The nodes and tensors of a model's graph, as they lie in its file. */
#include "runtime/cut.h"

#include "format/tensor_proto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGE 1024 /* bytes of a constant that is mapped, as model_weights.c has it */

static struct mm_wire inside(const struct cut *cut, const struct mm_wire_field *field)
{
    return (struct mm_wire){cut->path, cut->model.map.data, field->data, field->data + field->size};
}

static bool is_message(const struct mm_wire_field *field, uint32_t number)
{
    return field->number == number && field->type == MM_WIRE_BYTES;
}

static int64_t number_in(const struct mm_wire_field *field)
{
    const uint8_t *at = field->data;
    uint64_t value = 0;
    mm_wire_varint(&at, at + field->size, &value);
    return (int64_t)value;
}

/* ---- tensors by name ---- */

int64_t cut_find(const struct cut *cut, const char *tensor)
{
    return mm_names_find(&cut->names, tensor, strlen(tensor));
}

/* -1: "", or memory. */
static int64_t note(struct cut *cut, const struct mm_wire_field *name)
{
    if (!name->data || name->size == 0)
        return -1;
    int place = mm_names_add(&cut->names, &cut->model.arena, (const char *)name->data, name->size);
    if (place < 0 ||
        mm_grow((void **)&cut->tensor, &cut->tensor_room, cut->tensors + 1, sizeof *cut->tensor) < 0) {
        cut->failed = true;
        return -1;
    }
    if ((size_t)place == cut->tensors)
        cut->tensor[cut->tensors++] =
            (struct cut_tensor){.name = cut->names.name[place].text, .node = -1, .dumped = -1};
    return place;
}

/* The last field of this number; data NULL: there is none. */
static struct mm_wire_field field_of(const struct cut *cut, const struct mm_wire_field *message,
                                     uint32_t number)
{
    struct mm_wire wire = inside(cut, message);
    struct mm_wire_field field, found = {.data = NULL};
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number == number)
            found = field;
    }
    return found;
}

static const char *text_of(struct cut *cut, const struct mm_wire_field *message, uint32_t number)
{
    struct mm_wire_field field = field_of(cut, message, number);
    const char *text = field.data && field.type == MM_WIRE_BYTES
                           ? mm_arena_strndup(&cut->model.arena, (const char *)field.data, field.size)
                           : "";
    cut->failed |= !text;
    return text ? text : "";
}

/* ---- nodes ---- */

static bool add_edge(struct cut *cut, int64_t tensor)
{
    if (mm_grow((void **)&cut->edge, &cut->edge_room, cut->edges + 1, sizeof *cut->edge) < 0) {
        cut->failed = true;
        return false;
    }
    cut->edge[cut->edges++] = tensor;
    return true;
}

static size_t add_edges(struct cut *cut, const struct mm_wire_field *message, uint32_t number)
{
    struct mm_wire wire = inside(cut, message);
    struct mm_wire_field field;
    size_t count = 0;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (is_message(&field, number) && add_edge(cut, note(cut, &field)))
            count++;
    }
    return count;
}

static bool has_body(const struct cut *cut, const struct mm_wire_field *message)
{
    struct mm_wire wire = inside(cut, message);
    struct mm_wire_field field;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (is_message(&field, FIELD_NODE_ATTRIBUTE) && (field_of(cut, &field, FIELD_ATTRIBUTE_GRAPH).data ||
                                                         field_of(cut, &field, FIELD_ATTRIBUTE_GRAPHS).data))
            return true;
    }
    return false;
}

static void add_node(struct cut *cut, const struct mm_wire_field *message)
{
    if (mm_grow((void **)&cut->node, &cut->node_room, cut->nodes + 1, sizeof *cut->node) < 0) {
        cut->failed = true;
        return;
    }
    struct cut_node *node = &cut->node[cut->nodes];
    *node = (struct cut_node){.field = *message,
                              .op_type = text_of(cut, message, FIELD_NODE_OP_TYPE),
                              .edge = cut->edges,
                              .whole = has_body(cut, message),
                              .stands = -1};
    node->inputs = add_edges(cut, message, FIELD_NODE_INPUT);
    node->outputs = add_edges(cut, message, FIELD_NODE_OUTPUT);
    for (size_t k = 0; k < node->outputs; k++) {
        int64_t tensor = cut->edge[node->edge + node->inputs + k];
        if (tensor >= 0)
            cut->tensor[tensor].node = (int64_t)cut->nodes;
    }
    cut->nodes++;
}

/* ---- what is said of tensors ---- */

/* How many bytes the values of a constant take; 0 where that is not known. */
static uint64_t bytes_of(const struct cut *cut, const struct mm_wire_field *message)
{
    struct mm_wire_field type = field_of(cut, message, FIELD_TENSOR_TYPE);
    struct mm_wire wire = inside(cut, message);
    struct mm_wire_field field;
    struct mm_shape shape = {0};
    uint64_t count = type.data ? mm_dtype_info(mm_tensor_proto_dtype((int)number_in(&type)))->bytes : 0;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        const uint8_t *at = field.data, *end = field.data + field.size;
        uint64_t dim;
        while (field.number == FIELD_TENSOR_DIMS && at < end && mm_wire_varint(&at, end, &dim)) {
            if (shape.rank++ >= MM_RANK_MAX || (dim && count > UINT64_MAX / dim))
                return 0;
            count *= dim;
        }
    }
    return count;
}

static void add_initializer(struct cut *cut, const struct mm_wire_field *message)
{
    struct mm_wire_field name = field_of(cut, message, FIELD_TENSOR_NAME);
    struct mm_wire_field type = field_of(cut, message, FIELD_TENSOR_TYPE);
    int64_t tensor = note(cut, &name);
    uint64_t bytes = bytes_of(cut, message);
    if (tensor < 0)
        return;
    cut->tensor[tensor].initializer = *message;
    cut->tensor[tensor].dtype = type.data ? mm_tensor_proto_dtype((int)number_in(&type)) : MM_DTYPE_NONE;
    cut->weight_bytes += bytes >= LARGE ? bytes : 0;
}

/* A ValueInfo: its element type, if it says one. */
static void add_value(struct cut *cut, const struct mm_wire_field *message, bool is_input)
{
    struct mm_wire_field name = field_of(cut, message, FIELD_VALUE_NAME);
    struct mm_wire_field type = field_of(cut, message, FIELD_VALUE_TYPE);
    int64_t tensor = note(cut, &name);
    if (tensor < 0)
        return;
    struct cut_tensor *here = &cut->tensor[tensor];
    here->is_input |= is_input;
    type = type.data ? field_of(cut, &type, FIELD_TYPE_TENSOR) : type;
    type = type.data ? field_of(cut, &type, FIELD_TYPE_ELEMENT) : type;
    if (type.data && type.type == MM_WIRE_VARINT)
        here->dtype = mm_tensor_proto_dtype((int)number_in(&type));
}

static int read_graph(struct cut *cut, const struct mm_wire_field *graph, struct mm_err *err)
{
    struct mm_wire wire = inside(cut, graph);
    struct mm_wire_field field;
    int more;
    while ((more = mm_wire_next(&wire, &field, err)) > 0) {
        if (is_message(&field, FIELD_GRAPH_NODE))
            add_node(cut, &field);
        else if (is_message(&field, FIELD_GRAPH_INITIALIZER))
            add_initializer(cut, &field);
        else if (is_message(&field, FIELD_GRAPH_INPUT) || is_message(&field, FIELD_GRAPH_OUTPUT) ||
                 is_message(&field, FIELD_GRAPH_VALUE_INFO))
            add_value(cut, &field, field.number == FIELD_GRAPH_INPUT);
    }
    return more;
}

/* ---- local functions, which are not taken apart ---- */

static const char *qualified(struct cut *cut, const struct mm_wire_field *message, uint32_t domain,
                             uint32_t name)
{
    struct mm_buf text = {0};
    mm_buf_printf(&text, "%s:%s", text_of(cut, message, domain), text_of(cut, message, name));
    const char *copy = mm_arena_strdup(&cut->model.arena, mm_buf_text(&text));
    cut->failed |= !copy || text.failed;
    mm_buf_done(&text);
    return copy ? copy : "";
}

static void add_function(struct cut *cut, const struct mm_wire_field *message)
{
    const char *name = qualified(cut, message, FIELD_FUNCTION_DOMAIN, FIELD_FUNCTION_NAME);
    cut->failed |= mm_names_add(&cut->functions, &cut->model.arena, name, strlen(name)) < 0;
}

static void mark_calls(struct cut *cut)
{
    for (size_t i = 0; i < cut->nodes && cut->functions.count > 0; i++) {
        const char *name = qualified(cut, &cut->node[i].field, FIELD_NODE_DOMAIN, FIELD_NODE_OP_TYPE);
        cut->node[i].whole |= mm_names_find(&cut->functions, name, strlen(name)) >= 0;
    }
}

/* ---- the model ---- */

static int read_model(struct cut *cut, struct mm_err *err)
{
    const struct mm_map *map = &cut->model.map;
    struct mm_wire wire = {cut->path, map->data, map->data, map->data + map->size};
    struct mm_wire_field field;
    int more;
    bool graph = false;
    while ((more = mm_wire_next(&wire, &field, err)) > 0) {
        if (is_message(&field, FIELD_MODEL_GRAPH) && read_graph(cut, &field, err) < 0)
            return -1;
        graph |= is_message(&field, FIELD_MODEL_GRAPH);
        if (is_message(&field, FIELD_MODEL_FUNCTION))
            add_function(cut, &field);
        if (is_message(&field, FIELD_MODEL_OPSET))
            edit_copy(&cut->head, &field);
        if (field.number == FIELD_MODEL_IR_VERSION && field.type == MM_WIRE_VARINT)
            cut->ir_version = number_in(&field);
    }
    mark_calls(cut);
    if (more == 0 && !graph)
        return mm_fail(err, MM_ECORRUPT, "%s: not an ONNX model: there is no graph in it", cut->path);
    return more < 0 ? -1 : cut->failed ? mm_fail_memory(err) : 0;
}

int cut_open(struct cut *cut, const char *path, struct mm_err *err)
{
    *cut = (struct cut){.path = path};
    mm_names_init(&cut->names);
    mm_names_init(&cut->functions);
    if (model_map(&cut->model, path, err) == 0 && read_model(cut, err) == 0)
        return 0;
    cut_close(cut);
    return -1;
}

void cut_close(struct cut *cut)
{
    mm_names_done(&cut->names);
    mm_names_done(&cut->functions);
    free(cut->node);
    free(cut->tensor);
    free(cut->edge);
    mm_buf_done(&cut->head);
    model_close(&cut->model);
    *cut = (struct cut){.path = NULL};
}
