/* Mistakes with integers and their scale: d = a s + b with a or b told, or whole codes. */
#include "cause/cause.h"
#include "cause/channels.h"

#include <math.h>
#include <stdio.h>

#include "base/translate.h"

#define VALUES_LEAST 8 /* a parameter: fewer values fit anything */

/* d = scale s + offset, by least squares over the finite pairs; the residual counts the parameter. */
struct line {
    double scale, offset, residual;
};

static double residual_of_fit(const struct trial *t, double left)
{
    double n = (double)t->n;
    return sqrt(fmax(0, left) / t->dd * n / (n - 1));
}

/* The best d = scale s. With e = s - d: sum (d - a s)^2 = sum ((1 - a) s - e)^2, which has more digits where
 * e is the smaller one. */
static struct line fit_scale(const struct trial *t)
{
    double scale = t->sd / t->ss;
    double left = t->ee < t->dd ? t->ee - 2 * (1 - scale) * t->se + (1 - scale) * (1 - scale) * t->ss
                                : t->dd - scale * t->sd;
    return (struct line){scale, 0, residual_of_fit(t, left)};
}

static struct line fit_offset(const struct trial *t)
{
    double offset = t->mean_d - t->mean_s;
    double left = t->ee - (double)t->n * offset * offset;
    return (struct line){1, offset, residual_of_fit(t, left)};
}

/* ---- a factor ---- */

static const struct {
    double factor;
    const char *name;
} known_factors[] = {
    {255, "255, a byte's range"},
    {127, "127, int8's range"},
    {127.5, "127.5, half a byte's range"},
    {-1, "the sign is lost"},
};

/* "2^-8", "255, a byte's range" or NULL. `off`: how far the factor may be off, relative. */
static const char *factor_name(double scale, double off, char out[48])
{
    int power;
    double part = frexp(fabs(scale), &power); /* 0.5 <= part < 1 */
    power -= part < 0.7071;
    if (fabs(fabs(scale) / ldexp(1, power) - 1) <= off && power != 0) {
        snprintf(out, 48, "%s2^%d", scale < 0 ? "-" : "", power);
        return out;
    }
    for (size_t i = 0; i < MM_COUNT(known_factors); i++) {
        if (fabs(scale / known_factors[i].factor - 1) <= off)
            return known_factors[i].name;
        if (fabs(scale * known_factors[i].factor - 1) <= off) {
            snprintf(out, 48, "1 / %s", known_factors[i].name);
            return out;
        }
    }
    return NULL;
}

/*
 * One factor, and a constant for each channel: the products are scaled, the bias is not. False where the
 * constants alone, or with a factor of their own each, fit as well or better.
 */
static bool scaled_before_bias(const struct trial *t, struct found *found)
{
    char a[MM_NUM], b[MM_NUM], c[MM_NUM];
    bool enough = t->aligned && t->channel >= 0 && t->n >= 2 * VALUES_LEAST * t->d_shape.dim[t->channel];
    const struct channels *channels = enough ? trial_channels(t) : NULL;
    if (!channels)
        return false;
    double count = (double)channels->count, scale = channels_scale(channels), one, each, left;
    channels_left(channels, scale, &left, &one, &each);
    double far = fmax(left, 2 * t->noise * t->noise * t->dd);
    bool good = one > 4 * far && left <= 4 * fmax(each, t->noise * t->noise * t->dd) &&
                found_set_fit(found, t, sqrt(left / t->dd), count + 1, 4);
    if (!good)
        return false;
    mm_num_short(a, scale, 3);
    mm_num_short(b, found->finding.residual, 2);
    found_say(found, "dst = %s x src, but for a constant a channel (bias): corrected, the error is %s", a, b);
    found_evidence(
        found,
        "One factor, %.6g, and a constant for each channel leave %s, without it is %s: the sums are "
        "scaled, and what is added to them is not.",
        scale, b, mm_num_short(c, t->observed, 2));
    return true;
}

