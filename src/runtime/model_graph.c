/* The graph of a model, its bodies and their nodes, written anew. */
#include "runtime/model_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MOST 32 /* bodies within bodies */

void edit_scope_done(struct edit_scope *scope)
{
    free(scope->tap);
    free(scope->inside);
    free(scope->rounded);
}

void edit_done(struct model_edit *edit)
{
    mm_names_done(&edit->outputs);
    mm_names_done(&edit->constant);
}

/* ---- which tensors are tapped ---- */

static void add_tap(struct model_edit *edit, struct edit_scope *scope, struct model_tensor *tensor,
                    const char *inside)
{
    struct model *model = edit->model;
    size_t room = scope->room;
    tensor->number = edit->offered++;
    if (!edit->choice || !edit->choice(edit->context, tensor))
        return;
    if (mm_grow((void **)&model->tensor, &model->tensor_room, model->tensors + 1, sizeof *model->tensor) <
            0 ||
        mm_grow((void **)&scope->tap, &room, scope->taps + 1, sizeof *scope->tap) < 0 ||
        mm_grow((void **)&scope->inside, &scope->room, scope->taps + 1, sizeof *scope->inside) < 0) {
        edit->failed = true;
        return;
    }
    scope->inside[scope->taps] = inside;
    scope->tap[scope->taps++] = model->tensors;
    model->tensor[model->tensors++] = *tensor;
}

/* Operators that make sequences or optionals, which no tap can read. */
static bool makes_tensors(const char *op_type)
{
    static const char *const others[] = {"SequenceConstruct", "SequenceEmpty", "SequenceErase",
                                         "SequenceInsert",    "SequenceMap",   "SplitToSequence",
                                         "Optional",          "ZipMap"};
    for (size_t i = 0; i < MM_COUNT(others); i++) {
        if (strcmp(op_type, others[i]) == 0)
            return false;
    }
    return true;
}

const char *edit_name_outside(struct model_edit *edit, const struct edit_scope *scope, const char *name)
{
    struct mm_buf text = {0};
    if (!scope->function)
        return name;
    mm_buf_printf(&text, "_inlfunc_%s_%s", scope->function, name);
    const char *copy = mm_arena_strdup(&edit->model->arena, mm_buf_text(&text));
    edit->failed |= !copy || text.failed;
    mm_buf_done(&text);
    return copy ? copy : name;
}

static void tap_output(struct model_edit *edit, struct edit_scope *scope, struct model_tensor *tensor,
                       const struct mm_wire_field *field)
{
    const char *name = mm_arena_strndup(&edit->model->arena, (const char *)field->data, field->size);
    if (!name) {
        edit->failed = true;
        return;
    }
    bool main_graph = scope->depth == 0;
    tensor->name = edit_name_outside(edit, scope, name);
    tensor->is_output = main_graph && mm_names_find(&edit->outputs, name, field->size) >= 0;
    /* what a function gives back is tapped where it is called, by the name that it has there */
    if (!edit->every && scope->function && scope->depth == 1 &&
        mm_names_find(scope->given_back, name, field->size) >= 0)
        return;
    if (strcmp(tensor->op_type, "Constant") != 0 || tensor->is_output)
        add_tap(edit, scope, tensor, name);
}

static void tap_outputs(struct model_edit *edit, struct edit_scope *scope, const struct mm_wire_field *node,
                        size_t number)
{
    struct mm_wire wire = edit_inside(edit, node);
    struct mm_wire_field field;
    struct model_tensor tensor = {.node = edit_text(edit, node, FIELD_NODE_NAME),
                                  .op_type = edit_text(edit, node, FIELD_NODE_OP_TYPE),
                                  .depth = scope->depth,
                                  .in_function = scope->function != NULL,
                                  .node_number = number,
                                  .index = -1};
    if (!makes_tensors(tensor.op_type))
        return;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number != FIELD_NODE_OUTPUT || field.type != MM_WIRE_BYTES)
            continue;
        tensor.index++;
        if (field.size > 0)
            tap_output(edit, scope, &tensor, &field);
    }
}

/* ---- nodes and their bodies ---- */

