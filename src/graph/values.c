/* The values of constants, read out of the bytes of the model when they are asked for. */
#include "graph/graph.h"
#include "format/tensor_proto.h"

#define FILL_MOST ((int64_t)1 << 24) /* values of a ConstantOfShape: masks and zero states are far smaller */

/* ---- numbers in attributes ---------------------------------------------------------------------------------- */

/* Fields of an AttributeProto, by kind. */
static const struct {
    uint32_t number;
    bool is_float, is_list;
} lists[MM_VALUE_KINDS] = {
    [MM_VALUE_FLOAT] = {2, true, false},
    [MM_VALUE_FLOATS] = {7, true, true},
    [MM_VALUE_INT] = {3, false, false},
    [MM_VALUE_INTS] = {8, false, true},
};

/* Numbers in a field: one, or packed; -1: it is damaged. */
static int64_t count_in(const struct mm_wire_field *field, bool is_float)
{
    if (field->type == (is_float ? MM_WIRE_FIXED32 : MM_WIRE_VARINT))
        return 1;
    if (field->type != MM_WIRE_BYTES)
        return -1;
    if (!is_float)
        return mm_wire_count(field->data, field->size);
    return field->size % 4 == 0 ? (int64_t)(field->size / 4) : -1;
}

int64_t mm_value_numbers(const uint8_t *data, size_t size, enum mm_value_kind kind)
{
    struct mm_wire wire = {"", data, data, data + size};
    struct mm_wire_field field;
    int64_t total = 0, count;
    int more;
    while ((more = mm_wire_next(&wire, &field, NULL)) > 0) {
        if (field.number != lists[kind].number)
            continue;
        count = count_in(&field, lists[kind].is_float);
        if (count < 0 || (!lists[kind].is_list && count != 1))
            return -1;
        total += count;
    }
    return more < 0 ? -1 : total;
}

static uint8_t *put_floats(uint8_t *to, const struct mm_wire_field *field)
{
    for (size_t i = 0; i + 4 <= field->size; i += 4, to += 4) {
        const uint8_t *p = field->data + i;
        uint32_t bits = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        memcpy(to, &bits, sizeof bits);
    }
    return to;
}

static uint8_t *put_ints(uint8_t *to, const struct mm_wire_field *field)
{
    const uint8_t *p = field->data, *end = p + field->size;
    uint64_t value;
    for (; p < end && mm_wire_varint(&p, end, &value); to += sizeof value)
        memcpy(to, &value, sizeof value);
    return to;
}

/* Copies of the numbers; of a single one that stands there more than once, the last counts. */
static void put_numbers(struct mm_wire wire, enum mm_value_kind kind, uint8_t *to)
{
    struct mm_wire_field field;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number != lists[kind].number)
            continue;
        uint8_t *end = lists[kind].is_float ? put_floats(to, &field) : put_ints(to, &field);
        to = lists[kind].is_list ? end : to;
    }
}

/* ---- a tensor in memory of its own --------------------------------------------------------------------------- */

/* Zeroed values; NULL with err. */
static uint8_t *new_values(struct mm_stored *out, enum mm_dtype dtype, const struct mm_shape *shape,
                           struct mm_err *err)
{
    int64_t count = mm_shape_count(shape);
    mm_arena_init(&out->arena);
    struct mm_run *run = mm_arena_alloc(&out->arena, sizeof *run);
    uint8_t *values = mm_arena_array(&out->arena, (size_t)count, mm_dtype_info(dtype)->bytes);
    if (!run || !values) {
        mm_stored_close(out);
        mm_fail_memory(err);
        return NULL;
    }
    mm_tensor_raw(&out->tensor, dtype, shape, values, run);
    return values;
}

static struct mm_wire place_of(const struct mm_graph *graph, int tensor, struct mm_wire model)
{
    const struct mm_value_place *value = &graph->source->value[tensor];
    model.at = model.begin + value->offset;
    model.end = model.at + value->size;
    return model;
}

static int read_numbers(const struct mm_graph *graph, int tensor, struct mm_wire model, struct mm_stored *out,
                        struct mm_err *err)
{
    enum mm_value_kind kind = graph->source->value[tensor].kind;
    struct mm_wire place = place_of(graph, tensor, model);
    struct mm_shape shape = {.rank = lists[kind].is_list};
    shape.dim[0] = mm_value_numbers(place.at, (size_t)(place.end - place.at), kind);
    if (shape.dim[0] < 0)
        return mm_fail(err, MM_ECORRUPT, "%s: byte %zu: damaged: not the value of a Constant", place.file,
                       (size_t)(place.at - place.begin));
    uint8_t *values = new_values(out, lists[kind].is_float ? MM_F32 : MM_I64, &shape, err);
    if (values)
        put_numbers(place, kind, values);
    return values ? 0 : -1;
}

static int read_tensor(const struct mm_graph *graph, int tensor, struct mm_wire model, struct mm_stored *out,
                       struct mm_err *err)
{
    return mm_tensor_proto_open(out, place_of(graph, tensor, model), err);
}

/* ---- ConstantOfShape ------------------------------------------------------------------------------------------ */

static int fail_fill(const struct mm_graph *graph, int tensor, const char *file, const char *what,
                     struct mm_err *err)
{
    struct mm_buf name;
    const char *text = graph->tensors[tensor].name;
    mm_buf_init(&name);
    mm_text_escape(&name, text, strnlen(text, 100));
    mm_fail(err, MM_EUNSUPPORTED, "%s: tensor \"%s\": a ConstantOfShape %s", file, mm_buf_text(&name), what);
    mm_buf_done(&name);
    return -1;
}

