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
    struct mm_names outputs;  /* of the main graph */
    struct mm_names constant; /* names of its initialisers */
    bool has_graph, failed;   /* failed: memory */
    bool whole;               /* constants are copied, too */
    size_t offered;           /* tensors that the choice was asked about */
};

/* The nodes of one graph or function: which taps stand behind them. */
struct edit_scope {
    int depth;
    const char *function;              /* NULL: none */
    const struct mm_names *given_back; /* of a function: its outputs */
    size_t *tap;                       /* places in model->tensor */
    const char **inside;               /* by tap: the tensor's name in this graph */
    size_t taps, room;
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
/* The taps of a scope, as nodes. */
void edit_put_taps(struct model_edit *edit, const struct edit_scope *scope, uint32_t number,
                   struct mm_buf *out);

/* ---- the parts ---- */

int edit_main_graph(struct model_edit *edit, const struct mm_wire_field *graph, struct mm_buf *out,
                    struct mm_err *err);
int edit_node(struct model_edit *edit, struct edit_scope *scope, const struct mm_wire_field *node,
              uint32_t number, struct mm_buf *out, struct mm_err *err);
/* An initialiser of the main graph. */
void edit_initializer(struct model_edit *edit, const struct mm_wire_field *field, struct mm_buf *out);

#endif
