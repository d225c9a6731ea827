/* Error and range of each channel, in one pass. */
#include "compare/slice_walk.h"
#include "tensor/round.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct sums {
    struct mm_acc ss, ee;
};

struct state {
    struct mm_lay lay;
    struct mm_channel *channel;
    struct sums *sums;
};

static bool is_finite(double x)
{
    return fabs(x) <= DBL_MAX;
}

/* ---- one stretch of one channel ---- */

static void add_differing(struct mm_channel *channel, int64_t at, double s, double d)
{
    if (s == d || (isnan(s) && isnan(d)))
        return;
    channel->worst = channel->differ++ ? channel->worst : at;
}

static void add_stretch(struct mm_channel *channel, struct sums *sums, int64_t at, const double *s,
                        const double *d, size_t n)
{
    double ss = 0, ee = 0, most_s = channel->greatest[0], most_d = channel->greatest[1];
    for (size_t i = 0; i < n; i++) {
        bool good_s = is_finite(s[i]), good_d = is_finite(d[i]);
        most_s = good_s && fabs(s[i]) > most_s ? fabs(s[i]) : most_s;
        most_d = good_d && fabs(d[i]) > most_d ? fabs(d[i]) : most_d;
        if (!good_s || !good_d) {
            add_differing(channel, at + (int64_t)i, s[i], d[i]);
            continue;
        }
        double e = s[i] - d[i];
        channel->finite++;
        ss += s[i] * s[i];
        ee += e * e;
        if (fabs(e) > channel->max_abs) {
            channel->max_abs = fabs(e);
            channel->worst = channel->differ ? channel->worst : at + (int64_t)i;
        }
    }
    channel->count += (int64_t)n;
    channel->greatest[0] = most_s;
    channel->greatest[1] = most_d;
    mm_acc_add(&sums->ss, ss);
    mm_acc_add(&sums->ee, ee);
}

static void add(void *context, int64_t at, const double *s, const double *d, size_t n)
{
    struct state *state = context;
    struct mm_walk walk;
    int64_t c;
    mm_walk_start(&walk, &state->lay, at);
    for (size_t done = 0, more; done < n; done += more) {
        more = mm_walk_next(&walk, n - done, &c);
        add_stretch(&state->channel[c], &state->sums[c], at + (int64_t)done, s + done, d + done, more);
    }
}

static const struct mm_slice_fold fold = {.doubles = add};

/* ---- the figures ---- */

static void finish_one(struct mm_channel *channel, const struct sums *sums, bool both)
{
    double ss = mm_acc_value(&sums->ss), ee = mm_acc_value(&sums->ee);
    bool known = both && channel->finite > 0 && is_finite(ee);
    channel->rms = known ? sqrt(ee / (double)channel->finite) : NAN;
    channel->diff2 = !known || !is_finite(ss) ? NAN : ee == 0 ? 0 : sqrt(ee / ss);
}

typedef double (*figure_of)(const struct mm_channel *channel);

static double rms_of(const struct mm_channel *channel)
{
    return channel->rms;
}

static double src_of(const struct mm_channel *channel)
{
    return channel->greatest[0];
}

