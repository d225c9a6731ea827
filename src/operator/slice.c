/* Parts of a tensor, and repetitions of it: Slice, Split, Expand, Tile. */
#include "operator/map.h"
#include "operator/spread.h"

struct cut {
    int64_t from, step, count;
};

/* The range of one axis, as NumPy has it: negative ends count from the end, what is outside is clamped. */
static struct cut cut_of(int64_t dim, int64_t start, int64_t end, int64_t step)
{
    int64_t low = step > 0 ? 0 : -1, high = step > 0 ? dim : dim - 1;
    start = start < 0 ? start + dim : start;
    end = end < 0 ? end + dim : end;
    start = start < low ? low : start > high ? high : start;
    end = end < low ? low : end > high ? high : end;
    int64_t span = step > 0 ? end - start : start - end;
    int64_t size = step > 0 ? step : step == INT64_MIN ? INT64_MAX : -step;
    return (struct cut){start, step, span > 0 ? (span - 1) / size + 1 : 0};
}

static int cut_axes(const struct mm_operator_call *call, const struct mm_value *x, const struct cut *cuts,
                    struct mm_value *value, struct mm_err *err)
{
    struct op_map map = {.limit = call->limit};
    struct mm_shape shape = {.rank = x->shape.rank};
    int64_t stride[MM_RANK_MAX];
    op_strides(&x->shape, stride);
    for (int i = 0; i < shape.rank; i++) {
        shape.dim[i] = cuts[i].count;
        int64_t *offset = op_map_axis(&map, cuts[i].count);
        for (int64_t k = 0; offset && k < cuts[i].count; k++)
            offset[k] = (cuts[i].from + k * cuts[i].step) * stride[i];
    }
    return op_map_run(call, &map, x, 0, &shape, value, err);
}

struct bounds {
    struct op_list starts, ends, axes, steps;
};

/* Attributes before opset 10, inputs since. Axes are the first ones where they are not told, steps are 1. */
static int bounds_of(const struct mm_operator_call *call, int rank, struct bounds *b, struct mm_err *err)
{
    if (op_list(call, "starts", 1, &b->starts, err) || op_list(call, "ends", 2, &b->ends, err) ||
        op_axes(call, "axes", 3, rank, &b->axes, err) || op_list(call, "steps", 4, &b->steps, err))
        return -1;
    int n = b->starts.count;
    if (!b->starts.given || !b->ends.given)
        return op_fail(call, err, MM_EUNSUPPORTED, "starts and ends are not known");
    if (b->ends.count != n || n > rank || (b->axes.given && b->axes.count != n) ||
        (b->steps.given && b->steps.count != n))
        return op_fail(call, err, MM_EARG, "starts, ends, axes and steps are of different lengths");
    for (int i = 0; i < n; i++) {
        if (b->steps.given && b->steps.v[i] == 0)
            return op_fail(call, err, MM_EARG, "a step of 0");
    }
    return 0;
}

static int run_slice(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    struct cut cuts[MM_RANK_MAX];
    struct bounds b;
    if (!x || bounds_of(call, x->shape.rank, &b, err))
        return -1;
    for (int i = 0; i < x->shape.rank; i++)
        cuts[i] = (struct cut){0, 1, x->shape.dim[i]};
    for (int i = 0; i < b.starts.count; i++) {
        int axis = b.axes.given ? (int)b.axes.v[i] : i;
        cuts[axis] = cut_of(x->shape.dim[axis], b.starts.v[i], b.ends.v[i], b.steps.given ? b.steps.v[i] : 1);
    }
    return cut_axes(call, x, cuts, value, err);
}

