/*
 * Runs the built-in demo network twice on the same input and dumps every tensor: once in FP32, the way a
 * framework would, and once in mixed precision, the way a runtime on an accelerator would. As shipped the
 * second side is FP16 with two INT8 linears, and wrong: FP16 overflows in enc.0.ln2.Pow. A plan changes that:
 *
 *   FLOAT32 for main/enc.0.ln2.{Pow,ReduceMean_1,Add,Sqrt}   takes the overflow away
 *   FLOAT16 for main/head.Linear                             and this the INT8 error of the output
 *
 * For tests, the second side can run in other precisions, and one of its operators can be made to fail.
 */
#ifndef MMTUI_CLI_DEMO_RUN_H
#define MMTUI_CLI_DEMO_RUN_H

#include "mmtui/plan.h"

/* What the second side computes in where the plan says nothing. */
enum demo_base {
    DEMO_SHIPPED,      /* FP16, the two linears of the quantisation INT8 */
    DEMO_ALL_F32,      /* the same numbers as the first side */
    DEMO_ALL_F16,      /* without overflow if input_scale is small */
    DEMO_INT8_LINEARS, /* FP16, all linears INT8 with one scale a tensor */
};

/*
 * A fault in one operator of the second side: what the operator has computed is changed before it is rounded
 * to the operator's precision, before it is dumped and before later operators read it.
 */
struct demo_call;
struct demo_fault {
    const char *op; /* the operator's name: "enc.0.ln1.Pow" */
    /* call->out holds the result; operands and parameters are there for who wants to compute it another
     * way */
    void (*apply)(void *context, const struct demo_call *call);
    void *context;
};

struct demo_options {
    const struct mm_plan *plan;     /* overrides of the second side, by runtime name; NULL: none */
    uint64_t seed;                  /* of parameters and input */
    float input_scale;              /* the input's values lie within +-input_scale */
    enum demo_base base;            /* of the second side */
    const struct demo_fault *fault; /* of the second side; NULL: none */
};

/* The values for which all of the above is true. */
void demo_defaults(struct demo_options *options);

/*
 * Write the two dumps (MagicMind .pb files, field numbers of proto/tensor.proto); the folders are made if
 * missing, files of an earlier run in them are replaced. A folder may be NULL: that side is not run.
 */
int demo_run(const char *src_folder, const char *dst_folder, const struct demo_options *options,
             struct mm_err *err);

/* Count the overrides that change nothing in the network, and append them to `without` in visible form, each
 * with the reason on a line: nobody has the name, or the network can't compute the operator so. */
int demo_check_plan(const struct mm_plan *plan, struct mm_buf *without, size_t *count, struct mm_err *err);

#endif
