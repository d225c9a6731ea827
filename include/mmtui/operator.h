/*
 * operator: one operator of a network, computed again in FP32 from given inputs.
 *
 * Whether an operator computed what it should is seen when it is computed again from the inputs that it
 * really had: y0 = op(x of DST, weights in FP32). What is left, y of DST - y0, is what this operator adds,
 * whatever error came in with x.
 *
 * Operators without weights are computed whole (mm_operator_run). Those with weights (Conv, ConvTranspose,
 * Gemm, MatMul) may also be computed at some positions of the output (mm_operator_sample), with any weights:
 * with W, and with what rounding to int8 adds to W (mm_weight_round), by one scale or by a scale a channel,
 * so that the error which each of them must cost is known exactly, not estimated.
 *
 * What is computed is what the operator's version (opset) in the ONNX specification says
 * (https://github.com/onnx/onnx/blob/main/docs/Operators.md), in double, stored as float. Integers are held
 * as int64_t and are exact up to 2^53.
 *
 * Failures: MM_EUNSUPPORTED is no failure of the data but a thing that is not computed here (an operator, a
 * mode, an input that is not known, a result above the limit), with a sentence why; MM_EARG means that node
 * and values contradict each other (a shape does not fit); MM_ECANCELLED and MM_ENOMEM as everywhere. The
 * text begins with the node.
 *
 * Nothing here reads files, and nothing is kept between two calls: any number of threads may call.
 */
#ifndef MMTUI_OPERATOR_H
#define MMTUI_OPERATOR_H

#include <stdatomic.h>

#include "mmtui/graph.h"
#include "mmtui/tensor.h"

/* ---- values ------------------------------------------------------------------------------------------- */

/*
 * A dense tensor in memory, row-major: floats where the dtype is a float format (of whatever width), int64_t
 * where it is an integer or bool. Exactly one of f and i is set, also when there are no elements.
 */
struct mm_value {
    enum mm_dtype dtype;
    struct mm_shape shape;
    int64_t count; /* elements, = mm_shape_count(&shape) */
    const float *f;
    const int64_t *i;
    void *owned; /* what mm_value_done frees; NULL when f or i is borrowed */
};

/* A view of floats of the caller's, who keeps them until the value is no longer used; dtype f32. */
struct mm_value mm_value_floats(const struct mm_shape *shape, const float *floats);
/* The same of integers; dtype i64. */
struct mm_value mm_value_ints(const struct mm_shape *shape, const int64_t *ints);
/*
 * A new value of zeros. A shape with a negative dimension is MM_EARG; more than `limit` elements are
 * MM_EUNSUPPORTED.
 */
int mm_value_new(struct mm_value *value, enum mm_dtype dtype, const struct mm_shape *shape, int64_t limit,
                 struct mm_err *err);
/*
 * The values of a tensor, decoded and dequantised (then they are floats). Native f32 without gaps is
 * borrowed: the tensor's bytes must outlive the value. A value that can't be read is MM_ECORRUPT; limit as
 * above.
 */
int mm_value_decode(struct mm_value *value, const struct mm_tensor *tensor, int64_t limit,
                    const atomic_bool *cancel, struct mm_err *err);
/* Free what it owns; zeroed then. */
void mm_value_done(struct mm_value *value);
/* Element `index` as a double. */
double mm_value_at(const struct mm_value *value, int64_t index);

/* ---- what an operator is ------------------------------------------------------------------------------- */