/* Sizes are an attribute or (opset 13) input 1; else parts of equal size, the last one (opset 18) smaller. */
static int part_of(const struct mm_operator_call *call, int64_t dim, struct cut *cut, struct mm_err *err)
{
    struct op_list sizes;
    int64_t parts = op_int(call, "num_outputs", call->node->output_count), total = 0;
    if (op_list(call, "split", 1, &sizes, err))
        return -1;
    if (parts < 1 || parts < call->node->output_count || (sizes.given && sizes.count <= call->output))
        return op_fail(call, err, MM_EARG, "there is no part %d", call->output);
    int64_t each = (dim - 1) / parts + 1;
    for (int i = 0; i <= call->output; i++) {
        int64_t size = sizes.given ? sizes.v[i] : each < dim - total ? each : dim - total;
        if (size < 0 || size > dim - total)
            return op_fail(call, err, MM_EARG, "parts of more than the axis has");
        *cut = (struct cut){total, 1, size};
        total += size;
    }
    return 0;
}

static int run_split(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    struct cut cuts[MM_RANK_MAX];
    int axis;
    if (!x || op_axis(call, 0, x->shape.rank, false, &axis, err))
        return -1;
    for (int i = 0; i < x->shape.rank; i++)
        cuts[i] = (struct cut){0, 1, x->shape.dim[i]};
    if (part_of(call, x->shape.dim[axis], &cuts[axis], err))
        return -1;
    return cut_axes(call, x, cuts, value, err);
}

/* ---- repetitions --------------------------------------------------------------------------------------- */

static int repeat(const struct mm_operator_call *call, const struct mm_value *x, const struct mm_shape *shape,
                  struct mm_value *value, struct mm_err *err)
{
    struct op_map map = {.limit = call->limit};
    int64_t stride[MM_RANK_MAX];
    op_strides(&x->shape, stride);
    for (int i = 0; i < shape->rank; i++) {
        int own = i - (shape->rank - x->shape.rank);
        int64_t *offset = op_map_axis(&map, shape->dim[i]);
        for (int64_t k = 0; offset && k < shape->dim[i]; k++)
            offset[k] = own < 0 ? 0 : k % x->shape.dim[own] * stride[own];
    }
    return op_map_run(call, &map, x, 0, shape, value, err);
}

static int shape_of(const struct mm_operator_call *call, const struct op_list *list, struct mm_shape *shape,
                    struct mm_err *err)
{
    if (!list->given || list->count > MM_RANK_MAX)
        return op_fail(call, err, MM_EUNSUPPORTED, list->given ? "too many axes" : "the shape is not known");
    shape->rank = list->count;
    for (int i = 0; i < list->count; i++)
        shape->dim[i] = list->v[i];
    return 0;
}

static int run_expand(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    struct mm_shape told = {0}, shape;
    struct op_list list;
    if (!x || op_list(call, "shape", 1, &list, err) || shape_of(call, &list, &told, err))
        return -1;
    if (op_spread_shape(call, &told, &x->shape, &shape, err))
        return -1;
    return repeat(call, x, &shape, value, err);
}

/* The form before opset 6 has three inputs. */
static int run_tile(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    struct op_list times;
    if (!x || op_list(call, "repeats", 1, &times, err))
        return -1;
    struct mm_shape shape = x->shape;
    if (!times.given || op_input(call, 2))
        return op_fail(call, err, MM_EUNSUPPORTED, "the repetitions are not known");
    if (times.count != shape.rank)
        return op_fail(call, err, MM_EARG, "%d repetitions for %d axes", times.count, shape.rank);
    for (int i = 0; i < shape.rank; i++) {
        if (times.v[i] < 0 || !mm_mul_i64(shape.dim[i], times.v[i], &shape.dim[i]))
            return op_fail(call, err, MM_EARG, "%lld repetitions", (long long)times.v[i]);
    }
    return repeat(call, x, &shape, value, err);
}

#define ROW(type, run)                                                                                       \
    {                                                                                                        \
        {type, MM_OPERATOR_MOVEMENT, true}, OP_CHANNEL_NONE, run, NULL                                       \
    }

const struct op_row op_slice_rows[] = {
    ROW("Slice", run_slice),
    ROW("Split", run_split),
    ROW("Expand", run_expand),
    ROW("Tile", run_tile),
    {{NULL}},
};
