/* What a float format's rounding explains of one operator's residual. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "cause/norm_rounding.h"

#define LANES 4 /* sums that don't wait for each other */

double float_unit(enum mm_dtype dtype)
{
    const struct mm_dtype_info *info = mm_dtype_info(dtype);
    return ldexp(1, info->kind == MM_KIND_FLOAT ? -(info->digits + 1) : -24);
}

/* Below its least normal value a format loses digits, and some runtimes make it 0. */
double float_least_normal(enum mm_dtype dtype)
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
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        for (int k = 0; k < LANES; k++) {
            float v = fabsf(x[i + k]);
            v = v <= FLT_MAX ? v : 0;
            sum[k] += (double)v * (double)v;
            most[k] = v > most[k] ? v : most[k];
        }
    }
    for (; i < count; i++) {
        float v = fabsf(x[i]);
        v = v <= FLT_MAX ? v : 0;
        sum[0] += (double)v * (double)v;
        most[0] = v > most[0] ? v : most[0];
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

/* ---- products ---- */

/* The factor by which an operator enlarges a relative error of what it reads, whatever the size of that; NaN: others. */
static double factor_of(const struct operands *o, const struct mm_graph_node *node)
{
    static const char *const products[] = {"Mul", "Div", "Reciprocal", "Sqrt", NULL};
    for (int i = 0; products[i]; i++) {
        if (strcmp(node->op_type, products[i]) == 0)
            return 1;
    }
    if (strcmp(node->op_type, "Pow") != 0 || node->input_count < 2 || !o->input[SIDE_DST][1])
        return NAN;
    double most = 1;
    for (int64_t i = 0; i < o->input[SIDE_DST][1]->count; i++)
        most = fmax(most, fabs(mm_value_at(o->input[SIDE_DST][1], i)));
    return most;
}

/* The share of a result that is no normal value of the format, and may be 0; src's own result tells. */
static double share_lost(const struct operands *o, enum mm_dtype format)
{
    const struct mm_value *y = &o->result[SIDE_SRC];
    double least = float_least_normal(format), lost = 0, all = 0;
    for (int64_t i = 0; y->f && i < y->count; i++) {
        double square = (double)y->f[i] * (double)y->f[i];
        if (!isfinite(square))
            continue;
        all += square;
        lost += square < least * least ? square : 0;
    }
    return all > 0 ? sqrt(lost / all) : 0;
}

/* ---- all of it ---- */

double float_rounding(const struct operands *o, enum mm_dtype format, const struct mm_graph_node *node,
                      const struct residual *residual, const struct mm_recomputed *out)
{
    bool weighs = out->kind == MM_OPERATOR_LINEAR || out->selects; /* the inputs' size says nothing */
    double y = sqrt(residual->yy / fmax((double)residual->n, 1)), unit = float_unit(format), greatest = 0;
    if (weighs || (!(y > 0) && out->kind != MM_OPERATOR_SOFTMAX))
        return unit;
    double norm = norm_rounding(o, node, unit, float_least_normal(format)), factor = factor_of(o, node);
    if (!isnan(norm))
        return fmax(unit, norm / y);
    if (!isnan(factor))
        return hypot(unit * factor, share_lost(o, format));
    double size = size_of_inputs(o, node->input_count, &greatest);
    return unit * fmax(1, out->kind == MM_OPERATOR_SOFTMAX ? greatest : size / y);
}
