/* Operators that change nothing but the shape, or that tell of it. */
#include "operator/map.h"

/* 0 copies the input's dimension (unless allowzero), one -1 is what is left. */
static int reshape(const struct mm_operator_call *call, const struct mm_value *x, const struct op_list *told,
                   struct mm_shape *shape, struct mm_err *err)
{
    bool zero = op_int(call, "allowzero", 0) != 0;
    int open = -1;
    int64_t known = 1;
    if (told->count > MM_RANK_MAX)
        return op_fail(call, err, MM_EUNSUPPORTED, "a shape of %d axes", told->count);
    shape->rank = told->count;
    for (int i = 0; i < told->count; i++) {
        int64_t dim = told->v[i];
        if (dim == 0 && !zero && i < x->shape.rank)
            dim = x->shape.dim[i];
        if (dim == -1)
            open = i;
        else if (!mm_mul_i64(known, dim, &known))
            return op_fail(call, err, MM_EARG, "an impossible shape");
        shape->dim[i] = dim;
    }
    if (open >= 0)
        shape->dim[open] = known > 0 ? x->count / known : 0;
    return 0;
}

static int run_reshape(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    struct mm_shape shape = {0};
    struct op_list told;
    if (!x || op_list(call, "shape", 1, &told, err))
        return -1;
    if (!told.given)
        return op_fail(call, err, MM_EUNSUPPORTED, "the shape is not known");
    if (reshape(call, x, &told, &shape, err))
        return -1;
    return op_reshaped(call, x, &shape, value, err);
}

static int run_flatten(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    int axis;
    if (!x || op_axis(call, x->shape.rank ? 1 : 0, x->shape.rank, true, &axis, err))
        return -1;
    struct mm_shape shape = {.rank = 2};
    shape.dim[0] = op_product(&x->shape, 0, axis);
    shape.dim[1] = op_product(&x->shape, axis, x->shape.rank);
    return op_reshaped(call, x, &shape, value, err);
}

static int run_squeeze(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    struct mm_shape shape = {0};
    struct op_list list;
    unsigned axes = 0;
    if (!x || op_axes(call, "axes", 1, x->shape.rank, &list, err))
        return -1;
    for (int i = 0; i < list.count; i++)
        axes |= 1u << list.v[i];
    for (int i = 0; i < x->shape.rank; i++) {
        bool one = x->shape.dim[i] == 1;
        if (list.given ? !(axes >> i & 1) : !one)
            shape.dim[shape.rank++] = x->shape.dim[i];
    }
    return op_reshaped(call, x, &shape, value, err);
}

/* Axes are those of the result. */
static int run_unsqueeze(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    struct mm_shape shape = {0};
    struct op_list list;
    unsigned axes = 0;
    if (!x || op_list(call, "axes", 1, &list, err))
        return -1;
    if (!list.given || x->shape.rank + list.count > MM_RANK_MAX)
        return op_fail(call, err, MM_EUNSUPPORTED, list.given ? "too many axes" : "the axes are not known");
    shape.rank = x->shape.rank + list.count;
    if (op_axes(call, "axes", 1, shape.rank, &list, err))
        return -1;
    for (int i = 0; i < list.count; i++)
        axes |= 1u << list.v[i];
    for (int i = 0, k = 0; i < shape.rank; i++)
        shape.dim[i] = axes >> i & 1 ? 1 : x->shape.dim[k++];
    return op_reshaped(call, x, &shape, value, err);
}

/* The input's shape, from `start` to `end` (opset 15). */
static int run_shape(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    if (!x)
        return -1;
    int64_t rank = x->shape.rank, start = op_int(call, "start", 0), end = op_int(call, "end", rank);
    start = start < 0 ? start + rank : start;
    end = end < 0 ? end + rank : end;
    start = start < 0 ? 0 : start;
    end = end > rank ? rank : end;
    struct mm_shape shape = {.rank = 1, .dim = {end > start ? end - start : 0}};
    if (op_new(call, MM_I64, &shape, value, err))
        return -1;
    for (int64_t i = 0; i < value->count; i++)
        op_put(value, i, (double)x->shape.dim[start + i]);
    return 0;
}

static int run_size(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    if (!x || op_new(call, MM_I64, &(const struct mm_shape){0}, value, err))
        return -1;
    op_put(value, 0, (double)x->count);
    return 0;
}

/* Without `perm` the axes are reversed. */
static int run_transpose(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    int64_t stride[MM_RANK_MAX];
    struct op_map map = {.limit = call->limit};
    struct op_list perm;
    if (!x || op_axes(call, "perm", -1, x->shape.rank, &perm, err))
        return -1;
    struct mm_shape shape = {.rank = x->shape.rank};
    if (perm.given && perm.count != shape.rank)
        return op_fail(call, err, MM_EARG, "perm has %d axes, the input %d", perm.count, shape.rank);
    op_strides(&x->shape, stride);
    for (int i = 0; i < shape.rank; i++) {
        int from = perm.given ? (int)perm.v[i] : shape.rank - 1 - i;
        shape.dim[i] = x->shape.dim[from];
        op_map_plain(&map, shape.dim[i], stride[from]);
    }
    return op_map_run(call, &map, x, 0, &shape, value, err);
}

#define ROW(type, run)                                                                                       \
    {                                                                                                        \
        {type, MM_OPERATOR_MOVEMENT, true}, OP_CHANNEL_NONE, run, NULL                                       \
    }

const struct op_row op_shape_rows[] = {
    ROW("Reshape", run_reshape),     ROW("Flatten", run_flatten),
    ROW("Squeeze", run_squeeze),     ROW("Unsqueeze", run_unsqueeze),
    ROW("Shape", run_shape),         ROW("Size", run_size),
    ROW("Transpose", run_transpose), {{NULL}},
};
