/* Functions of the elements of several inputs, with broadcasting. */
#include "operator/spread.h"

#include <math.h>
#include <stdlib.h>

typedef void (*binary_loop)(const double *restrict a, const double *restrict b, double *restrict y, size_t n);

struct binary {
    binary_loop loop;
    binary_loop whole; /* of integers; NULL: the same */
    bool logical;      /* the result is a bool */
    bool first;        /* the result is of the first input's dtype */
};

#define LOOP(name, expression)                                                                               \
    static void name(const double *restrict left, const double *restrict right, double *restrict y,          \
                     size_t n)                                                                               \
    {                                                                                                        \
        for (size_t k = 0; k < n; k++) {                                                                     \
            double a = left[k], b = right[k];                                                                \
            y[k] = (expression);                                                                             \
        }                                                                                                    \
    }

LOOP(loop_add, a + b)
LOOP(loop_sub, a - b)
LOOP(loop_mul, a *b)
LOOP(loop_div, a / b)
LOOP(loop_div_whole, b == 0 ? 0 : trunc(a / b))
LOOP(loop_pow, pow(a, b))
LOOP(loop_min, a < b || isnan(a) ? a : b) /* NaN in, NaN out */
LOOP(loop_max, a > b || isnan(a) ? a : b)
LOOP(loop_fmod, fmod(a, b))
LOOP(loop_mod, b == 0 ? 0 : a - b * floor(a / b)) /* of integers: has the sign of b */
LOOP(loop_prelu, a < 0 ? a * b : a)
LOOP(loop_equal, a == b)
LOOP(loop_greater, a > b)
LOOP(loop_less, a < b)
LOOP(loop_greater_equal, a >= b)
LOOP(loop_less_equal, a <= b)
LOOP(loop_and, a != 0 && b != 0)
LOOP(loop_or, a != 0 || b != 0)
LOOP(loop_xor, (a != 0) != (b != 0))

/* ---- two inputs ---------------------------------------------------------------------------------------- */

struct work {
    const struct mm_value *in[OP_SPREAD_MAX];
    struct mm_value *value;
    binary_loop loop;
};

static void chunk(void *context, int64_t at, const int64_t *in, const int64_t *step, size_t n)
{
    const struct work *w = context;
    double a[OP_CHUNK], b[OP_CHUNK], y[OP_CHUNK];
    op_spread_read(w->in[0], in[0], step[0], n, a);
    op_spread_read(w->in[1], in[1], step[1], n, b);
    w->loop(a, b, y, n);
    op_write(w->value, at, n, y);
}

static enum mm_dtype dtype_of(const struct binary *how, const struct mm_value *a, const struct mm_value *b)
{
    if (how->logical)
        return MM_BOOL;
    return how->first || a->f || b->i ? a->dtype : b->dtype;
}

static int apply(const struct mm_operator_call *call, const struct binary *how, const struct mm_value *a,
                 const struct mm_value *b, struct mm_value *value, struct mm_err *err)
{
    const struct mm_shape *shapes[] = {&a->shape, &b->shape};
    struct work w = {{a, b}, value, how->whole && a->i && b->i ? how->whole : how->loop};
    struct mm_shape out;
    struct op_spread spread;
    if (op_spread_shape(call, shapes[0], shapes[1], &out, err) ||
        op_new(call, dtype_of(how, a, b), &out, value, err))
        return -1;
    op_spread_init(&spread, shapes, 2, &out);
    return op_spread_run(call, &spread, chunk, &w, err);
}

/* Before opset 7 the second input stands at `axis` of the first one, the last axes if nothing is said; a
 * PRelu's slope of one axis is a value a channel. Here it gets the axes behind it, of one element each. */
static int stand_at_axis(const struct mm_operator_call *call, const struct mm_value *a, struct mm_value *b,
                         struct mm_err *err)
{
    bool slope = strcmp(call->node->op_type, "PRelu") == 0 && b->shape.rank == 1 && a->shape.rank > 1;
    int axis = a->shape.rank - b->shape.rank;
    if (op_opset(call) >= 7 || axis < 0 || (!slope && !mm_graph_attribute(call->node, "axis")))
        return 0;
    if (slope)
        axis = b->count == 1 ? axis : 1;
    else if (op_axis(call, axis, a->shape.rank, true, &axis, err))
        return -1;
    while (axis + b->shape.rank < a->shape.rank)
        b->shape.dim[b->shape.rank++] = 1;
    return 0;
}

