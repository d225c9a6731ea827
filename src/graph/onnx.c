/* The model and its graphs: which messages there are, and in what order they have to be read. */
#include "graph/onnx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the wire ----------------------------------------------------------------------------------------- */

struct mm_wire mm_onnx_inside(const struct mm_onnx *onnx, const struct mm_wire_field *field)
{
    return (struct mm_wire){onnx->file, onnx->begin, field->data, field->data + field->size};
}

int mm_onnx_damaged(const struct mm_onnx *onnx, const uint8_t *at, const char *what, struct mm_err *err)
{
    return mm_fail(err, MM_ECORRUPT, "%s: byte %zu of %zu: damaged: %s", onnx->file,
                   (size_t)(at - onnx->begin), onnx->size, what);
}

int mm_onnx_next(const struct mm_onnx *onnx, struct mm_wire *wire, struct mm_wire_field *field,
                 const char *what, struct mm_err *err)
{
    int more = mm_wire_next(wire, field, NULL);
    if (more < 0)
        mm_fail(err, MM_ECORRUPT,
                "%s: byte %zu of %zu: damaged: %s has a field that runs past its end, or is none", onnx->file,
                (size_t)(field->start - onnx->begin), onnx->size, what);
    return more;
}

struct mm_value_place mm_onnx_place(const struct mm_onnx *onnx, const struct mm_wire_field *field,
                                    enum mm_value_kind kind)
{
    return (struct mm_value_place){(uint64_t)(field->data - onnx->begin), field->size, kind};
}

bool mm_onnx_keep(struct mm_buf *out, const struct mm_wire_field *field, size_t limit)
{
    size_t size = (size_t)(field->data - field->start) + field->size;
    if (size > limit || out->length > limit - size)
        return false;
    mm_buf_add(out, field->start, size);
    return !out->failed;
}

/* ---- a graph ------------------------------------------------------------------------------------------ */

/* Nodes stand first in a file, but what they read has to be known before, and what they make before types. */
static const struct {
    uint32_t number;
    int pass;
    int (*read)(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err);
} parts[] = {
    {ONNX_GRAPH_INITIALIZER, 0, mm_onnx_initializer},
    {ONNX_GRAPH_INPUT, 0, mm_onnx_input},
    {ONNX_GRAPH_NODE, 1, mm_onnx_node},
    {ONNX_GRAPH_OUTPUT, 2, mm_onnx_output},
    {ONNX_GRAPH_VALUE_INFO, 2, mm_onnx_value_info},
};

static int read_part(struct mm_onnx *onnx, const struct mm_wire_field *field, int pass, struct mm_err *err)
{
    for (size_t i = 0; i < MM_COUNT(parts); i++) {
        if (parts[i].number != field->number || parts[i].pass != pass)
            continue;
        if (field->type != MM_WIRE_BYTES)
            return mm_onnx_damaged(onnx, field->start, "a number where the graph has a message", err);
        return parts[i].read(onnx, field, err);
    }
    return 0;
}

static int read_passes(struct mm_onnx *onnx, const struct mm_wire_field *graph, struct mm_err *err)
{
    for (int pass = 0; pass < 3; pass++) {
        struct mm_wire wire = mm_onnx_inside(onnx, graph);
        struct mm_wire_field field;
        int more;
        while ((more = mm_onnx_next(onnx, &wire, &field, "a graph", err)) > 0) {
            if (read_part(onnx, &field, pass, err) < 0)
                return -1;
            if (onnx->builder->failed)
                return 0; /* mm_graph_finish says why */
        }
        if (more < 0)
            return -1;
    }
    return 0;
}

int mm_onnx_graph(struct mm_onnx *onnx, const struct mm_wire_field *graph, struct mm_err *err)
{
    size_t calls = onnx->calls, next = onnx->next_call;
    int result = onnx->functions > 0 ? mm_onnx_number_calls(onnx, graph, err) : 0;
    onnx->next_call = calls;
    if (result == 0 && !onnx->builder->failed)
        result = read_passes(onnx, graph, err);
    onnx->calls = calls;
    onnx->next_call = next;
    return result;
}

/* ---- the model ---------------------------------------------------------------------------------------- */

/* The version of ONNX's own operators; those of other domains are not asked for. */
static int read_opset(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err)
{
    mm_arena_reset(&onnx->arena);
    const Onnx__OperatorSetIdProto *opset =
        field->size <= MM_ONNX_MESSAGE
            ? onnx__operator_set_id_proto__unpack(&onnx->allocator, field->size, field->data)
            : NULL;
    if (!opset)
        return mm_onnx_damaged(onnx, field->start, "not an operator set", err);
    if (!opset->domain || !*opset->domain || strcmp(opset->domain, "ai.onnx") == 0)
        onnx->opset = opset->version;
    return 0;
}

