/*
 * simulate: what is rounded in a model, and how, for a precision that is simulated. Private to runtime.
 *
 * Names of tensors lead to the graph, where each tensor and node has a place; the model's writer asks by names, and puts
 * operators of ours where the answer is a rule.
 */
#ifndef MMTUI_RUNTIME_SIMULATE_H
#define MMTUI_RUNTIME_SIMULATE_H

#include "mmtui/graph.h"
#include "runtime/session.h"
#include "tensor/round.h"

#define AXIS_LAST MM_RANK_MAX /* whatever the rank is */

/* What a constant, or an input, has to be for one of its readers. */
struct need {
    enum mm_dtype dtype; /* MM_DTYPE_NONE: as it is */
    int axis;            /* integers: of the channels, or AXIS_LAST, or -1 */
    int fold;            /* with the BatchNormalization of this place less 1 folded in; 0: none */
};
#define AS_IT_IS ((struct need){MM_DTYPE_NONE, -1, 0})

/* How a tensor is rounded. */
struct round_rule {
    struct mm_rounder rounder; /* its lay is that of the tensor that comes, its scales lie in the arena */
    unsigned ways;             /* enum mm_round_way */
    int tensor;                /* integers: the one in the graph that it was made for */
    struct need need;          /* what it was made for */
    int axis;                  /* -1: one scale */
    int64_t channels;
    double *zero; /* [channels], the zero points */
};

struct simulated_node {
    enum mm_dtype storage, integers;
    int fold;    /* Conv: 1 + the place of the BatchNormalization that is folded into it; 0: none */
    bool folded; /* BatchNormalization: it is, and hands its first input on */
    unsigned char
        inputs; /* those that were quantised when the model was written: a bit for each of the first 8 */
};

struct simulated_tensor {
    enum mm_dtype dtype;  /* MM_DTYPE_NONE: nothing tells */
    enum mm_dtype format; /* what its values are rounded to once it is there; MM_F32: anything */
    int rule;             /* behind the node that makes it; -1 */
    struct need constant; /* initialiser: what its values become */
};

/* A constant that one of its readers needs otherwise than the others do. */
struct simulated_constant {
    int tensor;
    struct need need;
    const char *name; /* of its own; NULL: the tensor's, whose values it replaces */
    bool is_asked, is_made;
    float *values; /* owned */
    struct mm_tensor view;
    struct mm_run run;
    const struct round_rule *rule; /* integers: their scales */
};

struct simulated {
    const struct mm_simulation *settings;
    const char *path;
    struct mm_graph *graph;
    struct mm_graph_weights *weights;
    struct simulated_node *node;     /* by place */
    struct simulated_tensor *tensor; /* alike */
    struct round_rule **rule;        /* each in the arena */
    size_t rules, rule_room;
    struct simulated_constant *constant;
    size_t constants, constant_room;
    int storage_rule[MM_DTYPE_COUNT]; /* + 1; 0: none yet */
    struct model_rounding rounding;
    struct mm_arena arena;
    bool failed;         /* while the model was written */
    struct mm_err error; /* the first one */
};

/* Read the model's graph and find what is to be rounded. Scales are looked up when the model is written. -1: an operator of
 * settings->op is not there, or the graph can't be read. */
int simulated_open(struct simulated *simulated, const char *path, const struct mm_simulation *settings,
                   struct mm_err *err);
void simulated_close(struct simulated *simulated);
/* -1: something failed while the model was written. */
int simulated_check(const struct simulated *simulated, struct mm_err *err);
/* A value for an input: `tensor` itself, or rounded in `memory`, for which `run` is. -1: memory. */
int simulated_feed(struct simulated *simulated, const char *name, struct mm_tensor *tensor,
                   struct mm_run *run, struct mm_buf *memory, struct mm_err *err);

/* See mm_model_run_scales and mm_model_run_simulated. */
void simulated_scales(const struct simulated *simulated, struct mm_buf *out);
void simulated_count(const struct simulated *simulated, struct mm_simulated_counts *counts);
/* See mm_model_run_operator. */
bool simulated_operator(const struct simulated *simulated, size_t number, struct mm_rounded_operator *out);
/* For mmtui-dump.json: the member "simulation", how all is rounded; and what became of one tensor, members of its row. */
struct mm_json;
void simulated_put_settings(const struct simulated *simulated, struct mm_json *json);
void simulated_put_tensor(const struct simulated *simulated, const char *name, struct mm_json *json);

