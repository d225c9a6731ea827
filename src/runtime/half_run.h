/*
 * half_run: a float16 model that is run as float32 with rounding operators: each operator computes in float32, and its result
 * becomes what float16 stores of it.
 *
 * Which tensors are float16, ONNX Runtime tells: the model is loaded as it is, with a tap behind each tensor, which is told the
 * type of what it would read. Then the model is written as float32 (runtime/widen.h), and the operator that rounds stands
 * behind each node that made float16, unless the node only hands values on that are float16's already.
 */
#ifndef MMTUI_RUNTIME_HALF_RUN_H
#define MMTUI_RUNTIME_HALF_RUN_H

#include "base/names.h"
#include "runtime/simulate.h"

struct half_run {
    char *model; /* the float32 model's file, which half_run_close removes */
    char *data;  /* alike, that of its larger constants; NULL: it is kept */
    struct mm_names half,
        others;             /* tensors that are made, by node and name: of float16, and of other types */
    struct mm_names inputs; /* of the model, that were float16 */
    struct mm_simulation storage;
    struct simulated simulated; /* of it nothing but the one rule */
    struct model_rounding rounding;
    struct mm_buf key;
    struct mm_arena arena;
    bool failed; /* memory */
};

/* Where the float32 model is written, and whether its constants are kept: the user asked for the model. */
struct half_files {
    const char *folder, *name; /* name: of the model's file */
    bool keep;
};

/* MM_EARG: nothing of the model is float16. MM_EUNSUPPORTED: a local function is called with float16 here, with another type
 * there; or what widen says. Whatever happens, half_run_close. */
int half_run_open(struct half_run *half, const struct mm_ort *ort, const char *path,
                  const struct half_files *files, struct mm_err *err);
void half_run_close(struct half_run *half);
/* A value for an input: `tensor` itself, or rounded in `memory`, for which `run` is. -1: memory. */
int half_run_feed(struct half_run *half, const char *name, struct mm_tensor *tensor, struct mm_run *run,
                  struct mm_buf *memory, struct mm_err *err);
/* The values of a tensor of floats, rounded; malloc'ed. NULL: memory, or they can't be read. */
float *half_run_decode(struct half_run *half, const struct mm_tensor *tensor, struct mm_err *err);
/* Was the input, or what is in its sequence, float16? */
bool half_run_is_input(const struct half_run *half, const char *name);

#endif
