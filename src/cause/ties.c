/* Indices of equal values: which of them an ArgMax or a TopK gives is no matter of right and wrong. */
#include "cause/recompute.h"

#include <math.h>
#include <string.h>

/* Where the indices of a result lead: along one axis of the input. */
struct led {
    const struct mm_value *x;
    int axis;
    bool gone; /* the result has no such axis (keepdims 0) */
    int64_t stride[MM_RANK_MAX];
};

static bool led_by(const struct mm_operator_call *call, struct led *led)
{
    const struct mm_graph_node *node = call->node;
    bool top = strcmp(node->op_type, "TopK") == 0, arg = strncmp(node->op_type, "Arg", 3) == 0;
    int64_t step = 1, axis = mm_graph_int(node, "axis", top ? -1 : 0);
    if ((!arg && !(top && call->output == 1)) || !call->input[0])
        return false;
    *led = (struct led){.x = call->input[0], .gone = arg && !mm_graph_int(node, "keepdims", 1)};
    led->axis = (int)(axis < 0 ? axis + led->x->shape.rank : axis);
    for (int i = led->x->shape.rank - 1; i >= 0; i--) {
        led->stride[i] = step;
        step *= led->x->shape.dim[i];
    }
    return led->axis >= 0 && led->axis < led->x->shape.rank;
}

/* The value that index `to` of the result's element at `coord` leads to; NaN: to none. */
static double value_at(const struct led *led, const int64_t *coord, double to)
{
    int64_t at = 0;
    double length = (double)led->x->shape.dim[led->axis];
    if (!(to >= -length && to < length) || to != floor(to))
        return NAN;
    for (int i = 0; i < led->x->shape.rank; i++) {
        int64_t own =
            i == led->axis ? (int64_t)(to < 0 ? to + length : to) : coord[i - (led->gone && i > led->axis)];
        at += own * led->stride[i];
    }
    return mm_value_at(led->x, at);
}

int64_t ties_settle(const struct mm_operator_call *call, const struct mm_value *y, struct mm_value *y0,
                    double unit)
{
    struct led led;
    int64_t coord[MM_RANK_MAX], settled = 0, *to = y0->owned;
    if (!y0->i || y->count != y0->count || !led_by(call, &led))
        return 0;
    for (int64_t i = 0; i < y0->count; i++) {
        double mine = mm_value_at(y, i), its = mm_value_at(y0, i);
        if (mine == its)
            continue;
        mm_shape_coords(&y0->shape, i, coord);
        double a = value_at(&led, coord, mine), b = value_at(&led, coord, its);
        if (fabs(a - b) <= unit * fmax(fabs(a), fabs(b))) {
            to[i] = (int64_t)mine;
            settled++;
        }
    }
    return settled;
}
