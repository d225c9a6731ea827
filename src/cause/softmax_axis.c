/* Softmax over the wrong axis: told by the axis along which each side sums to 1. */
#include "cause/cause.h"

#include <math.h>
#include <stdio.h>

#include "base/translate.h"

#define SUM_OFF      0.02 /* of 1: half's rounding of many small values */
#define LINES_LEAST  4    /* that are added up */
#define LINES_MOST   64
#define TOGETHER_MAX 65536 /* values of two axes that are added up as one line */
#define LINES_RIGHT  0.95  /* of them must sum to 1 */
#define SCORE        0.9   /* behind a transposition that explains the values themselves */

/* Axes k .. k + with of a shape, as one. */
struct lines {
    int64_t inner, length, count;
};

static struct lines lines_of(const struct mm_shape *shape, int k, int with)
{
    struct lines lines = {1, 1, 1};
    for (int i = 0; i < shape->rank; i++)
        *(i < k ? &lines.count : i <= k + with ? &lines.length : &lines.inner) *= shape->dim[i];
    lines.count *= lines.inner;
    return lines;
}

/* Do the lines along it sum to 1? Lines with what is not finite do not count. */
static bool sums_to_one(const double *x, const struct lines *lines, bool logarithms)
{
    int64_t step = lines->count / LINES_MOST + 1, right = 0, seen = 0;
    for (int64_t line = 0; line < lines->count; line += step) {
        int64_t first = line / lines->inner * lines->length * lines->inner + line % lines->inner;
        double sum = 0;
        for (int64_t i = 0; i < lines->length; i++)
            sum += logarithms ? exp(x[first + i * lines->inner]) : x[first + i * lines->inner];
        seen += isfinite(sum);
        right += fabs(sum - 1) <= SUM_OFF;
    }
    return seen > 0 && (double)right >= LINES_RIGHT * (double)seen;
}

/* The first axis along which it does; *with 1: that and the next together. -1: none. */
static int axis_of(const double *x, const struct trial *t, bool logarithms, int *with)
{
    const struct mm_shape *shape = &t->d_shape;
    for (*with = 0; *with < 2; ++*with) {
        for (int k = shape->rank - 1 - *with; k >= 0; k--) {
            struct lines lines = lines_of(shape, k, *with);
            bool small = lines.length <= TOGETHER_MAX;
            if ((*with ? small : lines.count >= LINES_LEAST) && sums_to_one(x, &lines, logarithms))
                return k;
        }
    }
    return -1;
}

static const char *axis_text(const struct trial *t, int axis, int with, char out[48])
{
    if (with)
        mm_format(out, 48, "axes %d and %d", t->axis[axis], t->axis[axis + 1]);
    else
        mm_format(out, 48, "axis %d", t->axis[axis]);
    return out;
}

/* Probabilities; or their logarithms, of which src and dst have no other sign. */
static bool may_be(const struct mm_stats *stats, bool logarithms)
{
    return logarithms ? stats->max <= SUM_OFF && stats->min < -SUM_OFF
                      : stats->min >= 0 && stats->max <= 1 + SUM_OFF && stats->max > 0;
}

bool cause_softmax_axis(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    bool logarithms = may_be(&m->src, true);
    int with_s, with_d;
    char a[48], b[48];
    if (t->d_shape.rank < 2 || t->whole_s || !may_be(&m->src, logarithms) || !may_be(&m->dst, logarithms))
        return false;
    int src = axis_of(t->c->s, t, logarithms, &with_s);
    int dst = src >= 0 ? axis_of(t->c->d, t, logarithms, &with_d) : -1;
    if (dst < 0 || (src == dst && with_s == with_d))
        return false;
    struct lines own = lines_of(&t->d_shape, src, with_s), other = lines_of(&t->d_shape, dst, with_d);
    if (sums_to_one(t->c->d, &own, logarithms) || sums_to_one(t->c->s, &other, logarithms))
        return false;
    found->finding.score = SCORE;
    found->parameters = 1;
    axis_text(t, src, with_s, a);
    axis_text(t, dst, with_d, b);
    found_say(found, "%s over %s in dst, over %s in src", logarithms ? "log-softmax" : "softmax", b, a);
    found_evidence(found, "src sums to 1 along %s, dst along %s; neither does along the other's.", a, b);
    return true;
}
