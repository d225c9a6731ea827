/* Resize and Upsample. */
#include "operator/map.h"
#include "operator/taps.h"

#include <math.h>

/* ---- sizes --------------------------------------------------------------------------------------------- */

/* The result is as long as the product in floats says, as runtimes compute it: 10 x 0.7f is 7. */
static int64_t scaled(int64_t dim, double scale)
{
    float length = floorf((float)dim * (float)scale);
    return length >= 0 && length < 0x1p62f ? (int64_t)length : -1;
}

static int by_scales(const struct mm_operator_call *call, const struct mm_value *scales,
                     const struct op_list *axes, struct op_resize *r, struct mm_err *err)
{
    if (scales->count != axes->count)
        return op_fail(call, err, MM_EARG, "%lld scales for %d axes", (long long)scales->count, axes->count);
    for (int i = 0; i < axes->count; i++) {
        int axis = (int)axes->v[i];
        r->scale[axis] = op_get(scales, i);
        r->out[axis] = scaled(r->in[axis], r->scale[axis]);
        if (!(r->scale[axis] > 0) || r->out[axis] < 0)
            return op_fail(call, err, MM_EARG, "a scale of %g", r->scale[axis]);
    }
    return 0;
}

/* keep_aspect_ratio_policy: one scale for all, by the axis that limits it; lengths are rounded half up. */
static int keep_ratio(const struct mm_operator_call *call, const struct op_list *axes, struct op_resize *r,
                      struct mm_err *err)
{
    const char *policy = op_text(call, "keep_aspect_ratio_policy", "stretch");
    bool larger = strcmp(policy, "not_smaller") == 0;
    double scale = larger ? 0 : HUGE_VAL;
    if (strcmp(policy, "stretch") == 0)
        return 0;
    if (!larger && strcmp(policy, "not_larger") != 0)
        return op_fail(call, err, MM_EUNSUPPORTED, "keep_aspect_ratio_policy is \"%s\"", policy);
    for (int i = 0; i < axes->count; i++) {
        double own = r->scale[axes->v[i]];
        scale = larger ? fmax(scale, own) : fmin(scale, own);
    }
    for (int i = 0; i < axes->count; i++) {
        int axis = (int)axes->v[i];
        double length = floor(scale * (double)r->in[axis] + 0.5);
        r->scale[axis] = scale;
        r->out[axis] = length < 0x1p62 ? (int64_t)length : -1;
    }
    return 0;
}

static int by_sizes(const struct mm_operator_call *call, const struct mm_value *sizes,
                    const struct op_list *axes, struct op_resize *r, struct mm_err *err)
{
    if (sizes->count != axes->count)
        return op_fail(call, err, MM_EARG, "%lld sizes for %d axes", (long long)sizes->count, axes->count);
    for (int i = 0; i < axes->count; i++) {
        int axis = (int)axes->v[i];
        r->out[axis] = op_whole(op_get(sizes, i));
        if (r->in[axis] < 1 || r->out[axis] < 1)
            return op_fail(call, err, MM_EARG, "a size of %lld", (long long)r->out[axis]);
        r->scale[axis] = (double)r->out[axis] / (double)r->in[axis];
    }
    return keep_ratio(call, axes, r, err);
}

/* Upsample before opset 9 has its scales as an attribute. */
static int by_attribute(const struct mm_operator_call *call, const struct op_list *axes, struct op_resize *r,
                        struct mm_err *err)
{
    const struct mm_graph_attribute *a = mm_graph_attribute(call->node, "scales");
    if (!a || a->float_count != axes->count)
        return op_fail(call, err, MM_EUNSUPPORTED, "neither scales nor sizes are known");
    struct mm_shape shape = {1, {a->float_count}};
    struct mm_value scales = mm_value_floats(&shape, a->floats);
    return by_scales(call, &scales, axes, r, err);
}