static int copy_body(struct model_edit *edit, int depth, const char *function,
                     const struct mm_wire_field *graph, uint32_t number, struct mm_buf *out,
                     struct mm_err *err)
{
    struct mm_wire wire = edit_inside(edit, graph);
    struct mm_wire_field field;
    struct mm_buf body = {0};
    struct edit_scope scope = {.depth = depth + 1, .function = function};
    int more, result = 0;
    if (depth >= DEPTH_MOST)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: bodies of If, Loop, Scan are nested deeper than %d",
                       edit->model->path, DEPTH_MOST);
    while (result == 0 && (more = mm_wire_next(&wire, &field, err)) != 0) {
        if (more < 0)
            result = -1;
        else if (field.number == FIELD_GRAPH_NODE && field.type == MM_WIRE_BYTES)
            result = edit_node(edit, &scope, &field, FIELD_GRAPH_NODE, &body, err);
        else
            edit_copy(&body, &field);
    }
    edit_put_taps(edit, &scope, FIELD_GRAPH_NODE, &body);
    edit_put_message(out, number, &body);
    edit_scope_done(&scope);
    mm_buf_done(&body);
    return result;
}

static bool is_graph(const struct mm_wire_field *field)
{
    return field->type == MM_WIRE_BYTES &&
           (field->number == FIELD_ATTRIBUTE_GRAPH || field->number == FIELD_ATTRIBUTE_GRAPHS);
}

static int copy_attribute(struct model_edit *edit, const struct edit_scope *scope,
                          const struct mm_wire_field *attribute, struct mm_buf *out, struct mm_err *err)
{
    struct mm_wire wire = edit_inside(edit, attribute);
    struct mm_wire_field field;
    struct mm_buf written = {0};
    int more, result = 0;
    while (result == 0 && (more = mm_wire_next(&wire, &field, err)) != 0) {
        if (more < 0)
            result = -1;
        else if (is_graph(&field))
            result = copy_body(edit, scope->depth, scope->function, &field, field.number, &written, err);
        else
            edit_copy(&written, &field);
    }
    edit_put_message(out, FIELD_NODE_ATTRIBUTE, &written);
    mm_buf_done(&written);
    return result;
}

static bool has_body(const struct model_edit *edit, const struct mm_wire_field *attribute)
{
    struct mm_wire wire = edit_inside(edit, attribute);
    struct mm_wire_field field;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (is_graph(&field))
            return true;
    }
    return false;
}

/* True: it was written, rounded or not. */
static bool round_field(struct model_edit *edit, struct edit_scope *scope, const struct model_tensor *made,
                        const struct mm_wire_field *field, size_t *inputs, struct mm_buf *written,
                        struct mm_buf *out)
{
    if (!edit->rounding || field->type != MM_WIRE_BYTES)
        return false;
    if (edit_round_skip(edit, made, field, *inputs, written))
        return true;
    if (field->number == FIELD_NODE_INPUT)
        edit_round_input(edit, scope, made, (*inputs)++, field, written, out);
    else if (field->number == FIELD_NODE_OUTPUT)
        edit_round_output(edit, scope, made, field, written);
    return field->number == FIELD_NODE_INPUT || field->number == FIELD_NODE_OUTPUT;
}

int edit_node(struct model_edit *edit, struct edit_scope *scope, const struct mm_wire_field *node,
              uint32_t number, struct mm_buf *out, struct mm_err *err)
{
    struct mm_wire wire = edit_inside(edit, node);
    struct mm_wire_field field;
    struct mm_buf written = {0};
    struct model_tensor made;
    size_t inputs = 0, node_number = edit->nodes++;
    int more, result = 0;
    scope->number = number;
    if (edit->every && edit_put_stand_in(edit, node, number, out)) {
        tap_outputs(edit, scope, node, node_number);
        return 0;
    }
    edit_round_begin(edit, scope, node, node_number, &made);
    while (result == 0 && (more = mm_wire_next(&wire, &field, err)) != 0) {
        if (more < 0)
            result = -1;
        else if (field.number == FIELD_NODE_ATTRIBUTE && field.type == MM_WIRE_BYTES &&
                 has_body(edit, &field))
            result = copy_attribute(edit, scope, &field, &written, err);
        else if (!round_field(edit, scope, &made, &field, &inputs, &written, out))
            edit_copy(&written, &field);
    }
    edit_round_append(edit, &made, &written);
    tap_outputs(edit, scope, node, node_number);
    edit_put_message(out, number, &written);
    edit_round_results(edit, scope, &made, node, out);
    mm_buf_done(&written);
    return result;
}

