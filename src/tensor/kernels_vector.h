/*
 * A vector table: included once by each kernels_ISA.c, which is compiled for that instruction set.
 *
 * It does what kernels_scalar.c does, bit for bit. The four lanes of the summation are one vector of four
 * doubles, or two of two where registers have 16 bytes: then the loop over a block runs once for each half of
 * the lanes. What does not depend on an order (extremes, counts) is done in vectors of the source's own
 * numbers. The loops are in the headers that kernels_lane.h includes, once for floats and once for doubles.
 */
#ifndef MMTUI_TENSOR_KERNELS_VECTOR_H
#define MMTUI_TENSOR_KERNELS_VECTOR_H

#include "tensor/decode.h"
#include "tensor/kernels.h"

#include <float.h>
#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define INLINE static inline __attribute__((always_inline))

#if defined(__AVX__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif
#define F64_LANES (VECTOR_BYTES / 8)
#define F32_LANES (VECTOR_BYTES / 4)

typedef float f32v __attribute__((vector_size(VECTOR_BYTES)));
typedef int32_t i32v __attribute__((vector_size(VECTOR_BYTES)));
typedef double f64v __attribute__((vector_size(VECTOR_BYTES)));
typedef int64_t i64v __attribute__((vector_size(VECTOR_BYTES)));

/*
 * How far ahead of the loop memory is asked for. One loop over a block asks for one side, the next one for
 * the other: what it asks for has to reach past the block, or the next block waits. A KiB more was measured
 * best.
 */
#define PREFETCH_BYTES (MM_BLOCK * sizeof(float) + 1024)

/* ---- what the vector extension lacks: the smaller and the greater of two, and a fused product ---- */

#if defined(__AVX__)
#define MIN_F32(a, b) ((f32v)_mm256_min_ps((__m256)(a), (__m256)(b)))
#define MAX_F32(a, b) ((f32v)_mm256_max_ps((__m256)(a), (__m256)(b)))
#define MIN_F64(a, b) ((f64v)_mm256_min_pd((__m256d)(a), (__m256d)(b)))
#define MAX_F64(a, b) ((f64v)_mm256_max_pd((__m256d)(a), (__m256d)(b)))
#elif defined(__x86_64__)
#define MIN_F32(a, b) ((f32v)_mm_min_ps((__m128)(a), (__m128)(b)))
#define MAX_F32(a, b) ((f32v)_mm_max_ps((__m128)(a), (__m128)(b)))
#define MIN_F64(a, b) ((f64v)_mm_min_pd((__m128d)(a), (__m128d)(b)))
#define MAX_F64(a, b) ((f64v)_mm_max_pd((__m128d)(a), (__m128d)(b)))
#else
#define MIN_F32(a, b) ((f32v)vminq_f32((float32x4_t)(a), (float32x4_t)(b)))
#define MAX_F32(a, b) ((f32v)vmaxq_f32((float32x4_t)(a), (float32x4_t)(b)))
#define MIN_F64(a, b) ((f64v)vminq_f64((float64x2_t)(a), (float64x2_t)(b)))
#define MAX_F64(a, b) ((f64v)vmaxq_f64((float64x2_t)(a), (float64x2_t)(b)))
#endif

/*
 * The same of bits, as signed and as unsigned numbers: on x86 any of four units does it, while minima of
 * floats wait for the two that also add. FARTHER and NEARER are of floats that are all negative or -0.
 * LEAST_ABOVE is the least that is not negative, or (SSE2) something nearer to 0.
 */
#if defined(__AVX2__) || defined(__aarch64__)
#define INTEGER_MINIMA 1
#if defined(__AVX2__)
#define MAX_I32(a, b) ((i32v)_mm256_max_epi32((__m256i)(a), (__m256i)(b)))
#define MAX_U32(a, b) ((i32v)_mm256_max_epu32((__m256i)(a), (__m256i)(b)))
#define MIN_U32(a, b) ((i32v)_mm256_min_epu32((__m256i)(a), (__m256i)(b)))
#else
#define MAX_I32(a, b) ((i32v)vmaxq_s32((int32x4_t)(a), (int32x4_t)(b)))
#define MAX_U32(a, b) ((i32v)vmaxq_u32((uint32x4_t)(a), (uint32x4_t)(b)))
#define MIN_U32(a, b) ((i32v)vminq_u32((uint32x4_t)(a), (uint32x4_t)(b)))
#endif
#define FARTHER_F32(a, b)     ((f32v)MAX_U32(a, b))
#define NEARER_F32(a, b)      ((f32v)MIN_U32(a, b))
#define LEAST_ABOVE_F32(a, b) ((f32v)MIN_U32(a, b))
#else
#define INTEGER_MINIMA        0
#define FARTHER_F32(a, b)     MIN_F32(a, b)
#define NEARER_F32(a, b)      MAX_F32(a, b)
#define LEAST_ABOVE_F32(a, b) MIN_F32(ABS_F32(a), b)
#endif

