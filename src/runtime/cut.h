/*
 * cut: an ONNX model with its edges cut, so that each operator is computed from inputs that are handed over.
 *
 * Of the operators that are wanted, each is copied once; an input that was dumped is read from an operator of ours without
 * inputs (a source, shared by all that read the tensor) instead of from the operator that makes it. Constants stay; what was
 * not dumped is made by the operators before it, which are copied, too.
 */
#ifndef MMTUI_RUNTIME_CUT_H
#define MMTUI_RUNTIME_CUT_H

#include "runtime/model_edit.h"

#define CUT_NODE                                                                                             \
    "mmtui_node_" /* and its number: how nodes are called, so that it is known which of them failed */

struct cut_node {
    struct mm_wire_field field; /* the message */
    const char *op_type;
    size_t edge; /* the first of its inputs in cut->edge, then its outputs: places of tensors, -1 left out */
    size_t inputs, outputs;
    bool whole;         /* has bodies, or is a call of a local function: not taken apart */
    signed char stands; /* 1: a constant of the model, or Identity of one; 0 no; -1 not known yet */
    size_t visit;       /* the last walk that came here */
    bool needed;
    const char *failed; /* why it can't be run; NULL */
};

struct cut_tensor {
    const char *name;
    int64_t node;                     /* that makes it; -1 */
    struct mm_wire_field initializer; /* data NULL: it is none */
    enum mm_dtype dtype;              /* NONE: the model does not say */
    bool is_input;
    signed char dumped; /* -1: not asked yet */
    bool needed;        /* as a source, or the initialiser */
    unsigned others;    /* a bit for each other source of it, with other values */
    const char *failed; /* why it can't be handed over; NULL */
};

struct cut {
    const char *path;
    struct model model; /* its map and place; written by cut_write */
    struct mm_names names;
    struct cut_node *node;
    size_t nodes, node_room;
    struct cut_tensor *tensor; /* by number of the name */
    size_t tensors, tensor_room;
    int64_t *edge;
    size_t edges, edge_room;
    struct mm_names functions; /* local ones, by domain and name */
    size_t visit;
    uint64_t weight_bytes; /* of all large constants */
    int64_t ir_version;
    struct mm_buf head; /* what stands beside the graph */
    bool failed;        /* memory */
};

/* Read the graph of a model: its nodes by what they make. Bodies are not looked into. */
int cut_open(struct cut *cut, const char *path, struct mm_err *err);
void cut_close(struct cut *cut);

/* By its name, of the main graph alone; -1. */
int64_t cut_find(const struct cut *cut, const char *tensor);

/*
 * What is tapped: what an operator makes, as it is or, computed a second time, with other values in the place of a constant or
 * of what it reads. The sources of `other` have the tensor's place and `other` times cut->tensors as numbers.
 */
struct cut_tap {
    int64_t tensor;
    const struct mm_tensor
        *weights; /* NULL: as it is; else floats, raw without gaps. Borrowed while it is written */
    size_t input; /* which of the operator's inputs they stand for */
    unsigned
        other; /* the values that it reads itself come from these other sources; 0: from the usual ones */
};
#define CUT_OTHERS MM_REPLAY_OTHERS /* `other` is at most this */
bool cut_is_again(const struct cut_tap *tap);

/* Was a tensor dumped? */
typedef bool cut_is_dumped(void *context, const char *tensor);
/*
 * Mark all that one operator, by what it makes, needs. *before: how many operators stand between it and what was dumped.
 * -1 with a sentence: it can't be computed; nothing is marked then.
 */
int cut_mark(struct cut *cut, const struct cut_tap *tap, cut_is_dumped *is_dumped, void *context,
             size_t *before, struct mm_err *err);
/* Nothing is needed any more. */
void cut_unmark(struct cut *cut);

/* Write what is marked into cut->model, with a tap behind each of `tap`, whose number is its place there. */
int cut_write(struct cut *cut, const struct cut_tap *tap, size_t taps, struct mm_err *err);

/* How the operator of ours is called that hands over tensors of a dtype, "Source1"; by ONNX's number of it. */
#define CUT_SOURCE "Source"

#endif