static bool scaled(const struct trial *t, struct found *found)
{
    struct line line = fit_scale(t);
    if (!found_set_fit(found, t, line.residual, 1, 1))
        return false;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM], text[48], named[64] = "";
    const char *name = factor_name(line.scale, fmax(2e-3, 3 * line.residual / sqrt((double)t->n)), text);
    if (name)
        snprintf(named, sizeof named, " (%s)", name);
    mm_num_short(a, line.scale, 3);
    mm_num_short(b, line.residual, 2);
    found_say(found, "dst = %s x src%s: corrected, the error is %s", a, named, b);
    found_evidence(found, "The best factor is %.6g%s. With it %s of dst is left unexplained, without it %s.",
                   line.scale, named, b, mm_num_short(c, t->observed, 2));
    return true;
}

bool cause_scale(const struct trial *t, struct found *found)
{
    if (!(t->ss > 0) || !(t->dd > 0) || t->n < VALUES_LEAST || trial_is_ids(t))
        return false;
    struct found with_bias = *found;
    bool good = scaled(t, found), sure = good && found->finding.residual <= 3 * t->noise;
    if (!sure && scaled_before_bias(t, &with_bias) &&
        (!good || with_bias.finding.score > found->finding.score + SCORE_SAME)) {
        *found = with_bias;
        return true;
    }
    return good;
}

/* ---- a constant ---- */

bool cause_zero_point(const struct trial *t, struct found *found)
{
    if (!(t->dd > 0) || !(t->vs > 0) || t->n < VALUES_LEAST || trial_is_ids(t))
        return false;
    struct line line = fit_offset(t);
    if (!found_set_fit(found, t, line.residual, 1, 1))
        return false;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM], d[MM_NUM], e[MM_NUM], codes[64] = "";
    double step = trial_grid(t, 512);
    mm_num_short(a, fabs(line.offset), 4);
    mm_num_short(b, line.residual, 2);
    if (step > 0)
        mm_format(codes, sizeof codes, " It is %s steps of dst's grid.",
                  mm_num_short(c, line.offset / step, 4));
    found_say(found, "dst = src %c %s everywhere: corrected, the error is %s", line.offset < 0 ? '-' : '+', a,
              b);
    found_evidence(
        found, "The mean moved from %s to %s; with the constant taken off, the error is %s instead of %s.%s",
        mm_num_short(c, t->mean_s, 4), mm_num_short(d, t->mean_d, 4), b, mm_num_short(e, t->observed, 2),
        codes);
    return true;
}

/* ---- raw codes ---- */

/* RMS in codes that rounding to whole numbers leaves is 1/sqrt(12) = 0.29; clipping and earlier noise add. */
#define CODE_ROUNDING 0.6

bool cause_not_dequantised(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    double span = m->dst.max - m->dst.min;
    if (t->c->storage != MM_DTYPE_NONE) /* large floats of few digits are whole numbers, too */
        return false;
    if (!t->whole_d || t->whole_s || !(span >= 4) || m->dst.min < -32768 || m->dst.max > 65535 ||
        !(m->fit_scale > 0))
        return false;
    double codes = m->fit_residual * sqrt(t->dd / (double)t->n);
    double unexplained = m->fit_residual * sqrt(t->dd / t->vd);
    bool eight = m->dst.min >= -128 && m->dst.max <= 255;
    if (!(unexplained <= 0.2) || (!(codes <= CODE_ROUNDING) && !(m->fit_residual <= 3 * t->noise + 0.02)))
        return false;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM], zero[MM_NUM];
    found->finding.residual = m->fit_residual;
    found->finding.score = 1 - unexplained;
    found->parameters = 0.5; /* a rounder fit with the same line is no better an explanation */
    mm_num_short(a, 1 / m->fit_scale, 3);
    mm_num_short(zero, rint(m->fit_offset), 5);
    found_say(found, "dst holds raw int%d: value = (code - %s) x %s", eight ? 8 : 16,
              fabs(m->fit_offset) < 0.5 ? "0" : zero, a);
    found_evidence(found,
                   "dst holds whole numbers from %s to %s only, src does not. A linear fit leaves %s of "
                   "a code.",
                   mm_num_short(b, m->dst.min, 5), mm_num_short(c, m->dst.max, 5), mm_num_short(a, codes, 2));
    return true;
}

