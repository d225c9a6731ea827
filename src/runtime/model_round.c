/* Operators that round, around the nodes of a model. */
#include "runtime/model_edit.h"

#include <stdio.h>
#include <string.h>

/* What a node made, before it is rounded; and what is rounded for readers alone. */
#define RAW_ENDING     "/mmtui_raw"
#define ROUNDED_ENDING "/mmtui_rounded"
#define TYPE_FLOAT32   1 /* TensorProto.DataType */
#define ROUNDED_NAME   "mmtui_round_%zu"

/* An input that was rounded for some node of a scope. */
struct edit_rounded {
    const char *name; /* inside */
    int rule;
    const char *rounded;
};

static const char *text_of(struct model_edit *edit, const struct mm_wire_field *field)
{
    const char *text = mm_arena_strndup(&edit->model->arena, (const char *)field->data, field->size);
    edit->failed |= !text;
    return text ? text : "";
}

void edit_round_begin(struct model_edit *edit, const struct edit_scope *scope,
                      const struct mm_wire_field *node, size_t number, struct model_tensor *result)
{
    *result = (struct model_tensor){
        .name = "", .node = "", .op_type = "", .depth = scope->depth, .node_number = number};
    if (!edit->rounding)
        return;
    struct mm_wire wire = edit_inside(edit, node);
    struct mm_wire_field field;
    result->node = edit_text(edit, node, FIELD_NODE_NAME);
    result->op_type = edit_text(edit, node, FIELD_NODE_OP_TYPE);
    while (!*result->name && mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number == FIELD_NODE_OUTPUT && field.type == MM_WIRE_BYTES && field.size > 0)
            result->name = edit_name_outside(edit, scope, text_of(edit, &field));
    }
}

/* ---- in front ---- */

static const char *find_rounded(const struct edit_scope *scope, const char *name, int rule)
{
    for (size_t i = 0; i < scope->rounded_count; i++) {
        const struct edit_rounded *rounded = &scope->rounded[i];
        if (rounded->rule == rule && strcmp(rounded->name, name) == 0)
            return rounded->rounded;
    }
    return NULL;
}

/* For one reader or several of the scope. */
static const char *round_for_readers(struct model_edit *edit, struct edit_scope *scope, const char *name,
                                     int rule, struct mm_buf *out)
{
    const char *rounded = find_rounded(scope, name, rule);
    char text[48];
    if (rounded)
        return rounded;
    snprintf(text, sizeof text, ROUNDED_NAME, edit->rounded++);
    rounded = mm_arena_strdup(&edit->model->arena, text);
    if (!rounded || mm_grow((void **)&scope->rounded, &scope->rounded_room, scope->rounded_count + 1,
                            sizeof *scope->rounded) < 0) {
        edit->failed = true;
        return name;
    }
    scope->rounded[scope->rounded_count++] = (struct edit_rounded){name, rule, rounded};
    edit_put_own_node(out, scope->number, &(struct edit_own_node){MODEL_ROUND, name, rounded, (size_t)rule});
    return rounded;
}

void edit_round_input(struct model_edit *edit, struct edit_scope *scope, const struct model_tensor *result,
                      size_t place, const struct mm_wire_field *input, struct mm_buf *written,
                      struct mm_buf *out)
{
    const char *instead = NULL;
    const char *name = text_of(edit, input);
    int rule = *name ? edit->rounding->operand(edit->rounding->context, result, place,
                                               edit_name_outside(edit, scope, name), &instead)
                     : -1;
    if (rule >= 0)
        instead = round_for_readers(edit, scope, name, rule, out);
    if (instead)
        edit_put_text(written, FIELD_NODE_INPUT, instead);
    else
        edit_copy(written, input);
}

/* ---- other nodes ---- */

