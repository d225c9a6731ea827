/* Operators that hand over tensors. */
#include "runtime/source.h"

#include "format/tensor_proto.h"
#include "runtime/cut.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One of its nodes. */
struct kernel {
    struct source_op *op;
    int64_t number;
};

struct source_call {
    const struct sources *sources;
    OrtKernelContext *context;
    enum mm_dtype dtype;
    bool given;
};

static const enum mm_dtype dtypes[] = {MM_F32, MM_F16, MM_BF16, MM_F64, MM_I64, MM_I32,
                                       MM_I16, MM_I8,  MM_U8,   MM_U16, MM_U32, MM_BOOL};

bool source_has(enum mm_dtype dtype)
{
    for (size_t i = 0; i < MM_COUNT(dtypes); i++) {
        if (dtypes[i] == dtype)
            return true;
    }
    return false;
}

/* ---- values ---- */

static bool is_plain(const struct mm_tensor *tensor, enum mm_dtype dtype)
{
    return tensor->dtype == dtype && tensor->stored == dtype && tensor->encoding == MM_ENC_RAW &&
           tensor->runs == 1 && tensor->run->gap == 0 && tensor->run->data && !tensor->swapped &&
           !tensor->strided && !tensor->quantised && !tensor->scales;
}

static bool store(enum mm_dtype dtype, const struct mm_dtype_info *info, double number, uint8_t *out)
{
    float single = (float)number;
    uint16_t half = dtype == MM_BF16 ? mm_float_to_bf16(single) : mm_float_to_half(single);
    int64_t whole = 0;
    if (dtype == MM_F64)
        memcpy(out, &number, sizeof number);
    else if (info->kind == MM_KIND_FLOAT)
        memcpy(out, &half, sizeof half);
    else if (dtype == MM_BOOL)
        *out = number != 0;
    else if (number >= info->lowest && number <= info->highest && number == (double)(int64_t)number) {
        whole = (int64_t)number;
        memcpy(out, &whole, info->bytes); /* little-endian: its low bytes */
    } else
        return false;
    return true;
}

static int convert(const struct mm_tensor *tensor, enum mm_dtype dtype, uint8_t *out, struct mm_err *err)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    struct mm_cursor cursor;
    double tile[MM_BLOCK];
    size_t got;
    int64_t at = 0;
    mm_cursor_init(&cursor, tensor);
    while (at < tensor->count && (got = mm_cursor_double(&cursor, tile, MM_COUNT(tile))) > 0) {
        for (size_t i = 0; i < got; i++, at++, out += info->bytes) {
            if (!store(dtype, info, tile[i], out))
                return mm_fail(err, MM_EARG, "%g is no %s, which the model has there", tile[i], info->name);
        }
    }
    return at == tensor->count && !cursor.bad
               ? 0
               : mm_fail(err, MM_ECORRUPT, "element %lld can't be read", (long long)at);
}

static int fill(const struct mm_tensor *tensor, enum mm_dtype dtype, void *out, struct mm_err *err)
{
    size_t size = (size_t)tensor->count * mm_dtype_info(dtype)->bytes, got;
    struct mm_cursor cursor;
    int64_t at = 0;
    if (is_plain(tensor, dtype) && tensor->run->size >= size) {
        memcpy(out, tensor->run->data, size);
        return 0;
    }
    if (dtype != MM_F32 || !mm_tensor_lane_f(tensor)) {
        if (dtype != MM_F32)
            return convert(tensor, dtype, out, err);
        float *to = out;
        double tile[MM_BLOCK];
        mm_cursor_init(&cursor, tensor);
        while (at < tensor->count && (got = mm_cursor_double(&cursor, tile, MM_COUNT(tile))) > 0) {
            for (size_t i = 0; i < got; i++)
                to[at++] = (float)tile[i];
        }
    } else {
        mm_cursor_init(&cursor, tensor);
        while (at < tensor->count && (got = mm_cursor_float(&cursor, (float *)out + at, MM_TILE)) > 0)
            at += (int64_t)got;
    }
    return at == tensor->count && !cursor.bad
               ? 0
               : mm_fail(err, MM_ECORRUPT, "element %lld can't be read", (long long)at);
}

