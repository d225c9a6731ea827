/*
 * A local function in the place of the node that calls it: its nodes become nodes of the graph. Names of its
 * inputs and outputs are those that the call gives; all others are its own, and so that they are unique outside
 * they are written as ONNX Runtime writes them ("_inlfunc_F_t"), and known as ONNX's inliner writes them ("t__3")
 * besides. The inliner counts calls in the order of the nodes, each before those that come out of it.
 */
#include "graph/onnx.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- names ------------------------------------------------------------------------------------------------ */

/* "ab" in the arena of the message; "" and a failed builder without memory. */
static const char *join(struct mm_onnx *onnx, const char *a, const char *b)
{
    size_t first = strlen(a), second = strlen(b);
    char *text = mm_arena_alloc(&onnx->arena, first + second + 1);
    onnx->inlined += first + second;
    if (!text) {
        onnx->builder->failed = true;
        return "";
    }
    memcpy(text, a, first);
    memcpy(text + first, b, second + 1);
    return text;
}

const char *mm_onnx_node_name(struct mm_onnx *onnx, const char *name, const char **alias)
{
    *alias = NULL;
    if (!onnx->frame || !*name)
        return name;
    *alias = join(onnx, name, onnx->frame->suffix);
    return join(onnx, onnx->frame->prefix, name);
}

const char *mm_onnx_name(struct mm_onnx *onnx, const char *name, const char **alias)
{
    const struct mm_onnx_frame *frame = onnx->frame;
    int number = frame && *name ? mm_names_find(&frame->function->formal, name, strlen(name)) : -1;
    if (number < 0)
        return mm_onnx_node_name(onnx, name, alias);
    *alias = frame->actual[number].alias;
    return frame->actual[number].name;
}

/* ---- a call ----------------------------------------------------------------------------------------------- */

/* The names of the call's tensors, which must outlive the message. */
static int keep_actual(struct mm_onnx *onnx, struct mm_onnx_frame *frame, int number, const char *name,
                       struct mm_err *err)
{
    const char *alias;
    name = mm_onnx_name(onnx, name, &alias);
    struct mm_onnx_actual *actual = &frame->actual[number];
    actual->name = mm_arena_strdup(&frame->arena, name);
    actual->alias = alias ? mm_arena_strdup(&frame->arena, alias) : NULL;
    return !actual->name || (alias && !actual->alias) ? mm_fail_memory(err) : 0;
}

/* An output that the call leaves out is the function's own tensor. */
static int own_output(struct mm_onnx *onnx, struct mm_onnx_frame *frame, int number, struct mm_err *err)
{
    const char *formal = frame->function->formal.name[number].text;
    struct mm_onnx_actual *actual = &frame->actual[number];
    actual->name = mm_arena_strdup(&frame->arena, join(onnx, frame->prefix, formal));
    actual->alias = mm_arena_strdup(&frame->arena, join(onnx, formal, frame->suffix));
    return actual->name && actual->alias ? 0 : mm_fail_memory(err);
}

/* A formal name that is input and output: what is given goes through unchanged. */
static int pass_through(struct mm_onnx *onnx, struct mm_onnx_frame *frame, int number, const char *output,
                        struct mm_err *err)
{
    const char *alias, *name = mm_onnx_name(onnx, output, &alias);
    (void)frame;
    (void)err;
    mm_graph_add_node(onnx->builder, "", "Identity", &frame->actual[number].name, 1, &name, 1);
    if (alias)
        mm_graph_add_alias(onnx->builder, name, alias);
    return 0;
}

static int bind_tensors(struct mm_onnx *onnx, struct mm_onnx_frame *frame, const Onnx__NodeProto *node,
                        struct mm_err *err)
{
    const struct mm_onnx_function *function = frame->function;
    frame->actual = mm_arena_array(&frame->arena, function->formal.count, sizeof *frame->actual);
    if (!frame->actual)
        return mm_fail_memory(err);
    for (size_t i = 0; i < function->inputs; i++) {
        if (keep_actual(onnx, frame, function->input[i], i < node->n_input ? node->input[i] : "", err) < 0)
            return -1;
    }
    for (size_t i = 0; i < function->outputs; i++) {
        int number = function->output[i], result;
        bool told = i < node->n_output && *node->output[i];
        if (frame->actual[number].name)
            result = told ? pass_through(onnx, frame, number, node->output[i], err) : 0;
        else
            result = told ? keep_actual(onnx, frame, number, node->output[i], err)
                          : own_output(onnx, frame, number, err);
        if (result < 0)
            return -1;
    }
    return 0;
}

static int add_bound(struct mm_onnx *onnx, struct mm_onnx_frame *frame, struct mm_onnx_attribute attribute,
                     struct mm_err *err)
{
    const char *name;
    if (mm_onnx_text(onnx, &attribute.own, ONNX_ATTRIBUTE_NAME, &frame->arena, &name, err) < 0)
        return -1;
    if (mm_grow((void **)&frame->bound, &frame->bound_capacity, frame->bounds + 1, sizeof *frame->bound) < 0)
        return mm_fail_memory(err);
    frame->bound[frame->bounds++] = (struct mm_onnx_bound){name, attribute};
    return 0;
}

