/* The table of metrics: what each is called, how it is shown, and where it stands in a result. */
#include "mmtui/compare.h"

#include <math.h>
#include <stddef.h>

/* ---- how figures are shown ---- */

static void text_sci(const struct mm_metrics *m, double value, struct mm_buf *out)
{
    char text[MM_NUM];
    (void)m;
    mm_buf_puts(out, mm_num_sci(text, value));
}

/* A size in the tensor's own unit: as people write it, unless that has many zeros. */
static void text_magnitude(const struct mm_metrics *m, double value, struct mm_buf *out)
{
    char text[MM_NUM];
    (void)m;
    bool plain = value == 0 || (fabs(value) >= 0.01 && fabs(value) < 1e5);
    mm_buf_puts(out, plain ? mm_num_short(text, value, 3) : mm_num_sci(text, value));
}

static void text_decibel(const struct mm_metrics *m, double value, struct mm_buf *out)
{
    (void)m;
    char word[MM_NUM];
    if (!isfinite(value))
        mm_buf_puts(out, mm_num_short(word, value, 1));
    else
        mm_buf_printf(out, "%.1f", value);
}

static void text_share(const struct mm_metrics *m, double value, struct mm_buf *out)
{
    double share = value * 100;
    (void)m;
    if (isnan(value))
        mm_buf_puts(out, "NaN");
    else
        mm_buf_printf(out, share > 0 && share < 0.1 ? "<0.1%%" : "%.1f%%", share);
}

/* Near 1 with the digits of the gap. */
static void text_cosine(const struct mm_metrics *m, double value, struct mm_buf *out)
{
    char text[MM_NUM];
    mm_buf_puts(out, mm_num_cos(text, value, m->cosine_gap));
}

static void text_count(const struct mm_metrics *m, double value, struct mm_buf *out)
{
    char text[MM_NUM];
    (void)m;
    mm_buf_puts(out, mm_num_count(text, (int64_t)value));
}

/* From the gap, which has no rounding noise near 1: equal tensors tie. */
static double rank_cosine(const struct mm_metrics *m)
{
    return 1 - m->cosine_gap;
}

/* ---- the tables ---- */

#define FIGURE(member) MM_FIGURE_REAL, offsetof(struct mm_metrics, member)
#define NUMBER(member) MM_FIGURE_COUNT, offsetof(struct mm_metrics, member)
#define PLACE(member)  MM_FIGURE_PLACE, offsetof(struct mm_metrics, member)

