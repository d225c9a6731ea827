/* Memory that was not written: all of a tensor, or a part. */
#include "cause/stretch.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"

/* All of src so small that half may well have made zeros of it. */
static bool is_below_half(const struct trial *t)
{
    const struct mm_stats *src = &t->c->result->metrics.src;
    bool half = t->c->result->dst.dtype == MM_F16 || t->c->format == MM_F16;
    return half && fmax(fabs(src->min), fabs(src->max)) < 0x1p-14;
}

bool cause_zero(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    char a[MM_NUM];
    bool all = m->dst.zero == m->count && m->count > 0;
    /* noise on top of zeros: nothing of src is in it */
    bool nearly = !all && t->n > 1 && t->dd <= 9 * t->noise * t->noise * t->ss &&
                  t->ss - t->se < 0.5 * sqrt(t->ss * t->dd);
    if ((!all && !nearly) || !(t->ss > 0) || (all && is_below_half(t)))
        return false;
    found->finding.score = all ? 1 : 0.6;
    found_say(found, all ? "dst is all zero" : "dst is nothing but noise about zero");
    found_evidence(found, "All %" PRId64 " values of dst are %s0, src reaches %s.", m->count,
                   all ? "" : "within noise of ",
                   mm_num_short(a, fmax(fabs(m->src.min), fabs(m->src.max)), 3));
    return true;
}

bool cause_constant(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM];
    if (m->dst.finite < 2 || m->dst.min != m->dst.max || m->dst.max == 0 || m->src.min == m->src.max)
        return false;
    found->finding.score = 1;
    found_say(found, "dst is %s everywhere", mm_num_short(a, m->dst.min, 4));
    found_evidence(found, "All %" PRId64 " values of dst are %s, src goes from %s to %s.", m->dst.finite, a,
                   mm_num_short(b, m->src.min, 3), mm_num_short(c, m->src.max, 3));
    return true;
}

/* ---- a part ---- */

/* [from, to) of d's flat data, or of one axis, holds none of s; the rest is right. */
struct part {
    int64_t from, to;
    double inside, outside; /* sum e^2 */
    double signal_outside;  /* sum s^2 */
    bool constant;
};

#define PART_LEAST 8   /* values; fewer are equal by chance */
#define PART_SHARE 0.9 /* of the error's energy that must lie in it */
#define OUTSIDE    0.3 /* the rest's error against what was observed, and against its own signal, at most */
#define RIGHT      0.1 /* share of the signal that must be in the rest */
#define RUN_OFF    0.5 /* relative error of a stretch of one value, at least: a gray area may be off by less */
#define VALUE_OFF  0.1 /* of its own size: a value that is off by less is right */
#define FEW_RIGHT  0.5 /* share of such values in what holds something else, at most */

/* Is x one value wherever axis' index lies in the part? Axis -1: at positions of memory. */
static bool is_constant(const struct trial *t, const double *x, const struct part *part, int axis)
{
    int64_t inner = 1, dim = axis < 0 ? t->c->d_count : t->d_shape.dim[axis];
    double value = NAN;
    for (int k = axis + 1; axis >= 0 && k < t->d_shape.rank; k++)
        inner *= t->d_shape.dim[k];
    for (int64_t i = axis < 0 ? part->from : 0; i < t->c->d_count; i++) {
        int64_t at = i / inner % dim;
        if (at < part->from || at >= part->to)
            continue;
        if (isnan(value))
            value = x[i];
        else if (x[i] != value)
            return false;
    }
    return true;
}

/* Padding of a picture: one value on both sides, though not the same. */
static bool is_padding(const struct trial *t, const struct part *part, int axis)
{
    return (t->c->role & MM_ROLE_INPUT) && part->constant && is_constant(t, t->c->s, part, axis);
}

/* From where to where do d's values equal that at i? */
static struct part run_around(const double *d, int64_t count, int64_t i)
{
    struct part run = {.from = i, .to = i + 1, .constant = true};
    while (run.from > 0 && d[run.from - 1] == d[i])
        run.from--;
    while (run.to < count && d[run.to] == d[i])
        run.to++;
    return run;
}

static void sum_run(const struct trial *t, struct part *run)
{
    double signal = 0;
    for (int64_t i = run->from; i < run->to; i++) {
        double s = t->c->s[i], e = s - t->c->d[i];
        if (!isfinite(e))
            continue;
        run->inside += e * e;
        signal += s * s;
    }
    run->signal_outside = t->ss - signal;
}

