/*
 * The line d = scale s + offset through all positions (least squares), and whether the sums of the first pass
 * have digits enough for it and for the spreads.
 *
 * In the first pass the line is fitted to the error: e = s - d = (1 - scale) s - offset. Where dst is close
 * to src, what is left over is small beside Σe², not beside Σd², and does not drown in rounding.
 */
#include "compare/centre.h"

#include <float.h>
#include <math.h>

/* A spread that is this much smaller than what it is the difference of has lost 3 (6) of 16 digits. */
#define SPREAD_LOST   1e3
#define RESIDUAL_LOST 1e-6

static double value(const struct mm_sums *sums, enum mm_sum which)
{
    return mm_acc_value(&sums->both[which]);
}

static bool constant(const struct mm_side_sums *side)
{
    return side->finite == 0 || side->min == side->max;
}

struct line {
    double scale, offset;
    double left; /* Σ(d - scale s - offset)² */
    double ss;   /* Σ(s - mean s)² */
};

/* A constant s says nothing about the scale: 1. */
static struct line first_line(const struct mm_sums *sums)
{
    double n = (double)sums->finite, s = value(sums, MM_SUM_S), e = value(sums, MM_SUM_E);
    double ss = value(sums, MM_SUM_SS) - s * (s / n);
    double se = value(sums, MM_SUM_SE) - s * (e / n);
    double ee = value(sums, MM_SUM_EE) - e * (e / n);
    double slope = constant(&sums->s) || !(ss > 0.0) ? 0.0 : se / ss;
    struct line line = {1.0 - slope, slope * (s / n) - e / n, ee - slope * se, ss};

    if (value(sums, MM_SUM_EE) == 0.0)
        line = (struct line){1.0, 0.0, 0.0, ss};
    return line;
}

/* sqrt(left / Σd²): 0 when both are zero; NaN where a sum has left the range of a double. */
static double relative(double left, double dd)
{
    if (!isfinite(left) || !isfinite(dd))
        return NAN;
    if (!(left > 0.0))
        return 0.0;
    return dd > 0.0 ? sqrt(left / dd) : INFINITY;
}

void mm_metric_fit(const struct mm_sums *sums, double *scale, double *offset, double *residual)
{
    bool empty = sums->count == 0;
    struct line line;

    if (sums->finite == 0) {
        *scale = empty ? 1.0 : NAN;
        *offset = *residual = empty ? 0.0 : NAN;
        return;
    }
    line = first_line(sums);
    *scale = line.scale;
    *offset = line.offset;
    *residual = relative(line.left, value(sums, MM_SUM_DD));
}

/*
 * Two upper bounds of what is left over: that of the first pass's line, exact to the last digits however
 * small; and that of the best line, exact but for a rounding error of 4 eps Σ(d - mean d)².
 */
static double left_over(const struct mm_centred *centred, double ss, double sd, double dd)
{
    double by_first = mm_acc_value(&centred->residual);
    double by_best = dd - sd * (sd / ss);

    by_best = (by_best > 0.0 ? by_best : 0.0) + 4.0 * DBL_EPSILON * dd;
    return by_best < by_first ? by_best : by_first;
}

void mm_centred_fit(const struct mm_sums *sums, const struct mm_centre *centre,
                    const struct mm_centred *centred, double *scale, double *offset, double *residual)
{
    double ss = mm_acc_value(&centred->ss), sd = mm_acc_value(&centred->sd), dd = mm_acc_value(&centred->dd);
    double left = mm_acc_value(&centred->residual);

    *scale = centre->scale;
    *offset = centre->offset;
    if (sums->finite == 0 || value(sums, MM_SUM_EE) == 0.0) {
        mm_metric_fit(sums, scale, offset, residual);
        return;
    }
    if (!constant(&sums->s) && ss > 0.0) {
        left = left_over(centred, ss, sd, dd);
        *scale = sd / ss;
        *offset = centre->d - *scale * centre->s;
    }
    *residual = relative(left, value(sums, MM_SUM_DD));
}

/* cos² = 1 - sin²; where the gap is small, cos is near 1 and no digit is lost. What d - slope s is rounded by
 * is no angle. */
double mm_centred_gap(const struct mm_sums *sums, const struct mm_centred *centred)
{
    double sin2 = mm_acc_value(&centred->across) / value(sums, MM_SUM_DD);

    if (sin2 <= 16.0 * DBL_EPSILON * DBL_EPSILON)
        return 0.0;
    return sin2 < 1.0 ? sin2 / (1.0 + sqrt(1.0 - sin2)) : 1.0;
}

/* ---- is the second pass needed? ---- */

static bool spread_lost(double n, double mean, double squares)
{
    return n * mean * mean > SPREAD_LOST * squares;
}

static double side_mean(const struct mm_side_sums *side)
{
    return side->finite > 0 ? mm_acc_value(&side->sum) / (double)side->finite : 0.0;
}

static bool side_lost(const struct mm_side_sums *side, double mean)
{
    double n = (double)side->finite;

    return !constant(side) && spread_lost(n, mean, mm_acc_value(&side->square) - n * mean * mean);
}

static bool line_lost(const struct mm_sums *sums, const struct line *line, double mean)
{
    double ee = value(sums, MM_SUM_EE);

    if (ee == 0.0)
        return false;
    if (!constant(&sums->s) && spread_lost((double)sums->finite, mean, line->ss))
        return true;
    return line->left < RESIDUAL_LOST * ee;
}

/* 0 where s is nothing. */
static double slope_of(const struct mm_sums *sums)
{
    double ss = value(sums, MM_SUM_SS);

    return ss > 0.0 ? value(sums, MM_SUM_SD) / ss : 0.0;
}

bool mm_metrics_need_centre(const struct mm_sums *sums, struct mm_centre *centre)
{
    struct line line = {1.0, 0.0, 0.0, 0.0};
    bool lost = false;

    *centre = (struct mm_centre){.own_s = side_mean(&sums->s), .own_d = side_mean(&sums->d), .scale = 1.0};
    if (sums->finite > 0) {
        line = first_line(sums);
        centre->s = value(sums, MM_SUM_S) / (double)sums->finite;
        centre->d = value(sums, MM_SUM_D) / (double)sums->finite;
        centre->scale = line.scale;
        centre->offset = line.offset;
        centre->slope = slope_of(sums);
        lost = line_lost(sums, &line, centre->s) || mm_cosine_gap_lost(sums);
    }
    return lost || side_lost(&sums->s, centre->own_s) || side_lost(&sums->d, centre->own_d);
}
