/* Operators with weights: whole, and at some positions. */
#include "operator/linear.h"

#include <stdlib.h>
#include <string.h>

struct how {
    op_linear_prepare prepare;
};

/* Four sums, so that an addition need not wait for the one before. */
static double dot_floats(const double *part, const float *v, int64_t step, int64_t n)
{
    double sum[4] = {0};
    int64_t k = 0;
    for (; k + 4 <= n; k += 4, v += 4 * step) {
        sum[0] += part[k] * (double)v[0];
        sum[1] += part[k + 1] * (double)v[step];
        sum[2] += part[k + 2] * (double)v[2 * step];
        sum[3] += part[k + 3] * (double)v[3 * step];
    }
    for (; k < n; k++, v += step)
        sum[0] += part[k] * (double)*v;
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

double op_dot(const struct op_linear *linear, const double *part, const struct mm_value *value, int64_t at,
              int64_t step, int64_t n)
{
    double sum = 0;
    if (value->f && step == 1)
        return linear->loops->dot_float(part, value->f + at, (size_t)n);
    if (value->f)
        return dot_floats(part, value->f + at, step, n);
    for (int64_t k = 0; k < n; k++)
        sum += part[k] * (double)value->i[at + k * step];
    return sum;
}

int op_linear_inputs(const struct mm_operator_call *call, struct op_linear *linear, struct mm_err *err)
{
    *linear = (struct op_linear){.x = op_need(call, 0, err), .alpha = 1, .beta = 1};
    linear->w = linear->x ? op_need(call, 1, err) : NULL;
    linear->bias = op_input(call, 2);
    return linear->w ? 0 : -1;
}

static void done(struct op_linear *linear)
{
    free(linear->part);
    free(linear->place);
}

static int prepare(const struct mm_operator_call *call, struct op_linear *linear, struct mm_err *err)
{
    const struct op_row *row = op_row_of(call->node);
    if (!row || row->is.kind != MM_OPERATOR_LINEAR)
        return op_fail(call, err, MM_EUNSUPPORTED, "not an operator with weights");
    const struct how *how = row->how;
    if (op_check_inputs(call, err) || how->prepare(call, linear, err))
        return -1;
    linear->loops = mm_rounders();
    linear->part = calloc((size_t)linear->length + 1, sizeof *linear->part);
    linear->place = calloc(3 * (size_t)linear->taps + 1, sizeof *linear->place);
    if (linear->part && linear->place) {
        linear->apart = linear->place + 2 * linear->taps;
        if (linear->begin)
            linear->begin(linear);
        return 0;
    }
    done(linear);
    return mm_fail_memory(err);
}

/* ---- whole --------------------------------------------------------------------------------------------- */

static int run_bundles(const struct mm_operator_call *call, struct op_linear *linear, struct mm_value *value,
                       struct mm_err *err)
{
    for (int64_t bundle = 0; bundle < linear->bundles && value->count > 0; bundle++) {
        if (op_stop(call, err))
            return -1;
        linear->load(linear, bundle);
        for (int64_t member = 0; member < linear->members; member++) {
            int64_t at = linear->position_of(linear, bundle, member);
            op_put(value, at, linear->value(linear, at));
        }
    }
    return 0;
}

static int run_linear(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    struct op_linear linear;
    if (prepare(call, &linear, err))
        return -1;
    int rc = op_new(call, linear.x->dtype, &linear.shape, value, err);
    if (rc == 0)
        rc = run_bundles(call, &linear, value, err);
    done(&linear);
    return rc;
}

int mm_operator_linear_shape(const struct mm_operator_call *call, struct mm_shape *shape, struct mm_err *err)
{
    struct op_linear linear;
    if (prepare(call, &linear, err))
        return -1;
    *shape = linear.shape;
    done(&linear);
    return 0;
}

/* ---- a sample ------------------------------------------------------------------------------------------ */

static int sample(const struct mm_operator_call *call, struct op_linear *linear, const int64_t *position,
                  size_t count, double *result, struct mm_err *err)
{
    int64_t total = mm_shape_count(&linear->shape), loaded = -1;
    for (size_t k = 0; k < count; k++) {
        if (op_stop(call, err))
            return -1;
        if (position[k] < 0 || position[k] >= total)
            return op_fail(call, err, MM_EARG, "position %lld of %lld", (long long)position[k],
                           (long long)total);
        int64_t bundle = linear->bundle_of(linear, position[k]);
        if (bundle != loaded)
            linear->load(linear, bundle);
        loaded = bundle;
        result[k] = linear->value(linear, position[k]);
    }
    return 0;
}

int mm_operator_sample(const struct mm_operator_call *call, const int64_t *position, size_t count,
                       double *result, struct mm_err *err)
{
    struct op_linear linear;
    if (prepare(call, &linear, err))
        return -1;
    int rc = sample(call, &linear, position, count, result, err);
    done(&linear);
    return rc;
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
    ROW("Einsum", OP_CHANNEL_NONE, op_prepare_einsum),
    {{NULL}},
};

/* ---- positions ----------------------------------------------------------------------------------------- */

#define MEMBERS_MOST 32 /* of a bundle: enough to be worth a load, few enough to see many bundles */

/* The output function of the SplitMix64 generator (Steele, Lea, Flood 2014), as a hash of k. */
static uint64_t scramble(uint64_t k)
{
    k = (k + 1) * UINT64_C(0x9e3779b97f4a7c15);
    k = (k ^ k >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    k = (k ^ k >> 27) * UINT64_C(0x94d049bb133111eb);
    return k ^ k >> 31;
}

/* Number `k` of `count` different ones of 0 .. total - 1, ascending: one drawn from each of `count` stretches. */
static int64_t draw(int64_t total, int64_t count, int64_t k, uint64_t seed)
{
    int64_t length = total / count, longer = total % count; /* the first `longer` have one more */
    int64_t own = length + (k < longer);
    int64_t first = k * length + (k < longer ? k : longer);
    return first + (int64_t)(scramble(seed + (uint64_t)k) % (uint64_t)own);
}

static size_t choose(const struct op_linear *l, size_t most, int64_t *position)
{
    int64_t total = mm_shape_count(&l->shape), count = (uint64_t)total < most ? total : (int64_t)most;
    if (count == 0)
        return 0;
    int64_t members = l->members < MEMBERS_MOST ? l->members : MEMBERS_MOST;
    members = members < count ? members : count;
    int64_t bundles = count / members < l->bundles ? count / members : l->bundles;
    members = count / bundles < l->members ? count / bundles : l->members;
    size_t n = 0;
    for (int64_t b = 0; b < bundles; b++) {
        int64_t bundle = draw(l->bundles, bundles, b, 0);
        for (int64_t m = 0; m < members; m++)
            position[n++] = l->position_of(l, bundle, draw(l->members, members, m, (uint64_t)(b + 1) << 32));
    }
    return n;
}

int mm_operator_positions(const struct mm_operator_call *call, size_t most, int64_t *position, size_t *count,
                          struct mm_err *err)
{
    struct op_linear linear;
    if (prepare(call, &linear, err))
        return -1;
    *count = choose(&linear, most, position);
    done(&linear);
    return 0;
}
