/* A result that its operator does not give: is there a variant of the operator, as other runtimes have it, that does? */
#include "cause/recompute.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Below these residuals nothing is asked: so much is left by other orders of summation, fast exponentials and by
 * float16, of which the dump may not tell. */
#define ASKED_LEAST       1e-3
#define ASKED_ELEMENTWISE 1e-4
#define ASKED_LINEAR      0.02
#define ASKED_ROUNDING    10.0 /* times what the float format explains */
#define ASKED_STEPS       1.5  /* times what 256 steps of the result explain */
#define ASKED_FIT         0.5  /* a residual with the pattern of rounded weights is explained */
/* One that is to replace another explains clearly more than it. */
#define BETTER 0.5
/* Of an operator with weights a variant is tried at one of so many places first, and goes on from this share of the
 * residual. */
#define PLACES_FEW    8
#define PLACES_RUN    32
#define GOES_ON       0.7
#define ELEMENTS_MOST ((int64_t)64 << 20) /* of all variants of one operator together */

static bool is_asked(const struct mm_recomputed *found)
{
    if (found->state != MM_RECOMPUTE_DONE || found->nonfinite || isnan(found->residual))
        return false;
    if (found->kind == MM_OPERATOR_LINEAR)
        return found->residual > ASKED_LINEAR && !(fmax(found->fit_tensor, found->fit_channel) > ASKED_FIT);
    double least = found->kind == MM_OPERATOR_ELEMENTWISE ? ASKED_ELEMENTWISE : ASKED_LEAST;
    double steps = isnan(found->own_int8) ? 0 : found->own_int8;
    return found->residual > fmax(least, ASKED_ROUNDING * found->rounding) &&
           found->residual > ASKED_STEPS * steps;
}

static bool is_stopped(const struct mm_operator_call *call)
{
    return call->cancel && atomic_load_explicit(call->cancel, memory_order_relaxed);
}

/* What a variant leaves; among them what was clipped counts, or one that goes far beyond dst's range had nothing left. */
struct left {
    double told; /* residual_relative; NaN: it does not run */
    double all;  /* residual_with_clipped */
};

static struct left left_of(const struct residual *residual)
{
    return (struct left){residual_relative(residual), residual_with_clipped(residual)};
}

static const struct left no_result = {NAN, NAN};

static void keep(const struct mm_operator_variant *v, const char *of, struct left left, struct left *best,
                 struct mm_recomputed *out)
{
    if (isnan(left.told) || left.told >= out->residual ||
        !(isnan(best->all) || left.all < BETTER * best->all))
        return;
    *best = left;
    out->variant = left.told;
    out->variant_origin = mm_operator_variant_origin(v);
    snprintf(out->variant_activation, sizeof out->variant_activation, "%s",
             mm_operator_variant_activation(v));
    snprintf(out->variant_says, sizeof out->variant_says, *of ? "%s (%s)" : "%s", mm_operator_variant_says(v),
             of);
}

/* ---- whole ---- */

static struct left left_of_whole(const struct mm_value *y, const struct mm_operator_variant *v)
{
    struct residual residual;
    struct mm_value y0;
    if (mm_operator_variant_run(v, &y0, NULL) < 0)
        return no_result;
    residual_init(&residual, y);
    for (int64_t i = 0; y0.count == y->count && i < y0.count; i++)
        residual_add(&residual, mm_value_at(y, i), mm_value_at(&y0, i));
    bool told = y0.count == y->count && residual.nonfinite == 0 && residual.yy > 0;
    mm_value_done(&y0);
    return told ? left_of(&residual) : no_result;
}

static int try_whole(const struct mm_operator_call *call, const struct mm_value *y, struct mm_recomputed *out,
                     struct mm_err *err)
{
    struct mm_operator_variant *v;
    struct left best = no_result;
    int64_t elements = ELEMENTS_MOST;
    size_t at = 0;
    int more;
    for (; elements > 0 && (more = mm_operator_variant_next(call, &at, &v, err)) != 0; elements -= y->count) {
        if (more < 0)
            return -1;
        keep(v, "", left_of_whole(y, v), &best, out);
        mm_operator_variant_close(v);
        if (is_stopped(call))
            return mm_fail(err, MM_ECANCELLED, "cancelled");
    }
    return 0;
}