static double dst_of(const struct mm_channel *channel)
{
    return channel->greatest[1];
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void spread(const struct mm_channels *channels, figure_of figure, double *memory,
                   struct mm_channel_spread *out)
{
    size_t n = 0;
    *out = (struct mm_channel_spread){.most = -1, .greatest = NAN, .median = NAN};
    for (int64_t c = 0; c < channels->count; c++) {
        double value = figure(&channels->channel[c]);
        if (isnan(value))
            continue;
        if (out->most < 0 || value > out->greatest) {
            out->most = c;
            out->greatest = value;
        }
        memory[n++] = value;
    }
    if (n == 0)
        return;
    qsort(memory, n, sizeof *memory, ascending);
    out->median = memory[(n - 1) / 2];
}

static int finish(struct mm_channels *channels, const struct sums *sums, struct mm_err *err)
{
    double *memory = malloc((size_t)channels->count * sizeof *memory + 1);
    if (!memory)
        return mm_fail_memory(err);
    for (int64_t c = 0; c < channels->count; c++)
        finish_one(&channels->channel[c], &sums[c], channels->has[0] && channels->has[1]);
    spread(channels, rms_of, memory, &channels->rms);
    spread(channels, src_of, memory, &channels->range[0]);
    spread(channels, dst_of, memory, &channels->range[1]);
    free(memory);
    return 0;
}

/* ---- a pair ---- */

struct question {
    const struct mm_pair *pair;
    int axis;
    struct mm_control control;
    struct mm_channels *out;
};

static int check_axis(const struct mm_shape *shape, int axis, struct mm_err *err)
{
    if (axis >= shape->rank)
        return mm_fail(err, MM_EARG, "there is no axis %d", axis);
    if (axis >= 0 && shape->dim[axis] > MM_CHANNELS_MAX)
        return mm_fail(err, MM_EARG,
                       "axis %d has %" PRId64 " places, more than %" PRId64 ": take another axis", axis,
                       shape->dim[axis], MM_CHANNELS_MAX);
    return 0;
}

/* How channels lie; none in an empty tensor. */
static struct mm_lay lay_of(const struct mm_shape *shape, int axis)
{
    struct mm_lay lay = {1, 1};
    for (int k = axis < 0 ? 0 : axis + 1; k < shape->rank; k++)
        lay.inner *= shape->dim[k] > 0 ? shape->dim[k] : 1;
    if (axis >= 0)
        lay.channels = shape->dim[axis] > 0 ? shape->dim[axis] : 1;
    return lay;
}

static int open_channels(struct mm_channels *out, const struct mm_pair_tensors *tensors, int axis,
                         struct mm_err *err)
{
    *out = (struct mm_channels){.shape = *(tensors->has_src ? &tensors->s.shape : &tensors->d.shape),
                                .has = {tensors->has_src, tensors->has_dst},
                                .axis = axis};
    if (check_axis(&out->shape, axis, err) < 0)
        return -1;
    out->count = axis < 0 ? 1 : out->shape.dim[axis];
    out->channel = calloc((size_t)out->count + 1, sizeof *out->channel);
    for (int64_t c = 0; out->channel && c < out->count; c++)
        out->channel[c].worst = -1;
    return out->channel ? 0 : mm_fail_memory(err);
}

/* Without a side its figures are none. */
static void forget_missing(struct mm_channels *channels)
{
    for (int side = 0; side < 2; side++) {
        for (int64_t c = 0; c < channels->count && !channels->has[side]; c++)
            channels->channel[c].greatest[side] = NAN;
    }
}

static int answer(void *context, const struct mm_pair_tensors *tensors, bool *failed_dst, struct mm_err *err)
{
    const struct question *question = context;
    struct mm_channels *out = question->out;
    struct mm_slice all;
    struct mm_slice_walk walk = {.slice = &all, .fold = &fold, .control = question->control};
    mm_channels_done(out);
    mm_slice_all(&all);
    if (mm_slice_walk_of(tensors, question->pair, &walk, err) < 0 ||
        open_channels(out, tensors, question->axis, err) < 0)
        return -1;
    struct state state = {lay_of(&out->shape, out->axis), out->channel,
                          calloc((size_t)out->count + 1, sizeof *state.sums)};
    int failed = state.sums ? mm_slice_walk(&walk, &state, failed_dst, err) : mm_fail_memory(err);
    if (!failed) {
        forget_missing(out);
        failed = finish(out, state.sums, err);
    }
    free(state.sums);
    return failed;
}

int mm_pair_channels(const struct mm_pair *pair, const struct mm_schema *schema, int axis,
                     const struct mm_control *control, struct mm_channels *out, struct mm_err *err)
{
    struct question question = {pair, axis, control ? *control : (struct mm_control){NULL}, out};
    struct mm_pair_reading reading = {.pair = pair,
                                      .schema = schema,
                                      .cancel = question.control.cancel,
                                      .values = answer,
                                      .context = &question};
    *out = (struct mm_channels){0};
    if (mm_pair_read(&reading, NULL, err) == 0)
        return 0;
    mm_channels_done(out);
    return -1;
}

void mm_channels_done(struct mm_channels *channels)
{
    free(channels->channel);
    *channels = (struct mm_channels){0};
}
