/* Indices of values. */
#include "operator/lines.h"

#include <math.h>
#include <stdlib.h>

struct arg {
    double sign; /* 1: the greatest, -1: the least */
    bool last;   /* of equal ones the last; else the first */
};

/* A NaN is what NumPy's argmax finds: the first one. */
static double arg(const void *context, const double *x, int64_t n)
{
    const struct arg *how = context;
    int64_t at = 0;
    for (int64_t k = 1; k < n && !isnan(x[at]); k++) {
        double better = how->sign * (x[k] - x[at]);
        if (isnan(x[k]) || better > 0 || (how->last && x[k] == x[at]))
            at = k;
    }
    return (double)at;
}

static int run_arg(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct arg how = {.sign = strcmp(call->node->op_type, "ArgMin") == 0 ? -1 : 1,
                      .last = op_int(call, "select_last_index", 0) != 0};
    const struct mm_value *x = op_need(call, 0, err);
    struct op_lines lines;
    int axis;
    if (!x || op_axis(call, 0, x->shape.rank, false, &axis, err))
        return -1;
    struct mm_shape shape = x->shape;
    shape.dim[axis] = 1;
    if (!op_int(call, "keepdims", 1)) {
        shape.rank--;
        memmove(shape.dim + axis, shape.dim + axis + 1, (size_t)(shape.rank - axis) * sizeof *shape.dim);
    }
    if (op_new(call, MM_I64, &shape, value, err))
        return -1;
    op_lines_init(&lines, x, 1u << axis);
    return op_lines_fold(call, &lines, arg, &how, value, err);
}

/* ---- TopK ---------------------------------------------------------------------------------------------- */

struct ranked {
    double key; /* what is sorted by, the greatest first */
    double value;
    int64_t at;
};

struct top {
    bool least, indices;
    int64_t k;
    struct ranked *ranked; /* [length of a line] */
};

/* Of equal ones that with the lower index. A NaN is greater than anything, as NumPy sorts it. */
static int by_key(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    if (isnan(a->key) != isnan(b->key))
        return isnan(a->key) ? -1 : 1;
    if (a->key != b->key && !isnan(a->key))
        return a->key > b->key ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

/* The first k of the line become the result. */
static void rank_line(const void *context, int64_t line, double *x, int64_t n)
{
    const struct top *top = context;
    (void)line;
    for (int64_t k = 0; k < n; k++)
        top->ranked[k] = (struct ranked){top->least ? -x[k] : x[k], x[k], k};
    qsort(top->ranked, (size_t)n, sizeof *top->ranked, by_key);
    for (int64_t k = 0; k < n; k++)
        x[k] = top->indices ? (double)top->ranked[k].at : top->ranked[k].value;
}

/* The result is sorted in full and then cut. */
static int cut(const struct mm_operator_call *call, const struct mm_value *sorted, int axis, int64_t k,
               struct mm_value *value, struct mm_err *err)
{
    struct mm_shape shape = sorted->shape;
    int64_t inner = op_product(&shape, axis + 1, shape.rank), from = shape.dim[axis];
    shape.dim[axis] = k;
    if (op_new(call, sorted->dtype, &shape, value, err))
        return -1;
    for (int64_t at = 0, run = k * inner; at < value->count; at++)
        op_put(value, at, op_get(sorted, at / run * from * inner + at % run));
    return 0;
}

static int sort(const struct mm_operator_call *call, const struct mm_value *x, int axis,
                const struct top *top, struct mm_value *sorted, struct mm_err *err)
{
    struct op_lines lines;
    if (op_new(call, top->indices ? MM_I64 : x->dtype, &x->shape, sorted, err))
        return -1;
    op_lines_init(&lines, x, 1u << axis);
    return op_lines_map(call, &lines, rank_line, top, sorted, err);
}

/* K is an attribute before opset 10, input 1 since. */
static int run_top(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    struct mm_value sorted = {0};
    struct op_list k;
    int axis;
    if (!x || op_axis(call, -1, x->shape.rank, false, &axis, err) || op_list(call, "k", 1, &k, err))
        return -1;
    int64_t n = x->shape.dim[axis];
    if (k.count != 1 || k.v[0] < 0 || k.v[0] > n)
        return op_fail(call, err, MM_EARG, "k does not fit an axis of %lld", (long long)n);
    struct top top = {!op_int(call, "largest", 1), call->output == 1, k.v[0],
                      calloc(n ? (size_t)n : 1, sizeof *top.ranked)};
    if (!top.ranked)
        return mm_fail_memory(err);
    int rc = sort(call, x, axis, &top, &sorted, err);
    if (rc == 0)
        rc = cut(call, &sorted, axis, top.k, value, err);
    mm_value_done(&sorted);
    free(top.ranked);
    return rc;
}

const struct op_row op_arg_rows[] = {
    {{"ArgMax", MM_OPERATOR_ARGUMENT, false}, OP_CHANNEL_NONE, run_arg, NULL},
    {{"ArgMin", MM_OPERATOR_ARGUMENT, false}, OP_CHANNEL_NONE, run_arg, NULL},
    {{"TopK", MM_OPERATOR_ARGUMENT, false}, OP_CHANNEL_NONE, run_top, NULL},
    {{NULL}},
};
