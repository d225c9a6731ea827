/* BatchNormalization: each channel by the statistics that it was given. */
#include "operator/call.h"

#include <math.h>

struct affine {
    const struct mm_value *x, *scale, *bias, *mean, *variance;
    double epsilon;
};

static int params_of(const struct mm_operator_call *call, struct affine *a, struct mm_err *err)
{
    const struct mm_value **into[] = {&a->x, &a->scale, &a->bias, &a->mean, &a->variance};
    for (int k = 0; k < (int)MM_COUNT(into); k++) {
        *into[k] = op_need(call, k, err);
        if (!*into[k])
            return -1;
    }
    int64_t channels = a->x->shape.rank > 1 ? a->x->shape.dim[1] : 1;
    for (int k = 1; k < (int)MM_COUNT(into); k++) {
        if ((*into[k])->count != channels)
            return op_fail(call, err, MM_EARG, "input %d has %lld values for %lld channels", k,
                           (long long)(*into[k])->count, (long long)channels);
    }
    a->epsilon = op_float(call, "epsilon", 1e-5);
    return 0;
}

static int supported(const struct mm_operator_call *call, struct mm_err *err)
{
    if (call->output > 0 || op_int(call, "training_mode", 0) != 0)
        return op_fail(call, err, MM_EUNSUPPORTED, "training mode");
    if (op_opset(call) < 9 && op_int(call, "spatial", 1) == 0)
        return op_fail(call, err, MM_EUNSUPPORTED, "statistics of each place (spatial is 0)");
    return 0;
}

static void normalise(const struct affine *a, int64_t c, int64_t at, int64_t n, struct mm_value *value)
{
    double slope = op_get(a->scale, c) / sqrt(op_get(a->variance, c) + a->epsilon);
    double mean = op_get(a->mean, c), bias = op_get(a->bias, c);
    for (int64_t k = at; k < at + n; k++)
        op_put(value, k, (op_get(a->x, k) - mean) * slope + bias);
}

static int run_batch_norm(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct affine a = {0};
    if (supported(call, err) || params_of(call, &a, err) || op_new(call, a.x->dtype, &a.x->shape, value, err))
        return -1;
    int64_t channels = a.scale->count, inner = op_product(&a.x->shape, 2, a.x->shape.rank);
    for (int64_t at = 0, c = 0; at < value->count; at += inner, c = (c + 1) % channels) {
        if (op_stop(call, err))
            return -1;
        normalise(&a, c, at, inner, value);
    }
    return 0;
}

const struct op_row op_norm_rows[] = {
    {{"BatchNormalization", MM_OPERATOR_NORMALISATION, false}, OP_CHANNEL_ONE, run_batch_norm, NULL},
    {{NULL}},
};
