/* The dump is wrong, the network is not: dst of a layer holds what a layer behind it makes, which is right. */
#include "triage/in_dump.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/translate.h"

#define DEPTH_MAX   3    /* operators that a runtime fuses behind one: convolution, norm, activation */
#define LOOKED_MAX  64   /* layers behind one that are looked at */
#define ALIKE_LEAST 3e-3 /* statistics of the same values from another kernel, as shares of their size */
#define ALIKE_TIMES 3.0  /* or so many times the other layer's error */
/* What is left when a reader is recomputed, at least: less is rounding. */
#define RESIDUAL_LEAST 0.1

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

static void say(const struct mm_result *mine, size_t id, const char *side, struct mm_finding *out)
{
    char a[MM_NUM], b[MM_NUM];
    memset(out, 0, sizeof *out);
    out->cause = MM_CAUSE_IN_DUMP;
    out->score = 0.95;
    out->residual = NAN;
    out->layer = (int32_t)id;
    mm_format(out->sentence, sizeof out->sentence,
              "the dump holds what reads it here: fused, or written before the dump");
    mm_format(
        out->evidence, sizeof out->evidence,
        "Extremes and their places, mean, deviation and zeros of dst (%s to %s) are those that %s has there.",
        mm_num_short(a, mine->metrics.dst.min, 4), mm_num_short(b, mine->metrics.dst.max, 4), side);
}

/* ---- what was not read ---- */

#define MUCH_NEARER 0.25 /* of an error */
#define NEARER      0.5  /* an error of this share of the residual is none that its inputs have made */

bool in_dump_other_input(const struct mm_subject *subject, const struct mm_blame *blame)
{
    const struct mm_recomputed *recomputed = subject->recomputed;
    bool told = recomputed && recomputed->state == MM_RECOMPUTE_DONE && !recomputed->nonfinite;
    /* what was read by scales that were fitted to src is near src whatever it was made of */
    bool fitted = subject->pair && subject->pair->scales && subject->pair->scales->source == MM_SCALES_FITTED;
    return told && !fitted && isfinite(recomputed->residual) && recomputed->residual > RESIDUAL_LEAST &&
           blame->error < NEARER * recomputed->residual;
}

/* What its format and its rounded weights may cost is no sign of other inputs: integers of few bits cost a tenth and more. */
#define EXPLAINED_TIMES 3.0

static bool is_explained(const struct mm_background *background, const struct mm_subject *subject)
{
    double explained = 0;
    mm_own_find(background, subject, &explained);
    return subject->recomputed->residual <= EXPLAINED_TIMES * explained;
}

/* It moved the values of an input that is over, and holds them: they were there, whoever read them. */
static bool moves_wrong(const struct mm_flow *flow, const struct mm_subject *subjects,
                        const struct mm_blame *blame, uint32_t id)
{
    const struct mm_recomputed *recomputed = subjects[id].recomputed;
    bool over = false;
    for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++)
        over = over || (flow->input[e] < id && blame[flow->input[e]].over);
    return over && recomputed && recomputed->state == MM_RECOMPUTE_DONE && recomputed->selects &&
           !recomputed->nonfinite && recomputed->residual <= recomputed->rounding;
}

/* Of the inputs of a reader, the one that is furthest off made what was recomputed of them. */
static bool is_worst(const struct mm_flow *flow, const struct mm_blame *blame, uint32_t reader, double error)
{
    for (uint32_t e = flow->input_from[reader]; e < flow->input_from[reader + 1]; e++) {
        if (flow->input[e] < reader && blame[flow->input[e]].error > error)
            return false;
    }
    return true;
}

static bool is_unread(const struct mm_background *background, const struct mm_flow *flow,
                      const struct mm_subject *subjects, const struct mm_blame *blame, uint32_t id)
{
    bool shown = false;
    if ((flow->role[id] & MM_ROLE_OUTPUT) || moves_wrong(flow, subjects, blame, id))
        return false;
    for (uint32_t e = flow->reader_from[id]; e < flow->reader_from[id + 1]; e++) {
        uint32_t reader = flow->reader[e];
        if (reader <= id || isnan(blame[reader].error))
            continue;
        bool other = in_dump_other_input(&subjects[reader], &blame[reader]) &&
                     !is_explained(background, &subjects[reader]) &&
                     is_worst(flow, blame, reader, blame[id].error);
        if (blame[reader].over && !other)
            return false;
        shown = shown || other;
    }
    return shown;
}