enum mm_operator_kind {
    MM_OPERATOR_LINEAR,      /* a weighted sum with weights of its own: Conv, Gemm, MatMul */
    MM_OPERATOR_ELEMENTWISE, /* each element from the elements at its place: Relu, Add, Where, Cast */
    MM_OPERATOR_SOFTMAX,     /* Softmax and its kin: every element of a line depends on all of it */
    MM_OPERATOR_REDUCTION,   /* ReduceMean and its kin */
    MM_OPERATOR_ARGUMENT,    /* indices of values: ArgMax. A small error of the input may move an index far */
    MM_OPERATOR_POOL,        /* windows: MaxPool, AveragePool */
    MM_OPERATOR_RESIZE,      /* interpolation: Resize, Upsample */
    MM_OPERATOR_MOVEMENT,    /* values are moved, none is changed: Reshape, Transpose, Concat, Gather, Pad */
    MM_OPERATOR_NORMALISATION, /* BatchNormalization, LayerNormalization and their kin */
    MM_OPERATOR_RECURRENT,     /* RNN, GRU, LSTM: computed whole; what integer weights cost is not known */
    MM_OPERATOR_QUANTISATION,  /* QuantizeLinear, DequantizeLinear */
    MM_OPERATOR_KINDS
};

struct mm_operator {
    const char *type; /* ONNX's name of it */
    enum mm_operator_kind kind;
    bool selects; /* each value that comes out is a value of the input (or 0, or a bound): no rounding
                     happens, and an error that is left over is a fault or a change of format */
};

/* The row of an operator of ONNX's own domain ("", "ai.onnx") or of "com.microsoft"; NULL: there is none. */
const struct mm_operator *mm_operator_find(const char *domain, const char *op_type);
/* All rows in turn, from 0; NULL behind the last one. */
const struct mm_operator *mm_operator_row(size_t index);
/* "element-wise", "pooling", ... */
const char *mm_operator_kind_word(enum mm_operator_kind kind);

/*
 * The axis of the output's channels, as far as the operator itself tells: 1 for convolutions, pooling,
 * BatchNormalization and all others that the specification describes as (N x C x D1 ...), the last for MatMul
 * (of a matrix on the right: see mm_weight_input). -1: this operator has none of its own; one of kind
 * ELEMENTWISE has its input's.
 */
int mm_operator_channel_axis(const struct mm_graph_node *node, int weight_input, int rank);
/*
 * The axis along which a tensor of the graph, dumped in this shape, has its channels: as the operator that makes it
 * tells, or one before it with nothing between that moves axes; else as one that reads it tells. Where the length of
 * the axis is not what the weights say (channels last in the dump), the only axis that has that length. -1: nothing
 * tells, it is a vector, or lengths don't fit. A product of two results has columns, not channels.
 */
int mm_operator_channels(const struct mm_graph *graph, int tensor, const struct mm_shape *shape);

enum mm_passes {
    MM_PASSES_POSITIVE = 1,
    MM_PASSES_NEGATIVE = 2,
    MM_PASSES_NAN = 4
}; /* bits: +Inf, -Inf, NaN */
/*
 * What in this input must show up as Inf or NaN somewhere in the result, whatever the other values are: bits of enum
 * mm_passes. 0: an operator that may leave positions out (strides), has a bound, or is not known.
 */
unsigned mm_operator_passes(const struct mm_graph_node *node, int input);

/* ---- computing it -------------------------------------------------------------------------------------- */

struct mm_operator_call {
    const struct mm_graph_node *node;
    int64_t opset;                       /* of ONNX's own operators; 0 is taken for the newest */
    const struct mm_value *const *input; /* [node->input_count]; NULL: left out, or not known */
    int output;                          /* which output is wanted */
    int64_t limit;                       /* most elements of the result */
    const atomic_bool *cancel;           /* may be NULL */
};

/* The whole output. *value is new and owned by the caller; on failure it is zeroed. */
int mm_operator_run(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err);

/*
 * Of an operator of kind LINEAR: the output at `count` flat positions (row-major, in the output's shape), as
 * doubles. A bias that is left out counts as zero, so for the part of the output that comes from a change of
 * the weights, call it with that change in the weights' place and without the bias. Positions that share inputs
 * are cheaper one behind the other. call->limit is not used.
 */
int mm_operator_sample(const struct mm_operator_call *call, const int64_t *position, size_t count,
                       double *result, struct mm_err *err);
