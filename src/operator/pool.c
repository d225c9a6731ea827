/*
 * Pooling: a function of the elements in a window. A row of the result (its last axis) is made at once: each tap of
 * the window adds a row of the input to it.
 */
#include "operator/window.h"

#include <math.h>
#include <stdlib.h>

struct pool;
/* Add n values to what n windows have so far. */
typedef void (*pool_add)(const struct pool *pool, double *restrict sum, const double *restrict value,
                         size_t n);

struct pool {
    struct op_window w;
    pool_add add;
    double first; /* what a window without values has */
    double p;     /* of LpPool, else 0 */
    bool average, count_pads, column_major;
    const struct mm_value *x;
    int64_t stride[MM_RANK_MAX]; /* of x, without batch and channels */
    double *sum, *value;         /* [length of a row] */
};

/* Strictly greater, so that of equal ones the first is found; a NaN stays. */
static bool is_more(double most, double value)
{
    return value > most || (isnan(value) && !isnan(most));
}

static void add_most(const struct pool *pool, double *restrict sum, const double *restrict value, size_t n)
{
    (void)pool;
    for (size_t k = 0; k < n; k++)
        sum[k] = value[k] > sum[k] || isnan(value[k]) ? value[k] : sum[k];
}

static void add_sum(const struct pool *pool, double *restrict sum, const double *restrict value, size_t n)
{
    (void)pool;
    for (size_t k = 0; k < n; k++)
        sum[k] += value[k];
}

static void add_power(const struct pool *pool, double *restrict sum, const double *restrict value, size_t n)
{
    for (size_t k = 0; k < n; k++)
        sum[k] += pow(fabs(value[k]), pool->p);
}

/* ---- taps ---------------------------------------------------------------------------------------------- */

/* The first of the taps of an axis that begins at `first` to lie at or behind `limit`. */
static int64_t taps_below(int64_t limit, int64_t first, int64_t dilation, int64_t kernel)
{
    int64_t taps = limit <= first ? 0 : (limit - first - 1) / dilation + 1;
    return taps < kernel ? taps : kernel;
}

/* A window: per axis the taps low .. high - 1 that lie in the input. */
struct place {
    int64_t first[MM_RANK_MAX]; /* the window's beginning in the input, may be negative */
    int64_t low[MM_RANK_MAX], high[MM_RANK_MAX];
};

/* The one at `out`, on axes from .. to - 1. How many of its taps count for an average. */
static int64_t place_of(const struct pool *pool, const int64_t *out, int from, int to, struct place *p)
{
    const struct op_window *w = &pool->w;
    int64_t taps = 1;
    for (int i = from; i < to; i++) {
        int64_t first = out[i] * w->stride[i] - w->begin[i];
        p->first[i] = first;
        p->low[i] = taps_below(0, first, w->dilation[i], w->kernel[i]);
        p->high[i] = taps_below(w->in[i], first, w->dilation[i], w->kernel[i]);
        taps *= pool->count_pads ? taps_below(w->in[i] + w->end[i], first, w->dilation[i], w->kernel[i])
                                 : p->high[i] - p->low[i];
    }
    return taps;
}

/* The first tap inside on these axes; false if there is none. */
static bool first_tap(const struct place *p, int rank, int64_t *tap)
{
    for (int i = 0; i < rank; i++) {
        tap[i] = p->low[i];
        if (p->low[i] >= p->high[i])
            return false;
    }
    return true;
}

/* The next tap inside; false behind the last. */
static bool next_tap(const struct place *p, int rank, int64_t *tap)
{
    for (int i = rank - 1; i >= 0; i--) {
        if (++tap[i] < p->high[i])
            return true;
        tap[i] = p->low[i];
    }
    return false;
}

static int64_t tap_at(const struct pool *pool, const struct place *p, int rank, const int64_t *tap)
{
    int64_t at = 0;
    for (int i = 0; i < rank; i++)
        at += (p->first[i] + tap[i] * pool->w.dilation[i]) * pool->stride[i];
    return at;
}

