/* Sums of a pair, channel by channel. */
#include "cause/channels.h"
#include "cause/sorted.h"
#include "tensor/rounders.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* ---- sums ---- */

#define MEAN_SAMPLE 1024 /* values whose mean is near enough to take sums about it */

static double mean_of(const double *x, int64_t count)
{
    double sum = 0;
    int64_t n = 0, step = count / MEAN_SAMPLE | 1; /* an odd one sees all columns of an even width */
    for (int64_t i = 0; i < count; i += step) {
        if (isfinite(x[i])) {
            sum += x[i];
            n++;
        }
    }
    return n ? sum / (double)n : 0;
}

/* Where sums are taken about. */
struct about {
    double s, d;
};

static void add(struct channel_sums *sum, double s, double d, const struct about *about)
{
    double S = s - about->s, D = d - about->d;
    sum->n++;
    sum->S += S;
    sum->D += D;
    sum->SS += S * S;
    sum->DD += D * D;
    sum->SD += S * D;
    sum->ss += s * s;
    sum->dd += d * d;
    sum->ee += (s - d) * (s - d);
}

static void add_finite(struct channel_sums *sum, const double *s, const double *d, int64_t count,
                       int64_t step, const struct about *about)
{
    for (int64_t i = 0; i < count; i += step) {
        if (isfinite(s[i]) && isfinite(d[i]))
            add(sum, s[i], d[i], about);
    }
}

/* Column k of four. */
static void fold(struct channel_sums *sum, const struct mm_pair_columns *columns, size_t k, int64_t n)
{
    double *to[MM_PAIR_SUMS] = {&sum->S, &sum->D, &sum->SS, &sum->DD, &sum->SD, &sum->ss, &sum->dd, &sum->ee};
    sum->n += n;
    for (size_t i = 0; i < MM_PAIR_SUMS; i++)
        *to[i] += columns->sum[i][k];
}

/* What is not finite is in one of these. */
static bool all_finite(const struct mm_pair_columns *columns)
{
    double all = 0;
    for (size_t k = 0; k < 4; k++)
        all += columns->sum[2][k] + columns->sum[3][k];
    return isfinite(all);
}

static void add_row(struct channel_sums *sum, const double *s, const double *d, int64_t count,
                    const struct about *about, const struct mm_rounders *loops)
{
    struct mm_pair_sums row;
    int64_t whole = count & ~(int64_t)3;
    loops->pair_sums(s, d, (size_t)whole, about->s, about->d, &row);
    if (isfinite(row.SS + row.DD)) { /* what is not finite is in one of these */
        sum->n += whole;
        sum->S += row.S;
        sum->D += row.D;
        sum->SS += row.SS;
        sum->DD += row.DD;
        sum->SD += row.SD;
        sum->ss += row.ss;
        sum->dd += row.dd;
        sum->ee += row.ee;
    } else {
        add_finite(sum, s, d, whole, 1, about);
    }
    add_finite(sum, s + whole, d + whole, count - whole, 1, about);
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

/* What was seen of a channel stands for the whole: `times` as many. */
static void stand_for(struct channel_sums *sum, double times)
{
    sum->n = (int64_t)llrint((double)sum->n * times);
    double *all[] = {&sum->S, &sum->D, &sum->SS, &sum->DD, &sum->SD, &sum->ss, &sum->dd, &sum->ee};
    for (size_t i = 0; i < MM_COUNT(all); i++)
        *all[i] *= times;
}

static void sum_rows(struct channels *channels, const double *s, const double *d, const struct parts *p,
                     const int32_t *source)
{
    const struct about about = {channels->about_s, channels->about_d};
    const struct mm_rounders *loops = mm_rounders();
    int64_t step = step_of(p);
    for (int64_t row = 0; row < p->outer * p->channels; row++) {
        int64_t c = row % p->channels;
        const double *x = s + (row - c + (source ? source[c] : c)) * p->inner, *y = d + row * p->inner;
        if (step > 1)
            add_finite(&channels->sum[c], x, y, p->inner, step, &about);
        else
            add_row(&channels->sum[c], x, y, p->inner, &about, loops);
    }
    for (int64_t c = 0; step > 1 && c < p->channels; c++)
        stand_for(&channels->sum[c], (double)p->inner / (double)((p->inner + step - 1) / step));
}

#define ROW_SHORT 8 /* values of a channel's row; shorter ones cost more than they hold */

/* Channels that lie side by side: all columns at once. False when it can't be done: not finite, no memory. */
static bool sum_columns(struct channels *channels, const double *s, const double *d, const struct parts *p)
{
    int64_t width = p->channels * p->inner;
    bool good = p->inner < ROW_SHORT && width % 4 == 0;
    struct mm_pair_columns *columns = good ? calloc((size_t)width / 4, sizeof *columns) : NULL;
    good = columns != NULL;
    if (good)
        mm_rounders()->pair_columns(s, d, (size_t)p->outer, (size_t)width, channels->about_s,
                                    channels->about_d, columns);
    for (int64_t j = 0; good && j < width; j += 4)
        good = all_finite(&columns[j / 4]);
    for (int64_t j = 0; good && j < width; j++)
        fold(&channels->sum[j / p->inner], &columns[j / 4], (size_t)(j % 4), p->outer);
    free(columns);
    return good;
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
    channels->about_s = mean_of(s, count);
    channels->about_d = mean_of(d, count);
    if (source || !sum_columns(channels, s, d, &p))
        sum_rows(channels, s, d, &p, source);
    return 0;
}

void channel_ends(const double *x, const struct mm_shape *shape, int axis, int64_t c, double *least,
                  double *most)
{
    struct parts p = parts_of(shape, axis);
    *least = INFINITY;
    *most = -INFINITY;
    for (int64_t row = c; row < p.outer * p.channels; row += p.channels) {
        for (int64_t i = row * p.inner; i < (row + 1) * p.inner; i++) {
            if (isfinite(x[i])) {
                *least = x[i] < *least ? x[i] : *least;
                *most = x[i] > *most ? x[i] : *most;
            }
        }
    }
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
        double most = value_at_place(error, n, (n - 1) * 9 / 10);
        spread = most / value_at_place(error, n, (n - 1) / 2);
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
