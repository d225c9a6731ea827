/* Channels to places and back: DepthToSpace, SpaceToDepth. */
#include "operator/map.h"

static int block_of(const struct mm_operator_call *call, const struct mm_value *x, int64_t *block,
                    struct mm_err *err)
{
    *block = op_int(call, "blocksize", 0);
    if (x->shape.rank != 4)
        return op_fail(call, err, MM_EARG, "an input of %d axes, not 4", x->shape.rank);
    if (*block < 1 || *block > INT32_MAX)
        return op_fail(call, err, MM_EARG, "a block of %lld", (long long)*block);
    return 0;
}

/* A result from the axes of x taken apart: `order` of `n` axes with these dimensions. */
static int reorder(const struct mm_operator_call *call, const struct mm_value *x,
                   const struct mm_shape *apart, const int *order, const struct mm_shape *shape,
                   struct mm_value *value, struct mm_err *err)
{
    struct op_map map = {.limit = call->limit};
    int64_t stride[MM_RANK_MAX];
    op_strides(apart, stride);
    for (int i = 0; i < apart->rank; i++)
        op_map_plain(&map, apart->dim[order[i]], stride[order[i]]);
    return op_map_run(call, &map, x, 0, shape, value, err);
}

/* DCR: channel = (block row, block column, c); CRD: (c, block row, block column). */
static int run_depth_to_space(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    static const int dcr[] = {0, 3, 4, 1, 5, 2}, crd[] = {0, 1, 4, 2, 5, 3};
    const struct mm_value *x = op_need(call, 0, err);
    bool by_channel = strcmp(op_text(call, "mode", "DCR"), "CRD") == 0;
    int64_t b;
    if (!x || block_of(call, x, &b, err))
        return -1;
    const int64_t *d = x->shape.dim;
    if (d[1] % (b * b) != 0)
        return op_fail(call, err, MM_EARG, "%lld channels for blocks of %lld", (long long)d[1], (long long)b);
    int64_t c = d[1] / (b * b);
    struct mm_shape apart = {6, {d[0], b, b, c, d[2], d[3]}};
    if (by_channel)
        apart = (struct mm_shape){6, {d[0], c, b, b, d[2], d[3]}};
    struct mm_shape shape = {4, {d[0], c, d[2] * b, d[3] * b}};
    return reorder(call, x, &apart, by_channel ? crd : dcr, &shape, value, err);
}

static int run_space_to_depth(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    static const int order[] = {0, 3, 5, 1, 2, 4};
    const struct mm_value *x = op_need(call, 0, err);
    int64_t b;
    if (!x || block_of(call, x, &b, err))
        return -1;
    const int64_t *d = x->shape.dim;
    if (d[2] % b != 0 || d[3] % b != 0)
        return op_fail(call, err, MM_EARG, "%lld x %lld places for blocks of %lld", (long long)d[2],
                       (long long)d[3], (long long)b);
    struct mm_shape apart = {6, {d[0], d[1], d[2] / b, b, d[3] / b, b}};
    struct mm_shape shape = {4, {d[0], d[1] * b * b, d[2] / b, d[3] / b}};
    return reorder(call, x, &apart, order, &shape, value, err);
}

#define ROW(type, run)                                                                                       \
    {                                                                                                        \
        {type, MM_OPERATOR_MOVEMENT, true}, OP_CHANNEL_NONE, run, NULL                                       \
    }

const struct op_row op_block_rows[] = {
    ROW("DepthToSpace", run_depth_to_space),
    ROW("SpaceToDepth", run_space_to_depth),
    {{NULL}},
};
