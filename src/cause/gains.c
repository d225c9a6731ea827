/* What other quantisation settings would gain one layer, from its what-ifs. */
#include "mmtui/cause.h"

#include <math.h>

static bool is_integer(enum mm_dtype dtype)
{
    enum mm_kind kind = mm_dtype_info(dtype)->kind;

    return (kind == MM_KIND_INT || kind == MM_KIND_UINT) && mm_dtype_info(dtype)->bits <= 16;
}

/* The what-if that evidence took dst's format for, if it is an integer's. */
static const struct mm_whatif *present_format(const struct mm_evidence *evidence)
{
    if (evidence->format < 0 || (size_t)evidence->format >= evidence->floors)
        return NULL;
    return is_integer(evidence->floor[evidence->format].setting.dtype) ? &evidence->floor[evidence->format]
                                                                       : NULL;
}

static bool is_quantised(const struct mm_subject *subject)
{
    const struct mm_result *result = subject->result;
    bool was_float = mm_dtype_info(result->src.dtype)->kind == MM_KIND_FLOAT;

    return (was_float && is_integer(result->dst.dtype)) || subject->evidence->grid > 0.0 ||
           present_format(subject->evidence);
}

static const struct mm_whatif *find_floor(const struct mm_evidence *evidence,
                                          const struct mm_whatif_setting *like, bool per_channel,
                                          bool asymmetric, enum mm_range range)
{
    for (size_t i = 0; i < evidence->floors; i++) {
        const struct mm_whatif_setting *had = &evidence->floor[i].setting;

        if (had->dtype == like->dtype && had->per_channel == per_channel && had->asymmetric == asymmetric &&
            had->range == range)
            return &evidence->floor[i];
    }
    return NULL;
}

/* Two exact results are equal. NaN when either was not tried, or has no figure. */
static double gain(const struct mm_whatif *with, const struct mm_whatif *without)
{
    double db;

    if (!with || !without)
        return NAN;
    if (with->metrics.sqnr == without->metrics.sqnr)
        return 0.0;
    db = with->metrics.sqnr - without->metrics.sqnr;
    return isnan(db) ? NAN : fmin(fmax(db, 0.0), MM_GAIN_MAX);
}

/* Norms of what rounding the weights adds, by one scale and by a scale a channel. */
static double by_channels(const struct mm_recomputed *recomputed)
{
    double tensor, channel;

    if (!recomputed || recomputed->state != MM_RECOMPUTE_DONE)
        return NAN;
    tensor = recomputed->per_tensor;
    channel = recomputed->per_channel;
    if (!isfinite(tensor) || !isfinite(channel))
        return NAN;
    if (tensor <= channel)
        return 0.0;
    return channel > 0.0 ? fmin(20.0 * log10(tensor / channel), MM_GAIN_MAX) : MM_GAIN_MAX;
}

static void by_statistics(const struct mm_evidence *evidence, const struct mm_whatif *without,
                          const struct mm_whatif_setting *now, struct mm_gains *out)
{
    for (int range = MM_RANGE_MINMAX + 1; range < MM_RANGE_COUNT; range++) {
        double db =
            gain(find_floor(evidence, now, now->per_channel, now->asymmetric, (enum mm_range)range), without);

        if (!isnan(db) && !(out->statistics >= db)) {
            out->statistics = db;
            out->range = (enum mm_range)range;
        }
    }
}

bool mm_gains_of_weights(const struct mm_subject *subject, struct mm_gains *out)
{
    *out = (struct mm_gains){by_channels(subject->recomputed), NAN, NAN, MM_RANGE_MINMAX};
    return !isnan(out->per_channel);
}

bool mm_gains_find(const struct mm_subject *subject, bool quantised, struct mm_gains *out)
{
    static const struct mm_whatif_setting usual = {.dtype = MM_I8};
    const struct mm_evidence *evidence = subject->evidence;
    const struct mm_whatif *present;
    struct mm_whatif_setting now = usual;

    *out = (struct mm_gains){NAN, NAN, NAN, MM_RANGE_MINMAX};
    if (!evidence || evidence->problem || evidence->floors == 0 || !(quantised || is_quantised(subject)))
        return false;
    present = present_format(evidence);
    if (present)
        now = present->setting;
    else
        present = find_floor(evidence, &now, false, false, MM_RANGE_MINMAX);
    out->per_channel = by_channels(subject->recomputed);
    out->asymmetric =
        now.asymmetric ? 0.0 : gain(find_floor(evidence, &now, now.per_channel, true, now.range), present);
    by_statistics(evidence, present, &now, out);
    return true;
}
