/* Concat: blocks of the inputs, one behind the other. */
#include "operator/call.h"

/* The result's shape: all axes alike but the one. */
static int joined(const struct mm_operator_call *call, int axis, struct mm_shape *shape, struct mm_err *err)
{
    *shape = call->input[0]->shape;
    for (int k = 1; k < call->node->input_count; k++) {
        const struct mm_shape *next = &call->input[k]->shape;
        for (int i = 0; i < shape->rank; i++) {
            if (next->rank != shape->rank || (i != axis && next->dim[i] != shape->dim[i]))
                return op_fail(call, err, MM_EARG, "input %d does not fit the others", k);
        }
        if (__builtin_add_overflow(shape->dim[axis], next->dim[axis], &shape->dim[axis]))
            return op_fail(call, err, MM_EARG, "an impossible shape");
    }
    return 0;
}

/* All of x, in pieces of `piece` elements, `step` apart from `at` on. */
static int place(const struct mm_operator_call *call, const struct mm_value *x, int64_t at, int64_t piece,
                 int64_t step, struct mm_value *value, struct mm_err *err)
{
    for (int64_t from = 0; from < x->count; from += piece, at += step) {
        if (op_stop(call, err))
            return -1;
        if (x->f && value->f)
            memcpy(op_floats(value) + at, x->f + from, (size_t)piece * sizeof *x->f);
        else if (x->i && value->i)
            memcpy(op_ints(value) + at, x->i + from, (size_t)piece * sizeof *x->i);
        else
            return op_fail(call, err, MM_EARG, "inputs of different data types");
    }
    return 0;
}

static int run_concat(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct mm_shape shape;
    int axis;
    if (op_need_all(call, err) || op_axis(call, 1, call->input[0]->shape.rank, false, &axis, err) ||
        joined(call, axis, &shape, err) || op_new(call, call->input[0]->dtype, &shape, value, err))
        return -1;
    int64_t inner = op_product(&shape, axis + 1, shape.rank), at = 0;
    for (int k = 0; k < call->node->input_count; k++) {
        const struct mm_value *x = call->input[k];
        int64_t piece = x->shape.dim[axis] * inner;
        if (place(call, x, at, piece, shape.dim[axis] * inner, value, err))
            return -1;
        at += piece;
    }
    return 0;
}

const struct op_row op_join_rows[] = {
    {{"Concat", MM_OPERATOR_MOVEMENT, true}, OP_CHANNEL_NONE, run_concat, NULL},
    {{NULL}},
};
