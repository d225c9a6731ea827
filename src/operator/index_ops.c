/* Values chosen or made by place: OneHot, Trilu, EyeLike, Range, ReverseSequence, Compress, NonZero. */
#include "operator/map.h"
#include "format/tensor_proto.h"

#include <math.h>

/* ---- OneHot -------------------------------------------------------------------------------------------- */

/* Inputs are indices, depth, and the two values off and on. What is outside of the depth is off all along. */
static int run_one_hot(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *in = op_need(call, 0, err), *depth = in ? op_need(call, 1, err) : NULL;
    const struct mm_value *values = depth ? op_need(call, 2, err) : NULL;
    int axis;
    if (!values)
        return -1;
    if (depth->count < 1 || values->count != 2 || in->shape.rank >= MM_RANK_MAX)
        return op_fail(call, err, MM_EARG, "depth or values do not fit");
    struct mm_shape shape = in->shape;
    if (op_axis(call, -1, shape.rank + 1, false, &axis, err))
        return -1;
    memmove(shape.dim + axis + 1, shape.dim + axis, (size_t)(shape.rank++ - axis) * sizeof *shape.dim);
    int64_t n = shape.dim[axis] = op_whole(op_get(depth, 0));
    if (op_new(call, values->dtype, &shape, value, err))
        return -1;
    int64_t inner = op_product(&shape, axis + 1, shape.rank);
    for (int64_t at = 0; at < value->count; at++) {
        int64_t hot = op_whole(op_get(in, at / inner / n * inner + at % inner));
        hot = hot < 0 ? hot + n : hot;
        if (at % OP_CHUNK == 0 && op_stop(call, err))
            return -1;
        op_put(value, at, op_get(values, at / inner % n == hot));
    }
    return 0;
}

/* ---- triangles and diagonals --------------------------------------------------------------------------- */

/* Diagonal k of an m x n matrix, as a number that no column minus row exceeds. */
static int64_t diagonal(double k)
{
    return op_whole(fmax(-0x1p40, fmin(0x1p40, k)));
}

static int run_trilu(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    bool upper = op_int(call, "upper", 1) != 0;
    if (!x)
        return -1;
    if (x->shape.rank < 2)
        return op_fail(call, err, MM_EARG, "an input of %d axes", x->shape.rank);
    if (op_reshaped(call, x, &x->shape, value, err))
        return -1;
    int64_t k = diagonal(op_number(call, 1, "", 0));
    int64_t rows = x->shape.dim[x->shape.rank - 2], columns = x->shape.dim[x->shape.rank - 1];
    for (int64_t at = 0; at < value->count; at++) {
        int64_t off = at % columns - at / columns % rows;
        if (at % OP_CHUNK == 0 && op_stop(call, err))
            return -1;
        if (upper ? off < k : off > k)
            op_put(value, at, 0);
    }
    return 0;
}

static int run_eye(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    if (!x)
        return -1;
    int64_t number = op_int(call, "dtype", mm_tensor_proto_number(x->dtype));
    enum mm_dtype dtype = number == (int32_t)number ? mm_tensor_proto_dtype((int32_t)number) : MM_DTYPE_NONE;
    if (x->shape.rank != 2 || dtype == MM_DTYPE_NONE)
        return op_fail(call, err, MM_EUNSUPPORTED, "not a matrix, or of no known data type");
    if (op_new(call, dtype, &x->shape, value, err))
        return -1;
    int64_t k = diagonal((double)op_int(call, "k", 0)), columns = x->shape.dim[1];
    for (int64_t at = 0; at < value->count; at++) {
        if (at % OP_CHUNK == 0 && op_stop(call, err))
            return -1;
        op_put(value, at, at % columns - at / columns == k);
    }
    return 0;
}

static int run_range(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    double in[3];
    for (int k = 0; k < 3; k++) {
        const struct mm_value *one = op_need(call, k, err);
        if (!one)
            return -1;
        in[k] = one->count > 0 ? op_get(one, 0) : NAN;
    }
    double count = fmax(0, ceil((in[1] - in[0]) / in[2]));
    struct mm_shape shape = {.rank = 1, .dim = {op_whole(count)}};
    if (!isfinite(in[0]) || !isfinite(in[2]) || in[2] == 0)
        return op_fail(call, err, MM_EARG, "a range from %g in steps of %g", in[0], in[2]);
    if (op_new(call, call->input[0]->dtype, &shape, value, err))
        return -1;
    for (int64_t k = 0; k < value->count; k++) {
        if (k % OP_CHUNK == 0 && op_stop(call, err))
            return -1;
        op_put(value, k, in[0] + (double)k * in[2]);
    }
    return 0;
}

