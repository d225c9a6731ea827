/* What all causes need of one case, what makes a score, and how a prediction is judged. */
#include "cause/cause.h"
#include "cause/channels.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/translate.h"

/* Sums are taken about a first value, so that a large mean costs no digits. */
struct moments {
    int64_t n;
    double about, sum, square;
};

static void moments_add(struct moments *m, double x)
{
    double y = x - m->about;
    m->n++;
    m->sum += y;
    m->square += y * y;
}

static double moments_mean(const struct moments *m)
{
    return m->n ? m->about + m->sum / (double)m->n : 0;
}

static double moments_spread(const struct moments *m)
{
    return m->n ? fmax(0, m->square - m->sum * (m->sum / (double)m->n)) : 0;
}

static double first_finite(const double *x, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (isfinite(x[i]))
            return x[i];
    }
    return 0;
}

/* Where all values are finite the metrics have these sums, with all digits that matter in an error of this size. */
#define METRICS_LEAST 1e-3 /* relative error */

static bool metrics_have_sums(const struct trial *t)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    return t->c->result->state == MM_STATE_MEASURED && m->finite == t->c->d_count &&
           m->nonfinite_differ == 0 && m->nonfinite_equal == 0 && m->diff2 >= METRICS_LEAST &&
           isfinite(m->diff2);
}

static void sums_of_pairs(struct trial *t)
{
    const double *s = t->c->s, *d = t->c->d;
    struct moments ms = {.about = first_finite(s, t->c->s_count)};
    struct moments md = {.about = first_finite(d, t->c->d_count)};
    for (int64_t i = 0; i < t->c->d_count; i++) {
        if (!isfinite(s[i]) || !isfinite(d[i]))
            continue;
        double e = s[i] - d[i];
        moments_add(&ms, s[i]);
        moments_add(&md, d[i]);
        t->ss += s[i] * s[i];
        t->dd += d[i] * d[i];
        t->ee += e * e;
        t->se += s[i] * e;
        t->sd += s[i] * d[i];
    }
    t->n = ms.n;
    t->mean_s = moments_mean(&ms);
    t->mean_d = moments_mean(&md);
    t->vs = moments_spread(&ms);
    t->vd = moments_spread(&md);
}

static void sums_of_side(const double *x, int64_t count, struct moments *m, double *square)
{
    m->about = first_finite(x, count);
    for (int64_t i = 0; i < count; i++) {
        if (isfinite(x[i])) {
            moments_add(m, x[i]);
            *square += x[i] * x[i];
        }
    }
}

static void sums_apart(struct trial *t)
{
    struct moments ms = {0}, md = {0};
    sums_of_side(t->c->s, t->c->s_count, &ms, &t->ss);
    sums_of_side(t->c->d, t->c->d_count, &md, &t->dd);
    t->n = md.n;
    t->mean_s = moments_mean(&ms);
    t->mean_d = moments_mean(&md);
    t->vs = moments_spread(&ms);
    t->vd = moments_spread(&md);
    t->ee = t->se = t->sd = NAN;
}

static void sums_of_metrics(struct trial *t)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    double n = (double)m->finite;
    if (t->c->result->state != MM_STATE_MEASURED || m->finite == 0) {
        t->ee = t->se = t->sd = NAN;
        return;
    }
    t->n = m->finite;
    t->mean_s = m->src.mean;
    t->mean_d = m->dst.mean;
    t->vs = n * m->src.std * m->src.std;
    t->vd = n * m->dst.std * m->dst.std;
    t->ss = t->vs + n * t->mean_s * t->mean_s;
    t->dd = t->vd + n * t->mean_d * t->mean_d;
    t->ee = n * m->mse;
    t->se = (t->ss - t->dd + t->ee) / 2; /* from sum d^2 = sum s^2 - 2 sum se + sum e^2 */
    t->sd = t->ss - t->se;
}

static struct mm_shape squeezed(const struct mm_shape *shape, int *axis)
{
    struct mm_shape out = {0};
    for (int i = 0; i < shape->rank; i++) {
        if (shape->dim[i] != 1) {
            if (axis)
                axis[out.rank] = i;
            out.dim[out.rank++] = shape->dim[i];
        }
    }
    return out;
}

static bool colours(int64_t dim)
{
    return dim == 3 || dim == 4;
}

/* Axis of the squeezed shape that is axis `dumped` of the tensor; -1: it has length 1. */
static int squeezed_axis(const struct trial *t, int dumped)
{
    for (int k = 0; k < t->d_shape.rank; k++) {
        if (t->axis[k] == dumped)
            return k;
    }
    return -1;
}

/*
 * Images have 3 or 4 channels, in front or behind; feature maps of four and more axes have them behind the
 * batch, those of three in front; rows of features have them last. A vector has none.
 */
static int channel_axis(const struct trial *t, const struct mm_shape *dumped)
{
    const struct mm_shape *shape = &t->d_shape;
    int last = shape->rank - 1, front = dumped->rank >= 4 ? squeezed_axis(t, 1) : 0;
    if (shape->rank < 2)
        return -1;
    bool colours_front = front >= 0 && colours(shape->dim[front]);
    bool wide = shape->rank < 3 || shape->dim[last - 1] >= 8; /* a map of 4 x 4 has its channels in front */
    if (dumped->rank >= 3 && colours_front)
        return front;
    if (colours(shape->dim[last]) && wide)
        return last;
    return shape->rank == 2 && dumped->rank <= 3 ? last : front;
}

