/* The range of a number format left: above (overflow, saturation) or below (underflow). */
#include "cause/cause.h"

#include <math.h>
#include <string.h>

static int64_t nonfinite(const struct mm_stats *stats)
{
    return stats->nan + stats->pos_inf + stats->neg_inf;
}

/* ---- overflow of the result ---- */

/* Share of the positions where dst alone is not finite at which src lies beyond `limit`; 1 without values. */
static double beyond_share(const struct trial *t, double limit)
{
    int64_t beyond = 0, broken = 0;
    if (!t->aligned)
        return 1;
    for (int64_t i = 0; i < t->c->d_count; i++) {
        if (isfinite(t->c->d[i]) || !isfinite(t->c->s[i]))
            continue;
        broken++;
        beyond += fabs(t->c->s[i]) >= limit;
    }
    return broken ? (double)beyond / (double)broken : 0;
}

bool cause_overflow(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    double limit = trial_limit(t), most = fmax(fabs(m->src.min), fabs(m->src.max));
    /* dst was computed with other roundings: what comes close to the limit may go over it */
    if (m->nonfinite_differ == 0 || nonfinite(&m->dst) <= nonfinite(&m->src) || !(most > 0.98 * limit))
        return false;
    double share = beyond_share(t, 0.98 * limit);
    char a[MM_NUM], b[MM_NUM], c[MM_NUM], d[MM_NUM];
    found->finding.score = most > limit ? fmin(1, 0.5 + share) : 0.5 * share;
    found->finding.residual = m->diff2;
    mm_num_short(a, most, 3);
    mm_num_short(b, limit, 5);
    found_say(found, "|x| up to %s > %s: %s values became Inf or NaN", a, b,
              mm_num_count(c, m->nonfinite_differ));
    found_evidence(
        found,
        "src reaches %s, the format of dst ends at %s. dst has %s Inf and NaN where src has none; src "
        "is beyond the limit at %s %% of them.",
        a, b, mm_num_count(c, m->nonfinite_differ), mm_num_short(d, 100 * share, 3));
    return true;
}

/* ---- saturation ---- */

struct clamp {
    double low, high; /* -Inf, +Inf: not cut on that side */
};

static void predict_clamp(const void *hypothesis, const struct trial *t, int64_t from, size_t n, double *out)
{
    const struct clamp *h = hypothesis;
    const double *s = t->c->s + from;
    for (size_t i = 0; i < n; i++)
        out[i] = isnan(s[i]) ? s[i] : fmin(fmax(s[i], h->low), h->high);
}

#define TOGETHER 16 /* values that are looked at without a branch for each: few are at an end */

/* Comparing gives all bits in the places of those that are. */
typedef double pair_of_doubles __attribute__((vector_size(16)));
typedef int64_t pair_of_words __attribute__((vector_size(16)));

static bool any_is(const double *x, double value)
{
    pair_of_words any = {0, 0};
    for (int k = 0; k < TOGETHER; k += 2) {
        pair_of_doubles two;
        memcpy(&two, x + k, sizeof two);
        any |= two == value;
    }
    return any[0] | any[1];
}

/* Is `end`, the least or greatest value of d, a plateau that src goes well beyond? */
static bool plateau(const struct trial *t, double end, bool high)
{
    const double *s = t->c->s, *d = t->c->d;
    double past = fabs(end) * 1e-3;
    int64_t at_end = 0, beyond = 0, count = t->c->d_count;
    for (int64_t from = 0, to; from < count; from = to) {
        to = from + TOGETHER < count ? from + TOGETHER : count;
        if (to - from == TOGETHER && !any_is(d + from, end))
            continue;
        for (int64_t i = from; i < to; i++) {
            double on = high ? s[i] - end : end - s[i];
            at_end += d[i] == end;
            beyond += d[i] == end && on > past;
        }
    }
    return at_end >= 4 && beyond >= 3 && 10 * beyond >= at_end;
}

