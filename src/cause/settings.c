/* Quantisation settings that cost more than they must: told from what other settings would cost. */
#include "cause/cause.h"
#include "cause/channels.h"
#include "whatif/tails.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The integer format that dst has; one that is only known to be quantised is taken for int8. */
static enum mm_dtype integer_format(const struct trial *t)
{
    enum mm_kind kind = mm_dtype_info(t->c->format)->kind;
    if (kind == MM_KIND_INT)
        return t->c->format;
    return t->c->quantised && t->c->format == MM_DTYPE_NONE ? MM_I8 : MM_DTYPE_NONE;
}

static const struct mm_whatif *floor_of(const struct trial *t, bool asymmetric, enum mm_range range)
{
    for (size_t i = 0; i < t->c->floors; i++) {
        const struct mm_whatif *w = &t->c->floor[i];
        if (w->setting.dtype == integer_format(t) && !w->setting.per_channel &&
            w->setting.asymmetric == asymmetric && w->setting.range == range)
            return w;
    }
    return NULL;
}

/* With a scale a channel, along the axis where that does best. */
static const struct mm_whatif *channels_floor(const struct trial *t)
{
    const struct mm_whatif *best = NULL;
    for (size_t i = 0; i < t->c->floors; i++) {
        const struct mm_whatif *w = &t->c->floor[i];
        if (w->setting.dtype == integer_format(t) && w->setting.per_channel &&
            (!best || w->metrics.diff2 < best->metrics.diff2))
            best = w;
    }
    return best;
}

/* 1 when the error is what this setting costs, falling to 0 at a factor of 2.5. */
static double nearness(const struct trial *t, const struct mm_whatif *w)
{
    double off = fabs(log(t->c->result->metrics.diff2 / w->metrics.diff2)) / log(2.5);
    return off < 1 ? 1 - off * off : 0; /* NaN (0 / 0) gives 0 */
}

#define GAIN_LEAST 6.0 /* dB, one bit: less is not worth another setting */

/* What there is to say of a coarse setting. Sentences have a %u, the bits, and a %s, the gain. */
struct words {
    const char *sentence, *what;
};

/* The finding for an error that `coarse` explains, and that another setting would lessen as `better` is less
 * than `now`. */
static bool better_setting(const struct trial *t, struct found *found, const struct mm_whatif *coarse,
                           double now, double better, const struct words *words)
{
    double near = coarse ? nearness(t, coarse) : 0;
    double gain = near > 0 ? 20 * log10(now / better) : 0;
    unsigned bits = mm_dtype_info(integer_format(t))->bits;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM], d[MM_NUM], e[MM_NUM];
    if (!(gain >= GAIN_LEAST - 0.3)) /* one bit is 6.02 dB, less what rounding varies */
        return false;
    found->finding.score = 0.95 * near;
    found->finding.residual = better;
    found->parameters = 10 / gain; /* of several that would help, the one that gains most stands first */
    mm_num_short(a, fmin(gain, MM_GAIN_MAX), 2);
    snprintf(found->finding.sentence, sizeof found->finding.sentence, words->sentence, bits, a);
    found_evidence(
        found, "The error, %s, is what int%u with one range for all costs here (%s). %s: %s instead of %s.",
        mm_num_short(b, t->c->result->metrics.diff2, 2), bits, mm_num_short(c, coarse->metrics.diff2, 2),
        words->what, mm_num_short(d, better, 2), mm_num_short(e, now, 2));
    return true;
}

/* ---- channels ---- */

/*
 * Weights of very different range that share a scale: rounding them adds an error of the same size to every
 * channel of the result, whatever the channel holds, and of no sign. Inputs that have a mean turn a part of
 * it into a constant a channel (M. Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias
 * Correction", ICCV 2019).
 */
#define WEIGHTS_MOST    0.25 /* more than rounding of weights does */
#define WEIGHTS_SLOPE   0.35
#define WEIGHTS_FOLLOWS 0.1 /* mean, and correlation with src, beyond chance */
#define WEIGHTS_SCORE   0.75
#define CHANNELS_LEAST  8

static bool coarse_weights(const struct trial *t, struct found *found)
{
    const struct mm_metrics *m = &t->c->result->metrics;
    double n = (double)t->n, mean = fabs(t->mean_s - t->mean_d) / sqrt(t->ee / n);
    double follows = fabs(t->se - n * t->mean_s * (t->mean_s - t->mean_d)) / sqrt(t->vs * t->ee);
    char a[MM_NUM], b[MM_NUM];
    if (!t->c->quantised || !t->aligned || t->channel < 0 || !*t->c->op_type ||
        !mm_op_has_weights(t->c->op_type) || m->nonfinite_differ || !(m->diff2 <= WEIGHTS_MOST) ||
        !(m->diff2 > 2 * t->noise))
        return false;
    double chance = 2 / sqrt((double)t->d_shape.dim[t->channel]); /* of as many independent constants */
    if (!(mean <= WEIGHTS_FOLLOWS + chance) || !(follows <= WEIGHTS_FOLLOWS + chance))
        return false;
    const struct channels *channels = trial_channels(t);
    bool good = channels && channels->count >= CHANNELS_LEAST;
    double slope = good ? channels_slope(channels) : NAN;
    if (!good || !(slope <= WEIGHTS_SLOPE)) /* NaN: all channels are of one size */
        return false;
    found->finding.score = WEIGHTS_SCORE;
    found->finding.residual = t->noise;
    found_say(found, "an error of one size in all channels: one scale for all weights is too coarse");
    found_evidence(
        found,
        "The operator works on integers. Its error, %s, has no sign (mean %s of its size) and is as "
        "large in channels of small values as in others: what rounding weights by one scale adds.",
        mm_num_short(a, m->diff2, 2), mm_num_short(b, mean, 1));
    return true;
}