#define RUN_STEP (PART_LEAST / 2) /* two neighbours so far apart lie in any run that counts */

/* The stretch of equal values of d, where s has others, that holds the most error. */
static struct part longest_run(const struct trial *t)
{
    const double *d = t->c->d;
    struct part best = {.constant = true};
    int64_t count = t->c->d_count;
    for (int64_t i = RUN_STEP - 1; i < count; i += RUN_STEP) {
        if (d[i] != d[i - RUN_STEP + 1])
            continue;
        struct part run = run_around(d, count, i);
        if (run.to - run.from >= PART_LEAST) {
            sum_run(t, &run);
            double signal = t->ss - run.signal_outside;
            if (run.inside > best.inside && run.inside >= RUN_OFF * RUN_OFF * signal)
                best = run;
        }
        i += (run.to - 1 - i) / RUN_STEP * RUN_STEP; /* behind its end */
    }
    best.outside = fmax(0, t->ee - best.inside);
    return best;
}

/* Error and signal of each index along an axis (axis -1: of each of `count` equal stretches of memory). */
struct profile {
    int64_t count;
    double *error, *signal;
};

/* Four sums each, which need not wait for each other; false where something is not finite. */
static bool add_plain(const double *s, const double *d, int64_t count, double *error, double *signal)
{
    double ee[4] = {0}, ss[4] = {0};
    int64_t i = 0;
    for (; i + 4 <= count; i += 4) {
        for (int k = 0; k < 4; k++) {
            double e = s[i + k] - d[i + k];
            ee[k] += e * e;
            ss[k] += s[i + k] * s[i + k];
        }
    }
    for (; i < count; i++) {
        ee[0] += (s[i] - d[i]) * (s[i] - d[i]);
        ss[0] += s[i] * s[i];
    }
    *error = (ee[0] + ee[1]) + (ee[2] + ee[3]);
    *signal = (ss[0] + ss[1]) + (ss[2] + ss[3]);
    return isfinite(*error);
}

static void profile_add(struct profile *p, const struct trial *t, int64_t at, int64_t from, int64_t to,
                        double times)
{
    double error, signal;
    if (!add_plain(t->c->s + from, t->c->d + from, to - from, &error, &signal)) {
        error = signal = 0;
        for (int64_t i = from; i < to; i++) {
            double s = t->c->s[i], e = s - t->c->d[i];
            error += isfinite(e) ? e * e : 0;
            signal += isfinite(e) ? s * s : 0;
        }
    }
    p->error[at] += times * error;
    p->signal[at] += times * signal;
}

#define PROFILE_COUNT ((int64_t)1 << 17) /* values that are looked at in large tensors, about */
#define PROFILE_LEAST 64                 /* rows that each index is seen in, at least */

/* Of the `outer` times that an axis is gone through, every so many-th is enough in large tensors. */
static int64_t rounds_step(int64_t count, int64_t outer)
{
    int64_t step = count / PROFILE_COUNT, most = outer / PROFILE_LEAST;
    step = step < most ? step : most;
    return step < 1 ? 1 : step;
}

/* Along the last axis of a tensor of which nothing is left out: its indices are neighbours. */
static void profile_columns(struct profile *p, const struct trial *t)
{
    const double *s = t->c->s, *d = t->c->d;
    for (int64_t from = 0; from < t->c->d_count; from += p->count) {
        for (int64_t k = 0; k < p->count; k++) {
            double e = s[from + k] - d[from + k], ee = e * e;
            bool finite = ee <= DBL_MAX;
            p->error[k] += finite ? ee : 0;
            p->signal[k] += finite ? s[from + k] * s[from + k] : 0;
        }
    }
}

