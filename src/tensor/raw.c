/* Raw elements: to contiguous ones in this machine's byte order, then to float or double. */
#include "tensor/decode.h"

#include <string.h>

/* One loop a stored format. The value of `x` is widened by `expression`; memcpy is an unaligned load. */
#define CONVERT(name, to, from, expression)                                                                  \
    static void name(const uint8_t *bytes, to *out, size_t n)                                                \
    {                                                                                                        \
        for (size_t i = 0; i < n; i++) {                                                                     \
            from x;                                                                                          \
            memcpy(&x, bytes + i * sizeof(x), sizeof(x));                                                    \
            out[i] = (to)(expression);                                                                       \
        }                                                                                                    \
    }

CONVERT(f16_float, float, uint16_t, mm_half_to_float(x))
CONVERT(bf16_float, float, uint16_t, mm_bf16_to_float(x))
CONVERT(f32_float, float, float, x)
CONVERT(i8_float, float, int8_t, x)
CONVERT(i16_float, float, int16_t, x)
CONVERT(u8_float, float, uint8_t, x)
CONVERT(u16_float, float, uint16_t, x)
CONVERT(bool_float, float, uint8_t, x != 0)
CONVERT(f64_double, double, double, x)
CONVERT(i32_double, double, int32_t, x)
CONVERT(i64_double, double, int64_t, x)
CONVERT(u32_double, double, uint32_t, x)
CONVERT(u64_double, double, uint64_t, x)

/* A format has exactly one of the two: the lane that holds its values; the other is reached through it. */
static const struct {
    void (*to_float)(const uint8_t *bytes, float *out, size_t n);
    void (*to_double)(const uint8_t *bytes, double *out, size_t n);
} converters[MM_DTYPE_COUNT] = {
    [MM_F16] = {f16_float, NULL},  [MM_BF16] = {bf16_float, NULL}, [MM_F32] = {f32_float, NULL},
    [MM_F64] = {NULL, f64_double}, [MM_I4] = {i8_float, NULL},     [MM_I8] = {i8_float, NULL},
    [MM_I16] = {i16_float, NULL},  [MM_I32] = {NULL, i32_double},  [MM_I64] = {NULL, i64_double},
    [MM_U4] = {u8_float, NULL},    [MM_U8] = {u8_float, NULL},     [MM_U16] = {u16_float, NULL},
    [MM_U32] = {NULL, u32_double}, [MM_U64] = {NULL, u64_double},  [MM_BOOL] = {bool_float, NULL},
};

void mm_raw_to_float(enum mm_dtype stored, const uint8_t *bytes, float *out, size_t n)
{
    size_t size = mm_dtype_info(stored)->bytes;
    double wide[MM_CHUNK];

    if (converters[stored].to_float) {
        converters[stored].to_float(bytes, out, n);
        return;
    }
    for (size_t done = 0; done < n; done += MM_CHUNK) {
        size_t k = n - done < MM_CHUNK ? n - done : MM_CHUNK;

        converters[stored].to_double(bytes + done * size, wide, k);
        for (size_t i = 0; i < k; i++)
            out[done + i] = (float)wide[i];
    }
}

void mm_raw_to_double(enum mm_dtype stored, const uint8_t *bytes, double *out, size_t n)
{
    size_t size = mm_dtype_info(stored)->bytes;
    float narrow[MM_CHUNK];

    if (converters[stored].to_double) {
        converters[stored].to_double(bytes, out, n);
        return;
    }
    for (size_t done = 0; done < n; done += MM_CHUNK) {
        size_t k = n - done < MM_CHUNK ? n - done : MM_CHUNK;

        converters[stored].to_float(bytes + done * size, narrow, k);
        for (size_t i = 0; i < k; i++)
            out[done + i] = (double)narrow[i];
    }
}

/* The size is a constant in each call, so that memcpy is one load and one store; eight of them a turn. */
static inline void gather(uint8_t *out, const uint8_t *in, int64_t step, size_t size, size_t n)
{
    if (step == (int64_t)size) {
        memcpy(out, in, n * size);
        return;
    }
    for (; n >= 8; n -= 8, out += 8 * size, in += 8 * step)
        for (int k = 0; k < 8; k++)
            memcpy(out + (size_t)k * size, in + k * step, size);
    for (size_t i = 0; i < n; i++)
        memcpy(out + i * size, in + (int64_t)i * step, size);
}

void mm_raw_gather(uint8_t *out, const uint8_t *in, int64_t step, size_t size, size_t n)
{
    if (size == 1)
        gather(out, in, step, 1, n);
    else if (size == 2)
        gather(out, in, step, 2, n);
    else if (size == 4 && step == 5) /* unpacked floats behind a tag of one byte: a constant step too */
        gather(out, in, 5, 4, n);
    else if (size == 4)
        gather(out, in, step, 4, n);
    else
        gather(out, in, step, 8, n);
}

#define SWAP(type, swap)                                                                                     \
    for (size_t i = 0; i < n; i++) {                                                                         \
        type x;                                                                                              \
        memcpy(&x, bytes + i * sizeof(x), sizeof(x));                                                        \
        x = swap(x);                                                                                         \
        memcpy(bytes + i * sizeof(x), &x, sizeof(x));                                                        \
    }

void mm_raw_swap(uint8_t *bytes, size_t size, size_t n)
{
    if (size == 2)
        SWAP(uint16_t, __builtin_bswap16)
    else if (size == 4)
        SWAP(uint32_t, __builtin_bswap32)
    else if (size == 8)
        SWAP(uint64_t, __builtin_bswap64)
}
