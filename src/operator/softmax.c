/* Softmax and its kin: functions of a line. */
#include "operator/lines.h"

#include <math.h>

static double greatest(const double *x, int64_t n)
{
    double most = -HUGE_VAL;
    for (int64_t k = 0; k < n; k++)
        most = x[k] > most || isnan(x[k]) ? x[k] : most;
    return most;
}

static void softmax(const void *context, int64_t line, double *x, int64_t n)
{
    double most = greatest(x, n), sum = 0;
    (void)context;
    (void)line;
    for (int64_t k = 0; k < n; k++) {
        x[k] = exp(x[k] - most);
        sum += x[k];
    }
    for (int64_t k = 0; k < n; k++)
        x[k] /= sum;
}

static void log_softmax(const void *context, int64_t line, double *x, int64_t n)
{
    double most = greatest(x, n), sum = 0;
    (void)context;
    (void)line;
    for (int64_t k = 0; k < n; k++)
        sum += exp(x[k] - most);
    for (int64_t k = 0; k < n; k++)
        x[k] -= most + log(sum);
}

/* 1 for the first of the greatest, 0 for the rest. */
static void hardmax(const void *context, int64_t line, double *x, int64_t n)
{
    double most = greatest(x, n);
    bool found = false;
    (void)context;
    (void)line;
    for (int64_t k = 0; k < n; k++) {
        bool here = !found && x[k] == most;
        x[k] = here;
        found = found || here;
    }
}

/* Before opset 13 a line is all axes from `axis` (1) on; since then it is that axis (the last) alone. */
static int run(const struct mm_operator_call *call, op_line change, struct mm_value *value,
               struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    bool rest = op_opset(call) < 13;
    struct op_lines lines;
    int axis;
    if (!x)
        return -1;
    int rank = x->shape.rank;
    if (op_axis(call, rest ? rank > 1 : -1, rank, rest, &axis, err) ||
        op_new(call, x->dtype, &x->shape, value, err))
        return -1;
    op_lines_init(&lines, x, rest ? op_axes_between(axis, rank) : 1u << axis);
    return op_lines_map(call, &lines, change, NULL, value, err);
}

static int run_softmax(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    return run(call, softmax, value, err);
}

static int run_log_softmax(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    return run(call, log_softmax, value, err);
}

static int run_hardmax(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    return run(call, hardmax, value, err);
}

const struct op_row op_softmax_rows[] = {
    {{"Softmax", MM_OPERATOR_SOFTMAX, false}, OP_CHANNEL_NONE, run_softmax, NULL},
    {{"LogSoftmax", MM_OPERATOR_SOFTMAX, false}, OP_CHANNEL_NONE, run_log_softmax, NULL},
    {{"Hardmax", MM_OPERATOR_SOFTMAX, false}, OP_CHANNEL_NONE, run_hardmax, NULL},
    {{NULL}},
};
