/*
 * What the pieces of the ONNX reader share. A message is found by the wire walk; the fields of it that are
 * small and wanted are copied together, and protobuf-c reads that. So no payload is ever touched.
 */
#ifndef MMTUI_GRAPH_ONNX_H
#define MMTUI_GRAPH_ONNX_H

#include "graph/graph.h"
#include "base/wire.h"
#include "proto/onnx.pb-c.h"

#define MM_ONNX_DEPTH     32                /* bodies within bodies */
#define MM_ONNX_ATTRIBUTE ((size_t)4 << 10) /* bytes of an attribute that is kept */
#define MM_ONNX_MESSAGE   ((size_t)1 << 20) /* bytes of names and shapes of one node or tensor */

/* The fields that are used, by ONNX's numbers. */
enum {
    ONNX_MODEL_IR_VERSION = 1,
    ONNX_MODEL_GRAPH = 7,
    ONNX_MODEL_OPSET = 8,
    ONNX_GRAPH_NODE = 1,
    ONNX_GRAPH_INITIALIZER = 5,
    ONNX_GRAPH_INPUT = 11,
    ONNX_GRAPH_OUTPUT = 12,
    ONNX_GRAPH_VALUE_INFO = 13,
    ONNX_NODE_ATTRIBUTE = 5,
    ONNX_ATTRIBUTE_NAME = 1,
    ONNX_ATTRIBUTE_TENSOR = 5,
    ONNX_ATTRIBUTE_GRAPH = 6,
    ONNX_ATTRIBUTE_GRAPHS = 11
};

struct mm_onnx {
    const char *file; /* for error texts */
    const uint8_t *begin;
    size_t size;
    struct mm_graph_builder *builder;
    struct mm_buf kept, attribute; /* fields that protobuf-c is to read */
    struct mm_arena arena;         /* of one message */
    ProtobufCAllocator allocator;  /* from that arena */
    int *reads;                    /* what the bodies of the nodes around give back: a stack */
    size_t read_count, read_capacity;
    int depth;
    int64_t opset;
};

/* A model in memory; `file` begins error texts. */
int mm_onnx_read(struct mm_graph **graph, const uint8_t *data, size_t size, const char *file,
                 struct mm_err *err);

/* A walk through the bytes of a field. */
struct mm_wire mm_onnx_inside(const struct mm_onnx *onnx, const struct mm_wire_field *field);
/* As mm_wire_next; what is wrong is said to be wrong inside of `what`. */
int mm_onnx_next(const struct mm_onnx *onnx, struct mm_wire *wire, struct mm_wire_field *field,
                 const char *what, struct mm_err *err);
/* MM_ECORRUPT, at a place in the file. */
int mm_onnx_damaged(const struct mm_onnx *onnx, const uint8_t *at, const char *what, struct mm_err *err);
/* Append the field as it is. Over `limit` bytes in `out`, or without memory: false. */
bool mm_onnx_keep(struct mm_buf *out, const struct mm_wire_field *field, size_t limit);

/* Fields of a graph. */
int mm_onnx_graph(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err);
int mm_onnx_node(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err);
int mm_onnx_initializer(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err);
int mm_onnx_input(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err);
int mm_onnx_output(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err);
int mm_onnx_value_info(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err);
/* The dtype and shape in the head of a TensorProto, for the tensor `name`; its own name if that is NULL. */
int mm_onnx_tensor(struct mm_onnx *onnx, const struct mm_wire_field *field, const char *name,
                   struct mm_err *err);

/* Between ONNX's numbers and dtypes; MM_DTYPE_NONE and 0 for what the other side lacks. */
enum mm_dtype mm_onnx_dtype(int32_t number);
int32_t mm_onnx_dtype_number(enum mm_dtype dtype);

#endif
