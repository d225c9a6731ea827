/*
 * graph: the model that the tensors come from - its nodes, its tensors, and which feeds which.
 *
 * A graph is read from a model file (ONNX) or made in code. Weights are stepped over: of a stored tensor the
 * graph has name, dtype, shape and its place in the file; values are read when they are asked for. It is const
 * once made; any number of threads may look things up in it.
 */
#ifndef MMTUI_GRAPH_H
#define MMTUI_GRAPH_H

#include "mmtui/format.h"

/* ---- the graph of a model ----------------------------------------------------------------------------- */

/*
 * Which operator makes a tensor, and which ones read it. Dumps don't tell; a model file does. A graph has
 * nodes and tensors, each named by a small number (its place in an array), and edges both ways.
 *
 * Nodes are in topological order: a node stands behind everything that it reads. A file that is sorted keeps
 * its order; one that isn't is sorted; one that can't be (a cycle) is refused.
 *
 * Names are those of the file, whatever is in them, and need not be unique: a name that is written in place
 * (twice, which ONNX forbids but other makers do) stands for one tensor after each write, and a node reads
 * the last one written before it. `again` leads from each to the next. A node name may be empty.
 *
 * Bodies of If, Loop, Scan are part of the graph: their nodes stand before the node that has them, which is
 * their `parent`; names of outer tensors lead to the outer tensors. Two branches may use one name for two
 * tensors (`again` once more). What a body gives back is read by its parent, as an input behind those that
 * the file lists: so every path from a cause to an effect goes along edges. What a body is given for its
 * inputs is not an edge (in a Loop it would be a cycle); the parent reads it itself.
 *
 * A local function of the model (ModelProto.functions) stands in the place of each node that calls it: its nodes
 * are nodes of the graph, what the call is given and gives are their tensors. Its own tensors and nodes have the
 * names that ONNX Runtime gives them ("_inlfunc_F_t", "_inlfunc_F_token_0_t" in a second call); mm_graph_find
 * knows them by those of ONNX's inliner ("t__1") as well, and the first output of a call by the call's name. A
 * node whose function is not in the model stays as it is.
 */

enum mm_graph_flag {
    MM_GRAPH_INPUT = 1,    /* the model's input (older files list their weights there, too) */
    MM_GRAPH_OUTPUT = 2,   /* the model's output */
    MM_GRAPH_CONSTANT = 4, /* its values stand in the model: an initialiser, or what a Constant node makes */
    MM_GRAPH_BODY = 8      /* the input of a body of If, Loop, Scan */
};

struct mm_graph_tensor {
    const char *name;
    int producer;         /* node, or -1: input, initialiser, or a tensor that nobody makes (no flag then) */
    const int *consumers; /* nodes, ascending, each once */
    int consumer_count;
    unsigned flags;        /* enum mm_graph_flag */
    enum mm_dtype dtype;   /* MM_DTYPE_NONE: the model does not tell, or mmtui has no such dtype */
    struct mm_shape shape; /* rank -1: the model does not tell; a dimension -1: it depends on the input */
    int again;             /* the next tensor of the same name, or -1 */
};

/* An attribute of a node. Those of more than 4 KiB, tensors, graphs and types are left out. */
struct mm_graph_attribute {
    const char *name;
    const int64_t *ints; /* kernel_shape, axis, perm, group, keepdims ... */
    const float *floats; /* alpha, epsilon ... */
    const char *text;    /* auto_pad, mode, equation ...; NULL if it is none */
    int int_count, float_count;
    bool single; /* a number by itself, not a list with one in it */
};

struct mm_graph_node {
    const char *name; /* may be "" */
    const char *op_type;
    const char *domain; /* "" is ONNX's own */
    const int *inputs;  /* tensors by place; -1 where an optional one is left out */
    int input_count;
    int read_count;     /* >= input_count: `inputs` goes on with what the bodies give back (never -1) */
    const int *outputs; /* tensors by place; -1 where an optional one is left out */
    int output_count;
    const struct mm_graph_attribute *attributes;
    int attribute_count;
    int parent; /* the node in whose body it is, or -1 */
    int again;  /* the next node of the same name, or -1; -1 for "" */
};

