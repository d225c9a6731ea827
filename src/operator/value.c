/* Values: dense numbers with a shape. */
#include "operator/lane.h"

#include <math.h>
#include <stdlib.h>

bool op_is_float(enum mm_dtype dtype)
{
    return mm_dtype_info(dtype)->kind == MM_KIND_FLOAT;
}

struct mm_value mm_value_floats(const struct mm_shape *shape, const float *floats)
{
    return (struct mm_value){.dtype = MM_F32, .shape = *shape, .count = mm_shape_count(shape), .f = floats};
}

struct mm_value mm_value_ints(const struct mm_shape *shape, const int64_t *ints)
{
    return (struct mm_value){.dtype = MM_I64, .shape = *shape, .count = mm_shape_count(shape), .i = ints};
}

int mm_value_new(struct mm_value *value, enum mm_dtype dtype, const struct mm_shape *shape, int64_t limit,
                 struct mm_err *err)
{
    size_t width = op_is_float(dtype) ? sizeof(float) : sizeof(int64_t);
    int64_t count = mm_shape_count(shape);
    size_t size;
    *value = (struct mm_value){0};
    if (count < 0)
        return mm_fail(err, MM_EARG, "a result of an impossible shape");
    if (count > limit || !mm_mul((size_t)count, width, &size))
        return mm_fail(err, MM_EUNSUPPORTED, "a result of %lld elements is above the limit of %lld",
                       (long long)count, (long long)limit);
    void *memory = calloc(count ? (size_t)count : 1, width);
    if (!memory)
        return mm_fail_memory(err);
    *value = (struct mm_value){.dtype = dtype, .shape = *shape, .count = count, .owned = memory};
    if (op_is_float(dtype))
        value->f = memory;
    else
        value->i = memory;
    return 0;
}

void mm_value_done(struct mm_value *value)
{
    free(value->owned);
    *value = (struct mm_value){0};
}

double mm_value_at(const struct mm_value *value, int64_t index)
{
    return op_get(value, index);
}

/* ---- from a tensor ------------------------------------------------------------------------------------- */

/* Can its bytes be used as they are? */
static bool is_plain(const struct mm_tensor *tensor)
{
    return tensor->dtype == MM_F32 && tensor->stored == MM_F32 && tensor->encoding == MM_ENC_RAW &&
           !tensor->swapped && !tensor->strided && !tensor->quantised && tensor->runs == 1 &&
           tensor->run->gap == 0 && (uintptr_t)tensor->run->data % _Alignof(float) == 0;
}

static int read_all(struct mm_value *value, const struct mm_tensor *tensor, const atomic_bool *cancel,
                    struct mm_err *err)
{
    struct mm_cursor cursor;
    double tile[OP_CHUNK];
    mm_cursor_init(&cursor, tensor);
    for (int64_t at = 0; at < value->count;) {
        size_t n = mm_cursor_double(&cursor, tile, OP_CHUNK);
        if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
            return mm_fail(err, MM_ECANCELLED, "cancelled");
        if (n == 0 || cursor.bad)
            return mm_fail(err, MM_ECORRUPT, "value %lld can't be read", (long long)cursor.index);
        op_write(value, at, n, tile);
        at += (int64_t)n;
    }
    return 0;
}

int mm_value_decode(struct mm_value *value, const struct mm_tensor *tensor, int64_t limit,
                    const atomic_bool *cancel, struct mm_err *err)
{
    if (is_plain(tensor) && tensor->count <= limit) {
        *value = mm_value_floats(&tensor->shape, (const float *)(const void *)tensor->run->data);
        return 0;
    }
    if (mm_value_new(value, tensor->quantised ? MM_F32 : tensor->dtype, &tensor->shape, limit, err))
        return -1;
    if (read_all(value, tensor, cancel, err) == 0)
        return 0;
    mm_value_done(value);
    return -1;
}

/* ---- chunks -------------------------------------------------------------------------------------------- */

void op_read(const struct mm_value *value, int64_t at, size_t n, double *out)
{
    if (value->f) {
        const float *f = value->f + at;
        for (size_t k = 0; k < n; k++)
            out[k] = f[k];
    } else {
        const int64_t *i = value->i + at;
        for (size_t k = 0; k < n; k++)
            out[k] = (double)i[k];
    }
}

int64_t op_whole(double value)
{
    if (isnan(value))
        return 0;
    if (value >= 0x1p63)
        return INT64_MAX;
    return value < -0x1p63 ? INT64_MIN : (int64_t)value;
}

int64_t op_wrap(enum mm_dtype dtype, int64_t value)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    if (info->kind == MM_KIND_BOOL)
        return value != 0;
    if (info->bits >= 64)
        return value;
    uint64_t low = (uint64_t)value & ((UINT64_C(1) << info->bits) - 1);
    uint64_t sign = UINT64_C(1) << (info->bits - 1);
    return info->kind == MM_KIND_INT ? (int64_t)((low ^ sign) - sign) : (int64_t)low;
}

void op_put(struct mm_value *value, int64_t at, double in)
{
    if (value->f)
        op_floats(value)[at] = (float)in;
    else
        op_ints(value)[at] = op_wrap(value->dtype, op_whole(in));
}

void op_write(struct mm_value *value, int64_t at, size_t n, const double *in)
{
    if (value->f) {
        float *f = op_floats(value) + at;
        for (size_t k = 0; k < n; k++)
            f[k] = (float)in[k];
    } else {
        for (size_t k = 0; k < n; k++)
            op_put(value, at + (int64_t)k, in[k]);
    }
}