static bool changes_values(const struct mm_subject *subject)
{
    const struct mm_operator *operator= subject->op_type ? mm_operator_find("", subject->op_type) : NULL;
    return operator&& !operator->selects;
}

/* Behind it, so much nearer to its own src that it was never made of this. */
static int32_t find_nearer(const struct mm_flow *flow, const struct mm_subject *subjects,
                           const struct mm_blame *blame, uint32_t id)
{
    uint32_t list[LOOKED_MAX];
    size_t count = behind(flow, id, list);
    for (size_t i = 1; i < count; i++) {
        uint32_t other = list[i];
        if (other > id && blame[other].error <= MUCH_NEARER * blame[id].error &&
            mm_cause_copies(&subjects[id], &subjects[other]))
            return (int32_t)other;
    }
    return -1;
}

/* A direct reader: between others, operators that only select may stand. */
static int32_t find_held(const struct mm_flow *flow, const struct mm_subject *subjects,
                         const struct mm_blame *blame, uint32_t id)
{
    int32_t nearer = find_nearer(flow, subjects, blame, id);
    if (nearer >= 0 || !flow->known)
        return nearer;
    for (uint32_t e = flow->reader_from[id]; e < flow->reader_from[id + 1]; e++) {
        uint32_t reader = flow->reader[e];
        if (reader <= id || !changes_values(&subjects[reader]))
            continue;
        if (mm_cause_copies(&subjects[id], &subjects[reader]))
            return (int32_t)reader;
        for (uint32_t f = flow->reader_from[reader]; f < flow->reader_from[reader + 1]; f++) {
            if (flow->reader[f] > reader && mm_cause_copies(&subjects[id], &subjects[flow->reader[f]]))
                return (int32_t)flow->reader[f];
        }
    }
    return -1;
}

void in_dump_mark(const struct mm_background *background, const struct mm_flow *flow,
                  const struct mm_subject *subjects, struct mm_blame *blame)
{
    for (uint32_t id = 0; id < flow->count; id++) {
        bool told = blame[id].over && subjects[id].result->state == MM_STATE_MEASURED;
        blame[id].held = told ? find_held(flow, subjects, blame, id) : -1;
        blame[id].unread = told && flow->known && is_unread(background, flow, subjects, blame, id);
    }
}

/* ---- found ---- */

/* Nobody has read it, and what it is, is not known. */
static void say_unread(struct mm_finding *out)
{
    memset(out, 0, sizeof *out);
    out->cause = MM_CAUSE_IN_DUMP;
    out->score = 0.8;
    out->residual = NAN;
    out->layer = -1;
    mm_format(out->sentence, sizeof out->sentence,
              "in the dump alone: what reads it was made of other values");
}

bool in_dump_stale(const struct mm_triage_view *view, uint32_t id, struct mm_finding *out)
{
    const struct mm_evidence *evidence = view->subjects[id].evidence;
    uint32_t list[LOOKED_MAX];
    size_t count = view->blame[id].readers_hurt ? behind(view->flow, id, list) : 0;
    if (mm_cause_stale(view->subjects, view->count, id, list, count, out))
        return true;
    for (size_t i = 0; evidence && i < evidence->findings; i++) {
        if (evidence->finding[i].cause != MM_CAUSE_STALE)
            continue;
        *out = evidence->finding[i];
        return true;
    }
    return false;
}

bool in_dump_find(const struct mm_triage_view *view, uint32_t id, struct mm_finding *out)
{
    const struct mm_result *mine = view->subjects[id].result;
    uint32_t list[LOOKED_MAX];
    if (mine->state != MM_STATE_MEASURED)
        return false;
    if (view->blame[id].held >= 0) {
        say(mine, (size_t)view->blame[id].held, "dst", out);
        return true;
    }
    if (view->blame[id].readers_hurt && !view->blame[id].unread)
        return false;
    size_t count = behind(view->flow, id, list);
    for (size_t i = 1; i < count; i++) {
        if (list[i] <= id || view->blame[list[i]].over || !holds(mine, view->subjects[list[i]].result))
            continue;
        say(mine, list[i], "src", out);
        return true;
    }
    if (view->blame[id].unread && !in_dump_stale(view, id, out))
        say_unread(out);
    return view->blame[id].unread;
}
