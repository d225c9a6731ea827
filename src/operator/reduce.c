/* Reductions: a line gives one number. What an empty line gives is the function's neutral element. */
#include "operator/lines.h"

#include <math.h>

struct reduce {
    op_fold fold;
    double p; /* of GlobalLpPool */
};

static double sum(const void *context, const double *x, int64_t n)
{
    double s = 0;
    (void)context;
    for (int64_t k = 0; k < n; k++)
        s += x[k];
    return s;
}

static double mean(const void *context, const double *x, int64_t n)
{
    return sum(context, x, n) / (double)n;
}

static double product(const void *context, const double *x, int64_t n)
{
    double p = 1;
    (void)context;
    for (int64_t k = 0; k < n; k++)
        p *= x[k];
    return p;
}

/* NaN in, NaN out. */
static double most(const void *context, const double *x, int64_t n)
{
    double m = -HUGE_VAL;
    (void)context;
    for (int64_t k = 0; k < n; k++)
        m = x[k] > m || isnan(x[k]) ? x[k] : m;
    return m;
}

static double least(const void *context, const double *x, int64_t n)
{
    double m = HUGE_VAL;
    (void)context;
    for (int64_t k = 0; k < n; k++)
        m = x[k] < m || isnan(x[k]) ? x[k] : m;
    return m;
}

static double l1(const void *context, const double *x, int64_t n)
{
    double s = 0;
    (void)context;
    for (int64_t k = 0; k < n; k++)
        s += fabs(x[k]);
    return s;
}

static double sum_square(const void *context, const double *x, int64_t n)
{
    double s = 0;
    (void)context;
    for (int64_t k = 0; k < n; k++)
        s += x[k] * x[k];
    return s;
}

static double l2(const void *context, const double *x, int64_t n)
{
    return sqrt(sum_square(context, x, n));
}

static double log_sum(const void *context, const double *x, int64_t n)
{
    return log(sum(context, x, n));
}

/* The greatest is taken out, so that exp does not overflow. */
static double log_sum_exp(const void *context, const double *x, int64_t n)
{
    double m = most(context, x, n), s = 0;
    if (!isfinite(m))
        return m;
    for (int64_t k = 0; k < n; k++)
        s += exp(x[k] - m);
    return m + log(s);
}

/* The norm of GlobalLpPool; the context is p. */
static double lp(const void *context, const double *x, int64_t n)
{
    double p = *(const double *)context, s = 0;
    for (int64_t k = 0; k < n; k++)
        s += pow(fabs(x[k]), p);
    return pow(s, 1 / p);
}

/* The shape that is left: reduced axes are 1, or gone. */
static struct mm_shape left(const struct mm_shape *shape, unsigned axes, bool keep)
{
    struct mm_shape out = {0};
    for (int i = 0; i < shape->rank; i++) {
        if (!(axes >> i & 1))
            out.dim[out.rank++] = shape->dim[i];
        else if (keep)
            out.dim[out.rank++] = 1;
    }
    return out;
}

static int fold_axes(const struct mm_operator_call *call, const struct mm_value *x, unsigned axes, bool keep,
                     const struct reduce *how, struct mm_value *value, struct mm_err *err)
{
    struct mm_shape shape = left(&x->shape, axes, keep);
    struct op_lines lines;
    if (op_new(call, x->dtype, &shape, value, err))
        return -1;
    op_lines_init(&lines, x, axes);
    return op_lines_fold(call, &lines, how->fold, &how->p, value, err);
}

/* Axes are an attribute, or (ReduceSum since opset 13, the rest since 18) an input; none are all axes. */
static int run_reduce(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct reduce *how = op_row_of(call->node)->how;
    const struct mm_value *x = op_need(call, 0, err);
    struct op_list list;
    unsigned axes = 0;
    if (!x || op_axes(call, "axes", 1, x->shape.rank, &list, err))
        return -1;
    if (list.count == 0 && op_int(call, "noop_with_empty_axes", 0))
        return op_reshaped(call, x, &x->shape, value, err);
    for (int i = 0; i < list.count; i++)
        axes |= 1u << list.v[i];
    if (list.count == 0)
        axes = op_axes_between(0, x->shape.rank);
    return fold_axes(call, x, axes, op_int(call, "keepdims", 1) != 0, how, value, err);
}

/* All axes behind the channels. */
static int run_global(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct reduce how = *(const struct reduce *)op_row_of(call->node)->how;
    const struct mm_value *x = op_need(call, 0, err);
    if (!x)
        return -1;
    if (x->shape.rank < 2)
        return op_fail(call, err, MM_EARG, "an input of %d axes", x->shape.rank);
    how.p = (double)op_int(call, "p", 2);
    if (how.p < 1)
        return op_fail(call, err, MM_EARG, "p is %g", how.p);
    return fold_axes(call, x, op_axes_between(2, x->shape.rank), true, &how, value, err);
}

#define ROW(type, selects, fold)                                                                             \
    {                                                                                                        \
        {type, MM_OPERATOR_REDUCTION, selects}, OP_CHANNEL_NONE, run_reduce, &(const struct reduce)          \
        {                                                                                                    \
            fold                                                                                             \
        }                                                                                                    \
    }

const struct op_row op_reduce_rows[] = {
    ROW("ReduceSum", false, sum),
    ROW("ReduceMean", false, mean),
    ROW("ReduceProd", false, product),
    ROW("ReduceMax", true, most),
    ROW("ReduceMin", true, least),
    ROW("ReduceL1", false, l1),
    ROW("ReduceL2", false, l2),
    ROW("ReduceSumSquare", false, sum_square),
    ROW("ReduceLogSum", false, log_sum),
    ROW("ReduceLogSumExp", false, log_sum_exp),
    {{"GlobalAveragePool", MM_OPERATOR_REDUCTION, false},
     OP_CHANNEL_ONE,
     run_global,
     &(const struct reduce){mean}},
    {{"GlobalMaxPool", MM_OPERATOR_REDUCTION, true},
     OP_CHANNEL_ONE,
     run_global,
     &(const struct reduce){most}},
    {{"GlobalLpPool", MM_OPERATOR_REDUCTION, false}, OP_CHANNEL_ONE, run_global, &(const struct reduce){lp}},
    {{NULL}},
};
