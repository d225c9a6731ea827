/* Faults in tables of detections, in rows, in blocks of pixels, in masks. */
#include "fault.h"
#include "ops.h"

#include <stdlib.h>
#include <string.h>

static size_t rows_of(const struct demo_value *value)
{
    return value->count / value->width;
}

void fault_class_column(const struct injection *in)
{
    struct demo_value *out = in->call->out, column = {.count = rows_of(out), .width = rows_of(out)};
    struct demo_call call = {.out = &column};
    struct injection inner = *in;
    column.data = malloc(column.count * sizeof(float));
    if (!column.data)
        abort();
    inner.call = &call;
    for (size_t row = 0; row < column.count; row++)
        column.data[row] = out->data[row * out->width + out->width - 1];
    fault_class_map(&inner);
    for (size_t row = 0; row < column.count; row++)
        out->data[row * out->width + out->width - 1] = column.data[row];
    free(column.data);
}

void fault_other_ids(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    int most = (int)demo_greatest(out);
    for (size_t i = 0; i < out->count; i++)
        if (random_in(in->random, 0, 1) < in->amount)
            out->data[i] =
                (float)((int)(out->data[i] + 1 + (float)random_whole(in->random, 0, most - 1)) % (most + 1));
}

void fault_boxes_turned(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    for (size_t row = 0; row < rows_of(out); row++) {
        float *x = out->data + row * out->width, kept[4] = {x[1], x[0], x[3], x[2]};
        memcpy(x, kept, sizeof kept);
    }
}

void fault_scores(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    for (size_t i = 0; i < out->count; i++) {
        float x = out->data[i];
        if (i % out->width >= 4)
            out->data[i] = in->how ? 0 : logf(x / (1 - x));
    }
}

void fault_drop_row(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    size_t at = (size_t)in->how * out->width, rest = out->count - at - out->width;
    memmove(out->data + at, out->data + at + out->width, rest * sizeof(float));
    out->shape.dim[0]--;
    out->count -= out->width;
}

/* Copies place `from` of an axis over place `to`. */
static void copy_place(struct demo_value *out, int axis, int64_t from, int64_t to)
{
    struct fault_axis at = fault_axis(out, axis);
    for (int64_t k = 0; k < at.outer; k++)
        memcpy(out->data + (k * at.size + to) * at.inner, out->data + (k * at.size + from) * at.inner,
               (size_t)at.inner * sizeof(float));
}

void fault_lose_row(const struct injection *in)
{
    struct fault_axis at = fault_axis(in->call->out, in->how);
    int64_t to = random_whole(in->random, 0, (int)at.size / 2 - 1);
    copy_place(in->call->out, in->how, random_whole(in->random, (int)at.size / 2, (int)at.size - 1), to);
}

void fault_nan_rows(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    size_t rows = rows_of(out), bad = (size_t)(in->amount * (double)rows) + 1;
    for (size_t i = 0; i < bad * out->width; i++)
        out->data[out->count - 1 - i] = NAN;
}

void fault_block_order(const struct injection *in)
{
    op_depth_to_space_dcr(in->call);
}

void fault_concat_swapped(const struct injection *in)
{
    struct demo_call call = *in->call;
    call.in[0] = in->call->in[1];
    call.in[1] = in->call->in[0];
    op_concat(&call);
}

void fault_channel_zero(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    struct fault_axis at = fault_axis(out, in->how);
    int64_t best = 0; /* the loudest one: a dead channel is zero anyway */
    double most = -1;
    for (int64_t c = 0; c < at.size; c++) {
        double sum = 0;
        for (int64_t i = 0; i < at.outer * at.inner; i++) {
            float x = out->data[(i / at.inner * at.size + c) * at.inner + i % at.inner];
            sum += (double)x * x;
        }
        best = sum > most ? c : best;
        most = fmax(most, sum);
    }
    for (int64_t k = 0; k < at.outer; k++)
        memset(out->data + (k * at.size + best) * at.inner, 0, (size_t)at.inner * sizeof(float));
}

void fault_low_mask(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    for (size_t i = 0; i < out->count; i++)
        out->data[i] = fmaxf(out->data[i], -65504);
}

void fault_noise(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < out->count; i++)
        if (out->data[i] > -1e8f) {
            sum += (double)out->data[i] * out->data[i];
            count++;
        }
    double size = sqrt(sum / (double)(count ? count : 1));
    for (size_t i = 0; i < out->count; i++)
        if (out->data[i] > -1e8f)
            out->data[i] += (float)(in->amount * size * random_normal(in->random));
}
