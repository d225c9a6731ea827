/* Functions of one element: arithmetic and mathematics. */
#include "operator/unary.h"

int op_unary_apply(const struct mm_operator_call *call, op_unary_loop loop, const double *p,
                   enum mm_dtype dtype, struct mm_value *value, struct mm_err *err)
{
    double x[OP_CHUNK] = {0}, y[OP_CHUNK];
    const struct mm_value *input = op_need(call, 0, err);
    if (!input || op_new(call, dtype, &input->shape, value, err))
        return -1;
    for (int64_t at = 0; at < input->count; at += OP_CHUNK) {
        size_t n = input->count - at < OP_CHUNK ? (size_t)(input->count - at) : OP_CHUNK;
        if (op_stop(call, err))
            return -1;
        op_read(input, at, n, x);
        loop(x, y, p);
        op_write(value, at, n, y);
    }
    return 0;
}

int op_unary_run(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct op_unary *how = op_row_of(call->node)->how;
    const struct mm_value *input = op_need(call, 0, err);
    double p[MM_COUNT(how->param)];
    if (!input)
        return -1;
    for (size_t i = 0; i < MM_COUNT(p); i++) {
        p[i] = how->param[i].otherwise;
        if (how->param[i].name)
            p[i] = op_float(call, how->param[i].name, p[i]);
    }
    return op_unary_apply(call, how->loop, p, how->logical ? MM_BOOL : input->dtype, value, err);
}

OP_UNARY_LOOP(loop_abs, fabs(v))
OP_UNARY_LOOP(loop_neg, -v)
OP_UNARY_LOOP(loop_floor, floor(v))
OP_UNARY_LOOP(loop_ceil, ceil(v))
OP_UNARY_LOOP(loop_round, rint(v)) /* ties to even */
OP_UNARY_LOOP(loop_sign, v > 0 ? 1 : v < 0 ? -1 : v)
OP_UNARY_LOOP(loop_sqrt, sqrt(v))
OP_UNARY_LOOP(loop_reciprocal, 1 / v)
OP_UNARY_LOOP(loop_exp, exp(v))
OP_UNARY_LOOP(loop_log, log(v))
OP_UNARY_LOOP(loop_erf, erf(v))
OP_UNARY_LOOP(loop_sin, sin(v))
OP_UNARY_LOOP(loop_cos, cos(v))
OP_UNARY_LOOP(loop_tan, tan(v))
OP_UNARY_LOOP(loop_sinh, sinh(v))
OP_UNARY_LOOP(loop_cosh, cosh(v))
OP_UNARY_LOOP(loop_tanh, tanh(v))
OP_UNARY_LOOP(loop_asin, asin(v))
OP_UNARY_LOOP(loop_acos, acos(v))
OP_UNARY_LOOP(loop_atan, atan(v))
OP_UNARY_LOOP(loop_asinh, asinh(v))
OP_UNARY_LOOP(loop_acosh, acosh(v))
OP_UNARY_LOOP(loop_atanh, atanh(v))
OP_UNARY_LOOP(loop_not, v == 0)
OP_UNARY_LOOP(loop_is_nan, isnan(v))
OP_UNARY_LOOP(loop_is_inf, isinf(v) && (v > 0 ? p[0] : p[1]) != 0)

static int run_is_inf(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    double p[] = {(double)op_int(call, "detect_positive", 1), (double)op_int(call, "detect_negative", 1)};
    return op_unary_apply(call, loop_is_inf, p, MM_BOOL, value, err);
}

const struct op_row op_unary_rows[] = {
    OP_UNARY_ROW("Abs", true, loop_abs),
    OP_UNARY_ROW("Neg", true, loop_neg),
    OP_UNARY_ROW("Floor", false, loop_floor),
    OP_UNARY_ROW("Ceil", false, loop_ceil),
    OP_UNARY_ROW("Round", false, loop_round),
    OP_UNARY_ROW("Sign", false, loop_sign),
    OP_UNARY_ROW("Sqrt", false, loop_sqrt),
    OP_UNARY_ROW("Reciprocal", false, loop_reciprocal),
    OP_UNARY_ROW("Exp", false, loop_exp),
    OP_UNARY_ROW("Log", false, loop_log),
    OP_UNARY_ROW("Erf", false, loop_erf),
    OP_UNARY_ROW("Sin", false, loop_sin),
    OP_UNARY_ROW("Cos", false, loop_cos),
    OP_UNARY_ROW("Tan", false, loop_tan),
    OP_UNARY_ROW("Sinh", false, loop_sinh),
    OP_UNARY_ROW("Cosh", false, loop_cosh),
    OP_UNARY_ROW("Tanh", false, loop_tanh),
    OP_UNARY_ROW("Asin", false, loop_asin),
    OP_UNARY_ROW("Acos", false, loop_acos),
    OP_UNARY_ROW("Atan", false, loop_atan),
    OP_UNARY_ROW("Asinh", false, loop_asinh),
    OP_UNARY_ROW("Acosh", false, loop_acosh),
    OP_UNARY_ROW("Atanh", false, loop_atanh),
    OP_UNARY_ROW("Not", false, loop_not, .logical = true),
    OP_UNARY_ROW("IsNaN", false, loop_is_nan, .logical = true),
    {{"IsInf", MM_OPERATOR_ELEMENTWISE, false}, OP_CHANNEL_NONE, run_is_inf, NULL},
    {{NULL}},
};
