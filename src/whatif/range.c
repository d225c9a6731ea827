/* Extremes, tails and histograms of channels, and the ranges that follow from them. */
#include "whatif/range.h"
#include "tensor/rounders.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DROPPED_OF  10000 /* the 99.99th percentile leaves out one of so many */
#define HIST_HALF   2048
#define HIST_MEMORY ((size_t)64 << 20)
#define SHORT_ROW   16 /* rows below this are not worth a call each */

_Static_assert(MM_SEARCH_CHANNELS_MAX * 2 * MM_SHARES * sizeof(uint64_t) <= HIST_MEMORY, "histograms");

/* ---- memory ---- */

static void *array(size_t count, size_t size, struct mm_err *err)
{
    void *memory = calloc(count, size);

    if (!memory)
        mm_fail_memory(err);
    return memory;
}

/* inner and channels multiply up to the tensor's count, so elements of a channel are known roughly: all of
 * them may be finite. */
static int init_tails(struct mm_ranges *ranges, size_t channels, size_t each, struct mm_err *err)
{
    size_t room, total;

    ranges->dropped = each / DROPPED_OF;
    if (ranges->dropped == 0)
        return 0;
    room = ranges->dropped + 1;
    if (!mm_mul(channels, 2 * room, &total))
        return mm_fail_memory(err);
    ranges->tail_memory = array(total, sizeof(double), err);
    ranges->greatest = array(channels, sizeof(*ranges->greatest), err);
    ranges->least = array(channels, sizeof(*ranges->least), err);
    ranges->finite = array(channels, sizeof(*ranges->finite), err);
    if (!ranges->tail_memory || !ranges->greatest || !ranges->least || !ranges->finite)
        return -1;
    for (size_t c = 0; c < channels; c++) {
        mm_tail_init(&ranges->greatest[c], ranges->tail_memory + 2 * c * room, room);
        mm_tail_init(&ranges->least[c], ranges->tail_memory + (2 * c + 1) * room, room);
    }
    return 0;
}

static int init_hist(struct mm_ranges *ranges, size_t channels, struct mm_err *err)
{
    if (channels > MM_SEARCH_CHANNELS_MAX)
        return mm_fail(err, MM_EUNSUPPORTED, "%zu channels are too many to search a range for each",
                       channels);
    ranges->half = HIST_HALF;
    while (channels * 2 * ranges->half * sizeof(uint64_t) > HIST_MEMORY)
        ranges->half /= 2;
    ranges->count = array(channels * 2 * ranges->half, sizeof(uint64_t), err);
    return ranges->count ? 0 : -1;
}

int mm_ranges_init(struct mm_ranges *ranges, int64_t count, struct mm_err *err)
{
    size_t channels = (size_t)ranges->lay.channels;

    ranges->low = array(channels, sizeof(double), err);
    ranges->high = array(channels, sizeof(double), err);
    if (!ranges->low || !ranges->high)
        return -1;
    for (size_t c = 0; c < channels; c++) {
        ranges->low[c] = INFINITY;
        ranges->high[c] = -INFINITY;
    }
    if (ranges->wants_tails && init_tails(ranges, channels, (size_t)count / channels, err))
        return -1;
    return ranges->wants_hist ? init_hist(ranges, channels, err) : 0;
}

void mm_ranges_done(struct mm_ranges *ranges)
{
    free(ranges->low);
    free(ranges->high);
    free(ranges->greatest);
    free(ranges->least);
    free(ranges->tail_memory);
    free(ranges->finite);
    free(ranges->count);
    memset(ranges, 0, sizeof(*ranges));
}

/* ---- the first pass ---- */

static bool is_finite(double x)
{
    return fabs(x) <= DBL_MAX;
}

static void see_tails(struct mm_ranges *ranges, const double *x, size_t n, int64_t channel)
{
    struct mm_tail *greatest = &ranges->greatest[channel], *least = &ranges->least[channel];
    int64_t finite = 0;

    for (size_t i = 0; i < n; i++) {
        if (!is_finite(x[i]))
            continue;
        finite++;
        if (x[i] > greatest->value[0])
            mm_tail_put(greatest, x[i]);
        if (-x[i] > least->value[0])
            mm_tail_put(least, -x[i]);
    }
    ranges->finite[channel] += finite;
}

void mm_ranges_see(struct mm_ranges *ranges, const double *x, size_t n, int64_t base)
{
    struct mm_walk walk;
    int64_t channel;

    mm_walk_start(&walk, &ranges->lay, base);
    for (size_t i = 0, length; ranges->dropped > 0 && i < n; i += length) {
        length = mm_walk_next(&walk, n - i, &channel);
        see_tails(ranges, x + i, length, channel);
    }
}

#define GLANCE                                                                                               \
    256 /* values that are looked at together: most have none that is among the greatest or least */

static void see_some(struct mm_ranges *ranges, const float *x, size_t n, int64_t channel)
{
    double wide[GLANCE];

    for (size_t i = 0; i < n; i++)
        wide[i] = (double)x[i];
    see_tails(ranges, wide, n, channel);
}

void mm_ranges_see_floats(struct mm_ranges *ranges, const float *x, size_t n, int64_t base)
{
    const struct mm_rounders *loops = mm_rounders();
    struct mm_walk walk;
    int64_t channel;

    mm_walk_start(&walk, &ranges->lay, base);
    for (size_t i = 0, length; ranges->dropped > 0 && i < n; i += length) {
        float low = INFINITY, high = -INFINITY;

        length = mm_walk_next(&walk, n - i < GLANCE ? n - i : GLANCE, &channel);
        if (loops->extremes_float(x + i, length, &low, &high) &&
            !((double)high > ranges->greatest[channel].value[0]) &&
            !(-(double)low > ranges->least[channel].value[0]))
            ranges->finite[channel] += (int64_t)length;
        else
            see_some(ranges, x + i, length, channel);
    }
}

