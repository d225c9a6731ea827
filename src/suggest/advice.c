/* What other quantisation settings would gain: over all layers, as a sentence and as settings. */
#include "mmtui/suggest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static void count_votes(const struct mm_background *background, struct mm_advice *out)
{
    out->weights = background->weights;
    out->told = background->told;
    out->simulated = background->simulated;
    out->voted = background->voted;
    out->in_favour = background->weights == MM_PER_CHANNEL ? background->per_channel : background->per_tensor;
}

int mm_advice_find(const struct mm_subject *subjects, size_t count, const bool *quantised,
                   struct mm_advice *out, struct mm_err *err)
{
    struct gathered gathered[MM_ADVICE_COUNT] = {{0}};
    struct mm_background background;
    double *memory = calloc(count ? count : 1, MM_ADVICE_COUNT * sizeof(double));

    memset(out, 0, sizeof(*out));
    if (!memory)
        return mm_fail_memory(err);
    for (size_t i = 0; i < MM_ADVICE_COUNT; i++) {
        gathered[i].gain = memory + i * count;
        out->item[i].layer = -1;
        out->item[i].most = NAN;
    }
    mm_background_find(subjects, count, &background);
    count_votes(&background, out);
    for (size_t i = 0; i < count; i++) {
        struct mm_gains gains;

        if (!mm_background_gains(&background, &subjects[i], quantised && quantised[i], &gains))
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
    const char *what, *how;  /* how: the figure was found */
    const char *key, *value; /* value NULL: the range tells */
};

static const struct kind kinds[MM_ADVICE_COUNT] = {
    [MM_ADVICE_PER_CHANNEL] = {"Per-channel weights", "of what rounding the weights adds",
                               "weight_granularity", "per_channel"},
    [MM_ADVICE_ASYMMETRIC] = {"Asymmetric activations", "measured on the reference", "activation_symmetry",
                              "asymmetric"},
    [MM_ADVICE_STATISTICS] = {"A range other than min-max", "measured on the reference",
                              "calibration_statistics", NULL},
};

static void item_text(const struct mm_advice_item *item, const struct kind *kind, struct mm_buf *out)
{
    mm_buf_printf(out, "%s", kind->what);
    if (!kind->value)
        mm_buf_printf(out, ", mostly %s,", mm_range_word(item->range));
    if (item->known == 1)
        mm_buf_printf(out, " would gain %.1f dB (1 quantised op", item->median);
    else
        mm_buf_printf(out, " would gain %.1f dB (median of %zu quantised ops", item->median, item->known);
    if (item->median < MM_WORTH_MEDIAN)
        mm_buf_printf(out, "; %.1f dB or more for a tenth of them", item->upper);
    mm_buf_printf(out, "; %s).", kind->how);
}

/* What is known already is no advice, but keeps from asking for it. */
static void weights_text(const struct mm_advice *advice, struct mm_buf *out)
{
    const char *what = advice->weights == MM_PER_CHANNEL ? "a scale for each channel" : "one scale a tensor";
    const char *from = advice->simulated ? "as simulated" : "from the quantised model";
    if (advice->told && advice->weights != MM_GRANULARITY_UNKNOWN)
        mm_buf_printf(out, " The weights have %s (%s: %zu of %zu operators).", what, from, advice->in_favour,
                      advice->voted);
    else if (advice->told)
        mm_buf_printf(out, " The weights of %zu of %zu operators have one scale a tensor (%s).",
                      advice->in_favour, advice->voted, from);
    else if (advice->weights != MM_GRANULARITY_UNKNOWN)
        mm_buf_printf(out, " The weights have %s (%zu of %zu operators show it).", what, advice->in_favour,
                      advice->voted);
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
        mm_buf_printf(out, "No other quantisation setting would gain much (%zu quantised op%s analysed).",
                      advice->quantised, advice->quantised == 1 ? "" : "s");
    if (advice->quantised > 0)
        weights_text(advice, out);
}

/* Min-max is what the gain is measured against, so it is no advice. */
static const char *const statistics[MM_RANGE_COUNT] = {
    [MM_RANGE_P9999] = "percentile_99.99", [MM_RANGE_MSE] = "mse", [MM_RANGE_KL] = "entropy"};

size_t mm_advice_settings(const struct mm_advice *advice, struct mm_advice_setting out[MM_ADVICE_COUNT])
{
    size_t n = 0;

    for (int i = 0; i < MM_ADVICE_COUNT; i++) {
        const char *value = kinds[i].value ? kinds[i].value : statistics[advice->item[i].range];
        if (advice->item[i].worth && value)
            out[n++] = (struct mm_advice_setting){kinds[i].key, value};
    }
    return n;
}
