/* Broadcasting. */
#include "operator/spread.h"

/* Dimension i of `rank`, counted as if shorter shapes had ones in front. */
static int64_t dim_of(const struct mm_shape *shape, int i, int rank)
{
    int own = i - (rank - shape->rank);
    return own < 0 ? 1 : shape->dim[own];
}

int op_spread_shape(const struct mm_operator_call *call, const struct mm_shape *a, const struct mm_shape *b,
                    struct mm_shape *out, struct mm_err *err)
{
    struct mm_shape shape = {.rank = a->rank > b->rank ? a->rank : b->rank};
    char left[200], right[200];
    for (int i = 0; i < shape.rank; i++) {
        int64_t m = dim_of(a, i, shape.rank), n = dim_of(b, i, shape.rank);
        if (m != n && m != 1 && n != 1)
            return op_fail(call, err, MM_EARG, "%s and %s do not broadcast",
                           mm_shape_text(a, false, left, sizeof left),
                           mm_shape_text(b, false, right, sizeof right));
        shape.dim[i] = m == 1 ? n : m;
    }
    *out = shape;
    return 0;
}

/* Axis `from` of the walk runs on into the next one: together they are one axis. */
static bool runs_on(const struct op_spread *s, int axis)
{
    for (int k = 0; k < s->count; k++) {
        if (s->step[k][axis] != s->step[k][axis + 1] * s->dim[axis + 1])
            return false;
    }
    return true;
}

static void drop(struct op_spread *s, int axis)
{
    s->rank--;
    for (int i = axis; i < s->rank; i++) {
        s->dim[i] = s->dim[i + 1];
        for (int k = 0; k < s->count; k++)
            s->step[k][i] = s->step[k][i + 1];
    }
}

static void merge(struct op_spread *s)
{
    for (int i = s->rank - 2; i >= 0; i--) {
        if (s->dim[i + 1] == 1) {
            drop(s, i + 1);
        } else if (s->dim[i] == 1 || runs_on(s, i)) {
            s->dim[i + 1] *= s->dim[i];
            drop(s, i);
        }
    }
}

void op_spread_init(struct op_spread *spread, const struct mm_shape *const *shapes, int count,
                    const struct mm_shape *out)
{
    *spread = (struct op_spread){.count = count, .rank = out->rank};
    memcpy(spread->dim, out->dim, sizeof spread->dim);
    for (int k = 0; k < count; k++) {
        int64_t step = 1;
        for (int i = out->rank - 1; i >= 0; i--) {
            int64_t dim = dim_of(shapes[k], i, out->rank);
            spread->step[k][i] = dim == 1 ? 0 : step;
            step *= dim;
        }
    }
    if (spread->rank == 0) {
        spread->rank = 1;
        spread->dim[0] = 1;
    }
    merge(spread);
}

/* One run along the last axis, in chunks. */
static void run(const struct op_spread *s, int64_t at, const int64_t *base, op_spread_chunk chunk,
                void *context)
{
    int64_t step[OP_SPREAD_MAX], in[OP_SPREAD_MAX];
    for (int k = 0; k < s->count; k++) {
        step[k] = s->step[k][s->rank - 1];
        in[k] = base[k];
    }
    for (int64_t left = s->dim[s->rank - 1]; left > 0; left -= OP_CHUNK) {
        size_t n = left < OP_CHUNK ? (size_t)left : OP_CHUNK;
        chunk(context, at, in, step, n);
        at += OP_CHUNK;
        for (int k = 0; k < s->count; k++)
            in[k] += step[k] * OP_CHUNK;
    }
}

/* The next run's place: an odometer over all axes but the last. */
static void next(const struct op_spread *s, int64_t *index, int64_t *base)
{
    for (int i = s->rank - 2; i >= 0; i--) {
        bool full = ++index[i] == s->dim[i];
        for (int k = 0; k < s->count; k++)
            base[k] += full ? -s->step[k][i] * (s->dim[i] - 1) : s->step[k][i];
        if (!full)
            return;
        index[i] = 0;
    }
}

int op_spread_run(const struct mm_operator_call *call, const struct op_spread *spread, op_spread_chunk chunk,
                  void *context, struct mm_err *err)
{
    int64_t index[MM_RANK_MAX] = {0}, base[OP_SPREAD_MAX] = {0};
    int64_t count = 1, length = spread->dim[spread->rank - 1];
    for (int i = 0; i < spread->rank; i++)
        count *= spread->dim[i];
    for (int64_t at = 0; at < count; at += length) {
        if (op_stop(call, err))
            return -1;
        run(spread, at, base, chunk, context);
        next(spread, index, base);
    }
    return 0;
}

void op_spread_read(const struct mm_value *value, int64_t at, int64_t step, size_t n, double *out)
{
    if (step) {
        op_read(value, at, n, out);
        return;
    }
    double one = op_get(value, at);
    for (size_t k = 0; k < n; k++)
        out[k] = one;
}