/* With FUSED, FMA_F64 rounds once, which tells the exact sign of a b + c. Without, it is two operations. */
#if defined(__FMA__)
#define FUSED            1
#define FMA_F64(a, b, c) ((f64v)_mm256_fmadd_pd((__m256d)(a), (__m256d)(b), (__m256d)(c)))
#elif defined(__aarch64__)
#define FUSED            1
#define FMA_F64(a, b, c) ((f64v)vfmaq_f64((float64x2_t)(c), (float64x2_t)(a), (float64x2_t)(b)))
#else
#define FUSED            0
#define FMA_F64(a, b, c) ((a) * (b) + (c))
#endif

/* a + b by the multipliers: x86 has two units that add and two that multiply, and the adding ones are the
 * busy ones. */
#if defined(__FMA__)
#define ADD_F64(a, b) FMA_F64(a, ALL_F64(1.0), b)
#else
#define ADD_F64(a, b) ((a) + (b))
#endif

/* Lanes in the given order. */
#if defined(__clang__)
#define SHUFFLE_F32(v, ...) __builtin_shufflevector(v, v, __VA_ARGS__)
#else
#define SHUFFLE_F32(v, ...) __builtin_shuffle(v, (i32v){__VA_ARGS__})
#endif

#define ABS_F32(a)        ((f32v)((i32v)(a)&INT32_MAX))
#define ABS_F64(a)        ((f64v)((i64v)(a)&INT64_MAX))
#define ALL_F32(x)        ((f32v){0} + (x))
#define ALL_F64(x)        ((f64v){0} + (x))
#define KEEP_F32(mask, a) ((f32v)((mask) & (i32v)(a))) /* +0 where the mask is not set */
#define KEEP_F64(mask, a) ((f64v)((mask) & (i64v)(a)))
#if defined(__AVX__)
#define PICK_F32(mask, a, b) ((f32v)_mm256_blendv_ps((__m256)(b), (__m256)(a), (__m256)(mask)))
#else
#define PICK_F32(mask, a, b) ((f32v)(((mask) & (i32v)(a)) | (~(mask) & (i32v)(b))))
#endif
#define PICK_F64(mask, a, b) ((f64v)(((mask) & (i64v)(a)) | (~(mask) & (i64v)(b))))

/* The sign bits of a vector, one a bit. */
#if defined(__AVX__)
#define SIGNS(v) ((uint8_t)_mm256_movemask_ps((__m256)(v)))
#elif defined(__x86_64__)
#define SIGNS(v) ((uint8_t)_mm_movemask_ps((__m128)(v)))
#else
#define SIGNS(v) ((uint8_t)vaddvq_u32(vshlq_u32(vshrq_n_u32((uint32x4_t)(v), 31), (int32x4_t){0, 1, 2, 3})))
#endif
#define SIGNS_ALL ((1u << F32_LANES) - 1) /* of all lanes */

/* F64_LANES elements as doubles. */
INLINE f64v load_float(const float *x)
{
#if defined(__AVX__) /* gcc 12 makes two conversions by way of the stack of __builtin_convertvector */
    return (f64v)_mm256_cvtps_pd(_mm_loadu_ps(x));
#elif defined(__x86_64__)
    double two;

    memcpy(&two, x, sizeof(two));
    return (f64v)_mm_cvtps_pd(_mm_castpd_ps(_mm_set_sd(two)));
#else
    return (f64v)vcvt_f64_f32(vld1_f32(x));
#endif
}

INLINE f64v load_double(const double *x)
{
    f64v v;

    memcpy(&v, x, sizeof(v));
    return v;
}

INLINE f32v load_wide(const float *x)
{
    f32v v;

    memcpy(&v, x, sizeof(v));
    return v;
}

/* F32_LANES elements as floats, rounded where they are doubles. */
INLINE f32v narrow_float(const float *x)
{
    return load_wide(x);
}

INLINE f32v narrow_double(const double *x)
{
#if defined(__AVX__)
    __m128 low = _mm256_cvtpd_ps((__m256d)load_double(x)),
           high = _mm256_cvtpd_ps((__m256d)load_double(x + 4));

    return (f32v)_mm256_insertf128_ps(_mm256_castps128_ps256(low), high, 1);
#elif defined(__x86_64__)
    return (f32v)_mm_movelh_ps(_mm_cvtpd_ps((__m128d)load_double(x)),
                               _mm_cvtpd_ps((__m128d)load_double(x + 2)));
#else
    return (f32v)vcvt_high_f32_f64(vcvt_f32_f64((float64x2_t)load_double(x)),
                                   (float64x2_t)load_double(x + 2));
#endif
}