struct mm_graph_index;
struct mm_graph_source;
struct mm_graph {
    const struct mm_graph_node *nodes;
    int node_count;
    const struct mm_graph_tensor *tensors;
    int tensor_count;
    int64_t opset; /* version of ONNX's own operators, 0 if not told */
    struct mm_graph_index *index;
    struct mm_graph_source *source;
    struct mm_arena arena;
};

/*
 * Read the graph of an ONNX model. The file is mapped; payloads are stepped over by their length, external
 * data is never opened; so time goes with the number of nodes and tensors, not with the size. Sparse
 * initialisers, training info and quantisation annotations are passed over. A damaged file is MM_ECORRUPT with the
 * place; what has no graph in it says "not an ONNX model"; bodies, or calls of local functions, nested deeper than
 * 32, a function that calls itself, more than 2097152 nodes, tensors, attributes or calls, and more than 128 MiB
 * of names and attributes that come out of calls, are MM_EUNSUPPORTED.
 */
int mm_graph_open_onnx(struct mm_graph **graph, const char *path, struct mm_err *err);
/* With all its names; NULL is fine. */
void mm_graph_close(struct mm_graph *graph);

/* The first tensor of exactly this name, or -1 ("" is never found). Constant time. */
int mm_graph_tensor(const struct mm_graph *graph, const char *name);
/* The first node, alike. */
int mm_graph_node(const struct mm_graph *graph, const char *name);

/*
 * The tensor that a dump's name means, or -1, by itself: where all names of a dump are known, mm_graph_match finds
 * more and says what is ambiguous. Writers of dumps put `_` for what a file name can't have (each character
 * outside [A-Za-z0-9_.-], or just `/`), and some name a dump after the node. In this order: the tensor of exactly
 * this name; the one that is known by it besides (local functions); the first output of the node of exactly this
 * name; the same three whose name is the same once both are written with `_`, if there is but one such name; with
 * `:K` or `_K` at the end, output K of the node before it, exact or with `_`; at last the one tensor, or else the
 * one node, whose name is the same without regard to case, to which separators there are and to those at the
 * beginning, and to an ending `:0`, `_output_0`, `.forward.output.0`. Constant time.
 */
int mm_graph_find(const struct mm_graph *graph, const char *dump_name);

/* ---- all names of a dump ------------------------------------------------------------------------------------- */

/* What two names have in common: the rungs of a ladder, the surest first. */
enum mm_graph_rung {
    MM_RUNG_NONE,
    MM_RUNG_EXACT,    /* every byte */
    MM_RUNG_OPERATOR, /* but for `_` and the type of the operator that makes the tensor: "conv1_Conv" */
    MM_RUNG_SAFE,     /* the same once both have `_` for what is not [A-Za-z0-9_.-] */
    MM_RUNG_TRIMMED,  /* and none at the beginning: a leading `/` is dropped */
    MM_RUNG_PLAIN,    /* the same once all that is not [A-Za-z0-9] is `_` */
    MM_RUNG_ENDING, /* and `:0`, `_output_0`, `.forward.output.0` at the end are dropped (`:K`, `_output_K` ... alike) */
    MM_RUNG_FOLDED, /* and letters are small, several `_` one, those at the end dropped */
    MM_RUNG_PREFIX, /* and a prefix that one side has and the other has not is dropped */
    MM_RUNG_COUNT
};
#define MM_RUNGS_ALL ((1u << MM_RUNG_COUNT) - 1)
const char *mm_graph_rung_text(enum mm_graph_rung rung); /* "same name but for separators" */

/* Whose name it is, on each rung in this order. */
enum mm_graph_whose {
    MM_WHOSE_TENSOR,
    MM_WHOSE_ALIAS,  /* a tensor of a local function by another name, or the first output of its call */
    MM_WHOSE_NODE,   /* the node's: its first output */
    MM_WHOSE_OUTPUT, /* the node's with `:K` or `_K` behind it: output K */
    MM_WHOSE_COUNT
};

