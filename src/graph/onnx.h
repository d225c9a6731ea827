/*
 * What the pieces of the ONNX reader share. A message is found by the wire walk; the fields of it that are
 * small and wanted are copied together, and protobuf-c reads that. So no payload is ever touched.
 */
#ifndef MMTUI_GRAPH_ONNX_H
#define MMTUI_GRAPH_ONNX_H

#include "graph/graph.h"
#include "base/wire.h"
#include "format/tensor_proto.h"
#include "proto/onnx.pb-c.h"

#define MM_ONNX_DEPTH     32                /* bodies within bodies */
#define MM_ONNX_ATTRIBUTE ((size_t)4 << 10) /* bytes of an attribute that is kept */
#define MM_ONNX_MESSAGE   ((size_t)1 << 20) /* bytes of names and shapes of one node or tensor */
#define MM_ONNX_CALLS     32                /* local functions that call one another */
#define MM_ONNX_INLINED   ((size_t)1 << 27) /* bytes of names and attributes that all calls together make */

/* The fields that are used, by ONNX's numbers. */
enum {
    ONNX_MODEL_IR_VERSION = 1,
    ONNX_MODEL_GRAPH = 7,
    ONNX_MODEL_OPSET = 8,
    ONNX_MODEL_FUNCTION = 25,
    ONNX_GRAPH_NODE = 1,
    ONNX_GRAPH_INITIALIZER = 5,
    ONNX_GRAPH_INPUT = 11,
    ONNX_GRAPH_OUTPUT = 12,
    ONNX_GRAPH_VALUE_INFO = 13,
    ONNX_NODE_OP_TYPE = 4,
    ONNX_NODE_ATTRIBUTE = 5,
    ONNX_NODE_DOMAIN = 7,
    ONNX_NODE_OVERLOAD = 8,
    ONNX_ATTRIBUTE_NAME = 1,
    ONNX_ATTRIBUTE_TENSOR = 5,
    ONNX_ATTRIBUTE_GRAPH = 6,
    ONNX_ATTRIBUTE_GRAPHS = 11,
    ONNX_ATTRIBUTE_REFERENCE = 21, /* in a function: the name of the call's attribute that stands here */
    ONNX_FUNCTION_NAME = 1,
    ONNX_FUNCTION_INPUT = 4,
    ONNX_FUNCTION_OUTPUT = 5,
    ONNX_FUNCTION_NODE = 7,
    ONNX_FUNCTION_DOMAIN = 10,
    ONNX_FUNCTION_DEFAULT = 11, /* an attribute for calls that don't have it */
    ONNX_FUNCTION_VALUE_INFO = 12,
    ONNX_FUNCTION_OVERLOAD = 13
};

/* ---- local functions ---- */

struct mm_onnx_frame;

/* An attribute of a node. In a function it may stand for one of the call's. */
struct mm_onnx_attribute {
    struct mm_wire_field own;    /* what the node has; its name counts */
    struct mm_wire_field value;  /* what counts otherwise; = own mostly */
    struct mm_onnx_frame *frame; /* where names in its graphs mean something */
};

/* An attribute that nodes of a function may refer to. */
struct mm_onnx_bound {
    const char *name;
    struct mm_onnx_attribute attribute;
};

struct mm_onnx_function {
    struct mm_wire_field field;
    const char *name;       /* shown: "domain:name" */
    const char *op_type;    /* of the nodes that call it */
    int type;               /* number of its op_type among those of functions */
    struct mm_names formal; /* its inputs and outputs */
    int *input, *output;    /* by place: number of the formal name */
    size_t inputs, outputs;
    int *callee; /* the functions that its nodes call, in the order of the nodes; not those in bodies */
    size_t callees, callee_capacity;
};