bool cause_channel_range(const struct trial *t, struct found *found)
{
    static const struct words words = {
        "one int%u scale for very different channels: per channel is %s dB better",
        "With a scale for each channel"};
    const struct mm_whatif *symmetric = floor_of(t, false, MM_RANGE_MINMAX);
    const struct mm_whatif *asymmetric = floor_of(t, true, MM_RANGE_MINMAX);
    const struct mm_whatif *fine = channels_floor(t);
    if (fine && symmetric) {
        const struct mm_whatif *coarse =
            asymmetric && nearness(t, asymmetric) > nearness(t, symmetric) ? asymmetric : symmetric;
        if (better_setting(t, found, coarse, coarse->metrics.diff2, fine->metrics.diff2, &words))
            return true;
    }
    return coarse_weights(t, found);
}

/* ---- one side ---- */

#define ONE_SIDED_LEAST 3.0 /* dB measured; the step must be half, which is one bit */

bool cause_one_sided(const struct trial *t, struct found *found)
{
    static const struct words words = {
        "a symmetric int%u range for one-sided values: asymmetric is %s dB better",
        "With an asymmetric range"};
    const struct mm_whatif *coarse = floor_of(t, false, MM_RANGE_MINMAX);
    const struct mm_whatif *fine = floor_of(t, true, MM_RANGE_MINMAX);
    if (!coarse || !fine || nearness(t, fine) >= nearness(t, coarse))
        return false;
    double now = coarse->metrics.diff2, better = fine->metrics.diff2;
    if (20 * log10(now / better) <
        ONE_SIDED_LEAST) /* where much is less than a step, half a step gains less */
        return false;
    return better_setting(t, found, coarse, now, fmin(better, now * fine->scale / coarse->scale), &words);
}

/* ---- outliers ---- */

#define OUTLIERS_SHARE                                                                                       \
    1000 /* one in so many values, and never less than OUTLIERS_LEAST, may be called that */
#define OUTLIERS_LEAST 4
#define OUTLIER_SAMPLE 65536
#define REST_COARSE    0.02 /* relative error of the rest: about twice what int8 costs normal values */

/* What is left once outliers are left out: its greatest magnitude and its size. */
struct rest {
    double most, rms;
};

/* The magnitude that `out` values are above, in the sample; -Inf where it has no more than those. */
static double most_of_rest(const double *s, int64_t count, int64_t step, size_t out, double *memory)
{
    struct mm_tail tail;
    mm_tail_init(&tail, memory, out + 1);
    for (int64_t i = 0; i < count; i += step) {
        double x = fabs(s[i]);
        if (x > tail.value[0] && isfinite(x))
            mm_tail_put(&tail, x);
    }
    return tail.value[0];
}

/* Of |s|, or of an even sample of them. False when there are too few. */
static bool rest_find(const struct trial *t, struct rest *rest)
{
    const double *s = t->c->s;
    int64_t step = t->c->s_count / OUTLIER_SAMPLE + 1;
    double memory[OUTLIER_SAMPLE / OUTLIERS_SHARE + OUTLIERS_LEAST + 1], square = 0, below = 0, n = 0;
    for (int64_t i = 0; t->values && i < t->c->s_count; i += step)
        n += isfinite(s[i]);
    size_t out = (size_t)n / OUTLIERS_SHARE > OUTLIERS_LEAST ? (size_t)n / OUTLIERS_SHARE : OUTLIERS_LEAST;
    if (n < 64 * OUTLIERS_LEAST)
        return false;
    double most = most_of_rest(s, t->c->s_count, step, out, memory);
    for (int64_t i = 0; i < t->c->s_count; i += step) {
        double x = fabs(s[i]);
        square += x < most ? x * x : 0;
        below += x < most;
    }
    double left = n - (double)out; /* some of them as large as the greatest */
    *rest = (struct rest){most, sqrt((square + (left - below) * most * most) / left)};
    return rest->rms > 0;
}

/* The rest is rounded in steps that the outliers make coarse: steps of its own range would be finer. */
bool cause_outlier(const struct trial *t, struct found *found)
{
    static const struct words words = {
        "few outliers stretch the int%u range: the rest could be %s dB better",
        "All but one value in 1 000 could have, with a range that leaves those out, an error of"};
    const struct mm_whatif *coarse = floor_of(t, false, MM_RANGE_MINMAX);
    struct rest rest;
    if (!coarse || nearness(t, coarse) <= 0 || !rest_find(t, &rest))
        return false;
    double codes = ldexp(1, (int)mm_dtype_info(integer_format(t))->bits - 1) - 1;
    double step = rest.most / codes; /* what is less than half a step is lost: no more than itself */
    double now = fmin(coarse->scale / sqrt(12) / rest.rms, 1), better = step / sqrt(12) / rest.rms;
    return now >= REST_COARSE && better_setting(t, found, coarse, now, better, &words);
}