static bool whole(const double *x, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (isfinite(x[i]) && x[i] != rint(x[i]))
            return false;
    }
    return true;
}

/* At most two different values on both sides together, both whole: a mask. */
static bool is_mask(const struct mm_case *c)
{
    double other = c->s[0];
    for (int64_t i = 0; i < c->s_count; i++) {
        const double x[2] = {c->s[i], c->d[i]};
        for (int k = 0; k < 2; k++) {
            if (x[k] == c->s[0] || x[k] == other)
                continue;
            if (other != c->s[0] || x[k] != rint(x[k]))
                return false;
            other = x[k];
        }
    }
    return c->s[0] == rint(c->s[0]);
}

static bool kind_is_whole(enum mm_dtype dtype)
{
    enum mm_kind kind = mm_dtype_info(dtype)->kind;
    return kind == MM_KIND_INT || kind == MM_KIND_UINT || kind == MM_KIND_BOOL;
}

void trial_init(struct trial *t, const struct mm_case *c, const atomic_bool *cancel)
{
    memset(t, 0, sizeof *t);
    t->c = c;
    t->cancel = cancel;
    t->values = c->s && c->d && c->s_count > 0 && c->d_count > 0;
    t->aligned = t->values && c->s_count == c->d_count && c->result->state != MM_STATE_MISMATCH;
    if (t->aligned && !metrics_have_sums(t))
        sums_of_pairs(t);
    else if (t->values && !t->aligned)
        sums_apart(t);
    else
        sums_of_metrics(t);
    t->observed = sqrt(t->ee / fmax(t->ss, t->dd));
    t->noise = fmax(c->noise, 1e-7);
    t->whole_s = t->values ? whole(c->s, c->s_count) : kind_is_whole(c->result->src.dtype);
    t->whole_d = t->values ? whole(c->d, c->d_count) : kind_is_whole(c->result->dst.dtype);
    t->mask = t->aligned && is_mask(c);
    const struct mm_shape *dumped = t->values ? &c->d_shape : &c->result->dst.shape;
    t->s_shape = squeezed(t->values ? &c->s_shape : &c->result->src.shape, NULL);
    t->d_shape = squeezed(dumped, t->axis);
    t->channel =
        c->channels_known && t->aligned ? squeezed_axis(t, c->channel_axis) : channel_axis(t, dumped);
}

const struct channels *trial_channels(const struct trial *t)
{
    if (!t->aligned || t->channel < 0)
        return NULL;
    if (t->c->channels && t->c->channels_axis == t->axis[t->channel])
        return t->c->channels;
    if (t->channels && !t->channels->sum &&
        channels_init(t->channels, t->c->s, t->c->d, &t->d_shape, t->channel, NULL) < 0)
        return NULL;
    return t->channels;
}

bool trial_cancelled(const struct trial *t)
{
    return t->cancel && atomic_load_explicit(t->cancel, memory_order_relaxed);
}

double trial_limit(const struct trial *t)
{
    enum mm_dtype storage = t->c->storage;
    enum mm_dtype dtype = storage != MM_DTYPE_NONE ? storage : t->c->result->dst.dtype;
    const struct mm_stats *dst = &t->c->result->metrics.dst;
    double half = mm_dtype_info(MM_F16)->highest;
    bool codes = mm_dtype_info(dtype)->kind != MM_KIND_FLOAT && t->c->pair && t->c->pair->scales;
    if (codes)
        return INFINITY; /* what they stand for ends where the scale says: that is a range, no overflow */
    bool wide = dtype == MM_F32 || dtype == MM_F64 || dtype == MM_DTYPE_NONE;
    if (wide && storage == MM_DTYPE_NONE && dst->max <= half && dst->min >= -half)
        return half;
    return mm_dtype_info(dtype)->highest;
}

double trial_grid(const struct trial *t, int64_t levels)
{
    const struct mm_stats *dst = &t->c->result->metrics.dst;
    if (isnan(t->c->grid))
        return t->values ? grid_find(t->c->d, t->c->d_count, levels) : 0;
    return t->c->grid > 0 && (dst->max - dst->min) / t->c->grid <= (double)levels + 0.5 ? t->c->grid : 0;
}

bool trial_is_ids(const struct trial *t)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    const struct mm_dtype_info *src = mm_dtype_info(t->c->result->src.dtype);
    bool code = src->kind != MM_KIND_FLOAT && src->bits <= 16;
    double least = fmin(m->src.min, m->dst.min), most = fmax(m->src.max, m->dst.max);
    return t->whole_s && t->whole_d && !code && least >= -1 && most <= 1e7;
}

/* What is left of the larger claim: what was observed, and d's own spread. */
static double left_of(const struct trial *t, double residual)
{
    double left = residual / sqrt(t->vd / t->dd);
    return isnan(t->observed) ? left : fmax(left, residual / t->observed);
}

