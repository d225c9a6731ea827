/* Reading and writing fields of ONNX's messages. */
#include "runtime/model_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mm_wire edit_inside(const struct model_edit *edit, const struct mm_wire_field *field)
{
    return (struct mm_wire){edit->model->path, edit->model->map.data, field->data, field->data + field->size};
}

const char *edit_text(struct model_edit *edit, const struct mm_wire_field *message, uint32_t number)
{
    struct mm_wire wire = edit_inside(edit, message);
    struct mm_wire_field field, found = {.data = NULL};
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number == number && field.type == MM_WIRE_BYTES)
            found = field;
    }
    if (!found.data || found.size == 0)
        return "";
    const char *text = mm_arena_strndup(&edit->model->arena, (const char *)found.data, found.size);
    edit->failed |= !text;
    return text ? text : "";
}

int64_t edit_number(const struct model_edit *edit, const struct mm_wire_field *message, uint32_t number)
{
    struct mm_wire wire = edit_inside(edit, message);
    struct mm_wire_field field;
    uint64_t value = 0;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        const uint8_t *at = field.data;
        if (field.number == number && field.type == MM_WIRE_VARINT)
            mm_wire_varint(&at, at + field.size, &value);
    }
    return (int64_t)value;
}

void edit_copy(struct mm_buf *out, const struct mm_wire_field *field)
{
    mm_buf_add(out, field->start, (size_t)(field->data - field->start) + field->size);
}

static void put_number(struct mm_buf *out, uint64_t value)
{
    uint8_t bytes[MM_WIRE_VARINT_MAX];
    mm_buf_add(out, bytes, mm_wire_put(bytes, value));
}

void edit_put_varint(struct mm_buf *out, uint32_t number, uint64_t value)
{
    put_number(out, (uint64_t)number << 3 | MM_WIRE_VARINT);
    put_number(out, value);
}

void edit_put_bytes(struct mm_buf *out, uint32_t number, const void *data, size_t size)
{
    put_number(out, (uint64_t)number << 3 | MM_WIRE_BYTES);
    put_number(out, size);
    mm_buf_add(out, data, size);
}

void edit_put_text(struct mm_buf *out, uint32_t number, const char *text)
{
    edit_put_bytes(out, number, text, strlen(text));
}

void edit_put_message(struct mm_buf *out, uint32_t number, const struct mm_buf *message)
{
    out->failed |= message->failed;
    edit_put_bytes(out, number, mm_buf_text(message), message->length);
}

void edit_put_opset(struct mm_buf *out, uint32_t number)
{
    struct mm_buf opset = {0};
    edit_put_text(&opset, FIELD_OPSET_DOMAIN, MODEL_DOMAIN);
    edit_put_varint(&opset, FIELD_OPSET_VERSION, 1);
    edit_put_message(out, number, &opset);
    mm_buf_done(&opset);
}

void edit_put_int_attribute(struct mm_buf *node, const char *name, int64_t value)
{
    struct mm_buf attribute = {0};
    edit_put_text(&attribute, FIELD_ATTRIBUTE_NAME, name);
    edit_put_varint(&attribute, FIELD_ATTRIBUTE_INT, (uint64_t)value);
    edit_put_varint(&attribute, FIELD_ATTRIBUTE_TYPE, ATTRIBUTE_TYPE_INT);
    edit_put_message(node, FIELD_NODE_ATTRIBUTE, &attribute);
    mm_buf_done(&attribute);
}

void edit_put_own_node(struct mm_buf *out, uint32_t number, const struct edit_own_node *own)
{
    struct mm_buf node = {0};
    edit_put_text(&node, FIELD_NODE_INPUT, own->input);
    edit_put_text(&node, FIELD_NODE_OUTPUT, own->output);
    edit_put_text(&node, FIELD_NODE_NAME, own->name ? own->name : own->output);
    edit_put_text(&node, FIELD_NODE_OP_TYPE, own->op_type);
    edit_put_text(&node, FIELD_NODE_DOMAIN, MODEL_DOMAIN);
    edit_put_int_attribute(&node, "i", (int64_t)own->number);
    edit_put_message(out, number, &node);
    mm_buf_done(&node);
}

static void put_tap(struct mm_buf *out, uint32_t number, const char *tensor, size_t tap)
{
    char name[48];
    snprintf(name, sizeof name, MODEL_TAP_NAME "%zu", tap);
    edit_put_own_node(out, number, &(struct edit_own_node){MODEL_TAP, tensor, name, tap});
}

void edit_put_taps(struct model_edit *edit, const struct edit_scope *scope, uint32_t number,
                   struct mm_buf *out)
{
    (void)edit;
    for (size_t i = scope->taps; i-- > 0;)
        put_tap(out, number, scope->inside[i], scope->tap[i]);
}
