/* A result that its operator does not give: is there a variant of the operator, as other runtimes have it, that does? */
#include "cause/recompute.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
    double steps = isnan(found->result_int8) ? 0 : found->result_int8;
    return found->residual > fmax(least, ASKED_ROUNDING * found->rounding) &&
           found->residual > ASKED_STEPS * steps;
}

/* Where it is compared: everywhere, or at some positions of an operator with weights. */
struct places {
    const struct mm_value *y;
    int64_t *at; /* NULL: everywhere */
    double *y0;
    size_t count, few; /* positions, and those that are looked at first, in front */
    struct mm_shape shape;
};

/* Groups of neighbours (they share a load) change places, so that a few of all regions stand in front. */
static void few_first(struct places *p, int64_t *memory)
{
    size_t groups = (p->count + PLACES_RUN - 1) / PLACES_RUN, n = 0;
    for (int first = 1; first >= 0; first--) {
        for (size_t g = 0; g < groups; g++) {
            for (size_t i = g * PLACES_RUN; i < p->count && i < (g + 1) * PLACES_RUN; i++) {
                if ((g % PLACES_FEW == 0) == first)
                    memory[n++] = p->at[i];
            }
        }
        p->few = first ? n : p->few;
    }
    for (size_t i = 0; i < n; i++)
        p->at[i] = memory[i];
}

static int places_open(struct places *p, const struct mm_operator_call *call, struct mm_err *err)
{
    p->at = calloc(2 * MM_RECOMPUTE_POSITIONS, sizeof *p->at);
    p->y0 = calloc(MM_RECOMPUTE_POSITIONS, sizeof *p->y0);
    if (!p->at || !p->y0)
        return mm_fail_memory(err);
    if (mm_operator_linear_shape(call, &p->shape, err) < 0 ||
        mm_operator_positions(call, MM_RECOMPUTE_POSITIONS, p->at, &p->count, err) < 0)
        return -1;
    few_first(p, p->at + MM_RECOMPUTE_POSITIONS);
    return 0;
}

/* ---- one of them ---- */

/* What is left at positions from .. to - 1; NaN: it does not run. */
static double left_at(const struct places *p, const struct mm_operator_variant *v, size_t to)
{
    struct residual residual;
    if (mm_operator_variant_sample(v, p->at, to, p->y0, NULL) < 0)
        return NAN;
    residual_init(&residual, p->y);
    for (size_t i = 0; i < to; i++)
        residual_add(&residual, mm_value_at(p->y, p->at[i]), p->y0[i]);
    return residual.nonfinite ? NAN : residual_relative(&residual);
}

static double left_of_sample(const struct places *p, const struct mm_operator_variant *v, double before)
{
    struct mm_shape shape;
    if (mm_operator_variant_shape(v, &shape, NULL) < 0 || !mm_shape_equal(&shape, &p->shape))
        return NAN;
    double few = left_at(p, v, p->few);
    return few <= GOES_ON * before ? left_at(p, v, p->count) : NAN;
}

static double left_of_whole(const struct places *p, const struct mm_operator_variant *v)
{
    struct residual residual;
    struct mm_value y0;
    if (mm_operator_variant_run(v, &y0, NULL) < 0)
        return NAN;
    residual_init(&residual, p->y);
    for (int64_t i = 0; y0.count == p->y->count && i < y0.count; i++)
        residual_add(&residual, mm_value_at(p->y, i), mm_value_at(&y0, i));
    bool told = y0.count == p->y->count && residual.nonfinite == 0 && residual.yy > 0;
    mm_value_done(&y0);
    return told ? residual_relative(&residual) : NAN;
}

/* ---- all of them ---- */

/* The model has this activation right behind the node: it was fused, and the dump holds its result. */
static bool is_fused(const struct mm_recompute *recompute, const char *activation)
{
    const struct mm_graph *graph = recompute->graph;
    int tensor = graph->nodes[recompute->node].outputs[recompute->output];
    for (int i = 0; *activation && tensor >= 0 && i < graph->tensors[tensor].consumer_count; i++) {
        const char *type = graph->nodes[graph->tensors[tensor].consumers[i]].op_type;
        if (strcmp(type, activation) == 0)
            return true;
    }
    return false;
}

static void keep(const struct mm_recompute *recompute, const struct mm_operator_variant *v, double left,
                 struct mm_recomputed *out)
{
    if (isnan(left) || left >= out->residual || !(isnan(out->variant) || left < BETTER * out->variant))
        return;
    out->variant = left;
    out->variant_origin = mm_operator_variant_origin(v);
    out->variant_fused = is_fused(recompute, mm_operator_variant_activation(v));
    snprintf(out->variant_says, sizeof out->variant_says, "%s", mm_operator_variant_says(v));
}

static int try_all(const struct mm_recompute *recompute, const struct mm_operator_call *call,
                   const struct places *p, struct mm_recomputed *out, struct mm_err *err)
{
    struct mm_operator_variant *v;
    int64_t elements = ELEMENTS_MOST;
    size_t at = 0;
    int more;
    while (elements > 0 && (more = mm_operator_variant_next(call, &at, &v, err)) != 0) {
        if (more < 0)
            return -1;
        double left = p->at ? left_of_sample(p, v, out->residual) : left_of_whole(p, v);
        keep(recompute, v, left, out);
        mm_operator_variant_close(v);
        elements -= p->at ? (int64_t)p->count : p->y->count;
        if (call->cancel && atomic_load_explicit(call->cancel, memory_order_relaxed))
            return mm_fail(err, MM_ECANCELLED, "cancelled");
    }
    return 0;
}

int variants_find(const struct mm_recompute *recompute, const struct mm_operator_call *call,
                  const struct mm_value *y, struct mm_recomputed *out, struct mm_err *err)
{
    struct places places = {.y = y};
    int result = 0;
    if (!is_asked(out))
        return 0;
    if (out->kind == MM_OPERATOR_LINEAR)
        result = places_open(&places, call, err);
    if (result == 0)
        result = try_all(recompute, call, &places, out, err);
    free(places.at);
    free(places.y0);
    return result;
}