void mm_ranges_seen(struct mm_ranges *ranges)
{
    for (int64_t c = 0; ranges->dropped > 0 && c < ranges->lay.channels; c++) {
        mm_tail_sort(&ranges->greatest[c]);
        mm_tail_sort(&ranges->least[c]);
    }
}

/* ---- the second pass ---- */

static double greatest(const struct mm_ranges *ranges, int64_t channel)
{
    double low = ranges->low[channel], high = ranges->high[channel];

    return low > high ? 0.0 : fmax(-low, high);
}

/* Exact zeros are not counted: see whatif_search.h. */
static void count_row(uint64_t *count, size_t half, double size, const double *x, size_t n)
{
    double up = (double)half, last = up - 1.0;

    for (size_t i = 0; i < n; i++) {
        double at = fabs(x[i]) / size * up;

        if (x[i] == 0.0 || !is_finite(x[i]))
            continue;
        at = at < last ? at : last;
        count[x[i] > 0.0 ? half + (size_t)at : half - 1 - (size_t)at]++;
    }
}

void mm_ranges_count(struct mm_ranges *ranges, const double *x, size_t n, int64_t base)
{
    struct mm_walk walk;
    int64_t channel;

    mm_walk_start(&walk, &ranges->lay, base);
    for (size_t i = 0, length; i < n; i += length) {
        length = mm_walk_next(&walk, n - i, &channel);
        count_row(ranges->count + (size_t)channel * 2 * ranges->half, ranges->half, greatest(ranges, channel),
                  x + i, length);
    }
}

/* ---- choosing ---- */

/* low <= 0 <= high. */
struct range {
    double low, high;
};

/* What is asked for, and of what. */
struct choice {
    const struct mm_ranges *ranges;
    const struct mm_whatif_setting *setting;
    int64_t channel;
    struct range all; /* symmetric: -max|x| .. max|x|; else min(0, min) .. max(0, max) */
};

static struct range by_minmax(const struct choice *choice)
{
    return choice->all;
}

/* The k + 1 greatest of |x|: both tails merged until k values are passed. */
static double absolute_after(const struct mm_tail *greatest_x, const struct mm_tail *least_x, size_t k)
{
    size_t i = 0, j = 0;

    while (i + j < k) {
        if (greatest_x->value[i] >= least_x->value[j])
            i++;
        else
            j++;
    }
    return fmax(greatest_x->value[i], least_x->value[j]);
}

/* Of n finite values floor(n / 10000) may lie outside; when both ends are free, floor(n / 20000) at each. */
static struct range by_percentile(const struct choice *choice)
{
    const struct mm_ranges *ranges = choice->ranges;
    const struct mm_tail *up, *down;
    size_t k;

    if (ranges->dropped == 0)
        return choice->all;
    up = &ranges->greatest[choice->channel];
    down = &ranges->least[choice->channel];
    k = (size_t)ranges->finite[choice->channel] / DROPPED_OF;
    if (choice->setting->asymmetric) {
        k /= 2;
        return (struct range){fmin(-down->value[k], 0.0), fmax(up->value[k], 0.0)};
    }
    return (struct range){-absolute_after(up, down, k), absolute_after(up, down, k)};
}

static struct mm_range_hist hist_of(const struct choice *choice)
{
    const struct mm_ranges *ranges = choice->ranges;

    return (struct mm_range_hist){.greatest = greatest(ranges, choice->channel),
                                  .half = ranges->half,
                                  .count = ranges->count + (size_t)choice->channel * 2 * ranges->half};
}

static struct range by_mse(const struct choice *choice)
{
    const struct mm_whatif_setting *setting = choice->setting;
    struct mm_range_hist hist = hist_of(choice);
    int share = mm_search_mse(&hist, setting->dtype, setting->asymmetric, choice->all.low, choice->all.high);
    double part = (double)share / MM_SHARES;

    return (struct range){choice->all.low * part, choice->all.high * part};
}

/* |x| has half of the codes, or more of them when the range leans to one side. */
static struct range by_kl(const struct choice *choice)
{
    const struct mm_dtype_info *info = mm_dtype_info(choice->setting->dtype);
    struct mm_range_hist hist = hist_of(choice);
    double codes = info->highest - info->lowest + 1.0, size = hist.greatest;
    double width = choice->all.high / size - choice->all.low / size; /* 1 .. 2 */

    size *= (double)mm_search_kl(&hist, (size_t)(codes / width)) / MM_SHARES;
    return (struct range){fmax(choice->all.low, -size), fmin(choice->all.high, size)};
}

void mm_ranges_choose(const struct mm_ranges *ranges, const struct mm_whatif_setting *setting,
                      int64_t channel, struct mm_quant *out, bool *all_zero)
{
    static struct range (*const ways[MM_RANGE_COUNT])(const struct choice *) = {
        [MM_RANGE_MINMAX] = by_minmax,
        [MM_RANGE_P9999] = by_percentile,
        [MM_RANGE_MSE] = by_mse,
        [MM_RANGE_KL] = by_kl,
    };
    double size = greatest(ranges, channel);
    struct choice choice = {ranges, setting, channel, {-size, size}};
    struct range range = choice.all;

    if (setting->asymmetric && size > 0.0)
        choice.all = (struct range){fmin(ranges->low[channel], 0.0), fmax(ranges->high[channel], 0.0)};
    *all_zero = size == 0.0;
    if (!*all_zero)
        range = ways[setting->range](&choice);
    if (range.low == range.high) /* nearly all values are zero: no percentile of them is a range */
        range = choice.all;
    mm_quant_of(setting->dtype, setting->asymmetric, range.low, range.high, out);
}
