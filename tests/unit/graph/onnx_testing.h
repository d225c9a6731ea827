/* What the tests of the ONNX reader share: the models of make_onnx.py, and messages made byte by byte. */
#ifndef ONNX_TESTING_H
#define ONNX_TESTING_H

#include "unit/graph/graph_testing.h"
#include "graph/onnx.h"

/* Fill a new folder with what a script beside the tests makes. */
static inline char *make_with(const char *script)
{
    char *folder = make_folder(), tests[4096], command[8192];
    snprintf(tests, sizeof tests, "%s", __FILE__);
    *strrchr(tests, '/') = '\0';
    snprintf(command, sizeof command, "/usr/bin/python3 -B '%s/%s' %s", tests, script, folder);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
    return folder;
}

static inline char *make_models(void)
{
    return make_with("make_onnx.py");
}

static inline int open_in(const char *folder, const char *name, struct mm_graph **graph, struct mm_err *err)
{
    char *path = mm_path_join(folder, name);
    assert_non_null(path);
    int result = mm_graph_open_onnx(graph, path, err);
    free(path);
    return result;
}

static inline struct mm_graph *open_model(const char *folder, const char *name)
{
    struct mm_graph *graph;
    struct mm_err err;
    if (open_in(folder, name, &graph, &err) < 0)
        fail_msg("%s: %s", name, err.text);
    assert_graph(graph);
    return graph;
}

/* ---- bytes -------------------------------------------------------------------------------------------- */

static inline void put_head(struct mm_buf *out, uint32_t number, enum mm_wire_type type, uint64_t value)
{
    uint8_t bytes[MM_WIRE_VARINT_MAX];
    mm_buf_add(out, bytes, mm_wire_put(bytes, (uint64_t)number << 3 | type));
    mm_buf_add(out, bytes, mm_wire_put(bytes, value));
}

static inline void put_number(struct mm_buf *out, uint32_t number, int64_t value)
{
    put_head(out, number, MM_WIRE_VARINT, (uint64_t)value);
}

static inline void put_bytes(struct mm_buf *out, uint32_t number, const void *data, size_t size)
{
    put_head(out, number, MM_WIRE_BYTES, size);
    mm_buf_add(out, data, size);
}

static inline void put_string(struct mm_buf *out, uint32_t number, const char *text)
{
    put_bytes(out, number, text, strlen(text));
}

/* A message that was made in `inner`, which is emptied. */
static inline void put_message(struct mm_buf *out, uint32_t number, struct mm_buf *inner)
{
    put_bytes(out, number, mm_buf_text(inner), inner->length);
    mm_buf_done(inner);
}

/* A model around the fields of a graph, read from a block of exactly its size. Empties `graph`. */
static inline int read_graph(struct mm_buf *fields, struct mm_graph **graph, struct mm_err *err)
{
    struct mm_buf model;
    mm_buf_init(&model);
    put_number(&model, 1, 8);
    put_message(&model, 7, fields);
    uint8_t *bytes = malloc(model.length);
    assert_non_null(bytes);
    memcpy(bytes, model.data, model.length);
    int result = mm_onnx_read(graph, bytes, model.length, "m.onnx", err);
    free(bytes);
    mm_buf_done(&model);
    if (result == 0)
        assert_graph(*graph);
    return result;
}

/* A graph of one node, made in `node`. */
static inline int read_node(struct mm_buf *node, struct mm_graph **graph, struct mm_err *err)
{
    struct mm_buf fields;
    mm_buf_init(&fields);
    put_message(&fields, 1, node);
    return read_graph(&fields, graph, err);
}

#endif
