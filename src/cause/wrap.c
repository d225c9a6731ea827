/* Integers that wrap around at the ends of their range instead of staying there. */
#include "cause/cause.h"
#include "cause/sparse.h"

#include <math.h>
#include <stdio.h>

#include "base/translate.h"

/*
 * d = s - k P with the whole number k that puts d into [low, low + P): P is 2^bits steps of a grid, or of an
 * accumulator.
 */
struct wrap {
    double period, low;
    int bits;            /* of the integers, 0: their steps are not known */
    double slack;        /* so near to an end, rounding may have put d on the other side of it */
    double sure;         /* so far outside s has left the range for sure */
    int64_t up, down;    /* positions moved by +P or more, -P or more */
    int64_t beyond;      /* of them, those whose s has left the range for sure */
    int64_t agree, told; /* positions off the ends; of them, those that d's k agrees at */
};

#define JUMPS_LEAST 3    /* that are sure, */
#define JUMPS_KNOWN 2    /* and where the steps are known */
#define BITS_OFF    0.01 /* of a period, from a power of two of steps */
#define SLACK       0.02 /* of a period */
#define FILLED      0.5  /* of a period that d must span: values of small size wrap nowhere */
#define AGREE_LEAST 0.98

/* The least jump there is, and by it the period: what is more than half of d's span is a jump. */
static double period_of(const struct trial *t, double span)
{
    const double *s = t->c->s, *d = t->c->d;
    double least = INFINITY, sum = 0, periods = 0;
    for (int64_t i = 0; i < t->c->d_count; i++) {
        double e = fabs(s[i] - d[i]);
        if (e > span / 2 && e < least)
            least = e;
    }
    for (int64_t i = 0; isfinite(least) && i < t->c->d_count; i++) {
        double e = fabs(s[i] - d[i]);
        if (e > span / 2 && isfinite(e) && e < 1.5 * least) {
            sum += e;
            periods++;
        }
    }
    double first = periods > 0 ? sum / periods : 0;
    sum = periods = 0;
    for (int64_t i = 0; first > 0 && i < t->c->d_count; i++) {
        double e = fabs(s[i] - d[i]);
        if (e > span / 2 && isfinite(e)) {
            sum += e;
            periods += rint(e / first);
        }
    }
    return periods > 0 ? sum / periods : 0;
}

/* Where the range begins: in the middle of 0, at 0, or wherever d leaves room for it. */
static double low_of(double least, double most, double period)
{
    double room = SLACK * period, from = most - period - room, to = least + room;
    if (-period / 2 >= from && -period / 2 <= to)
        return -period / 2;
    return from <= 0 && to >= 0 ? 0 : (from + to) / 2;
}

/* 4, 8, 16 or 32: what so many steps fit; 0: the steps are not known. */
static int bits_of(double period, double step)
{
    static const int bits[] = {4, 8, 16, 32};
    for (size_t i = 0; i < MM_COUNT(bits); i++) {
        if (step > 0 && fabs(period / step / ldexp(1, bits[i]) - 1) <= BITS_OFF)
            return bits[i];
    }
    return 0;
}

/* The first of 2^bits codes, with dst's from `least` to `most` among them: of two's complement, 0, or in the middle. */
static double first_code(double least, double most, int bits)
{
    double from = most - ldexp(1, bits) + 1, with_sign = -ldexp(1, bits - 1);
    if (with_sign >= from - 0.25 && with_sign <= least + 0.25)
        return with_sign;
    return from <= 0.25 && least >= -0.25 ? 0 : rint((from + least) / 2);
}

/* Codes of known steps begin half a step before the first; what is on the wrong side of that has wrapped. */
static void range_find(struct wrap *h, const struct trial *t)
{
    const struct mm_stats *dst = &t->c->result->metrics.dst;
    double step = t->whole_d ? 1 : trial_grid(t, 65536);
    h->bits = bits_of(h->period, step);
    h->low = low_of(dst->min, dst->max, h->period);
    h->slack = fmax(SLACK * h->period, 0.6 * step);
    h->sure = h->slack;
    if (h->bits == 0)
        return;
    h->low = (first_code(dst->min / step, dst->max / step, h->bits) - 0.5) * step;
    h->sure = 0.05 * step;
}

