/* Masked positions: the huge negative values that stand for "nothing here", and the figures of the rest. */
#include "compare/sentinel.h"

#include <math.h>
#include <stdlib.h>

#define HUGE_LEAST 9.5e3 /* |x| from which a value may be a sentinel: -1e4, and scores added to it */
#define TIMES_REST 1e3   /* a sentinel is so many times what else there is, at least; */
#define TIMES_WELL 100.0 /* one that is well known so many times */
#define ALIKE      0.01 /* sentinels lie so near the constant that they are made of: scores were added to them */
#define SUMS       4    /* masks that are added give so many times the constant, at most */
#define FEW        4    /* fewer, that differ between the sides, are values */
#define COUNT_MAX  ((int64_t)8 << 20)

/* Lowest numbers: of a float, bf16, half, f8e5m2, of integers. Powers of ten are well known, too. */
static const double lowest[] = {3.40282347e38, 3.38953139e38, 65504, 57344, 2147483648.0, 32768};

static bool is_near(double value, double constant)
{
    return fabs(value / constant - 1) <= ALIKE;
}

static bool is_lowest(double size)
{
    for (size_t i = 0; i < MM_COUNT(lowest); i++) {
        if (is_near(size, lowest[i]))
            return true;
    }
    return false;
}

static bool is_well_known(double size)
{
    return isinf(size) || is_lowest(size) || is_near(size, pow(10, rint(log10(size))));
}

/* Of a side whose huge value nearest to 0 is -size: is it one of these? */
static bool is_level(double x, double size)
{
    double times = rint(-x / size);
    return (times >= 1 && times <= SUMS && fabs(-x / size - times) <= ALIKE * times) || is_lowest(-x);
}

bool mm_sentinel_possible(const struct mm_stats *side)
{
    /* what is above 0 belongs to the rest, and no sentinel is larger than -min */
    return side->neg_inf > 0 || (side->min <= -HUGE_LEAST && -side->min >= TIMES_WELL * side->max);
}

double mm_sentinel_limit(const double *x, int64_t count)
{
    double size = INFINITY, rest = 0;
    bool infinite = false;
    for (int64_t i = 0; i < count; i++) {
        infinite = infinite || x[i] == -INFINITY;
        if (isfinite(x[i]) && x[i] <= -HUGE_LEAST)
            size = fmin(size, -x[i]);
        else if (isfinite(x[i]))
            rest = fmax(rest, fabs(x[i]));
    }
    bool levels = isfinite(size) && size >= (is_well_known(size) ? TIMES_WELL : TIMES_REST) * rest;
    for (int64_t i = 0; i < count && levels; i++)
        levels = !isfinite(x[i]) || x[i] > -HUGE_LEAST || is_level(x[i], size);
    return levels ? -size : infinite ? -INFINITY : NAN;
}

static bool is_sum_of_known(double size)
{
    bool known = false;
    for (int times = 1; times <= SUMS && !known; times++)
        known = is_well_known(size / times);
    return known;
}

static bool agree(double s, double d)
{
    return s == d || fabs(s - d) <= ALIKE * fabs(s) || (is_sum_of_known(-s) && is_sum_of_known(-d));
}

/* How many positions hold a sentinel on both sides; *apart: by how many the two differ. */
static int64_t count_marked(const double *s, const double *d, int64_t count, const double limit[2],
                            int64_t *apart)
{
    int64_t marked = 0;
    *apart = 0;
    for (int64_t i = 0; i < count; i++) {
        if (!(s[i] <= limit[0]) || !(d[i] <= limit[1]))
            continue;
        marked++;
        *apart += !agree(s[i], d[i]);
    }
    return marked;
}

/*
 * An integer's lowest number is not huge. x is the side without sentinels, whose least value stands wherever the
 * other side has one (limit): -12.8 for -1e9, of the codes -128 to 127 in steps of 0.1. NaN: that is not so.
 */
static double limit_of_codes(const double *x, const double *other, int64_t count, double limit)
{
    double least = INFINITY;
    int64_t marked = 0, at_least = 0;
    for (int64_t i = 0; i < count; i++)
        least = x[i] < least ? x[i] : least;
    for (int64_t i = 0; i < count; i++) {
        marked += other[i] <= limit;
        at_least += other[i] <= limit && x[i] == least;
    }
    return marked >= FEW && at_least == marked && least < 0 ? least : NAN;
}

bool sentinels_possible(const struct mm_metrics *m)
{
    bool src = m->src.min <= -HUGE_LEAST, dst = m->dst.min <= -HUGE_LEAST;
    bool src_any = src || m->src.neg_inf, dst_any = dst || m->dst.neg_inf;
    bool alone =
        m->nonfinite_differ > 0 && src_any != dst_any; /* the other side may end at its lowest code */
    return m->count <= COUNT_MAX && (src || dst || alone) && (src_any || m->src.min < 0) &&
           (dst_any || m->dst.min < 0);
}

int64_t mm_sentinels_mask(double *s, double *d, int64_t count)
{
    double limit[2] = {mm_sentinel_limit(s, count), mm_sentinel_limit(d, count)};
    int64_t apart = 0;
    bool codes = isnan(limit[0]) != isnan(limit[1]);
    if (codes && isnan(limit[0]))
        limit[0] = limit_of_codes(s, d, count, limit[1]);
    else if (codes)
        limit[1] = limit_of_codes(d, s, count, limit[0]);
    int64_t marked = count_marked(s, d, count, limit, &apart);
    if (marked == 0 || (!codes && apart > 0 && apart < FEW))
        return 0;
    for (int64_t i = 0; i < count; i++) {
        if (s[i] <= limit[0] && d[i] <= limit[1])
            s[i] = d[i] = NAN;
    }
    return marked;
}

/* The figures of what is left, as mm_measure_tensors gives them for doubles. */
static int measure_rest(const double *s, const double *d, const struct mm_shape *shape,
                        const struct mm_measure_options *options, const atomic_bool *cancel,
                        struct mm_metrics *out, struct mm_err *err)
{
    struct mm_tensor tensor[2];
    struct mm_run run[2];
    mm_tensor_raw(&tensor[0], MM_F64, shape, s, &run[0]);
    mm_tensor_raw(&tensor[1], MM_F64, shape, d, &run[1]);
    return mm_measure_tensors(&tensor[0], &tensor[1], options, cancel, out, err);
}

int sentinels_measure(const struct mm_pair_tensors *tensors, const struct mm_measure_options *options,
                      const atomic_bool *cancel, struct mm_result *result, bool *failed_dst,
                      struct mm_err *err)
{
    const struct mm_metrics *m = &result->metrics;
    if (!sentinels_possible(m))
        return 0;
    double *s = mm_tensor_decode(&tensors->s, false, cancel, err);
    double *d = s ? mm_tensor_decode(&tensors->d, false, cancel, err) : NULL;
    *failed_dst = s && !d;
    int failed = s && d ? 0 : -1;
    int64_t masked = failed ? 0 : mm_sentinels_mask(s, d, m->count);
    if (masked > 0) {
        result->rest = calloc(1, sizeof *result->rest);
        failed = result->rest ? measure_rest(s, d, &tensors->s.shape, options, cancel, result->rest, err)
                              : mm_fail_memory(err);
        result->masked = masked;
    }
    free(s);
    free(d);
    return failed;
}
