/* Constants that stay where they lie: the model says where, and their values are handed over beside it. */
#include "runtime/model_edit.h"

#include "format/tensor_proto.h"

#include <stdio.h>
#include <string.h>

#define KEPT_INSIDE                                                                                          \
    1024 /* bytes: shapes and the like, which the runtime looks into when it loads the model */

/* Where its values are: raw in the file, or in another one. */
static void look(const struct model_edit *edit, const struct mm_wire_field *message,
                 struct mm_wire_field *raw, bool *external)
{
    struct mm_wire wire = edit_inside(edit, message);
    struct mm_wire_field field;
    *raw = (struct mm_wire_field){.data = NULL};
    *external = edit_number(edit, message, FIELD_TENSOR_LOCATION) == LOCATION_EXTERNAL;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number == FIELD_TENSOR_RAW && field.type == MM_WIRE_BYTES)
            *raw = field;
    }
}

static void put_entry(struct mm_buf *out, const char *key, const char *value)
{
    struct mm_buf entry = {0};
    edit_put_text(&entry, FIELD_ENTRY_KEY, key);
    edit_put_text(&entry, FIELD_ENTRY_VALUE, value);
    edit_put_message(out, FIELD_TENSOR_EXTERNAL, &entry);
    mm_buf_done(&entry);
}

/* The message without the values, and where these are in the file. */
static void put_outside(const struct model_edit *edit, const struct mm_wire_field *message,
                        const struct mm_wire_field *raw, struct mm_buf *out)
{
    struct mm_wire wire = edit_inside(edit, message);
    struct mm_wire_field field;
    struct mm_buf written = {0};
    char number[24];
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number != FIELD_TENSOR_RAW)
            edit_copy(&written, &field);
    }
    put_entry(&written, "location", edit->model->file);
    snprintf(number, sizeof number, "%zu", (size_t)(raw->data - edit->model->map.data));
    put_entry(&written, "offset", number);
    snprintf(number, sizeof number, "%zu", raw->size);
    put_entry(&written, "length", number);
    edit_put_varint(&written, FIELD_TENSOR_LOCATION, LOCATION_EXTERNAL);
    edit_put_message(out, FIELD_GRAPH_INITIALIZER, &written);
    mm_buf_done(&written);
}

/* Can its bytes be handed over as they are? */
static bool is_plain(const struct mm_tensor *tensor)
{
    const struct mm_dtype_info *info = mm_dtype_info(tensor->dtype);
    return tensor->encoding == MM_ENC_RAW && tensor->runs == 1 && tensor->run->gap == 0 &&
           tensor->run->data && !tensor->swapped && !tensor->strided && tensor->stored == tensor->dtype &&
           info->bits >= 8;
}

/* Take it among the weights. False: it is left in the model, and the runtime says what is wrong with it, if anything is. */
static bool take(struct model_edit *edit, const struct mm_wire_field *message)
{
    struct model *model = edit->model;
    struct mm_stored stored;
    if (mm_grow((void **)&model->weight, &model->weight_room, model->weights + 1, sizeof *model->weight) <
        0) {
        edit->failed = true;
        return false;
    }
    if (mm_tensor_proto_open(&stored, edit_inside(edit, message), NULL) < 0)
        return false;
    if (!is_plain(&stored.tensor) || !*stored.name) {
        mm_stored_close(&stored);
        return false;
    }
    model->weight_bytes += (uint64_t)stored.tensor.count * mm_dtype_info(stored.tensor.dtype)->bytes;
    model->weight[model->weights++] = (struct model_weight){stored.name, stored};
    return true;
}

/* Values in memory: the place in the file stands for them, which nobody reads. */
static void put_place(struct model_edit *edit, size_t size, struct mm_buf *message)
{
    char number[24];
    snprintf(number, sizeof number, "%zu", size);
    put_entry(message, "location", edit->model->file);
    put_entry(message, "offset", "0");
    put_entry(message, "length", number);
    edit_put_varint(message, FIELD_TENSOR_LOCATION, LOCATION_EXTERNAL);
}

static bool hand_over(struct model_edit *edit, const char *name, const struct mm_tensor *values)
{
    struct model *model = edit->model;
    if (mm_grow((void **)&model->weight, &model->weight_room, model->weights + 1, sizeof *model->weight) <
        0) {
        edit->failed = true;
        return false;
    }
    model->weight_bytes += (uint64_t)values->count * sizeof(float);
    model->weight[model->weights++] = (struct model_weight){name, {.name = name, .tensor = *values}};
    return true;
}

void edit_put_constant(struct model_edit *edit, const char *name, const struct mm_tensor *values,
                       struct mm_buf *out)
{
    struct mm_buf message = {0};
    size_t size = (size_t)values->count * sizeof(float);
    for (int i = 0; i < values->shape.rank; i++)
        edit_put_varint(&message, FIELD_TENSOR_DIMS, (uint64_t)values->shape.dim[i]);
    edit_put_varint(&message, FIELD_TENSOR_TYPE, (uint64_t)mm_tensor_proto_number(MM_F32));
    edit_put_text(&message, FIELD_TENSOR_NAME, name);
    if (size >= KEPT_INSIDE && hand_over(edit, name, values))
        put_place(edit, size, &message);
    else
        edit_put_bytes(&message, FIELD_TENSOR_RAW, size ? (const void *)values->run->data : "", size);
    edit_put_message(out, FIELD_GRAPH_INITIALIZER, &message);
    mm_buf_done(&message);
}

void edit_put_constants(struct model_edit *edit, struct mm_buf *out)
{
    const struct model_rounding *rounding = edit->rounding;
    const struct mm_tensor *values;
    const char *name;
    for (size_t i = 0; rounding && rounding->more(rounding->context, i, &name, &values); i++)
        edit_put_constant(edit, name, values, out);
}

void edit_initializer(struct model_edit *edit, const struct mm_wire_field *field, struct mm_buf *out)
{
    struct mm_wire_field raw;
    bool external;
    const char *name = edit->rounding ? edit_text(edit, field, FIELD_TENSOR_NAME) : "";
    const struct mm_tensor *values = *name ? edit->rounding->constant(edit->rounding->context, name) : NULL;
    if (values) {
        edit_put_constant(edit, name, values, out);
        return;
    }
    look(edit, field, &raw, &external);
    bool taken = !edit->whole && (external || raw.size >= KEPT_INSIDE) && take(edit, field);
    if (taken && !external)
        put_outside(edit, field, &raw, out);
    else
        edit_copy(out, field);
}
