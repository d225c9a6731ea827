/* A value for an input: as a file has it, converted, or made up. */
#include "runtime/feed_value.h"

#include <stdlib.h>
#include <string.h>

#include "format/elements_write.h"

/* ---- from a file ---- */

static void put(void *context, const void *data, size_t size)
{
    mm_buf_add(context, data, size);
}

/* As they are. */
static int copy_elements(const struct mm_tensor *tensor, struct value *value, const char *label,
                         struct mm_err *err)
{
    if (mm_elements_write(tensor, false, label, put, &value->bytes, err) < 0)
        return -1;
    return value->bytes.failed ? mm_fail_memory(err) : 0;
}

static void store_float(enum mm_dtype dtype, double number, void *out)
{
    float single = (float)number;
    uint16_t half = dtype == MM_BF16 ? mm_float_to_bf16(single) : mm_float_to_half(single);
    if (dtype == MM_F64)
        memcpy(out, &number, sizeof number);
    else if (dtype == MM_F32)
        memcpy(out, &single, sizeof single);
    else
        memcpy(out, &half, sizeof half);
}

static bool store_whole(enum mm_dtype dtype, double number, void *out)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    int64_t whole = (int64_t)number;
    if (!(number >= info->lowest && number <= info->highest) || (double)whole != number)
        return false;
    memcpy(out, &whole, info->bytes); /* little-endian: its low bytes */
    return true;
}

/* To another dtype: -1 where an integer would not keep its value. Doubles hold what is given but for integers beyond 2^53. */
static int convert(const struct mm_tensor *tensor, enum mm_dtype dtype, struct value *value,
                   const char *label, struct mm_err *err)
{
    const struct mm_dtype_info *to = mm_dtype_info(dtype);
    double *number = mm_tensor_decode(tensor, false, NULL, err);
    char *out = number ? mm_buf_reserve(&value->bytes, (size_t)tensor->count * to->bytes + 1) : NULL;
    int result = number ? out ? 0 : mm_fail_memory(err) : -1;
    for (int64_t i = 0; i < tensor->count && result == 0; i++, out += to->bytes) {
        if (to->kind == MM_KIND_FLOAT)
            store_float(dtype, number[i], out);
        else if (!store_whole(dtype, number[i], out))
            result =
                mm_fail(err, MM_EARG, "%s: %g is no %s, which the input takes", label, number[i], to->name);
    }
    value->bytes.length += result == 0 ? (size_t)tensor->count * to->bytes : 0;
    free(number);
    return result;
}

bool feed_value_converts(enum mm_dtype from, enum mm_dtype to)
{
    const struct mm_dtype_info *a = mm_dtype_info(from), *b = mm_dtype_info(to);
    bool whole =
        a->kind != MM_KIND_FLOAT && b->kind != MM_KIND_FLOAT && b->kind != MM_KIND_NONE && b->bits >= 8;
    bool floats = a->kind == MM_KIND_FLOAT && (to == MM_F64 || to == MM_F32 || to == MM_F16 || to == MM_BF16);
    return whole || floats;
}

int feed_value_read(struct value *value, const struct mm_tensor *tensor, enum mm_dtype wanted,
                    const char *label, struct mm_err *err)
{
    enum mm_dtype dtype =
        tensor->dtype != wanted && feed_value_converts(tensor->dtype, wanted) ? wanted : tensor->dtype;
    /* 16 and 8 bits: formats that files lack, saved as integers of their width */
    bool bits = mm_dtype_reads(wanted, tensor->dtype) && mm_dtype_info(wanted)->bits <= 16;
    dtype = bits ? tensor->dtype : dtype;
    int result = dtype == tensor->dtype ? copy_elements(tensor, value, label, err)
                                        : convert(tensor, dtype, value, label, err);
    if (result < 0)
        return -1;
    mm_tensor_raw(&value->tensor, bits ? wanted : dtype, &tensor->shape, mm_buf_text(&value->bytes),
                  &value->run);
    return 0;
}

/* ---- made up ---- */

/* Sebastiano Vigna's splitmix64. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

int feed_value_make(struct value *value, enum mm_dtype dtype, const struct mm_shape *shape, uint64_t *state,
                    struct mm_err *err)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    int64_t count = mm_shape_count(shape);
    size_t bytes;
    char *out = count >= 0 && mm_mul((size_t)count, info->bytes, &bytes)
                    ? mm_buf_reserve(&value->bytes, bytes + 1)
                    : NULL;
    if (!out)
        return mm_fail_memory(err);
    for (int64_t i = 0; i < count; i++, out += info->bytes) {
        double unit = (double)(next_random(state) >> 11) * 0x1p-53;
        if (info->kind == MM_KIND_FLOAT)
            store_float(dtype, 2 * unit - 1, out);
        else
            store_whole(dtype, unit < 0.5 ? 0 : 1, out);
    }
    value->bytes.length = bytes;
    mm_tensor_raw(&value->tensor, dtype, shape, mm_buf_text(&value->bytes), &value->run);
    return 0;
}
