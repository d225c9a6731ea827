/* Values put at given places, and running sums. */
#include "operator/lines.h"

#include <math.h>

enum how { REPLACE, ADD, MULTIPLY, LEAST, GREATEST, HOWS };

static const char *const words[HOWS] = {"none", "add", "mul", "min", "max"};

static int how_of(const struct mm_operator_call *call, enum how *how, struct mm_err *err)
{
    const char *word = op_text(call, "reduction", "none");
    for (int i = 0; i < HOWS; i++) {
        if (strcmp(word, words[i]) == 0) {
            *how = (enum how)i;
            return 0;
        }
    }
    return op_fail(call, err, MM_EUNSUPPORTED, "reduction is \"%s\"", word);
}

static void update(struct mm_value *value, int64_t at, const struct mm_value *with, int64_t from,
                   enum how how)
{
    double before = op_get(value, at), by = op_get(with, from);
    double after = how == ADD        ? before + by
                   : how == MULTIPLY ? before * by
                   : how == LEAST    ? fmin(before, by)
                   : how == GREATEST ? fmax(before, by)
                                     : by;
    op_put(value, at, after);
}

/* What both forms take: data, indices, updates. */
struct scatter {
    const struct mm_value *x, *indices, *updates;
    enum how how;
};

static int scatter_of(const struct mm_operator_call *call, struct scatter *s, struct mm_err *err)
{
    s->x = op_need(call, 0, err);
    s->indices = s->x ? op_need(call, 1, err) : NULL;
    s->updates = s->indices ? op_need(call, 2, err) : NULL;
    return s->updates ? how_of(call, &s->how, err) : -1;
}

static int unfit(const struct mm_operator_call *call, struct mm_err *err)
{
    return op_fail(call, err, MM_EARG, "indices and updates do not fit the input");
}

static int64_t index_at(const struct scatter *s, int64_t at, int64_t dim)
{
    int64_t told = op_whole(op_get(s->indices, at)), index = told < 0 ? told + dim : told;
    return index >= 0 && index < dim ? index : -1;
}

static int run_elements(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    int64_t stride[MM_RANK_MAX], coord[MM_RANK_MAX];
    struct scatter s;
    int axis;
    if (scatter_of(call, &s, err) || op_axis(call, 0, s.x->shape.rank, false, &axis, err))
        return -1;
    const struct mm_shape *shape = &s.indices->shape;
    for (int i = 0; i < s.x->shape.rank; i++) {
        if (!mm_shape_equal(shape, &s.updates->shape) || shape->rank != s.x->shape.rank ||
            (i != axis && shape->dim[i] > s.x->shape.dim[i]))
            return unfit(call, err);
    }
    if (op_reshaped(call, s.x, &s.x->shape, value, err))
        return -1;
    op_strides(&s.x->shape, stride);
    for (int64_t k = 0; k < s.indices->count; k++) {
        int64_t at = 0;
        mm_shape_coords(shape, k, coord);
        coord[axis] = index_at(&s, k, s.x->shape.dim[axis]);
        if (op_stop(call, err))
            return -1;
        if (coord[axis] < 0)
            return unfit(call, err);
        for (int i = 0; i < s.x->shape.rank; i++)
            at += coord[i] * stride[i];
        update(value, at, s.updates, k, s.how);
    }
    return 0;
}

/* Where tuple k of `length` indices leads to, -1 outside. */
static int64_t lead(const struct scatter *s, int64_t k, int length)
{
    int64_t at = 0;
    for (int i = 0; i < length; i++) {
        int64_t dim = s->x->shape.dim[i], index = index_at(s, k * length + i, dim);
        if (index < 0)
            return -1;
        at = at * dim + index;
    }
    return at * op_product(&s->x->shape, length, s->x->shape.rank);
}

static int run_nd(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct scatter s;
    if (scatter_of(call, &s, err))
        return -1;
    int rank = s.x->shape.rank, last = s.indices->shape.rank - 1;
    int64_t length = last < 0 ? -1 : s.indices->shape.dim[last];
    if (length < 0 || length > rank)
        return unfit(call, err);
    int64_t inner = op_product(&s.x->shape, (int)length, rank);
    int64_t tuples = op_product(&s.indices->shape, 0, last);
    if (s.updates->count != tuples * inner)
        return unfit(call, err);
    if (op_reshaped(call, s.x, &s.x->shape, value, err))
        return -1;
    for (int64_t k = 0; k < tuples; k++) {
        int64_t at = lead(&s, k, (int)length);
        if (at < 0)
            return unfit(call, err);
        if (op_stop(call, err))
            return -1;
        for (int64_t j = 0; j < inner; j++)
            update(value, at + j, s.updates, k * inner + j, s.how);
    }
    return 0;
}

/* ---- CumSum -------------------------------------------------------------------------------------------- */

struct running {
    bool exclusive; /* a place's own value does not count */
    bool reverse;   /* from the end on */
};

static void run_up(const void *context, int64_t line, double *x, int64_t n)
{
    const struct running *how = context;
    double sum = 0;
    (void)line;
    for (int64_t k = 0; k < n; k++) {
        double *at = &x[how->reverse ? n - 1 - k : k], before = sum;
        sum += *at;
        *at = how->exclusive ? before : sum;
    }
}

static int run_cumsum(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    struct running how = {op_int(call, "exclusive", 0) != 0, op_int(call, "reverse", 0) != 0};
    struct op_lines lines;
    struct op_list axis;
    if (!x || !op_need(call, 1, err) || op_axes(call, "axis", 1, x->shape.rank, &axis, err))
        return -1;
    if (axis.count != 1)
        return op_fail(call, err, MM_EARG, "%d axes, not one", axis.count);
    if (op_new(call, x->dtype, &x->shape, value, err))
        return -1;
    op_lines_init(&lines, x, 1u << axis.v[0]);
    return op_lines_map(call, &lines, run_up, &how, value, err);
}

#define ROW(type, run)                                                                                       \
    {                                                                                                        \
        {type, MM_OPERATOR_MOVEMENT, true}, OP_CHANNEL_NONE, run, NULL                                       \
    }

const struct op_row op_scatter_rows[] = {
    ROW("ScatterElements", run_elements),
    ROW("Scatter", run_elements),
    ROW("ScatterND", run_nd),
    {{"CumSum", MM_OPERATOR_REDUCTION, false}, OP_CHANNEL_NONE, run_cumsum, NULL},
    {{NULL}},
};
