#include "ops.h"

#include <math.h>
#include <string.h>

void op_layer_norm_epsilon(const struct demo_call *call, float epsilon)
{
    size_t width = call->out->width;
    for (size_t row = 0; row < call->out->count; row += width) {
        const float *x = call->in[0]->data + row;
        double sum = 0, square = 0;
        for (size_t c = 0; c < width; c++)
            sum += x[c];
        for (size_t c = 0; c < width; c++)
            square += pow(x[c] - sum / (double)width, 2);
        double factor = 1 / sqrt(square / (double)width + epsilon);
        for (size_t c = 0; c < width; c++)
            call->out->data[row + c] =
                (float)((x[c] - sum / (double)width) * factor) * call->param->data[c] + call->bias->data[c];
    }
}

void op_layer_norm(const struct demo_call *call)
{
    op_layer_norm_epsilon(call, 1e-5f);
}

void op_global_mean(const struct demo_call *call)
{
    size_t each = call->in[0]->count / call->out->count;
    for (size_t c = 0; c < call->out->count; c++) {
        double sum = 0;
        for (size_t i = 0; i < each; i++)
            sum += call->in[0]->data[c * each + i];
        call->out->data[c] = (float)(sum / (double)each);
    }
}

void op_length(const struct demo_call *call)
{
    size_t width = call->in[0]->width;
    for (size_t row = 0; row < call->out->count; row++) {
        double square = 0;
        for (size_t c = 0; c < width; c++)
            square += pow(call->in[0]->data[row * width + c], 2);
        call->out->data[row] = (float)sqrt(square);
    }
}

/* ---- resize ---- */

/* Where an output place falls on the input: a place and how far it is to the next one. */
struct between {
    int64_t low, high;
    float part;
};

static struct between between(float place, int64_t size)
{
    place = place < 0 ? 0 : place > (float)(size - 1) ? (float)(size - 1) : place;
    int64_t low = (int64_t)place;
    return (struct between){low, low + 1 < size ? low + 1 : low, place - (float)low};
}

static float map_back(int64_t to, int64_t size, bool corners)
{
    if (corners)
        return (float)to * (float)(size - 1) / (float)(2 * size - 1);
    return ((float)to + 0.5f) / 2 - 0.5f;
}

static void upsample(const struct demo_call *call, bool corners)
{
    const int64_t *dim = call->in[0]->shape.dim;
    float *out = call->out->data;
    for (int64_t c = 0; c < dim[1]; c++) {
        const float *plane = call->in[0]->data + c * dim[2] * dim[3];
        for (int64_t y = 0; y < 2 * dim[2]; y++)
            for (int64_t x = 0; x < 2 * dim[3]; x++) {
                struct between v = between(map_back(y, dim[2], corners), dim[2]);
                struct between h = between(map_back(x, dim[3], corners), dim[3]);
                const float *upper = plane + v.low * dim[3], *lower = plane + v.high * dim[3];
                float above = upper[h.low] + h.part * (upper[h.high] - upper[h.low]);
                float below = lower[h.low] + h.part * (lower[h.high] - lower[h.low]);
                *out++ = above + v.part * (below - above);
            }
    }
}

void op_upsample(const struct demo_call *call)
{
    upsample(call, false);
}

void op_upsample_corners(const struct demo_call *call)
{
    upsample(call, true);
}

/* ---- attention, outputs ---- */

void op_mask(const struct demo_call *call)
{
    size_t width = call->out->width;
    for (size_t i = 0; i < call->out->count; i++)
        call->out->data[i] = i % width > i / width % width ? -INFINITY : call->in[0]->data[i];
}

void op_columns(const struct demo_call *call)
{
    size_t from = (size_t)call->param->data[0], wide = call->in[0]->width, width = call->out->width;
    for (size_t row = 0; row < call->out->count / width; row++)
        memcpy(call->out->data + row * width, call->in[0]->data + row * wide + from, width * sizeof(float));
}

void op_arg_max(const struct demo_call *call)
{
    size_t width = call->in[0]->width;
    for (size_t row = 0; row < call->out->count; row++) {
        const float *x = call->in[0]->data + row * width;
        size_t best = 0;
        for (size_t c = 1; c < width; c++)
            best = x[c] > x[best] ? c : best;
        call->out->data[row] = (float)best;
    }
}

void op_reduce_max(const struct demo_call *call)
{
    size_t width = call->in[0]->width;
    for (size_t row = 0; row < call->out->count; row++) {
        const float *x = call->in[0]->data + row * width;
        float most = x[0];
        for (size_t c = 1; c < width; c++)
            most = fmaxf(most, x[c]);
        call->out->data[row] = most;
    }
}

void op_sort_rows(const struct demo_call *call)
{
    enum { SCORE = 4, WIDTH_MOST = 8 };
    size_t width = call->out->width, rows = call->out->count / width;
    float *out = call->out->data, row[WIDTH_MOST];
    memcpy(out, call->in[0]->data, call->out->count * sizeof *out);
    for (size_t i = 1; i < rows; i++) { /* insertion: stable */
        memcpy(row, out + i * width, width * sizeof *row);
        size_t to = i;
        for (; to > 0 && out[(to - 1) * width + SCORE] < row[SCORE]; to--)
            memcpy(out + to * width, out + (to - 1) * width, width * sizeof *row);
        memcpy(out + to * width, row, width * sizeof *row);
    }
}

void op_to_planes(const struct demo_call *call)
{
    const int64_t *dim = call->out->shape.dim; /* 1, C, H, W */
    size_t channels = (size_t)dim[1], pixels = (size_t)(dim[2] * dim[3]);
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < pixels; i++)
            call->out->data[c * pixels + i] = call->in[0]->data[i * channels + c] / 255;
}

/* ---- pixels, rows ---- */

void op_copy(const struct demo_call *call)
{
    memcpy(call->out->data, call->in[0]->data, call->out->count * sizeof(float));
}

static void depth_to_space(const struct demo_call *call, bool crd)
{
    const int64_t *dim = call->out->shape.dim; /* 1, C, 2 H, 2 W */
    int64_t channels = dim[1], height = dim[2], width = dim[3];
    for (int64_t c = 0; c < channels; c++)
        for (int64_t y = 0; y < height; y++)
            for (int64_t x = 0; x < width; x++) {
                int64_t block = y % 2 * 2 + x % 2;
                int64_t from = crd ? c * 4 + block : block * channels + c;
                call->out->data[(c * height + y) * width + x] =
                    call->in[0]->data[(from * (height / 2) + y / 2) * (width / 2) + x / 2];
            }
}

void op_depth_to_space(const struct demo_call *call)
{
    depth_to_space(call, true);
}

void op_depth_to_space_dcr(const struct demo_call *call)
{
    depth_to_space(call, false);
}

void op_concat(const struct demo_call *call)
{
    size_t first = call->in[0]->count;
    memcpy(call->out->data, call->in[0]->data, first * sizeof(float));
    memcpy(call->out->data + first, call->in[1]->data, call->in[1]->count * sizeof(float));
}

void op_embed(const struct demo_call *call)
{
    size_t width = call->param->width;
    for (size_t i = 0; i < call->in[0]->count; i++)
        memcpy(call->out->data + i * width, call->param->data + (size_t)call->in[0]->data[i] * width,
               width * sizeof(float));
}

void op_low_mask(const struct demo_call *call)
{
    size_t width = call->out->width;
    for (size_t i = 0; i < call->out->count; i++)
        call->out->data[i] = call->in[0]->data[i] + (i % width > i / width % width ? -1e9f : 0);
}
