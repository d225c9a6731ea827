/* The operator that rounds: float32 in, float32 out. */
#include "runtime/simulate.h"

#include <stdlib.h>

/* One of its nodes. */
struct kernel {
    const struct round_op *round;
    int64_t rule;
};

static void *create(const struct ort_custom_op *op, const void *api, const OrtKernelInfo *info)
{
    const struct round_op *round = (const struct round_op *)op;
    struct kernel *kernel = calloc(1, sizeof *kernel);
    struct mm_err err = {0};
    (void)api;
    if (!kernel)
        return NULL;
    kernel->round = round;
    OrtStatus *status =
        ORT_CALL(round->ort, KernelInfoGetAttribute_int64,
                 OrtStatus * (*)(const OrtKernelInfo *, const char *, int64_t *))(info, "i", &kernel->rule);
    if (ort_check(round->ort, status, round->simulated->path, &err) < 0)
        tap_fail(round->tap, &err);
    return kernel;
}

static void destroy(void *kernel)
{
    free(kernel);
}

static int output_of(const struct round_op *round, OrtKernelContext *context, const struct mm_shape *shape,
                     float **out, struct mm_err *err)
{
    typedef OrtStatus *get(OrtKernelContext *, size_t, const int64_t *, size_t, OrtValue **);
    typedef OrtStatus *get_data(OrtValue *, void **);
    const char *what = round->simulated->path;
    OrtValue *value = NULL;
    void *data = NULL;
    if (ort_check(round->ort,
                  ORT_CALL(round->ort, KernelContext_GetOutput, get *)(context, 0, shape->dim,
                                                                       (size_t)shape->rank, &value),
                  what, err) < 0 ||
        ort_check(round->ort, ORT_CALL(round->ort, GetTensorMutableData, get_data *)(value, &data), what,
                  err) < 0)
        return -1;
    *out = data;
    return 0;
}

static int apply(const struct round_op *round, const struct round_rule *rule, const struct mm_tensor *input,
                 float *out, struct mm_err *err)
{
    struct mm_rounder rounder = rule->rounder;
    char shape[200];
    rounder.lay = simulated_lay(&input->shape, rule->axis);
    if (rule->axis >= 0 && rounder.lay.channels != rule->channels)
        return mm_fail(err, MM_EARG, "%s: %s was calibrated with %lld channels, and has the shape %s",
                       round->simulated->path, round->simulated->graph->tensors[rule->tensor].name,
                       (long long)rule->channels, mm_shape_text(&input->shape, false, shape, sizeof shape));
    if (input->count > 0)
        mm_round_ways_float(&rounder, rule->ways, (const float *)(const void *)input->run->data, out,
                            (size_t)input->count);
    return 0;
}

static int round_input(const struct round_op *round, const struct round_rule *rule, OrtKernelContext *context,
                       struct mm_err *err)
{
    typedef OrtStatus *get(const OrtKernelContext *, size_t, const OrtValue **);
    const OrtValue *value = NULL;
    struct mm_tensor view;
    struct mm_run run;
    struct mm_buf unused = {0};
    float *out;
    const char *what = round->simulated->path;
    if (ort_check(round->ort, ORT_CALL(round->ort, KernelContext_GetInput, get *)(context, 0, &value), what,
                  err) < 0 ||
        ort_view(round->ort, value, &view, &run, &unused, what, err) < 0 ||
        output_of(round, context, &view.shape, &out, err) < 0)
        return -1;
    return apply(round, rule, &view, out, err);
}

static void compute(void *pointer, OrtKernelContext *context)
{
    const struct kernel *kernel = pointer;
    const struct round_op *round = kernel->round;
    struct mm_err err = {0};
    if (kernel->rule < 0 || (size_t)kernel->rule >= round->simulated->rules)
        return;
    if (round_input(round, round->simulated->rule[kernel->rule], context, &err) < 0)
        tap_fail(round->tap, &err);
}

static const char *name(const struct ort_custom_op *op)
{
    (void)op;
    return MODEL_ROUND;
}

static int float_type(const struct ort_custom_op *op, size_t index)
{
    (void)op, (void)index;
    return 1; /* float32, as ONNX numbers types */
}

void round_op_init(struct round_op *round, const struct mm_ort *ort, const struct simulated *simulated,
                   struct tap *tap)
{
    *round = (struct round_op){.op = tap->op, .ort = ort, .simulated = simulated, .tap = tap};
    round->op.create = create;
    round->op.destroy = destroy;
    round->op.name = name;
    round->op.input_type = float_type;
    round->op.output_type = float_type;
    round->op.compute = compute;
}
