/* Cast, and operators that give their input back. */
#include "operator/unary.h"
#include "format/tensor_proto.h"

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
    if (mm_dtype_info(to)->kind == MM_KIND_FLOAT && mm_dtype_info(to)->bits <= 8)
        return op_fail(call, err, MM_EUNSUPPORTED, "to a float of 8 bits or less");
    return op_unary_apply(call, loop, NULL, to, value, err);
}

static int run_cast(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    int64_t number = op_int(call, "to", 0);
    enum mm_dtype to = number == (int32_t)number ? mm_tensor_proto_dtype((int32_t)number) : MM_DTYPE_NONE;
    if (to == MM_DTYPE_NONE)
        return op_fail(call, err, MM_EUNSUPPORTED, "to data type %lld", (long long)number);
    return cast(call, to, value, err);
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
    if (!x || op_stop(call, err) || op_new(call, MM_BOOL, &x->shape, value, err))
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
