/* Constants that leave the range of dst's float format: a variance of 1e7 is Inf in f16, a scale of 1e-8 is 0. */
#include "cause/lost_constants.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"
#include "tensor/round.h"

#define BEYOND_ROUNDING 4.0  /* times what rounding explains: less is not asked about */
#define LEAVES          0.1  /* of the residual, where the constants are the reason */
#define LEAVES_MOST     0.02 /* where there is no finite residual */

/* What a format does to them. */
enum { SATURATES = 1, FLUSHES = 2, WAYS = 4 };

/* A constant in its place among dst's inputs. */
struct swapped {
    const struct mm_value **at, *was;
    struct mm_value mine; /* owned */
};

/* The values of one constant that the format does not hold. */
struct lost {
    int64_t beyond, below, count;
    double greatest, least; /* magnitudes: the greatest of all, the least that is not 0 */
};

static struct lost lost_of(const struct mm_value *value, double highest, double normal)
{
    struct lost lost = {.count = value->count, .least = INFINITY};
    for (int64_t i = 0; i < value->count; i++) {
        double size = fabs((double)value->f[i]);
        if (!isfinite(size) || size == 0)
            continue;
        lost.beyond += size > highest;
        lost.below += size < normal;
        lost.greatest = fmax(lost.greatest, size);
        lost.least = fmin(lost.least, size);
    }
    return lost;
}

static const struct mm_value *constant_of(const struct operands *o, int k)
{
    const struct mm_value *value = o->constant[k] ? o->input[SIDE_DST][k] : NULL;
    return value && value->f ? value : NULL;
}

/* ---- which ---- */

/* The constant that loses most values: beyond the format, where one has such, else below it. */
struct worst_constant {
    struct lost lost;
    const char *name;
};

static bool is_worse(const struct lost *a, const struct lost *b)
{
    return a->beyond != b->beyond ? a->beyond > b->beyond : a->below > b->below;
}

static struct worst_constant worst_of(const struct narrow *what)
{
    double highest = mm_dtype_info(what->format)->highest, normal = float_least_normal(what->format);
    struct worst_constant worst = {{0}, ""};
    for (size_t step = 0; step < what->count; step++) {
        const struct mm_graph *graph = what->step[step].graph;
        const struct mm_graph_node *node = &graph->nodes[what->step[step].node];
        for (int k = 0; k < node->input_count && k < RECOMPUTE_INPUTS; k++) {
            const struct mm_value *value = constant_of(what->operands[step], k);
            struct lost lost = value ? lost_of(value, highest, normal) : (struct lost){0};
            if (is_worse(&lost, &worst.lost))
                worst = (struct worst_constant){lost, graph->tensors[node->inputs[k]].name};
        }
    }
    return worst;
}

static void say(const struct worst_constant *worst, enum mm_dtype format, struct mm_recomputed *out)
{
    const struct mm_dtype_info *info = mm_dtype_info(format);
    const struct lost *lost = &worst->lost;
    char reach[MM_NUM], end[MM_NUM];
    out->lost_beyond = lost->beyond > 0;
    mm_num_short(reach, out->lost_beyond ? lost->greatest : lost->least, 2);
    mm_num_short(end, out->lost_beyond ? info->highest : float_least_normal(format), 5);
    mm_format(out->lost_says, sizeof out->lost_says, "%lld of %lld values of %.40s, %s %s, are %s %s's %s",
              (long long)(out->lost_beyond ? lost->beyond : lost->below), (long long)lost->count, worst->name,
              out->lost_beyond ? "up to" : "down to", reach, out->lost_beyond ? "beyond" : "below",
              info->name, end);
}

/* ---- computed with what is left of them ---- */

static int round_constant(const struct mm_value *value, enum mm_dtype format, unsigned ways,
                          struct mm_value *out, struct mm_err *err)
{
    struct mm_rounder rounder = {.dtype = format, .lay = {1, 1}};
    double normal = float_least_normal(format);
    if (mm_value_new(out, MM_F32, &value->shape, value->count, err) < 0)
        return -1;
    float *to = out->owned;
    mm_round_ways_float(&rounder, ways & SATURATES ? MM_ROUND_SATURATE : 0, value->f, to,
                        (size_t)value->count);
    for (int64_t i = 0; (ways & FLUSHES) && i < value->count; i++)
        to[i] = fabs((double)to[i]) < normal ? 0 : to[i];
    return 0;
}

static int swap_step(const struct narrow *what, size_t step, unsigned ways, struct swapped *all,
                     size_t *count, struct mm_err *err)
{
    struct operands *o = what->operands[step];
    const struct mm_graph_node *node = &what->step[step].graph->nodes[what->step[step].node];
    for (int k = 0; k < node->input_count && k < RECOMPUTE_INPUTS; k++) {
        const struct mm_value *value = constant_of(o, k);
        struct swapped *one = &all[*count];
        if (!value)
            continue;
        if (round_constant(value, what->format, ways, &one->mine, err) < 0)
            return -1;
        one->at = &o->input[SIDE_DST][k];
        one->was = value;
        *one->at = &one->mine;
        ++*count;
    }
    return 0;
}

static int compare_narrowed(const struct narrow *what, unsigned ways, struct residual *residual,
                            struct mm_err *err)
{
    struct swapped *all = calloc(what->count * RECOMPUTE_INPUTS, sizeof *all);
    size_t count = 0;
    int result = all ? 0 : mm_fail_memory(err);
    for (size_t step = 0; result == 0 && step < what->count; step++)
        result = swap_step(what, step, ways, all, &count, err);
    if (result == 0)
        result = what->compare(what->context, residual, err);
    for (size_t i = 0; i < count; i++) {
        *all[i].at = all[i].was;
        mm_value_done(&all[i].mine);
    }
    free(all);
    return result;
}

static bool explains(const struct residual *residual, const struct mm_recomputed *out)
{
    bool finite = isfinite(out->residual) && out->nonfinite == 0;
    double most = finite ? LEAVES * fmin(out->residual, 1) : LEAVES_MOST;
    return residual->nonfinite == 0 && residual->kept == 0 && residual_relative(residual) <= most;
}

int lost_constants_find(const struct narrow *what, struct mm_recomputed *out, struct mm_err *err)
{
    bool asked = out->nonfinite > 0 || out->residual > BEYOND_ROUNDING * out->rounding;
    if (!asked || mm_dtype_info(what->format)->bits > 16 || !mm_round_float(what->format))
        return 0;
    struct worst_constant worst = worst_of(what);
    for (unsigned ways = 0; ways < WAYS && (worst.lost.beyond || worst.lost.below); ways++) {
        struct residual residual;
        if ((ways & SATURATES) && !worst.lost.beyond)
            continue;
        if (compare_narrowed(what, ways, &residual, err) < 0)
            return -1;
        if (!explains(&residual, out))
            continue;
        say(&worst, what->format, out);
        out->lost_left = residual_relative(&residual);
        if (isfinite(out->residual))
            out->rounding = fmax(out->rounding, out->residual);
        break;
    }
    return 0;
}
