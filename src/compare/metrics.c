/*
 * The metrics: pure functions of the sums of one pass.
 *
 * A sum can leave the range of a double only in f64 tensors with values above 1e154 (the squares overflow) or
 * with nothing above 1e-154 (they vanish). mm_measure_tensors scales such data first; the functions here then
 * still give a defined answer, said at each.
 */
#include "compare/centre.h"

#include <float.h>
#include <math.h>
#include <string.h>

static double value(const struct mm_sums *sums, enum mm_sum which)
{
    return mm_acc_value(&sums->both[which]);
}

/* What stands for a metric when no position counts: NaN, or `empty` for a tensor without elements. */
static bool nothing(const struct mm_sums *sums, double empty, double *out)
{
    *out = sums->count > 0 ? NAN : empty;
    return sums->finite == 0;
}

/*
 * a / b of two sums that are not negative: 0 / 0 is 0, x / 0 is +Inf. A numerator beyond the range of a
 * double is +Inf whatever the denominator; a denominator beyond it counts as the greatest double (so: an
 * upper bound).
 */
static double ratio(double a, double b)
{
    if (isnan(a) || isnan(b))
        return NAN;
    if (a == 0.0)
        return 0.0;
    if (b == 0.0 || isinf(a))
        return INFINITY;
    return a / fmin(b, DBL_MAX);
}

/* Σ|e| / Σ|s|. The sum of absolutes is zero only if everything is. */
double mm_metric_diff1(const struct mm_sums *sums)
{
    double empty;

    if (nothing(sums, 0.0, &empty))
        return empty;
    return ratio(value(sums, MM_SUM_ABS_E), value(sums, MM_SUM_ABS_S));
}

/* Σx² vanished although there are values. */
static bool vanished(double squares, double absolutes)
{
    return squares == 0.0 && absolutes > 0.0;
}

/* sqrt(Σe² / Σs²). Where squares vanish, diff1 stands in: the same ratio by another norm, of the right
 * magnitude. */
double mm_metric_diff2(const struct mm_sums *sums)
{
    double empty, ee, ss;

    if (nothing(sums, 0.0, &empty))
        return empty;
    ee = value(sums, MM_SUM_EE);
    ss = value(sums, MM_SUM_SS);
    if (vanished(ee, value(sums, MM_SUM_ABS_E)) || vanished(ss, value(sums, MM_SUM_ABS_S)))
        return mm_metric_diff1(sums);
    return sqrt(ratio(ee, ss));
}

/* -20 log10(diff2) in dB: +Inf for identical tensors, -Inf where diff2 is +Inf. */
double mm_metric_sqnr(double diff2)
{
    return -20.0 * log10(diff2);
}

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* Σsd / sqrt(Σs² Σd²) in [-1, 1]; both zero 1, one zero 0. NaN where a sum has left the range of a double. */
double mm_metric_cosine(const struct mm_sums *sums)
{
    double empty, ss, dd;

    if (nothing(sums, 1.0, &empty))
        return empty;
    ss = value(sums, MM_SUM_SS);
    dd = value(sums, MM_SUM_DD);
    if (ss == 0.0 || dd == 0.0)
        return ss == dd ? 1.0 : 0.0;
    if (!isfinite(ss) || !isfinite(dd))
        return NAN;
    return clamp(value(sums, MM_SUM_SD) / (sqrt(ss) * sqrt(dd)), -1.0, 1.0);
}

/* The share of Σe² that is not the difference of the lengths: Σe² - (|s|-|d|)², with which the gap begins. */
static double turned(const struct mm_sums *sums, double s, double d)
{
    double ee = value(sums, MM_SUM_EE), apart = (2.0 * value(sums, MM_SUM_SE) - ee) / (s + d);

    return ee - apart * apart;
}

/*
 * (Σe² - (|s|-|d|)²) / (2|s||d|) in [0, 2]. |s|-|d| is taken as (|s|²-|d|²) / (|s|+|d|), and |s|²-|d|² as
 * Σ(s-d)(s+d) = 2Σse - Σe²: no two large numbers are subtracted anywhere when the sides are nearly equal.
 */
double mm_metric_cosine_gap(const struct mm_sums *sums)
{
    double empty, s, d;

    if (nothing(sums, 0.0, &empty))
        return empty;
    s = sqrt(value(sums, MM_SUM_SS));
    d = sqrt(value(sums, MM_SUM_DD));
    if (s == 0.0 || d == 0.0)
        return s == d ? 0.0 : 1.0;
    if (!isfinite(s) || !isfinite(d) || !isfinite(value(sums, MM_SUM_EE)))
        return NAN;
    return clamp(turned(sums, s, d) / (2.0 * s * d), 0.0, 2.0);
}

