/* What int8 weights must cost an operator, by one scale and by a scale a channel, and which of the two is in its
 * residual. */
#include "cause/recompute.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double norm(const double *r, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += r[i] * r[i];
    return sqrt(sum);
}

/* y(z + change) - y(z), through what is fused behind. */
static int through_line(const struct sampled *sampled, double *change, struct mm_err *err)
{
    size_t count = sampled->places.count, steps = sampled->line->count;
    double *work = calloc(steps * count + 1, sizeof *work);
    int result =
        work ? mm_operator_sample(sampled->call, sampled->places.at, count, work, err) : mm_fail_memory(err);
    for (size_t i = 0; result == 0 && i < count; i++)
        work[i] += change[i];
    if (result == 0)
        result = line_behind(sampled->line, 1, SIDE_DST, &sampled->places, work, err);
    for (size_t i = 0; result == 0 && i < count; i++) {
        double added = work[(steps - 1) * count + i] - sampled->y0[i];
        change[i] = isfinite(added) ? added : 0;
    }
    free(work);
    return result;
}

/* The operator at the positions with `change` in the place of input k, and without its bias: what the change adds. */
static int sample_change(const struct sampled *sampled, int k, const struct mm_value *change, double *out,
                         struct mm_err *err)
{
    enum { BIAS = 2 };
    const struct mm_value *input[RECOMPUTE_INPUTS];
    struct mm_operator_call call = *sampled->call;
    int count = call.node->input_count;
    memcpy(input, call.input, (size_t)count * sizeof *input);
    input[k] = change;
    if (count > BIAS)
        input[BIAS] = NULL;
    call.input = input;
    if (mm_operator_sample(&call, sampled->places.at, sampled->places.count, out, err) < 0)
        return -1;
    return sampled->line && sampled->line->count > 1 ? through_line(sampled, out, err) : 0;
}

#define FIT_LEAST 16 /* positions: any pattern goes with that of two, up to the last bits */

/* One granularity: its cost, and how well it fits. */
static int fit_one(const struct sampled *sampled, int weight, int axis, double *memory, double *cost,
                   double *fit, struct mm_err *err)
{
    struct mm_value change;
    if (mm_weight_round(sampled->call->input[weight], axis, sampled->call->cancel, &change, err) < 0)
        return -1;
    int result = sample_change(sampled, weight, &change, memory, err);
    mm_value_done(&change);
    if (result < 0)
        return -1;
    *cost = sampled->norm > 0 ? norm(memory, sampled->places.count) / sampled->norm : NAN;
    *fit = sampled->places.count < FIT_LEAST ? NAN
                                             : correlation(sampled->residual, memory, sampled->places.count);
    return 0;
}

static int fit_both(const struct sampled *sampled, int weight, double *memory, struct mm_recomputed *out,
                    struct mm_err *err)
{
    const struct mm_value *weights = sampled->call->input[weight];
    int axis = mm_weight_channel_axis(sampled->call->node, weight, weights->shape.rank);
    if (fit_one(sampled, weight, -1, memory, &out->per_tensor, &out->fit_tensor, err) < 0)
        return -1;
    return axis < 0 ? 0 : fit_one(sampled, weight, axis, memory, &out->per_channel, &out->fit_channel, err);
}

/* To the nearest whole number, for values far below 2^51. */
static inline double whole(double x)
{
    return (x + 0x1.8p52) - 0x1.8p52;
}

/* What 256 steps between the least and the greatest value, 0 included, add to x. */
static int steps_change(const struct mm_value *x, struct mm_value *change, struct mm_err *err)
{
    struct residual ends;
    if (mm_value_new(change, MM_F32, &x->shape, x->count, err) < 0)
        return -1;
    residual_init(&ends, x);
    double step = (ends.most - ends.least) / 255;
    float *to = change->owned;
    for (int64_t i = 0; i < x->count && step > 0; i++) {
        double v = (double)x->f[i];
        to[i] = isfinite(x->f[i]) ? (float)(whole(v / step) * step - v) : 0;
    }
    return 0;
}

/* Inputs that are no weights: each by itself, errors added up as independent ones. */
static int fit_inputs(const struct sampled *sampled, int weight, double *memory, struct mm_recomputed *out,
                      struct mm_err *err)
{
    double sum = 0;
    for (int k = 0; k < 2; k++) {
        const struct mm_value *x = k < sampled->call->node->input_count ? sampled->call->input[k] : NULL;
        struct mm_value change;
        if (k == weight || !x || !x->f)
            continue;
        if (steps_change(x, &change, err) < 0)
            return -1;
        int result = sample_change(sampled, k, &change, memory, err);
        mm_value_done(&change);
        if (result < 0)
            return -1;
        sum = hypot(sum, norm(memory, sampled->places.count));
    }
    out->input_int8 = sampled->norm > 0 ? sum / sampled->norm : NAN;
    return 0;
}

int weights_fit(const struct sampled *sampled, struct mm_recomputed *out, struct mm_err *err)
{
    int weight = mm_weight_input(sampled->graph, sampled->call->node);
    bool floats = weight >= 0 && sampled->call->input[weight] && sampled->call->input[weight]->f;
    double *memory = calloc(sampled->places.count + 1, sizeof *memory);
    int result = memory ? 0 : mm_fail_memory(err);
    if (result == 0 && floats)
        result = fit_both(sampled, weight, memory, out, err);
    if (result == 0)
        result = fit_inputs(sampled, weight, memory, out, err);
    free(memory);
    return result;
}