/* Whole numbers as keys, from doubles and from 64-bit integers. */
INLINE void store_keys(int32_t *key, f64v x)
{
#if defined(__AVX__)
    _mm_storeu_si128((__m128i *)(void *)key, _mm256_cvttpd_epi32((__m256d)x));
#elif defined(__x86_64__)
    _mm_storel_epi64((__m128i *)(void *)key, _mm_cvttpd_epi32((__m128d)x));
#else
    vst1_s32(key, vmovn_s64(vcvtq_s64_f64((float64x2_t)x)));
#endif
}

INLINE void store_narrow(int32_t *key, i64v x)
{
#if defined(__AVX__)
    __m128 low = _mm256_castps256_ps128((__m256)x), high = _mm256_extractf128_ps((__m256)x, 1);

    _mm_storeu_ps((float *)(void *)key, _mm_shuffle_ps(low, high, _MM_SHUFFLE(2, 0, 2, 0)));
#elif defined(__x86_64__)
    _mm_storel_epi64((__m128i *)(void *)key, _mm_shuffle_epi32((__m128i)x, _MM_SHUFFLE(2, 0, 2, 0)));
#else
    vst1_s32(key, vmovn_s64((int64x2_t)x));
#endif
}

INLINE double tree(const double lane[MM_LANES])
{
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

INLINE double greatest(f64v lane)
{
    double value = lane[0];

    for (int l = 1; l < F64_LANES; l++)
        value = lane[l] > value ? lane[l] : value;
    return value;
}

INLINE int64_t total_double(i64v lane)
{
    int64_t sum = 0;

    for (int l = 0; l < F64_LANES; l++)
        sum += lane[l];
    return sum;
}

INLINE int64_t total_float(i32v lane)
{
    int64_t sum = 0;

    for (int l = 0; l < F32_LANES; l++)
        sum += lane[l];
    return sum;
}

/* The double behind x >= 0; behind Inf comes NaN. */
INLINE double next_above(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof(bits));
    bits++;
    memcpy(&x, &bits, sizeof(x));
    return x;
}

/* ---- what the loops over a block give ---- */

struct block_extremes {
    double min_s, max_s, min_d, max_d; /* as scalars, from the finite values */
    int64_t zero_s, zero_d;
    int64_t greater, less;
    bool tiny; /* some |s| is at most `small` */
};

struct block_errors {
    double max;   /* of |e|; any value that is not greater than the greatest so far if that is all there is */
    double small; /* of |e| where |s| <= small, else 0; likewise */
    int64_t beyond;
    bool better; /* some |e|/|s| may be greater than the greatest so far */
};

/* What vectors of floats are compared with: see kernels_look.h. */
struct screen {
    bool holds;              /* the limits are in the range where the float lane can use this */
    float low, high, offset; /* tolerance = rtol (|s| + offset), with slack to either side */
    float small;
    float max_abs, max_small; /* so far, rounded: nothing above these can be below after rounding */
    float best;               /* a little below the greatest |e|/|s| so far */
    bool flagging;            /* in the block before, |e|/|s| had to be looked at one by one */
    bool tied;                /* in a block before, most of what was flagged was as great as the greatest */
    float abs_itself, small_itself, best_itself; /* the greatest so far, rounded down to floats */
};

/* What mm_sums.hint remembers. */
enum { HINT_FLAGS = 1, HINT_TIES = 2, HINT_NONFINITE = 4 };

INLINE uint64_t make_hint(const struct screen *screen, bool tainted)
{
    return (screen->flagging ? HINT_FLAGS : 0) | (screen->tied ? HINT_TIES : 0) |
           (tainted ? HINT_NONFINITE : 0);
}

/* mm_acc_add, inline and without branches. */
INLINE void acc_add(struct mm_acc *acc, double value)
{
    double hi = acc->hi, sum = hi + value;
    bool larger = fabs(hi) >= fabs(value);
    double large = larger ? hi : value, little = larger ? value : hi;

    acc->lo += (large - sum) + little;
    acc->hi = sum;
}

#include "tensor/kernels_count.inc"

#define LANE_FLOAT 1
#include "tensor/kernels_lane.inc"
#undef LANE_FLOAT
#define LANE_FLOAT 0
#include "tensor/kernels_lane.inc"

#include "tensor/kernels_centre.inc"

#endif