/* A call, while its graph is read. Those that come out of another one lie side by side. */
struct mm_onnx_call {
    int function;
    int caller; /* the call that it comes out of, or -1 */
    int first;  /* of those that come out of it */
    int token;  /* in the names that ONNX Runtime makes up, or -1 */
    int depth;
};

/* A tensor's name in a function, as ONNX Runtime and as ONNX's own inliner would write it outside. */
struct mm_onnx_actual {
    const char *name, *alias; /* alias NULL: the same */
};

/* A call that is being read. */
struct mm_onnx_frame {
    struct mm_onnx_frame *caller;
    const struct mm_onnx_function *function;
    int index;                     /* of the function */
    const char *prefix, *suffix;   /* what the two put around the names of its own tensors and nodes */
    struct mm_onnx_actual *actual; /* by number of the formal name */
    struct mm_onnx_bound *bound;
    size_t bounds, bound_capacity;
    struct mm_arena arena;
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

    struct mm_onnx_function *function;
    size_t functions, function_capacity;
    struct mm_names function_names; /* domain, name, overload; the number is the function's place */
    struct mm_names function_types;
    int *type_seen; /* by type: the last graph whose calls were numbered that has it */
    int numberings;
    struct mm_onnx_call *call; /* of the graphs that are being read: a stack */
    size_t calls, call_capacity;
    size_t next_call;        /* which one the next node that is a call is */
    size_t all_calls;        /* ever */
    int serial;              /* of calls, as ONNX's inliner counts them */
    size_t inlined;          /* bytes: see MM_ONNX_INLINED */
    struct mm_arena lasting; /* of functions */
    struct mm_onnx_frame *frame;
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

/* What is known of what a Constant or ConstantOfShape makes: dtype, shape, where its values stand. */
int mm_onnx_constant(struct mm_onnx *onnx, const struct mm_wire_field *node, const char *op_type,
                     const char *output, struct mm_err *err);
/* The place of a part of the file. */
struct mm_value_place mm_onnx_place(const struct mm_onnx *onnx, const struct mm_wire_field *field,
                                    enum mm_value_kind kind);

/* The next attribute of a node, `wire` being inside of it: 1, 0, -1. One that stands for what the call does not
 * have is passed over. */
int mm_onnx_next_attribute(const struct mm_onnx *onnx, struct mm_wire *wire,
                           struct mm_onnx_attribute *attribute, struct mm_err *err);
/* The last field of this number in a message, as text in `arena`; "" if there is none. */
int mm_onnx_text(const struct mm_onnx *onnx, const struct mm_wire_field *message, uint32_t number,
                 struct mm_arena *arena, const char **text, struct mm_err *err);

/* A function of the model; mm_onnx_link when all are known. */
int mm_onnx_function(struct mm_onnx *onnx, const struct mm_wire_field *field, struct mm_err *err);
int mm_onnx_link(struct mm_onnx *onnx, struct mm_err *err);
void mm_onnx_functions_done(struct mm_onnx *onnx);
/* The function that a node calls; -1 if none, -2 with err. */
int mm_onnx_callee(struct mm_onnx *onnx, const struct mm_wire_field *node, struct mm_err *err);
/*
 * Number the calls that come out of the nodes of a graph, as ONNX Runtime does when it inlines: those of the
 * graph's own nodes first, then those that come out of these, and so on. They are put on the stack.
 */
int mm_onnx_number_calls(struct mm_onnx *onnx, const struct mm_wire_field *graph, struct mm_err *err);
/* Read the function that a node calls in its place. */
int mm_onnx_inline(struct mm_onnx *onnx, const struct mm_wire_field *field, const Onnx__NodeProto *node,
                   struct mm_err *err);
/* A name as it is outside of all functions, in the arena of the message; *alias is another, or NULL. */
const char *mm_onnx_name(struct mm_onnx *onnx, const char *name, const char **alias);
/* The same for the name of a node. */
const char *mm_onnx_node_name(struct mm_onnx *onnx, const char *name, const char **alias);

#endif
