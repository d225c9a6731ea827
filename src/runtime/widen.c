/* A float16 model's messages, written anew with float32 for float16. */
#include "runtime/widen.h"

#include "runtime/model_edit.h"
#include "runtime/widen_values.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MOST 128 /* messages within messages */
#define HALF       10  /* TensorProto.DataType */
#define SINGLE     1

/* Messages in which a type of elements can be. */
enum kind {
    MODEL,
    FUNCTION,
    GRAPH,
    NODE,
    ATTRIBUTE,
    VALUE,
    TYPE,
    TENSOR_TYPE,
    ITEM_TYPE, /* of a sequence, an optional */
    MAP_TYPE,
    SPARSE,
    TENSOR
};

/* What stands in which field of which message, as onnx.proto has it. */
static const struct inner {
    enum kind kind;
    uint32_t number;
    enum kind inner;
} table[] = {
    {MODEL, FIELD_MODEL_GRAPH, GRAPH},
    {MODEL, FIELD_MODEL_FUNCTION, FUNCTION},
    {FUNCTION, FIELD_FUNCTION_NODE, NODE},
    {FUNCTION, 11, ATTRIBUTE}, /* attribute_proto */
    {FUNCTION, 12, VALUE},     /* value_info */
    {GRAPH, FIELD_GRAPH_NODE, NODE},
    {GRAPH, FIELD_GRAPH_INITIALIZER, TENSOR},
    {GRAPH, FIELD_GRAPH_INPUT, VALUE},
    {GRAPH, FIELD_GRAPH_OUTPUT, VALUE},
    {GRAPH, FIELD_GRAPH_VALUE_INFO, VALUE},
    {GRAPH, 15, SPARSE}, /* sparse_initializer */
    {NODE, FIELD_NODE_ATTRIBUTE, ATTRIBUTE},
    {ATTRIBUTE, 5, TENSOR}, /* t */
    {ATTRIBUTE, FIELD_ATTRIBUTE_GRAPH, GRAPH},
    {ATTRIBUTE, 10, TENSOR}, /* tensors */
    {ATTRIBUTE, FIELD_ATTRIBUTE_GRAPHS, GRAPH},
    {ATTRIBUTE, 14, TYPE},   /* tp */
    {ATTRIBUTE, 15, TYPE},   /* type_protos */
    {ATTRIBUTE, 22, SPARSE}, /* sparse_tensor */
    {ATTRIBUTE, 23, SPARSE}, /* sparse_tensors */
    {VALUE, FIELD_VALUE_TYPE, TYPE},
    {TYPE, FIELD_TYPE_TENSOR, TENSOR_TYPE},
    {TYPE, 4, ITEM_TYPE},   /* sequence_type */
    {TYPE, 5, MAP_TYPE},    /* map_type */
    {TYPE, 8, TENSOR_TYPE}, /* sparse_tensor_type */
    {TYPE, 9, ITEM_TYPE},   /* optional_type */
    {ITEM_TYPE, 1, TYPE},
    {MAP_TYPE, 2, TYPE},
    {SPARSE, 1, TENSOR}, /* values */
};

/* Attributes whose number is a type of elements. */
static const char *const type_attributes[] = {
    "to", "dtype", "output_dtype", "output_datatype", "stash_type", "precision", "softmax_precision"};

struct widening {
    struct model_edit edit;
    struct widen_values values;
    struct mm_names *inputs;
    struct mm_names types; /* names of attributes that are types: of the table, and of calls of functions */
    struct mm_arena *arena;
    int depth;      /* of messages */
    int graphs;     /* graphs around: of the main graph's parts 1 */
    size_t widened; /* types, constants and attributes so far */
};

static int copy_message(struct widening *w, enum kind kind, const struct mm_wire_field *message,
                        struct mm_buf *out, struct mm_err *err);

/* ---- fields ---- */

static bool find_inner(enum kind kind, uint32_t number, enum kind *inner)
{
    for (size_t i = 0; i < MM_COUNT(table); i++) {
        if (table[i].kind == kind && table[i].number == number) {
            *inner = table[i].inner;
            return true;
        }
    }
    return false;
}

static bool is_half(const struct mm_wire_field *field)
{
    const uint8_t *at = field->data;
    uint64_t value = 0;
    return field->type == MM_WIRE_VARINT && mm_wire_varint(&at, at + field->size, &value) && value == HALF;
}

/* Is the field of this message a type of elements, and float16? `is_type`: of an attribute, it is one of those. */
static bool is_half_type(enum kind kind, const struct mm_wire_field *field, bool is_type)
{
    bool here = (kind == TENSOR_TYPE && field->number == FIELD_TYPE_ELEMENT) ||
                (kind == ATTRIBUTE && is_type && field->number == FIELD_ATTRIBUTE_INT);
    return here && is_half(field);
}

static bool is_type_attribute(struct widening *w, const struct mm_wire_field *attribute)
{
    const char *name = edit_text(&w->edit, attribute, FIELD_ATTRIBUTE_NAME);
    return mm_names_find(&w->types, name, strlen(name)) >= 0;
}

/* Constants of the main graph may go to the file; those of nodes and bodies are handed over with the model. */
static int copy_tensor(struct widening *w, enum kind kind, const struct mm_wire_field *field,
                       struct mm_buf *out, struct mm_err *err)
{
    bool half = edit_number(&w->edit, field, FIELD_TENSOR_TYPE) == HALF;
    bool outside = kind == GRAPH && w->graphs == 1;
    w->widened += half;
    return widen_values_tensor(&w->values, &w->edit, field, outside, out, err);
}

/* ---- messages ---- */