/* Limits that a number format has in itself, and those at which operators (not formats) cut off. */
static const double format_limits[] = {127, 128, 255, 32767, 32768, 65535, 65504, 448, 57344, 7, 8};
static const double operator_limits[] = {1, 6, 20};
/* Steps from one end of an integer's range to the other. */
static const double spans[] = {14, 15, 254, 255, 65534, 65535};
/* A grid that was read from the values is this many steps wide at most, where neighbours are never both in use. */
#define EVERY_MOST 8

static bool near_one_of(double value, const double *list, size_t count, double off)
{
    for (size_t i = 0; i < count; i++) {
        if (fabs(value / list[i] - 1) <= off)
            return true;
    }
    return false;
}

/*
 * How sure it is that a format, not the operator, cuts off at `h`: a format's own limit, a whole number of
 * steps of dst's grid that is such a limit, both ends as many steps apart as an integer has; a cut on both
 * sides, at the same magnitude or not; else as likely as not.
 */
static double clamp_trust(const struct trial *t, const struct clamp *h)
{
    double end = isfinite(h->high) ? h->high : -h->low;
    double step = trial_grid(t, 65536);
    bool both = isfinite(h->high) && isfinite(h->low), alike = both && fabs(h->high / -h->low - 1) <= 0.02;
    if (near_one_of(end, format_limits, MM_COUNT(format_limits), 1e-3))
        return 1;
    if (step > 0 && step != 1 && near_one_of(end / step, format_limits, 6, 2e-3))
        return 1;
    if (step > 0 && both && near_one_of((h->high - h->low) / step, spans, MM_COUNT(spans), 2e-3))
        return 1;
    if (near_one_of(fabs(end), operator_limits, MM_COUNT(operator_limits), 1e-3))
        return 0;
    return alike ? 0.8 : both ? 0.75 : t->c->quantised ? 0.7 : 0.4;
}

/* Is that how dst's steps end: 255 from one end to the other, or a part of it where only every k-th step is in use? */
static bool spans_range(double steps)
{
    for (int k = 1; k <= EVERY_MOST; k++) {
        if (near_one_of(k * steps, spans, MM_COUNT(spans), 2e-3))
            return true;
    }
    return false;
}

/*
 * Floats of 16 bits have no range that is set, and on a grid whose ends are known to be no integer's a range was
 * not cut: then it is the operator that cuts off, an accumulator or an activation, whatever it is computed in.
 */
static bool of_operator(const struct trial *t, const struct clamp *h)
{
    const struct mm_dtype_info *dst = mm_dtype_info(t->c->result->dst.dtype);
    const struct mm_stats *s = &t->c->result->metrics.src, *d = &t->c->result->metrics.dst;
    double step = trial_grid(t, 256), low = isfinite(h->low) ? h->low : s->min >= 0 && d->min >= 0 ? 0 : NAN;
    if (step > 0)
        return step != 1 && isfinite(h->high) && !isnan(low) && !spans_range((h->high - low) / step);
    return dst->kind == MM_KIND_FLOAT && dst->bits == 16 && !t->c->quantised &&
           (t->c->format == MM_DTYPE_NONE || mm_dtype_info(t->c->format)->kind == MM_KIND_FLOAT);
}

