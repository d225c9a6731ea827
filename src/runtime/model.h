/*
 * model: an ONNX model as it is handed to ONNX Runtime: its bytes with operators of ours put in, and its weights, which stay
 * where they lie in its file.
 *
 * The messages are copied field by field, and nothing is understood that need not be: what is put in stands behind the nodes
 * that were there, in the graph, in bodies of If, Loop, Scan, and in local functions.
 */
#ifndef MMTUI_RUNTIME_MODEL_H
#define MMTUI_RUNTIME_MODEL_H

#include "runtime/ort.h"

#define MODEL_DOMAIN   "mmtui"      /* of our operators */
#define MODEL_TAP      "Tap"        /* reads a tensor, and hands it on */
#define MODEL_ROUND    "Round"      /* makes of a float32 tensor one whose values are rounded */
#define MODEL_TAP_NAME "mmtui_tap_" /* and its number: how nodes of it, and what they make, are called */

/* A tensor that the model computes, or is given. Texts live as long as the model. */
struct model_tensor {
    const char *name;    /* in a local function: as ONNX Runtime writes it outside, "_inlfunc_F_t" */
    const char *node;    /* of the node that makes it; "" of an input */
    const char *op_type; /* alike */
    int64_t index;       /* which output of the node */
    bool is_output;      /* of the model */
    bool is_input;       /* of the model */
    int depth;           /* 0: of the graph itself; else of a body or a function */
    bool in_function;
    size_t
        node_number; /* the node's place among all, those of bodies and functions too, in the order of the file */
    size_t number; /* which one it is of those that a choice is asked about, from 0 on */
};

/* A constant that is handed over instead of being copied. */
struct model_weight {
    const char *name;
    struct mm_stored stored;
};

/* Which tensors are tapped. Called once for each, in the order of the file; bodies before the node that has them. */
typedef bool model_choice(void *context, const struct model_tensor *tensor);

/*
 * What is rounded. A rule is a number of whoever made this, and becomes the attribute `i` of a node of MODEL_ROUND.
 * Any of the functions may be asked again about the same thing, and says the same.
 */
struct model_rounding {
    void *context;
    /* The rule for a tensor that a node makes (its readers, taps and outputs get what is rounded); -1: none. */
    int (*result)(void *context, const struct model_tensor *tensor);
    /* For what the node that makes `result` reads as its input number `place`, of this name: a rule; or -1, and the name of a
     * constant that is read instead in *instead, or NULL. In a function no constant of the graph can be read. */
    int (*operand)(void *context, const struct model_tensor *result, size_t place, const char *name,
                   const char **instead);
    /* Is the node that makes `result` only to hand its first input on? */
    bool (*skip)(void *context, const struct model_tensor *result);
    /* One more input for it, behind those that it has; NULL: none. */
    const char *(*append)(void *context, const struct model_tensor *result);
    /* The values of an initialiser, float32 and RAW, which outlive the model; NULL: its own. */
    const struct mm_tensor *(*constant)(void *context, const char *name);
    /* One more initialiser: false behind the last. */
    bool (*more)(void *context, size_t number, const char **name, const struct mm_tensor **values);
    /* Inside of local functions the type of what is rounded is told by a Cast. */
    bool typed;
};

struct model {
    const char *path;
    char *folder, *file; /* the real ones: of what `path` leads to */
    struct mm_map map;
    struct mm_buf bytes;         /* what is handed over */
    struct model_tensor *tensor; /* those that are tapped; the tap's number is the place */
    size_t tensors, tensor_room;
    struct model_weight *weight;
    size_t weights, weight_room;
    uint64_t weight_bytes;
    int64_t opset; /* of ONNX's own operators; 0: not told */
    const struct ort_custom_op
        *round; /* of MODEL_ROUND, where there are nodes of it; set by who opens the session */
    struct mm_arena arena;
};

/*
 * Map a model and write it anew with a tap behind each tensor of `choice`, whose order in each graph is last tensor first: ONNX
 * Runtime starts at the last dead end, and keeps alive what is read late. Constants of 1 KiB and more that stand in the file
 * (or beside it, as external data in its folder) are not copied. MM_EUNSUPPORTED: more than 2 GiB without them. On failure
 * nothing is left open.
 */
int model_open(struct model *model, const char *path, model_choice *choice, void *context,
               struct mm_err *err);
/* The same, and what `rounding` (may be NULL) says is rounded. */
int model_open_rounded(struct model *model, const char *path, const struct model_rounding *rounding,
                       model_choice *choice, void *context, struct mm_err *err);
/* For a model that is loaded for its types, and not run. As model_open; and the choice is asked about what local functions give back as well, by its name inside, which else is tapped
 * only where they are called. */
int model_open_every(struct model *model, const char *path, model_choice *choice, void *context,
                     struct mm_err *err);
/* The file alone: mapped, and where it really lies. On failure, and in the end, model_close. */
int model_map(struct model *model, const char *path, struct mm_err *err);
/* Write the model with all its constants but external ones, which must be less than 2 GiB, what `rounding` (may be NULL) says is
 * rounded, and without taps, to a file. */
int model_write(const char *path, const struct model_rounding *rounding, const char *to, struct mm_err *err);
void model_close(struct model *model);

#endif