/* ---- a row of the result ------------------------------------------------------------------------------- */

/* Tap `tap` of the last axis for all windows of the row at once; `at`: the input's row. */
static void add_tap(const struct pool *pool, int64_t at, int64_t tap)
{
    const struct op_window *w = &pool->w;
    int last = w->rank - 1;
    int64_t s = w->stride[last], shift = tap * w->dilation[last] - w->begin[last];
    int64_t low = shift >= 0 ? 0 : (-shift + s - 1) / s, high = w->in[last] - shift;
    high = high <= 0 ? 0 : (high - 1) / s + 1;
    high = high < w->out[last] ? high : w->out[last];
    if (low >= high)
        return;
    if (s == 1)
        op_read(pool->x, at + low + shift, (size_t)(high - low), pool->value);
    for (int64_t k = low; k < high && s != 1; k++)
        pool->value[k - low] = op_get(pool->x, at + k * s + shift);
    pool->add(pool, pool->sum + low, pool->value, (size_t)(high - low));
}

/* `taps`: those of the other axes that count. */
static void finish_row(const struct pool *pool, int64_t taps)
{
    int last = pool->w.rank - 1;
    for (int64_t k = 0; k < pool->w.out[last]; k++) {
        struct place p;
        int64_t out[MM_RANK_MAX];
        out[last] = k;
        if (pool->average)
            pool->sum[k] /= (double)(taps * place_of(pool, out, last, last + 1, &p));
        if (pool->p > 0)
            pool->sum[k] = pow(pool->sum[k], 1 / pool->p);
    }
}

/* The row at `out` of the channel that begins at `from`. */
static void make_row(const struct pool *pool, int64_t from, const int64_t *out)
{
    int last = pool->w.rank - 1;
    int64_t tap[MM_RANK_MAX];
    struct place p;
    for (int64_t k = 0; k < pool->w.out[last]; k++)
        pool->sum[k] = pool->first;
    int64_t taps = place_of(pool, out, 0, last, &p);
    if (first_tap(&p, last, tap)) {
        do {
            int64_t at = from + tap_at(pool, &p, last, tap);
            for (int64_t t = 0; t < pool->w.kernel[last]; t++)
                add_tap(pool, at, t);
        } while (next_tap(&p, last, tap));
    }
    finish_row(pool, taps);
}

/* ---- indices of the greatest --------------------------------------------------------------------------- */

/* The place of element `at` of x counted column-major within its channel. */
static int64_t by_columns(const struct mm_value *x, int64_t from, int64_t at)
{
    int64_t coord[MM_RANK_MAX], place = 0, step = 1;
    mm_shape_coords(&x->shape, at, coord);
    for (int i = 2; i < x->shape.rank; i++) {
        place += coord[i] * step;
        step *= x->shape.dim[i];
    }
    return from + place;
}

/* Its flat place in the whole input. -1: a window in the padding alone. */
static int64_t place_of_most(const struct pool *pool, int64_t from, const int64_t *out)
{
    int64_t tap[MM_RANK_MAX], best = -1;
    struct place p;
    place_of(pool, out, 0, pool->w.rank, &p);
    if (!first_tap(&p, pool->w.rank, tap))
        return -1;
    do {
        int64_t at = from + tap_at(pool, &p, pool->w.rank, tap);
        if (best < 0 || is_more(op_get(pool->x, best), op_get(pool->x, at)))
            best = at;
    } while (next_tap(&p, pool->w.rank, tap));
    return pool->column_major ? by_columns(pool->x, from, best) : best;
}

/* ---- all rows ------------------------------------------------------------------------------------------ */

