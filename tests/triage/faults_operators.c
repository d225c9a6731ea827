/* Operators that compute something else, or lose their range on the way. */
#include "fault.h"
#include "ops.h"

#include <stdlib.h>

void fault_relu(const struct injection *in)
{
    const float *x = in->call->in[0]->data;
    for (size_t i = 0; i < in->call->out->count; i++)
        in->call->out->data[i] = x[i] < 0 ? 0 : x[i];
}

void fault_leaky(const struct injection *in)
{
    const float *x = in->call->in[0]->data;
    for (size_t i = 0; i < in->call->out->count; i++)
        in->call->out->data[i] = x[i] < 0 ? x[i] * (float)in->amount : x[i];
}

void fault_silu(const struct injection *in)
{
    const float *x = in->call->in[0]->data;
    for (size_t i = 0; i < in->call->out->count; i++)
        in->call->out->data[i] = x[i] / (1 + expf(-x[i]));
}

void fault_tanh_sigmoid(const struct injection *in)
{
    const float *x = in->call->in[0]->data;
    for (size_t i = 0; i < in->call->out->count; i++)
        in->call->out->data[i] = fmaxf(0, fminf(1, x[i] / 6 + 0.5f));
}

void fault_softmax_columns(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    const float *x = in->call->in[0]->data;
    struct fault_axis at = fault_axis(out, -2);
    for (int64_t k = 0; k < at.outer * at.inner; k++) {
        int64_t first = k / at.inner * at.size * at.inner + k % at.inner;
        double greatest = -INFINITY, sum = 0;
        for (int64_t c = 0; c < at.size; c++)
            greatest = fmax(greatest, x[first + c * at.inner]);
        for (int64_t c = 0; c < at.size; c++)
            sum += exp(x[first + c * at.inner] - greatest);
        for (int64_t c = 0; c < at.size; c++)
            out->data[first + c * at.inner] = (float)(exp(x[first + c * at.inner] - greatest) / sum);
    }
}

void fault_transposed_weights(const struct injection *in)
{
    struct demo_value turned = *in->call->param;
    struct demo_call call = *in->call;
    size_t width = turned.width;
    if (turned.count != width * width)
        abort(); /* a row of the table that makes no sense */
    turned.data = fault_copy(call.param);
    for (size_t i = 0; i < turned.count; i++)
        turned.data[i] = call.param->data[i % width * width + i / width];
    call.param = &turned;
    demo_kind_info(DEMO_LINEAR)->run(&call);
    free(turned.data);
}

/* ---- convolution and pooling ---- */

static float window(const struct demo_value *in, const float *kernel, int64_t y, int64_t x)
{
    const int64_t *dim = in->shape.dim;
    float sum = 0;
    for (int64_t c = 0; c < dim[1]; c++)
        for (int64_t i = 0; i < 9; i++) {
            int64_t row = y + i / 3, column = x + i % 3;
            if (row < dim[2] && column < dim[3])
                sum += in->data[(c * dim[2] + row) * dim[3] + column] * kernel[c * 9 + i];
        }
    return sum;
}

/* 3 x 3, padded behind instead of around: the window begins where its centre should be. */
void fault_sample_late(const struct injection *in)
{
    const struct demo_call *call = in->call;
    const struct demo_value *x = call->in[0];
    const int64_t *dim = call->out->shape.dim;
    int64_t down = x->shape.dim[2] / dim[2], along = x->shape.dim[3] / dim[3];
    float *out = call->out->data;
    for (int64_t o = 0; o < dim[1]; o++)
        for (int64_t i = 0; i < dim[2] * dim[3]; i++)
            *out++ = call->bias->data[o] + window(x, call->param->data + o * x->shape.dim[1] * 9,
                                                  i / dim[3] * down, i % dim[3] * along);
}

void fault_epsilon(const struct injection *in)
{
    op_layer_norm_epsilon(in->call, (float)in->amount);
}

void fault_align_corners(const struct injection *in)
{
    op_upsample_corners(in->call);
}

void fault_max_for_mean(const struct injection *in)
{
    const struct demo_call *call = in->call;
    size_t each = call->in[0]->count / call->out->count;
    for (size_t c = 0; c < call->out->count; c++) {
        float most = call->in[0]->data[c * each];
        for (size_t i = 1; i < each; i++)
            most = fmaxf(most, call->in[0]->data[c * each + i]);
        call->out->data[c] = most;
    }
}

/* ---- what is kept in half inside an operator ---- */

static double half(double value)
{
    return mm_half_to_float(mm_float_to_half((float)value));
}

/* Where the sum of squares is Inf, 1 / root is 0: the row is beta. */
static void norm_half(const struct demo_call *call, const float *x, float *out, size_t width)
{
    double sum = 0, square = 0;
    for (size_t c = 0; c < width; c++)
        sum += x[c];
    for (size_t c = 0; c < width; c++)
        square += half(pow(half(x[c] - sum / (double)width), 2));
    double factor = half(1 / sqrt(half(square / (double)width) + 1e-5));
    for (size_t c = 0; c < width; c++)
        out[c] = (float)((x[c] - sum / (double)width) * factor) * call->param->data[c] + call->bias->data[c];
}

static float mean_half(const float *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i];
    return (float)(half(sum) / (double)count);
}

static float length_half(const float *x, size_t count)
{
    double square = 0;
    for (size_t i = 0; i < count; i++)
        square += half((double)x[i] * x[i]);
    return (float)sqrt(half(square));
}

void fault_inner_half(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    const struct demo_value *x = in->call->in[0];
    size_t each = x->count / out->count;
    if (in->how == INNER_NORM)
        for (size_t row = 0; row < out->count; row += out->width)
            norm_half(in->call, x->data + row, out->data + row, out->width);
    for (size_t i = 0; in->how != INNER_NORM && i < out->count; i++)
        out->data[i] = in->how == INNER_MEAN ? mean_half(x->data + i * each, each)
                                             : length_half(x->data + i * each, each);
}
