/* What is left of a result once it is recomputed, in figures. */
#include "cause/recompute.h"

#include <math.h>
#include <string.h>

#define CLIPPED_SHARE 20   /* one in so many may be clipped, */
#define CLIPPED_FEW   2    /* or this many of a few */
#define SUFFICES      0.02 /* an end holds src where clipping at it costs src itself no more than this */
#define STEPS         255

/* Four at once; a comparison with NaN is false. */
typedef float four __attribute__((vector_size(16)));
typedef int32_t four_masks __attribute__((vector_size(16)));

typedef double four_wide __attribute__((vector_size(32)));
typedef int64_t four_wide_masks __attribute__((vector_size(32)));

static inline void widen(const float *x, four_wide *out)
{
    four v;
    memcpy(&v, x, sizeof v);
    *out = __builtin_convertvector(v, four_wide);
}

static inline double sum_of(const four_wide *x)
{
    return ((*x)[0] + (*x)[1]) + ((*x)[2] + (*x)[3]);
}

#define ROWS 4 /* extremes that don't wait for each other */

/* The lesser, or greater, of each two; that of NaN and a number is `to`. */
static inline void lessen(four *to, const four *x)
{
    four_masks less = *x < *to;
    *to = (four)((less & (four_masks)*x) | (~less & (four_masks)*to));
}

static inline void raise_to(four *to, const four *x)
{
    four_masks more = *x > *to;
    *to = (four)((more & (four_masks)*x) | (~more & (four_masks)*to));
}

/* The ends of floats and 0; an infinite end where one of them is. */
static void ends_of(const float *x, int64_t count, struct residual *residual)
{
    four least[ROWS] = {{0}}, most[ROWS] = {{0}}, v;
    int64_t i = 0;
    for (; i + 4 * ROWS <= count; i += 4 * ROWS) {
        for (int k = 0; k < ROWS; k++) {
            memcpy(&v, x + i + 4 * k, sizeof v);
            lessen(&least[k], &v);
            raise_to(&most[k], &v);
        }
    }
    for (; i < count; i++) {
        v = (four){x[i]};
        lessen(&least[0], &v);
        raise_to(&most[0], &v);
    }
    for (int k = 0; k < 4 * ROWS; k++) {
        residual->least = fmin(residual->least, (double)least[k / 4][k % 4]);
        residual->most = fmax(residual->most, (double)most[k / 4][k % 4]);
    }
}

static void find_ends(struct residual *residual, const struct mm_value *y)
{
    *residual = (struct residual){0};
    if (y->f)
        ends_of(y->f, y->count, residual);
    if (y->f && isfinite(residual->least) && isfinite(residual->most))
        return;
    *residual = (struct residual){0};
    for (int64_t i = 0; i < y->count; i++) {
        double v = mm_value_at(y, i);
        if (isfinite(v)) {
            residual->least = v < residual->least ? v : residual->least;
            residual->most = v > residual->most ? v : residual->most;
        }
    }
}

void residual_init(struct residual *residual, const struct mm_value *y)
{
    find_ends(residual, y);
    residual->span = residual->most - residual->least;
}

void residual_ends(struct residual *residual, double min, double max)
{
    *residual = (struct residual){.least = fmin(min, 0), .most = fmax(max, 0)};
    residual->span = residual->most - residual->least;
}

#define BLOCK 64

/* Of src: sums of squares, and of what it is beyond y's ends by more than a step. */
struct beyond {
    double least, most, step;
    double all, low, high;
};

static void beyond_add(struct beyond *sum, double v)
{
    double below = sum->least - v - sum->step, above = v - sum->most - sum->step;
    if (!isfinite(v))
        return;
    sum->all += v * v;
    sum->low += below > 0 ? below * below : 0;
    sum->high += above > 0 ? above * above : 0;
}

/* Twice x where it is positive, and 0: without a comparison, for which not all processors have such registers. */
static inline void twice_positive(four_wide *x)
{
    *x += (four_wide)((four_wide_masks)*x & INT64_MAX);
}

