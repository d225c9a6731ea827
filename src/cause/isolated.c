/* A few wrong values, here and there, among ones that are right. */
#include "cause/cause.h"
#include "cause/sorted.h"
#include "cause/sparse.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"

#define SHARE_MOST   0.05 /* of all values; more are no exceptions */
#define COUNT_MOST   4096
#define APART        10.0 /* the least wrong value is off by so many times what the greatest right one is */
#define NOISE_MOST   8.0  /* times its RMS: what noise reaches */
#define WRONG_LEAST  0.03 /* of the greatest error: what is less is right, or there is no gap */
#define TOGETHER     4    /* neighbours among them: from here on they are a part of something */
#define SCORE        0.62
#define LEAST_VALUES 16
#define GAP_COUNT    1024 /* positions that are looked at first */
#define SHOWN        3
#define USUAL        0.9 /* of all errors are at most the usual one; */
#define GLANCE       384 /* of so few of them */
#define GLANCE_USUAL 0.8 /* it is greater than the one that so many are below */

/* |e| of a position that is wrong. */
struct spot {
    int64_t at;
    double error;
};

struct spots {
    struct spot *spot;
    size_t count;
    double limit;     /* above it is wrong */
    double right;     /* the greatest |e| below */
    double low, high; /* the range of s there */
    double rest;      /* sum e^2 of these */
};

/* Is one of these errors at most APART times the usual one, and the greatest of all below APART times it? Then there is no
 * gap. Counted, too. */
static bool lies_between(const double *error, size_t n, double most, double share)
{
    double between = INFINITY;
    size_t below = 0;
    for (size_t i = 0; i < n; i++)
        between = most < APART * error[i] && error[i] < between ? error[i] : between;
    for (size_t i = 0; i < n; i++)
        below += APART * error[i] < between;
    return isfinite(between) && (double)below <= (double)(n - 1) * share;
}

/*
 * The error that nine values in ten stay below, of some of them. +Inf where no error is APART times as large, so that none
 * stands out, or one lies between: that is counted, for putting them into order costs more. Also when memory is out.
 */
static double usual_error(const struct trial *t)
{
    double *error = malloc((SPARSE_COUNT + 2) * sizeof *error), usual = INFINITY;
    double most = t->c->result->metrics.max_abs;
    size_t n = 0, above = 0;
    struct sparse p = sparse_first(t->c->d_count, SPARSE_COUNT);
    for (; error && p.at < t->c->d_count && n < SPARSE_COUNT + 2; sparse_next(&p)) {
        double e = fabs(t->c->s[p.at] - t->c->d[p.at]);
        if (!isfinite(e))
            continue;
        error[n++] = e;
        above += !(APART * e < most);
        if (above > (SPARSE_COUNT + 2) / 10 + 1)
            break; /* more than one in ten, however many follow */
        if (n == GLANCE && lies_between(error, n, most, GLANCE_USUAL))
            break;
    }
    bool few = above <= (SPARSE_COUNT + 2) / 10 + 1 && n - above > (n - 1) * 9 / 10;
    if (n >= LEAST_VALUES && few && !lies_between(error, n, most, USUAL))
        usual = value_at_place(error, n, (n - 1) * 9 / 10);
    free(error);
    return usual;
}

/* At some positions: is one that is right so far off that the greatest error of all is not APART times as large? Then
 * no wrong one is. */
static bool has_no_gap(const struct spots *spots, const struct trial *t)
{
    double most = t->c->result->metrics.max_abs, right = 0;
    for (struct sparse p = sparse_first(t->c->d_count, GAP_COUNT); p.at < t->c->d_count; sparse_next(&p)) {
        double e = fabs(t->c->s[p.at] - t->c->d[p.at]);
        right = e <= spots->limit && e > right ? e : right;
    }
    return most < APART * right;
}

/* False: too many, or one between right and wrong. Most tensors show that early on. */
static bool spots_find(struct spots *spots, const struct trial *t)
{
    double least = INFINITY;
    if (has_no_gap(spots, t))
        return false;
    spots->spot = malloc(COUNT_MOST * sizeof *spots->spot);
    for (int64_t i = 0; spots->spot && i < t->c->d_count; i++) {
        double e = fabs(t->c->s[i] - t->c->d[i]);
        if (e > spots->limit && isfinite(e)) {
            if (spots->count == COUNT_MOST)
                return false;
            spots->spot[spots->count++] = (struct spot){i, e};
            least = e < least ? e : least;
        } else if (isfinite(e)) {
            double s = t->c->s[i];
            spots->right = e > spots->right ? e : spots->right;
            spots->low = s < spots->low ? s : spots->low;
            spots->high = s > spots->high ? s : spots->high;
            spots->rest += e * e;
        }
        if (least < APART * spots->right)
            return false;
    }
    return spots->count > 0 && (double)spots->count <= SHARE_MOST * (double)t->n;
}

#define OWN_ERROR 0.2 /* of its size: a large value is not wrong by what is large for others */

/*
 * What is wrong because of its value is not wrong because of its place: it is cut off at the end of dst's range, or it
 * is larger (smaller) than all that is right. Nor is what is nearly right, for its size.
 */
