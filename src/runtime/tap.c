/* The operator behind tensors: reads one, makes nothing. */
#include "runtime/session.h"

#include "format/tensor_proto.h"

#include <stdlib.h>
#include <string.h>

/* One of its nodes. */
struct kernel {
    struct tap *tap;
    int64_t number;
    char *name; /* see struct tap; NULL */
};

/* What its input is called here: a function stands in the place of each of its calls, with names of their own. */
static int read_name(struct kernel *kernel, const OrtKernelInfo *info, struct mm_err *err)
{
    const struct tap *tap = kernel->tap;
    typedef OrtStatus *get(const OrtKernelInfo *, size_t, char *, size_t *);
    get *get_name = ORT_CALL(tap->ort, KernelInfo_GetInputName, get *);
    size_t size = 0;
    if (ort_check(tap->ort, get_name(info, 0, NULL, &size), tap->model->path, err) < 0)
        return -1;
    kernel->name = malloc(size + 1);
    return kernel->name ? ort_check(tap->ort, get_name(info, 0, kernel->name, &size), tap->model->path, err)
                        : mm_fail_memory(err);
}

static int read_number(struct kernel *kernel, const OrtKernelInfo *info, struct mm_err *err)
{
    const struct tap *tap = kernel->tap;
    typedef OrtStatus *get(const OrtKernelInfo *, const char *, int64_t *);
    OrtStatus *status = ORT_CALL(tap->ort, KernelInfoGetAttribute_int64, get *)(info, "i", &kernel->number);
    if (ort_check(tap->ort, status, tap->model->path, err) < 0)
        return -1;
    if (kernel->number < 0 || (size_t)kernel->number >= tap->model->tensors)
        return mm_fail(err, MM_ECORRUPT, "%s: has a tap that is not mmtui's", tap->model->path);
    return tap->model->tensor[kernel->number].in_function ? read_name(kernel, info, err) : 0;
}

/* For who wants to know what it will read. */
static int tell_type(const struct kernel *kernel, const OrtKernelInfo *info, struct mm_err *err)
{
    const struct tap *tap = kernel->tap;
    typedef OrtStatus *get(const OrtKernelInfo *, size_t, OrtTypeInfo **);
    typedef OrtStatus *cast(const OrtTypeInfo *, const OrtTensorInfo **);
    typedef OrtStatus *get_number(const OrtTensorInfo *, int *);
    const char *what = tap->model->path;
    OrtTypeInfo *type = NULL;
    const OrtTensorInfo *tensor = NULL;
    int number = 0;
    if (!tap->type)
        return 0;
    if (ort_check(tap->ort, ORT_CALL(tap->ort, KernelInfo_GetInputTypeInfo, get *)(info, 0, &type), what,
                  err) < 0)
        return -1;
    int result =
        ort_check(tap->ort, ORT_CALL(tap->ort, CastTypeInfoToTensorInfo, cast *)(type, &tensor), what, err);
    if (result == 0 && tensor)
        result = ort_check(tap->ort, ORT_CALL(tap->ort, GetTensorElementType, get_number *)(tensor, &number),
                           what, err);
    ORT_CALL(tap->ort, ReleaseTypeInfo, void (*)(OrtTypeInfo *))(type);
    if (result == 0)
        tap->type(tap->context, (size_t)kernel->number, mm_tensor_proto_dtype(number));
    return result;
}

static void *create(const struct ort_custom_op *op, const void *api, const OrtKernelInfo *info)
{
    struct tap *tap = (struct tap *)(uintptr_t)op;
    struct kernel *kernel = calloc(1, sizeof *kernel);
    struct mm_err err = {0};
    (void)api;
    if (kernel)
        kernel->tap = tap;
    if ((!kernel && mm_fail_memory(&err) < 0) || read_number(kernel, info, &err) < 0 ||
        tell_type(kernel, info, &err) < 0) {
        tap->error = err;
        tap->failed = true;
    }
    return kernel;
}