/* The shape of the output of an operator of kind LINEAR. */
int mm_operator_linear_shape(const struct mm_operator_call *call, struct mm_shape *shape, struct mm_err *err);

/*
 * At most `most` different positions of the output of an operator of kind LINEAR, for mm_operator_sample: spread
 * over the whole by a fixed generator, so that no period of the shape (channels, rows) is met again and again; up to
 * 32 channels at each of many places (rows at each of many columns), one behind the other, for what they share is
 * then read once. All of them, if there are no more. The same every time.
 */
int mm_operator_positions(const struct mm_operator_call *call, size_t most, int64_t *position, size_t *count,
                          struct mm_err *err);

/* ---- as others compute it -------------------------------------------------------------------------------- */

/*
 * A variant of a call: the same operator with another attribute, without its bias, with pads on the other side, with an
 * activation behind it; what other runtimes have by default, and what is known to go wrong when a model is converted.
 * Each type has its own, those with fewer surprises first.
 */
struct mm_operator_variant;
/*
 * The next one of a call, from *at = 0 on. 1: *variant is new; 0: there are no more (also of operators that have none);
 * -1: memory, or inputs whose shapes are impossible. Variants that make no sense (a bias that is not there, the value
 * that the model has) are passed over. The call and what it points to must outlive the variant.
 */
int mm_operator_variant_next(const struct mm_operator_call *call, size_t *at,
                             struct mm_operator_variant **variant, struct mm_err *err);
/* NULL is fine. */
void mm_operator_variant_close(struct mm_operator_variant *variant);
/* How it is computed, after "computed": "with epsilon 0.001 where the model says 1e-05". */
const char *mm_operator_variant_says(const struct mm_operator_variant *variant);
/* Who does so by default, "darknet"; "" where that is not known. */
const char *mm_operator_variant_origin(const struct mm_operator_variant *variant);
/* ONNX's type of the activation that it has behind it; "": none. */
const char *mm_operator_variant_activation(const struct mm_operator_variant *variant);
/* As mm_operator_run; the result may have another shape than the model's. */
int mm_operator_variant_run(const struct mm_operator_variant *variant, struct mm_value *value,
                            struct mm_err *err);
/* As mm_operator_sample, of an operator of kind LINEAR. */
int mm_operator_variant_sample(const struct mm_operator_variant *variant, const int64_t *position,
                               size_t count, double *result, struct mm_err *err);
/* As mm_operator_linear_shape. */
int mm_operator_variant_shape(const struct mm_operator_variant *variant, struct mm_shape *shape,
                              struct mm_err *err);

/* ---- weights ------------------------------------------------------------------------------------------- */

/*
 * Which input of a LINEAR operator holds its weights: 1 for convolutions; for Gemm and MatMul the one that is
 * a constant of the model (the second if both are); -1 if none is, or another operator.
 */
int mm_weight_input(const struct mm_graph *graph, const struct mm_graph_node *node);
/*
 * The axis of the weights that runs over the output's channels: 0 for Conv, 1 for ConvTranspose (with groups,
 * of the channels within a group, as ONNX's quantisation has it), the last one for a MatMul's right matrix
 * ([.., K, N]) and the one before for a left one ([.., M, K]), and so for Gemm, swapped by transA and transB.
 * -1: a vector, whose output has no such axis, or another operator.
 */
int mm_weight_channel_axis(const struct mm_graph_node *node, int weight_input, int rank);

/*
 * What rounding to int8 adds to the weights: W' - W with W' = s * clamp(round(W / s), -127, 127), ties to
 * even, s = max|W| / 127: over the whole tensor (axis -1), or over each slice of `axis`. A slice of zeros
 * stays. Non-finite weights are left out of the maximum and give 0. *change is new, of the shape of W.
 */
int mm_weight_round(const struct mm_value *weights, int axis, const atomic_bool *cancel,
                    struct mm_value *change, struct mm_err *err);

#endif
