/*
 * The built-in demo's network: a small Conformer-like speech encoder that is really executed.
 *
 *   features -> two convolutions -> linear -> two blocks -> quantised linear -> softmax
 *   block: x + convolution(x); x + attention(layer norm(x)); layer norm(x + feed forward(x) / 2)
 *
 * The network is a list of operators in execution order. Each has one output tensor, named after it, and
 * reads outputs of earlier operators; layer norms are decomposed, as they come out of a framework's exporter.
 * All tensors have a batch of one and channels last, but for the 2-d convolutions (NCHW).
 *
 * An operator computes in float. What makes it FP16 is rounding its operands before and its result after
 * (sums are kept in float, as multiply-accumulate hardware does); only the INT8 linear is a computation of
 * its own. demo_run.c decides who runs in which precision.
 */
#ifndef MMTUI_CLI_DEMO_NET_H
#define MMTUI_CLI_DEMO_NET_H

#include "mmtui/graph.h"

/* ---- the graph (demo_net.c) --------------------------------------------------------------------------- */

enum demo_kind {
    DEMO_INPUT,
    DEMO_CONV2D,
    DEMO_CONV1D, /* depthwise, along time */
    DEMO_LINEAR,
    DEMO_TRANSPOSE,
    DEMO_RELU,
    DEMO_GELU,
    DEMO_SIGMOID,
    DEMO_SOFTMAX,
    DEMO_SCORES,  /* q kT per head */
    DEMO_CONTEXT, /* softmax(..) v per head */
    DEMO_MEAN,
    DEMO_POW,
    DEMO_SQRT,
    DEMO_ADD,
    DEMO_SUB,
    DEMO_MUL,
    DEMO_DIV,
    DEMO_KIND_COUNT
};

/* What an operator has besides its inputs. */
enum demo_param {
    DEMO_NONE,
    DEMO_CONSTANT,      /* one number: the operator's `constant` */
    DEMO_GAMMA,         /* a number per channel, near 1 */
    DEMO_BETA,          /* a number per channel, near 0 */
    DEMO_KERNEL,        /* weights and bias */
    DEMO_KERNEL_OUTLIER /* the same, a few weights of one output channel being far larger than all others */
};

#define DEMO_INPUTS_MAX 2

struct demo_op {
    const char *name;         /* of the operator and its output: "enc.0.ln1.Pow" */
    const char *runtime_name; /* what the second side calls the operator: "main/enc.0.ln1.Pow" */
    enum demo_kind kind;
    int input[DEMO_INPUTS_MAX]; /* places in the list, -1 for none */
    struct mm_shape shape;      /* of the output */
    enum demo_param param;
    float constant;
    float gain;     /* the size of a kernel's output against its input's */
    bool quantised; /* INT8 on the second side as shipped */
};

struct demo_net {
    struct demo_op *op;
    int count;
};

/* Everything is allocated from the arena. */
int demo_net_init(struct demo_net *net, struct mm_arena *arena, struct mm_err *err);

/* The graph of the network, as a model file would give it: nodes have the runtime's names. */
int demo_graph_open(struct mm_graph **graph, struct mm_err *err);

/* ---- values, parameters and the input (demo_weights.c) ------------------------------------------------ */

/* A tensor in memory. Whatever the dtype, its values are held as floats; F16 ones have been rounded. */
struct demo_value {
    float *data;
    size_t count;
    size_t width; /* the last dimension */
    struct mm_shape shape;
    enum mm_dtype dtype;
};

/* NULL when memory is out. */
struct demo_value *demo_value_new(struct mm_arena *arena, const struct mm_shape *shape);

/* Pseudo-random, but the same for the same seed and operator name. What an operator lacks stays NULL. */
struct demo_params {
    struct demo_value *main, *bias;
};
int demo_params_init(struct demo_params *params, const struct demo_net *net, const struct demo_op *op,
                     uint64_t seed, struct mm_arena *arena, struct mm_err *err);

/* Something like a log-mel spectrogram: slow waves in time and frequency, and noise; within +-scale. */
void demo_input_fill(struct demo_value *features, uint64_t seed, float scale);

/* ---- operators (demo_ops.c) --------------------------------------------------------------------------- */

/* The operands as the operator is to see them (already rounded, if so), and where the result goes. */
struct demo_call {
    const struct demo_value *in[DEMO_INPUTS_MAX];
    const struct demo_value *param, *bias; /* NULL if the operator has none */
    struct demo_value *out;
};

struct demo_kind_info {
    const char *src_type;  /* the framework's name for it: "aten::pow" */
    const char *dst_type;  /* the runtime's: "mm.pow" */
    const char *onnx_type; /* the nearest operator of ONNX: "Pow" */
    void (*run)(const struct demo_call *call);
};
const struct demo_kind_info *demo_kind_info(enum demo_kind kind);

/* INT8: symmetric, one scale a tensor. What lies outside of +-127 scales saturates; NaN becomes 0. */
struct demo_int8 {
    int8_t *data;
    float scale;
};
/* A greatest absolute value of 0 or Inf gives a scale of 1. */
float demo_int8_scale(float greatest);
/* data is NULL when memory is out. */
struct demo_int8 demo_int8_quantise(const struct demo_value *value, float scale, struct mm_arena *arena);
/* out = x w + bias with 32-bit integer sums, scaled back once at the end. */
void demo_linear_int8(const struct demo_call *call, const struct demo_int8 *x, const struct demo_int8 *w);

/* Greatest absolute value; NaN is passed over. */
float demo_greatest(const struct demo_value *value);

#endif
