/* session: a model in ONNX Runtime, with operators of ours, ready to be run. */
#ifndef MMTUI_RUNTIME_SESSION_H
#define MMTUI_RUNTIME_SESSION_H

#include "runtime/model.h"

/* What takes the tensors. `view` and its values are valid during the call. -1 ends the run. */
typedef int session_take(void *context, size_t tap, const struct mm_tensor *view, struct mm_err *err);

/* Is told the type of what a tap will read, when the model is loaded; MM_DTYPE_NONE: one that mmtui has no dtype for. */
typedef void session_type(void *context, size_t tap, enum mm_dtype dtype);

/* The operator behind tensors. */
struct tap {
    struct ort_custom_op op; /* first: what the runtime hands back */
    const struct mm_ort *ort;
    const struct model *model;
    session_take *take;
    session_type *type; /* NULL: nobody wants to know */
    void *context;
    struct mm_buf memory; /* values of 4 bits, taken apart */
    const char *
        name; /* while `take` runs, of a tensor in a local function: what the runtime calls it in this very call of the
                         function; else NULL */
    struct session *session; /* whose run is ended when something fails */
    bool failed;
    struct mm_err error;                      /* the first one */
    const struct ort_custom_op *const *other; /* further operators of the session; borrowed */
    size_t others;
};

/* How it is set up. */
struct session_settings {
    int level, threads;
    const char *save; /* write the optimised model here; or NULL */
};

struct session_io {
    char *name;
    bool is_tensor, is_sequence;
    enum mm_dtype dtype;
    struct mm_shape shape;
};

struct session {
    const struct mm_ort *ort;
    const char *what; /* begins sentences: the model's file */
    OrtCustomOpDomain *domain;
    OrtSession *session;
    OrtRunOptions *run_options;
    OrtValue **weight;
    size_t weights;
    struct session_io *input, *output;
    size_t inputs, outputs;
    struct tap *tap;
};

/* Are weights copied into the order that kernels like? Not those of models whose weights are large: it takes time and
 * memory. It changes last bits, so it goes by the model alone. */
bool session_prepacks(const struct model *model);
/* The model and the tap (may be NULL) must outlive the session. -1 with the runtime's sentence. */
int session_open(struct session *session, const struct mm_ort *ort, const struct model *model,
                 struct tap *tap, const struct session_settings *settings, struct mm_err *err);
void session_close(struct session *session);
/* Run with a value for each input (by place; NULL: not given). `output`, [outputs], may be NULL: then nothing is asked for
 * but the first output; else filled with values to be released. */
int session_run(struct session *session, const OrtValue *const *input, OrtValue **output, struct mm_err *err);

void tap_init(struct tap *tap, const struct mm_ort *ort, const struct model *model, session_take *take,
              void *context);
/* End the run under way; the first error is what session_run gives. */
void tap_fail(struct tap *tap, const struct mm_err *err);
void tap_done(struct tap *tap);

#endif
