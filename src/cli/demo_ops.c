/* The demo's operators: one small function each, in float, and the INT8 linear. */
#include "cli/demo_net.h"

#include <math.h>
#include <string.h>

/* ---- element by element ---- */

static void run_input(const struct demo_call *call)
{
    (void)call; /* filled by whoever runs the network */
}

static void run_relu(const struct demo_call *call)
{
    const float *x = call->in[0]->data;
    for (size_t i = 0; i < call->out->count; i++)
        call->out->data[i] = x[i] < 0 ? 0 : x[i]; /* NaN passes */
}

/* x Phi(x), Phi the normal distribution function (Hendrycks and Gimpel 2016). */
static void run_gelu(const struct demo_call *call)
{
    const float *x = call->in[0]->data;
    for (size_t i = 0; i < call->out->count; i++)
        call->out->data[i] = 0.5f * x[i] * (1 + erff(x[i] * 0.70710678f));
}

static void run_sigmoid(const struct demo_call *call)
{
    const float *x = call->in[0]->data;
    for (size_t i = 0; i < call->out->count; i++)
        call->out->data[i] = 1 / (1 + expf(-x[i]));
}

static void run_pow(const struct demo_call *call)
{
    const float *x = call->in[0]->data;
    for (size_t i = 0; i < call->out->count; i++)
        call->out->data[i] = x[i] * x[i];
}

static void run_sqrt(const struct demo_call *call)
{
    const float *x = call->in[0]->data;
    for (size_t i = 0; i < call->out->count; i++)
        call->out->data[i] = sqrtf(x[i]);
}

/*
 * The second operand of an arithmetic operator, laid over the first: an input, or the operator's parameter.
 * It has the same shape, or one number a row (a mean), or one a column (gamma), or one in all (a constant).
 */
struct operand {
    const float *data;
    size_t row_step, column_step;
};

static struct operand second_operand(const struct demo_call *call)
{
    const struct demo_value *b = call->in[1] ? call->in[1] : call->param;
    return (struct operand){b->data, b->count == b->width ? 0 : b->width, b->width == 1 ? 0 : 1};
}

#define ARITHMETIC(name, operator)                                                                           \
    static void name(const struct demo_call *call)                                                           \
    {                                                                                                        \
        struct operand b = second_operand(call);                                                             \
        size_t width = call->out->width;                                                                     \
        for (size_t i = 0; i < call->out->count; i++) {                                                      \
            float right = b.data[i / width * b.row_step + i % width * b.column_step];                        \
            call->out->data[i] = call->in[0]->data[i] operator right;                                        \
        }                                                                                                    \
    }
ARITHMETIC(run_add, +)
ARITHMETIC(run_sub, -)
ARITHMETIC(run_mul, *)
ARITHMETIC(run_div, /)

/* ---- along the last axis ---- */

static void run_mean(const struct demo_call *call)
{
    const float *x = call->in[0]->data;
    size_t width = call->in[0]->width;
    for (size_t r = 0; r < call->out->count; r++, x += width) {
        float sum = 0;
        for (size_t c = 0; c < width; c++)
            sum += x[c];
        call->out->data[r] = sum / (float)width;
    }
}

static void softmax_row(const float *x, float *out, size_t width)
{
    float greatest = x[0], sum = 0;
    for (size_t c = 1; c < width; c++)
        greatest = x[c] > greatest ? x[c] : greatest;
    for (size_t c = 0; c < width; c++)
        sum += out[c] = expf(x[c] - greatest);
    for (size_t c = 0; c < width; c++)
        out[c] /= sum;
}

static void run_softmax(const struct demo_call *call)
{
    size_t width = call->out->width;
    for (size_t i = 0; i < call->out->count; i += width)
        softmax_row(call->in[0]->data + i, call->out->data + i, width);
}

/* out [rows, outputs] = x [rows, inputs] w [inputs, outputs] + bias [outputs] */
static void run_linear(const struct demo_call *call)
{
    size_t inputs = call->in[0]->width, outputs = call->out->width;
    const float *x = call->in[0]->data;
    for (float *y = call->out->data; y < call->out->data + call->out->count; y += outputs, x += inputs) {
        memcpy(y, call->bias->data, outputs * sizeof *y);
        for (size_t i = 0; i < inputs; i++)
            for (size_t o = 0; o < outputs; o++)
                y[o] += x[i] * call->param->data[i * outputs + o];
    }
}

