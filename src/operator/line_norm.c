/* Normalisations by statistics of the input itself: functions of a line. */
#include "operator/lines.h"

#include <math.h>

struct norm {
    double epsilon;
    bool plain;                          /* the root of the mean square, nothing subtracted */
    const struct mm_value *scale, *bias; /* may be NULL */
    int64_t each;                        /* elements of a line that share a scale */
    int64_t per_line;                    /* scales of a line */
    int64_t lines;                       /* after which the scales begin again */
};

static void moments(const double *x, int64_t n, double *mean, double *variance)
{
    double sum = 0, square = 0;
    for (int64_t k = 0; k < n; k++)
        sum += x[k];
    *mean = sum / (double)n;
    for (int64_t k = 0; k < n; k++)
        square += (x[k] - *mean) * (x[k] - *mean);
    *variance = square / (double)n;
}

static void root_mean_square(const double *x, int64_t n, double *mean, double *variance)
{
    double square = 0;
    for (int64_t k = 0; k < n; k++)
        square += x[k] * x[k];
    *mean = 0;
    *variance = square / (double)n;
}

static void statistics(const struct norm *norm, const double *x, int64_t n, double *mean, double *inverse)
{
    double variance;
    if (norm->plain)
        root_mean_square(x, n, mean, &variance);
    else
        moments(x, n, mean, &variance);
    *inverse = 1 / sqrt(variance + norm->epsilon);
}

static void normalise(const void *context, int64_t line, double *x, int64_t n)
{
    const struct norm *norm = context;
    int64_t first = norm->lines > 0 ? line % norm->lines * norm->per_line : 0;
    double mean, inverse;
    statistics(norm, x, n, &mean, &inverse);
    for (int64_t k = 0; k < n; k++) {
        int64_t at = first + k / norm->each;
        double y = (x[k] - mean) * inverse;
        y *= norm->scale ? op_get(norm->scale, at) : 1;
        x[k] = y + (norm->bias ? op_get(norm->bias, at) : 0);
    }
}

/* ---- LayerNormalization -------------------------------------------------------------------------------- */

static double line_mean(const void *context, const double *x, int64_t n)
{
    double mean, inverse;
    statistics(context, x, n, &mean, &inverse);
    return mean;
}

static double line_inverse(const void *context, const double *x, int64_t n)
{
    double mean, inverse;
    statistics(context, x, n, &mean, &inverse);
    return inverse;
}

/* Outputs 1 and 2: what the lines were normalised by; RMS has no mean. */
static int layer_statistics(const struct mm_operator_call *call, const struct mm_value *x, int axis,
                            const struct norm *norm, struct mm_value *value, struct mm_err *err)
{
    struct mm_shape shape = x->shape;
    struct op_lines lines;
    for (int i = axis; i < shape.rank; i++)
        shape.dim[i] = 1;
    if (op_new(call, MM_F32, &shape, value, err))
        return -1;
    op_lines_init(&lines, x, op_axes_between(axis, shape.rank));
    bool inverse = norm->plain || call->output == 2;
    return op_lines_fold(call, &lines, inverse ? line_inverse : line_mean, norm, value, err);
}

static int layer_params(const struct mm_operator_call *call, int64_t length, struct norm *norm,
                        struct mm_err *err)
{
    norm->scale = op_need(call, 1, err);
    norm->bias = norm->plain ? NULL : op_input(call, 2);
    if (!norm->scale)
        return -1;
    norm->per_line = norm->scale->count;
    norm->each = norm->per_line == 1 ? length : 1;
    norm->each = norm->each > 0 ? norm->each : 1;
    if ((norm->per_line != 1 && norm->per_line != length) ||
        (norm->bias && norm->bias->count != norm->per_line))
        return op_fail(call, err, MM_EUNSUPPORTED, "scale and bias of other shapes than what is normalised");
    norm->lines = 1;
    return 0;
}

static int run_layer_norm(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    struct norm norm = {.epsilon = op_float(call, "epsilon", 1e-5),
                        .plain = strcmp(call->node->op_type, "LayerNormalization") != 0};
    struct op_lines lines;
    int axis;
    if (!x || op_axis(call, -1, x->shape.rank, false, &axis, err))
        return -1;
    if (call->output > 0)
        return layer_statistics(call, x, axis, &norm, value, err);
    if (layer_params(call, op_product(&x->shape, axis, x->shape.rank), &norm, err) ||
        op_new(call, x->dtype, &x->shape, value, err))
        return -1;
    op_lines_init(&lines, x, op_axes_between(axis, x->shape.rank));
    return op_lines_map(call, &lines, normalise, &norm, value, err);
}

/* ---- InstanceNormalization, GroupNormalization --------------------------------------------------------- */

/* A line is a group of channels with all their places; a scale is a channel's, or (opset 18 to 20) a
 * group's. */
static int by_group(const struct mm_operator_call *call, const struct mm_value *x, int64_t groups,
                    struct norm *norm, struct mm_value *value, struct mm_err *err)
{
    int64_t channels = x->shape.dim[1], scales = norm->scale->count;
    if (groups < 1 || channels < groups || channels % groups != 0 || norm->bias->count != scales ||
        (scales != channels && scales != groups))
        return op_fail(call, err, MM_EARG, "%lld channels, %lld groups, %lld scales", (long long)channels,
                       (long long)groups, (long long)scales);
    int64_t places = op_product(&x->shape, 2, x->shape.rank), size = channels / groups * places;
    struct mm_value view = *x;
    view.shape = (struct mm_shape){3, {x->shape.dim[0], groups, size}};
    norm->per_line = scales / groups;
    norm->lines = groups;
    norm->each = size / norm->per_line > 0 ? size / norm->per_line : 1;
    struct op_lines lines;
    if (op_new(call, x->dtype, &x->shape, value, err))
        return -1;
    op_lines_init(&lines, &view, 1u << 2);
    return op_lines_map(call, &lines, normalise, norm, value, err);
}

