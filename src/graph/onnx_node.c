/*
 * A node of an ONNX graph. First its bodies are read, so that their nodes come before it; then the node
 * itself, without what is large in its attributes.
 */
#include "graph/onnx.h"

#include <stdlib.h>
#include <string.h>

static const char *text_of(const char *text)
{
    return text ? text : "";
}

/* ---- bodies ------------------------------------------------------------------------------------------- */

static int read_body(struct mm_onnx *onnx, const struct mm_wire_field *graph, struct mm_onnx_frame *frame,
                     struct mm_err *err)
{
    struct mm_onnx_frame *around = onnx->frame;
    if (onnx->depth >= MM_ONNX_DEPTH)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: byte %zu: graphs within graphs, more than %d deep",
                       onnx->file, (size_t)(graph->start - onnx->begin), MM_ONNX_DEPTH);
    onnx->depth++;
    onnx->frame = frame;
    mm_graph_enter(onnx->builder);
    int result = mm_onnx_graph(onnx, graph, err);
    mm_graph_leave(onnx->builder);
    onnx->frame = around;
    onnx->depth--;
    return result;
}

static bool is_graph(const struct mm_wire_field *field)
{
    return field->type == MM_WIRE_BYTES &&
           (field->number == ONNX_ATTRIBUTE_GRAPH || field->number == ONNX_ATTRIBUTE_GRAPHS);
}

/* 1 when there was one. */
static int read_bodies(struct mm_onnx *onnx, const struct mm_wire_field *node, struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, node);
    struct mm_onnx_attribute attribute;
    struct mm_wire_field field;
    int more, inner, found = 0;
    while ((more = mm_onnx_next_attribute(onnx, &wire, &attribute, err)) > 0) {
        struct mm_wire within = mm_onnx_inside(onnx, &attribute.value);
        while ((inner = mm_onnx_next(onnx, &within, &field, "an attribute", err)) > 0) {
            if (is_graph(&field) && read_body(onnx, &field, attribute.frame, err) < 0)
                return -1;
            found |= is_graph(&field);
        }
        if (inner < 0)
            return -1;
    }
    return more < 0 ? -1 : found;
}

/* ---- the node itself ---------------------------------------------------------------------------------- */

static bool is_small(const struct mm_wire_field *field)
{
    static const uint32_t numbers = 1u << 1 | 1u << 2 | 1u << 3 | 1u << 4 | 1u << 7 | 1u << 8 | 1u << 20;
    return field->number < 32 && (numbers >> field->number & 1);
}

/* Append the small fields of a message to onnx->attribute: 1; 0 if they are too large together. */
static int keep_small(struct mm_onnx *onnx, const struct mm_wire_field *message, bool with_name,
                      struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, message);
    struct mm_wire_field field;
    int more;
    while ((more = mm_onnx_next(onnx, &wire, &field, "an attribute", err)) > 0) {
        if (is_small(&field) && (with_name || field.number != ONNX_ATTRIBUTE_NAME) &&
            !mm_onnx_keep(&onnx->attribute, &field, MM_ONNX_ATTRIBUTE))
            return 0;
    }
    return more < 0 ? -1 : 1;
}

/* Append an attribute without graphs and tensors; nothing if it is still large. */
static int keep_attribute(struct mm_onnx *onnx, const struct mm_onnx_attribute *attribute, struct mm_err *err)
{
    bool own = attribute->own.start == attribute->value.start;
    uint8_t number[MM_WIRE_VARINT_MAX];
    mm_buf_clear(&onnx->attribute);
    int kept = keep_small(onnx, &attribute->value, own, err);
    const char *name;
    if (kept > 0 && !own) { /* what the call gives, by the name that it has here */
        if (mm_onnx_text(onnx, &attribute->own, ONNX_ATTRIBUTE_NAME, &onnx->arena, &name, err) < 0)
            return -1;
        mm_buf_add(&onnx->attribute, number, mm_wire_put(number, ONNX_ATTRIBUTE_NAME << 3 | MM_WIRE_BYTES));
        mm_buf_add(&onnx->attribute, number, mm_wire_put(number, strlen(name)));
        mm_buf_puts(&onnx->attribute, name);
    }
    if (kept <= 0)
        return kept;
    mm_buf_add(&onnx->kept, number, mm_wire_put(number, ONNX_NODE_ATTRIBUTE << 3 | MM_WIRE_BYTES));
    mm_buf_add(&onnx->kept, number, mm_wire_put(number, onnx->attribute.length));
    mm_buf_add(&onnx->kept, mm_buf_text(&onnx->attribute), onnx->attribute.length);
    return 0;
}

static int too_large(struct mm_onnx *onnx, const struct mm_wire_field *node, struct mm_err *err)
{
    return mm_onnx_damaged(onnx, node->start, "a node of more than 1 MiB", err);
}

static int gather_attributes(struct mm_onnx *onnx, const struct mm_wire_field *node, struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, node);
    struct mm_onnx_attribute attribute;
    int more;
    while ((more = mm_onnx_next_attribute(onnx, &wire, &attribute, err)) > 0) {
        if (keep_attribute(onnx, &attribute, err) < 0)
            return -1;
        if (onnx->kept.length > MM_ONNX_MESSAGE || onnx->kept.failed || onnx->attribute.failed)
            return too_large(onnx, node, err);
    }
    return more;
}