static void count_jumps(const struct trial *t, struct wrap *h)
{
    for (int64_t i = 0; i < t->c->d_count; i++) {
        double s = t->c->s[i], place = (s - h->low) / h->period;
        double k = rint((s - t->c->d[i]) / h->period), off = h->slack / h->period, sure = h->sure / h->period;
        if (isnan(k) || isinf(k))
            continue;
        h->up += k < 0;
        h->down += k > 0;
        h->beyond += k != 0 && (place < -sure || place > 1 + sure);
        if (fabs(place - rint(place)) > off) {
            h->told++;
            h->agree += floor(place) == k;
        }
    }
}

static void predict_wrap(const void *hypothesis, const struct trial *t, int64_t from, size_t n, double *out)
{
    const struct wrap *h = hypothesis;
    const double *s = t->c->s + from, *d = t->c->d + from;
    for (size_t i = 0; i < n; i++) {
        double place = (s[i] - h->low) / h->period, k = floor(place);
        if (fabs(place - rint(place)) * h->period <= h->slack)
            k = rint((s[i] - d[i]) / h->period);
        out[i] = s[i] - k * h->period;
    }
}

/*
 * A byte read with or without its sign moves one half of its values by 256 steps: what lies on one side of the middle of
 * their range. Values that do not fit into the range were cut off, where wrapped ones go on at the other end.
 */
static bool may_be_signedness(const struct trial *t, const struct wrap *h)
{
    double room = 3 * SLACK * h->period, limit = h->low < -room ? h->low + h->period : h->low;
    double first = limit - h->period / 2, src_min = t->c->result->metrics.src.min;
    bool one_way = h->up == 0 || h->down == 0, halves = fabs(limit) <= room || fabs(first - src_min) <= room;
    int64_t outside = 0, go_on = 0;
    for (int64_t i = 0; one_way && halves && i < t->c->d_count; i++) {
        double s = t->c->s[i], k = floor((s - h->low) / h->period);
        if (!isfinite(s) || (s >= first - h->slack && s <= first + h->period + h->slack))
            continue;
        outside++;
        go_on += fabs(s - k * h->period - t->c->d[i]) <= h->slack;
    }
    return one_way && halves && 2 * go_on <= outside;
}

static void say_wrap(const struct trial *t, struct found *found, const struct wrap *h)
{
    char a[MM_NUM], b[MM_NUM], c[MM_NUM], d[MM_NUM], how[48], jumps[MM_NUM];
    mm_num_short(a, h->period, 4);
    mm_num_short(b, found->finding.residual, 2);
    if (h->bits)
        mm_format(how, sizeof how, "modulo %.0f", ldexp(1, h->bits));
    else
        mm_format(how, sizeof how, "every %s", a);
    found_say(found, "integers wrap around %s, they do not saturate: undone, the error is %s", how, b);
    found_evidence(
        found,
        "%s values are off by whole multiples of %s%s; src leaves the range of %s to %s there. Undone, the "
        "error is %s instead of %s.",
        mm_num_count(jumps, h->up + h->down), a, h->bits ? "" : " (steps not known)",
        mm_num_short(c, h->low, 3), mm_num_short(d, h->low + h->period, 3), b,
        mm_num_short((char[MM_NUM]){0}, t->observed, 2));
}

#define NEITHER_MOST 0.02 /* share of what is off by too little for a jump and too much for noise */

/* At a first look: what is off is off by a jump, or by noise. */
static bool jumps_only(const struct trial *t, double span)
{
    int64_t seen = 0, neither = 0;
    for (struct sparse p = sparse_first(t->c->d_count, SPARSE_COUNT); p.at < t->c->d_count; sparse_next(&p)) {
        double e = fabs(t->c->s[p.at] - t->c->d[p.at]);
        seen += isfinite(e);
        neither += e > span / 4 && e < 0.9 * span;
    }
    return (double)neither <= NEITHER_MOST * (double)seen;
}