static void destroy(void *pointer)
{
    struct kernel *kernel = pointer;
    if (kernel)
        free(kernel->name);
    free(kernel);
}

void tap_fail(struct tap *tap, const struct mm_err *err)
{
    if (!tap->failed)
        tap->error = *err;
    tap->failed = true;
    if (tap->session && tap->session->run_options) {
        OrtStatus *status = ORT_CALL(tap->ort, RunOptionsSetTerminate,
                                     OrtStatus * (*)(OrtRunOptions *))(tap->session->run_options);
        ort_check(tap->ort, status, "", NULL);
    }
}

/* What it makes: no values, so that nothing has to be kept. */
static int make_nothing(const struct tap *tap, OrtKernelContext *context, const char *what,
                        struct mm_err *err)
{
    const int64_t none = 0;
    OrtValue *output;
    typedef OrtStatus *get(OrtKernelContext *, size_t, const int64_t *, size_t, OrtValue **);
    return ort_check(tap->ort,
                     ORT_CALL(tap->ort, KernelContext_GetOutput, get *)(context, 0, &none, 1, &output), what,
                     err);
}

static int take(struct tap *tap, size_t number, OrtKernelContext *context, struct mm_err *err)
{
    const char *what = tap->model->tensor[number].name;
    const OrtValue *value = NULL;
    struct mm_tensor view;
    struct mm_run run;
    typedef OrtStatus *get(const OrtKernelContext *, size_t, const OrtValue **);
    if (make_nothing(tap, context, what, err) < 0 ||
        ort_check(tap->ort, ORT_CALL(tap->ort, KernelContext_GetInput, get *)(context, 0, &value), what,
                  err) < 0)
        return -1;
    if (ort_view(tap->ort, value, &view, &run, &tap->memory, what, err) < 0)
        view.dtype = MM_DTYPE_NONE; /* text, complex numbers: told by who takes it */
    return tap->take(tap->context, number, &view, err);
}

static void compute(void *pointer, OrtKernelContext *context)
{
    struct kernel *kernel = pointer;
    struct mm_err err = {0};
    if (!kernel || kernel->tap->failed)
        return;
    kernel->tap->name = kernel->name;
    if (take(kernel->tap, (size_t)kernel->number, context, &err) < 0)
        tap_fail(kernel->tap, &err);
}

static const char *name(const struct ort_custom_op *op)
{
    (void)op;
    return MODEL_TAP;
}

static const char *provider(const struct ort_custom_op *op)
{
    (void)op;
    return NULL;
}

static int any_type(const struct ort_custom_op *op, size_t index)
{
    (void)op, (void)index;
    return 0;
}

static int bytes_type(const struct ort_custom_op *op, size_t index)
{
    (void)op, (void)index;
    return 2; /* uint8 */
}

static size_t one(const struct ort_custom_op *op)
{
    (void)op;
    return 1;
}

static int zero(const struct ort_custom_op *op, size_t index)
{
    (void)op, (void)index;
    return 0; /* required; memory of the CPU */
}

static int yes(const struct ort_custom_op *op)
{
    (void)op;
    return 1;
}

void tap_init(struct tap *tap, const struct mm_ort *ort, const struct model *model, session_take *take_tensor,
              void *context)
{
    *tap = (struct tap){.op = {.version = ORT_CUSTOM_OP_VERSION,
                               .create = create,
                               .name = name,
                               .provider = provider,
                               .input_type = any_type,
                               .inputs = one,
                               .output_type = bytes_type,
                               .outputs = one,
                               .compute = compute,
                               .destroy = destroy,
                               .input_kind = zero,
                               .output_kind = zero,
                               .input_memory = zero,
                               .variadic = {yes, yes, yes, yes}},
                        .ort = ort,
                        .model = model,
                        .take = take_tensor,
                        .context = context};
}

void tap_done(struct tap *tap)
{
    mm_buf_done(&tap->memory);
}
