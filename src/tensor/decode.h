/* decode: from the bytes of values to floats and doubles. Used by the cursor. */
#ifndef MMTUI_TENSOR_DECODE_H
#define MMTUI_TENSOR_DECODE_H

#include "mmtui/tensor.h"

/* Elements that are converted by way of a buffer on the stack are taken this many at a time. */
#define MM_CHUNK 512

/* Conversions of n contiguous elements in this machine's byte order, any alignment; NULL: by the other
 * lane. */
struct mm_decoders {
    void (*to_float[MM_DTYPE_COUNT])(const uint8_t *restrict bytes, float *restrict out, size_t n);
    void (*to_double[MM_DTYPE_COUNT])(const uint8_t *restrict bytes, double *restrict out, size_t n);
    /* Copy n elements of 4 bytes, `step` (5 or 6) bytes apart, to where they are contiguous. */
    void (*gather_words)(uint8_t *restrict out, const uint8_t *restrict in, size_t step, size_t n);
};

/* Those that belong to mm_kernels(). */
const struct mm_decoders *mm_decoders(void);

/* n contiguous elements in this machine's byte order (any alignment). _float rounds what a float can't
 * hold. */
void mm_raw_to_float(const struct mm_decoders *decoders, enum mm_dtype stored, const uint8_t *bytes,
                     float *out, size_t n);
void mm_raw_to_double(const struct mm_decoders *decoders, enum mm_dtype stored, const uint8_t *bytes,
                      double *out, size_t n);

/* Copy n elements of `size` bytes (1, 2, 4 or 8), `step` bytes apart, to where they are contiguous. */
void mm_raw_gather(const struct mm_decoders *decoders, uint8_t *out, const uint8_t *in, int64_t step,
                   size_t size, size_t n);
/* Turn the byte order of n contiguous elements around. */
void mm_raw_swap(uint8_t *bytes, size_t size, size_t n);

/* n stored values, from element `from` on in row-major order, to what the tensor's scales say. */
void mm_scales_apply(const struct mm_tensor *tensor, int64_t from, double *x, size_t n);

/*
 * One value of [*place, end), which moves on behind it. False when there is none, when it is malformed, or
 * when `dtype` can't hold it (300 in an i8): such a file contradicts itself.
 */
bool mm_varint_next(const uint8_t **place, const uint8_t *end, enum mm_dtype dtype, double *value);
bool mm_text_next(const uint8_t **place, const uint8_t *end, enum mm_dtype dtype, double *value);

/*
 * The next n values of a run, from *place on, which moves behind the last one that was read. Returns how many
 * could be read: fewer than n when the next one is missing or bad in one of the ways above. _float is for
 * lane F.
 */
size_t mm_varint_float(const struct mm_run *run, const uint8_t **place, enum mm_dtype dtype, float *out,
                       size_t n);
size_t mm_varint_double(const struct mm_run *run, const uint8_t **place, enum mm_dtype dtype, double *out,
                        size_t n);
size_t mm_text_float(const struct mm_run *run, const uint8_t **place, enum mm_dtype dtype, float *out,
                     size_t n);
size_t mm_text_double(const struct mm_run *run, const uint8_t **place, enum mm_dtype dtype, double *out,
                      size_t n);
/* Only move behind the next n, without looking at what they are. Returns how many there were, n at most. */
size_t mm_varint_skip(const struct mm_run *run, const uint8_t **place, size_t n);
size_t mm_text_skip(const struct mm_run *run, const uint8_t **place, size_t n);

/* Eight bytes as a number whose lowest byte is the first one. */
static inline uint64_t mm_load_word(const uint8_t *p)
{
    uint64_t word;

    __builtin_memcpy(&word, p, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

#endif