/* The shape that the node reads. */
static int read_shape(const struct mm_graph *graph, int tensor, struct mm_wire model, struct mm_shape *shape,
                      struct mm_err *err)
{
    const struct mm_graph_node *node = &graph->nodes[graph->tensors[tensor].producer];
    int source = node->input_count > 0 ? node->inputs[0] : -1;
    struct mm_stored dims;
    if (source < 0 || graph->source->value[source].kind == MM_VALUE_FILL)
        return fail_fill(graph, tensor, model.file, "whose shape does not stand in the model", err);
    if (mm_graph_value_read(graph, source, model, &dims, err) < 0)
        return -1;
    bool good =
        dims.tensor.dtype == MM_I64 && dims.tensor.shape.rank == 1 && dims.tensor.count <= MM_RANK_MAX;
    *shape = (struct mm_shape){.rank = good ? (int)dims.tensor.count : 0};
    for (int i = 0; i < shape->rank; i++)
        shape->dim[i] = (int64_t)mm_tensor_at(&dims.tensor, i); /* a double has all that is below FILL_MOST */
    mm_stored_close(&dims);
    int64_t count = good ? mm_shape_count(shape) : -1;
    if (count < 0)
        return fail_fill(graph, tensor, model.file, "whose input is not a shape", err);
    return count <= FILL_MOST ? 0 : fail_fill(graph, tensor, model.file, "of more than 16777216 values", err);
}

/* `one` is the value; closed: a 0 in float. */
static int fill(const struct mm_stored *one, const struct mm_shape *shape, struct mm_stored *out,
                struct mm_err *err)
{
    enum mm_dtype dtype = one->tensor.count == 1 ? one->tensor.dtype : MM_F32;
    size_t bytes = mm_dtype_info(dtype)->bytes;
    uint8_t *values = new_values(out, dtype, shape, err);
    if (!values)
        return -1;
    for (int64_t i = 0; one->tensor.count == 1 && i < out->tensor.count; i++)
        memcpy(values + (size_t)i * bytes, one->tensor.run[0].data, bytes);
    out->tensor.swapped = one->tensor.swapped;
    return 0;
}

static int read_fill(const struct mm_graph *graph, int tensor, struct mm_wire model, struct mm_stored *out,
                     struct mm_err *err)
{
    struct mm_wire place = place_of(graph, tensor, model);
    struct mm_stored one = {.name = ""};
    struct mm_shape shape;
    bool told = place.at < place.end;
    if (read_shape(graph, tensor, model, &shape, err) < 0 ||
        (told && mm_tensor_proto_open(&one, place, err) < 0))
        return -1;
    int result = told && one.tensor.count != 1
                     ? fail_fill(graph, tensor, model.file, "whose value is not one value", err)
                     : fill(&one, &shape, out, err);
    mm_stored_close(&one);
    return result;
}

/* ---- all of them ---------------------------------------------------------------------------------------------- */

static int (*const readers[MM_VALUE_KINDS])(const struct mm_graph *graph, int tensor, struct mm_wire model,
                                            struct mm_stored *out, struct mm_err *err) = {
    [MM_VALUE_TENSOR] = read_tensor, [MM_VALUE_FLOAT] = read_numbers, [MM_VALUE_FLOATS] = read_numbers,
    [MM_VALUE_INT] = read_numbers,   [MM_VALUE_INTS] = read_numbers,  [MM_VALUE_FILL] = read_fill,
};

/* The tensor whose values stand in the model and go through Identity to this one; -1 if there is none. A node
 * reads only what was made before it, so this ends. */
static int origin_of(const struct mm_graph *graph, int tensor)
{
    while (tensor >= 0 && graph->source->value && graph->source->value[tensor].kind == MM_VALUE_NONE) {
        int producer = graph->tensors[tensor].producer;
        const struct mm_graph_node *node = producer >= 0 ? &graph->nodes[producer] : NULL;
        bool passes = node && strcmp(node->op_type, "Identity") == 0 && *node->domain == '\0';
        tensor = passes && node->input_count == 1 ? node->inputs[0] : -1;
    }
    return graph->source->value ? tensor : -1;
}

bool mm_graph_has_values(const struct mm_graph *graph, int tensor)
{
    return tensor >= 0 && tensor < graph->tensor_count && origin_of(graph, tensor) >= 0;
}

static int fail_none(const struct mm_graph *graph, int tensor, const char *file, struct mm_err *err)
{
    struct mm_buf name;
    const char *text = tensor >= 0 && tensor < graph->tensor_count ? graph->tensors[tensor].name : "";
    mm_buf_init(&name);
    mm_text_escape(&name, text, strnlen(text, 100));
    mm_fail(err, MM_EARG, "%s: the values of tensor \"%s\" do not stand in the model", file,
            mm_buf_text(&name));
    mm_buf_done(&name);
    return -1;
}

int mm_graph_value_read(const struct mm_graph *graph, int tensor, struct mm_wire model, struct mm_stored *out,
                        struct mm_err *err)
{
    *out = (struct mm_stored){.name = ""};
    if (!mm_graph_has_values(graph, tensor))
        return fail_none(graph, tensor, model.file, err);
    int origin = origin_of(graph, tensor);
    const struct mm_value_place *place = &graph->source->value[origin];
    uint64_t size = (uint64_t)(model.end - model.begin);
    if (place->offset > size || place->size > size - place->offset)
        return mm_fail(err, MM_EIO, "%s: is shorter than when its graph was read", model.file);
    if (readers[place->kind](graph, origin, model, out, err) < 0)
        return -1;
    out->name = graph->tensors[tensor].name;
    return 0;
}
