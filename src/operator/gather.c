/* Values picked by index. */
#include "operator/map.h"

/* An index from the end is negative. -1, with err, when it is outside. */
static int64_t index_in(const struct mm_operator_call *call, const struct mm_value *indices, int64_t at,
                        int64_t dim, struct mm_err *err)
{
    int64_t told = op_whole(op_get(indices, at)), index = told < 0 ? told + dim : told;
    if (index < 0 || index >= dim)
        return op_fail(call, err, MM_EARG, "index %lld of an axis of %lld", (long long)told, (long long)dim);
    return index;
}

static int append(const struct mm_operator_call *call, struct mm_shape *shape, const struct mm_shape *more,
                  int from, int to, struct mm_err *err)
{
    if (shape->rank + (to - from) > MM_RANK_MAX)
        return op_fail(call, err, MM_EUNSUPPORTED, "a result of more than %d axes", MM_RANK_MAX);
    for (int i = from; i < to; i++)
        shape->dim[shape->rank++] = more->dim[i];
    return 0;
}

/* The axis of the map that goes through all indices. */
static int pick(const struct mm_operator_call *call, struct op_map *map, const struct mm_value *indices,
                int64_t dim, int64_t stride, struct mm_err *err)
{
    int64_t *offset = op_map_axis(map, indices->count);
    for (int64_t k = 0; offset && k < indices->count; k++) {
        int64_t index = index_in(call, indices, k, dim, err);
        if (index < 0)
            return -1;
        offset[k] = index * stride;
    }
    return 0;
}

static int run_gather(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err), *indices = x ? op_need(call, 1, err) : NULL;
    struct op_map map = {.limit = call->limit};
    struct mm_shape shape = {0};
    int axis;
    if (!indices || op_axis(call, 0, x->shape.rank, false, &axis, err))
        return -1;
    int rank = x->shape.rank;
    if (append(call, &shape, &x->shape, 0, axis, err) ||
        append(call, &shape, &indices->shape, 0, indices->shape.rank, err) ||
        append(call, &shape, &x->shape, axis + 1, rank, err))
        return -1;
    op_map_axes(&map, &x->shape, 0, axis);
    if (pick(call, &map, indices, x->shape.dim[axis], op_product(&x->shape, axis + 1, rank), err)) {
        mm_arena_done(&map.arena);
        return -1;
    }
    op_map_axes(&map, &x->shape, axis + 1, rank);
    return op_map_run(call, &map, x, 0, &shape, value, err);
}

/* ---- an index for each element ------------------------------------------------------------------------- */

static void copy_one(const struct mm_value *from, int64_t at, struct mm_value *to, int64_t where)
{
    if (to->f)
        op_floats(to)[where] = (float)op_get(from, at);
    else
        op_ints(to)[where] = from->i ? from->i[at] : op_whole(from->f[at]);
}

static int run_gather_elements(const struct mm_operator_call *call, struct mm_value *value,
                               struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err), *indices = x ? op_need(call, 1, err) : NULL;
    int64_t stride[MM_RANK_MAX], coord[MM_RANK_MAX];
    int axis;
    if (!indices || op_axis(call, 0, x->shape.rank, false, &axis, err))
        return -1;
    for (int i = 0; i < x->shape.rank; i++) {
        if (indices->shape.rank != x->shape.rank || (i != axis && indices->shape.dim[i] > x->shape.dim[i]))
            return op_fail(call, err, MM_EARG, "the indices do not fit the input");
    }
    if (op_new(call, x->dtype, &indices->shape, value, err))
        return -1;
    op_strides(&x->shape, stride);
    for (int64_t k = 0; k < indices->count; k++) {
        mm_shape_coords(&indices->shape, k, coord);
        coord[axis] = index_in(call, indices, k, x->shape.dim[axis], err);
        if (coord[axis] < 0 || op_stop(call, err))
            return -1;
        int64_t at = 0;
        for (int i = 0; i < x->shape.rank; i++)
            at += coord[i] * stride[i];
        copy_one(x, at, value, k);
    }
    return 0;
}

/* ---- GatherND ------------------------------------------------------------------------------------------ */

struct tuple {
    int batch;  /* leading axes that both have */
    int length; /* indices of one tuple */
};

static int tuple_of(const struct mm_operator_call *call, const struct mm_value *x,
                    const struct mm_value *indices, struct tuple *t, struct mm_err *err)
{
    int64_t batch = op_int(call, "batch_dims", 0);
    int rank = indices->shape.rank;
    int64_t length = rank > 0 ? indices->shape.dim[rank - 1] : -1;
    if (length < 0 || batch < 0 || batch >= rank || length > x->shape.rank - batch)
        return op_fail(call, err, MM_EARG, "the indices do not fit the input");
    for (int i = 0; i < batch; i++) {
        if (indices->shape.dim[i] != x->shape.dim[i])
            return op_fail(call, err, MM_EARG, "the indices do not fit the input");
    }
    *t = (struct tuple){(int)batch, (int)length};
    return 0;
}

/* Where the tuple at `at` leads to, in elements behind the batch's beginning; -1 with err. */
static int64_t lead(const struct mm_operator_call *call, const struct mm_value *x,
                    const struct mm_value *indices, const struct tuple *t, int64_t at, struct mm_err *err)
{
    int64_t place = 0;
    for (int i = 0; i < t->length; i++) {
        int64_t dim = x->shape.dim[t->batch + i], index = index_in(call, indices, at + i, dim, err);
        if (index < 0)
            return -1;
        place = place * dim + index;
    }
    return place * op_product(&x->shape, t->batch + t->length, x->shape.rank);
}

static int run_gather_nd(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err), *indices = x ? op_need(call, 1, err) : NULL;
    struct mm_shape shape = {0};
    struct tuple t = {0};
    if (!indices || tuple_of(call, x, indices, &t, err))
        return -1;
    int last = indices->shape.rank - 1, rank = x->shape.rank;
    if (append(call, &shape, &indices->shape, 0, last, err) ||
        append(call, &shape, &x->shape, t.batch + t.length, rank, err) ||
        op_new(call, x->dtype, &shape, value, err) || value->count == 0)
        return value->owned ? 0 : -1;
    int64_t inner = op_product(&x->shape, t.batch + t.length, rank);
    int64_t each = op_product(&indices->shape, t.batch, last); /* tuples of a batch */
    int64_t size = op_product(&x->shape, t.batch, rank);
    for (int64_t k = 0; k < value->count / inner; k++) {
        int64_t from = lead(call, x, indices, &t, k * t.length, err);
        if (from < 0 || op_stop(call, err))
            return -1;
        for (int64_t j = 0; j < inner; j++)
            copy_one(x, k / each * size + from + j, value, k * inner + j);
    }
    return 0;
}

#define ROW(type, run)                                                                                       \
    {                                                                                                        \
        {type, MM_OPERATOR_MOVEMENT, true}, OP_CHANNEL_NONE, run, NULL                                       \
    }

const struct op_row op_gather_rows[] = {
    ROW("Gather", run_gather),
    ROW("GatherElements", run_gather_elements),
    ROW("GatherND", run_gather_nd),
    {{NULL}},
};