#define LEFT_FAR  0.35 /* of the claim, for a residual that is far above the noise */
#define LEFT_MOST 0.6  /* and for one that is not */

double trial_allowed(const struct trial *t)
{
    double claim = isnan(t->observed) ? t->vd : fmin(t->vd, t->observed * t->observed * t->dd);
    return 1.0001 * LEFT_MOST * LEFT_MOST * claim; /* a hair more: what is judged in full must not be lost */
}

double cause_score(const struct trial *t, double residual)
{
    double left = left_of(t, residual);
    if (t->observed <= 0) /* no error but at positions that are not finite */
        return 0;
    double far = log10(fmax(residual, 1e-300) / (3 * t->noise)); /* decades above the noise */
    double power = 2 - fmin(fmax(far, 0), 1);
    if (!(left <= LEFT_FAR + (LEFT_MOST - LEFT_FAR) * (power - 1)))
        return 0;
    return 1 - pow(left, power);
}

#define FIT_NOISE   1.5 /* times the noise: up to here it is noise, and */
#define FIT_ALLOWED 0.7 /* may be so much of the claim; */
#define FIT_FAR     6.0 /* from here on it is not, and may be */
#define FIT_STRICT  0.1

/* As many values as carry s' energy: (sum s^2)^2 / sum s^4, at most n; of a softmax it is a few. */
static double effective_values(const struct trial *t)
{
    const double *s = t->c->s, *d = t->c->d;
    double fourth = 0;
    for (int64_t i = 0; t->aligned && i < t->c->d_count; i++) {
        double square = s[i] * s[i];
        if (isfinite(s[i]) && isfinite(d[i]))
            fourth += square * square;
    }
    return fourth > 0 && isfinite(fourth) ? t->ss / fourth * t->ss : (double)t->n;
}

static double score_of_fit(const struct trial *t, double residual)
{
    double far = log(residual / (FIT_NOISE * t->noise)) / log(FIT_FAR / FIT_NOISE);
    double share = fmin(fmax(far, 0), 1); /* residual 0 gives 0 */
    double allowed = FIT_ALLOWED * pow(FIT_STRICT / FIT_ALLOWED, share);
    double left = left_of(t, residual) / allowed;
    return left <= 1.2 ? 1 - left * left / 2 : 0;
}

double cause_score_fit(const struct trial *t, double residual, double parameters)
{
    /* parameters only make it worse: they are counted where there is something to lose */
    if (t->observed <= 0 || !((double)t->n > parameters) || score_of_fit(t, residual) == 0)
        return 0;
    double values = effective_values(t);
    return values > parameters ? score_of_fit(t, residual * sqrt(values / (values - parameters))) : 0;
}

static double residual_up_to(const struct trial *t, predict_block predict, const void *hypothesis,
                             double most)
{
    double h[PREDICT_BLOCK], left = 0, whole_energy = 0;
    int64_t judged = 0, count = t->c->d_count;
    const double *d = t->c->d;
    for (int64_t from = 0; from < count; from += PREDICT_BLOCK) {
        size_t n = (size_t)(count - from < PREDICT_BLOCK ? count - from : PREDICT_BLOCK);
        if (trial_cancelled(t))
            return NAN;
        predict(hypothesis, t, from, n, h);
        for (size_t i = 0; i < n; i++) {
            double x = d[from + (int64_t)i];
            if (!isfinite(x) || !isfinite(h[i]))
                continue;
            judged++;
            whole_energy += x * x;
            left += (x - h[i]) * (x - h[i]);
        }
        if (left > most)
            return INFINITY;
    }
    if (2 * judged < t->n || judged == 0 || whole_energy == 0)
        return NAN;
    return sqrt(left / whole_energy);
}

/* Where values are not finite, a prediction is judged at other positions than those that were summed. */
double predict_residual(const struct trial *t, predict_block predict, const void *hypothesis)
{
    bool same = !t->aligned || t->n == t->c->d_count;
    return residual_up_to(t, predict, hypothesis, same ? trial_allowed(t) : INFINITY);
}

double predict_residual_whole(const struct trial *t, predict_block predict, const void *hypothesis)
{
    return residual_up_to(t, predict, hypothesis, INFINITY);
}

bool found_set(struct found *found, const struct trial *t, double residual, double parameters)
{
    found->finding.residual = residual;
    found->finding.score = isnan(residual) ? 0 : cause_score(t, residual);
    found->parameters = parameters;
    return found->finding.score >= SCORE_KEEP;
}

bool found_set_fit(struct found *found, const struct trial *t, double residual, double fitted,
                   double parameters)
{
    found->finding.residual = residual;
    found->finding.score = isnan(residual) ? 0 : cause_score_fit(t, residual, fitted);
    found->parameters = parameters;
    return found->finding.score >= SCORE_KEEP;
}

void found_say(struct found *found, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    mm_vformat(found->finding.sentence, sizeof found->finding.sentence, format, args);
    va_end(args);
}

void found_evidence(struct found *found, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    mm_vformat(found->finding.evidence, sizeof found->finding.evidence, format, args);
    va_end(args);
}
