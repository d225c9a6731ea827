#include "cause/worst.h"
#include "cause/sorted.h"

#include <math.h>
#include <stdlib.h>

/* A channel stands out when its RMS error is so many times the median channel's. */
#define STANDS_OUT 4.0
/* Fewer channels have no median to speak of. */
#define CHANNELS_TELLING 4

void worst_init(struct mm_worst *worst)
{
    *worst = (struct mm_worst){.at = -1, .channel = -1, .axis = -1, .s = NAN, .d = NAN};
}

void worst_element(struct mm_worst *worst, const struct mm_metrics *metrics, const struct mm_shape *shape,
                   const double *s, const double *d, int64_t count)
{
    int64_t at = metrics->nonfinite_differ ? metrics->differ_at : metrics->max_abs_at;
    if (at < 0 || at >= count || s[at] == d[at])
        return;
    worst->at = at;
    worst->shape = *shape;
    worst->s = s[at];
    worst->d = d[at];
}

static double rms_error(const struct channel_sums *sum)
{
    return sum->n ? sqrt(sum->ee / (double)sum->n) : 0;
}

void worst_channel(struct mm_worst *worst, const struct channels *channels, int axis, bool known)
{
    size_t count = (size_t)channels->count;
    double *error = count >= CHANNELS_TELLING ? malloc(count * sizeof *error) : NULL;
    int64_t most = 0;
    if (!error)
        return; /* too few, or no memory: the element is told all the same */
    for (int64_t c = 0; c < channels->count; c++) {
        error[c] = rms_error(&channels->sum[c]);
        if (error[c] > error[most])
            most = c;
    }
    double largest = error[most];
    double median = value_at_place(error, count, (count - 1) / 2);
    free(error);
    if (channels->sum[most].n < 2 || !(largest > 0) || largest < STANDS_OUT * median)
        return;
    worst->channel = most;
    worst->axis = axis;
    worst->is_channel = known;
    worst->channel_error = largest;
    worst->median_error = median;
}
