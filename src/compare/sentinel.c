/* Masked positions: the huge negative values that stand for "nothing here", and the figures of the rest. */
#include "compare/sentinel.h"

#include <math.h>
#include <stdlib.h>

#define HUGE_LEAST 1e4 /* |x| from which a value may be a sentinel */
#define TIMES_REST 1e3 /* a sentinel is so many times what else there is, at least */
#define ALIKE      0.01 /* sentinels of one side lie so near each other: one constant, and scores added to it */
#define FEW        4    /* fewer, that differ between the sides, are values */
#define COUNT_MAX  ((int64_t)8 << 20)

/* Of one side: x is a sentinel if it is at most `limit`. */
struct mark {
    double limit; /* -Inf: only that is one */
    bool any;
};

static struct mark mark_of(const double *x, int64_t count)
{
    double least = 0, rest = 0;
    struct mark mark = {-INFINITY, false};
    for (int64_t i = 0; i < count; i++) {
        mark.any = mark.any || x[i] == -INFINITY;
        least = isfinite(x[i]) ? fmin(least, x[i]) : least;
    }
    if (!(least <= -HUGE_LEAST))
        return mark;
    double limit = least * (1 - ALIKE);
    for (int64_t i = 0; i < count; i++) {
        if (isfinite(x[i]) && x[i] > limit)
            rest = fmax(rest, fabs(x[i]));
    }
    return rest * TIMES_REST <= -least ? (struct mark){limit, true} : mark;
}

static bool agree(double s, double d)
{
    return s == d || fabs(s - d) <= ALIKE * fabs(s);
}

/* How many positions hold a sentinel on both sides; *apart: by how many the two differ. */
static int64_t count_marked(const double *s, const double *d, int64_t count, const struct mark mark[2],
                            int64_t *apart)
{
    int64_t marked = 0;
    *apart = 0;
    for (int64_t i = 0; i < count; i++) {
        if (!(s[i] <= mark[0].limit) || !(d[i] <= mark[1].limit))
            continue;
        marked++;
        *apart += !agree(s[i], d[i]);
    }
    return marked;
}

bool sentinels_possible(const struct mm_metrics *m)
{
    bool src = m->src.min <= -HUGE_LEAST, dst = m->dst.min <= -HUGE_LEAST;
    return m->count <= COUNT_MAX && (src || dst) && (src || m->src.neg_inf) && (dst || m->dst.neg_inf);
}

int64_t mm_sentinels_mask(double *s, double *d, int64_t count)
{
    const struct mark mark[2] = {mark_of(s, count), mark_of(d, count)};
    int64_t apart, marked = mark[0].any && mark[1].any ? count_marked(s, d, count, mark, &apart) : 0;
    if (marked == 0 || (apart > 0 && apart < FEW))
        return 0;
    for (int64_t i = 0; i < count; i++) {
        if (s[i] <= mark[0].limit && d[i] <= mark[1].limit)
            s[i] = d[i] = NAN;
    }
    return marked;
}

/* The figures of what is left, as mm_measure_tensors gives them for doubles. */
static int measure_rest(const double *s, const double *d, const struct mm_shape *shape,
                        const struct mm_measure_options *options, const atomic_bool *cancel,
                        struct mm_metrics *out, struct mm_err *err)
{
    struct mm_tensor tensor[2];
    struct mm_run run[2];
    mm_tensor_raw(&tensor[0], MM_F64, shape, s, &run[0]);
    mm_tensor_raw(&tensor[1], MM_F64, shape, d, &run[1]);
    return mm_measure_tensors(&tensor[0], &tensor[1], options, cancel, out, err);
}

int sentinels_measure(const struct mm_pair_tensors *tensors, const struct mm_measure_options *options,
                      const atomic_bool *cancel, struct mm_result *result, bool *failed_dst,
                      struct mm_err *err)
{
    const struct mm_metrics *m = &result->metrics;
    if (!sentinels_possible(m))
        return 0;
    double *s = mm_tensor_decode(&tensors->s, false, cancel, err);
    double *d = s ? mm_tensor_decode(&tensors->d, false, cancel, err) : NULL;
    *failed_dst = s && !d;
    int failed = s && d ? 0 : -1;
    int64_t masked = failed ? 0 : mm_sentinels_mask(s, d, m->count);
    if (masked > 0) {
        result->rest = calloc(1, sizeof *result->rest);
        failed = result->rest ? measure_rest(s, d, &tensors->s.shape, options, cancel, result->rest, err)
                              : mm_fail_memory(err);
        result->masked = masked;
    }
    free(s);
    free(d);
    return failed;
}