bool edit_round_skip(struct model_edit *edit, const struct model_tensor *result,
                     const struct mm_wire_field *field, size_t inputs, struct mm_buf *written)
{
    if (!edit->rounding->skip(edit->rounding->context, result))
        return false;
    if (field->number == FIELD_NODE_OP_TYPE) {
        edit_put_text(written, FIELD_NODE_OP_TYPE, "Identity");
        return true;
    }
    return field->number == FIELD_NODE_ATTRIBUTE || (field->number == FIELD_NODE_INPUT && inputs > 0);
}

void edit_round_append(struct model_edit *edit, const struct model_tensor *result, struct mm_buf *written)
{
    const char *name = edit->rounding ? edit->rounding->append(edit->rounding->context, result) : NULL;
    if (name)
        edit_put_text(written, FIELD_NODE_INPUT, name);
}

/* ---- behind ---- */

/* The rule of one of a node's outputs. */
static int rule_of(struct model_edit *edit, const struct edit_scope *scope, const struct model_tensor *result,
                   const char *name)
{
    struct model_tensor tensor = *result;
    tensor.name = edit_name_outside(edit, scope, name);
    return *name ? edit->rounding->result(edit->rounding->context, &tensor) : -1;
}

void edit_round_output(struct model_edit *edit, const struct edit_scope *scope,
                       const struct model_tensor *result, const struct mm_wire_field *output,
                       struct mm_buf *written)
{
    struct mm_buf raw = {0};
    const char *name = text_of(edit, output);
    if (rule_of(edit, scope, result, name) < 0) {
        edit_copy(written, output);
        return;
    }
    mm_buf_printf(&raw, "%s" RAW_ENDING, name);
    written->failed |= raw.failed;
    edit_put_text(written, FIELD_NODE_OUTPUT, mm_buf_text(&raw));
    mm_buf_done(&raw);
}

/*
 * In a function a Cast from float32 to float32 behind it: what types a function gives back, the runtime finds out by ONNX's
 * operators alone, so ours would leave it open.
 */
static void put_round(struct model_edit *edit, const struct edit_scope *scope, const char *raw,
                      const char *name, int rule, struct mm_buf *out)
{
    struct mm_buf rounded = {0}, cast = {0};
    if (!scope->function || !edit->rounding->typed) {
        /* nodes are often called like the tensor that they make */
        edit_put_own_node(out, scope->number,
                          &(struct edit_own_node){MODEL_ROUND, raw, name, (size_t)rule, raw});
        return;
    }
    mm_buf_printf(&rounded, "%s" ROUNDED_ENDING, name);
    edit_put_own_node(out, scope->number,
                      &(struct edit_own_node){MODEL_ROUND, raw, mm_buf_text(&rounded), (size_t)rule});
    edit_put_text(&cast, FIELD_NODE_INPUT, mm_buf_text(&rounded));
    edit_put_text(&cast, FIELD_NODE_OUTPUT, name);
    edit_put_text(&cast, FIELD_NODE_OP_TYPE, "Cast");
    edit_put_int_attribute(&cast, "to", TYPE_FLOAT32);
    edit_put_message(out, scope->number, &cast);
    out->failed |= rounded.failed;
    mm_buf_done(&rounded);
    mm_buf_done(&cast);
}

void edit_round_results(struct model_edit *edit, const struct edit_scope *scope,
                        const struct model_tensor *result, const struct mm_wire_field *node,
                        struct mm_buf *out)
{
    struct mm_wire wire = edit_inside(edit, node);
    struct mm_wire_field field;
    struct mm_buf raw = {0};
    while (edit->rounding && mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number != FIELD_NODE_OUTPUT || field.type != MM_WIRE_BYTES)
            continue;
        const char *name = text_of(edit, &field);
        int rule = rule_of(edit, scope, result, name);
        mm_buf_clear(&raw);
        mm_buf_printf(&raw, "%s" RAW_ENDING, name);
        out->failed |= raw.failed;
        if (rule >= 0)
            put_round(edit, scope, mm_buf_text(&raw), name, rule, out);
    }
    mm_buf_done(&raw);
}