static const struct mm_metric metrics[MM_METRIC_COUNT] = {
    [MM_METRIC_ELEMENTS] = {{"count", NUMBER(count)}},
    [MM_METRIC_FINITE] = {{"finite", NUMBER(finite)}},
    [MM_METRIC_NONFINITE_EQUAL] = {{"nonfinite_equal", NUMBER(nonfinite_equal)}},
    [MM_METRIC_NONFINITE_DIFFER] = {{"nonfinite_differ", NUMBER(nonfinite_differ)},
                                    "NaN, Inf",
                                    "on one side only",
                                    text_count},
    [MM_METRIC_DIFFER_AT] = {{"differ_at", PLACE(differ_at)}},
    [MM_METRIC_DIFF1] = {{"diff1", FIGURE(diff1)}, "diff1", "sum|s-d| / sum|s|", text_sci},
    [MM_METRIC_DIFF2] = {{"diff2", FIGURE(diff2)}, "diff2", "sqrt(sum(s-d)^2 / sum s^2)", text_sci},
    [MM_METRIC_SQNR] = {{"sqnr_db", FIGURE(sqnr)}, "SQNR", "-20 log10(diff2)", text_decibel, .unit = "dB"},
    [MM_METRIC_DIFF3_REL] = {{"diff3_relative", FIGURE(diff3_rel)},
                             "diff3",
                             "max |s-d|/|s|; |s-d| at s~0",
                             text_sci},
    [MM_METRIC_MAX_REL_AT] = {{"diff3_relative_at", PLACE(max_rel_at)}},
    [MM_METRIC_DIFF3_ABS] = {{"diff3_absolute", FIGURE(diff3_abs)}, NULL, NULL, text_sci},
    [MM_METRIC_DIFF4_GREATER] = {{"diff4_greater", FIGURE(diff4_greater)},
                                 "diff4",
                                 "share with d > s, d < s",
                                 text_share},
    [MM_METRIC_DIFF4_LESS] = {{"diff4_less", FIGURE(diff4_less)}, NULL, NULL, text_share},
    [MM_METRIC_DIFF4_N] = {{"diff4_count", NUMBER(diff4_n)}},
    [MM_METRIC_MSE] = {{"mse", FIGURE(mse)}, "MSE", "mean (s-d)^2", text_sci},
    [MM_METRIC_RMSE] = {{"rmse", FIGURE(rmse)}, "RMSE", "sqrt(mean (s-d)^2)", text_sci},
    [MM_METRIC_MAE] = {{"mae", FIGURE(mae)}, "MAE", "mean |s-d|", text_sci},
    [MM_METRIC_MAX_ABS] = {{"max_abs", FIGURE(max_abs)}, "max|d|", "largest |s-d|", text_magnitude},
    [MM_METRIC_MAX_ABS_AT] = {{"max_abs_at", PLACE(max_abs_at)}},
    [MM_METRIC_COSINE] =
        {{"cosine", FIGURE(cosine)}, "cosine", "direction; blind to scale", text_cosine, .rank = rank_cosine},
    [MM_METRIC_COSINE_GAP] = {{"cosine_gap", FIGURE(cosine_gap)},
                              "1 - cos",
                              "without cancellation",
                              text_sci},
    [MM_METRIC_FIT_SCALE] = {{"fit_scale", FIGURE(fit_scale)}, "fit d =", "least squares over s", text_sci},
    [MM_METRIC_FIT_OFFSET] = {{"fit_offset", FIGURE(fit_offset)}, NULL, NULL, text_sci},
    [MM_METRIC_FIT_RESIDUAL] = {{"fit_residual", FIGURE(fit_residual)}, NULL, NULL, text_sci},
    [MM_METRIC_BEYOND] = {{"beyond_tolerance", FIGURE(beyond)},
                          "beyond",
                          "|s-d| > atol + rtol |s|",
                          text_share},
};

#define STAT(name, member, kind)                                                                             \
    {                                                                                                        \
        name, MM_FIGURE_##kind, offsetof(struct mm_stats, member)                                            \
    }
static const struct mm_figure stats[] = {
    STAT("finite", finite, COUNT),   STAT("nan", nan, COUNT),   STAT("pos_inf", pos_inf, COUNT),
    STAT("neg_inf", neg_inf, COUNT), STAT("zero", zero, COUNT), STAT("min", min, REAL),
    STAT("min_at", min_at, PLACE),   STAT("max", max, REAL),    STAT("max_at", max_at, PLACE),
    STAT("mean", mean, REAL),        STAT("std", std, REAL),
};

/* Both structs are nothing but members of 8 bytes: one that has no row does not compile. */
_Static_assert(sizeof(struct mm_stats) == 8 * MM_COUNT(stats), "a statistic without a row");
_Static_assert(sizeof(struct mm_metrics) == 8 * MM_COUNT(metrics) + 2 * sizeof(struct mm_stats),
               "a metric without a row");

const struct mm_metric *mm_metric(enum mm_metric_id id)
{
    return &metrics[id];
}

const struct mm_figure *mm_stat_figures(size_t *count)
{
    *count = MM_COUNT(stats);
    return stats;
}

double mm_metric_value(enum mm_metric_id id, const struct mm_metrics *m)
{
    const struct mm_figure *field = &metrics[id].field;
    const void *at = (const char *)m + field->member;
    return field->kind == MM_FIGURE_REAL ? *(const double *)at : (double)*(const int64_t *)at;
}

double mm_metric_rank(enum mm_metric_id id, const struct mm_metrics *m)
{
    return metrics[id].rank ? metrics[id].rank(m) : mm_metric_value(id, m);
}

void mm_metric_text(enum mm_metric_id id, const struct mm_metrics *m, struct mm_buf *out)
{
    if (metrics[id].text)
        metrics[id].text(m, mm_metric_value(id, m), out);
}