/* Inputs are x, scales (before opset 11), or x, roi, scales, sizes. One that is empty is not given. */
static const struct mm_value *given(const struct mm_operator_call *call, int k)
{
    const struct mm_value *value = op_input(call, k);
    return value && value->count > 0 ? value : NULL;
}

static bool is_old(const struct mm_operator_call *call)
{
    return op_opset(call) < 11 || strcmp(call->node->op_type, "Upsample") == 0;
}

static int sizes_of(const struct mm_operator_call *call, const struct op_list *axes, struct op_resize *r,
                    struct mm_err *err)
{
    const struct mm_value *scales = given(call, is_old(call) ? 1 : 2);
    const struct mm_value *sizes = is_old(call) ? NULL : given(call, 3);
    if (sizes)
        return by_sizes(call, sizes, axes, r, err);
    return scales ? by_scales(call, scales, axes, r, err) : by_attribute(call, axes, r, err);
}

static int roi_of(const struct mm_operator_call *call, const struct op_list *axes, struct op_resize *r,
                  struct mm_err *err)
{
    const struct mm_value *roi = given(call, 1);
    if (!r->crops)
        return 0;
    if (!roi || roi->count != 2 * axes->count)
        return op_fail(call, err, MM_EUNSUPPORTED, "the region of interest is not known");
    for (int i = 0; i < axes->count; i++) {
        r->roi_start[axes->v[i]] = op_get(roi, i);
        r->roi_end[axes->v[i]] = op_get(roi, axes->count + i);
    }
    return 0;
}

static int read(const struct mm_operator_call *call, const struct mm_value *x, struct op_resize *r,
                struct mm_err *err)
{
    struct op_list axes;
    *r = (struct op_resize){.rank = x->shape.rank};
    if (op_resize_words(call, r, err) || op_axes(call, "axes", -1, r->rank, &axes, err))
        return -1;
    for (int i = 0; i < r->rank; i++) {
        r->in[i] = r->out[i] = x->shape.dim[i];
        r->scale[i] = r->roi_end[i] = 1;
        if (!axes.given)
            axes.v[axes.count++] = i;
    }
    return sizes_of(call, &axes, r, err) || roi_of(call, &axes, r, err) ? -1 : 0;
}

/* ---- nearest ------------------------------------------------------------------------------------------- */

static void nearest_axis(const struct op_resize *r, int axis, int64_t stride, int64_t *offset)
{
    for (int64_t k = 0; offset && k < r->out[axis]; k++) {
        double x = op_axis_stays(r, axis) ? (double)k : op_coordinate(r, axis, k);
        int64_t at = op_axis_stays(r, axis) ? k : r->nearest(r, axis, x);
        at = at < 0 ? 0 : at >= r->in[axis] ? r->in[axis] - 1 : at;
        offset[k] = op_is_outside(r, axis, x) ? OP_FILL : at * stride;
    }
}

static int run_nearest(const struct mm_operator_call *call, const struct op_resize *r,
                       const struct mm_value *x, const struct mm_shape *shape, struct mm_value *value,
                       struct mm_err *err)
{
    struct op_map map = {.limit = call->limit};
    int64_t stride[MM_RANK_MAX];
    op_strides(&x->shape, stride);
    for (int i = 0; i < r->rank; i++)
        nearest_axis(r, i, stride[i], op_map_axis(&map, r->out[i]));
    return op_map_run(call, &map, x, r->outside, shape, value, err);
}

/* ---- linear and cubic ---------------------------------------------------------------------------------- */

/* A row of the result is made at once: rows of the input are mixed by the taps of the other axes, and the mixture is
 * read by the taps of the last one. */
struct work {
    const struct op_resize *r;
    const struct mm_value *x;
    struct op_taps taps[MM_RANK_MAX];
    int64_t stride[MM_RANK_MAX];
    int64_t out[MM_RANK_MAX]; /* where the row is */
    double *mixed;            /* [length of a row of the input] */
};

static const int64_t *index_of(const struct work *w, int axis)
{
    return w->taps[axis].index + w->out[axis] * w->taps[axis].count;
}

