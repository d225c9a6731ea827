/* Raw elements: to contiguous ones in this machine's byte order, then to float or double by either lane. */
#include "tensor/decode.h"

#include <string.h>

void mm_raw_to_float(const struct mm_decoders *decoders, enum mm_dtype stored, const uint8_t *bytes,
                     float *out, size_t n)
{
    size_t size = mm_dtype_info(stored)->bytes;
    double wide[MM_CHUNK];

    if (decoders->to_float[stored]) {
        decoders->to_float[stored](bytes, out, n);
        return;
    }
    for (size_t done = 0; done < n; done += MM_CHUNK) {
        size_t k = n - done < MM_CHUNK ? n - done : MM_CHUNK;

        decoders->to_double[stored](bytes + done * size, wide, k);
        for (size_t i = 0; i < k; i++)
            out[done + i] = (float)wide[i];
    }
}

void mm_raw_to_double(const struct mm_decoders *decoders, enum mm_dtype stored, const uint8_t *bytes,
                      double *out, size_t n)
{
    size_t size = mm_dtype_info(stored)->bytes;
    float narrow[MM_CHUNK];

    if (decoders->to_double[stored]) {
        decoders->to_double[stored](bytes, out, n);
        return;
    }
    for (size_t done = 0; done < n; done += MM_CHUNK) {
        size_t k = n - done < MM_CHUNK ? n - done : MM_CHUNK;

        decoders->to_float[stored](bytes + done * size, narrow, k);
        decoders->to_double[MM_F32]((const uint8_t *)narrow, out + done, k);
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

void mm_raw_gather(const struct mm_decoders *decoders, uint8_t *out, const uint8_t *in, int64_t step,
                   size_t size, size_t n)
{
    if (size == 1)
        gather(out, in, step, 1, n);
    else if (size == 2)
        gather(out, in, step, 2, n);
    else if (size == 4 && (step == 5 || step == 6)) /* floats behind a tag each */
        decoders->gather_words(out, in, (size_t)step, n);
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
