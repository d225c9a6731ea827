/* Weights: which input, which axis, and what rounding them to int8 changes. */
#include "operator/linear.h"

#include <math.h>

enum layout { OTHER, CONV, CONV_TRANSPOSE, GEMM, MATMUL };

static enum layout layout_of(const struct mm_graph_node *node)
{
    static const struct {
        const char *type;
        enum layout layout;
    } layouts[] = {{"Conv", CONV}, {"ConvTranspose", CONV_TRANSPOSE}, {"Gemm", GEMM}, {"MatMul", MATMUL}};
    const struct op_row *row = op_row_of(node);
    for (size_t i = 0; row && i < MM_COUNT(layouts); i++) {
        if (strcmp(layouts[i].type, row->is.type) == 0)
            return layouts[i].layout;
    }
    return OTHER;
}

static bool is_constant(const struct mm_graph *graph, const struct mm_graph_node *node, int k)
{
    return node->input_count > k && node->inputs[k] >= 0 &&
           graph->tensors[node->inputs[k]].flags & MM_GRAPH_CONSTANT;
}

int mm_weight_input(const struct mm_graph *graph, const struct mm_graph_node *node)
{
    enum layout layout = layout_of(node);
    if (layout == CONV || layout == CONV_TRANSPOSE)
        return node->input_count > 1 ? 1 : -1;
    if (layout == OTHER)
        return -1;
    return is_constant(graph, node, 1) ? 1 : is_constant(graph, node, 0) ? 0 : -1;
}

int mm_weight_channel_axis(const struct mm_graph_node *node, int weight_input, int rank)
{
    enum layout layout = layout_of(node);
    bool left = weight_input == 0;
    if (layout == CONV)
        return 0;
    if (layout == CONV_TRANSPOSE)
        return 1;
    if (layout == OTHER || rank < 2)
        return -1;
    if (layout == GEMM && mm_graph_int(node, left ? "transA" : "transB", 0) != 0)
        left = !left;
    return left ? rank - 2 : rank - 1;
}

/* ---- int8 ---------------------------------------------------------------------------------------------- */

/* Weights as [outer, channels, inner]: one scale each place of the middle axis. */
struct grid {
    int64_t outer, channels, inner;
};

static int grid_of(const struct mm_value *weights, int axis, struct grid *g, struct mm_err *err)
{
    const struct mm_shape *shape = &weights->shape;
    if (!weights->f || !op_shape_fits(shape) || axis >= shape->rank)
        return mm_fail(err, MM_EUNSUPPORTED, "weights that are no floats, or without axis %d", axis);
    *g = (struct grid){1, 1, weights->count};
    if (axis >= 0)
        *g = (struct grid){op_product(shape, 0, axis), shape->dim[axis],
                           op_product(shape, axis + 1, shape->rank)};
    return 0;
}

static double scale_of(const float *w, const struct grid *g, int64_t channel)
{
    double most = 0;
    for (int64_t o = 0; o < g->outer; o++) {
        const float *line = w + (o * g->channels + channel) * g->inner;
        for (int64_t k = 0; k < g->inner; k++) {
            double size = fabs((double)line[k]);
            most = isfinite(size) && size > most ? size : most;
        }
    }
    return most / 127;
}

static double change_of(double w, double scale)
{
    return isfinite(w) && scale > 0 ? scale * fmin(fmax(rint(w / scale), -127), 127) - w : 0;
}

static void round_channel(const struct mm_value *weights, const struct grid *g, int64_t channel,
                          struct mm_value *change)
{
    double scale = scale_of(weights->f, g, channel);
    for (int64_t o = 0; o < g->outer; o++) {
        int64_t at = (o * g->channels + channel) * g->inner;
        for (int64_t k = at; k < at + g->inner; k++)
            op_floats(change)[k] = (float)change_of(weights->f[k], scale);
    }
}

int mm_weight_round(const struct mm_value *weights, int axis, const atomic_bool *cancel,
                    struct mm_value *change, struct mm_err *err)
{
    struct grid g = {0};
    *change = (struct mm_value){0};
    if (grid_of(weights, axis, &g, err) || mm_value_new(change, MM_F32, &weights->shape, weights->count, err))
        return -1;
    for (int64_t c = 0; c < g.channels; c++) {
        if (cancel && atomic_load_explicit(cancel, memory_order_relaxed)) {
            mm_value_done(change);
            return mm_fail(err, MM_ECANCELLED, "cancelled");
        }
        round_channel(weights, &g, c, change);
    }
    return 0;
}