static bool profile_init(struct profile *p, const struct trial *t, int axis, int64_t stretches)
{
    int64_t inner = 1, n = t->c->d_count;
    for (int k = axis + 1; axis >= 0 && k < t->d_shape.rank; k++)
        inner *= t->d_shape.dim[k];
    p->count = axis >= 0 ? t->d_shape.dim[axis] : stretches;
    p->error = calloc((size_t)p->count, sizeof *p->error);
    p->signal = calloc((size_t)p->count, sizeof *p->signal);
    if (!p->error || !p->signal)
        return false;
    int64_t step = axis >= 0 ? rounds_step(n, n / (inner * p->count)) : 1;
    if (axis >= 0 && inner == 1 && step == 1) {
        profile_columns(p, t);
        return true;
    }
    for (int64_t from = 0, row = 0; from < n; row++) { /* a row lies at one index */
        int64_t at = axis >= 0 ? row % p->count : row;
        int64_t to = axis >= 0 ? from + inner : (int64_t)((double)n * (double)(row + 1) / (double)stretches);
        int64_t end = to < n ? to : n;
        if (axis < 0) /* of a stretch of memory its first part, when it is long */
            end = end < from + PROFILE_COUNT / stretches ? end : from + PROFILE_COUNT / stretches;
        if (step == 1 || row / p->count % step == 0)
            profile_add(p, t, at, from, end,
                        axis < 0 ? (double)(to - from) / (double)(end - from) : (double)step);
        from = to;
    }
    return true;
}

static void profile_done(struct profile *p)
{
    free(p->error);
    free(p->signal);
}

/* The stretch of indices whose errors are as large as their signals, from the first to the last such one: it
 * must hold few that are right. */
static struct part bad_stretch(const struct profile *p, double limit)
{
    struct part part = {.from = p->count};
    double signal = 0;
    for (int64_t i = 0; i < p->count; i++) {
        if (p->error[i] > limit * limit * p->signal[i] && p->error[i] > 0) {
            part.from = i < part.from ? i : part.from;
            part.to = i + 1;
        }
    }
    for (int64_t i = 0; i < p->count; i++) {
        bool in = i >= part.from && i < part.to;
        *(in ? &part.inside : &part.outside) += p->error[i];
        *(in ? &signal : &part.signal_outside) += p->signal[i];
    }
    if (!(part.inside >= limit * limit * signal))
        part.to = part.from;
    return part;
}

static double part_score(const struct trial *t, const struct part *part, int64_t whole)
{
    double share = part->inside / (part->inside + part->outside);
    double rest = sqrt(part->outside / t->dd);
    int64_t length = part->to - part->from;
    bool right = part->signal_outside >= STRETCH_RIGHT * t->ss &&
                 part->outside <= STRETCH_OUTSIDE * STRETCH_OUTSIDE * part->signal_outside &&
                 rest <= STRETCH_OUTSIDE * t->observed;
    if (length <= 0 || length >= whole || !(share >= STRETCH_SHARE) || !right)
        return 0;
    return cause_score(t, rest);
}

static bool say_part(const struct trial *t, struct found *found, const struct part *part, int64_t whole,
                     int axis)
{
    char where[40] = "values", a[MM_NUM], b[MM_NUM];
    found->finding.residual = sqrt(part->outside / t->dd);
    found->parameters = 2;
    if (axis >= 0)
        mm_format(where, sizeof where, "of axis %d:", t->axis[axis]);
    mm_num_short(a, 100 * (double)(part->to - part->from) / (double)whole, 2);
    found_say(found, "%s %" PRId64 "..%" PRId64 " (%s %%) %s, the rest is right", where, part->from,
              part->to - 1, a, part->constant ? "were never written" : "hold something else");
    found_evidence(
        found, "%" PRId64 " to %" PRId64 " of %" PRId64 " (%s) hold %s; the rest differs by %s only.",
        part->from, part->to - 1, whole, axis >= 0 ? where : "values in memory order",
        part->constant ? "one value" : "nothing of src", mm_num_short(b, found->finding.residual, 2));
    return true;
}

/* Is hardly a value in it right? A few wrong ones, alone or among others, are no part. Of a part of memory axis is -1, and
 * [from, to) are positions. */
static bool is_all_wrong(const struct trial *t, const struct part *part, int axis)
{
    int64_t inner = 1, dim = axis < 0 ? t->c->d_count : t->d_shape.dim[axis], right = 0, seen = 0;
    double noise = 3 * t->noise * sqrt(t->ss / (double)(t->n ? t->n : 1));
    for (int k = axis + 1; axis >= 0 && k < t->d_shape.rank; k++)
        inner *= t->d_shape.dim[k];
    for (int64_t i = 0; i < t->c->d_count; i++) {
        int64_t at = i / inner % dim;
        double s = fabs(t->c->s[i]), d = fabs(t->c->d[i]), e = fabs(t->c->s[i] - t->c->d[i]);
        if (at < part->from || at >= part->to || isnan(e))
            continue;
        seen++;
        right += e <= fmax(VALUE_OFF * fmax(s, d), noise);
    }
    return seen >= PART_LEAST && (double)right <= FEW_RIGHT * (double)seen;
}