static int run_binary(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *a = op_need(call, 0, err);
    const struct mm_value *second = a ? op_need(call, 1, err) : NULL;
    if (!second)
        return -1;
    struct mm_value b = *second; /* a view: value keeps nothing of it */
    if (stand_at_axis(call, a, &b, err))
        return -1;
    return apply(call, op_row_of(call->node)->how, a, &b, value, err);
}

static int run_mod(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *a = op_need(call, 0, err), *b = a ? op_need(call, 1, err) : NULL;
    bool by_fmod = op_int(call, "fmod", 0) != 0;
    if (!b)
        return -1;
    return apply(call, &(const struct binary){by_fmod ? loop_fmod : loop_mod}, a, b, value, err);
}

/* ---- any number of inputs ------------------------------------------------------------------------------ */

static int run_many(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct binary *how = op_row_of(call->node)->how;
    if (op_need_all(call, err) || op_reshaped(call, call->input[0], &call->input[0]->shape, value, err))
        return -1;
    for (int k = 1; k < call->node->input_count; k++) {
        struct mm_value before = *value;
        *value = (struct mm_value){0};
        int rc = apply(call, how, &before, call->input[k], value, err);
        mm_value_done(&before);
        if (rc)
            return -1;
    }
    return 0;
}

static int run_mean(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    if (run_many(call, value, err))
        return -1;
    for (int64_t k = 0; k < value->count; k++)
        op_put(value, k, op_get(value, k) / call->node->input_count);
    return 0;
}

/* ---- Where --------------------------------------------------------------------------------------------- */

static void choose(void *context, int64_t at, const int64_t *in, const int64_t *step, size_t n)
{
    const struct work *w = context;
    double c[OP_CHUNK], a[OP_CHUNK], b[OP_CHUNK];
    op_spread_read(w->in[0], in[0], step[0], n, c);
    op_spread_read(w->in[1], in[1], step[1], n, a);
    op_spread_read(w->in[2], in[2], step[2], n, b);
    for (size_t k = 0; k < n; k++)
        a[k] = c[k] != 0 ? a[k] : b[k];
    op_write(w->value, at, n, a);
}

static int run_where(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct work w = {.value = value};
    const struct mm_shape *shapes[3];
    struct mm_shape out = {0};
    struct op_spread spread;
    for (int k = 0; k < 3; k++) {
        w.in[k] = op_need(call, k, err);
        if (!w.in[k] || op_spread_shape(call, &out, &w.in[k]->shape, &out, err))
            return -1;
        shapes[k] = &w.in[k]->shape;
    }
    if (op_new(call, w.in[1]->dtype, &out, value, err))
        return -1;
    op_spread_init(&spread, shapes, 3, &out);
    return op_spread_run(call, &spread, choose, &w, err);
}

#define ROW(type, selects, run, ...)                                                                         \
    {                                                                                                        \
        {type, MM_OPERATOR_ELEMENTWISE, selects}, OP_CHANNEL_NONE, run, &(const struct binary)               \
        {                                                                                                    \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }

const struct op_row op_binary_rows[] = {
    ROW("Add", false, run_binary, loop_add),
    ROW("Sub", false, run_binary, loop_sub),
    ROW("Mul", false, run_binary, loop_mul),
    ROW("Div", false, run_binary, loop_div, loop_div_whole),
    ROW("Pow", false, run_binary, loop_pow, .first = true),
    ROW("PRelu", false, run_binary, loop_prelu),
    ROW("Equal", false, run_binary, loop_equal, .logical = true),
    ROW("Greater", false, run_binary, loop_greater, .logical = true),
    ROW("Less", false, run_binary, loop_less, .logical = true),
    ROW("GreaterOrEqual", false, run_binary, loop_greater_equal, .logical = true),
    ROW("LessOrEqual", false, run_binary, loop_less_equal, .logical = true),
    ROW("And", false, run_binary, loop_and, .logical = true),
    ROW("Or", false, run_binary, loop_or, .logical = true),
    ROW("Xor", false, run_binary, loop_xor, .logical = true),
    {{"Mod", MM_OPERATOR_ELEMENTWISE, false}, OP_CHANNEL_NONE, run_mod, NULL},
    ROW("Min", true, run_many, loop_min),
    ROW("Max", true, run_many, loop_max),
    ROW("Sum", false, run_many, loop_add),
    ROW("Mean", false, run_mean, loop_add),
    {{"Where", MM_OPERATOR_ELEMENTWISE, true}, OP_CHANNEL_NONE, run_where, NULL},
    {{NULL}},
};
