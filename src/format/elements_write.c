/* Values to elements of their dtype. */
#include "format/elements_write.h"
#include "format/value_stream.h"

#include <stdlib.h>

static uint64_t bits_of(const struct mm_value_stream *stream, enum mm_dtype dtype, size_t i)
{
    uint32_t bits32;
    uint64_t bits64;
    if (stream->integer)
        return (uint64_t)stream->value.whole[i];
    float value = (float)stream->value.real[i];
    if (dtype == MM_BF16)
        return mm_float_to_bf16(value);
    switch (stream->info->bytes) {
    case 1: return mm_float_to_small(dtype, value);
    case 2: return mm_float_to_half(value);
    case 4: memcpy(&bits32, &value, sizeof bits32); return bits32;
    default: memcpy(&bits64, &stream->value.real[i], sizeof bits64); return bits64;
    }
}

/* A tile: MM_TILE values of 2, 4 or 6 bits fill whole bytes, so that only the last one ends within one. */
static size_t pack(const struct mm_value_stream *stream, enum mm_dtype dtype, uint8_t *out)
{
    unsigned bits = stream->info->bits, word = 0, have = 0;
    uint8_t *p = out;
    for (size_t i = 0; i < stream->n; i++) {
        word |= (unsigned)(bits_of(stream, dtype, i) & ((1u << bits) - 1)) << have;
        for (have += bits; have >= 8; have -= 8, word >>= 8)
            *p++ = (uint8_t)word;
    }
    if (have > 0)
        *p++ = (uint8_t)word;
    return (size_t)(p - out);
}

static size_t encode(const struct mm_value_stream *stream, enum mm_dtype dtype, uint8_t *out)
{
    unsigned bytes = stream->info->bytes;
    uint64_t mask = stream->info->bits < 8 ? (1u << stream->info->bits) - 1 : UINT64_MAX;
    uint8_t *p = out;
    for (size_t i = 0; i < stream->n; i++) {
        uint64_t bits = bits_of(stream, dtype, i) & mask;
        for (unsigned k = 0; k < bytes; k++)
            *p++ = (uint8_t)(bits >> (8 * k));
    }
    return (size_t)(p - out);
}

/* Are its bytes what is to be written? Not those of bool, which may be more than 0 and 1. */
static bool lies_ready(const struct mm_tensor *tensor)
{
    const struct mm_dtype_info *info = mm_dtype_info(tensor->dtype);
    bool sized = info->bits >= 8 && tensor->dtype != MM_BOOL;
    bool plain = tensor->encoding == MM_ENC_RAW && tensor->stored == tensor->dtype && !tensor->swapped &&
                 !tensor->strided && !tensor->quantised && !tensor->scales && !tensor->supply;
    bool whole = sized && tensor->runs == 1 && tensor->run->gap == 0 && tensor->run->data &&
                 (uint64_t)tensor->count <= tensor->run->size / info->bytes;
    return plain && whole;
}

int mm_elements_write(const struct mm_tensor *tensor, bool packed, const char *label, mm_elements_put put,
                      void *context, struct mm_err *err)
{
    if (lies_ready(tensor)) {
        put(context, tensor->run->data, (size_t)tensor->count * mm_dtype_info(tensor->dtype)->bytes);
        return 0;
    }
    struct mm_value_stream *stream = malloc(sizeof *stream);
    uint8_t *bytes = malloc((size_t)MM_TILE * sizeof(uint64_t));
    int more = stream && bytes ? 1 : mm_fail_memory(err);
    packed = packed && mm_dtype_info(tensor->dtype)->bits < 8;
    if (more > 0)
        mm_value_stream_init(stream, tensor, label);
    while (more > 0 && (more = mm_value_stream_next(stream, err)) > 0)
        put(context, bytes,
            packed ? pack(stream, tensor->dtype, bytes) : encode(stream, tensor->dtype, bytes));
    free(stream);
    free(bytes);
    return more;
}

bool mm_elements_size(const struct mm_tensor *tensor, bool packed, uint64_t *size)
{
    const struct mm_dtype_info *info = mm_dtype_info(tensor->dtype);
    uint64_t count = (uint64_t)tensor->count;
    if (packed && info->bits < 8) {
        *size = count / 8 * info->bits + (count % 8 * info->bits + 7) / 8;
        return true;
    }
    size_t bytes;
    bool fits = mm_mul((size_t)count, info->bytes, &bytes);
    *size = bytes;
    return fits;
}