/* ---- the main graph ---- */

static bool is_tensor_type(const struct model_edit *edit, const struct mm_wire_field *value)
{
    struct mm_wire wire = edit_inside(edit, value), inner;
    struct mm_wire_field field, type;
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.number != FIELD_VALUE_TYPE || field.type != MM_WIRE_BYTES)
            continue;
        inner = edit_inside(edit, &field);
        while (mm_wire_next(&inner, &type, NULL) > 0) {
            if (type.type == MM_WIRE_BYTES && type.number != FIELD_TYPE_TENSOR && type.number < 10)
                return false; /* a sequence, a map, an optional */
        }
    }
    return true;
}

static void note_name(struct model_edit *edit, struct mm_names *names, const char *name)
{
    edit->failed |= mm_names_add(names, &edit->model->arena, name, strlen(name)) < 0;
}

/* What has to be known before nodes are looked at. */
static int look_ahead(struct model_edit *edit, const struct mm_wire_field *graph, struct mm_err *err)
{
    struct mm_wire wire = edit_inside(edit, graph);
    struct mm_wire_field field;
    int more;
    while ((more = mm_wire_next(&wire, &field, err)) > 0) {
        if (field.type != MM_WIRE_BYTES)
            continue;
        if (field.number == FIELD_GRAPH_OUTPUT)
            note_name(edit, &edit->outputs, edit_text(edit, &field, FIELD_VALUE_NAME));
        if (field.number == FIELD_GRAPH_INITIALIZER)
            note_name(edit, &edit->constant, edit_text(edit, &field, FIELD_TENSOR_NAME));
    }
    return more;
}

/* Older models list their weights as inputs, too. */
static void tap_input(struct model_edit *edit, struct edit_scope *scope, const struct mm_wire_field *value)
{
    struct model_tensor tensor = {
        .name = edit_text(edit, value, FIELD_VALUE_NAME), .node = "", .op_type = "", .is_input = true};
    size_t length = strlen(tensor.name);
    tensor.is_output = mm_names_find(&edit->outputs, tensor.name, length) >= 0;
    if (length > 0 && is_tensor_type(edit, value) && mm_names_find(&edit->constant, tensor.name, length) < 0)
        add_tap(edit, scope, &tensor, tensor.name);
}

static int copy_part(struct model_edit *edit, struct edit_scope *scope, const struct mm_wire_field *field,
                     struct mm_buf *out, struct mm_err *err)
{
    if (field->type == MM_WIRE_BYTES && field->number == FIELD_GRAPH_NODE)
        return edit_node(edit, scope, field, FIELD_GRAPH_NODE, out, err);
    if (field->type == MM_WIRE_BYTES && field->number == FIELD_GRAPH_INITIALIZER)
        edit_initializer(edit, field, out);
    else
        edit_copy(out, field);
    return 0;
}

static int tap_inputs(struct model_edit *edit, struct edit_scope *scope, const struct mm_wire_field *graph)
{
    struct mm_wire wire = edit_inside(edit, graph);
    struct mm_wire_field field;
    int more;
    while ((more = mm_wire_next(&wire, &field, NULL)) > 0) {
        if (field.number == FIELD_GRAPH_INPUT && field.type == MM_WIRE_BYTES)
            tap_input(edit, scope, &field);
    }
    return more;
}

int edit_main_graph(struct model_edit *edit, const struct mm_wire_field *graph, struct mm_buf *out,
                    struct mm_err *err)
{
    struct mm_wire wire = edit_inside(edit, graph);
    struct mm_wire_field field;
    struct mm_buf written = {0};
    struct edit_scope scope = {0};
    int more, result = look_ahead(edit, graph, err);
    edit->has_graph = true;
    if (result == 0)
        result = tap_inputs(edit, &scope, graph);
    while (result == 0 && (more = mm_wire_next(&wire, &field, err)) != 0)
        result = more < 0 ? -1 : copy_part(edit, &scope, &field, &written, err);
    edit_put_constants(edit, &written);
    edit_put_taps(edit, &scope, FIELD_GRAPH_NODE, &written);
    edit_put_message(out, FIELD_MODEL_GRAPH, &written);
    edit_scope_done(&scope);
    mm_buf_done(&written);
    return result;
}