/* A difference this much smaller than what it is made of has lost 6 of 16 digits. Not more is asked for: raw
 * integers beside what they stand for lose 5, and a second pass costs four times the first. */
#define GAP_LOST 1e-6

bool mm_cosine_gap_lost(const struct mm_sums *sums)
{
    double s = sqrt(value(sums, MM_SUM_SS)), d = sqrt(value(sums, MM_SUM_DD)), ee = value(sums, MM_SUM_EE);

    return s > 0.0 && d > 0.0 && ee > 0.0 && isfinite(s) && isfinite(d) && isfinite(ee) &&
           value(sums, MM_SUM_SD) > 0.0 && turned(sums, s, d) < GAP_LOST * ee;
}

/* ---- everything ---- */

static void side_finish(const struct mm_side_sums *side, const struct mm_acc *centred, struct mm_stats *out)
{
    double n = (double)side->finite, sum = mm_acc_value(&side->sum), spread;

    *out = (struct mm_stats){.finite = side->finite,
                             .nan = side->nan,
                             .pos_inf = side->pos_inf,
                             .neg_inf = side->neg_inf,
                             .zero = side->zero,
                             .min = NAN,
                             .max = NAN,
                             .mean = NAN,
                             .std = NAN,
                             .min_at = -1,
                             .max_at = -1};
    if (side->finite == 0)
        return;
    out->min = side->min;
    out->max = side->max;
    out->min_at = side->min_at;
    out->max_at = side->max_at;
    out->mean = sum / n;
    spread = centred ? mm_acc_value(centred) : mm_acc_value(&side->square) - sum * (sum / n);
    out->std = side->min == side->max ? 0.0 : sqrt(spread > 0.0 ? spread / n : isnan(spread) ? NAN : 0.0);
}

/* diff3, diff4, the absolute errors and the share: one division each. */
static void error_finish(const struct mm_sums *sums, struct mm_metrics *out)
{
    double empty, n = (double)sums->finite, different;

    out->diff4_n = sums->greater + sums->less;
    out->max_abs_at = sums->max_abs_at;
    out->max_rel_at = sums->max_rel_at;
    if (nothing(sums, 0.0, &empty)) {
        out->diff3_rel = out->diff3_abs = out->diff4_greater = out->diff4_less = empty;
        out->mse = out->rmse = out->mae = out->max_abs = out->beyond = empty;
        return;
    }
    different = out->diff4_n > 0 ? (double)out->diff4_n : 1.0;
    out->diff3_rel = sums->max_rel;
    out->diff3_abs = sums->max_small;
    out->diff4_greater = (double)sums->greater / different;
    out->diff4_less = (double)sums->less / different;
    out->mse = value(sums, MM_SUM_EE) / n;
    out->rmse = sqrt(out->mse);
    out->mae = value(sums, MM_SUM_ABS_E) / n;
    out->max_abs = sums->max_abs;
    out->beyond = (double)sums->beyond / n;
}

void mm_metrics_finish(const struct mm_sums *sums, const struct mm_centre *centre,
                       const struct mm_centred *centred, struct mm_metrics *out)
{
    memset(out, 0, sizeof(*out));
    out->count = sums->count;
    out->finite = sums->finite;
    out->nonfinite_equal = sums->nonfinite_equal;
    out->nonfinite_differ = sums->nonfinite_differ;
    out->differ_at = sums->differ_at;
    out->diff1 = mm_metric_diff1(sums);
    out->diff2 = mm_metric_diff2(sums);
    out->sqnr = mm_metric_sqnr(out->diff2);
    out->cosine = mm_metric_cosine(sums);
    out->cosine_gap = mm_metric_cosine_gap(sums);
    error_finish(sums, out);
    if (!centre)
        centred = NULL;
    if (centred && mm_cosine_gap_lost(sums))
        out->cosine_gap = mm_centred_gap(sums, centred);
    side_finish(&sums->s, centred ? &centred->own_s : NULL, &out->src);
    side_finish(&sums->d, centred ? &centred->own_d : NULL, &out->dst);
    if (centred)
        mm_centred_fit(sums, centre, centred, &out->fit_scale, &out->fit_offset, &out->fit_residual);
    else
        mm_metric_fit(sums, &out->fit_scale, &out->fit_offset, &out->fit_residual);
}
