#include "mmtui/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct mm_result *result_of(const struct mm_session *session, size_t id)
{
    return &mm_session_layer(session, id)->result;
}

static bool is_measured(const struct mm_result *result)
{
    return result->state == MM_STATE_MEASURED;
}

/* NaN or Inf on one side only: no figure says how bad that is. */
static bool is_broken(const struct mm_result *result)
{
    return is_measured(result) && result->metrics.nonfinite_differ > 0;
}

/* ---- text columns ---- */

static double value_number(const struct mm_session *session, size_t id)
{
    return mm_session_order(session) == MM_ORDER_UNKNOWN ? NAN : (double)(id + 1);
}

static void text_number(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    if (mm_session_order(session) != MM_ORDER_UNKNOWN)
        mm_buf_printf(out, "%zu", id + 1);
}

static void text_layer(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    const struct mm_layer *layer = mm_session_layer(session, id);
    mm_buf_puts(out, layer->label);
    if (layer->pair->occurrences > 1)
        mm_buf_printf(out, " (%u)", layer->pair->occurrence);
}

static void text_precision(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    const struct mm_override *override = mm_session_override(session, id);
    if (override)
        mm_buf_puts(out, mm_override_badge(override));
}

static void text_op(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    const char *op = mm_session_op(session, id);
    mm_text_escape(out, op, strlen(op));
}

/* "f16", or how blocks are stored that are decoded: "Q4_K". */
static const char *dtype_name(const struct mm_entry *entry, const struct mm_info *info)
{
    const char *stored = entry ? mm_entry_stored_as(entry) : NULL;
    return stored ? stored : mm_dtype_info(info->dtype)->name;
}

static void text_dtype(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    const struct mm_result *result = result_of(session, id);
    const struct mm_pair *pair = mm_session_layer(session, id)->pair;
    if (result->src.known && result->src.dtype == MM_DTYPE_NONE)
        return; /* an earlier diff.json does not tell */
    if (result->src.known)
        mm_buf_puts(out, dtype_name(pair->src, &result->src));
    if (result->src.known && result->dst.known)
        mm_buf_puts(out, " → ");
    else if (result->dst.known)
        mm_buf_puts(out, "→ ");
    else if (result->src.known)
        mm_buf_puts(out, " →");
    if (result->dst.known)
        mm_buf_puts(out, dtype_name(pair->dst, &result->dst));
    if (mm_layer_dequantised(mm_session_layer(session, id)) == MM_DEQUANTISED_CODES)
        mm_buf_putc(out, '*');
}

static void text_shape(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    const struct mm_result *result = result_of(session, id);
    const struct mm_info *info = result->src.known ? &result->src : &result->dst;
    char text[MM_RANK_MAX * 22];
    if (info->known)
        mm_buf_puts(out, mm_shape_text(&info->shape, true, text, sizeof text));
}

static double value_elements(const struct mm_session *session, size_t id)
{
    const struct mm_result *result = result_of(session, id);
    const struct mm_info *info = result->src.known ? &result->src : &result->dst;
    return info->known ? (double)mm_shape_count(&info->shape) : NAN;
}

static void text_elements(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    double value = value_elements(session, id);
    char text[MM_NUM];
    if (!isnan(value))
        mm_buf_puts(out, mm_num_count(text, (int64_t)value));
}

static void text_paired(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    const struct mm_pair *pair = mm_session_layer(session, id)->pair;
    if (pair->src && pair->dst && pair->rung != MM_PAIR_BY_NONE)
        mm_buf_puts(out, mm_pair_rung_info(pair->rung)->name);
}

static void text_verdict(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    const struct mm_layer *layer = mm_session_layer(session, id);
    if (layer->verdict.text[0])
        mm_buf_puts(out, layer->verdict.text);
    else if (layer->verdict.kind == MM_VERDICT_OK)
        mm_buf_puts(out, "ok");
}

/* ---- figures ---- */

/* For ranking: what is broken or unreadable is worst, what is not measured has no figure. */
static double ranked(const struct mm_result *result, double figure, bool worst_low)
{
    bool worst = is_broken(result) || result->state == MM_STATE_MISMATCH || result->state == MM_STATE_FAILED;
    if (worst)
        return worst_low ? -INFINITY : INFINITY;
    return is_measured(result) ? figure : NAN;
}

