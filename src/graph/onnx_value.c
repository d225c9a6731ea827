/* What an ONNX model says of its tensors: heads of initialisers, inputs, outputs, value_info. */
#include "graph/onnx.h"

#include <string.h>

/* The wanted fields of a message, copied together in onnx->kept. `wanted` has a bit for each number. */
static int gather(struct mm_onnx *onnx, const struct mm_wire_field *message, uint32_t wanted,
                  const char *what, struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, message);
    struct mm_wire_field field;
    int more;
    mm_buf_clear(&onnx->kept);
    mm_arena_reset(&onnx->arena);
    while ((more = mm_onnx_next(onnx, &wire, &field, what, err)) > 0) {
        if (field.number > 31 || !(wanted >> field.number & 1))
            continue;
        if (!mm_onnx_keep(&onnx->kept, &field, MM_ONNX_MESSAGE))
            return mm_onnx_damaged(onnx, field.start, "a name and shape of more than 1 MiB", err);
    }
    return more;
}

/* ---- initialisers ------------------------------------------------------------------------------------- */

int mm_onnx_tensor(struct mm_onnx *onnx, const struct mm_wire_field *message, const char *name,
                   struct mm_err *err)
{
    const uint32_t wanted = 1u << 1 | 1u << 2 | 1u << 8; /* dims, data_type, name */
    if (gather(onnx, message, wanted, "a stored tensor", err) < 0)
        return -1;
    const Onnx__TensorProto *tensor = onnx__tensor_proto__unpack(&onnx->allocator, onnx->kept.length,
                                                                 (const uint8_t *)mm_buf_text(&onnx->kept));
    if (!tensor)
        return mm_onnx_damaged(onnx, message->start, "not a stored tensor", err);
    struct mm_shape shape = {.rank = -1};
    if (tensor->n_dims <= MM_RANK_MAX)
        shape.rank = (int)tensor->n_dims;
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = tensor->dims[i] >= 0 ? tensor->dims[i] : -1;
    const char *alias = NULL;
    if (!name)
        name = mm_onnx_name(onnx, tensor->name ? tensor->name : "", &alias);
    mm_graph_add_tensor(onnx->builder, name, MM_GRAPH_CONSTANT, mm_tensor_proto_dtype(tensor->data_type),
                        &shape);
    mm_graph_add_value(onnx->builder, name, mm_onnx_place(onnx, message, MM_VALUE_TENSOR));
    if (alias)
        mm_graph_add_alias(onnx->builder, name, alias);
    return 0;
}

int mm_onnx_initializer(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err)
{
    return mm_onnx_tensor(onnx, field, NULL, err);
}

/* ---- inputs, outputs, value_info ---------------------------------------------------------------------- */

static void shape_of(const Onnx__TensorShapeProto *proto, struct mm_shape *shape)
{
    shape->rank = -1;
    if (!proto || proto->n_dim > MM_RANK_MAX)
        return;
    shape->rank = (int)proto->n_dim;
    for (int i = 0; i < shape->rank; i++) {
        const Onnx__TensorShapeProto__Dimension *dim = proto->dim[i];
        bool told =
            dim->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE && dim->dim_value >= 0;
        shape->dim[i] = told ? dim->dim_value : -1;
    }
}

static const Onnx__ValueInfoProto *read_value(struct mm_onnx *onnx, const struct mm_wire_field *message,
                                              struct mm_err *err)
{
    const uint32_t wanted = 1u << 1 | 1u << 2; /* name, type */
    if (gather(onnx, message, wanted, "the type of a tensor", err) < 0)
        return NULL;
    const Onnx__ValueInfoProto *value = onnx__value_info_proto__unpack(
        &onnx->allocator, onnx->kept.length, (const uint8_t *)mm_buf_text(&onnx->kept));
    if (!value)
        mm_onnx_damaged(onnx, message->start, "not the type of a tensor", err);
    return value;
}

static void declare(struct mm_onnx *onnx, const Onnx__ValueInfoProto *value, unsigned flags)
{
    const Onnx__TypeProto__Tensor *type = value->type ? value->type->tensor_type : NULL;
    struct mm_shape shape = {.rank = -1};
    const char *alias, *name = mm_onnx_name(onnx, value->name, &alias);
    if (type)
        shape_of(type->shape, &shape);
    mm_graph_add_tensor(onnx->builder, name, flags,
                        type ? mm_tensor_proto_dtype(type->elem_type) : MM_DTYPE_NONE,
                        shape.rank >= 0 ? &shape : NULL);
    if (alias && (flags & MM_GRAPH_BODY))
        mm_graph_add_alias(onnx->builder, name, alias);
}

int mm_onnx_input(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err)
{
    const Onnx__ValueInfoProto *value = read_value(onnx, field, err);
    if (value && value->name)
        declare(onnx, value, onnx->depth > 0 ? MM_GRAPH_BODY : MM_GRAPH_INPUT);
    return value ? 0 : -1;
}

/* What a body gives back may be a tensor of a graph around it. */
int mm_onnx_output(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err)
{
    const Onnx__ValueInfoProto *value = read_value(onnx, field, err);
    if (!value || !value->name)
        return value ? 0 : -1;
    if (onnx->depth == 0) {
        declare(onnx, value, MM_GRAPH_OUTPUT);
        return 0;
    }
    const char *alias, *name = mm_onnx_name(onnx, value->name, &alias);
    int tensor = mm_graph_read(onnx->builder, name);
    if (tensor < 0)
        return 0;
    if (mm_graph_has(onnx->builder, name))
        declare(onnx, value, 0);
    if (mm_grow((void **)&onnx->reads, &onnx->read_capacity, onnx->read_count + 1, sizeof *onnx->reads) < 0)
        return mm_fail_memory(err);
    onnx->reads[onnx->read_count++] = tensor;
    return 0;
}

/* Of a tensor that nothing makes or reads, there is nothing to know. */
int mm_onnx_value_info(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err)
{
    const Onnx__ValueInfoProto *value = read_value(onnx, field, err);
    const char *alias;
    if (value && value->name && mm_graph_has(onnx->builder, mm_onnx_name(onnx, value->name, &alias)))
        declare(onnx, value, 0);
    return value ? 0 : -1;
}