static int gather(struct mm_onnx *onnx, const struct mm_wire_field *node, struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, node);
    struct mm_wire_field field;
    int more;
    mm_buf_clear(&onnx->kept);
    mm_arena_reset(&onnx->arena);
    while ((more = mm_onnx_next(onnx, &wire, &field, "a node", err)) > 0) {
        bool wanted =
            field.number <= 4 || field.number == ONNX_NODE_DOMAIN; /* inputs, outputs, name, op_type */
        if (wanted && !mm_onnx_keep(&onnx->kept, &field, MM_ONNX_MESSAGE))
            return too_large(onnx, node, err);
    }
    return more < 0 ? -1 : gather_attributes(onnx, node, err);
}

static const char *text_of_bytes(struct mm_onnx *onnx, const ProtobufCBinaryData *bytes)
{
    return bytes->len > 0 ? text_of(mm_arena_strndup(&onnx->arena, (const char *)bytes->data, bytes->len))
                          : "";
}

static void add_attribute(struct mm_onnx *onnx, const Onnx__AttributeProto *attribute)
{
    struct mm_graph_builder *b = onnx->builder;
    const char *name = text_of(attribute->name);
    /* a number that is 0 may be left out on the wire: then only the type tells that there is one */
    if (attribute->n_ints > 0 || attribute->type == ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS)
        mm_graph_add_ints(b, name, attribute->ints, attribute->n_ints);
    else if (attribute->has_i || attribute->type == ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT)
        mm_graph_add_int(b, name, attribute->i);
    else if (attribute->n_floats > 0 || attribute->type == ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS)
        mm_graph_add_floats(b, name, attribute->floats, attribute->n_floats);
    else if (attribute->has_f || attribute->type == ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT)
        mm_graph_add_float(b, name, attribute->f);
    else if (attribute->has_s || attribute->type == ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING)
        mm_graph_add_text(b, name, text_of_bytes(onnx, &attribute->s));
}

/* Outputs of a local function's nodes are known by a second name. */
static void add_aliases(struct mm_onnx *onnx, const Onnx__NodeProto *node)
{
    const char *name, *alias;
    for (size_t i = 0; i < node->n_output && onnx->frame; i++) {
        name = mm_onnx_name(onnx, node->output[i], &alias);
        if (alias)
            mm_graph_add_alias(onnx->builder, name, alias);
    }
}

/* The node's tensors by the names that they have outside of functions. NULL without memory. */
static const char **names_of(struct mm_onnx *onnx, char *const *names, size_t count)
{
    const char **out = mm_arena_array(&onnx->arena, count, sizeof *out), *alias;
    for (size_t i = 0; out && i < count; i++)
        out[i] = mm_onnx_name(onnx, names[i], &alias);
    return out;
}

static void add_node(struct mm_onnx *onnx, const Onnx__NodeProto *node)
{
    struct mm_graph_builder *b = onnx->builder;
    const char *other, *name = mm_onnx_node_name(onnx, text_of(node->name), &other);
    const char **inputs = names_of(onnx, node->input, node->n_input);
    const char **outputs = names_of(onnx, node->output, node->n_output);
    if (!inputs || !outputs) {
        b->failed = true;
        return;
    }
    mm_graph_add_node(b, name, text_of(node->op_type), inputs, node->n_input, outputs, node->n_output);
    add_aliases(onnx, node);
    if (other && node->n_output > 0)
        mm_graph_add_alias(b, outputs[0], other);
    if (node->domain && strcmp(node->domain, "ai.onnx") != 0) /* ONNX's own, by its other name */
        mm_graph_add_domain(b, node->domain);
    for (size_t i = 0; i < node->n_attribute; i++)
        add_attribute(onnx, node->attribute[i]);
}

/* ---- all of it ---------------------------------------------------------------------------------------- */

/* Calls of local functions copy what is in the file. */
static int check_inlined(struct mm_onnx *onnx, struct mm_err *err)
{
    onnx->inlined += onnx->frame ? onnx->kept.length : 0;
    if (onnx->inlined <= MM_ONNX_INLINED)
        return 0;
    return mm_fail(err, MM_EUNSUPPORTED,
                   "%s: the calls of its local functions have more than %zu MiB of names and attributes",
                   onnx->file, MM_ONNX_INLINED >> 20);
}

static int read_plain(struct mm_onnx *onnx, const struct mm_wire_field *field, const Onnx__NodeProto *node,
                      struct mm_err *err)
{
    const char *alias;
    add_node(onnx, node);
    if (node->n_output != 1)
        return 0;
    /* the arena that the names are in is used anew for what is read next */
    char *type = strdup(text_of(node->op_type)), *name = strdup(mm_onnx_name(onnx, node->output[0], &alias));
    int result = type && name ? mm_onnx_constant(onnx, field, type, name, err) : mm_fail_memory(err);
    free(type);
    free(name);
    return result;
}

int mm_onnx_node(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err)
{
    size_t outer = onnx->read_count;
    int first = (int)onnx->builder->nodes;
    int callee = mm_onnx_callee(onnx, field, err);
    int bodies = callee == -1 ? read_bodies(onnx, field, err) : callee < -1 ? -1 : 0;
    if (bodies < 0 || gather(onnx, field, err) < 0 || check_inlined(onnx, err) < 0)
        return -1;
    const Onnx__NodeProto *node = onnx__node_proto__unpack(&onnx->allocator, onnx->kept.length,
                                                           (const uint8_t *)mm_buf_text(&onnx->kept));
    if (!node)
        return mm_onnx_damaged(onnx, field->start, "not a node", err);
    if (callee >= 0)
        return mm_onnx_inline(onnx, field, node, err);
    int result = read_plain(onnx, field, node, err);
    const int *reads = onnx->reads ? onnx->reads + outer : NULL; /* NULL has no offset, not even 0 */
    if (bodies)
        mm_graph_add_bodies(onnx->builder, first, reads, onnx->read_count - outer);
    onnx->read_count = outer;
    return result;
}