/* The call's attributes; behind them the function's defaults, which are found if there is none before. */
static int bind_attributes(struct mm_onnx *onnx, struct mm_onnx_frame *frame,
                           const struct mm_wire_field *node, struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, node);
    struct mm_onnx_attribute attribute;
    struct mm_wire_field field;
    int more;
    while ((more = mm_onnx_next_attribute(onnx, &wire, &attribute, err)) > 0) {
        if (add_bound(onnx, frame, attribute, err) < 0)
            return -1;
    }
    wire = mm_onnx_inside(onnx, &frame->function->field);
    while (more == 0 && (more = mm_onnx_next(onnx, &wire, &field, "a function", err)) > 0) {
        attribute = (struct mm_onnx_attribute){field, field, frame};
        more = field.number == ONNX_FUNCTION_DEFAULT && field.type == MM_WIRE_BYTES
                   ? add_bound(onnx, frame, attribute, err)
                   : 0;
    }
    return more;
}

/* "_inlfunc_F_", "_inlfunc_F_token_3_"; "__7". */
static int name_frame(struct mm_onnx *onnx, struct mm_onnx_frame *frame, int token, struct mm_err *err)
{
    struct mm_buf prefix;
    char suffix[16];
    mm_buf_init(&prefix);
    mm_buf_printf(&prefix, "_inlfunc_%s_", frame->function->op_type);
    if (token >= 0)
        mm_buf_printf(&prefix, "token_%d_", token);
    snprintf(suffix, sizeof suffix, "__%d", ++onnx->serial);
    frame->prefix = prefix.failed ? NULL : mm_arena_strdup(&frame->arena, mm_buf_text(&prefix));
    frame->suffix = mm_arena_strdup(&frame->arena, suffix);
    mm_buf_done(&prefix);
    return frame->prefix && frame->suffix ? 0 : mm_fail_memory(err);
}

/* ---- its nodes -------------------------------------------------------------------------------------------- */

static int read_part(struct mm_onnx *onnx, const struct mm_wire_field *function, uint32_t number,
                     int (*read)(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err),
                     struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, function);
    struct mm_wire_field field;
    int more;
    while ((more = mm_onnx_next(onnx, &wire, &field, "a function", err)) > 0) {
        if (field.number == number && field.type == MM_WIRE_BYTES && read(onnx, &field, err) < 0)
            return -1;
        if (onnx->builder->failed)
            return 0; /* mm_graph_finish says why */
    }
    return more;
}

static int read_body(struct mm_onnx *onnx, struct mm_onnx_frame *frame, int first, struct mm_err *err)
{
    size_t next = onnx->next_call;
    onnx->next_call = (size_t)first;
    onnx->frame = frame;
    int result = read_part(onnx, &frame->function->field, ONNX_FUNCTION_NODE, mm_onnx_node, err);
    if (result == 0)
        result = read_part(onnx, &frame->function->field, ONNX_FUNCTION_VALUE_INFO, mm_onnx_value_info, err);
    onnx->frame = frame->caller;
    onnx->next_call = next;
    return result;
}

/* The call's own name leads to its first output, as a node's does. */
static void name_call(struct mm_onnx *onnx, const char *name, const char *output)
{
    const char *alias, *other, *tensor = mm_onnx_name(onnx, output, &alias);
    name = mm_onnx_node_name(onnx, name, &other);
    mm_graph_add_alias(onnx->builder, tensor, name);
    if (other)
        mm_graph_add_alias(onnx->builder, tensor, other);
}

int mm_onnx_inline(struct mm_onnx *onnx, const struct mm_wire_field *field, const Onnx__NodeProto *node,
                   struct mm_err *err)
{
    struct mm_onnx_call call = onnx->call[onnx->next_call++];
    struct mm_onnx_frame frame = {
        .caller = onnx->frame, .function = &onnx->function[call.function], .index = call.function};
    mm_arena_init(&frame.arena);
    char *name = strdup(node->name ? node->name : "");
    char *output = strdup(node->n_output > 0 ? node->output[0] : "");
    int result = name && output ? 0 : mm_fail_memory(err);
    if (result == 0)
        result = name_frame(onnx, &frame, call.token, err);
    if (result == 0)
        result = bind_tensors(onnx, &frame, node, err);
    if (result == 0)
        result = bind_attributes(onnx, &frame, field, err);
    if (result == 0)
        result = read_body(onnx, &frame, call.first, err);
    if (result == 0)
        name_call(onnx, name, output);
    free(name);
    free(output);
    free(frame.bound);
    mm_arena_done(&frame.arena);
    return result;
}