/* What became of a name. */
struct mm_graph_match {
    int tensor;              /* its place, or -1 */
    int run;                 /* the model's run that it is from, 0 the first */
    int occurrence;          /* how many of this very name there were before */
    enum mm_graph_rung rung; /* where it was found, or turned out to be ambiguous */
    enum mm_graph_whose whose;
    int candidate
        [2]; /* ambiguous: tensors that it may be; the second may be -1: other names mean the first, too */
};

struct mm_graph_matches {
    const struct mm_graph_match *match; /* by place of the name */
    size_t count;
    size_t found, ambiguous, missing;
    size_t by_rung[MM_RUNG_COUNT]; /* of those that were found */
    int runs;                      /* most occurrences of any tensor */
    const char *prefix;            /* that was dropped most often, as MM_RUNG_FOLDED writes it; NULL: none */
    bool prefix_of_graph;          /* the model's names have it, not the dump's */
    const int *first,
        *by_tensor; /* for mm_graph_matched: by tensor the beginning in by_tensor; names by run */
    int tensor_count;
    struct mm_arena arena;
};

/*
 * Find the tensors that the names of a dump mean, all at once, so that a surer match is never given up for a
 * weaker one: everything that can be found on a rung is taken before the next rung is tried, and a tensor that is
 * taken is not given to another name. A name is ambiguous, and is not tried further, when several tensors that
 * look alike fit it, when another name of the dump fits the same tensor as well, or when that tensor is taken
 * already. A prefix (up to 8 parts of a name) is dropped where at least two names, and half of those that have it,
 * are found without it, the most frequent first; if two are as frequent, neither is.
 *
 * The same name again is the model run again (decode steps): occurrence k is from run k. Where the model writes
 * the name V times (see `again`), occurrence k is write k % V of run k / V; writes in the branches of one If
 * exclude one another, so that such a name is ambiguous. `names` are in the order in which they were dumped. Empty
 * names are missing. `rungs` has a bit (1 << rung) for each rung that may be used; MM_RUNGS_ALL.
 *
 * Takes time in proportion to the names and tensors. -1: memory.
 */
int mm_graph_match(const struct mm_graph *graph, const char *const *names, size_t count, unsigned rungs,
                   struct mm_graph_matches *matches, struct mm_err *err);
/* A zeroed one, or one that failed, is fine. */
void mm_graph_matches_done(struct mm_graph_matches *matches);

/*
 * Which of the names holds `tensor` in this run: its place; where the tensor was dumped in fewer runs (an input
 * that was fed once), that of its last run before; -1 if there is none. What a node of run k reads is asked for
 * with k.
 */
int mm_graph_matched(const struct mm_graph_matches *matches, int tensor, int run);

/* ---- weights ---------------------------------------------------------------------------------------------- */

/*
 * The values of a model's constants, read when they are asked for: initialisers, what Constant nodes make, what
 * ConstantOfShape makes of a shape that is constant (up to 2^24 values), and what Identity makes of these. Many
 * threads may ask at once. Of an initialiser that is an input as well, these are the values it has when none are
 * fed.
 */
struct mm_graph_weights;

/* Of a graph that was read from a file, which must outlive this. The file is opened when values are first asked
 * for. MM_EARG: the graph was not read from a file. */
int mm_graph_weights_open(struct mm_graph_weights **weights, const struct mm_graph *graph,
                          struct mm_err *err);
/* NULL is fine. What was read with them must be closed before. */
void mm_graph_weights_close(struct mm_graph_weights *weights);

/* Can the values of a tensor (its place) be asked for? Constant time, but for a chain of Identity. */
bool mm_graph_has_values(const struct mm_graph *graph, int tensor);

/*
 * The values of a tensor: of its dtype, row-major, where they lie in the file, or decoded. To be closed with
 * mm_stored_close, before the weights are. stored->name is the tensor's. External data is read in the model's
 * folder only. MM_EIO: the model's file is not what it was when the graph was read; MM_EARG: no values of this
 * tensor stand in the model; others: see mm_tensor_proto_open. After reading the values, mm_graph_weights_check
 * says whether they were all there.
 */
