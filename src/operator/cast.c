/* Cast, and operators that give their input back. */
#include "operator/unary.h"

/* By number in TensorProto.DataType. */
static enum mm_dtype dtype_of(int64_t number)
{
    static const enum mm_dtype dtypes[] = {
        [1] = MM_F32,   [2] = MM_U8,      [3] = MM_I8,      [4] = MM_U16,  [5] = MM_I16,  [6] = MM_I32,
        [7] = MM_I64,   [9] = MM_BOOL,    [10] = MM_F16,    [11] = MM_F64, [12] = MM_U32, [13] = MM_U64,
        [16] = MM_BF16, [17] = MM_F8E4M3, [19] = MM_F8E5M2, [21] = MM_U4,  [22] = MM_I4,
    };
    return number > 0 && number < (int64_t)MM_COUNT(dtypes) ? dtypes[number] : MM_DTYPE_NONE;
}

OP_UNARY_LOOP(to_itself, v)
OP_UNARY_LOOP(to_bool, v != 0)
OP_UNARY_LOOP(to_half, mm_half_to_float(mm_float_to_half((float)v)))
OP_UNARY_LOOP(to_bf16, mm_bf16_to_float(mm_float_to_bf16((float)v)))

static int cast(const struct mm_operator_call *call, enum mm_dtype to, struct mm_value *value,
                struct mm_err *err)
{
    op_unary_loop loop = to == MM_BOOL   ? to_bool
                         : to == MM_F16  ? to_half
                         : to == MM_BF16 ? to_bf16
                                         : to_itself;
    if (to == MM_F8E4M3 || to == MM_F8E5M2)
        return op_fail(call, err, MM_EUNSUPPORTED, "to an 8-bit float");
    return op_unary_apply(call, loop, NULL, to, value, err);
}

static int run_cast(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    int64_t to = op_int(call, "to", 0);
    if (dtype_of(to) == MM_DTYPE_NONE)
        return op_fail(call, err, MM_EUNSUPPORTED, "to data type %lld", (long long)to);
    return cast(call, dtype_of(to), value, err);
}

static int run_cast_like(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *like = op_need(call, 1, err);
    return like ? cast(call, like->dtype, value, err) : -1;
}

static int run_identity(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    return x ? op_reshaped(call, x, &x->shape, value, err) : -1;
}

/* The mask: nothing was dropped. */
static int run_mask(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    if (!x || op_new(call, MM_BOOL, &x->shape, value, err))
        return -1;
    for (int64_t at = 0; at < value->count; at++)
        op_ints(value)[at] = 1;
    return 0;
}

/* Outside of training. */
static int run_dropout(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    if (op_number(call, 2, "training_mode", 0) != 0)
        return op_fail(call, err, MM_EUNSUPPORTED, "training mode is random");
    if (call->output == 1)
        return run_mask(call, value, err);
    return run_identity(call, value, err);
}

const struct op_row op_cast_rows[] = {
    {{"Cast", MM_OPERATOR_ELEMENTWISE, false}, OP_CHANNEL_NONE, run_cast, NULL},
    {{"CastLike", MM_OPERATOR_ELEMENTWISE, false}, OP_CHANNEL_NONE, run_cast_like, NULL},
    {{"Identity", MM_OPERATOR_ELEMENTWISE, true}, OP_CHANNEL_NONE, run_identity, NULL},
    {{"Dropout", MM_OPERATOR_ELEMENTWISE, true}, OP_CHANNEL_NONE, run_dropout, NULL},
    {{NULL}},
};
