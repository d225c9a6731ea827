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

#define ROUND_STEP 16 /* elements of an inner loop */

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
typedef float four_floats __attribute__((vector_size(16)));
typedef double four_doubles __attribute__((vector_size(32)));

static inline __attribute__((always_inline)) double sum_of_four(const four_doubles *x)
{
    return ((*x)[0] + (*x)[1]) + ((*x)[2] + (*x)[3]);
}

static void cost_float(const float *x, const float *rounded, size_t n, double *square, double *error)
{
    four_doubles ss = {0}, ee = {0};
    size_t i = 0;

    for (; i + 4 <= n; i += 4) {
        four_floats x_here, y_here;

        memcpy(&x_here, x + i, sizeof(x_here));
        memcpy(&y_here, rounded + i, sizeof(y_here));
        four_doubles s = __builtin_convertvector(x_here, four_doubles);
        four_doubles e = s - __builtin_convertvector(y_here, four_doubles);
        ss += s * s;
        ee += e * e;
    }
    for (; i < n; i++) {
        double s = (double)x[i], e = s - (double)rounded[i];

        ss[0] += s * s;
        ee[0] += e * e;
    }
    *square += sum_of_four(&ss);
    *error += sum_of_four(&ee);
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
        .grid_each_double = grid_each_double, .cost_float = cost_float, .pair_sums = pair_sums               \
    }

#endif