#define STRETCHES 512

static bool part_of_axis(const struct trial *t, struct found *found, int axis)
{
    struct profile p;
    struct part part = {0};
    int64_t stretches = t->c->d_count / PART_LEAST < STRETCHES ? t->c->d_count / PART_LEAST : STRETCHES;
    if (axis < 0 && stretches < 4)
        return false;
    if (profile_init(&p, t, axis, stretches))
        part = bad_stretch(&p, STRETCH_GARBAGE);
    profile_done(&p);
    double score = part_score(t, &part, p.count);
    if (score < SCORE_KEEP)
        return false;
    part.constant = axis >= 0 && is_constant(t, t->c->d, &part, axis);
    found->finding.score = part.constant ? score : 0.8 * score;
    if (axis < 0) { /* stretches as positions */
        part.from = part.from * t->c->d_count / stretches;
        part.to = part.to * t->c->d_count / stretches;
    }
    if ((!part.constant && !is_all_wrong(t, &part, axis)) || is_padding(t, &part, axis))
        return false;
    return say_part(t, found, &part, axis < 0 ? t->c->d_count : p.count, axis);
}

/* ---- NaN that were there before ---- */

#define NAN_SCORE  0.7  /* an operator may make NaN, too, but hardly in one stretch with all others right */
#define NAN_AT_END 0.85 /* at the beginning or the end of memory */

/*
 * One stretch of memory whose bytes happen to be NaN. Not one row alone: a softmax or a norm that fails gives
 * that. Rows: along the last axis.
 */
static bool nan_stretch(const struct trial *t, struct found *found)
{
    int64_t from = -1, to = -1, nans = 0, count = t->c->d_count;
    int64_t width = t->d_shape.rank > 0 ? t->d_shape.dim[t->d_shape.rank - 1] : 1;
    char a[MM_NUM], b[MM_NUM];
    if (t->c->result->metrics.dst.nan < PART_LEAST)
        return false;
    for (int64_t i = 0; i < count; i++) {
        if (!isnan(t->c->d[i]) || !isfinite(t->c->s[i]))
            continue;
        from = from < 0 ? i : from;
        to = i + 1;
        nans++;
    }
    bool one = nans >= PART_LEAST && nans == to - from && nans < count && nans != width;
    if (!one || !(t->observed <= fmax(3 * t->noise, 1e-3)))
        return false;
    found->finding.score = from == 0 || to == count ? NAN_AT_END : NAN_SCORE;
    found->finding.residual = t->observed;
    found->parameters = 2;
    found_say(found, "values %" PRId64 "..%" PRId64 " (%s %%) are NaN, the rest is right", from, to - 1,
              mm_num_short(a, 100 * (double)nans / (double)count, 2));
    found_evidence(found,
                   "%" PRId64 " to %" PRId64 " of %" PRId64
                   " (values in memory order) are NaN, none elsewhere; the "
                   "rest differs by %s only.",
                   from, to - 1, count, mm_num_short(b, t->observed, 2));
    return true;
}

bool cause_unwritten(const struct trial *t, struct found *found)
{
    if (t->c->d_count < 4 * PART_LEAST || t->mask) /* a mask is runs of one value */
        return false;
    if (nan_stretch(t, found))
        return true;
    struct stretch may = stretch_glance(t);
    struct part run = may.run ? longest_run(t) : (struct part){0};
    double score = run.to - run.from >= PART_LEAST ? part_score(t, &run, t->c->d_count) : 0;
    if (score >= SCORE_KEEP && !is_padding(t, &run, -1)) {
        found->finding.score = score;
        return say_part(t, found, &run, t->c->d_count, -1);
    }
    for (int k = t->d_shape.rank - 1; may.part && k >= 0; k--) {
        if (t->d_shape.rank >= 2 && t->d_shape.dim[k] >= 4 && part_of_axis(t, found, k))
            return true;
    }
    return may.part && part_of_axis(t, found, -1);
}
