/* The dump is wrong, the network is not: dst of a layer holds what a layer behind it makes, which is right. */
#include "triage/in_dump.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX   3    /* operators that a runtime fuses behind one: convolution, norm, activation */
#define LOOKED_MAX  64   /* layers behind one that are looked at */
#define ALIKE_LEAST 3e-3 /* statistics of the same values from another kernel, as shares of their size */
#define ALIKE_TIMES 3.0  /* or so many times the other layer's error */

static double size_of(const struct mm_stats *stats)
{
    return hypot(stats->mean, stats->std);
}

static bool near_to(double a, double b, double off)
{
    return fabs(a - b) <= off;
}

/* Extremes at the same places: for other values that would be a coincidence of one in `count`. */
static bool same_places(const struct mm_stats *a, const struct mm_stats *b)
{
    return a->max_at == b->max_at || a->min_at == b->min_at;
}

static bool alike(const struct mm_stats *a, const struct mm_stats *b, double share)
{
    double off = share * size_of(b), most = share * fmax(fabs(b->min), fabs(b->max));
    return a->finite == b->finite && near_to(a->mean, b->mean, off) && near_to(a->std, b->std, off) &&
           near_to(a->min, b->min, most) && near_to(a->max, b->max, most) &&
           near_to((double)a->zero, (double)b->zero, share * (double)a->finite);
}

/* Does dst of `mine` hold src's values of `other`, which dst has right, and src's own are others? */
static bool holds(const struct mm_result *mine, const struct mm_result *other)
{
    const struct mm_metrics *m = &mine->metrics, *o = &other->metrics;
    double share = fmax(ALIKE_LEAST, ALIKE_TIMES * o->diff2);
    return other->state == MM_STATE_MEASURED && m->count == o->count && m->dst.finite >= 8 &&
           share < m->diff2 && same_places(&m->dst, &o->src) && alike(&m->dst, &o->src, share) &&
           !alike(&m->dst, &m->src, share);
}

/* Layers behind `id`, nearest first; returns how many. Without a graph those right behind it in order. */
static size_t behind(const struct mm_flow *flow, uint32_t id, uint32_t out[LOOKED_MAX])
{
    size_t count = 0, from = 0;
    out[count++] = id;
    for (int depth = 0; depth < (flow->known ? DEPTH_MAX : 1); depth++) {
        size_t to = count;
        for (; from < to; from++) {
            uint32_t e = flow->reader_from[out[from]], end = flow->reader_from[out[from] + 1];
            for (; e < end && count < LOOKED_MAX; e++)
                out[count++] = flow->reader[e];
        }
    }
    return count;
}

static void say(const struct mm_result *mine, size_t id, struct mm_finding *out)
{
    char a[MM_NUM], b[MM_NUM];
    memset(out, 0, sizeof *out);
    out->cause = MM_CAUSE_IN_DUMP;
    out->score = 0.95;
    out->residual = NAN;
    out->layer = (int32_t)id;
    snprintf(out->sentence, sizeof out->sentence,
             "the dump holds what reads it here: fused, or written before the dump");
    snprintf(out->evidence, sizeof out->evidence,
             "Extremes and their places, mean, deviation and zeros of dst (%s to %s) are those that src has "
             "there, "
             "which dst has right.",
             mm_num_short(a, mine->metrics.dst.min, 4), mm_num_short(b, mine->metrics.dst.max, 4));
}

bool in_dump_find(const struct mm_triage_view *view, uint32_t id, struct mm_finding *out)
{
    const struct mm_result *mine = view->subjects[id].result;
    uint32_t list[LOOKED_MAX];
    if (mine->state != MM_STATE_MEASURED || view->blame[id].readers_hurt)
        return false;
    size_t count = behind(view->flow, id, list);
    for (size_t i = 1; i < count; i++) {
        if (list[i] <= id || view->blame[list[i]].over || !holds(mine, view->subjects[list[i]].result))
            continue;
        say(mine, list[i], out);
        return true;
    }
    return false;
}