/* ---- attention: head h of q, k and v [1, frames, heads * d] is the columns h * d .. h * d + d ---- */

/* scores [1, heads, frames, frames] = q kT in every head */
static void run_scores(const struct demo_call *call)
{
    const struct demo_value *q = call->in[0], *k = call->in[1];
    size_t heads = (size_t)call->out->shape.dim[1], frames = call->out->width, d = q->width / heads;
    float *out = call->out->data;
    for (size_t h = 0; h < heads; h++)
        for (size_t i = 0; i < frames; i++)
            for (size_t j = 0; j < frames; j++) {
                const float *a = q->data + i * q->width + h * d, *b = k->data + j * k->width + h * d;
                float sum = 0;
                for (size_t c = 0; c < d; c++)
                    sum += a[c] * b[c];
                *out++ = sum;
            }
}

/* context [1, frames, heads * d] = scores v in every head */
static void run_context(const struct demo_call *call)
{
    const struct demo_value *scores = call->in[0], *v = call->in[1];
    size_t heads = (size_t)scores->shape.dim[1], frames = scores->width, d = v->width / heads;
    for (size_t row = 0; row < heads * frames; row++) {
        size_t h = row / frames, i = row % frames;
        float *out = call->out->data + i * v->width + h * d;
        memset(out, 0, d * sizeof *out);
        for (size_t j = 0; j < frames; j++)
            for (size_t c = 0; c < d; c++)
                out[c] += scores->data[row * frames + j] * v->data[j * v->width + h * d + c];
    }
}

/* ---- convolutions ---- */

/* One output of a 3 x 3 convolution with zero padding; (y, x) is the input position under its centre. */
static float conv2d_at(const struct demo_value *in, const float *kernel, int64_t y, int64_t x)
{
    int64_t channels = in->shape.dim[1], height = in->shape.dim[2], width = in->shape.dim[3];
    float sum = 0;
    for (int64_t c = 0; c < channels; c++)
        for (int64_t i = 0; i < 9; i++) {
            int64_t row = y + i / 3 - 1, column = x + i % 3 - 1;
            if (row >= 0 && row < height && column >= 0 && column < width)
                sum += in->data[(c * height + row) * width + column] * kernel[c * 9 + i];
        }
    return sum;
}

/* The stride along an axis is what makes the shapes fit: input size / output size. */
static void run_conv2d(const struct demo_call *call)
{
    const struct demo_value *in = call->in[0];
    const int64_t *dim = call->out->shape.dim;
    int64_t down = in->shape.dim[2] / dim[2], along = in->shape.dim[3] / dim[3];
    float *out = call->out->data;
    for (int64_t o = 0; o < dim[1]; o++) {
        const float *kernel = call->param->data + o * in->shape.dim[1] * 9;
        for (int64_t y = 0; y < dim[2]; y++)
            for (int64_t x = 0; x < dim[3]; x++)
                *out++ = conv2d_at(in, kernel, y * down, x * along) + call->bias->data[o];
    }
}

/* out[t, c] = bias[c] + sum over k of x[t + k - size / 2, c] kernel[k, c], zeros before and after */
static void run_conv1d(const struct demo_call *call)
{
    const struct demo_value *in = call->in[0];
    size_t channels = in->width, frames = in->count / channels, size = call->param->count / channels;
    for (size_t t = 0; t < frames; t++) {
        float *out = call->out->data + t * channels;
        memcpy(out, call->bias->data, channels * sizeof *out);
        for (size_t k = 0; k < size; k++) {
            size_t from = t + k - size / 2; /* before the first frame it wraps to a huge number */
            for (size_t c = 0; from < frames && c < channels; c++)
                out[c] += in->data[from * channels + c] * call->param->data[k * channels + c];
        }
    }
}

