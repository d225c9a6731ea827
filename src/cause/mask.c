/* A mask that differs: positions that hold its huge negative value on one side only. */
#include "cause/cause.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define REST_MOST 0.1  /* relative error of what neither side masks */
#define FEW       4    /* positions of -Inf on one side alone, at least, where nothing else shows a mask */
#define SCORE     0.95 /* before what NaN and Inf of the reference alone say */

struct masked {
    double limit_s, limit_d;
    int64_t src, dst, both, first; /* positions masked on that side alone, on both */
    int64_t broken;                /* NaN or Inf of one side alone that are no mask's */
    double error, energy;          /* sums of e^2 and d^2 where neither is */
    double other;                  /* sum of what stands there on the other side */
};

static void masked_find(struct masked *h, const struct trial *t)
{
    h->first = -1;
    for (int64_t i = 0; i < t->c->d_count; i++) {
        double s = t->c->s[i], d = t->c->d[i];
        bool in_s = s <= h->limit_s, in_d = d <= h->limit_d; /* false where there is no limit */
        if (in_s && in_d)
            h->both++;
        else if ((in_s && isfinite(d)) || (in_d && isfinite(s))) {
            h->src += in_s;
            h->dst += in_d;
            h->other += in_s ? d : s;
            h->first = h->first < 0 ? i : h->first;
        } else if (isfinite(s - d)) {
            h->error += (s - d) * (s - d);
            h->energy += d * d;
        } else {
            h->broken += isfinite(s) != isfinite(d);
        }
    }
}

/* Masked on one side, and on the other values like all others: a logarithm of 0 has its lowest ones there. */
static bool is_ordinary(const struct trial *t, const struct masked *h)
{
    double n = (double)t->n, count = (double)(h->src + h->dst);
    double mean = h->src ? t->mean_d : t->mean_s, spread = sqrt((h->src ? t->vd : t->vs) / n);
    return t->n > 0 && (h->src == 0 || h->dst == 0) && count >= FEW && h->other / count > mean - spread;
}

/* Without values of a size that tells, -Inf must stand on both sides, or where the other side has ordinary values. */
static bool is_mask(const struct trial *t, const struct masked *h)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    bool finite = isfinite(h->limit_s) || isfinite(h->limit_d);
    bool infinite = m->src.nan + m->src.pos_inf + m->dst.nan + m->dst.pos_inf == 0 && is_ordinary(t, h);
    return h->src + h->dst > h->broken && (finite || h->both > 0 || infinite) &&
           4 * (h->src + h->dst) < 3 * t->c->d_count;
}

static void say_mask(const struct trial *t, struct found *found, const struct masked *h)
{
    const struct mm_shape *shape = &t->c->d_shape;
    int64_t coord[MM_RANK_MAX];
    char a[MM_NUM], b[MM_NUM], c[MM_NUM], place[96] = "";
    size_t length = 0;
    mm_shape_coords(shape, h->first, coord);
    for (int k = 0; k < shape->rank && length < sizeof place; k++)
        length +=
            (size_t)snprintf(place + length, sizeof place - length, "%s%" PRId64, k ? "," : "", coord[k]);
    mm_num_count(a, h->src);
    mm_num_count(b, h->dst);
    mm_num_short(c, found->finding.residual, 2);
    found_say(found, "the mask differs: %s positions in src alone, %s in dst alone; the rest by %s", a, b, c);
    found_evidence(found,
                   "A mask's value stands at %s positions of src alone and at %s of dst alone, first at "
                   "[%s]; the others "
                   "differ by %s.",
                   a, b, place, c);
}

bool cause_mask(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    struct masked h = {
        .limit_s = mm_sentinel_possible(&m->src) ? mm_sentinel_limit(t->c->s, t->c->s_count) : NAN,
        .limit_d = mm_sentinel_possible(&m->dst) ? mm_sentinel_limit(t->c->d, t->c->d_count) : NAN};
    if (isnan(h.limit_s) && isnan(h.limit_d))
        return false; /* no position is masked on any side */
    masked_find(&h, t);
    /* those that were left out before (mm_sentinels_mask) count as well */
    h.both += t->c->result->masked;
    double rest = h.energy > 0 ? sqrt(h.error / h.energy) : h.error > 0 ? INFINITY : 0;
    if (!is_mask(t, &h) || !(rest <= fmax(REST_MOST, 3 * t->noise)))
        return false;
    found->finding.score = SCORE;
    found->finding.residual = rest;
    found->parameters = 1;
    say_mask(t, found, &h);
    return true;
}