/* ---- signed or not ---- */

/* d = s + jump where s is on one side of `limit`, else s. */
struct wrap {
    double jump, limit;
    bool below; /* jumps where s < limit */
};

static void predict_wrap(const void *hypothesis, const struct trial *t, int64_t from, size_t n, double *out)
{
    const struct wrap *h = hypothesis;
    const double *s = t->c->s + from;
    for (size_t i = 0; i < n; i++)
        out[i] = s[i] + ((s[i] < h->limit) == h->below ? h->jump : 0);
}

/* Two groups of positions: those where d - s is nearer to the largest difference than to zero, and the
 * rest. */
static bool find_wrap(const struct trial *t, struct wrap *h)
{
    const double *s = t->c->s, *d = t->c->d;
    double far = t->c->result->metrics.max_abs, sum = 0, most_near = -INFINITY, least_near = INFINITY;
    double mean_far = 0;
    int64_t jumped = 0;
    for (int64_t i = 0; i < t->c->d_count; i++) {
        double e = d[i] - s[i];
        if (fabs(e) > far / 2 && isfinite(e)) {
            sum += e;
            mean_far += s[i];
            jumped++;
        } else if (isfinite(e)) {
            most_near = fmax(most_near, s[i]);
            least_near = fmin(least_near, s[i]);
        }
    }
    if (jumped < 4 || jumped > t->n - 4)
        return false;
    h->jump = sum / (double)jumped;
    h->below = h->jump > 0;
    h->limit = h->below ? least_near : most_near;
    return h->below == (mean_far / (double)jumped < h->limit);
}

/* Rounding blurs the limit: put it in the middle between the two groups' ends. */
static void centre_limit(const struct trial *t, struct wrap *h)
{
    const double *s = t->c->s, *d = t->c->d;
    double end = h->below ? -INFINITY : INFINITY;
    for (int64_t i = 0; i < t->c->d_count; i++) {
        if (fabs(d[i] - s[i]) > fabs(h->jump) / 2 && isfinite(d[i]) && isfinite(s[i]))
            end = h->below ? fmax(end, s[i]) : fmin(end, s[i]);
    }
    h->limit = (h->limit + end) / 2;
}

bool cause_signedness(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    double span = m->src.max - m->src.min;
    struct wrap h;
    /* the wrap is 256 steps, the calibrated range: about what src spans, less where rare values are cut
     * off */
    if (!(m->max_abs >= 0.7 * span) || !(span > 0) || !find_wrap(t, &h) || fabs(h.jump) < 0.7 * span)
        return false;
    centre_limit(t, &h);
    if (!found_set(found, t, predict_residual(t, predict_wrap, &h), 2))
        return false;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM];
    mm_num_short(a, h.jump / 256, 3);
    mm_num_short(b, found->finding.residual, 2);
    found_say(found, "%s: corrected, the error is %s",
              h.below ? "int8 read as uint8, negative values are 256 steps too high"
                      : "uint8 read as int8, high values are 256 steps too low",
              b);
    found_evidence(
        found,
        "dst is src, but where src is %s %s it is off by %s: 256 steps of %s. Corrected, the error is %s.",
        h.below ? "below" : "above", mm_num_short(c, h.limit, 3), mm_num_short((char[MM_NUM]){0}, h.jump, 4),
        mm_num_short((char[MM_NUM]){0}, h.jump / 256, 3), b);
    return true;
}
