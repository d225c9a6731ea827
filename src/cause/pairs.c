/* Products of 8 bits that are added in pairs in 16 bits: large sums fall short, or weights are halved beforehand. */
#include "cause/cause.h"
#include "cause/sparse.h"

#include <inttypes.h>
#include <math.h>

/*
 * Without VNNI, kernels add two products of uint8 and int8 at a time in int16, which saturates: two of up to 255 x 127
 * come to 64770. Sums without such a pair are exact, most others are short of what they should be, whatever their sign.
 * Which pairs there were is not in the dump. But that the rest is equal to the bit shows that inputs and weights are the
 * same: inputs that were cut off, say, would have changed nearly all sums.
 */
#define OFF_LEAST   16   /* values that are off, */
#define OFF_MOST    0.5  /* at most this share, */
#define SHORT_LEAST 0.65 /* of which so many fall short */
#define LARGER      1.25 /* times as large they are as those that are right, on the average */
#define EXACT       2e-6 /* of the RMS: float's own rounding of integers times a scale */
#define SCORE       0.66

struct pairs {
    double limit;
    int64_t off, fell_short, right;
    double size_off, size_right, left; /* sums of |s|, |s|, and e^2 where it is right */
};

static void pairs_add(struct pairs *h, double s, double d)
{
    double e = fabs(s - d);
    if (!isfinite(e) || (s == 0 && d == 0))
        return; /* zeros are exact whatever made them */
    if (e > h->limit) {
        h->off++;
        h->fell_short += fabs(d) < fabs(s) && s * d >= 0;
        h->size_off += fabs(s);
    } else {
        h->right++;
        h->size_right += fabs(s);
        h->left += e * e;
    }
}

static bool is_pattern(const struct pairs *h, double least)
{
    double off = (double)h->off, right = (double)h->right;
    return off >= least && off <= OFF_MOST * (off + right) && (double)h->fell_short >= SHORT_LEAST * off &&
           h->size_off * right >= LARGER * h->size_right * off;
}

/* Only where integers are known to be multiplied: an operator with weights, whose inputs or results are quantised. */
static bool multiplies_integers(const struct trial *t)
{
    bool integers = t->c->quantised || (t->whole_s && t->whole_d);
    return integers && *t->c->op_type && mm_op_has_weights(t->c->op_type);
}

/* A cut at the end of the range is another thing. */
static bool has_plateau(const struct trial *t, const struct pairs *h)
{
    const struct mm_stats *dst = &t->c->result->metrics.dst;
    int64_t at_end = 0;
    for (int64_t i = 0; i < t->c->d_count; i++)
        at_end +=
            (t->c->d[i] == dst->max || t->c->d[i] == dst->min) && fabs(t->c->s[i] - t->c->d[i]) > h->limit;
    return 10 * at_end > h->off;
}

bool cause_pairs(const struct trial *t, struct found *found)
{
    double rms = sqrt(t->ss / (double)(t->n ? t->n : 1));
    struct pairs first = {.limit = EXACT * rms}, h = first;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM];
    if (!multiplies_integers(t) || !(t->dd < t->ss))
        return false;
    for (struct sparse p = sparse_first(t->c->d_count, SPARSE_COUNT); p.at < t->c->d_count; sparse_next(&p))
        pairs_add(&first, t->c->s[p.at], t->c->d[p.at]);
    if (!is_pattern(&first, OFF_LEAST / 4.0))
        return false;
    for (int64_t i = 0; i < t->c->d_count; i++)
        pairs_add(&h, t->c->s[i], t->c->d[i]);
    double rest = sqrt(h.left / t->dd);
    if (!is_pattern(&h, OFF_LEAST) || has_plateau(t, &h))
        return false;
    found->finding.score = SCORE;
    found->finding.residual = rest;
    found->parameters = 3;
    mm_num_short(a, 100 * (double)h.off / (double)(h.off + h.right), 2);
    found_say(found,
              "%s %% of the sums are off, large ones that fall short, the rest is exact: saturating pairs",
              a);
    found_evidence(
        found,
        "%s values are off, %s %% of them too small, and they are %s times as large as the rest, which is "
        "exact. Sums of uint8 x int8 that are added in pairs in int16 look like this.",
        mm_num_count(a, h.off), mm_num_short(b, 100 * (double)h.fell_short / (double)h.off, 3),
        mm_num_short(c, h.size_off / (double)h.off * (double)h.right / h.size_right, 2));
    return true;
}

/* ---- weights that were halved ---- */

/*
 * int8 x int8 without VNNI would saturate as well, so oneDNN halves the weights and doubles the sums: odd weights are
 * rounded, and all sums are even. Sums that are rounded to even numbers afterwards are off by 1 at most.
 */
#define SUMS_LEAST   64   /* that many are not even by chance */
#define ODD_LEAST    0.25 /* share of src's sums */
#define RMSE_LEAST   4.0  /* more than rounding to even numbers */
#define HALVED_MOST  0.3  /* relative error: a weight is off by a half of its last bit */
#define HALVED_SCORE 0.8

static bool is_odd(double x)
{
    return fmod(x, 2) != 0;
}

/* *even: d's are, at about so many places; returns the share of s that is odd. */
static double odd_share(const struct trial *t, int64_t places, bool *even)
{
    int64_t seen = 0, odd = 0;
    *even = true;
    for (struct sparse p = sparse_first(t->c->d_count, places); p.at < t->c->d_count && *even;
         sparse_next(&p)) {
        *even = !is_odd(t->c->d[p.at]);
        odd += is_odd(t->c->s[p.at]);
        seen++;
    }
    return seen ? (double)odd / (double)seen : 0;
}

bool cause_halved(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    char a[MM_NUM], b[MM_NUM];
    bool even;
    if (!t->whole_s || !t->whole_d || t->n < SUMS_LEAST || m->nonfinite_differ || trial_is_ids(t) ||
        !mm_op_has_weights(t->c->op_type) || !(m->rmse >= RMSE_LEAST) || !(t->observed <= HALVED_MOST))
        return false;
    if (odd_share(t, SPARSE_COUNT, &even) < ODD_LEAST || !even)
        return false;
    double odd = odd_share(t, t->c->d_count + 1, &even);
    if (!even)
        return false;
    found->finding.score = HALVED_SCORE;
    found->parameters = 1;
    mm_num_short(a, 100 * odd, 2);
    mm_num_short(b, t->observed, 2);
    found_say(found, "all sums of dst are even, %s %% of src's are odd: weights were halved", a);
    found_evidence(found,
                   "All %" PRId64
                   " sums of dst are even, %s %% of src's are odd, and they differ by %s: weights of int8 "
                   "were halved against saturation, and the sums doubled.",
                   t->c->d_count, a, b);
    return true;
}