/* ---- ReverseSequence ----------------------------------------------------------------------------------- */

/* One sequence a place on the batch axis; its first `length` steps are reversed, the others stay. */
static int run_reverse(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err), *lengths = x ? op_need(call, 1, err) : NULL;
    int64_t time = op_int(call, "time_axis", 0), batch = op_int(call, "batch_axis", 1);
    int64_t stride[MM_RANK_MAX];
    if (!lengths)
        return -1;
    if (x->shape.rank < 2 || time < 0 || time > 1 || batch != 1 - time ||
        lengths->count != x->shape.dim[batch])
        return op_fail(call, err, MM_EARG, "axes or lengths do not fit");
    if (op_reshaped(call, x, &x->shape, value, err))
        return -1;
    op_strides(&x->shape, stride);
    for (int64_t at = 0; at < value->count; at++) {
        int64_t t = at / stride[time] % x->shape.dim[time], b = at / stride[batch] % x->shape.dim[batch];
        int64_t length = op_whole(op_get(lengths, b));
        if (at % OP_CHUNK == 0 && op_stop(call, err))
            return -1;
        if (t < length && length <= x->shape.dim[time])
            op_put(value, at, op_get(x, at + (length - 1 - 2 * t) * stride[time]));
    }
    return 0;
}

/* ---- places where something is ------------------------------------------------------------------------- */

static int64_t count_set(const struct mm_value *value, int64_t most)
{
    int64_t count = 0;
    for (int64_t k = 0; k < value->count && k < most; k++)
        count += op_get(value, k) != 0;
    return count;
}

/* The positions of an axis (of all elements in a row, if none is told) whose condition is true. */
static int run_compress(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err), *condition = x ? op_need(call, 1, err) : NULL;
    struct mm_shape flat = {1, {x ? x->count : 0}};
    struct op_map map = {.limit = call->limit};
    int axis = 0;
    if (!condition)
        return -1;
    bool whole = !mm_graph_attribute(call->node, "axis");
    struct mm_shape shape = whole ? flat : x->shape, from = shape;
    if (op_axis(call, 0, shape.rank, false, &axis, err))
        return -1;
    int64_t dim = from.dim[axis], step = op_product(&from, axis + 1, from.rank), n = 0;
    shape.dim[axis] = count_set(condition, dim);
    op_map_axes(&map, &from, 0, axis);
    int64_t *offset = op_map_axis(&map, shape.dim[axis]);
    for (int64_t k = 0; offset && k < dim && k < condition->count; k++) {
        if (op_get(condition, k) != 0)
            offset[n++] = k * step;
    }
    op_map_axes(&map, &from, axis + 1, from.rank);
    return op_map_run(call, &map, x, 0, &shape, value, err);
}

/* Their coordinates: a row an axis. */
static int run_non_zero(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    int64_t coord[MM_RANK_MAX], n = 0;
    if (!x)
        return -1;
    struct mm_shape shape = {2, {x->shape.rank, count_set(x, x->count)}};
    if (op_new(call, MM_I64, &shape, value, err))
        return -1;
    for (int64_t at = 0; at < x->count; at++) {
        if (at % OP_CHUNK == 0 && op_stop(call, err))
            return -1;
        if (op_get(x, at) == 0)
            continue;
        mm_shape_coords(&x->shape, at, coord);
        for (int i = 0; i < x->shape.rank; i++)
            op_ints(value)[i * shape.dim[1] + n] = coord[i];
        n++;
    }
    return 0;
}

#define ROW(type, kind, run)                                                                                 \
    {                                                                                                        \
        {type, kind, true}, OP_CHANNEL_NONE, run, NULL                                                       \
    }

const struct op_row op_index_rows[] = {
    ROW("OneHot", MM_OPERATOR_MOVEMENT, run_one_hot),
    ROW("Trilu", MM_OPERATOR_MOVEMENT, run_trilu),
    ROW("EyeLike", MM_OPERATOR_MOVEMENT, run_eye),
    ROW("Range", MM_OPERATOR_MOVEMENT, run_range),
    ROW("ReverseSequence", MM_OPERATOR_MOVEMENT, run_reverse),
    ROW("Compress", MM_OPERATOR_MOVEMENT, run_compress),
    ROW("NonZero", MM_OPERATOR_ARGUMENT, run_non_zero),
    {{NULL}},
};