bool cause_saturation(const struct trial *t, struct found *found)
{
    const struct mm_stats *src = &t->c->result->metrics.src, *dst = &t->c->result->metrics.dst;
    struct clamp h = {-INFINITY, INFINITY};
    if (!(dst->max < src->max) && !(dst->min > src->min))
        return false;
    if (dst->max < src->max && dst->max > 0 && plateau(t, dst->max, true))
        h.high = dst->max;
    if (dst->min > src->min && dst->min < 0 && plateau(t, dst->min, false))
        h.low = dst->min;
    if ((isinf(h.high) && isinf(h.low)) || !found_set(found, t, predict_residual(t, predict_clamp, &h), 2))
        return false;
    found->finding.score *= clamp_trust(t, &h);
    if (fabs((isfinite(h.high) ? h.high : -h.low) / trial_limit(t) - 1) <= 1e-3 &&
        mm_dtype_info(t->c->result->dst.dtype)->kind == MM_KIND_FLOAT)
        found->finding.verdict = MM_VERDICT_OVERFLOW; /* of a float, which has no range to calibrate */
    else if (of_operator(t, &h))
        found->finding.verdict = MM_VERDICT_IMPLEMENTATION;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM], d[MM_NUM];
    mm_num_short(a, h.low, 5);
    mm_num_short(b, h.high, 5);
    mm_num_short(c, found->finding.residual, 2);
    if (isfinite(h.low) && isfinite(h.high))
        found_say(found, "cut off below %s and above %s: no other error than %s", a, b, c);
    else
        found_say(found, "cut off %s %s: no other error than %s", isfinite(h.high) ? "above" : "below",
                  isfinite(h.high) ? b : a, c);
    found_evidence(
        found,
        "dst ends in plateaus (%s to %s), src goes from %s to %s. src cut off alike differs from dst "
        "by %s.",
        mm_num_short((char[MM_NUM]){0}, dst->min, 5), mm_num_short((char[MM_NUM]){0}, dst->max, 5),
        mm_num_short(a, src->min, 4), mm_num_short(b, src->max, 4),
        mm_num_short(d, found->finding.residual, 2));
    return true;
}

/* ---- underflow ---- */

/* Half's least normal value; with subnormals flushed, everything below it is 0. */
#define HALF_LEAST_NORMAL 6.103515625e-05

struct flush {
    double limit;
};

static void predict_flush(const void *hypothesis, const struct trial *t, int64_t from, size_t n, double *out)
{
    const struct flush *h = hypothesis;
    const double *s = t->c->s + from;
    for (size_t i = 0; i < n; i++)
        out[i] = fabs(s[i]) <= h->limit ? 0 : s[i];
}

/* What became 0, and the error of all that is too small for half to hold in full. */
struct small {
    int64_t flushed;
    double limit; /* the greatest |s| that became 0 */
    double lost;  /* sum s^2 of these */
    double error; /* sum e^2 of all below half's least normal value */
};

static struct small small_find(const struct trial *t)
{
    struct small small = {0};
    for (int64_t i = 0; i < t->c->d_count; i++) {
        double s = fabs(t->c->s[i]), e = t->c->s[i] - t->c->d[i];
        if (s <= HALF_LEAST_NORMAL && isfinite(e))
            small.error += e * e;
        if (t->c->d[i] == 0 && s > 0 && isfinite(s)) {
            small.flushed++;
            small.lost += s * s;
            small.limit = fmax(small.limit, s);
        }
    }
    small.error = fmax(small.error, small.lost);
    return small;
}

#define LOST_LEAST                                                                                           \
    0.1 /* share of the error's energy; the rest may be what subnormal values keep too few digits for */

#define LIMIT_MOST (1.05 * HALF_LEAST_NORMAL)

bool cause_underflow(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    double largest = LIMIT_MOST * sqrt((double)t->n); /* all lost, and each as large as may be */
    if (m->dst.zero <= m->src.zero || largest * largest < LOST_LEAST * t->ee)
        return false;
    struct small small = small_find(t);
    struct flush h = {small.limit};
    bool all = m->dst.zero == m->count && t->c->result->dst.dtype == MM_F16;
    if ((small.flushed < 4 && !all) || small.flushed < 1 || h.limit > LIMIT_MOST ||
        small.lost < LOST_LEAST * t->ee || small.error < 0.5 * t->ee)
        return false;
    found->finding.residual = t->dd > 0 ? predict_residual_whole(t, predict_flush, &h) : 0;
    found->finding.score =
        small.error / t->ee; /* what is left may not be judged against d: most of it is 0 */
    found->parameters = 1;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM];
    found_say(found, "%s values of at most %s became 0", mm_num_count(a, small.flushed),
              mm_num_short(b, h.limit, 2));
    found_evidence(
        found,
        "%s values that are not 0 in src are 0 in dst, none above %s; half's least normal value is "
        "6.1e-5. They make up %s %% of the error's energy.",
        a, b, mm_num_short(c, 100 * small.lost / t->ee, 3));
    return true;
}
