/* What a float format's rounding explains of a normalisation: of its terms, not of the size of what goes in. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "cause/norm_rounding.h"

static double at(const struct mm_value *value, int64_t i, double otherwise)
{
    return value ? mm_value_at(value, i) : otherwise;
}

static double attribute(const struct mm_graph_node *node, const char *name, double otherwise)
{
    const struct mm_graph_attribute *found = mm_graph_attribute(node, name);
    return found && found->float_count ? (double)found->floats[0] : otherwise;
}

static int64_t product(const struct mm_shape *shape, int from, int to)
{
    int64_t count = 1;
    for (int axis = from; axis < to; axis++)
        count *= shape->dim[axis];
    return count;
}

/* ---- lines ---- */

/* y = (x - mean) / sqrt(variance + epsilon) * scale + bias, of lines of neighbours. */
struct norm {
    const struct mm_value *x, *scale, *bias; /* the last two may be NULL */
    const struct mm_value *mean, *variance;  /* given, of each line; NULL: x's own */
    double epsilon;
    bool plain;     /* by the root of the mean square; nothing is subtracted */
    int64_t width;  /* elements of a line */
    int64_t each;   /* elements of a line that share a scale */
    int64_t scales; /* of a line */
    int64_t lines;  /* after which the scales, and what is given, begin again */
};

struct statistics {
    double mean, variance;
};

/* A value that is not finite counts as none. */
static struct statistics statistics_of(const struct norm *norm, int64_t line)
{
    const float *x = norm->x->f + line * norm->width;
    double sum = 0, squares = 0, n = 0;
    if (norm->mean)
        return (struct statistics){mm_value_at(norm->mean, line % norm->lines),
                                   mm_value_at(norm->variance, line % norm->lines)};
    for (int64_t i = 0; i < norm->width; i++) {
        bool finite = fabsf(x[i]) <= FLT_MAX;
        sum += finite ? (double)x[i] : 0;
        n += finite;
    }
    double mean = norm->plain || n == 0 ? 0 : sum / n;
    for (int64_t i = 0; i < norm->width; i++) {
        double off = fabsf(x[i]) <= FLT_MAX ? (double)x[i] - mean : 0;
        squares += off * off;
    }
    return (struct statistics){mean, n > 0 ? squares / n : 0};
}

/* What of the root may be lost, as a share of it: no normal value of the format is more than 0. */
static double lost_of(double variance, double epsilon, double least)
{
    double lost = (variance < least ? variance : 0) + (epsilon < least ? epsilon : 0);
    return lost / (2 * (variance + epsilon));
}

/* The sum over a line of the squares of what its terms are off by: each is rounded by a unit. */
static double line_rounding(const struct norm *norm, int64_t line, double unit, double least)
{
    struct statistics statistics = statistics_of(norm, line);
    const float *x = norm->x->f + line * norm->width;
    double mean = statistics.mean, under = statistics.variance + norm->epsilon, sum = 0;
    double lost = lost_of(statistics.variance, norm->epsilon, least);
    for (int64_t part = 0; part * norm->each < norm->width; part++) {
        int64_t place = line % norm->lines * norm->scales + part, from = part * norm->each;
        double slope = at(norm->scale, place, 1) / sqrt(under), bias = at(norm->bias, place, 0);
        double terms = 0, apart = 0, n = (double)norm->each;
        for (int64_t i = from; i < from + norm->each; i++) {
            double value = fabsf(x[i]) <= FLT_MAX ? (double)x[i] : mean;
            terms += fmax(value * value, mean * mean);
            apart += (value - mean) * (value - mean);
        }
        double of_terms = fmax(terms * slope * slope, n * bias * bias);
        double here = unit * unit * of_terms + lost * lost * apart * slope * slope;
        sum += isfinite(here) ? here : 0;
    }
    return sum;
}

/* ---- operators ---- */