static int copy_field(struct widening *w, enum kind kind, const struct mm_wire_field *field, bool is_type,
                      struct mm_buf *out, struct mm_err *err)
{
    enum kind inner;
    if (is_half_type(kind, field, is_type)) {
        edit_put_varint(out, field->number, SINGLE);
        w->widened++;
        return 0;
    }
    if (field->type != MM_WIRE_BYTES || !find_inner(kind, field->number, &inner)) {
        edit_copy(out, field);
        return 0;
    }
    return inner == TENSOR ? copy_tensor(w, kind, field, out, err) : copy_message(w, inner, field, out, err);
}

/* An input of the graph, of which something became float32. */
static void note_input(struct widening *w, const struct mm_wire_field *value)
{
    const char *name = edit_text(&w->edit, value, FIELD_VALUE_NAME);
    w->edit.failed |= mm_names_add(w->inputs, w->arena, name, strlen(name)) < 0;
}

static int copy_fields(struct widening *w, enum kind kind, const struct mm_wire_field *message, bool is_type,
                       struct mm_buf *out, struct mm_err *err)
{
    struct mm_wire wire = edit_inside(&w->edit, message);
    struct mm_wire_field field;
    int more;
    while ((more = mm_wire_next(&wire, &field, err)) > 0) {
        size_t before = w->widened;
        if (copy_field(w, kind, &field, is_type, out, err) < 0)
            return -1;
        if (kind == GRAPH && w->graphs == 1 && field.number == FIELD_GRAPH_INPUT && w->widened > before)
            note_input(w, &field);
    }
    return more;
}

static int copy_message(struct widening *w, enum kind kind, const struct mm_wire_field *message,
                        struct mm_buf *out, struct mm_err *err)
{
    struct mm_buf written = {0};
    bool is_type = kind == ATTRIBUTE && is_type_attribute(w, message);
    if (++w->depth > DEPTH_MOST)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: its messages are nested deeper than %d",
                       w->edit.model->path, DEPTH_MOST);
    w->graphs += kind == GRAPH;
    int result = copy_fields(w, kind, message, is_type, &written, err);
    w->graphs -= kind == GRAPH;
    w->depth--;
    edit_put_message(out, message->number, &written);
    mm_buf_done(&written);
    return result;
}

/* ---- attributes of functions that become types inside ---- */

static void note_attribute(struct widening *w, const struct mm_wire_field *attribute)
{
    const uint32_t reference = 21; /* ref_attr_name */
    const char *from = edit_text(&w->edit, attribute, reference);
    if (*from && is_type_attribute(w, attribute))
        w->edit.failed |= mm_names_add(&w->types, w->arena, from, strlen(from)) < 0;
}

/* What a function hands on to a type of its nodes is one where the function is called. */
static void note_references(struct widening *w, enum kind kind, const struct mm_wire_field *message,
                            int depth)
{
    struct mm_wire wire = edit_inside(&w->edit, message);
    struct mm_wire_field field;
    enum kind inner;
    while (depth < DEPTH_MOST && mm_wire_next(&wire, &field, NULL) > 0) {
        bool is_graph = kind == MODEL && field.number == FIELD_MODEL_GRAPH;
        if (field.type != MM_WIRE_BYTES || is_graph || !find_inner(kind, field.number, &inner))
            continue;
        if (inner == ATTRIBUTE)
            note_attribute(w, &field);
        if (inner == FUNCTION || inner == NODE || inner == ATTRIBUTE || inner == GRAPH)
            note_references(w, inner, &field, depth + 1);
    }
}

static void find_types(struct widening *w, const struct mm_wire_field *model)
{
    for (size_t i = 0; i < MM_COUNT(type_attributes); i++)
        w->edit.failed |=
            mm_names_add(&w->types, w->arena, type_attributes[i], strlen(type_attributes[i])) < 0;
    size_t before;
    do { /* functions call functions */
        before = w->types.count;
        note_references(w, MODEL, model, 0);
    } while (w->types.count > before && !w->edit.failed);
}

/* ---- all ---- */

static int write_model(struct widening *w, const struct widen_files *files, const struct mm_buf *bytes,
                       struct mm_err *err)
{
    if (w->edit.failed || bytes->failed)
        return mm_fail_memory(err);
    if (bytes->length > INT32_MAX)
        return mm_fail(err, MM_EUNSUPPORTED,
                       "%s: is larger than 2 GiB without its weights, which no reader of ONNX takes",
                       w->edit.model->path);
    char *path = mm_path_join(files->folder, files->model);
    int result = path ? mm_file_write(path, bytes->data, bytes->length, err) : mm_fail_memory(err);
    free(path);
    return result;
}

int widen(const char *path, const struct widen_files *files, struct mm_names *inputs, struct mm_arena *arena,
          bool *changed, struct mm_err *err)
{
    struct model model;
    struct mm_buf bytes = {0};
    struct widening w = {.edit = {.model = &model}, .inputs = inputs, .arena = arena};
    int result = model_map(&model, path, err);
    if (result == 0) {
        const struct mm_wire_field all = {
            .data = model.map.data, .size = model.map.size, .type = MM_WIRE_BYTES};
        widen_values_init(&w.values, files->folder, files->data);
        find_types(&w, &all);
        result = copy_fields(&w, MODEL, &all, false, &bytes, err);
        result = widen_values_end(&w.values, result, err);
    }
    if (result == 0)
        result = write_model(&w, files, &bytes, err);
    *changed = w.widened > 0;
    mm_names_done(&w.types);
    mm_buf_done(&bytes);
    edit_done(&w.edit);
    model_close(&model);
    return result;
}