int mm_graph_constant(struct mm_graph_weights *weights, int tensor, struct mm_stored *stored,
                      struct mm_err *err);
/* -1 with MM_EIO if the model's file, or the external data of `stored` (may be NULL), was changed or became
 * shorter meanwhile. */
int mm_graph_weights_check(struct mm_graph_weights *weights, const struct mm_stored *stored,
                           struct mm_err *err);

/* ---- quantisation -------------------------------------------------------------------------------------------- */

enum mm_granularity { MM_GRANULARITY_UNKNOWN = 0, MM_PER_TENSOR, MM_PER_CHANNEL };

/* What is integers of the operator that makes a tensor: bits. */
enum mm_quantised_part { MM_PART_RESULT = 1, MM_PART_INPUT = 2, MM_PART_WEIGHTS = 4 };

/* What a quantised model says of one of its tensors. */
struct mm_quantised_tensor {
    struct mm_scales
        scales; /* of the tensor's codes, or of those that it is rounded to; count 0: none, or not constant */
    bool codes; /* it holds the integers themselves */
    bool
        rounds; /* it holds numbers: what codes of 16 bits at most stand for, or what QuantizeLinear with these scales
                    alone reads */
    unsigned char parts;         /* enum mm_quantised_part, of the operator that makes it */
    unsigned char bits;          /* of the weights' integers; 0: they are not integers, or there are none */
    enum mm_granularity weights; /* of these */
    bool simulated;              /* no model says it, but a dump that was simulated */
    int weight_codes; /* the tensor that holds them, if its values stand in the model and its scales are known; 0: none,
                         else its place + 1 */
};

struct mm_quantisation {
    const struct mm_quantised_tensor *tensor; /* by place in the graph */
    size_t with_scales;                       /* tensors with scales, weights not counted */
    size_t per_tensor, per_channel;           /* operators by the scales of their weights */
    struct mm_arena arena;
};

/*
 * Read how a model was quantised, from its nodes and initialisers (never from names): QuantizeLinear and
 * DequantizeLinear around operators, QLinearConv and QLinearMatMul and what else ONNX and ONNX Runtime (domain
 * com.microsoft) have of that kind, ConvInteger and MatMulInteger with DynamicQuantizeLinear, MatMulNBits. Operators
 * that only move codes (MaxPool, Reshape, Transpose ...) hand on one scale. Scales that are computed when the model
 * runs, of blocks, or not above 0, are none. Only scales and zero points are read, no weights. -1: the model's file
 * can't be read (see mm_graph_constant), or memory.
 */
int mm_quantisation_open(struct mm_quantisation **quantisation, const struct mm_graph *graph,
                         struct mm_err *err);
/* NULL is fine. */
void mm_quantisation_close(struct mm_quantisation *quantisation);
/* Is anything quantised at all? */
bool mm_quantisation_any(const struct mm_quantisation *quantisation);

/* ---- attributes ------------------------------------------------------------------------------------------- */

/* NULL if the node has no such attribute. */
const struct mm_graph_attribute *mm_graph_attribute(const struct mm_graph_node *node, const char *name);
/* The attribute's first whole number, or `otherwise`. */
int64_t mm_graph_int(const struct mm_graph_node *node, const char *name, int64_t otherwise);

/* The shape of a tensor as the caller knows it (from a dump), or NULL: then the model's is used. */
typedef const struct mm_shape *(*mm_graph_shape)(void *context, int tensor);