/* [1, channels, frames, bands] to [1, frames, channels * bands] */
static void run_transpose(const struct demo_call *call)
{
    const struct demo_value *in = call->in[0];
    size_t channels = (size_t)in->shape.dim[1], frames = (size_t)in->shape.dim[2], bands = in->width;
    for (size_t c = 0; c < channels; c++)
        for (size_t t = 0; t < frames; t++)
            memcpy(call->out->data + (t * channels + c) * bands, in->data + (c * frames + t) * bands,
                   bands * sizeof *in->data);
}

/* ---- the table ---- */

static const struct demo_kind_info kinds[DEMO_KIND_COUNT] = {
    [DEMO_INPUT] = {"prim::Param", "mm.input", "Identity", run_input},
    [DEMO_CONV2D] = {"aten::_convolution", "mm.conv2d", "Conv", run_conv2d},
    [DEMO_CONV1D] = {"aten::_convolution", "mm.depthwise_conv1d", "Conv", run_conv1d},
    [DEMO_LINEAR] = {"aten::linear", "mm.matmul_bias", "Gemm", run_linear},
    [DEMO_TRANSPOSE] = {"aten::permute", "mm.permute", "Transpose", run_transpose},
    [DEMO_RELU] = {"aten::relu", "mm.relu", "Relu", run_relu},
    [DEMO_GELU] = {"aten::gelu", "mm.gelu", "Gelu", run_gelu},
    [DEMO_SIGMOID] = {"aten::sigmoid", "mm.sigmoid", "Sigmoid", run_sigmoid},
    [DEMO_SOFTMAX] = {"aten::softmax", "mm.softmax", "Softmax", run_softmax},
    [DEMO_SCORES] = {"aten::matmul", "mm.matmul", "MatMul", run_scores},
    [DEMO_CONTEXT] = {"aten::matmul", "mm.matmul", "MatMul", run_context},
    [DEMO_MEAN] = {"aten::mean", "mm.reduce_mean", "ReduceMean", run_mean},
    [DEMO_POW] = {"aten::pow", "mm.pow", "Pow", run_pow},
    [DEMO_SQRT] = {"aten::sqrt", "mm.sqrt", "Sqrt", run_sqrt},
    [DEMO_ADD] = {"aten::add", "mm.add", "Add", run_add},
    [DEMO_SUB] = {"aten::sub", "mm.sub", "Sub", run_sub},
    [DEMO_MUL] = {"aten::mul", "mm.mul", "Mul", run_mul},
    [DEMO_DIV] = {"aten::div", "mm.div", "Div", run_div},
};

const struct demo_kind_info *demo_kind_info(enum demo_kind kind)
{
    return &kinds[kind];
}

/* ---- INT8 ---- */

float demo_greatest(const struct demo_value *value)
{
    float greatest = 0;
    for (size_t i = 0; i < value->count; i++)
        greatest = fabsf(value->data[i]) > greatest ? fabsf(value->data[i]) : greatest;
    return greatest;
}

float demo_int8_scale(float greatest)
{
    return greatest > 0 && greatest < INFINITY ? greatest / 127 : 1;
}

static int8_t to_int8(float steps)
{
    if (isnan(steps))
        return 0;
    return (int8_t)lrintf(steps > 127 ? 127 : steps < -127 ? -127 : steps);
}

struct demo_int8 demo_int8_quantise(const struct demo_value *value, float scale, struct mm_arena *arena)
{
    struct demo_int8 quantised = {mm_arena_alloc(arena, value->count), scale};
    for (size_t i = 0; quantised.data && i < value->count; i++)
        quantised.data[i] = to_int8(value->data[i] / scale);
    return quantised;
}

/* A sum is at most inputs * 127 * 127 in size: 32 bits hold more than 130,000 inputs. */
void demo_linear_int8(const struct demo_call *call, const struct demo_int8 *x, const struct demo_int8 *w)
{
    size_t inputs = call->in[0]->width, outputs = call->out->width;
    for (size_t place = 0; place < call->out->count; place++) {
        size_t row = place / outputs, o = place % outputs;
        int32_t sum = 0;
        for (size_t i = 0; i < inputs; i++)
            sum += x->data[row * inputs + i] * w->data[i * outputs + o];
        call->out->data[place] = (float)sum * x->scale * w->scale + call->bias->data[o];
    }
}
