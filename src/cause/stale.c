/* Does a layer's dst hold another layer's tensor? Told from the statistics of all of them. */
#include "cause/cause.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/translate.h"

#define DIGITS 1e-9 /* the same values, added up in another order */

static bool close_to(double a, double b, double size)
{
    return fabs(a - b) <= DIGITS * size;
}

/* Copies keep every statistic but the places of the extremes, which a copy of another shape moves. */
static bool same_values(const struct mm_stats *a, const struct mm_stats *b)
{
    double size = fmax(fabs(a->min), fabs(a->max));
    return a->finite == b->finite && a->nan == b->nan && a->pos_inf == b->pos_inf &&
           a->neg_inf == b->neg_inf && a->zero == b->zero && a->min == b->min && a->max == b->max &&
           close_to(a->mean, b->mean, size) && close_to(a->std, b->std, size);
}

static bool measured(const struct mm_subject *subject)
{
    return subject->result && subject->result->state == MM_STATE_MEASURED;
}

/* One value everywhere, or so few that two tensors share them by chance, show nothing; nor do a few that NaN or Inf have
 * left, which is what operators behind have as well. */
static bool telling(const struct mm_stats *stats)
{
    int64_t nonfinite = stats->nan + stats->pos_inf + stats->neg_inf;
    return stats->finite >= 4 && stats->finite >= nonfinite && stats->min < stats->max;
}

#define LESS 0.5 /* of the error: what is a copy is off by as much as the two tensors differ */

/* Two tensors of src that differ by less than dst is off by: which of them dst holds, nobody can tell. */
static bool too_alike(const struct mm_stats *a, const struct mm_stats *b, double error)
{
    double size = hypot(a->mean, a->std), most = fmax(fabs(a->min), fabs(a->max));
    return a->finite == b->finite && fabs(a->mean - b->mean) <= error * size &&
           fabs(a->std - b->std) <= error * size && fabs(a->min - b->min) <= error * most &&
           fabs(a->max - b->max) <= error * most && a->max_at == b->max_at && a->min_at == b->min_at;
}

static bool copies(const struct mm_metrics *mine, const struct mm_metrics *other)
{
    return mine->count == other->count && same_values(&mine->dst, &other->dst) &&
           !same_values(&mine->src, &other->src) && !too_alike(&mine->src, &other->src, LESS * mine->diff2) &&
           mine->diff2 > other->diff2;
}

bool mm_cause_copies(const struct mm_subject *mine, const struct mm_subject *other)
{
    if (!measured(mine) || !measured(other))
        return false;
    const struct mm_metrics *m = &mine->result->metrics;
    return telling(&m->dst) && m->diff2 > 0 && copies(m, &other->result->metrics);
}

static bool is_in(const uint32_t *list, size_t count, size_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == id)
            return true;
    }
    return false;
}

bool mm_cause_stale(const struct mm_subject *subjects, size_t count, size_t id, const uint32_t *except,
                    size_t excepted, struct mm_finding *out)
{
    if (id >= count || !measured(&subjects[id]))
        return false;
    const struct mm_metrics *mine = &subjects[id].result->metrics;
    for (size_t i = 0; i < count; i++) {
        if (i == id || !mm_cause_copies(&subjects[id], &subjects[i]) || is_in(except, excepted, i))
            continue;
        char a[MM_NUM], b[MM_NUM];
        memset(out, 0, sizeof *out);
        out->cause = MM_CAUSE_STALE;
        out->score = 0.98;
        out->residual = NAN;
        out->layer = (int32_t)i;
        mm_format(out->sentence, sizeof out->sentence, "dst holds the values of another tensor");
        mm_format(
            out->evidence, sizeof out->evidence,
            "Extremes, mean, deviation and zeros of dst (%s to %s) are those of the other's; in src the two "
            "differ.",
            mm_num_short(a, mine->dst.min, 4), mm_num_short(b, mine->dst.max, 4));
        return true;
    }
    return false;
}
