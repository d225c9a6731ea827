/* What other quantisation settings would buy: per layer from its what-ifs, over all layers as a sentence. */
#include "mmtui/triage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- one layer ---- */

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

/* Weights are symmetric whatever activations are: one symmetric scale against one for each channel. */
static double by_channels(const struct mm_evidence *evidence, const struct mm_whatif_setting *now)
{
    double db = gain(find_floor(evidence, now, true, false, MM_RANGE_MINMAX),
                     find_floor(evidence, now, false, false, MM_RANGE_MINMAX));

    if (now->per_channel)
        return 0.0;
    if (isnan(evidence->channel_slope))
        return NAN;
    return db * (1.0 - fmin(fmax(evidence->channel_slope, 0.0), 1.0));
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

bool mm_gains_find(const struct mm_subject *subject, bool quantised, struct mm_gains *out)
{
    static const struct mm_whatif_setting usual = {.dtype = MM_I8};
    const struct mm_evidence *evidence = subject->evidence;
    const struct mm_whatif *present;
    struct mm_whatif_setting now = usual;

    *out = (struct mm_gains){NAN, NAN, NAN, MM_RANGE_MINMAX};
    if (!evidence || evidence->problem || !(quantised || is_quantised(subject)))
        return false;
    present = present_format(evidence);
    if (present)
        now = present->setting;
    else
        present = find_floor(evidence, &now, false, false, MM_RANGE_MINMAX);
    out->per_channel = mm_op_has_weights(subject->op_type) ? by_channels(evidence, &now) : NAN;
    out->asymmetric =
        now.asymmetric ? 0.0 : gain(find_floor(evidence, &now, now.per_channel, true, now.range), present);
    by_statistics(evidence, present, &now, out);
    return true;
}

/* ---- all layers ---- */

struct gathered {
    double *gain; /* [known] */
    size_t known;
    size_t ranges[MM_RANGE_COUNT]; /* layers that each range does best for */
};

static void gather(struct gathered *gathered, struct mm_advice_item *item, double db, enum mm_range range,
                   size_t layer)
{
    if (isnan(db))
        return;
    gathered->gain[gathered->known++] = db;
    gathered->ranges[range]++;
    if (item->layer < 0 || db > item->most) {
        item->layer = (int32_t)layer;
        item->most = db;
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(const double *sorted, size_t n)
{
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0;
}

static void settle(struct gathered *gathered, struct mm_advice_item *item)
{
    size_t n = gathered->known;

    item->known = n;
    item->median = item->upper = NAN;
    if (n == 0)
        return;
    qsort(gathered->gain, n, sizeof(double), ascending);
    item->median = median(gathered->gain, n);
    item->upper = fmax(item->median, gathered->gain[(n - 1) / 10 * 9 + (n - 1) % 10 * 9 / 10]);
    item->worth = item->median >= MM_WORTH_MEDIAN || item->upper >= MM_WORTH_UPPER;
    for (int range = 0; range < MM_RANGE_COUNT; range++) {
        if (gathered->ranges[range] > gathered->ranges[item->range])
            item->range = (enum mm_range)range;
    }
}

static void gather_layer(struct gathered gathered[MM_ADVICE_COUNT], struct mm_advice *out,
                         const struct mm_gains *gains, size_t layer)
{
    const double db[MM_ADVICE_COUNT] = {[MM_ADVICE_PER_CHANNEL] = gains->per_channel,
                                        [MM_ADVICE_ASYMMETRIC] = gains->asymmetric,
                                        [MM_ADVICE_STATISTICS] = gains->statistics};

    for (int i = 0; i < MM_ADVICE_COUNT; i++)
        gather(&gathered[i], &out->item[i], db[i], gains->range, layer);
}

int mm_advice_find(const struct mm_subject *subjects, size_t count, const bool *quantised,
                   struct mm_advice *out, struct mm_err *err)
{
    struct gathered gathered[MM_ADVICE_COUNT] = {{0}};
    double *memory = calloc(count ? count : 1, MM_ADVICE_COUNT * sizeof(double));

    memset(out, 0, sizeof(*out));
    if (!memory)
        return mm_fail_memory(err);
    for (size_t i = 0; i < MM_ADVICE_COUNT; i++) {
        gathered[i].gain = memory + i * count;
        out->item[i].layer = -1;
        out->item[i].most = NAN;
    }
    for (size_t i = 0; i < count; i++) {
        struct mm_gains gains;

        if (!mm_gains_find(&subjects[i], quantised && quantised[i], &gains))
            continue;
        out->quantised++;
        gather_layer(gathered, out, &gains, i);
    }
    for (size_t i = 0; i < MM_ADVICE_COUNT; i++)
        settle(&gathered[i], &out->item[i]);
    free(memory);
    return 0;
}

/* ---- in words, and as settings ---- */

struct kind {
    const char *what, *how; /* how: the figure was found */
    const char *key, *value;
};

static const struct kind kinds[MM_ADVICE_COUNT] = {
    [MM_ADVICE_PER_CHANNEL] = {"Per-channel weights", "inferred from how the error lies over the channels",
                               "precision_config.weight_quant_granularity", "per_axis"},
    [MM_ADVICE_ASYMMETRIC] = {"Asymmetric activations", "measured on the reference",
                              "precision_config.activation_quant_algo", "asymmetric"},
    [MM_ADVICE_STATISTICS] = {"Another range than min-max", "measured on the reference", NULL, NULL},
};

static void item_text(const struct mm_advice_item *item, const struct kind *kind, struct mm_buf *out)
{
    mm_buf_printf(out, "%s", kind->what);
    if (!kind->key) /* which range */
        mm_buf_printf(out, ", mostly %s,", mm_range_word(item->range));
    if (item->known == 1)
        mm_buf_printf(out, " would buy %.1f dB for the one quantised op that tells", item->median);
    else
        mm_buf_printf(out, " would buy %.1f dB at the median over %zu quantised ops", item->median,
                      item->known);
    if (item->median < MM_WORTH_MEDIAN)
        mm_buf_printf(out, ", but %.1f dB or more for a tenth of them", item->upper);
    mm_buf_printf(out, " (%s).", kind->how);
}

void mm_advice_text(const struct mm_advice *advice, struct mm_buf *out)
{
    const char *between = "";

    for (int i = 0; i < MM_ADVICE_COUNT; i++) {
        if (!advice->item[i].worth)
            continue;
        mm_buf_puts(out, between);
        item_text(&advice->item[i], &kinds[i], out);
        between = " ";
    }
    if (advice->quantised > 0 && *between == '\0')
        mm_buf_printf(out, "No other quantisation setting would buy much: %zu quantised op%s looked at.",
                      advice->quantised, advice->quantised == 1 ? "" : "s");
}

size_t mm_advice_settings(const struct mm_advice *advice, struct mm_advice_setting out[MM_ADVICE_COUNT])
{
    size_t n = 0;

    for (int i = 0; i < MM_ADVICE_COUNT; i++) {
        if (advice->item[i].worth && kinds[i].key)
            out[n++] = (struct mm_advice_setting){kinds[i].key, kinds[i].value};
    }
    return n;
}