/* What the model's own leaves of a part. */
static double left_of_part(const struct part *part)
{
    struct residual residual;
    struct mm_value y0;
    if (mm_operator_run(&part->call, &y0, NULL) < 0)
        return NAN;
    residual_init(&residual, &part->y);
    for (int64_t i = 0; y0.count == part->y.count && i < y0.count; i++)
        residual_add(&residual, mm_value_at(&part->y, i), mm_value_at(&y0, i));
    bool told = y0.count == part->y.count && residual.yy > 0;
    mm_value_done(&y0);
    return told ? residual_relative(&residual) : NAN;
}

/* Variants of a part first; those that leave clearly less of it are run whole: both calls count their variants alike. */
static int try_part(const struct mm_operator_call *call, const struct part *part, const struct mm_value *y,
                    struct mm_recomputed *out, struct mm_err *err)
{
    struct mm_operator_variant *v, *whole;
    struct left best = no_result;
    double before = left_of_part(part);
    size_t at = 0;
    int more;
    if (!(before > GOES_ON * out->residual))
        return try_whole(call, y, out, err); /* the part is not what is wrong */
    while ((more = mm_operator_variant_next(&part->call, &at, &v, err)) > 0) {
        size_t same = at - 1;
        double left = left_of_whole(&part->y, v).told;
        mm_operator_variant_close(v);
        if (is_stopped(call))
            return mm_fail(err, MM_ECANCELLED, "cancelled");
        if (!(left <= GOES_ON * before) || mm_operator_variant_next(call, &same, &whole, NULL) <= 0)
            continue;
        if (same == at)
            keep(whole, "", left_of_whole(y, whole), &best, out);
        mm_operator_variant_close(whole);
    }
    return more;
}

static int try_large(const struct mm_operator_call *call, const struct mm_value *y, struct mm_recomputed *out,
                     struct mm_err *err)
{
    struct part *part = malloc(sizeof *part);
    if (!part)
        return mm_fail_memory(err);
    int result = part_of(call, y, part) ? try_part(call, part, y, out, err) : try_whole(call, y, out, err);
    free(part);
    return result;
}

/* ---- at some positions ---- */

struct trying {
    const struct line *line; /* NULL: the call by itself */
    const struct mm_operator_call *call;
    const struct mm_value *y;
    int64_t *at;
    double *model, *work; /* [steps][positions]: of the model's steps, and of those with a variant */
    size_t steps, few;    /* positions that are looked at first, in front */
    struct line_places places;
    struct left best;
};

/* Groups of neighbours (they share a load) change places, so that a few of all regions stand in front. */
static void few_first(struct trying *t, int64_t *memory)
{
    size_t count = t->places.count, groups = (count + PLACES_RUN - 1) / PLACES_RUN, n = 0;
    for (size_t k = 0; k < 2 * groups; k++) {
        size_t g = k % groups, end = (g + 1) * PLACES_RUN;
        for (size_t i = g * PLACES_RUN; i < count && i < end; i++) {
            if ((g % PLACES_FEW == 0) == (k < groups))
                memory[n++] = t->at[i];
        }
        t->few = k + 1 == groups ? n : t->few;
    }
    memcpy(t->at, memory, n * sizeof *memory);
}

static int trying_open(struct trying *t, struct mm_err *err)
{
    t->at = calloc(2 * MM_RECOMPUTE_POSITIONS, sizeof *t->at);
    t->steps = t->line ? t->line->count : 1;
    t->model = calloc(t->steps * MM_RECOMPUTE_POSITIONS, sizeof *t->model);
    t->work = calloc(t->steps * MM_RECOMPUTE_POSITIONS, sizeof *t->work);
    if (!t->at || !t->model || !t->work)
        return mm_fail_memory(err);
    t->places.at = t->at;
    if (mm_operator_linear_shape(t->call, &t->places.shape, err) < 0 ||
        mm_operator_positions(t->call, MM_RECOMPUTE_POSITIONS, t->at, &t->places.count, err) < 0)
        return -1;
    few_first(t, t->at + MM_RECOMPUTE_POSITIONS);
    return 0;
}