/* A figure's cell: blank before measuring, NaN where broken or where nothing finite was there to measure. */
static bool figure_word(const struct mm_result *result, struct mm_buf *out)
{
    if (!is_measured(result)) {
        if (result->state == MM_STATE_MISMATCH || result->state == MM_STATE_FAILED)
            mm_buf_puts(out, "-");
        return true;
    }
    bool nothing = result->metrics.finite == 0 && result->metrics.count > 0;
    if (is_broken(result) || nothing)
        mm_buf_puts(out, "NaN");
    return is_broken(result) || nothing;
}

/* Of a column that shows a metric. */
static double value_of(const struct mm_session *session, size_t id, enum mm_column_id column)
{
    const struct mm_result *result = result_of(session, id);
    const struct mm_column *info = mm_column(column);
    return ranked(result, mm_metric_rank(info->metric, &result->metrics), info->worst_low);
}

static void text_of(const struct mm_session *session, size_t id, enum mm_column_id column, struct mm_buf *out)
{
    const struct mm_result *result = result_of(session, id);
    if (!figure_word(result, out) && !isnan(mm_metric_value(mm_column(column)->metric, &result->metrics)))
        mm_metric_text(mm_column(column)->metric, &result->metrics, out);
}

#define VALUE(name, column)                                                                                  \
    static double value_##name(const struct mm_session *session, size_t id)                                  \
    {                                                                                                        \
        return value_of(session, id, column);                                                                \
    }
#define METRIC(name, column)                                                                                 \
    VALUE(name, column)                                                                                      \
    static void text_##name(const struct mm_session *session, size_t id, struct mm_buf *out)                 \
    {                                                                                                        \
        text_of(session, id, column, out);                                                                   \
    }

METRIC(diff1, MM_COLUMN_DIFF1)
METRIC(diff2, MM_COLUMN_DIFF2)
METRIC(sqnr, MM_COLUMN_SQNR)
METRIC(diff3, MM_COLUMN_DIFF3)
METRIC(diff3_abs, MM_COLUMN_DIFF3_ABS)
METRIC(greater, MM_COLUMN_GREATER)
METRIC(less, MM_COLUMN_LESS)
METRIC(max_abs, MM_COLUMN_MAX_ABS)
METRIC(mse, MM_COLUMN_MSE)
METRIC(rmse, MM_COLUMN_RMSE)
METRIC(mae, MM_COLUMN_MAE)
METRIC(gap, MM_COLUMN_GAP)
METRIC(scale, MM_COLUMN_SCALE)
METRIC(offset, MM_COLUMN_OFFSET)
METRIC(residual, MM_COLUMN_RESIDUAL)
METRIC(beyond, MM_COLUMN_BEYOND)
VALUE(cosine, MM_COLUMN_COSINE)

/* There is no angle to what is not finite. */
static void text_cosine(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    if (is_broken(result_of(session, id)))
        mm_buf_puts(out, "-");
    else
        text_of(session, id, MM_COLUMN_COSINE, out);
}

static int64_t nonfinite(const struct mm_stats *stats)
{
    return stats->nan + stats->pos_inf + stats->neg_inf;
}

static double value_nonfinite(const struct mm_session *session, size_t id)
{
    const struct mm_result *result = result_of(session, id);
    if (!is_measured(result) && result->state != MM_STATE_SINGLE)
        return NAN;
    return (double)(nonfinite(&result->metrics.src) + nonfinite(&result->metrics.dst));
}

static void text_nonfinite(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    double value = value_nonfinite(session, id);
    char text[MM_NUM];
    if (!isnan(value))
        mm_buf_puts(out, mm_num_count(text, (int64_t)value));
}

static double value_differ(const struct mm_session *session, size_t id)
{
    const struct mm_result *result = result_of(session, id);
    return is_measured(result) ? (double)result->metrics.nonfinite_differ : NAN;
}

static void text_differ(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    double value = value_differ(session, id);
    char text[MM_NUM];
    if (!isnan(value))
        mm_buf_puts(out, mm_num_count(text, (int64_t)value));
}