static int run_group_norm(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    struct norm norm = {.epsilon = op_float(call, "epsilon", 1e-5)};
    norm.scale = x ? op_need(call, 1, err) : NULL;
    norm.bias = norm.scale ? op_need(call, 2, err) : NULL;
    if (!norm.bias)
        return -1;
    if (x->shape.rank < 2)
        return op_fail(call, err, MM_EARG, "an input of %d axes", x->shape.rank);
    return by_group(call, x, op_int(call, "num_groups", x->shape.dim[1]), &norm, value, err);
}

/* ---- others -------------------------------------------------------------------------------------------- */

/* 1e-9 is added to the deviation, not to the variance. */
static void mean_variance(const void *context, int64_t line, double *x, int64_t n)
{
    double mean, variance;
    (void)context;
    (void)line;
    moments(x, n, &mean, &variance);
    for (int64_t k = 0; k < n; k++)
        x[k] = (x[k] - mean) / (sqrt(variance) + 1e-9);
}

static int run_mean_variance(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    struct op_lines lines;
    struct op_list list;
    unsigned axes = 0;
    if (!x || op_axes(call, "axes", -1, x->shape.rank, &list, err))
        return -1;
    if (!list.given && x->shape.rank != 4)
        return op_fail(call, err, MM_EARG, "an input of %d axes, not 4", x->shape.rank);
    for (int i = 0; i < list.count; i++)
        axes |= 1u << list.v[i];
    if (op_new(call, x->dtype, &x->shape, value, err))
        return -1;
    op_lines_init(&lines, x, list.given ? axes : 1u << 0 | 1u << 2 | 1u << 3);
    return op_lines_map(call, &lines, mean_variance, NULL, value, err);
}

/* A line of zeros stays, as in ONNX Runtime. */
static void lp(const void *context, int64_t line, double *x, int64_t n)
{
    double p = *(const double *)context, sum = 0;
    (void)line;
    for (int64_t k = 0; k < n; k++)
        sum += p == 1 ? fabs(x[k]) : x[k] * x[k];
    double norm = p == 1 ? sum : sqrt(sum);
    for (int64_t k = 0; k < n && norm != 0; k++)
        x[k] /= norm;
}

static int run_lp(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    double p = (double)op_int(call, "p", 2);
    struct op_lines lines;
    int axis;
    if (!x || op_axis(call, -1, x->shape.rank, false, &axis, err))
        return -1;
    if (p != 1 && p != 2)
        return op_fail(call, err, MM_EUNSUPPORTED, "p is %g", p);
    if (op_new(call, x->dtype, &x->shape, value, err))
        return -1;
    op_lines_init(&lines, x, 1u << axis);
    return op_lines_map(call, &lines, lp, &p, value, err);
}

/* ---- LRN ----------------------------------------------------------------------------------------------- */

struct lrn {
    double alpha, beta, bias;
    int64_t size;
};

/* y = x / (bias + alpha / size * sum of x² of `size` channels about this one)^beta. */
static int run_lrn(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    struct lrn how = {op_float(call, "alpha", 1e-4), op_float(call, "beta", 0.75), op_float(call, "bias", 1),
                      op_int(call, "size", 0)};
    if (!x)
        return -1;
    if (how.size < 1 || x->shape.rank < 2)
        return op_fail(call, err, MM_EARG, "a size of %lld", (long long)how.size);
    if (op_new(call, x->dtype, &x->shape, value, err))
        return -1;
    int64_t channels = x->shape.dim[1], inner = op_product(&x->shape, 2, x->shape.rank);
    for (int64_t at = 0; at < x->count; at++) {
        int64_t c = at / inner % channels, below = (how.size - 1) / 2, above = how.size - 1 - below;
        int64_t low = c < below ? -c : -below, high = channels - 1 - c < above ? channels - 1 - c : above;
        double square = 0;
        if (at % OP_CHUNK == 0 && op_stop(call, err))
            return -1;
        for (int64_t k = low; k <= high; k++)
            square += op_get(x, at + k * inner) * op_get(x, at + k * inner);
        op_put(value, at, op_get(x, at) / pow(how.bias + how.alpha / (double)how.size * square, how.beta));
    }
    return 0;
}

#define ROW(type, channel, run)                                                                              \
    {                                                                                                        \
        {type, MM_OPERATOR_NORMALISATION, false}, channel, run, NULL                                         \
    }

const struct op_row op_line_norm_rows[] = {
    ROW("LayerNormalization", OP_CHANNEL_NONE, run_layer_norm),
    ROW("SimplifiedLayerNormalization", OP_CHANNEL_NONE, run_layer_norm), /* ONNX Runtime's */
    ROW("RMSNormalization", OP_CHANNEL_NONE, run_layer_norm),
    ROW("InstanceNormalization", OP_CHANNEL_ONE, run_group_norm),
    ROW("GroupNormalization", OP_CHANNEL_ONE, run_group_norm),
    ROW("MeanVarianceNormalization", OP_CHANNEL_ONE, run_mean_variance),
    ROW("LpNormalization", OP_CHANNEL_NONE, run_lp),
    ROW("LRN", OP_CHANNEL_ONE, run_lrn),
    {{NULL}},
};
