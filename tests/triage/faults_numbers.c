/* Faults in the numbers: formats, scales, ranges. */
#include "fault.h"

#include <stdlib.h>

void fault_times(const struct injection *in)
{
    for (size_t i = 0; i < in->call->out->count; i++)
        in->call->out->data[i] *= (float)in->amount;
}

static float bias_at(const struct demo_call *call, size_t i)
{
    if (!call->bias)
        return 0;
    const struct demo_value *out = call->out;
    if (out->shape.rank == 4) /* convolution: channels first */
        return call->bias->data[i / (size_t)(out->shape.dim[2] * out->shape.dim[3]) % call->bias->count];
    return call->bias->data[i % call->bias->count];
}

void fault_times_sum(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    for (size_t i = 0; i < out->count; i++) {
        float bias = bias_at(in->call, i);
        out->data[i] = (out->data[i] - bias) * (float)in->amount + bias;
    }
}

void fault_bias_lost(const struct injection *in)
{
    for (size_t i = 0; i < in->call->out->count; i++)
        in->call->out->data[i] -= bias_at(in->call, i);
}

/* ---- integers ---- */

static long clamp(double steps, long low, long high)
{
    return steps != steps ? 0 : steps < (double)low ? low : steps > (double)high ? high : lrint(steps);
}

/* value = (q - zero) * scale, q in low .. high */
struct grid {
    double scale;
    long zero, low, high;
};

static long to_grid(const struct grid *grid, double value)
{
    return clamp(value / grid->scale + (double)grid->zero, grid->low, grid->high);
}

static struct grid symmetric(const struct demo_value *value, int bits, double share)
{
    long highest = (1L << (bits - 1)) - 1;
    double greatest = demo_greatest(value) * share;
    return (struct grid){greatest > 0 ? greatest / (double)highest : 1, 0, -highest, highest};
}

static struct grid asymmetric(const struct demo_value *value)
{
    double low = 0, high = 0; /* zero is always a step */
    for (size_t i = 0; i < value->count; i++) {
        low = fmin(low, value->data[i]);
        high = fmax(high, value->data[i]);
    }
    double scale = high > low ? (high - low) / 255 : 1;
    return (struct grid){scale, lrint(-low / scale), 0, 255};
}

void fault_raw_int8(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    struct grid grid = symmetric(out, 8, 1);
    for (size_t i = 0; i < out->count; i++)
        out->data[i] = (float)(int8_t)to_grid(&grid, out->data[i]);
    out->dtype = in->how ? MM_I8 : out->dtype;
}

void fault_raw_uint8(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    struct grid grid = asymmetric(out);
    for (size_t i = 0; i < out->count; i++)
        out->data[i] = (float)(uint8_t)to_grid(&grid, out->data[i]);
    out->dtype = in->how ? MM_U8 : out->dtype;
}

void fault_zero_point(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    struct grid grid = asymmetric(out);
    for (size_t i = 0; i < out->count; i++)
        out->data[i] = (float)((double)(uint8_t)to_grid(&grid, out->data[i]) * grid.scale);
}

void fault_int8_as_uint8(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    struct grid grid = symmetric(out, 8, 1);
    for (size_t i = 0; i < out->count; i++) {
        int8_t q = (int8_t)to_grid(&grid, out->data[i]);
        out->data[i] = (float)((uint8_t)q * grid.scale);
    }
}

void fault_uint8_as_int8(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    struct grid grid = asymmetric(out);
    for (size_t i = 0; i < out->count; i++) {
        uint8_t q = (uint8_t)to_grid(&grid, out->data[i]);
        out->data[i] = (float)((int8_t)q * grid.scale);
    }
}

static void through(const struct grid *grid, struct demo_value *out)
{
    for (size_t i = 0; i < out->count; i++)
        out->data[i] = (float)((double)(to_grid(grid, out->data[i]) - grid->zero) * grid->scale);
}

void fault_quantise(const struct injection *in)
{
    struct grid grid = symmetric(in->call->out, in->how, 1);
    through(&grid, in->call->out);
}

void fault_clip(const struct injection *in)
{
    struct grid grid = symmetric(in->call->out, 8, in->amount);
    through(&grid, in->call->out);
}

/* As much of the sum as 16 bits hold; the range is chosen for a part of what is needed. */
void fault_accumulator_16(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    double step = demo_greatest(out) * in->amount / 32767;
    for (size_t i = 0; i < out->count; i++) {
        uint64_t sum = (uint64_t)llrint(out->data[i] / step);
        out->data[i] = (float)((int16_t)(uint16_t)sum * step);
    }
}

/* ---- half ---- */

void fault_clip_half(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    for (size_t i = 0; i < out->count; i++)
        out->data[i] = fmaxf(-65504, fminf(65504, out->data[i]));
}

void fault_flush(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    for (size_t i = 0; i < out->count; i++)
        if (fabsf(out->data[i]) < 0x1p-14f)
            out->data[i] = 0;
}

/* ---- a factor and an offset a channel: a batch norm folded with other statistics ---- */

void fault_affine(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    struct fault_axis at = fault_axis(out, in->how);
    float *factor = malloc((size_t)at.size * sizeof *factor),
          *offset = malloc((size_t)at.size * sizeof *offset);
    if (!factor || !offset)
        abort();
    double size = 0;
    for (size_t i = 0; i < out->count; i++)
        size += fabs(out->data[i]) / (double)out->count;
    for (int64_t c = 0; c < at.size; c++) {
        factor[c] = (float)exp(random_in(in->random, -in->amount, in->amount));
        offset[c] = (float)(random_in(in->random, -in->amount, in->amount) * size);
    }
    for (size_t i = 0; i < out->count; i++) {
        size_t c = i / (size_t)at.inner % (size_t)at.size;
        out->data[i] = out->data[i] * factor[c] + offset[c];
    }
    free(factor);
    free(offset);
}
