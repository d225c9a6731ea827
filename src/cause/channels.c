/* Sums of a pair, channel by channel. */
#include "cause/channels.h"

#include <math.h>
#include <stdlib.h>

/* The shape as outer x channels x inner. */
struct parts {
    int64_t outer, channels, inner;
};

static struct parts parts_of(const struct mm_shape *shape, int axis)
{
    struct parts p = {1, 1, 1};
    for (int k = 0; k < shape->rank; k++)
        *(k < axis ? &p.outer : k == axis ? &p.channels : &p.inner) *= shape->dim[k];
    return p;
}

static double mean_of(const double *x, int64_t count, int64_t step)
{
    double sum = 0;
    int64_t n = 0;
    for (int64_t i = 0; i < count; i += step) {
        if (isfinite(x[i])) {
            sum += x[i];
            n++;
        }
    }
    return n ? sum / (double)n : 0;
}

static void add(struct channel_sums *sum, double s, double d, double S, double D)
{
    sum->n++;
    sum->S += S;
    sum->D += D;
    sum->SS += S * S;
    sum->DD += D * D;
    sum->SD += S * D;
    sum->ss += s * s;
    sum->dd += d * d;
    sum->ee += (s - d) * (s - d);
    sum->s_min = s < sum->s_min ? s : sum->s_min;
    sum->s_max = s > sum->s_max ? s : sum->s_max;
    sum->d_min = d < sum->d_min ? d : sum->d_min;
    sum->d_max = d > sum->d_max ? d : sum->d_max;
}

/* What was seen of a channel stands for the whole: `times` as many. */
static void stand_for(struct channel_sums *sum, double times)
{
    sum->n = (int64_t)llrint((double)sum->n * times);
    double *all[] = {&sum->S, &sum->D, &sum->SS, &sum->DD, &sum->SD, &sum->ss, &sum->dd, &sum->ee};
    for (size_t i = 0; i < MM_COUNT(all); i++)
        *all[i] *= times;
}

/* Of long channels so many elements of a row at least. */
#define CHANNELS_COUNT ((int64_t)1 << 19) /* values that are looked at in large tensors, about */
#define ROW_LEAST      64

static int64_t step_of(const struct parts *p)
{
    int64_t count = p->outer * p->channels * p->inner, step = count / CHANNELS_COUNT;
    int64_t most = p->inner / ROW_LEAST;
    step = step < most ? step : most;
    return step < 1 ? 1 : step | 1; /* an odd one sees all columns of an even width */
}

int channels_init(struct channels *channels, const double *s, const double *d, const struct mm_shape *shape,
                  int axis, const int32_t *source)
{
    struct parts p = parts_of(shape, axis);
    int64_t count = p.outer * p.channels * p.inner;
    channels->count = p.channels;
    channels->sum = calloc((size_t)p.channels + 1, sizeof *channels->sum);
    if (!channels->sum)
        return -1;
    int64_t step = step_of(&p);
    channels->about_s = mean_of(s, count, step);
    channels->about_d = mean_of(d, count, step);
    for (int64_t c = 0; c < p.channels; c++) {
        channels->sum[c].s_min = channels->sum[c].d_min = INFINITY;
        channels->sum[c].s_max = channels->sum[c].d_max = -INFINITY;
    }
    for (int64_t row = 0; row < p.outer * p.channels; row++) {
        int64_t c = row % p.channels;
        const double *x = s + (row - c + (source ? source[c] : c)) * p.inner;
        const double *y = d + row * p.inner;
        for (int64_t i = 0; i < p.inner; i += step) {
            if (isfinite(x[i]) && isfinite(y[i]))
                add(&channels->sum[c], x[i], y[i], x[i] - channels->about_s, y[i] - channels->about_d);
        }
    }
    for (int64_t c = 0; step > 1 && c < p.channels; c++)
        stand_for(&channels->sum[c], (double)p.inner / (double)((p.inner + step - 1) / step));
    return 0;
}

void channels_done(struct channels *channels)
{
    free(channels->sum);
    channels->sum = NULL;
}

void channel_fit(const struct channels *channels, int64_t c, double *scale, double *offset)
{
    const struct channel_sums *sum = &channels->sum[c];
    double n = sum->n ? (double)sum->n : 1;
    double vs = sum->SS - sum->S * sum->S / n, vsd = sum->SD - sum->S * sum->D / n;
    *scale = vs > 1e-12 * sum->SS ? vsd / vs : 0;
    *offset = (sum->D - *scale * sum->S) / n + channels->about_d - *scale * channels->about_s;
}

double channel_left(const struct channels *channels, int64_t c, double scale, double offset)
{
    const struct channel_sums *sum = &channels->sum[c];
    /* d - scale s - offset = D - scale S - k */
    double k = offset - channels->about_d + scale * channels->about_s;
    double left = sum->DD + scale * scale * sum->SS + (double)sum->n * k * k - 2 * scale * sum->SD -
                  2 * k * sum->D + 2 * scale * k * sum->S;
    return fmax(0, left);
}

double channels_scale(const struct channels *channels)
{
    double vs = 0, vsd = 0;
    for (int64_t c = 0; c < channels->count; c++) {
        const struct channel_sums *sum = &channels->sum[c];
        double n = sum->n ? (double)sum->n : 1;
        vs += sum->SS - sum->S * sum->S / n;
        vsd += sum->SD - sum->S * sum->D / n;
    }
    return vs > 0 ? vsd / vs : 1;
}

/* The best offset of one channel with a given scale. */
static double offset_with(const struct channels *channels, int64_t c, double scale)
{
    const struct channel_sums *sum = &channels->sum[c];
    double n = sum->n ? (double)sum->n : 1;
    return (sum->D - scale * sum->S) / n + channels->about_d - scale * channels->about_s;
}

void channels_left(const struct channels *channels, double scale, double *left, double *one, double *each)
{
    *left = *one = *each = 0;
    for (int64_t c = 0; c < channels->count; c++) {
        double own, offset;
        channel_fit(channels, c, &own, &offset);
        *left += channel_left(channels, c, scale, offset_with(channels, c, scale));
        *one += channel_left(channels, c, 1, offset_with(channels, c, 1));
        *each += channel_left(channels, c, own, offset);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

#define CHANNELS_TELLING 4 /* fewer say nothing about channels */

double channels_spread(const struct channels *channels)
{
    double *error = malloc(((size_t)channels->count + 1) * sizeof *error);
    size_t n = 0;
    for (int64_t c = 0; error && c < channels->count; c++) {
        if (channels->sum[c].ss > 0 && channels->sum[c].ee > 0)
            error[n++] = sqrt(channels->sum[c].ee / channels->sum[c].ss);
    }
    double spread = NAN;
    if (n >= CHANNELS_TELLING) {
        qsort(error, n, sizeof *error, ascending);
        spread = error[(n - 1) * 9 / 10] / error[(n - 1) / 2];
    }
    free(error);
    return spread;
}

double channels_slope(const struct channels *channels)
{
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (int64_t c = 0; c < channels->count; c++) {
        const struct channel_sums *sum = &channels->sum[c];
        if (!(sum->ss > 0) || !(sum->ee > 0))
            continue;
        double signal = log(sum->ss / (double)sum->n) / 2, error = log(sum->ee / (double)sum->n) / 2;
        n++;
        x += signal;
        y += error;
        xx += signal * signal;
        xy += signal * error;
    }
    double vx = xx - x * x / n;
    /* signals within a few per cent of each other have no slope to show */
    return n >= CHANNELS_TELLING && vx / n > 1e-2 ? (xy - x * y / n) / vx : NAN;
}
