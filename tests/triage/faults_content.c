/* Faults in what a tensor holds: nothing, one value, another tensor, a part; an image prepared otherwise. */
#include "fault.h"

#include <stdlib.h>
#include <string.h>

void fault_zero(const struct injection *in)
{
    memset(in->call->out->data, 0, in->call->out->count * sizeof(float));
}

void fault_constant(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    float value = in->how ? out->data[0] : (float)in->amount;
    for (size_t i = 0; i < out->count; i++)
        out->data[i] = value;
}

void fault_stale(const struct injection *in)
{
    const struct demo_value *out = in->call->out, *taken = in->other;
    for (int i = 0; !taken && i < DEMO_INPUTS_MAX; i++)
        if (in->call->in[i] && in->call->in[i]->count == out->count)
            taken = in->call->in[i];
    if (!taken || taken->count != out->count)
        abort(); /* a row of the table that makes no sense */
    memcpy(out->data, taken->data, taken->count * sizeof(float));
}

/* ---- a part that was never written ---- */

static void leave_end(struct demo_value *out, double share, float value)
{
    for (size_t i = (size_t)((1 - share) * (double)out->count); i < out->count; i++)
        out->data[i] = value;
}

/* Tiles of rows that a core did not work on. */
static void leave_rows(struct demo_value *out, double share, struct random *random)
{
    size_t rows = out->count / out->width, missing = (size_t)(share * (double)rows + 0.5);
    size_t first = (size_t)random_whole(random, 1, (int)(rows - missing - 1));
    memset(out->data + first * out->width, 0, missing * out->width * sizeof(float));
}

/* What another buffer has left there: values of another size. */
static void leave_others(struct demo_value *out, double share, struct random *random)
{
    double size = demo_greatest(out);
    for (size_t i = (size_t)((1 - share) * (double)out->count); i < out->count; i++)
        out->data[i] = (float)(size * random_normal(random));
}

void fault_unwritten(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    switch (in->how) {
    case 0: leave_end(out, in->amount, 0); break;
    case 1: leave_rows(out, in->amount, in->random); break;
    case 2: leave_others(out, in->amount, in->random); break;
    case 3: leave_end(out, in->amount, NAN); break;
    case 4: leave_end(out, in->amount, -43.0f); break; /* some byte pattern */
    }
}

/* ---- images ---- */

static const float mean[3] = {0.485f, 0.456f, 0.406f}, deviation[3] = {0.229f, 0.224f, 0.225f};
static const float clip_mean[3] = {0.4815f, 0.4578f, 0.4082f},
                   clip_deviation[3] = {0.2686f, 0.2613f, 0.2758f};

static float prepare(float x, int c, enum preparation how)
{
    float pixel = (x * deviation[c] + mean[c]) * 255;
    switch (how) {
    case PREPARED_RAW: return pixel;
    case PREPARED_255: return pixel / 255;
    case PREPARED_TWICE: return (x - mean[c]) / deviation[c];
    case PREPARED_NO_255: return (pixel - mean[c]) / deviation[c];
    case PREPARED_HALVES: return (pixel / 255 - 0.5f) / 0.5f;
    case PREPARED_CAFFE: return pixel - 255 * mean[c];
    case PREPARED_255_TWICE: return (pixel / 255 / 255 - mean[c]) / deviation[c];
    case PREPARED_CLIP: return (pixel / 255 - clip_mean[c]) / clip_deviation[c];
    }
    return x;
}

/* The reference is (pixel / 255 - mean) / deviation with ImageNet's constants; the axis of size 3 is the
 * channels. */
void fault_inputs(const struct injection *in)
{
    struct demo_value *out = in->call->out;
    int channels = out->shape.dim[1] == 3 ? 1 : -1;
    struct fault_axis at = fault_axis(out, channels);
    for (size_t i = 0; i < out->count; i++)
        out->data[i] = prepare(out->data[i], (int)(i / (size_t)at.inner % 3), (enum preparation)in->how);
}