/* ---- its parts ---- */

/* Answers for the writer of the model, which borrow what they are about. */
struct model_rounding simulated_rounding(struct simulated *simulated);

/* The node that an override means; -1: there is none. */
int simulated_find_operator(const struct mm_graph *graph, const struct mm_simulated_op *op);
/* The type of every tensor, as far as the calibration, the model or the operators tell. -1: memory. */
int simulated_types(struct simulated *simulated, struct mm_err *err);
/* Which input of which node, `place`, needs what. Constants as well as others. */
struct need simulated_need(const struct simulated *simulated, int node, int place);
/* Does the operator hand on values as they are: is what it makes rounded where all that it reads is? */
bool simulated_moves(const struct mm_graph_node *node);
/* The number of a rule. -1: memory, or what the calibration says. */
int simulated_storage_rule(struct simulated *simulated, enum mm_dtype dtype);
int simulated_input_rule(struct simulated *simulated, int tensor, const struct need *need);
/* New and empty, in the list; NULL: memory. */
struct round_rule *simulated_add_rule(struct simulated *simulated, int tensor, const struct need *need,
                                      int64_t channels);
void simulated_fail(struct simulated *simulated, const struct mm_err *err);
/* Find which constants are replaced or added. -1: memory. */
int simulated_constants(struct simulated *simulated, struct mm_err *err);
/* The rule of a constant with these values. NULL: it failed. */
struct round_rule *simulated_weight_rule(struct simulated *simulated, int tensor, const struct need *need,
                                         const struct mm_shape *shape, const float *values, int64_t count);
/* Its values, made when they are first asked for. NULL: they can't be had; simulated_check says why. */
const struct mm_tensor *simulated_constant_values(struct simulated *simulated,
                                                  struct simulated_constant *constant);
/* That replaces the tensor's values (need NULL), or is made for a reader; NULL: there is none. */
struct simulated_constant *simulated_find_constant(struct simulated *simulated, int tensor,
                                                   const struct need *need);
/* Of a Conv into which something is folded, the constant that is its bias then, and what it needs to be. */
struct simulated_constant *simulated_find_bias(struct simulated *simulated, int node);
struct need simulated_bias_need(const struct simulated *simulated, int node);
/* Find the BatchNormalizations that are folded. */
void simulated_folds(struct simulated *simulated);
/* A Conv's weights, or the bias that stands for a BatchNormalization's second input, [count], with it folded in. */
int simulated_fold_values(struct simulated *simulated, const struct simulated_constant *constant,
                          float *values, int64_t count, struct mm_err *err);
/* Is the tensor what a Conv would make without the BatchNormalization that is folded into it? Nobody makes it then. */
bool simulated_vanishes(const struct simulated *simulated, const char *name);
/* Is the tensor one of a local function, whose nodes can't read constants of the graph? */
bool simulated_in_function(const char *name);
/* AXIS_LAST as a number; else as it is. */
int simulated_axis(int axis, int rank);
/* How channels of an axis lie; -1: one channel. */
struct mm_lay simulated_lay(const struct mm_shape *shape, int axis);

/* ---- the operator ---- */

struct round_op {
    struct ort_custom_op op; /* first: what the runtime hands back */
    const struct mm_ort *ort;
    const struct simulated *simulated;
    struct tap *tap; /* is told what goes wrong, and ends the run */
};
void round_op_init(struct round_op *round, const struct mm_ort *ort, const struct simulated *simulated,
                   struct tap *tap);

/* ---- the calibration ---- */

/* By place and name in the graph that asks, which may have copies of some tensors (tails.h): these are as the ones that they copy. */
/* Of an input: a scale and zero point for each channel, as whatif chooses them. False: it was not seen in any run. */
bool calibration_choose(const struct mm_calibration *calibration, int tensor, const char *name,
                        const struct need *need, struct round_rule *rule);
/* How many channels it was seen with; 0: it was not. */
int64_t calibration_channels(const struct mm_calibration *calibration, int tensor, const char *name,
                             const struct need *need);
/* MM_DTYPE_NONE: it was not seen. */
enum mm_dtype calibration_dtype(const struct mm_calibration *calibration, int tensor, const char *name);
/* One channel's integers, as floats have them. */
void round_rule_set(struct round_rule *rule, int64_t channel, double scale, double low, double high,
                    double zero);

#endif