/* ---- three dumps ---- */

static double comparison_figure(const struct mm_session *session, size_t id, enum mm_comparison which)
{
    const struct mm_result *result = mm_session_comparison(session, id, which);
    if (!result || result->state != MM_STATE_MEASURED)
        return NAN;
    return result->metrics.nonfinite_differ ? INFINITY : result->metrics.diff2;
}

#define AGAINST(name, which)                                                                                 \
    static bool there_##name(const struct mm_session *session)                                               \
    {                                                                                                        \
        return mm_session_has(session, which);                                                               \
    }                                                                                                        \
    static double value_##name(const struct mm_session *session, size_t id)                                  \
    {                                                                                                        \
        return comparison_figure(session, id, which);                                                        \
    }                                                                                                        \
    static void text_##name(const struct mm_session *session, size_t id, struct mm_buf *out)                 \
    {                                                                                                        \
        put_comparison(comparison_figure(session, id, which), out);                                          \
    }

static void put_comparison(double value, struct mm_buf *out)
{
    char text[MM_NUM];
    if (!isnan(value))
        mm_buf_puts(out, isinf(value) ? "NaN" : mm_num_sci(text, value));
}

AGAINST(impl, MM_COMPARISON_IMPLEMENTATION)
AGAINST(format, MM_COMPARISON_FORMAT)
AGAINST(before, MM_COMPARISON_BEFORE)

/* now / before: above 1 is worse. Broken now and not before is +Inf, the reverse 0, both 1. */
static double value_change(const struct mm_session *session, size_t id)
{
    const struct mm_result *result = result_of(session, id);
    double before = comparison_figure(session, id, MM_COMPARISON_BEFORE);
    if (isnan(before) || !is_measured(result))
        return NAN;
    return mm_change_of(is_broken(result) ? INFINITY : result->metrics.diff2, before);
}

static void put_change(double change, bool broken, struct mm_buf *out)
{
    double times = change > 1 ? change : 1 / change;
    char text[MM_NUM];
    if (isnan(change))
        return;
    if (change > MM_CHANGE_BETTER && change < MM_CHANGE_WORSE)
        mm_buf_puts(out, "same");
    else if (change == 0)
        mm_buf_puts(out, "fixed");
    else if (isinf(change)) /* of no error at all, any is more */
        mm_buf_puts(out, broken ? "broken" : "worse");
    else
        mm_buf_printf(out, "%sx %s",
                      mm_num_short(text, times, times < 99.5 ? 2 : 1), /* "6e2": what fits the column */
                      change > 1 ? "worse" : "better");
}

static void text_change(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    put_change(value_change(session, id), is_broken(result_of(session, id)), out);
}

/* The same against what the layer's files were before they were written anew. */
static double value_since(const struct mm_session *session, size_t id)
{
    const struct mm_result *result = result_of(session, id);
    double earlier = mm_session_layer(session, id)->earlier;
    if (isnan(earlier) || !is_measured(result))
        return NAN;
    return mm_change_of(is_broken(result) ? INFINITY : result->metrics.diff2, earlier);
}

static void text_since(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    put_change(value_since(session, id), is_broken(result_of(session, id)), out);
}

/* ---- the plan that dst was made with ---- */

static void text_applied(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    const struct mm_effect *effect = mm_session_effect(session, id);
    if (effect)
        mm_buf_puts(out, mm_effect_word(effect->verdict.kind));
}

/* ---- triage ---- */

static void text_cause(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    enum mm_cause_id cause = mm_session_layer(session, id)->verdict.cause;
    if (cause != MM_CAUSE_NONE)
        mm_buf_puts(out, mm_cause_info(cause)->word);
}

static void text_certainty(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    mm_buf_puts(out, mm_confidence_word(mm_session_layer(session, id)->verdict.confidence));
}

/* What blame says of a layer that was measured; NULL: nothing. */
static const struct mm_blame *blame_of(const struct mm_session *session, size_t id)
{
    return is_measured(result_of(session, id)) ? mm_session_blame(session, id) : NULL;
}

