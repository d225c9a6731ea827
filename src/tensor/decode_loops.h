/*
 * Loops from raw elements to floats and doubles: included once by each kernels_ISA.c, for whose instruction
 * set the compiler makes vectors of them. Elements may lie at any address; memcpy is an unaligned load.
 */
#ifndef MMTUI_TENSOR_DECODE_LOOPS_H
#define MMTUI_TENSOR_DECODE_LOOPS_H

#include "tensor/decode.h"
#include "tensor/float8.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define STEP      64 /* elements of an inner loop; its length is known, so it needs no rest */
#define ASK_AHEAD 4096

static inline void ask_for(const uint8_t *bytes, size_t size)
{
    for (size_t line = 0; line < size; line += 64)
        __builtin_prefetch(bytes + ASK_AHEAD + line);
}

/* One loop a stored format. The value of `x` is widened by `expression`. */
#define CONVERT(name, to, from, expression)                                                                  \
    static inline to name##_one(const uint8_t *bytes)                                                        \
    {                                                                                                        \
        from x;                                                                                              \
        memcpy(&x, bytes, sizeof(x));                                                                        \
        return (to)(expression);                                                                             \
    }                                                                                                        \
    static void name(const uint8_t *restrict bytes, to *restrict out, size_t n)                              \
    {                                                                                                        \
        size_t i = 0;                                                                                        \
        for (; i + STEP <= n; i += STEP, bytes += STEP * sizeof(from)) {                                     \
            ask_for(bytes, STEP * sizeof(from));                                                             \
            for (size_t k = 0; k < STEP; k++)                                                                \
                out[i + k] = name##_one(bytes + k * sizeof(from));                                           \
        }                                                                                                    \
        for (; i < n; i++, bytes += sizeof(from))                                                            \
            out[i] = name##_one(bytes);                                                                      \
    }

/* An integer of 32 bits in the low bits of 2^52, and in those of 2^84: exact, in vectors too. */
static inline double low_word(uint64_t x)
{
    uint64_t bits = (x & 0xffffffffu) | 0x4330000000000000u;
    double value;

    memcpy(&value, &bits, sizeof(value));
    return value - 0x1p52;
}

static inline double high_word(uint64_t x)
{
    uint64_t bits = (x >> 32) | 0x4530000000000000u;
    double value;

    memcpy(&value, &bits, sizeof(value));
    return value - 0x1p84;
}

/* Both are exact; the sum is rounded once. A signed number is taken 2^63 higher, and that much is taken off
 * its high word, which stays exact. */
static inline double u64_value(uint64_t x)
{
    return high_word(x) + low_word(x);
}

static inline double i64_value(uint64_t x)
{
    return (high_word(x ^ 0x8000000000000000u) - 0x1p63) + low_word(x);
}

CONVERT(bf16_float, float, uint16_t, mm_bf16_inline(x))
CONVERT(i16_float, float, int16_t, x)
CONVERT(u16_float, float, uint16_t, x)
CONVERT(bool_float, float, uint8_t, x != 0)
CONVERT(e4m3_float, float, uint8_t, mm_e4m3_values[x])
CONVERT(e5m2_float, float, uint8_t, mm_e5m2_values[x])
CONVERT(e4m3fnuz_float, float, uint8_t, mm_e4m3fnuz_values[x])
CONVERT(e5m2fnuz_float, float, uint8_t, mm_e5m2fnuz_values[x])
CONVERT(e4m3b11_float, float, uint8_t, mm_e4m3b11_values[x])
CONVERT(e8m0_float, float, uint8_t, mm_e8m0_values[x])
CONVERT(e2m3_float, float, uint8_t, mm_e2m3_values[x])
CONVERT(e3m2_float, float, uint8_t, mm_e3m2_values[x])
CONVERT(e2m1_float, float, uint8_t, mm_e2m1_values[x])
CONVERT(i4_float, float, uint8_t, mm_low_bits(x, 4))
CONVERT(u4_float, float, uint8_t, x & 15)
CONVERT(i2_float, float, uint8_t, mm_low_bits(x, 2))
CONVERT(u2_float, float, uint8_t, x & 3)
CONVERT(i32_double, double, int32_t, x)
CONVERT(u32_double, double, uint32_t, low_word(x))
CONVERT(i64_double, double, uint64_t, i64_value(x))
CONVERT(u64_double, double, uint64_t, u64_value(x))

/* ---- bytes: the compiler widens them to 16 bits first, with twice as many shuffles ---- */

