/* What a node that makes constants says of its output: dtype, shape, and where the values stand. */
#include "graph/onnx.h"

static bool has_name(const struct mm_onnx *onnx, const struct mm_onnx_attribute *attribute,
                     const char *wanted)
{
    struct mm_wire wire = mm_onnx_inside(onnx, &attribute->own);
    struct mm_wire_field field, name = {.data = NULL};
    while (mm_onnx_next(onnx, &wire, &field, "an attribute", NULL) > 0) {
        if (field.number == ONNX_ATTRIBUTE_NAME && field.type == MM_WIRE_BYTES)
            name = field;
    }
    return name.data && name.size == strlen(wanted) && memcmp(name.data, wanted, name.size) == 0;
}

/* The tensor in an attribute; .data NULL if there is none. */
static int find_tensor(const struct mm_onnx *onnx, const struct mm_onnx_attribute *attribute,
                       struct mm_wire_field *tensor, struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, &attribute->value);
    struct mm_wire_field field;
    int more;
    while ((more = mm_onnx_next(onnx, &wire, &field, "an attribute", err)) > 0) {
        if (field.number == ONNX_ATTRIBUTE_TENSOR && field.type == MM_WIRE_BYTES)
            *tensor = field;
    }
    return more;
}

/* ---- Constant --------------------------------------------------------------------------------------------- */

static const struct form {
    const char *attribute;
    enum mm_value_kind kind;
    enum mm_dtype dtype;
    int rank;
} forms[] = {
    {"value_float", MM_VALUE_FLOAT, MM_F32, 0},
    {"value_floats", MM_VALUE_FLOATS, MM_F32, 1},
    {"value_int", MM_VALUE_INT, MM_I64, 0},
    {"value_ints", MM_VALUE_INTS, MM_I64, 1},
};

static int add_numbers(struct mm_onnx *onnx, const struct mm_onnx_attribute *attribute,
                       const struct form *form, const char *output, struct mm_err *err)
{
    const struct mm_wire_field *value = &attribute->value;
    struct mm_shape shape = {.rank = form->rank};
    shape.dim[0] = mm_value_numbers(value->data, value->size, form->kind);
    if (shape.dim[0] < 0)
        return mm_onnx_damaged(onnx, value->start, "not the value of a Constant", err);
    mm_graph_add_tensor(onnx->builder, output, MM_GRAPH_CONSTANT, form->dtype, &shape);
    mm_graph_add_value(onnx->builder, output, mm_onnx_place(onnx, value, form->kind));
    return 0;
}

static int read_value(struct mm_onnx *onnx, const struct mm_onnx_attribute *attribute, const char *output,
                      struct mm_err *err)
{
    struct mm_wire_field tensor = {.data = NULL};
    for (size_t i = 0; i < MM_COUNT(forms); i++) {
        if (has_name(onnx, attribute, forms[i].attribute))
            return add_numbers(onnx, attribute, &forms[i], output, err);
    }
    if (!has_name(onnx, attribute, "value"))
        return 0;
    if (find_tensor(onnx, attribute, &tensor, err) < 0)
        return -1;
    return tensor.data ? mm_onnx_tensor(onnx, &tensor, output, err) : 0;
}

static int read_constant(struct mm_onnx *onnx, const struct mm_wire_field *node, const char *output,
                         struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, node);
    struct mm_onnx_attribute attribute;
    int more;
    mm_graph_add_tensor(onnx->builder, output, MM_GRAPH_CONSTANT, MM_DTYPE_NONE, NULL);
    while ((more = mm_onnx_next_attribute(onnx, &wire, &attribute, err)) > 0) {
        if (read_value(onnx, &attribute, output, err) < 0)
            return -1;
    }
    return more;
}

/* ---- ConstantOfShape -------------------------------------------------------------------------------------- */

static int read_fill(struct mm_onnx *onnx, const struct mm_wire_field *node, const char *output,
                     struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, node);
    struct mm_onnx_attribute attribute;
    struct mm_wire_field tensor = {.data = onnx->begin};
    int more;
    while ((more = mm_onnx_next_attribute(onnx, &wire, &attribute, err)) > 0) {
        if (has_name(onnx, &attribute, "value") && find_tensor(onnx, &attribute, &tensor, err) < 0)
            return -1;
    }
    mm_graph_add_value(onnx->builder, output, mm_onnx_place(onnx, &tensor, MM_VALUE_FILL));
    return more;
}

int mm_onnx_constant(struct mm_onnx *onnx, const struct mm_wire_field *node, const char *op_type,
                     const char *output, struct mm_err *err)
{
    if (strcmp(op_type, "Constant") == 0)
        return read_constant(onnx, node, output, err);
    return strcmp(op_type, "ConstantOfShape") == 0 ? read_fill(onnx, node, output, err) : 0;
}