/*
 * Multiply-accumulates of a node: Conv, ConvTranspose, Gemm, MatMul, their quantised forms (QLinearConv,
 * ConvInteger, QLinearMatMul, MatMulInteger, QGemm) and fused ones (FusedConv, FusedGemm, FusedMatMul) of
 * ONNX and of ONNX Runtime's domain com.microsoft. Shapes are in ONNX's order of axes.
 *   Conv           elements of the output x channels of the input / group x elements of the kernel
 *   ConvTranspose  elements of the input x channels of the output / group x elements of the kernel
 *   Gemm, MatMul   elements of the output x length of the axis that is summed over
 * The weight's shape has channels and kernel; without it a Conv's kernel_shape and group do. Adding a bias is
 * not counted, nor is padding left out. -1: another operator, or a shape that is not known, contradicts the
 * operator, or gives more than an int64_t. `shape` may be NULL.
 */
int64_t mm_graph_macs(const struct mm_graph *graph, int node, mm_graph_shape shape, void *context);

#define MM_GRAPH_FORMATS 0x3F /* formats of nodes are numbers from 1 to here, whichever; 0: it is not known */
#define MM_GRAPH_CHOSEN  0x40 /* set beside it: it was chosen */
struct mm_graph_casts {
    int64_t casts, elements;
};
/*
 * Where the format changes between the operator that makes a tensor and one that reads it, a runtime converts (a cast, or
 * quantising): once for all readers that want one format, or once for each reader (`each`). A format that is not known is
 * taken as no change, but beside a node whose format was chosen. Constants, inputs of the network, integers and what
 * only asks for the shape are not counted: they are converted beforehand, or not at all. format[nodes]. Added to *out: how
 * many of this tensor, and the elements that they convert (none where neither `shape`, which may be NULL, nor the model
 * knows the shape).
 */
void mm_graph_casts_add(const struct mm_graph *graph, int tensor, const unsigned char *format, bool each,
                        mm_graph_shape shape, void *context, struct mm_graph_casts *out);

/*
 * Making a graph in code. Add nodes in the order of execution and declare what is known of tensors, in any
 * order. Nothing needs to be checked before the end: mm_graph_finish says what went wrong first. Names are
 * copied.
 */
struct mm_graph_builder;
struct mm_graph_builder *mm_graph_new(void); /* NULL when memory is out: mm_graph_finish says so */
/* Input and output names may be "" (left out). */
void mm_graph_add_node(struct mm_graph_builder *builder, const char *name, const char *op_type,
                       const char *const *inputs, size_t input_count, const char *const *outputs,
                       size_t output_count);
/* The domain of the node that was added last. */
void mm_graph_add_domain(struct mm_graph_builder *builder, const char *domain);
/* An attribute of that node: one integer. */
void mm_graph_add_int(struct mm_graph_builder *builder, const char *name, int64_t value);
/* Integers, copied; `count` may be 0. */
void mm_graph_add_ints(struct mm_graph_builder *builder, const char *name, const int64_t *ints, size_t count);
/* One float. */
void mm_graph_add_float(struct mm_graph_builder *builder, const char *name, float value);
/* Floats, copied; `count` may be 0. */
void mm_graph_add_floats(struct mm_graph_builder *builder, const char *name, const float *floats,
                         size_t count);
/* A NUL-terminated text, copied. */
void mm_graph_add_text(struct mm_graph_builder *builder, const char *name, const char *text);
/*
 * What is known of a tensor; the last one of this name so far, which is made if there is none. Flags are
 * added to those it has; MM_DTYPE_NONE and NULL leave dtype and shape as they are.
 */
void mm_graph_add_tensor(struct mm_graph_builder *builder, const char *name, unsigned flags,
                         enum mm_dtype dtype, const struct mm_shape *shape);
/* Sort, connect, index. Frees the builder, success or not. `what` begins the error text (a file's name). */
int mm_graph_finish(struct mm_graph_builder *builder, struct mm_graph **graph, const char *what,
                    struct mm_err *err);

/*
 * Write a graph as an ONNX model without weights: nodes, small attributes, dtypes and shapes. A tensor that
 * no node makes is written as an input of the model, for ONNX wants values of every initialiser. Opset is the
 * graph's, or 13. A graph with bodies is MM_EUNSUPPORTED.
 */
int mm_graph_write_onnx(const struct mm_graph *graph, const char *path, struct mm_err *err);

#endif
