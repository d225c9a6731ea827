/* Quantisation settings that cost more than they must: told from what other settings would cost. */
#include "triage/cause.h"

#include <math.h>

static const struct mm_whatif *floor_of(const struct trial *t, bool per_channel, bool asymmetric,
                                        enum mm_range range)
{
    for (size_t i = 0; i < t->c->floors; i++) {
        const struct mm_whatif *w = &t->c->floor[i];
        if (w->setting.dtype == MM_I8 && w->setting.per_channel == per_channel &&
            w->setting.asymmetric == asymmetric && w->setting.range == range)
            return w;
    }
    return NULL;
}

/* Is there a sign that dst was quantised to 8 bits at all? */
static bool quantised(const struct trial *t)
{
    const struct mm_dtype_info *dst = mm_dtype_info(t->c->result->dst.dtype);
    return t->c->quantised || dst->bits <= 8 || (t->values && grid_find(t->c->d, t->c->d_count, 256) > 0);
}

/* 1 when the error is what this setting costs, falling to 0 at a factor of 2.5. */
static double nearness(const struct trial *t, const struct mm_whatif *w)
{
    double off = fabs(log(t->c->result->metrics.diff2 / w->metrics.diff2)) / log(2.5);
    return off < 1 ? 1 - off * off : 0; /* NaN (0 / 0) gives 0 */
}

#define GAIN_LEAST 6.0 /* dB, one bit: less is not worth another setting */

/* The finding for an error that `coarse` explains and `better` would lessen. */
static bool better_setting(const struct trial *t, struct found *found, const struct mm_whatif *coarse,
                           double better, const char *sentence, const char *what)
{
    double near = coarse ? nearness(t, coarse) : 0;
    double gain = near > 0 ? 20 * log10(coarse->metrics.diff2 / better) : 0;
    char a[MM_NUM], b[MM_NUM], c[MM_NUM], d[MM_NUM];
    if (!(gain >= GAIN_LEAST - 0.3) || !quantised(t)) /* one bit is 6.02 dB, less what rounding varies */
        return false;
    found->finding.score = 0.95 * near;
    found->finding.residual = better;
    found_say(found, sentence, mm_num_short(a, gain, 2));
    found_evidence(
        found,
        "The error, %s, is what int8 with one symmetric scale or range costs here (%s). %s would cost "
        "%s: %s dB better.",
        mm_num_short(b, t->c->result->metrics.diff2, 2), mm_num_short(c, coarse->metrics.diff2, 2), what,
        mm_num_short(d, better, 2), a);
    return true;
}

bool cause_channel_range(const struct trial *t, struct found *found)
{
    const struct mm_whatif *symmetric = floor_of(t, false, false, MM_RANGE_MINMAX);
    const struct mm_whatif *asymmetric = floor_of(t, false, true, MM_RANGE_MINMAX);
    const struct mm_whatif *fine = floor_of(t, true, false, MM_RANGE_MINMAX);
    if (!fine || !symmetric)
        return false;
    const struct mm_whatif *coarse =
        asymmetric && nearness(t, asymmetric) > nearness(t, symmetric) ? asymmetric : symmetric;
    return better_setting(t, found, coarse, fine->metrics.diff2,
                          "one int8 scale for very different channels: per channel is %s dB better",
                          "A scale for each channel");
}

bool cause_one_sided(const struct trial *t, struct found *found)
{
    const struct mm_whatif *coarse = floor_of(t, false, false, MM_RANGE_MINMAX);
    const struct mm_whatif *fine = floor_of(t, false, true, MM_RANGE_MINMAX);
    if (!coarse || !fine || nearness(t, fine) >= nearness(t, coarse))
        return false;
    return better_setting(t, found, coarse, fine->metrics.diff2,
                          "a symmetric int8 range for one-sided values: asymmetric is %s dB better",
                          "An asymmetric range");
}

/* Of the rest, once the outliers are cut off: the step is smaller by the ratio of the scales. */
bool cause_outlier(const struct trial *t, struct found *found)
{
    const struct mm_whatif *coarse = floor_of(t, false, false, MM_RANGE_MINMAX);
    const struct mm_whatif *cut = floor_of(t, false, false, MM_RANGE_P9999);
    if (!coarse || !cut || !(cut->scale > 0) || !(cut->clipped > 0))
        return false;
    return better_setting(t, found, coarse, coarse->metrics.diff2 * cut->scale / coarse->scale,
                          "few outliers stretch the int8 range: the rest could be %s dB better",
                          "For all but one value in 10 000, a range that leaves those out");
}
