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

static int read_body(struct mm_onnx *onnx, const struct mm_wire_field *graph, struct mm_err *err)
{
    if (onnx->depth >= MM_ONNX_DEPTH)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: byte %zu: graphs within graphs, more than %d deep",
                       onnx->file, (size_t)(graph->start - onnx->begin), MM_ONNX_DEPTH);
    onnx->depth++;
    mm_graph_enter(onnx->builder);
    int result = mm_onnx_graph(onnx, graph, err);
    mm_graph_leave(onnx->builder);
    onnx->depth--;
    return result;
}

static bool is_graph(const struct mm_wire_field *field)
{
    return field->type == MM_WIRE_BYTES &&
           (field->number == ONNX_ATTRIBUTE_GRAPH || field->number == ONNX_ATTRIBUTE_GRAPHS);
}

static bool is_attribute(const struct mm_wire_field *field)
{
    return field->type == MM_WIRE_BYTES && field->number == ONNX_NODE_ATTRIBUTE;
}

/* 1 when there was one. */
static int read_bodies(struct mm_onnx *onnx, const struct mm_wire_field *node, struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, node);
    struct mm_wire_field attribute, field;
    int more, inner, found = 0;
    while ((more = mm_onnx_next(onnx, &wire, &attribute, "a node", err)) > 0) {
        if (!is_attribute(&attribute))
            continue;
        struct mm_wire within = mm_onnx_inside(onnx, &attribute);
        while ((inner = mm_onnx_next(onnx, &within, &field, "an attribute", err)) > 0) {
            if (is_graph(&field) && read_body(onnx, &field, err) < 0)
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

/* Append an attribute without graphs and tensors; nothing if it is still large. */
static int keep_attribute(struct mm_onnx *onnx, const struct mm_wire_field *attribute, struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, attribute);
    struct mm_wire_field field;
    uint8_t number[MM_WIRE_VARINT_MAX];
    int more;
    mm_buf_clear(&onnx->attribute);
    while ((more = mm_onnx_next(onnx, &wire, &field, "an attribute", err)) > 0) {
        if (is_small(&field) && !mm_onnx_keep(&onnx->attribute, &field, MM_ONNX_ATTRIBUTE))
            return 0;
    }
    if (more < 0)
        return -1;
    mm_buf_add(&onnx->kept, number, mm_wire_put(number, ONNX_NODE_ATTRIBUTE << 3 | MM_WIRE_BYTES));
    mm_buf_add(&onnx->kept, number, mm_wire_put(number, onnx->attribute.length));
    mm_buf_add(&onnx->kept, mm_buf_text(&onnx->attribute), onnx->attribute.length);
    return 0;
}

static int gather(struct mm_onnx *onnx, const struct mm_wire_field *node, struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, node);
    struct mm_wire_field field;
    int more;
    mm_buf_clear(&onnx->kept);
    mm_arena_reset(&onnx->arena);
    while ((more = mm_onnx_next(onnx, &wire, &field, "a node", err)) > 0) {
        bool fits = true;
        if (is_attribute(&field)) {
            if (keep_attribute(onnx, &field, err) < 0)
                return -1;
            fits = onnx->kept.length <= MM_ONNX_MESSAGE && !onnx->kept.failed;
        } else if (field.number <= 4 || field.number == 7) { /* inputs, outputs, name, op_type, domain */
            fits = mm_onnx_keep(&onnx->kept, &field, MM_ONNX_MESSAGE);
        }
        if (!fits)
            return mm_onnx_damaged(onnx, node->start, "a node of more than 1 MiB", err);
    }
    return more;
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

static void add_node(struct mm_onnx *onnx, const Onnx__NodeProto *node)
{
    struct mm_graph_builder *b = onnx->builder;
    mm_graph_add_node(b, text_of(node->name), text_of(node->op_type), (const char *const *)node->input,
                      node->n_input, (const char *const *)node->output, node->n_output);
    if (node->domain && strcmp(node->domain, "ai.onnx") != 0) /* ONNX's own, by its other name */
        mm_graph_add_domain(b, node->domain);
    for (size_t i = 0; i < node->n_attribute; i++)
        add_attribute(onnx, node->attribute[i]);
}

/* ---- constants ---------------------------------------------------------------------------------------- */

/* dtype and shape of what a Constant holds. */
static int read_constant(struct mm_onnx *onnx, const struct mm_wire_field *node, const char *name,
                         struct mm_err *err)
{
    struct mm_wire wire = mm_onnx_inside(onnx, node);
    struct mm_wire_field attribute, field;
    int more, inner;
    mm_graph_add_tensor(onnx->builder, name, MM_GRAPH_CONSTANT, MM_DTYPE_NONE, NULL);
    while ((more = mm_onnx_next(onnx, &wire, &attribute, "a node", err)) > 0) {
        if (!is_attribute(&attribute))
            continue;
        struct mm_wire within = mm_onnx_inside(onnx, &attribute);
        while ((inner = mm_onnx_next(onnx, &within, &field, "an attribute", err)) > 0) {
            if (field.number == ONNX_ATTRIBUTE_TENSOR && field.type == MM_WIRE_BYTES &&
                mm_onnx_tensor(onnx, &field, name, err) < 0)
                return -1;
        }
        if (inner < 0)
            return -1;
    }
    return more;
}

/* ---- all of it ---------------------------------------------------------------------------------------- */

int mm_onnx_node(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err)
{
    size_t outer = onnx->read_count;
    int first = (int)onnx->builder->nodes;
    int bodies = read_bodies(onnx, field, err);
    if (bodies < 0 || gather(onnx, field, err) < 0)
        return -1;
    const Onnx__NodeProto *node = onnx__node_proto__unpack(&onnx->allocator, onnx->kept.length,
                                                           (const uint8_t *)mm_buf_text(&onnx->kept));
    if (!node)
        return mm_onnx_damaged(onnx, field->start, "not a node", err);
    add_node(onnx, node);
    if (bodies)
        mm_graph_add_bodies(onnx->builder, first, onnx->reads + outer, onnx->read_count - outer);
    onnx->read_count = outer;
    if (strcmp(text_of(node->op_type), "Constant") != 0 || node->n_output != 1)
        return 0;
    /* the arena that the name is in is used anew for what is read next */
    char *name = strdup(node->output[0]);
    int result = name ? read_constant(onnx, field, name, err) : mm_fail_memory(err);
    free(name);
    return result;
}