static bool depend_on_values(const struct trial *t, const struct spots *spots)
{
    const struct mm_stats *dst = &t->c->result->metrics.dst;
    size_t cut = 0, outside = 0, near = 0;
    for (size_t i = 0; i < spots->count; i++) {
        double s = t->c->s[spots->spot[i].at], d = t->c->d[spots->spot[i].at];
        cut += (d == dst->max && s > d) || (d == dst->min && s < d);
        outside += s < spots->low || s > spots->high;
        near += spots->spot[i].error < OWN_ERROR * fmax(fabs(s), fabs(d));
    }
    return near > 0 || 2 * cut > spots->count || (spots->count > 1 && 2 * outside > spots->count);
}

/* A run of neighbours, in memory or along an axis, is a part. */
static bool lie_together(const struct trial *t, const struct spots *spots)
{
    int64_t stride = 1;
    for (int k = t->d_shape.rank - 1; k >= 0; k--) {
        size_t run = 1;
        for (size_t i = 1, j = 0; i < spots->count; i++) {
            while (spots->spot[j].at < spots->spot[i].at - stride)
                j++;
            run = spots->spot[j].at == spots->spot[i].at - stride ? run + 1 : run;
        }
        if (run >= TOGETHER && 2 * run > spots->count)
            return true;
        stride *= t->d_shape.dim[k];
    }
    return false;
}

/* Do they all lie at one index of an axis, and there are several? Then that is wrong: a row, a channel. */
static bool share_an_index(const struct trial *t, const struct spots *spots)
{
    int64_t inner = 1;
    for (int k = t->d_shape.rank - 1; k >= 0 && t->d_shape.rank > 1 && spots->count >= TOGETHER; k--) {
        int64_t dim = t->d_shape.dim[k], first = spots->spot[0].at / inner % dim;
        size_t same = 0;
        for (size_t i = 0; i < spots->count; i++)
            same += spots->spot[i].at / inner % dim == first;
        if (same == spots->count && dim >= TOGETHER)
            return true;
        inner *= dim;
    }
    return false;
}

/* "[0,17] 3.2 for 0.4, ..." */
static void places_text(const struct trial *t, const struct spots *spots, char *out, size_t size)
{
    const struct mm_shape *shape = &t->c->d_shape;
    size_t length = 0;
    *out = '\0';
    for (size_t i = 0; i < spots->count && i < SHOWN && length < size; i++) {
        int64_t coord[MM_RANK_MAX], at = spots->spot[i].at;
        char a[MM_NUM], b[MM_NUM];
        mm_shape_coords(shape, at, coord);
        length += (size_t)snprintf(out + length, size - length, "%s[", i ? ", " : "");
        for (int k = 0; k < shape->rank && length < size; k++)
            length += (size_t)snprintf(out + length, size - length, "%s%" PRId64, k ? "," : "", coord[k]);
        if (length < size)
            length += (size_t)mm_format(out + length, size - length, "] %s for %s",
                                        mm_num_short(a, t->c->d[at], 3), mm_num_short(b, t->c->s[at], 3));
    }
    if (spots->count > SHOWN && length < size)
        snprintf(out + length, size - length, ", ...");
}

/* Operators that jump: what is rounding before them is a whole step, another index or another turn behind them. */
static bool jumps(const char *op_type)
{
    static const char *const words[] = {"floor", "ceil",    "round",  "sign", "trunc",      "greater", "less",
                                        "equal", "where",   "select", "topk", "nonmax",     "sort",    "mod",
                                        "atan",  "nearest", "grid",   "roi",  "quantizelin"};
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        if (mm_text_find(op_type, words[i]))
            return true;
    }
    return false;
}

static bool spots_tell(const struct trial *t, const struct spots *spots, struct found *found)
{
    char a[MM_NUM], b[MM_NUM], places[160];
    double rest = sqrt(spots->rest / t->dd), score = cause_score(t, rest);
    if (depend_on_values(t, spots) || lie_together(t, spots) || share_an_index(t, spots) ||
        score < SCORE_KEEP)
        return false;
    found->finding.residual = rest;
    found->finding.score = SCORE * score;
    found->parameters = 2 * (double)spots->count;
    mm_num_count(a, (int64_t)spots->count);
    mm_num_short(b, rest, 2);
    places_text(t, spots, places, sizeof places);
    found_say(found, "%s of %" PRId64 " values %s wrong, here and there; the rest is off by %s", a,
              t->c->d_count, spots->count == 1 ? "is" : "are", b);
    found_evidence(found, "%s of %" PRId64 " values: %s. The rest differs by %s.", a, t->c->d_count, places,
                   b);
    return true;
}

bool cause_isolated(const struct trial *t, struct found *found)
{
    double rms = sqrt(t->ss / (double)(t->n ? t->n : 1));
    const struct mm_metrics *m = &t->c->result->metrics;
    if (t->n < LEAST_VALUES || (t->whole_s && t->whole_d) || jumps(t->c->op_type) ||
        !(m->max_abs * m->max_abs * SHARE_MOST * (double)t->n >= t->ee / 2))
        return false;
    double limit = fmax(NOISE_MOST * t->noise * rms, WRONG_LEAST * m->max_abs);
    if (!(m->max_abs > limit))
        return false;
    struct spots spots = {.low = INFINITY, .high = -INFINITY, .limit = fmax(APART * usual_error(t), limit)};
    bool good = m->max_abs > spots.limit && spots_find(&spots, t) && spots_tell(t, &spots, found);
    free(spots.spot);
    return good;
}
