/*
 * Nodes that stand in for others where a model is loaded for its types alone: ONNX has some operators for float16 that ONNX
 * Runtime has no kernel for, and for which it does not cast either, so that it would refuse the model.
 */
#include "runtime/model_edit.h"

#include <string.h>

#define HALF       10 /* TensorProto.DataType */
#define SINGLE     1
#define RAW_ENDING "/mmtui_raw"

/* Their result has the type that `dtype` says, or else that of the first input. */
static bool lacks_half(const char *op_type)
{
    static const char *const types[] = {"RandomNormal",      "RandomUniform", "RandomNormalLike",
                                        "RandomUniformLike", "EyeLike",       "Bernoulli"};
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        if (strcmp(types[i], op_type) == 0)
            return true;
    }
    return false;
}

static bool is_dtype(struct model_edit *edit, const struct mm_wire_field *field)
{
    return field->number == FIELD_NODE_ATTRIBUTE && field->type == MM_WIRE_BYTES &&
           strcmp(edit_text(edit, field, FIELD_ATTRIBUTE_NAME), "dtype") == 0;
}

/* What the attribute says; 0: there is none. */
static int64_t dtype_of(struct model_edit *edit, const struct mm_wire_field *node)
{
    struct mm_wire wire = edit_inside(edit, node);
    struct mm_wire_field field;
    int64_t dtype = 0;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (is_dtype(edit, &field))
            dtype = edit_number(edit, &field, FIELD_ATTRIBUTE_INT);
    }
    return dtype;
}

/* The operator in float32, and a Cast to float16 behind it. */
static void put_single(struct model_edit *edit, const struct mm_wire_field *node, struct mm_buf *written,
                       struct mm_buf *cast)
{
    struct mm_wire wire = edit_inside(edit, node);
    struct mm_wire_field field;
    struct mm_buf raw = {0};
    const char *name = edit_text(edit, node, FIELD_NODE_OUTPUT);
    mm_buf_printf(&raw, "%s" RAW_ENDING, name);
    edit->failed |= raw.failed;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number != FIELD_NODE_OUTPUT && !is_dtype(edit, &field))
            edit_copy(written, &field);
    }
    edit_put_text(written, FIELD_NODE_OUTPUT, mm_buf_text(&raw));
    edit_put_int_attribute(written, "dtype", SINGLE);
    edit_put_text(cast, FIELD_NODE_INPUT, mm_buf_text(&raw));
    edit_put_text(cast, FIELD_NODE_OUTPUT, name);
    edit_put_text(cast, FIELD_NODE_OP_TYPE, "Cast");
    edit_put_int_attribute(cast, "to", HALF);
    mm_buf_done(&raw);
}

/* Of the first input's type and shape: Identity. */
static void put_identity(struct model_edit *edit, const struct mm_wire_field *node, struct mm_buf *written)
{
    struct mm_wire wire = edit_inside(edit, node);
    struct mm_wire_field field;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number == FIELD_NODE_INPUT || field.number == FIELD_NODE_OUTPUT)
            edit_copy(written, &field);
    }
    edit_put_text(written, FIELD_NODE_OP_TYPE, "Identity");
}

bool edit_put_stand_in(struct model_edit *edit, const struct mm_wire_field *node, uint32_t number,
                       struct mm_buf *out)
{
    struct mm_buf written = {0}, cast = {0};
    bool has_input = *edit_text(edit, node, FIELD_NODE_INPUT) != '\0';
    if (!lacks_half(edit_text(edit, node, FIELD_NODE_OP_TYPE)) ||
        *edit_text(edit, node, FIELD_NODE_DOMAIN) != '\0')
        return false;
    int64_t dtype = dtype_of(edit, node);
    if (dtype == HALF)
        put_single(edit, node, &written, &cast);
    else if (dtype == 0 && has_input)
        put_identity(edit, node, &written);
    else
        return false;
    edit_put_message(out, number, &written);
    if (cast.length)
        edit_put_message(out, number, &cast);
    mm_buf_done(&written);
    mm_buf_done(&cast);
    return true;
}