static void put_row(const struct mm_operator_call *call, const struct pool *pool, int64_t from, int64_t *out,
                    int64_t at, struct mm_value *value)
{
    int last = pool->w.rank - 1;
    if (call->output == 0) {
        make_row(pool, from, out);
        op_write(value, at, (size_t)pool->w.out[last], pool->sum);
        return;
    }
    for (out[last] = 0; out[last] < pool->w.out[last]; out[last]++)
        op_ints(value)[at + out[last]] = place_of_most(pool, from, out);
    out[last] = 0;
}

static int run_rows(const struct mm_operator_call *call, const struct pool *pool, struct mm_value *value,
                    struct mm_err *err)
{
    int64_t places = op_product(&value->shape, 2, value->shape.rank);
    int64_t size = op_product(&pool->x->shape, 2, pool->x->shape.rank);
    int64_t out[MM_RANK_MAX] = {0}, length = pool->w.out[pool->w.rank - 1];
    for (int64_t at = 0; at < value->count; at += length) {
        if (op_stop(call, err))
            return -1;
        put_row(call, pool, at / places * size, out, at, value);
        for (int i = pool->w.rank - 2; i >= 0 && ++out[i] == pool->w.out[i]; i--)
            out[i] = 0;
    }
    return 0;
}

static int prepare(const struct mm_operator_call *call, struct pool *pool, struct mm_shape *shape,
                   struct mm_err *err)
{
    int64_t stride[MM_RANK_MAX];
    pool->x = op_need(call, 0, err);
    if (!pool->x)
        return -1;
    if (pool->x->shape.rank < 3)
        return op_fail(call, err, MM_EARG, "an input of %d axes", pool->x->shape.rank);
    if (op_window_read(call, &pool->x->shape, NULL, &pool->w, err) ||
        op_window_gather(call, &pool->w, op_int(call, "ceil_mode", 0) != 0, err))
        return -1;
    op_strides(&pool->x->shape, stride);
    memcpy(pool->stride, stride + 2, (size_t)pool->w.rank * sizeof *stride);
    *shape = pool->x->shape;
    memcpy(shape->dim + 2, pool->w.out, (size_t)pool->w.rank * sizeof *shape->dim);
    return 0;
}

static int run(const struct mm_operator_call *call, struct pool *pool, struct mm_value *value,
               struct mm_err *err)
{
    struct mm_shape shape;
    int rc = -1;
    if (prepare(call, pool, &shape, err) ||
        op_new(call, call->output == 1 ? MM_I64 : pool->x->dtype, &shape, value, err))
        return -1;
    size_t length = (size_t)pool->w.out[pool->w.rank - 1] + 1;
    pool->sum = calloc(length, sizeof *pool->sum);
    pool->value = calloc(length, sizeof *pool->value);
    if (!pool->sum || !pool->value)
        mm_fail_memory(err);
    else
        rc = run_rows(call, pool, value, err);
    free(pool->sum);
    free(pool->value);
    return rc;
}

static int run_max(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct pool pool = {.add = add_most, .first = -HUGE_VAL};
    pool.column_major = op_int(call, "storage_order", 0) != 0;
    return run(call, &pool, value, err);
}

static int run_average(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct pool pool = {.add = add_sum, .average = true};
    pool.count_pads = op_int(call, "count_include_pad", 0) != 0;
    return run(call, &pool, value, err);
}

static int run_lp(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct pool pool = {.add = add_power, .p = (double)op_int(call, "p", 2)};
    if (pool.p < 1)
        return op_fail(call, err, MM_EARG, "p is %g", pool.p);
    return run(call, &pool, value, err);
}

const struct op_row op_pool_rows[] = {
    {{"MaxPool", MM_OPERATOR_POOL, true}, OP_CHANNEL_ONE, run_max, NULL},
    {{"AveragePool", MM_OPERATOR_POOL, false}, OP_CHANNEL_ONE, run_average, NULL},
    {{"LpPool", MM_OPERATOR_POOL, false}, OP_CHANNEL_ONE, run_lp, NULL},
    {{NULL}},
};