#if defined(__AVX2__)
#define CONVERT_BYTES(name, from, widen)                                                                     \
    static void name(const uint8_t *restrict bytes, float *restrict out, size_t n)                           \
    {                                                                                                        \
        size_t i = 0;                                                                                        \
        for (; i + STEP <= n; i += STEP) {                                                                   \
            ask_for(bytes + i, STEP);                                                                        \
            for (size_t k = i; k < i + STEP; k += 8)                                                         \
                _mm256_storeu_ps(                                                                            \
                    out + k,                                                                                 \
                    _mm256_cvtepi32_ps(widen(_mm_loadl_epi64((const __m128i *)(const void *)(bytes + k))))); \
        }                                                                                                    \
        for (; i < n; i++)                                                                                   \
            out[i] = (float)(from)bytes[i];                                                                  \
    }
#else
#define CONVERT_BYTES(name, from, widen) CONVERT(name, float, from, x)
#endif
CONVERT_BYTES(i8_float, int8_t, _mm256_cvtepi8_epi32)
CONVERT_BYTES(u8_float, uint8_t, _mm256_cvtepu8_epi32)

CONVERT(f32_float, float, float, x) /* a copy, which asks for what comes next */
CONVERT(f32_widened, double, float, x)

static void f64_double(const uint8_t *restrict bytes, double *restrict out, size_t n)
{
    memcpy(out, bytes, n * sizeof(*out));
}

/* ---- halves: in hardware where it can, else mm_half_to_float's arithmetic in vectors ---- */

#if defined(__F16C__)
enum { HALVES = 8 };
static inline void widen_halves(const uint8_t *bytes, float *out)
{
    _mm256_storeu_ps(out, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)bytes)));
}
#elif defined(__aarch64__)
enum { HALVES = 4 };
static inline void widen_halves(const uint8_t *bytes, float *out)
{
    uint16_t half[HALVES];

    memcpy(half, bytes, sizeof(half));
    vst1q_f32(out, vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(half))));
}
#else
enum { HALVES = 4 };
static inline void widen_halves(const uint8_t *bytes, float *out)
{
    typedef uint32_t u32x4 __attribute__((vector_size(16)));
    typedef float f32x4 __attribute__((vector_size(16)));
    uint16_t h[HALVES];
    u32x4 half, rest, value;

    memcpy(h, bytes, sizeof(h));
    half = (u32x4){h[0], h[1], h[2], h[3]};
    rest = (half & 0x7fffu) << 13;
    value = (u32x4)((f32x4)rest * 0x1p112f);
    value |= (u32x4)(rest >= 0x0f800000u) & 0x7f800000u; /* Inf and NaN */
    value |= (half & 0x8000u) << 16;
    memcpy(out, &value, sizeof(value));
}
#endif

static void f16_float(const uint8_t *restrict bytes, float *restrict out, size_t n)
{
    size_t i = 0;

    for (; i + STEP <= n; i += STEP) {
        ask_for(bytes + 2 * i, 2 * STEP);
        for (size_t k = i; k < i + STEP; k += HALVES)
            widen_halves(bytes + 2 * k, out + k);
    }
    for (; i < n; i++) {
        uint16_t half;

        memcpy(&half, bytes + 2 * i, sizeof(half));
        out[i] = mm_half_to_float(half);
    }
}

#include "tensor/decode_gather.h"

/* A format has one of the two: the lane that holds its values; the other is reached through it, but of floats. */
#define DECODERS                                                                                             \
    {                                                                                                        \
        .to_float = {[MM_F16] = f16_float,                                                                   \
                     [MM_BF16] = bf16_float,                                                                 \
                     [MM_F32] = f32_float,                                                                   \
                     [MM_I4] = i4_float,                                                                     \
                     [MM_I8] = i8_float,                                                                     \
                     [MM_I16] = i16_float,                                                                   \
                     [MM_U4] = u4_float,                                                                     \
                     [MM_U8] = u8_float,                                                                     \
                     [MM_U16] = u16_float,                                                                   \
                     [MM_BOOL] = bool_float,                                                                 \
                     [MM_F8E4M3] = e4m3_float,                                                               \
                     [MM_F8E5M2] = e5m2_float,                                                               \
                     [MM_F8E4M3FNUZ] = e4m3fnuz_float,                                                       \
                     [MM_F8E5M2FNUZ] = e5m2fnuz_float,                                                       \
                     [MM_F8E4M3B11] = e4m3b11_float,                                                         \
                     [MM_F8E8M0] = e8m0_float,                                                               \
                     [MM_F6E2M3] = e2m3_float,                                                               \
                     [MM_F6E3M2] = e3m2_float,                                                               \
                     [MM_F4E2M1] = e2m1_float,                                                               \
                     [MM_I2] = i2_float,                                                                     \
                     [MM_U2] = u2_float},                                                                    \
        .to_double = {[MM_F32] = f32_widened, [MM_F64] = f64_double, [MM_I32] = i32_double,                  \
                      [MM_U32] = u32_double,  [MM_I64] = i64_double, [MM_U64] = u64_double},                 \
        .gather_words = gather_words,                                                                        \
    }

#endif
