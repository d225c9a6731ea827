/* rounders: the tables of loops that round, and of sums that what-ifs and causes are made of, one a source file. */
#ifndef MMTUI_TENSOR_ROUNDERS_H
#define MMTUI_TENSOR_ROUNDERS_H

#include "mmtui/tensor.h"

/* Of pairs (s, d): sums of S = s - about_s, D = d - about_d, of their squares and product, and of s^2, d^2, (s - d)^2. */
struct mm_pair_sums {
    double S, D, SS, DD, SD, ss, dd, ee;
};

/* The same of four columns that lie side by side, in that order. */
#define MM_PAIR_SUMS 8
struct mm_pair_columns {
    double sum[MM_PAIR_SUMS][4];
};

/* What struct mm_rounder and round.h say, over n contiguous values; every table gives the same bits. */
struct mm_rounders {
    /* To a float format and back; NULL: no such one. */
    void (*format_float[MM_DTYPE_COUNT])(const float *restrict x, float *restrict out, size_t n);
    void (*format_double[MM_DTYPE_COUNT])(const double *restrict x, double *restrict out, size_t n);
    /* To whole numbers of `scale` in [low, high], in units of it. Returns how many were clipped. */
    int64_t (*grid_float)(const float *restrict x, float *restrict out, size_t n, float scale, float low,
                          float high);
    int64_t (*grid_double)(const double *restrict x, double *restrict out, size_t n, double scale, double low,
                           double high);
    /* The same with a scale and a low an element; high is low + span. */
    int64_t (*grid_each_float)(const float *restrict x, float *restrict out, size_t n,
                               const float *restrict scale, const float *restrict low, float span);
    int64_t (*grid_each_double)(const double *restrict x, double *restrict out, size_t n,
                                const double *restrict scale, const double *restrict low, double span);
    /* The sum of squares of x - rounded, and of x: NaN and Inf make them what they are. */
    double (*error_float)(const float *x, const float *rounded, size_t n);
    double (*square_float)(const float *x, size_t n);
    /* grid_float and error_float in one, without the rounded values; the sum is added to *error. low and high are within
     * 2^20 of 0, and n below 2^31. What is not finite makes *error what it is, and the number clipped says nothing. */
    int64_t (*grid_error_float)(const float *restrict x, size_t n, float scale, float low, float high,
                                double *error);
    /* Widen [*low, *high] by x[n]. 0: some value is not finite, and both say nothing. */
    int (*extremes_float)(const float *restrict x, size_t n, float *low, float *high);
    /* The sum of products. */
    double (*dot_float)(const double *restrict x, const float *restrict y, size_t n);
    /* The sums of the first n / 4 * 4 pairs. */
    void (*pair_sums)(const double *s, const double *d, size_t n, double about_s, double about_d,
                      struct mm_pair_sums *out);
    /* Add to out[width / 4] what `rows` rows of `width` pairs, a multiple of 4, have in each column. */
    void (*pair_columns)(const double *s, const double *d, size_t rows, size_t width, double about_s,
                         double about_d, struct mm_pair_columns *out);
};

/* Those that belong to mm_kernels(). */
const struct mm_rounders *mm_rounders(void);

#endif
