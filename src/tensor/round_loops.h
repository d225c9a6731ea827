/*
 * Loops of rounding and its costs: included once by each kernels_ISA.c, for whose instruction set the compiler makes
 * vectors of them.
 */
#ifndef MMTUI_TENSOR_ROUND_LOOPS_H
#define MMTUI_TENSOR_ROUND_LOOPS_H

#include "tensor/rounders.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define ROUND_STEP  16        /* elements of an inner loop */
#define MAGIC_FLOAT 0x1.8p23f /* as MAGIC in round_one.inc */

#define REAL       float
#define WORD       uint32_t
#define DIGITS     23
#define REAL_MAX   FLT_MAX
#define NAME(name) name##_float
#include "tensor/round_one.inc"
#include "tensor/round_loops.inc"
#undef FAR
#undef MAGIC
#undef SIGN_BIT
#undef REAL
#undef WORD
#undef DIGITS
#undef REAL_MAX
#undef NAME

#define REAL       double
#define WORD       uint64_t
#define DIGITS     52
#define REAL_MAX   DBL_MAX
#define NAME(name) name##_double
#include "tensor/round_one.inc"
#include "tensor/round_loops.inc"
#undef FAR
#undef MAGIC
#undef SIGN_BIT
#undef REAL
#undef WORD
#undef DIGITS
#undef REAL_MAX
#undef NAME

/* Four sums, in what registers there are: the same digits everywhere. */
typedef double four_doubles __attribute__((vector_size(32)));

static inline __attribute__((always_inline)) double sum_of_four(const four_doubles *x)
{
    return ((*x)[0] + (*x)[1]) + ((*x)[2] + (*x)[3]);
}

typedef float four_floats __attribute__((vector_size(16)));

/* Sixteen sums, in what registers there are: the same digits everywhere. One by one, for what is an array lies in memory. */
struct sixteen {
    four_doubles a, b, c, d;
};

static inline __attribute__((always_inline)) void add_four(four_doubles *sum, const float *x)
{
    four_floats narrow;

    memcpy(&narrow, x, sizeof(narrow));
    four_doubles wide = __builtin_convertvector(narrow, four_doubles);
    *sum += wide * wide;
}

static inline __attribute__((always_inline)) void add_squares(struct sixteen *sum, const float *x)
{
    add_four(&sum->a, x);
    add_four(&sum->b, x + 4);
    add_four(&sum->c, x + 8);
    add_four(&sum->d, x + 12);
}

static inline __attribute__((always_inline)) void add_square(struct sixteen *sum, float x)
{
    sum->a[0] += (double)x * (double)x;
}

static inline __attribute__((always_inline)) double sum_of_sixteen(const struct sixteen *sum)
{
    return sum_of_four(&sum->a) + sum_of_four(&sum->b) + sum_of_four(&sum->c) + sum_of_four(&sum->d);
}

static double square_float(const float *x, size_t n)
{
    struct sixteen sum = {{0}, {0}, {0}, {0}};
    size_t i = 0;

    for (; i + ROUND_STEP <= n; i += ROUND_STEP)
        add_squares(&sum, x + i);
    for (; i < n; i++)
        add_square(&sum, x[i]);
    return sum_of_sixteen(&sum);
}

/* A difference of floats is exact where one is at most twice the other, as what is rounded and what it becomes are. */
static double error_float(const float *restrict x, const float *restrict rounded, size_t n)
{
    struct sixteen sum = {{0}, {0}, {0}, {0}};
    float off[ROUND_STEP];
    size_t i = 0;

    for (; i + ROUND_STEP <= n; i += ROUND_STEP) {
        for (size_t k = 0; k < ROUND_STEP; k++)
            off[k] = x[i + k] - rounded[i + k];
        add_squares(&sum, off);
    }
    for (; i < n; i++)
        add_square(&sum, x[i] - rounded[i]);
    return sum_of_sixteen(&sum);
}

/*
 * to_grid_float without what it does for values that are not finite, whose error is not finite either: cut off a step beyond
 * the ends, for what lies further is clipped alike.
 */
static inline __attribute__((always_inline)) float off_grid(float x, float scale, float low, float high,
                                                            int32_t *clipped)
{
    float y = x / scale, whole, q;

    y = y > high + 1 ? high + 1 : y;
    y = y < low - 1 ? low - 1 : y;
    whole = (y + MAGIC_FLOAT) - MAGIC_FLOAT;
    q = whole < low ? low : whole;
    q = q > high ? high : q;
    *clipped += whole != q;
    return x - q * scale;
}

static int64_t grid_error_float(const float *restrict x, size_t n, float scale, float low, float high,
                                double *error)
{
    struct sixteen sum = {{0}, {0}, {0}, {0}};
    float off[ROUND_STEP];
    int32_t beyond[ROUND_STEP] = {0};
    int64_t clipped = 0;
    size_t i = 0;

    for (; i + ROUND_STEP <= n; i += ROUND_STEP) {
        for (size_t k = 0; k < ROUND_STEP; k++)
            off[k] = off_grid(x[i + k], scale, low, high, &beyond[k]);
        add_squares(&sum, off);
    }
    for (; i < n; i++)
        add_square(&sum, off_grid(x[i], scale, low, high, &beyond[0]));
    for (size_t k = 0; k < ROUND_STEP; k++)
        clipped += beyond[k];
    *error += sum_of_sixteen(&sum);
    return clipped;
}