/* Until something tells that it is a model, what is wrong is that it is none. */
static int read_model(struct mm_onnx *onnx, struct mm_err *err)
{
    struct mm_wire wire = {onnx->file, onnx->begin, onnx->begin, onnx->begin + onnx->size};
    struct mm_wire_field field, graph = {.data = NULL};
    struct mm_err why;
    bool versioned = false;
    int more;
    while ((more = mm_wire_next(&wire, &field, &why)) > 0) {
        versioned |= field.number == ONNX_MODEL_IR_VERSION && field.type == MM_WIRE_VARINT;
        if (field.number == ONNX_MODEL_GRAPH && field.type == MM_WIRE_BYTES)
            graph = field;
        if (field.number == ONNX_MODEL_OPSET && field.type == MM_WIRE_BYTES &&
            read_opset(onnx, &field, err) < 0)
            return -1;
        if (field.number == ONNX_MODEL_FUNCTION && field.type == MM_WIRE_BYTES &&
            mm_onnx_function(onnx, &field, err) < 0)
            return -1;
    }
    if (more < 0 && versioned) {
        if (err)
            *err = why;
        return -1;
    }
    if (more < 0)
        return mm_fail(err, why.code, "%s: not an ONNX model%s", onnx->file, why.text + strlen(onnx->file));
    if (!graph.data)
        return mm_fail(err, MM_ECORRUPT, "%s: not an ONNX model: there is no graph in it", onnx->file);
    if (mm_onnx_link(onnx, err) < 0 || mm_onnx_graph(onnx, &graph, err) < 0)
        return -1;
    if (onnx->builder->nodes == 0 && !onnx->builder->failed)
        return mm_fail(err, MM_ECORRUPT, "%s: not an ONNX model: there is no node in its graph", onnx->file);
    return 0;
}

/* protobuf-c allocates from the arena of the message: nothing is freed singly. */
static void *arena_alloc(void *arena, size_t size)
{
    return mm_arena_alloc(arena, size);
}

static void arena_free(void *arena, void *pointer)
{
    (void)arena;
    (void)pointer;
}

int mm_onnx_read(struct mm_graph **graph, const uint8_t *data, size_t size, const char *file,
                 struct mm_err *err)
{
    struct mm_onnx onnx = {.file = file, .begin = data, .size = size, .builder = mm_graph_new()};
    *graph = NULL;
    if (!onnx.builder)
        return mm_fail_memory(err);
    mm_buf_init(&onnx.kept);
    mm_buf_init(&onnx.attribute);
    mm_arena_init(&onnx.arena);
    mm_arena_init(&onnx.lasting);
    onnx.allocator = (ProtobufCAllocator){arena_alloc, arena_free, &onnx.arena};
    int result = read_model(&onnx, err);
    mm_buf_done(&onnx.kept);
    mm_buf_done(&onnx.attribute);
    mm_arena_done(&onnx.arena);
    mm_onnx_functions_done(&onnx);
    free(onnx.reads);
    if (result < 0) {
        mm_graph_abandon(onnx.builder);
        return -1;
    }
    result = mm_graph_finish(onnx.builder, graph, file, err);
    if (result == 0)
        (*graph)->opset = onnx.opset;
    return result;
}

/* What tells whether the file is still the same, later. */
static int note_source(struct mm_graph *graph, const struct mm_map *map, const char *path, struct mm_err *err)
{
    char *copy = mm_arena_strdup(&graph->arena, path);
    if (!copy)
        return mm_fail_memory(err);
    graph->source->path = copy;
    return mm_source_note(graph->source, map, err);
}

int mm_graph_open_onnx(struct mm_graph **graph, const char *path, struct mm_err *err)
{
    struct mm_map map;
    *graph = NULL;
    if (mm_map_open(&map, path, err) < 0)
        return -1;
    mm_map_sparse(&map);
    int result = mm_onnx_read(graph, map.data, map.size, path, err);
    if (result == 0)
        result = note_source(*graph, &map, path, err);
    /* a file that became shorter reads as zeros, which may look damaged or good */
    if (mm_map_check(&map, path, err) < 0)
        result = -1;
    if (result < 0) {
        mm_graph_close(*graph);
        *graph = NULL;
    }
    mm_map_close(&map);
    return result;
}
