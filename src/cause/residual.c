/* What is left of a result once it is recomputed, in figures. */
#include "cause/recompute.h"

#include <math.h>

#define CLIPPED_SHARE 20 /* one in so many may be clipped, */
#define CLIPPED_FEW   2  /* or this many of a few */

void residual_init(struct residual *residual, const struct mm_value *y)
{
    *residual = (struct residual){0};
    for (int64_t i = 0; i < y->count; i++) {
        double v = mm_value_at(y, i);
        if (isfinite(v)) {
            residual->least = fmin(residual->least, v);
            residual->most = fmax(residual->most, v);
        }
    }
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
    return (y > 0 && y == residual->most && y0 > y) || (y < 0 && y == residual->least && y0 < y);
}

void residual_add(struct residual *residual, double y, double y0)
{
    residual->n++;
    if (!isfinite(y) || !isfinite(y0)) {
        residual->nonfinite += isfinite(y0) != 0;
        if (isnan(y0) && !isnan(y))
            add_nan(residual, y);
        return;
    }
    residual->yy += y0 * y0;
    if (is_clipped(residual, y, y0)) {
        residual->clipped++;
        residual->rr_clipped += (y - y0) * (y - y0);
    } else {
        residual->rr += (y - y0) * (y - y0);
    }
}

static double relative(double rr, double yy)
{
    if (rr == 0)
        return 0;
    return yy > 0 ? sqrt(rr / yy) : INFINITY;
}

double residual_relative(const struct residual *residual)
{
    bool few = residual->clipped <= CLIPPED_FEW || residual->clipped <= residual->n / CLIPPED_SHARE;
    return relative(residual->rr + (few ? 0 : residual->rr_clipped), residual->yy);
}

double residual_with_clipped(const struct residual *residual)
{
    return relative(residual->rr + residual->rr_clipped, residual->yy);
}

/* A uniform error within a step has an RMS of step / sqrt(12). */
double residual_steps(const struct residual *residual)
{
    double n = (double)(residual->n - residual->nonfinite);
    double step = (residual->most - residual->least) / 255;
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