/* In four rows at a time, for what is added up is read and written once in four. */
static void pair_columns(const double *s, const double *d, size_t rows, size_t width, double about_s,
                         double about_d, struct mm_pair_columns *out)
{
    for (size_t row = 0, end; row < rows; row = end) {
        end = row + 4 < rows ? row + 4 : rows;
        for (size_t j = 0; j + 4 <= width; j += 4) {
            four_doubles sum[MM_PAIR_SUMS];

            memcpy(sum, out[j / 4].sum, sizeof(sum));
            for (size_t r = row; r < end; r++) {
                four_doubles x, y;

                memcpy(&x, s + r * width + j, sizeof(x));
                memcpy(&y, d + r * width + j, sizeof(y));
                four_doubles a = x - about_s, b = y - about_d, e = x - y;
                sum[0] += a;
                sum[1] += b;
                sum[2] += a * a;
                sum[3] += b * b;
                sum[4] += a * b;
                sum[5] += x * x;
                sum[6] += y * y;
                sum[7] += e * e;
            }
            memcpy(out[j / 4].sum, sum, sizeof(sum));
        }
    }
}

/* Eight sums, so that an addition need not wait for the one before. */
static double dot_float(const double *restrict x, const float *restrict y, size_t n)
{
    double sum[8] = {0};
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        for (size_t k = 0; k < 8; k++)
            sum[k] += x[i + k] * (double)y[i + k];
    }
    for (size_t k = 0; k < 4; k++)
        sum[k] += sum[k + 4];
    for (; i < n; i++)
        sum[0] += x[i] * (double)y[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* NaN compares false with everything; what is not finite makes x - x NaN. */
static int extremes_float(const float *restrict x, size_t n, float *low, float *high)
{
    float least[ROUND_STEP], greatest[ROUND_STEP], none[ROUND_STEP], all = 0;
    size_t i = 0;

    for (size_t k = 0; k < ROUND_STEP; k++) {
        least[k] = *low;
        greatest[k] = *high;
        none[k] = 0;
    }
    for (; i + ROUND_STEP <= n; i += ROUND_STEP) {
        for (size_t k = 0; k < ROUND_STEP; k++) {
            least[k] = x[i + k] < least[k] ? x[i + k] : least[k];
            greatest[k] = x[i + k] > greatest[k] ? x[i + k] : greatest[k];
            none[k] += x[i + k] - x[i + k];
        }
    }
    for (; i < n; i++) {
        least[0] = x[i] < least[0] ? x[i] : least[0];
        greatest[0] = x[i] > greatest[0] ? x[i] : greatest[0];
        none[0] += x[i] - x[i];
    }
    for (size_t k = 0; k < ROUND_STEP; k++) {
        *low = least[k] < *low ? least[k] : *low;
        *high = greatest[k] > *high ? greatest[k] : *high;
        all += none[k];
    }
    return all == 0;
}

static void pair_sums(const double *s, const double *d, size_t n, double about_s, double about_d,
                      struct mm_pair_sums *out)
{
    four_doubles S = {0}, D = {0}, SS = {0}, DD = {0}, SD = {0}, ss = {0}, dd = {0}, ee = {0};

    for (size_t i = 0; i + 4 <= n; i += 4) {
        four_doubles x, y;

        memcpy(&x, s + i, sizeof(x));
        memcpy(&y, d + i, sizeof(y));
        four_doubles a = x - about_s, b = y - about_d, e = x - y;
        S += a;
        D += b;
        SS += a * a;
        DD += b * b;
        SD += a * b;
        ss += x * x;
        dd += y * y;
        ee += e * e;
    }
    *out = (struct mm_pair_sums){.S = sum_of_four(&S),
                                 .D = sum_of_four(&D),
                                 .SS = sum_of_four(&SS),
                                 .DD = sum_of_four(&DD),
                                 .SD = sum_of_four(&SD),
                                 .ss = sum_of_four(&ss),
                                 .dd = sum_of_four(&dd),
                                 .ee = sum_of_four(&ee)};
}

#define FORMATS(lane)                                                                                        \
    {                                                                                                        \
        [MM_F16] = to_f16_##lane, [MM_BF16] = to_bf16_##lane, [MM_F8E4M3] = to_e4m3_##lane,                  \
        [MM_F8E5M2] = to_e5m2_##lane, [MM_F8E4M3FNUZ] = to_e4m3fnuz_##lane,                                  \
        [MM_F8E5M2FNUZ] = to_e5m2fnuz_##lane, [MM_F8E4M3B11] = to_e4m3b11_##lane                             \
    }

#define ROUNDERS                                                                                             \
    {                                                                                                        \
        .format_float = FORMATS(float), .format_double = FORMATS(double), .grid_float = grid_float,          \
        .grid_double = grid_double, .grid_each_float = grid_each_float,                                      \
        .grid_each_double = grid_each_double, .error_float = error_float, .square_float = square_float,      \
        .grid_error_float = grid_error_float, .extremes_float = extremes_float, .dot_float = dot_float,      \
        .pair_sums = pair_sums, .pair_columns = pair_columns                                                 \
    }

#endif
