/* dump_run: a model that is run and dumped. Private to runtime. */
#ifndef MMTUI_RUNTIME_DUMP_RUN_H
#define MMTUI_RUNTIME_DUMP_RUN_H

#include "runtime/half_run.h"
#include "runtime/refused.h"
#include "runtime/writer.h"

struct mm_model_run {
    const struct mm_ort *ort;
    const struct mm_dump_info *info;
    const char *given; /* the model's file, as sentences name it; borrowed */
    struct mm_run_options options;
    struct model model;
    struct tap tap;
    struct session session;
    struct writer writer;
    struct simulated *simulated; /* NULL: nothing is */
    struct half_run *half;       /* NULL: the model is run in the types that it has */
    struct round_op round;
    struct mm_model_input *input;
    struct mm_buf *feed_memory; /* by input: values that were rounded */
    struct mm_run *feed_run;
    struct refused refused; /* no tap can read them */
    bool *matched;          /* by place in info->tensor_name: a tensor is called so */
    size_t runs;
    bool broken; /* a run failed */
    bool has_half;
    struct session_settings settings;
    char *deployed; /* the optimised model's file, which is removed in the end; or NULL */
};

/* ONNX Runtime's value for each input, by its place in `value`, which is all NULL: rounded where inputs are. -1: one is missing,
 * given twice, or none of the model's; what was made stays in `value`. */
int run_inputs(struct mm_model_run *run, const struct mm_feed *feeds, size_t count, OrtValue **value,
               struct mm_err *err);

#endif
