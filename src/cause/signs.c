/* Signs that are lost or turned over: of some slices along an axis, or of all values. */
#include "cause/cause.h"
#include "cause/sparse.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define SIZES_OFF    0.25 /* of the error: how far the magnitudes may differ, at a first look */
#define VALUES_LEAST 8    /* of a slice: fewer turn by chance */

#define GLANCE     512 /* positions that tell most tensors apart, */
#define GLANCE_OFF 0.5 /* where chance may leave more */

/* Whatever its signs, are the magnitudes src's at about so many positions? */
static bool sizes_fit(const struct trial *t, int64_t places, double most)
{
    double left = 0, error = 0;
    for (struct sparse p = sparse_first(t->c->d_count, places); p.at < t->c->d_count; sparse_next(&p)) {
        double s = t->c->s[p.at], d = t->c->d[p.at], off = fabs(s) - fabs(d);
        if (isfinite(off)) {
            left += off * off;
            error += (s - d) * (s - d);
        }
    }
    return error > 0 && left <= most * most * error;
}

/* Energies first, then some positions. */
static bool sizes_are_right(const struct trial *t)
{
    return t->dd > 0 && fabs(sqrt(t->dd / t->ss) - 1) <= SIZES_OFF && sizes_fit(t, GLANCE, GLANCE_OFF) &&
           sizes_fit(t, SPARSE_COUNT, SIZES_OFF);
}

/* Slice i / inner % count has the factor sign[...]; without a table all values are |s| times `all`. */
struct signs {
    int64_t inner, count;
    double *sign; /* owned; NULL: magnitudes */
    double all;
    int64_t turned, first; /* slices, and the first of them */
};

static void predict_signs(const void *hypothesis, const struct trial *t, int64_t from, size_t n, double *out)
{
    const struct signs *h = hypothesis;
    for (size_t i = 0; i < n; i++) {
        int64_t at = from + (int64_t)i;
        out[i] = h->sign ? h->sign[at / h->inner % h->count] * t->c->s[at] : h->all * fabs(t->c->s[at]);
    }
}

static bool signs_lost(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    struct signs h = {.all = m->dst.min >= 0 ? 1 : -1};
    bool one_sign = m->dst.min >= 0 || m->dst.max <= 0, two = m->src.min < 0 && m->src.max > 0;
    char a[MM_NUM], b[MM_NUM];
    if (!one_sign || !two || !found_set(found, t, predict_residual(t, predict_signs, &h), 0.5))
        return false;
    mm_num_short(a, found->finding.residual, 2);
    found_say(found, "the sign is lost, dst = %s|src|: corrected, the error is %s", h.all < 0 ? "-" : "", a);
    found_evidence(found,
                   "src has both signs, dst has %s values only; its magnitudes differ by %s, with signs the "
                   "error is %s.",
                   h.all < 0 ? "negative" : "positive", a, mm_num_short(b, t->observed, 2));
    return true;
}

/* Each slice turned where it points the other way. False: none does, or all do, which is a factor of -1. */
static bool signs_find(struct signs *h, const struct trial *t)
{
    h->turned = 0;
    h->first = -1;
    h->sign = calloc((size_t)h->count, sizeof *h->sign);
    for (int64_t i = 0; h->sign && i < t->c->d_count; i++) {
        double both = t->c->s[i] * t->c->d[i];
        h->sign[i / h->inner % h->count] += isfinite(both) ? both : 0;
    }
    for (int64_t k = 0; h->sign && k < h->count; k++) {
        bool turned = h->sign[k] < 0;
        h->sign[k] = turned ? -1 : 1;
        h->first = turned && h->first < 0 ? k : h->first;
        h->turned += turned;
    }
    return h->turned > 0 && h->turned < h->count;
}

/* Axis k, or (rank) all axes but the last as one. */
static struct signs slices_of(const struct trial *t, int k)
{
    int rank = t->d_shape.rank;
    struct signs h = {.inner = k == rank ? t->d_shape.dim[rank - 1] : 1};
    for (int i = k + 1; i < rank; i++)
        h.inner *= t->d_shape.dim[i];
    h.count = k == rank ? t->c->d_count / h.inner : t->d_shape.dim[k];
    return h;
}

static void say_turned(const struct trial *t, struct found *found, const struct signs *h, int k)
{
    char a[MM_NUM], b[MM_NUM];
    mm_num_short(a, found->finding.residual, 2);
    mm_num_short(b, t->observed, 2);
    if (k == t->d_shape.rank)
        found_say(found,
                  "signs turned in %" PRId64 " of %" PRId64 " rows (first: %" PRId64 "): corrected, %s",
                  h->turned, h->count, h->first, a);
    else
        found_say(found,
                  "signs turned at %" PRId64 " of %" PRId64 " along axis %d (first: %" PRId64
                  "): corrected, %s",
                  h->turned, h->count, t->axis[k], h->first, a);
    found_evidence(
        found, "Magnitudes are right. Turned over again, these slices leave an error of %s instead of %s.", a,
        b);
}

bool cause_signs(const struct trial *t, struct found *found)
{
    int rank = t->d_shape.rank;
    struct found next = *found;
    bool any = false;
    if (trial_is_ids(t) || !sizes_are_right(t))
        return false;
    if (signs_lost(t, found))
        return true;
    for (int k = 0; k < rank + (rank > 2); k++) {
        struct signs h = slices_of(t, k);
        bool enough = t->c->d_count / h.count >= VALUES_LEAST && h.count > 1;
        /* with as many slices as that, their number is a parameter */
        if (enough && signs_find(&h, t) &&
            found_set(&next, t, predict_residual(t, predict_signs, &h), k == rank ? 2 : 1) &&
            (!any || next.finding.score > found->finding.score + SCORE_SAME)) {
            *found = next;
            say_turned(t, found, &h, k);
            any = true;
        }
        free(h.sign);
    }
    return any;
}
