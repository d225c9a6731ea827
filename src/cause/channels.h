/* channels: sums of a pair, channel by channel. Private to triage. */
#ifndef MMTUI_CAUSE_CHANNELS_H
#define MMTUI_CAUSE_CHANNELS_H

#include "mmtui/tensor.h"

/* Over the positions of one channel that are finite on both sides. S and D are s and d less `about_s`,
 * `about_d` of struct channels, so that a large common mean costs no digits. */
struct channel_sums {
    int64_t n;
    double S, D, SS, DD, SD;
    double ss, dd, ee; /* of s, d and s - d themselves */
};

struct channels {
    int64_t count;
    struct channel_sums *sum; /* [count], owned */
    double about_s, about_d;
};

/*
 * d's channel c along `axis` against s' channel source[c] (NULL: c), for two row-major arrays of this shape.
 * Of more than some 500,000 values only every so many-th of each row of a channel is looked at (at least 64),
 * and the sums stand for all of them. -1 when memory is out. A scalar or axis -1: one channel.
 */
int channels_init(struct channels *channels, const double *s, const double *d, const struct mm_shape *shape,
                  int axis, const int32_t *source);
void channels_done(struct channels *channels);
/* The finite ends of one channel of a row-major array; +Inf and -Inf when there are none. */
void channel_ends(const double *x, const struct mm_shape *shape, int axis, int64_t c, double *least,
                  double *most);

/* d = scale s + offset by least squares in one channel; scale 0 where s is constant. */
void channel_fit(const struct channels *channels, int64_t c, double *scale, double *offset);
/* sum (d - scale s - offset)^2 in one channel; not below 0. */
double channel_left(const struct channels *channels, int64_t c, double scale, double offset);

/* The one scale of d = scale s + an offset a channel, by least squares; 1 where s is constant in each. */
double channels_scale(const struct channels *channels);
/* sum (d - h)^2 with the best offset a channel: *left with this scale for all, *one with scale 1, *each with
 * a scale of its own for each. */
void channels_left(const struct channels *channels, double scale, double *left, double *one, double *each);

/* 90th percentile / median of the channels' relative errors; NaN with fewer than 4 channels that have
 * both. */
double channels_spread(const struct channels *channels);
/* Slope of log error RMS against log signal RMS; NaN with fewer than 4 channels or signals of one size. */
double channels_slope(const struct channels *channels);

#endif