static double value_introduced(const struct mm_session *session, size_t id)
{
    const struct mm_blame *blame = blame_of(session, id);
    return blame ? blame->introduced : NAN;
}

static void text_introduced(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    put_comparison(value_introduced(session, id), out);
}

static double value_gain(const struct mm_session *session, size_t id)
{
    const struct mm_blame *blame = blame_of(session, id);
    return blame ? blame->amplification : NAN;
}

static void text_gain(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    double gain = value_gain(session, id);
    char text[MM_NUM];
    if (!isnan(gain))
        mm_buf_printf(out, isinf(gain) ? "%s" : "%sx", mm_num_short(text, gain, 3));
}

static double value_root(const struct mm_session *session, size_t id)
{
    const struct mm_blame *blame = mm_session_blame(session, id);
    return blame && blame->root >= 0 ? blame->root + 1 : NAN;
}

static double value_from(const struct mm_session *session, size_t id)
{
    const struct mm_verdict *verdict = &mm_session_layer(session, id)->verdict;
    return verdict->kind != MM_VERDICT_NONE && verdict->from >= 0 ? verdict->from + 1 : NAN;
}

static void put_place(double value, struct mm_buf *out)
{
    if (!isnan(value))
        mm_buf_printf(out, "#%.0f", value);
}

static void text_root(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    put_place(value_root(session, id), out);
}

static void text_from(const struct mm_session *session, size_t id, struct mm_buf *out)
{
    put_place(value_from(session, id), out);
}

bool mm_column_there(const struct mm_session *session, enum mm_column_id id)
{
    return !mm_column(id)->there || mm_column(id)->there(session);
}