/* ---- what the runtime calls ---- */

static int output_of(struct source_call *call, const struct mm_shape *shape, void **data, struct mm_err *err)
{
    typedef OrtStatus *get(OrtKernelContext *, size_t, const int64_t *, size_t, OrtValue **);
    typedef OrtStatus *get_data(OrtValue *, void **);
    const struct mm_ort *ort = call->sources->ort;
    OrtValue *value = NULL;
    call->given = true;
    if (ort_check(ort,
                  ORT_CALL(ort, KernelContext_GetOutput, get *)(call->context, 0, shape->dim,
                                                                (size_t)shape->rank, &value),
                  "its memory", err) < 0)
        return -1;
    return ort_check(ort, ORT_CALL(ort, GetTensorMutableData, get_data *)(value, data), "its memory", err);
}

int source_give(struct source_call *call, const struct mm_tensor *tensor, const struct mm_shape *shape,
                struct mm_err *err)
{
    void *data = NULL;
    if (mm_shape_count(shape) != tensor->count)
        return mm_fail(err, MM_EARG, "it has %lld values, and its shape another number",
                       (long long)tensor->count);
    if (output_of(call, shape, &data, err) < 0)
        return -1;
    return tensor->count ? fill(tensor, call->dtype, data, err) : 0;
}

static void *create(const struct ort_custom_op *op, const void *api, const OrtKernelInfo *info)
{
    struct source_op *source = (struct source_op *)(uintptr_t)op;
    struct kernel *kernel = calloc(1, sizeof *kernel);
    typedef OrtStatus *get(const OrtKernelInfo *, const char *, int64_t *);
    const struct mm_ort *ort = source->sources->ort;
    struct mm_err err = {MM_OK, ""};
    (void)api;
    if (!kernel)
        return NULL;
    kernel->op = source;
    if (ort_check(ort, ORT_CALL(ort, KernelInfoGetAttribute_int64, get *)(info, "i", &kernel->number),
                  source->name, &err) < 0)
        tap_fail(source->sources->tap, &err);
    return kernel;
}

/* Whatever happens, there is a value: the run ends before anybody reads it. */
static void compute(void *pointer, OrtKernelContext *context)
{
    struct kernel *kernel = pointer;
    struct sources *sources = kernel->op->sources;
    struct source_call call = {.sources = sources, .context = context, .dtype = kernel->op->dtype};
    const struct mm_shape none = {.rank = 1};
    struct mm_err err = {MM_OK, ""};
    void *data;
    if (sources->ask(sources->context, (size_t)kernel->number, &call, &err) == 0 && call.given)
        return;
    if (!call.given)
        output_of(&call, &none, &data, NULL);
    if (sources->failed < 0)
        sources->failed = kernel->number;
    tap_fail(sources->tap, &err);
}

static const char *name(const struct ort_custom_op *op)
{
    return ((const struct source_op *)op)->name;
}

static int output_type(const struct ort_custom_op *op, size_t index)
{
    (void)index;
    return mm_tensor_proto_number(((const struct source_op *)op)->dtype); /* the runtime's are ONNX's */
}

static size_t none(const struct ort_custom_op *op)
{
    (void)op;
    return 0;
}

/* As a tap, but for what it takes and makes. */
static struct ort_custom_op operator(const struct tap *tap)
{
    struct ort_custom_op op = tap->op;
    op.create = create;
    op.name = name;
    op.inputs = none;
    op.output_type = output_type;
    op.compute = compute;
    op.destroy = free;
    return op;
}

void sources_init(struct sources *sources, struct tap *tap, source_ask *ask, void *context)
{
    *sources = (struct sources){
        .ort = tap->ort, .ask = ask, .context = context, .tap = tap, .types = MM_COUNT(dtypes), .failed = -1};
    for (size_t i = 0; i < sources->types; i++) {
        struct source_op *type = &sources->type[i];
        *type = (struct source_op){.op = operator(tap), .sources = sources, .dtype = dtypes[i]};
        snprintf(type->name, sizeof type->name, CUT_SOURCE "%d", (int)mm_tensor_proto_number(dtypes[i]));
        sources->op[i] = &type->op;
    }
    tap->other = sources->op;
    tap->others = sources->types;
}
