/* What a float format's rounding explains of one operator's residual. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "cause/recompute.h"

#define LANES 4 /* sums that don't wait for each other */

double float_unit(enum mm_dtype dtype)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    return ldexp(1, info->kind == MM_KIND_FLOAT ? -(info->digits + 1) : -24);
}

/* Below its least normal value a format loses digits, and some runtimes make it 0. */
static double least_normal(enum mm_dtype dtype)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    return ldexp(1, info->kind == MM_KIND_FLOAT ? 1 - ilogb(info->highest) : -126);
}

/* ---- the size of what goes in ---- */

/* The sum of squares of what is finite; *greatest becomes the greatest magnitude where it is more. */
static double squares(const float *x, int64_t count, double *greatest)
{
    double sum[LANES] = {0};
    float most[LANES] = {0};
    for (int64_t i = 0; i < count; i++) {
        float v = fabsf(x[i]);
        v = v <= FLT_MAX ? v : 0;
        sum[i % LANES] += (double)v * (double)v;
        most[i % LANES] = v > most[i % LANES] ? v : most[i % LANES];
    }
    for (int k = 0; k < LANES; k++)
        *greatest = fmax(*greatest, (double)most[k]);
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* The RMS of the largest input; *greatest: the greatest magnitude among all. */
static double size_of_inputs(const struct operands *o, int count, double *greatest)
{
    double most = 0, here = 0;
    for (int k = 0; k < count; k++) {
        const struct mm_value *x = o->input[SIDE_DST][k];
        if (x && x->count)
            most = fmax(most, sqrt((x->f ? squares(x->f, x->count, &here) : 0) / (double)x->count));
    }
    *greatest = here;
    return most;
}

/* ---- given statistics ---- */

/* y = (x - mean) * k + bias, of each channel, with k = scale / sqrt(variance + epsilon): ONNX, BatchNormalization. */
struct batch_norm {
    const struct mm_value *x, *scale, *bias, *mean, *variance;
    double epsilon;
};

static bool batch_norm_of(const struct operands *o, const struct mm_graph_node *node, struct batch_norm *norm)
{
    const struct mm_value *const *in = o->input[SIDE_DST];
    const struct mm_graph_attribute *epsilon = mm_graph_attribute(node, "epsilon");
    if (strcmp(node->op_type, "BatchNormalization") != 0 || node->input_count < 5 || !in[0] || !in[0]->f)
        return false;
    int64_t channels = in[0]->shape.rank > 1 ? in[0]->shape.dim[1] : 1;
    for (int k = 1; k < 5; k++) {
        if (!in[k] || in[k]->count != channels)
            return false;
    }
    *norm = (struct batch_norm){in[0], in[1], in[2], in[3], in[4], 1e-5};
    if (epsilon && epsilon->float_count)
        norm->epsilon = epsilon->floats[0];
    return true;
}

/* What one channel's terms are off by, squared, where x has this mean square: each is rounded by a unit, and what is
 * no normal value of the format may be 0 beneath the root. */
static double channel_rounding(const struct batch_norm *norm, int64_t c, double mean_square,
                               enum mm_dtype dtype)
{
    double mean = mm_value_at(norm->mean, c), bias = mm_value_at(norm->bias, c);
    double variance = mm_value_at(norm->variance, c), under = variance + norm->epsilon;
    double slope = mm_value_at(norm->scale, c) / sqrt(under), least = least_normal(dtype);
    double lost = (variance < least ? variance : 0) + (norm->epsilon < least ? norm->epsilon : 0);
    double term = fmax(mean_square, mean * mean) * slope * slope, unit = float_unit(dtype);
    double share = lost / (2 * under);
    return unit * unit * fmax(term, bias * bias) + share * share * term;
}

/* The RMS of it over all channels; the statistics' own size, a variance of thousands, says nothing. */
static double batch_norm_rounding(const struct batch_norm *norm, enum mm_dtype dtype)
{
    int64_t channels = norm->scale->count, lines = 1, inner = 1;
    const struct mm_shape *shape = &norm->x->shape;
    double sum = 0, greatest = 0;
    for (int axis = 2; axis < shape->rank; axis++)
        inner *= shape->dim[axis];
    lines = norm->x->count / (channels * inner);
    for (int64_t c = 0; c < channels; c++) {
        double square = 0;
        for (int64_t n = 0; n < lines; n++)
            square += squares(norm->x->f + (n * channels + c) * inner, inner, &greatest);
        double here = channel_rounding(norm, c, square / (double)(lines * inner), dtype);
        sum += isfinite(here) ? here : 0;
    }
    return sqrt(sum / (double)channels);
}

/* ---- all of it ---- */

double float_rounding(const struct operands *o, const struct mm_graph_node *node,
                      const struct residual *residual, const struct mm_recomputed *out)
{
    bool weighs = out->kind == MM_OPERATOR_LINEAR || out->selects; /* the inputs' size says nothing */
    double greatest = 0, size = weighs ? 0 : size_of_inputs(o, node->input_count, &greatest), gain = 1;
    double y = sqrt(residual->yy / fmax((double)residual->n, 1)), unit = float_unit(o->format[SIDE_DST]);
    struct batch_norm norm;
    if (y > 0 && !weighs && residual->n && batch_norm_of(o, node, &norm))
        return fmax(unit, batch_norm_rounding(&norm, o->format[SIDE_DST]) / y);
    if (out->kind == MM_OPERATOR_SOFTMAX)
        gain = fmax(1, greatest);
    else if (!weighs && y > 0)
        gain = fmax(1, size / y);
    return unit * gain;
}