static const struct mm_column columns[MM_COLUMN_COUNT] = {
    [MM_COLUMN_NUMBER] = {"number", "#", "place in execution order", 5, true, true, true, text_number,
                          value_number},
    [MM_COLUMN_LAYER] = {"layer", "LAYER", "tensor name", 0, false, false, false, text_layer, NULL},
    [MM_COLUMN_PRECISION] = {"precision", "PREC", "chosen precision", 4, false, false, false, text_precision,
                             NULL},
    [MM_COLUMN_OP] = {"op", "OP", "operator type", 12, false, false, false, text_op, NULL},
    [MM_COLUMN_DTYPE] = {"dtype", "DTYPE", "number formats of src and dst; *: raw integers, dequantised", 10,
                         false, false, false, text_dtype, NULL},
    [MM_COLUMN_SHAPE] = {"shape", "SHAPE", "shape", 14, false, false, false, text_shape, NULL},
    [MM_COLUMN_ELEMENTS] = {"elements", "elements", "how many elements", 8, true, true, false, text_elements,
                            value_elements},
    [MM_COLUMN_PAIRED] = {"paired", "PAIRED", "by what its two sides were paired", 10, false, false, false,
                          text_paired, NULL},
    [MM_COLUMN_DIFF1] = {"diff1", "diff1", NULL, 8, true, true, false, text_diff1, value_diff1,
                         .metric = MM_METRIC_DIFF1},
    [MM_COLUMN_DIFF2] = {"diff2", "diff2", NULL, 8, true, true, false, text_diff2, value_diff2,
                         .metric = MM_METRIC_DIFF2},
    [MM_COLUMN_SQNR] = {"sqnr", "SQNR", NULL, 6, true, true, true, text_sqnr, value_sqnr,
                        .metric = MM_METRIC_SQNR},
    [MM_COLUMN_DIFF3] = {"diff3", "diff3", "largest |s-d|/|s|", 8, true, true, false, text_diff3, value_diff3,
                         .metric = MM_METRIC_DIFF3_REL},
    [MM_COLUMN_DIFF3_ABS] = {"diff3abs", "diff3abs", "largest |s-d| where s is about 0", 8, true, true, false,
                             text_diff3_abs, value_diff3_abs, .metric = MM_METRIC_DIFF3_ABS},
    [MM_COLUMN_GREATER] = {"greater", "d > s", "share of elements with d > s (diff4)", 6, true, true, false,
                           text_greater, value_greater, .metric = MM_METRIC_DIFF4_GREATER},
    [MM_COLUMN_LESS] = {"less", "d < s", "share of elements with d < s (diff4)", 6, true, true, false,
                        text_less, value_less, .metric = MM_METRIC_DIFF4_LESS},
    [MM_COLUMN_MAX_ABS] = {"maxabs", "max|d|", NULL, 8, true, true, false, text_max_abs, value_max_abs,
                           .metric = MM_METRIC_MAX_ABS},
    [MM_COLUMN_MSE] = {"mse", "MSE", NULL, 8, true, true, false, text_mse, value_mse,
                       .metric = MM_METRIC_MSE},
    [MM_COLUMN_RMSE] = {"rmse", "RMSE", NULL, 8, true, true, false, text_rmse, value_rmse,
                        .metric = MM_METRIC_RMSE},
    [MM_COLUMN_MAE] = {"mae", "MAE", NULL, 8, true, true, false, text_mae, value_mae,
                       .metric = MM_METRIC_MAE},
    [MM_COLUMN_COSINE] = {"cos", "cos", NULL, 8, true, true, true, text_cosine, value_cosine,
                          .metric = MM_METRIC_COSINE},
    [MM_COLUMN_GAP] = {"gap", "1 - cos", "1 - cos, without cancellation", 8, true, true, false, text_gap,
                       value_gap, .metric = MM_METRIC_COSINE_GAP},
    [MM_COLUMN_SCALE] = {"scale", "scale", "a of the line d = a s + b that fits best", 9, true, true, false,
                         text_scale, value_scale, .metric = MM_METRIC_FIT_SCALE},
    [MM_COLUMN_OFFSET] = {"offset", "offset", "b of the same line", 9, true, true, false, text_offset,
                          value_offset, .metric = MM_METRIC_FIT_OFFSET},
    [MM_COLUMN_RESIDUAL] = {"residual", "residual", "what that line leaves, relative to d", 8, true, true,
                            false, text_residual, value_residual, .metric = MM_METRIC_FIT_RESIDUAL},
    [MM_COLUMN_BEYOND] = {"beyond", "beyond", NULL, 6, true, true, false, text_beyond, value_beyond,
                          .metric = MM_METRIC_BEYOND},
    [MM_COLUMN_NONFINITE] = {"nonfinite", "NaN/Inf", "NaN and Inf on both sides", 7, true, true, false,
                             text_nonfinite, value_nonfinite},
    [MM_COLUMN_DIFFER] = {"differ", "differ", "elements that are NaN or Inf on one side only", 6, true, true,
                          false, text_differ, value_differ},
    [MM_COLUMN_IMPL] = {"impl", "impl", "diff2 of dst against the simulation (--sim)", 8, true, true, false,
                        text_impl, value_impl, there_impl},
    [MM_COLUMN_FORMAT] = {"format", "format", "diff2 of the simulation against src (--sim)", 8, true, true,
                          false, text_format, value_format, there_format},
    [MM_COLUMN_BEFORE] = {"before", "before", "diff2 of the earlier dst (--before)", 8, true, true, false,
                          text_before, value_before, there_before},
    [MM_COLUMN_CHANGE] = {"change", "change", "diff2 against that of the earlier dst (--before)", 11, true,
                          true, false, text_change, value_change, there_before},
    [MM_COLUMN_APPLIED] = {"applied", "applied", "did the plan's override take effect (--plan with --before)",
                           11, false, false, false, text_applied, NULL, mm_session_verifies},
    [MM_COLUMN_SINCE] = {"since", "since", "diff2 against that before the file was written anew", 11, true,
                         true, false, text_since, value_since, mm_session_has_earlier},
    [MM_COLUMN_CAUSE] = {"cause", "CAUSE", "what caused the error, in a word", 18, false, false, false,
                         text_cause, NULL},
    [MM_COLUMN_CERTAINTY] = {"certainty", "CERTAINTY", "how sure the verdict is: certain, likely, possible",
                             9, false, false, false, text_certainty, NULL},
    [MM_COLUMN_INTRODUCED] = {"introduced", "added", "the part of diff2 that is added here", 8, true, true,
                              false, text_introduced, value_introduced},
    [MM_COLUMN_GAIN] = {"gain", "gain", "error divided by that of the worst input", 7, true, true, false,
                        text_gain, value_gain},
    [MM_COLUMN_ROOT] = {"root", "root", "# of the layer where the error starts, or this one's own", 6, true,
                        true, true, text_root, value_root},
    [MM_COLUMN_FROM] = {"from", "from", "# of the layer that the error is inherited from", 6, true, true,
                        true, text_from, value_from},
    [MM_COLUMN_VERDICT] = {"verdict", "VERDICT", "what it looks like", 34, false, false, false, text_verdict,
                           NULL},
};