static void trying_close(struct trying *t)
{
    free(t->at);
    free(t->model);
    free(t->work);
}

/* What is left of the first `count` positions once the steps from `from` on have run; NaN: they don't. */
static struct left left_behind(struct trying *t, size_t from, size_t count)
{
    struct residual residual;
    struct line_places places = t->places;
    places.count = count;
    if (t->line && line_behind(t->line, from, SIDE_DST, &places, t->work, NULL) < 0)
        return no_result;
    residual_init(&residual, t->y);
    for (size_t i = 0; i < count; i++)
        residual_add(&residual, mm_value_at(t->y, t->at[i]), t->work[(t->steps - 1) * count + i]);
    return residual.nonfinite ? no_result : left_of(&residual);
}

static struct left left_of_sample(struct trying *t, const struct mm_operator_variant *v, double before)
{
    struct mm_shape shape;
    if (mm_operator_variant_shape(v, &shape, NULL) < 0 || !mm_shape_equal(&shape, &t->places.shape) ||
        mm_operator_variant_sample(v, t->at, t->few, t->work, NULL) < 0 ||
        !(left_behind(t, 1, t->few).told <= GOES_ON * before) ||
        mm_operator_variant_sample(v, t->at, t->places.count, t->work, NULL) < 0)
        return no_result;
    return left_behind(t, 1, t->places.count);
}

/* A step that works on each value alone. */
static struct left left_of_step(struct trying *t, size_t step, const struct mm_operator_variant *v)
{
    struct mm_value y0;
    if (mm_operator_variant_run(v, &y0, NULL) < 0)
        return no_result;
    size_t count = t->places.count;
    bool fits = y0.count == (int64_t)count;
    memcpy(t->work, t->model, step * count * sizeof *t->work);
    for (size_t i = 0; fits && i < count; i++)
        t->work[step * count + i] = mm_value_at(&y0, (int64_t)i);
    mm_value_done(&y0);
    return fits ? left_behind(t, step + 1, t->places.count) : no_result;
}

static int try_call(struct trying *t, size_t step, const struct mm_operator_call *call,
                    struct mm_recomputed *out, struct mm_err *err)
{
    const char *of = t->line && t->line->count > 1 ? call->node->op_type : "";
    struct mm_operator_variant *v;
    size_t at = 0;
    int more;
    while ((more = mm_operator_variant_next(call, &at, &v, err)) != 0) {
        if (more < 0)
            return -1;
        keep(v, of, step == 0 ? left_of_sample(t, v, out->residual) : left_of_step(t, step, v), &t->best,
             out);
        mm_operator_variant_close(v);
        if (is_stopped(call))
            return mm_fail(err, MM_ECANCELLED, "cancelled");
    }
    return 0;
}

/* A step behind the first: its inputs at the positions. */
static int try_step(struct trying *t, size_t step, struct mm_recomputed *out, struct mm_err *err)
{
    struct line_step *here = malloc(sizeof *here);
    if (!here)
        return mm_fail_memory(err);
    int result = line_step_open(t->line, step, SIDE_DST, &t->places, t->model, here, err);
    if (result == 0)
        result = try_call(t, step, &here->call, out, err);
    line_step_close(here);
    free(here);
    return result;
}

static int try_line(struct trying *t, struct mm_recomputed *out, struct mm_err *err)
{
    if (try_call(t, 0, t->call, out, err) < 0)
        return -1;
    if (t->steps < 2)
        return 0;
    if (line_sample(t->line, SIDE_DST, &t->places, t->model, err) < 0)
        return -1;
    for (size_t step = 1; step < t->steps; step++) {
        if (try_step(t, step, out, err) < 0)
            return -1;
    }
    return 0;
}

int variants_find(const struct mm_operator_call *call, const struct line *line, const struct mm_value *y,
                  struct mm_recomputed *out, struct mm_err *err)
{
    struct trying t = {.line = line, .call = call, .y = y, .best = no_result};
    if (!is_asked(out))
        return 0;
    if (out->kind != MM_OPERATOR_LINEAR)
        return try_large(call, y, out, err);
    int result = trying_open(&t, err);
    if (result == 0)
        result = try_line(&t, out, err);
    trying_close(&t);
    return result;
}