/* src does not fit into the range that dst has: it is moved there. */
static bool wraps_values(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    double span = m->dst.max - m->dst.min;
    if (!(m->max_abs >= 0.98 * span) || !(m->src.max > m->dst.max || m->src.min < m->dst.min) ||
        !jumps_only(t, span))
        return false;
    struct wrap h = {.period = period_of(t, span)};
    if (!(h.period > 0) || span > (1 + SLACK) * h.period || span < FILLED * h.period)
        return false;
    range_find(&h, t);
    count_jumps(t, &h);
    double jumps = (double)(h.up + h.down), sure = (double)h.beyond;
    if (h.beyond < (h.bits ? JUMPS_KNOWN : JUMPS_LEAST) || sure < jumps / 2 ||
        (double)h.agree < AGREE_LEAST * (double)h.told || may_be_signedness(t, &h) ||
        !found_set(found, t, predict_residual(t, predict_wrap, &h), 1))
        return false;
    say_wrap(t, found, &h);
    return true;
}

/* ---- src saturates where dst wraps around ---- */

/* Both sides are codes of one range, or such times a step. */
struct ends {
    double period, low, high; /* of src's range */
    int64_t wrapped, other;   /* positions off by more than half a period: at an end of src; not there */
};

/* Where integers end: what so many steps from 0 is a format's limit. */
static bool is_limit(double steps)
{
    static const double limits[] = {7, 8, 15, 127, 128, 255, 32767, 32768, 65535};
    for (size_t i = 0; i < MM_COUNT(limits); i++) {
        if (fabs(steps / limits[i] - 1) <= 2e-3)
            return true;
    }
    return false;
}

static bool ends_find(const struct trial *t, struct ends *h)
{
    const struct mm_stats *src = &t->c->result->metrics.src, *dst = &t->c->result->metrics.dst;
    double step = t->whole_s && t->whole_d ? 1 : trial_grid(t, 65536);
    double span = fmax(src->max, dst->max) - fmin(src->min, dst->min);
    *h = (struct ends){.low = src->min, .high = src->max};
    for (int bits = 4; bits <= 16 && step > 0 && h->period == 0; bits *= 2) {
        if (span / step <= ldexp(1, bits) - 0.5)
            h->period = step * ldexp(1, bits);
    }
    return h->period > 0 && t->c->result->metrics.max_abs > h->period / 2 &&
           (is_limit(h->high / step) || is_limit(-h->low / step));
}

static void ends_count(const struct trial *t, struct ends *h)
{
    for (int64_t i = 0; i < t->c->d_count; i++) {
        double s = t->c->s[i], d = t->c->d[i];
        bool far = fabs(s - d) > h->period / 2, at_end = (s == h->high && d < s) || (s == h->low && d > s);
        h->wrapped += far && at_end;
        h->other += far && !at_end;
    }
}

static void predict_ends(const void *hypothesis, const struct trial *t, int64_t from, size_t n, double *out)
{
    const struct ends *h = hypothesis;
    for (size_t i = 0; i < n; i++) {
        double s = t->c->s[from + (int64_t)i];
        out[i] = fabs(s - t->c->d[from + (int64_t)i]) > h->period / 2 ? NAN : s;
    }
}

static bool wraps_at_ends(const struct trial *t, struct found *found)
{
    struct ends h;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM], d[MM_NUM];
    if (!ends_find(t, &h))
        return false;
    ends_count(t, &h);
    if (h.wrapped < JUMPS_LEAST || (double)h.other > (1 - AGREE_LEAST) * (double)h.wrapped ||
        !found_set(found, t, predict_residual(t, predict_ends, &h), 2))
        return false;
    mm_num_count(a, h.wrapped);
    mm_num_short(b, found->finding.residual, 2);
    found_say(found, "%s integers wrap around where src saturates, the rest is off by %s", a, b);
    found_evidence(
        found,
        "At %s positions src is at an end of its range (%s to %s), and dst near the other one: it went "
        "round by %s. The rest is off by %s.",
        a, mm_num_short(c, h.low, 4), mm_num_short(d, h.high, 4),
        mm_num_short((char[MM_NUM]){0}, h.period, 4), b);
    return true;
}

bool cause_wrapped(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    return m->dst.max > m->dst.min && (wraps_values(t, found) || wraps_at_ends(t, found));
}