/* BLOCK values; false, and nothing is added, where one is not finite. */
static bool beyond_add_block(struct beyond *sum, const float *x)
{
    four_wide all = {0}, low = {0}, high = {0}, v;
    for (int i = 0; i < BLOCK; i += 4) {
        widen(x + i, &v);
        four_wide below = sum->least - v - sum->step, above = v - sum->most - sum->step;
        twice_positive(&below);
        twice_positive(&above);
        all += v * v;
        low += below * below;
        high += above * above;
    }
    if (!isfinite(sum_of(&all)))
        return false;
    sum->all += sum_of(&all);
    sum->low += sum_of(&low) / 4;
    sum->high += sum_of(&high) / 4;
    return true;
}

static void beyond_add_all(struct beyond *sum, const struct mm_value *src)
{
    for (int64_t i = 0; i < src->count;) {
        int64_t end = i + BLOCK < src->count ? i + BLOCK : src->count;
        bool whole = src->f && end - i == BLOCK && beyond_add_block(sum, src->f + i);
        for (int64_t k = i; !whole && k < end; k++)
            beyond_add(sum, mm_value_at(src, k));
        i = end;
    }
}

void residual_reference(struct residual *residual, const struct mm_value *src, const struct residual *ends)
{
    struct beyond sum = {.least = residual->least, .most = residual->most};
    sum.step = (residual->most - residual->least) / STEPS;
    residual->span = fmax(residual->most, ends->most) - fmin(residual->least, ends->least);
    bool within = sum.least - ends->least <= sum.step && ends->most - sum.most <= sum.step;
    if (!within) /* else the sums are 0, whatever it holds */
        beyond_add_all(&sum, src);
    residual->holds_least = sum.low <= SUFFICES * SUFFICES * sum.all;
    residual->holds_most = sum.high <= SUFFICES * SUFFICES * sum.all;
}

void residual_range(struct residual *residual, const struct mm_scales *scales, enum mm_dtype codes)
{
    if (!scales || scales->count != 1)
        return;
    const struct mm_dtype_info *info = mm_dtype_info(scales->dtype == MM_DTYPE_NONE ? codes : scales->dtype);
    double zero = scales->zero_point ? scales->zero_point[0] : 0;
    residual->least = (info->lowest - zero) * scales->scale[0];
    residual->most = (info->highest - zero) * scales->scale[0];
    residual->told = true;
}

/* A maximum or a comparison that is written so that a NaN loses it: fmax(NaN, 0) is 0. */
static void add_nan(struct residual *residual, double y)
{
    if (residual->nan_lost++ == 0)
        residual->nan_as = y;
    else if (y != residual->nan_as)
        residual->nan_as = NAN;
}

/* 0 is the end of many ranges, and not because something was clipped: a channel that is zero, a ReLU too many. */
static bool is_clipped(const struct residual *residual, double y, double y0)
{
    double slack = residual->told ? 1e-6 * (residual->most - residual->least) : 0;
    if (residual->told)
        return (y >= residual->most - slack && y0 > y) || (y <= residual->least + slack && y0 < y);
    return ((y > 0 || residual->holds_most) && y == residual->most && y0 > y) ||
           ((y < 0 || residual->holds_least) && y == residual->least && y0 < y);
}

static void add_clipped(struct residual *residual, double y, double y0)
{
    double square = (y - y0) * (y - y0);
    bool held = y0 > y ? residual->holds_most : residual->holds_least;
    residual->clipped++;
    residual->held += held;
    residual->yy += held ? y * y : y0 * y0; /* far beyond the range, it would hide all others */
    *(held ? &residual->rr_held : &residual->rr_clipped) += square;
}

static inline void add(struct residual *residual, double y, double y0)
{
    residual->n++;
    double square = (y - y0) * (y - y0);
    if (!isfinite(y) || !isfinite(y0)) {
        residual->nonfinite += isfinite(y0) != 0;
        if (isnan(y0) && !isnan(y))
            add_nan(residual, y);
        residual->kept += isfinite(y) != 0;
        return;
    }
    if (is_clipped(residual, y, y0)) {
        add_clipped(residual, y, y0);
    } else {
        residual->rr += square;
        residual->yy += y0 * y0;
    }
}

static double relative(double rr, double yy)
{
    if (rr == 0)
        return 0;
    return yy > 0 ? sqrt(rr / yy) : INFINITY;
}