const struct mm_column *mm_column(enum mm_column_id id)
{
    return &columns[id];
}

const char *mm_column_help(enum mm_column_id id)
{
    return columns[id].help ? columns[id].help : mm_metric(columns[id].metric)->what;
}

/* What else people call a column: in files, in other tools, in headings. */
static const struct {
    const char *name;
    enum mm_column_id id;
} aliases[] = {
    {"name", MM_COLUMN_LAYER},       {"#", MM_COLUMN_NUMBER},         {"max_abs", MM_COLUMN_MAX_ABS},
    {"max|d|", MM_COLUMN_MAX_ABS},   {"cosine", MM_COLUMN_COSINE},    {"snr", MM_COLUMN_SQNR},
    {"nan", MM_COLUMN_NONFINITE},    {"type", MM_COLUMN_OP},          {"confidence", MM_COLUMN_CERTAINTY},
    {"added", MM_COLUMN_INTRODUCED}, {"paired_by", MM_COLUMN_PAIRED},
};

enum mm_column_id mm_column_find(const char *key)
{
    for (size_t i = 0; i < MM_COUNT(aliases); i++) {
        if (strcmp(aliases[i].name, key) == 0)
            return aliases[i].id;
    }
    size_t id = 0;
    while (id < MM_COLUMN_COUNT && strcmp(columns[id].key, key) != 0)
        id++;
    return (enum mm_column_id)id;
}

enum mm_column_id mm_column_nearest(const char *key)
{
    enum mm_column_id best = MM_COLUMN_COUNT;
    struct mm_nearest nearest;
    mm_nearest_init(&nearest, key);
    for (size_t id = 0; id < MM_COLUMN_COUNT; id++) {
        if (mm_nearest_look(&nearest, columns[id].key))
            best = (enum mm_column_id)id;
    }
    return best;
}

enum mm_column_id mm_column_get(const char *key, struct mm_err *err)
{
    enum mm_column_id found = mm_column_find(key), near = mm_column_nearest(key);
    struct mm_buf all = {0};
    if (found != MM_COLUMN_COUNT)
        return found;
    for (size_t id = 0; id < MM_COLUMN_COUNT; id++)
        mm_buf_printf(&all, "%s%s", id ? ", " : "", columns[id].key);
    if (near != MM_COLUMN_COUNT)
        mm_fail(err, MM_EARG, "there is no column \"%.60s\"; did you mean %s?", key, columns[near].key);
    else
        mm_fail(err, MM_EARG, "there is no column \"%.60s\"; there are %s", key, mm_buf_text(&all));
    mm_buf_done(&all);
    return found;
}

int mm_columns_parse(const char *text, enum mm_column_id out[MM_COLUMN_COUNT], size_t *count,
                     struct mm_err *err)
{
    bool taken[MM_COLUMN_COUNT] = {false};
    *count = 0;
    for (text += strspn(text, ", "); *text; text += strspn(text, ", ")) {
        size_t length = strcspn(text, ", ");
        char key[MM_NUM];
        snprintf(key, sizeof key, "%.*s", (int)(length < MM_NUM ? length : MM_NUM), text);
        enum mm_column_id column = mm_column_get(key, err);
        if (column == MM_COLUMN_COUNT)
            return -1;
        if (taken[column])
            return mm_fail(err, MM_EARG, "column %s is named twice", columns[column].key);
        taken[column] = true;
        out[(*count)++] = column;
        text += length;
    }
    if (*count == 0)
        mm_column_get("", err);
    return *count ? 0 : -1;
}
