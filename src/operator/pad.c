/* Pad: each position of an axis comes from one of the input, or from none. */
#include "operator/map.h"

#define MOST (INT64_C(1) << 40) /* of a pad, so that sums do not overflow */

enum mode { CONSTANT, EDGE, REFLECT, WRAP, MODES };

static const char *const words[MODES] = {"constant", "edge", "reflect", "wrap"};

/* Where position `at` (0 is the input's first) of an axis of `dim` comes from; OP_FILL: from nowhere. */
static int64_t source(enum mode mode, int64_t at, int64_t dim)
{
    if (at >= 0 && at < dim)
        return at;
    if (mode == CONSTANT || dim == 0)
        return OP_FILL;
    if (mode == EDGE)
        return at < 0 ? 0 : dim - 1;
    int64_t period = mode == WRAP ? dim : dim > 1 ? 2 * (dim - 1) : 1;
    int64_t folded = (at % period + period) % period;
    return folded < dim ? folded : period - folded;
}

/* The pads of each axis: all begins, then all ends; of `axes` only, where these are given (opset 18). */
static int pads_of(const struct mm_operator_call *call, int rank, int64_t begin[MM_RANK_MAX],
                   int64_t end[MM_RANK_MAX], struct mm_err *err)
{
    bool old = mm_graph_attribute(call->node, "paddings") != NULL; /* opset 1 */
    struct op_list pads, axes;
    if (op_list(call, old ? "paddings" : "pads", 1, &pads, err) || op_axes(call, "axes", 3, rank, &axes, err))
        return -1;
    int n = axes.given ? axes.count : rank;
    if (!pads.given)
        return op_fail(call, err, MM_EUNSUPPORTED, "the pads are not known");
    if (pads.count != 2 * n)
        return op_fail(call, err, MM_EARG, "%d pads for %d axes", pads.count, n);
    for (int i = 0; i < n; i++) {
        int axis = axes.given ? (int)axes.v[i] : i;
        begin[axis] = pads.v[i];
        end[axis] = pads.v[n + i];
        if (begin[axis] < -MOST || begin[axis] > MOST || end[axis] < -MOST || end[axis] > MOST)
            return op_fail(call, err, MM_EARG, "pads of %lld and %lld", (long long)begin[axis],
                           (long long)end[axis]);
    }
    return 0;
}

static int mode_of(const struct mm_operator_call *call, enum mode *mode, struct mm_err *err)
{
    const char *word = op_text(call, "mode", "constant");
    for (int i = 0; i < MODES; i++) {
        if (strcmp(word, words[i]) == 0) {
            *mode = (enum mode)i;
            return 0;
        }
    }
    return op_fail(call, err, MM_EUNSUPPORTED, "mode is \"%s\"", word);
}

static int run_pad(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    int64_t begin[MM_RANK_MAX] = {0}, end[MM_RANK_MAX] = {0}, stride[MM_RANK_MAX];
    struct op_map map = {.limit = call->limit};
    enum mode mode = CONSTANT;
    if (!x || mode_of(call, &mode, err) || pads_of(call, x->shape.rank, begin, end, err))
        return -1;
    struct mm_shape shape = x->shape;
    op_strides(&shape, stride);
    for (int i = 0; i < shape.rank; i++) {
        int64_t dim = x->shape.dim[i];
        shape.dim[i] = dim > INT64_MAX - 2 * MOST ? -1 : dim + begin[i] + end[i];
        int64_t *offset = op_map_axis(&map, shape.dim[i]);
        for (int64_t k = 0; offset && k < shape.dim[i]; k++) {
            int64_t from = source(mode, k - begin[i], dim);
            offset[k] = from == OP_FILL ? OP_FILL : from * stride[i];
        }
    }
    return op_map_run(call, &map, x, op_number(call, 2, "value", 0), &shape, value, err);
}

const struct op_row op_pad_rows[] = {
    {{"Pad", MM_OPERATOR_MOVEMENT, true}, OP_CHANNEL_NONE, run_pad, NULL},
    {{NULL}},
};
