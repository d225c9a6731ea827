/* Samples of a batch: one that is empty, stale or there twice; samples that changed places. */
#include "cause/cause.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"

#define SAMPLES_MAX  64
#define PROBES       64  /* positions of a sample that are looked at */
#define VALUES_LEAST 8   /* of a sample: fewer are equal by chance, */
#define VALUES_ALIKE 16  /* or are near another one's */
#define OFF_LEAST    0.5 /* relative error of a sample that is not the one it should be */
#define RIGHT_MOST   0.1 /* of one that is, or noise */

enum { SOURCE_EMPTY = -1, SOURCE_OTHER = -2 };

/* Along the first axis. source[b]: which sample of src stands there; or one value, or nothing of src. */
struct samples {
    int64_t count, each;
    int source[SAMPLES_MAX];
    double value[SAMPLES_MAX]; /* of the empty ones */
    int wrong, moved, empty, other, first;
};

/* Relative error of d's sample b against s' sample a, at some positions; +Inf where s is 0 there and d is not. */
static double apart(const struct trial *t, const struct samples *h, int64_t b, int64_t a)
{
    int64_t step = (h->each / PROBES) | 1;
    double error = 0, signal = 0;
    for (int64_t i = b % step; i < h->each; i += step) { /* not the same column in each row */
        double s = t->c->s[a * h->each + i], e = s - t->c->d[b * h->each + i];
        if (isfinite(e)) {
            error += e * e;
            signal += s * s;
        }
    }
    return error > 0 ? sqrt(error / signal) : 0;
}

static bool is_constant(const struct trial *t, const struct samples *h, int64_t b)
{
    const double *d = t->c->d + b * h->each;
    int64_t i = 1;
    while (i < h->each && d[i] == d[0])
        i++;
    return i == h->each && isfinite(d[0]);
}

static int source_of(const struct trial *t, const struct samples *h, int64_t b)
{
    double most = fmax(RIGHT_MOST, 3 * t->noise), least = INFINITY;
    int best = SOURCE_OTHER;
    for (int64_t a = 0; a < h->count; a++) {
        double off = apart(t, h, b, a);
        if (off <= most && off < least) {
            least = off;
            best = (int)a;
        }
    }
    return best;
}

/* At a first look only one error a sample is worked out; those that are far off then get a source. */
static void samples_find(const struct trial *t, struct samples *h)
{
    double limit = fmax(OFF_LEAST, 3 * t->noise);
    h->first = -1;
    for (int64_t b = 0; b < h->count; b++) {
        h->source[b] = (int)b;
        if (apart(t, h, b, b) < limit)
            continue;
        bool constant = is_constant(t, h, b);
        h->source[b] = constant ? SOURCE_EMPTY : source_of(t, h, b);
        h->value[b] = constant ? t->c->d[b * h->each] : 0;
        h->first = h->first < 0 ? (int)b : h->first;
        h->wrong++;
        h->empty += constant;
        h->other += h->source[b] == SOURCE_OTHER;
        h->moved += h->source[b] >= 0;
    }
}

static void predict_samples(const void *hypothesis, const struct trial *t, int64_t from, size_t n,
                            double *out)
{
    const struct samples *h = hypothesis;
    for (size_t i = 0; i < n; i++) {
        int64_t at = from + (int64_t)i, b = at / h->each;
        int source = h->source[b];
        out[i] = source >= 0              ? t->c->s[at + (source - b) * h->each]
                 : source == SOURCE_EMPTY ? h->value[b]
                                          : NAN;
    }
}

/* Is each sample of src there once? Then they changed places, else one is there twice. */
static bool is_permutation(const struct samples *h)
{
    bool there[SAMPLES_MAX] = {false};
    int twice = 0;
    for (int64_t b = 0; b < h->count; b++) {
        twice += h->source[b] >= 0 && there[h->source[b]];
        there[h->source[b] >= 0 ? h->source[b] : b] = true;
    }
    return twice == 0;
}

static void say_samples(const struct trial *t, struct found *found, const struct samples *h)
{
    bool many = h->wrong > 1, batch = t->c->d_shape.rank >= 4;
    const char *word = many ? batch ? "samples" : "indices" : batch ? "sample" : "index";
    char a[MM_NUM], b[MM_NUM], list[48] = "", what[64];
    size_t length = 0;
    for (int64_t k = 0, shown = 0; k < h->count && shown < 4; k++)
        if (h->source[k] != k)
            length +=
                (size_t)snprintf(list + length, sizeof list - length, "%s%" PRId64, shown++ ? ", " : "", k);
    if (h->moved == h->wrong && is_permutation(h))
        mm_format(what, sizeof what, "changed places");
    else if (h->moved == h->wrong)
        mm_format(what, sizeof what, "%s what belongs to %d", many ? "hold" : "holds", h->source[h->first]);
    else if (h->empty == h->wrong)
        mm_format(what, sizeof what, "%s %s everywhere", many ? "are" : "is",
                  mm_num_short(a, h->value[h->first], 3));
    else
        mm_format(what, sizeof what, "%s something else", many ? "hold" : "holds");
    mm_num_short(a, found->finding.residual, 2);
    mm_num_short(b, t->observed, 2);
    found_say(found, "%s %s%s of %" PRId64 " (axis 0) %s, the rest is right", word, list,
              h->wrong > 4 ? ", ..." : "", h->count, what);
    found_evidence(found,
                   "Along axis 0, %d of %" PRId64 " are off: %d in another's place, %d empty, %d neither. "
                   "Put right, the error is %s instead of %s.",
                   h->wrong, h->count, h->moved, h->empty, h->other, a, b);
}

/*
 * Of four axes and more the first is a batch. Of three and two it may be one: there only a sample of one
 * value is told, and orders are left to others.
 */
bool cause_samples(const struct trial *t, struct found *found)
{
    const struct mm_shape *shape = &t->c->d_shape;
    struct samples h = {.count = shape->rank > 0 ? shape->dim[0] : 0};
    if (shape->rank < 2 || h.count < 2 || h.count > SAMPLES_MAX || t->c->d_count / h.count < VALUES_LEAST ||
        trial_is_ids(t))
        return false;
    h.each = t->c->d_count / h.count;
    samples_find(t, &h);
    bool placed = h.moved == h.wrong || (h.moved == 0 && 2 * h.wrong <= h.count);
    bool matched = h.moved > 0 || h.other > 0;
    if (h.wrong == 0 || !placed || (matched && (shape->rank < 4 || h.each < VALUES_ALIKE)))
        return false;
    /* two samples that changed places are an axis backwards as well, which is one parameter */
    if (!found_set(found, t, predict_residual(t, predict_samples, &h), 0.9))
        return false;
    if (h.other > 0)
        found->finding.score *= 0.8; /* what stands there is not known */
    say_samples(t, found, &h);
    return true;
}