static bool params(struct norm *norm, int64_t lines, int64_t scales)
{
    norm->lines = lines;
    norm->scales = scales;
    norm->each = scales > 0 ? norm->width / scales : 0;
    return norm->each > 0 && (!norm->scale || norm->scale->count == lines * scales) &&
           (!norm->bias || norm->bias->count == lines * scales);
}

/* A line is what one channel has of one sample. */
static bool of_channels(const struct mm_graph_node *node, const struct mm_value *const *in, struct norm *norm)
{
    const struct mm_shape *shape = &norm->x->shape;
    int64_t channels = shape->rank > 1 ? shape->dim[1] : 1;
    norm->width = product(shape, 2, shape->rank);
    if (strcmp(node->op_type, "BatchNormalization") == 0) {
        norm->mean = node->input_count > 4 ? in[3] : NULL;
        norm->variance = node->input_count > 4 ? in[4] : NULL;
        if (!norm->mean || !norm->variance || norm->mean->count != channels ||
            norm->variance->count != channels)
            return false;
    }
    return params(norm, channels, 1);
}

/* A line is a group of channels; a scale is a channel's, or a group's (opset 18 to 20). */
static bool of_groups(const struct mm_graph_node *node, const struct mm_value *const *in, struct norm *norm)
{
    const struct mm_shape *shape = &norm->x->shape;
    int64_t channels = shape->rank > 1 ? shape->dim[1] : 1, groups = mm_graph_int(node, "num_groups", 0);
    (void)in;
    if (groups < 1 || channels % groups != 0)
        return false;
    norm->width = channels / groups * product(shape, 2, shape->rank);
    return params(norm, groups, norm->scale && norm->scale->count == groups ? 1 : channels / groups);
}

/* A line is all from an axis on. */
static bool of_layer(const struct mm_graph_node *node, const struct mm_value *const *in, struct norm *norm)
{
    const struct mm_shape *shape = &norm->x->shape;
    int64_t axis = mm_graph_int(node, "axis", -1);
    (void)in;
    axis += axis < 0 ? shape->rank : 0;
    if (axis < 0 || axis >= shape->rank)
        return false;
    norm->width = product(shape, (int)axis, shape->rank);
    return params(norm, 1, norm->scale && norm->scale->count == 1 ? 1 : norm->width);
}

static const struct {
    const char *type;
    bool plain;
    bool (*find)(const struct mm_graph_node *node, const struct mm_value *const *in, struct norm *norm);
} rows[] = {
    {"BatchNormalization", false, of_channels},
    {"InstanceNormalization", false, of_channels},
    {"GroupNormalization", false, of_groups},
    {"LayerNormalization", false, of_layer},
    {"SimplifiedLayerNormalization", true, of_layer}, /* ONNX Runtime's */
    {"RMSNormalization", true, of_layer},
};

static bool norm_of(const struct operands *o, const struct mm_graph_node *node, struct norm *norm)
{
    const struct mm_value *const *in = o->input[SIDE_DST];
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        if (strcmp(node->op_type, rows[i].type) != 0)
            continue;
        if (node->input_count < 1 || !in[0] || !in[0]->f || in[0]->count < 1 ||
            o->result[SIDE_DST].count != in[0]->count) /* the result may be the statistics */
            return false;
        *norm =
            (struct norm){.x = in[0], .epsilon = attribute(node, "epsilon", 1e-5), .plain = rows[i].plain};
        norm->scale = node->input_count > 1 ? in[1] : NULL;
        norm->bias = node->input_count > 2 && !norm->plain ? in[2] : NULL;
        return rows[i].find(node, in, norm);
    }
    return false;
}

double norm_rounding(const struct operands *o, const struct mm_graph_node *node, double unit, double least)
{
    struct norm norm;
    double sum = 0;
    if (!norm_of(o, node, &norm))
        return NAN;
    for (int64_t line = 0; line < norm.x->count / norm.width; line++)
        sum += line_rounding(&norm, line, unit, least);
    return sqrt(sum / (double)norm.x->count);
}
