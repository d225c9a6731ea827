/* Pooling: a function of the elements in a window. */
#include "operator/window.h"

#include <math.h>

struct pool;
/* What one window adds up: `sum` so far, one more value. */
typedef double (*pool_step)(const struct pool *pool, double sum, double value);

struct pool {
    struct op_window w;
    pool_step step;
    double first; /* the sum of no values */
    double p;     /* of LpPool */
    bool average, count_pads, column_major;
    int64_t stride[MM_RANK_MAX]; /* of x */
};

/* Strictly greater, so that of equal ones the first is found; a NaN stays. */
static bool is_more(double most, double value)
{
    return value > most || (isnan(value) && !isnan(most));
}

static double step_most(const struct pool *pool, double sum, double value)
{
    (void)pool;
    return is_more(sum, value) ? value : sum;
}

static double step_sum(const struct pool *pool, double sum, double value)
{
    (void)pool;
    return sum + value;
}

static double step_power(const struct pool *pool, double sum, double value)
{
    return sum + pow(fabs(value), pool->p);
}

/* One output position's window: per axis the taps low .. high - 1 that lie in the input, and how many there
 * would be in the padded input. */
struct place {
    int64_t first[MM_RANK_MAX]; /* the window's beginning in the input, may be negative */
    int64_t low[MM_RANK_MAX], high[MM_RANK_MAX];
    int64_t inside, padded; /* taps */
};

static int64_t taps_below(int64_t limit, int64_t first, int64_t dilation, int64_t kernel)
{
    int64_t taps = limit <= first ? 0 : (limit - first - 1) / dilation + 1;
    return taps < kernel ? taps : kernel;
}

static void place_of(const struct op_window *w, const int64_t *out, struct place *p)
{
    p->inside = p->padded = 1;
    for (int i = 0; i < w->rank; i++) {
        int64_t first = out[i] * w->stride[i] - w->begin[i];
        p->first[i] = first;
        p->low[i] = taps_below(0, first, w->dilation[i], w->kernel[i]);
        p->high[i] = taps_below(w->in[i], first, w->dilation[i], w->kernel[i]);
        p->inside *= p->high[i] > p->low[i] ? p->high[i] - p->low[i] : 0;
        p->padded *= taps_below(w->in[i] + w->end[i], first, w->dilation[i], w->kernel[i]);
    }
}

/* The next tap inside; false behind the last. */
static bool next_tap(const struct op_window *w, const struct place *p, int64_t *tap)
{
    for (int i = w->rank - 1; i >= 0; i--) {
        if (++tap[i] < p->high[i])
            return true;
        tap[i] = p->low[i];
    }
    return false;
}

static int64_t tap_at(const struct pool *pool, const struct place *p, const int64_t *tap)
{
    int64_t at = 0;
    for (int i = 0; i < pool->w.rank; i++)
        at += (p->first[i] + tap[i] * pool->w.dilation[i]) * pool->stride[i + 2];
    return at;
}

/* Over the taps of one window; `from` is the channel's first element. */
static double fold(const struct pool *pool, const struct mm_value *x, int64_t from, const struct place *p)
{
    int64_t tap[MM_RANK_MAX];
    double sum = pool->first;
    memcpy(tap, p->low, sizeof tap);
    if (p->inside > 0) {
        do
            sum = pool->step(pool, sum, op_get(x, from + tap_at(pool, p, tap)));
        while (next_tap(&pool->w, p, tap));
    }
    if (pool->p > 0)
        return pow(sum, 1 / pool->p);
    return pool->average ? sum / (double)(pool->count_pads ? p->padded : p->inside) : sum;
}

/* Its flat place in the whole input; column-major within the channel where storage_order says so. */
static int64_t place_of_most(const struct pool *pool, const struct mm_value *x, int64_t from,
                             const struct place *p)
{
    int64_t tap[MM_RANK_MAX], best = -1;
    memcpy(tap, p->low, sizeof tap);
    if (p->inside > 0) {
        do {
            int64_t at = from + tap_at(pool, p, tap);
            if (best < 0 || is_more(op_get(x, best), op_get(x, at)))
                best = at;
        } while (next_tap(&pool->w, p, tap));
    }
    if (!pool->column_major || best < 0)
        return best;
    int64_t coord[MM_RANK_MAX], at = 0, step = 1;
    mm_shape_coords(&x->shape, best, coord);
    for (int i = 2; i < x->shape.rank; i++) {
        at += coord[i] * step;
        step *= x->shape.dim[i];
    }
    return from + at;
}

static int run_windows(const struct mm_operator_call *call, const struct pool *pool, const struct mm_value *x,
                       struct mm_value *value, struct mm_err *err)
{
    int64_t places = op_product(&value->shape, 2, value->shape.rank);
    int64_t size = op_product(&x->shape, 2, x->shape.rank);
    int64_t out[MM_RANK_MAX] = {0};
    struct place p;
    for (int64_t at = 0; at < value->count; at++) {
        if (at % OP_CHUNK == 0 && op_stop(call, err))
            return -1;
        place_of(&pool->w, out, &p);
        int64_t from = at / places * size;
        if (call->output == 1)
            op_ints(value)[at] = place_of_most(pool, x, from, &p);
        else
            op_put(value, at, fold(pool, x, from, &p));
        for (int i = pool->w.rank - 1; i >= 0 && ++out[i] == pool->w.out[i]; i--)
            out[i] = 0;
    }
    return 0;
}

static int run(const struct mm_operator_call *call, struct pool *pool, struct mm_value *value,
               struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    if (!x || op_window_read(call, &x->shape, NULL, &pool->w, err) ||
        op_window_gather(call, &pool->w, op_int(call, "ceil_mode", 0) != 0, err))
        return -1;
    struct mm_shape shape = x->shape;
    memcpy(shape.dim + 2, pool->w.out, (size_t)pool->w.rank * sizeof *shape.dim);
    if (op_new(call, call->output == 1 ? MM_I64 : x->dtype, &shape, value, err))
        return -1;
    op_strides(&x->shape, pool->stride);
    return run_windows(call, pool, x, value, err);
}

static int run_max(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct pool pool = {.step = step_most, .first = -HUGE_VAL};
    pool.column_major = op_int(call, "storage_order", 0) != 0;
    return run(call, &pool, value, err);
}

static int run_average(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct pool pool = {.step = step_sum, .average = true};
    pool.count_pads = op_int(call, "count_include_pad", 0) != 0;
    return run(call, &pool, value, err);
}

static int run_lp(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct pool pool = {.step = step_power, .p = (double)op_int(call, "p", 2)};
    return run(call, &pool, value, err);
}

const struct op_row op_pool_rows[] = {
    {{"MaxPool", MM_OPERATOR_POOL, true}, OP_CHANNEL_ONE, run_max, NULL},
    {{"AveragePool", MM_OPERATOR_POOL, false}, OP_CHANNEL_ONE, run_average, NULL},
    {{"LpPool", MM_OPERATOR_POOL, false}, OP_CHANNEL_ONE, run_lp, NULL},
    {{NULL}},
};
