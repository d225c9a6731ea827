/* Faults that the values of one tensor tell: integers that wrap, signs, borders, samples of a batch, masks, single
 * values. */
#include "fault.h"

#include <stdlib.h>
#include <string.h>

/* ---- integers without saturation ---- */

/* The low bits of a code; with a sign, as two's complement has it. */
static long low_bits(double code, int bits, int with_sign)
{
    long mask = (1L << bits) - 1, low = lrint(code) & mask;
    return with_sign && low > mask / 2 ? low - mask - 1 : low;
}

void fault_wrap(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    int bits = in->how < 0 ? -in->how : in->how, with_sign = in->how > 0;
    double codes = with_sign ? ldexp(1, bits - 1) - 1 : ldexp(1, bits) - 1;
    double step = demo_greatest(out) * in->amount / codes;
    for (size_t i = 0; i < out->count; i++)
        out->data[i] = (float)((double)low_bits(out->data[i] / step, bits, with_sign) * step);
}

void fault_clip_ends(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    double low = 0, high = 0;
    for (size_t i = 0; i < out->count; i++) {
        low = fmin(low, out->data[i] * in->amount);
        high = fmax(high, out->data[i] * in->amount);
    }
    double step = (high - low) / 255, zero = rint(-low / step);
    for (size_t i = 0; i < out->count; i++)
        out->data[i] = (float)((fmin(255, fmax(0, rint(out->data[i] / step) + zero)) - zero) * step);
}

/* ---- signs ---- */

void fault_signs(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    struct fault_axis at = fault_axis(out, in->how);
    int64_t turned = (int64_t)fmax(1, in->amount * (double)at.size);
    int64_t first = random_whole(in->random, 0, (int)(at.size - 1));
    for (size_t i = 0; i < out->count; i++) {
        int64_t c = (int64_t)i / at.inner % at.size, place = (c - first + at.size) % at.size;
        if (place < turned)
            out->data[i] = -out->data[i];
    }
}

void fault_magnitude(const struct injection *in)
{
    for (size_t i = 0; i < in->call->out->count; i++)
        in->call->out->data[i] = fabsf(in->call->out->data[i]);
}

/* ---- borders ---- */

static int64_t inside(int64_t at, int64_t size)
{
    return at < 0 ? 0 : at >= size ? size - 1 : at;
}

/* One value of a 3 x 3 convolution; outside lies the nearest value (how 0), or `amount`. */
static float padded_at(const struct injection *in, const float *kernel, int64_t y, int64_t x)
{
    const struct demo_value *from = in->call->in[0];
    const int64_t *dim = from->shape.dim;
    double sum = 0;
    for (int64_t c = 0; c < dim[1]; c++)
        for (int64_t k = 0; k < 9; k++) {
            int64_t row = y + k / 3 - 1, column = x + k % 3 - 1;
            int64_t near_row = inside(row, dim[2]), near_column = inside(column, dim[3]);
            float value = from->data[(c * dim[2] + near_row) * dim[3] + near_column];
            if (in->how && (row != near_row || column != near_column))
                value = (float)in->amount;
            sum += (double)value * kernel[c * 9 + k];
        }
    return (float)sum;
}

void fault_padding(const struct injection *in)
{
    const struct demo_call *call = in->call;
    const int64_t *dim = call->out->shape.dim, *from = call->in[0]->shape.dim;
    for (int64_t i = 0, area = dim[2] * dim[3]; i < dim[1] * area; i++) {
        const float *kernel = call->param->data + i / area * from[1] * 9;
        int64_t y = i % area / dim[3] * (from[2] / dim[2]), x = i % dim[3] * (from[3] / dim[3]);
        bool rim = y == 0 || x == 0 || y >= from[2] - 1 || x >= from[3] - 1;
        if (rim) /* the inside is computed as it was */
            call->out->data[i] = padded_at(in, kernel, y, x) + call->bias->data[i / area];
    }
}

/* ---- samples of a batch ---- */

void fault_sample(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    int64_t count = out->shape.dim[0];
    size_t each = out->count / (size_t)count;
    size_t first = (size_t)random_whole(in->random, 0, (int)count - 2);
    float *a = out->data + first * each, *b = a + each, *old = fault_copy(out);
    switch (in->how) {
    case 0: memset(b, 0, each * sizeof *b); break;
    case 1:
        memcpy(a, old + (first + 1) * each, each * sizeof *a);
        memcpy(b, old + first * each, each * sizeof *b);
        break;
    case 2: memcpy(b, a, each * sizeof *b); break;
    case 3:
        for (size_t i = 0; i < each; i++)
            b[i] = (float)(in->amount * random_normal(in->random));
        break;
    }
    free(old);
}

/* ---- masks, single values ---- */

void fault_mask(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    size_t width = out->width;
    for (size_t i = 0; i < out->count; i++)
        if (in->how ? i % width == i / width % width && i / width % width > 0
                    : i % width >= width - (size_t)in->amount && i / width % width != i % width)
            out->data[i] = -INFINITY;
}

void fault_single(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    double most = demo_greatest(out);
    size_t count = (size_t)in->amount;
    for (size_t k = 0; k < count; k++) { /* each in a part of its own, so that none are neighbours */
        size_t part = out->count / count;
        size_t at = k * part + (size_t)random_whole(in->random, 0, (int)(part / 2));
        out->data[at] += (float)(out->data[at] < 0 ? 1.5 * most : -1.5 * most);
    }
}