void residual_add(struct residual *residual, double y, double y0)
{
    add(residual, y, y0);
}

void residual_add_chosen(struct residual *residual, double y, double y0, double weight)
{
    if (isfinite(y) && isfinite(y0) && !is_clipped(residual, y, y0))
        residual->rr += weight * (y - y0) * (y - y0);
}

/* Only at these or beyond them something may be clipped: as the floats just at or beyond them. */
static void outer_ends(const struct residual *residual, float *least, float *most)
{
    double slack = residual->told ? 1e-6 * (residual->most - residual->least) : 0;
    bool low = residual->told || residual->holds_least || residual->least < 0;
    bool high = residual->told || residual->holds_most || residual->most > 0;
    double at_least = low ? residual->least + slack : -INFINITY;
    double at_most = high ? residual->most - slack : INFINITY;
    *least = (float)at_least;
    *most = (float)at_most;
    *least = (double)*least > at_least ? nextafterf(*least, -INFINITY) : *least;
    *most = (double)*most < at_most ? nextafterf(*most, INFINITY) : *most;
}

/* BLOCK values that are all finite and not clipped at these ends; false, and nothing is added, where one is not. */
static bool add_block(struct residual *residual, const float *y, const float *y0, float least, float most)
{
    four_wide rr = {0}, yy = {0};
    four_masks clipped = {0};
    for (int i = 0; i < BLOCK; i += 4) {
        four a, b;
        memcpy(&a, y + i, sizeof a);
        memcpy(&b, y0 + i, sizeof b);
        four_wide wide = __builtin_convertvector(b, four_wide);
        four_wide off = __builtin_convertvector(a, four_wide) - wide;
        clipped |= ((a <= least) & (b < a)) | ((a >= most) & (b > a));
        rr += off * off;
        yy += wide * wide;
    }
    double left = sum_of(&rr), all = sum_of(&yy);
    if ((clipped[0] | clipped[1] | clipped[2] | clipped[3]) || !isfinite(left) || !isfinite(all))
        return false;
    residual->n += BLOCK;
    residual->rr += left;
    residual->yy += all;
    return true;
}

static void add_floats(struct residual *residual, const float *y, const float *y0, int64_t count)
{
    float least, most;
    outer_ends(residual, &least, &most);
    for (int64_t i = 0; i < count;) {
        bool whole = count - i >= BLOCK && add_block(residual, y + i, y0 + i, least, most);
        int64_t end = whole ? i + BLOCK : i + BLOCK < count ? i + BLOCK : count;
        for (int64_t k = i; !whole && k < end; k++)
            add(residual, (double)y[k], (double)y0[k]);
        i = end;
    }
}

void residual_add_all(struct residual *residual, const struct mm_value *y, const struct mm_value *y0)
{
    struct residual sum = *residual; /* where it stays in registers */
    if (y->f && y0->f)
        add_floats(&sum, y->f, y0->f, y->count);
    for (int64_t i = 0; i < y->count && !(y->f && y0->f); i++)
        add(&sum, mm_value_at(y, i), mm_value_at(y0, i));
    *residual = sum;
}

double residual_relative(const struct residual *residual)
{
    int64_t clipped = residual->clipped - residual->held;
    bool few = residual->told || clipped <= CLIPPED_FEW || clipped <= residual->n / CLIPPED_SHARE;
    return relative(residual->rr + (few ? 0 : residual->rr_clipped), residual->yy);
}

double residual_with_clipped(const struct residual *residual)
{
    return relative(residual->rr + residual->rr_clipped + residual->rr_held, residual->yy);
}

/* A uniform error within a step has an RMS of step / sqrt(12). */
double residual_steps(const struct residual *residual, double span)
{
    double n = (double)(residual->n - residual->nonfinite);
    double step = span / STEPS;
    return residual->yy > 0 ? step / sqrt(12) / sqrt(residual->yy / n) : NAN;
}

double correlation(const double *a, const double *b, size_t n)
{
    double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
    for (size_t i = 0; i < n; i++) {
        ma += a[i] / (double)n;
        mb += b[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        aa += (a[i] - ma) * (a[i] - ma);
        bb += (b[i] - mb) * (b[i] - mb);
        ab += (a[i] - ma) * (b[i] - mb);
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}
