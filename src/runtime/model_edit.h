/* What the pieces of the model's writer share. */
#ifndef MMTUI_RUNTIME_MODEL_EDIT_H
#define MMTUI_RUNTIME_MODEL_EDIT_H

#include "base/wire.h"
#include "base/names.h"
#include "runtime/model.h"
#include "runtime/model_fields.h"

struct model_edit {
    struct model *model;
    model_choice *choice;
    void *context;
    const struct model_rounding *rounding; /* NULL: nothing is rounded */
    size_t rounded;                        /* nodes of MODEL_ROUND in front of readers */
    struct mm_names outputs;               /* of the main graph */
    struct mm_names constant;              /* names of its initialisers */
    bool has_graph, failed;                /* failed: memory */
    bool whole;                            /* constants are copied, too */
    size_t offered;                        /* tensors that the choice was asked about */
    bool every;                            /* it is asked about what functions give back, too */
    size_t nodes;                          /* that were begun */
};

/* The nodes of one graph or function: which taps stand behind them. */
struct edit_scope {
    int depth;
    uint32_t number;                   /* of the field that its nodes are */
    const char *function;              /* NULL: none */
    const struct mm_names *given_back; /* of a function: its outputs */
    size_t *tap;                       /* places in model->tensor */
    const char **inside;               /* by tap: the tensor's name in this graph */
    size_t taps, room;
    struct edit_rounded *rounded; /* what is there of inputs, rounded, for other readers */
    size_t rounded_count, rounded_room;
};
void edit_scope_done(struct edit_scope *scope);
void edit_done(struct model_edit *edit);

/* ---- reading ---- */

struct mm_wire edit_inside(const struct model_edit *edit, const struct mm_wire_field *field);
/* The last field of this number, as text in the model's arena; "" if there is none. */
const char *edit_text(struct model_edit *edit, const struct mm_wire_field *message, uint32_t number);
/* Alike a varint; 0. */
int64_t edit_number(const struct model_edit *edit, const struct mm_wire_field *message, uint32_t number);

/* ---- writing ---- */

void edit_copy(struct mm_buf *out, const struct mm_wire_field *field);
void edit_put_varint(struct mm_buf *out, uint32_t number, uint64_t value);
void edit_put_bytes(struct mm_buf *out, uint32_t number, const void *data, size_t size);
void edit_put_text(struct mm_buf *out, uint32_t number, const char *text);
void edit_put_message(struct mm_buf *out, uint32_t number, const struct mm_buf *message);
/* An attribute of a node. */
void edit_put_int_attribute(struct mm_buf *node, const char *name, int64_t value);
/* Our operators are version 1 of their domain. */
void edit_put_opset(struct mm_buf *out, uint32_t number);
/* A node of ours: `op_type` of one input, one output, with its number. */
struct edit_own_node {
    const char *op_type, *input, *output;
    size_t number;
    const char *name; /* that no node of the model has; NULL: the output's is one */
};
void edit_put_own_node(struct mm_buf *out, uint32_t number, const struct edit_own_node *own);
/* The taps of a scope, as nodes. */
void edit_put_taps(struct model_edit *edit, const struct edit_scope *scope, uint32_t number,
                   struct mm_buf *out);

/* ---- the parts ---- */

int edit_main_graph(struct model_edit *edit, const struct mm_wire_field *graph, struct mm_buf *out,
                    struct mm_err *err);
int edit_node(struct model_edit *edit, struct edit_scope *scope, const struct mm_wire_field *node,
              uint32_t number, struct mm_buf *out, struct mm_err *err);
/* Of a model that is loaded for its types alone (`every`): nodes of the same types instead of one that the runtime would refuse.
 * False: it needs none, and nothing was put. */
bool edit_put_stand_in(struct model_edit *edit, const struct mm_wire_field *node, uint32_t number,
                       struct mm_buf *out);
/* A tensor's name as ONNX Runtime writes it outside of a function. */
const char *edit_name_outside(struct model_edit *edit, const struct edit_scope *scope, const char *name);

/*
 * Rounding around a node. Before its fields are copied: which tensor it makes. Then what stands in place of an input or
 * output, in `written`, and the nodes that it needs in front of it in `out`; at last those behind it.
 */
void edit_round_begin(struct model_edit *edit, const struct edit_scope *scope,
                      const struct mm_wire_field *node, size_t number, struct model_tensor *result);
void edit_round_input(struct model_edit *edit, struct edit_scope *scope, const struct model_tensor *result,
                      size_t place, const struct mm_wire_field *input, struct mm_buf *written,
                      struct mm_buf *out);
/* Of a node that is skipped: true, the field is dropped, or is another one. */
bool edit_round_skip(struct model_edit *edit, const struct model_tensor *result,
                     const struct mm_wire_field *field, size_t inputs, struct mm_buf *written);
void edit_round_append(struct model_edit *edit, const struct model_tensor *result, struct mm_buf *written);
void edit_round_output(struct model_edit *edit, const struct edit_scope *scope,
                       const struct model_tensor *result, const struct mm_wire_field *output,
                       struct mm_buf *written);
void edit_round_results(struct model_edit *edit, const struct edit_scope *scope,
                        const struct model_tensor *result, const struct mm_wire_field *node,
                        struct mm_buf *out);
/* A constant with these values. */
void edit_put_constant(struct model_edit *edit, const char *name, const struct mm_tensor *values,
                       struct mm_buf *out);
/* The constants that are added. */
void edit_put_constants(struct model_edit *edit, struct mm_buf *out);

/* An initialiser of the main graph. */
void edit_initializer(struct model_edit *edit, const struct mm_wire_field *field, struct mm_buf *out);

#endif
