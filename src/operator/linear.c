/* Operators with weights: whole, and at some positions. */
#include "operator/linear.h"

struct how {
    op_linear_prepare prepare;
};

double op_dot(const struct op_linear *linear, int64_t at_x, int64_t step_x, int64_t at_w, int64_t step_w,
              int64_t n)
{
    double sum = 0;
    if (linear->x->f && linear->w->f) {
        const float *x = linear->x->f + at_x, *w = linear->w->f + at_w;
        for (int64_t k = 0; k < n; k++)
            sum += (double)x[k * step_x] * (double)w[k * step_w];
        return sum;
    }
    for (int64_t k = 0; k < n; k++)
        sum += op_get(linear->x, at_x + k * step_x) * op_get(linear->w, at_w + k * step_w);
    return sum;
}

int op_linear_inputs(const struct mm_operator_call *call, struct op_linear *linear, struct mm_err *err)
{
    *linear = (struct op_linear){.x = op_need(call, 0, err), .alpha = 1, .beta = 1};
    linear->w = linear->x ? op_need(call, 1, err) : NULL;
    linear->bias = op_input(call, 2);
    return linear->w ? 0 : -1;
}

static int prepare(const struct mm_operator_call *call, struct op_linear *linear, struct mm_err *err)
{
    const struct op_row *row = op_row_of(call->node);
    if (!row || row->is.kind != MM_OPERATOR_LINEAR)
        return op_fail(call, err, MM_EUNSUPPORTED, "not an operator with weights");
    const struct how *how = row->how;
    return how->prepare(call, linear, err);
}

static int run_linear(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct op_linear linear;
    if (prepare(call, &linear, err) || op_new(call, linear.x->dtype, &linear.shape, value, err))
        return -1;
    for (int64_t at = 0; at < value->count; at++) {
        if (op_stop(call, err))
            return -1;
        op_put(value, at, linear.at(&linear, at));
    }
    return 0;
}

int mm_operator_linear_shape(const struct mm_operator_call *call, struct mm_shape *shape, struct mm_err *err)
{
    struct op_linear linear;
    if (prepare(call, &linear, err))
        return -1;
    *shape = linear.shape;
    return 0;
}

int mm_operator_sample(const struct mm_operator_call *call, const int64_t *position, size_t count,
                       double *result, struct mm_err *err)
{
    struct op_linear linear;
    if (prepare(call, &linear, err))
        return -1;
    int64_t total = mm_shape_count(&linear.shape);
    for (size_t k = 0; k < count; k++) {
        if (op_stop(call, err))
            return -1;
        if (position[k] < 0 || position[k] >= total)
            return op_fail(call, err, MM_EARG, "position %lld of %lld", (long long)position[k],
                           (long long)total);
        result[k] = linear.at(&linear, position[k]);
    }
    return 0;
}

/* ---- positions ----------------------------------------------------------------------------------------- */

/* The output function of the SplitMix64 generator (Steele, Lea, Flood 2014), as a hash of k. */
static uint64_t scramble(uint64_t k)
{
    k = (k + 1) * UINT64_C(0x9e3779b97f4a7c15);
    k = (k ^ k >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    k = (k ^ k >> 27) * UINT64_C(0x94d049bb133111eb);
    return k ^ k >> 31;
}

size_t mm_operator_positions(int64_t total, size_t count, int64_t *position)
{
    if (total <= 0)
        return 0;
    if ((uint64_t)total < count)
        count = (size_t)total;
    int64_t length = count ? total / (int64_t)count : 0, longer = count ? total % (int64_t)count : 0;
    for (size_t k = 0; k < count; k++) {
        /* the first `longer` stretches have one position more */
        int64_t before = (int64_t)k < longer ? (int64_t)k : longer, own = length + ((int64_t)k < longer);
        position[k] = (int64_t)k * length + before + (int64_t)(scramble(k) % (uint64_t)own);
    }
    return count;
}

#define ROW(type, channel, prepare)                                                                          \
    {                                                                                                        \
        {type, MM_OPERATOR_LINEAR, false}, channel, run_linear, &(const struct how)                          \
        {                                                                                                    \
            prepare                                                                                          \
        }                                                                                                    \
    }

const struct op_row op_linear_rows[] = {
    ROW("Conv", OP_CHANNEL_ONE, op_prepare_conv),
    ROW("ConvTranspose", OP_CHANNEL_ONE, op_prepare_conv_transpose),
    ROW("Gemm", OP_CHANNEL_MATRIX, op_prepare_gemm),
    ROW("MatMul", OP_CHANNEL_MATRIX, op_prepare_matmul),
    {{NULL}},
};