/* Add what the taps of axis `axis` and those behind it lead to, times `weight`. */
static void mix(const struct work *w, int axis, int64_t base, double weight)
{
    int last = w->r->rank - 1;
    if (axis == last) {
        for (int64_t k = 0; k < w->r->in[last]; k++)
            w->mixed[k] += weight * op_get(w->x, base + k);
        return;
    }
    const int64_t *index = index_of(w, axis);
    const double *own = w->taps[axis].weight + w->out[axis] * w->taps[axis].count;
    for (int k = 0; k < w->taps[axis].count; k++) {
        if (own[k] != 0)
            mix(w, axis + 1, base + index[k] * w->stride[axis], weight * own[k]);
    }
}

/* Is one of the other axes outside of the input? */
static bool row_is_outside(const struct work *w)
{
    for (int i = 0; i < w->r->rank - 1; i++) {
        if (index_of(w, i)[0] < 0)
            return true;
    }
    return false;
}

static void make_row(const struct work *w, int64_t at, struct mm_value *value)
{
    int last = w->r->rank - 1;
    const struct op_taps *t = &w->taps[last];
    bool outside = row_is_outside(w);
    memset(w->mixed, 0, (size_t)w->r->in[last] * sizeof *w->mixed);
    if (!outside)
        mix(w, 0, 0, 1);
    for (int64_t k = 0; k < w->r->out[last]; k++) {
        const int64_t *index = t->index + k * t->count;
        const double *weight = t->weight + k * t->count;
        double sum = 0;
        for (int j = 0; j < t->count && index[0] >= 0; j++)
            sum += weight[j] * w->mixed[index[j]];
        op_put(value, at + k, outside || index[0] < 0 ? w->r->outside : sum);
    }
}

static int make_rows(const struct mm_operator_call *call, struct work *w, struct mm_value *value,
                     struct mm_err *err)
{
    int last = w->r->rank - 1;
    for (int64_t at = 0; at < value->count; at += w->r->out[last]) {
        if (op_stop(call, err))
            return -1;
        make_row(w, at, value);
        for (int i = last - 1; i >= 0 && ++w->out[i] == w->r->out[i]; i--)
            w->out[i] = 0;
    }
    return 0;
}

static int run_taps(const struct mm_operator_call *call, const struct op_resize *r, const struct mm_value *x,
                    const struct mm_shape *shape, struct mm_value *value, struct mm_err *err)
{
    struct work w = {.r = r, .x = x};
    struct mm_arena arena;
    if (op_new(call, x->dtype, shape, value, err))
        return -1;
    mm_arena_init(&arena);
    op_strides(&x->shape, w.stride);
    int rc = 0;
    for (int i = 0; i < r->rank && rc == 0; i++)
        rc = op_taps_make(r, i, &arena, &w.taps[i]);
    w.mixed = mm_arena_array(&arena, (size_t)r->in[r->rank - 1], sizeof *w.mixed);
    if (rc || !w.mixed)
        rc = mm_fail_memory(err);
    else
        rc = make_rows(call, &w, value, err);
    mm_arena_done(&arena);
    return rc;
}

static int run_resize(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    struct mm_shape shape = {0};
    struct op_resize r;
    if (!x || read(call, x, &r, err))
        return -1;
    shape.rank = r.rank;
    memcpy(shape.dim, r.out, sizeof shape.dim);
    if (x->count == 0 || r.rank == 0)
        return op_fail(call, err, MM_EARG, "an empty input");
    if (r.mode == OP_NEAREST)
        return run_nearest(call, &r, x, &shape, value, err);
    return run_taps(call, &r, x, &shape, value, err);
}

const struct op_row op_resize_rows[] = {
    {{"Resize", MM_OPERATOR_RESIZE, false}, OP_CHANNEL_NONE, run_resize, NULL},
    {{"Upsample", MM_OPERATOR_RESIZE, false}, OP_CHANNEL_NONE, run_resize, NULL},
    {{NULL}},
};
