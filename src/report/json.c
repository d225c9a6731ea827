/* mmtui.json: everything that is known, strictly valid JSON. */
#include "report/form.h"

#include <stddef.h>

/* `"NAME": number`, with a comma unless it is the first. */
static void put_field(struct mm_buf *out, const struct mm_figure *field, const void *from, bool first)
{
    const void *at = (const char *)from + field->member;
    mm_buf_puts(out, first ? "\"" : ", \"");
    mm_buf_puts(out, field->name); /* plain ASCII */
    PUT(out, "\": ");
    if (field->kind == MM_FIGURE_REAL)
        mm_json_number(out, *(const double *)at);
    else
        mm_buf_whole(out, *(const int64_t *)at);
}

static void put_stats(struct mm_buf *out, const struct mm_stats *stats)
{
    size_t count;
    const struct mm_figure *fields = mm_stat_figures(&count);
    PUT(out, ",\n    \"stats\": {");
    for (size_t i = 0; i < count; i++)
        put_field(out, &fields[i], stats, i == 0);
    PUT(out, "}");
}

static void put_metrics(struct mm_buf *out, const struct mm_metrics *metrics)
{
    PUT(out, ",\n   \"metrics\": {");
    for (int id = 0; id < MM_METRIC_COUNT; id++)
        put_field(out, &mm_metric((enum mm_metric_id)id)->field, metrics, id == 0);
    PUT(out, "}");
}

static void put_shape(struct mm_buf *out, const struct mm_shape *shape)
{
    PUT(out, ", \"shape\": [");
    for (int i = 0; i < shape->rank; i++) {
        if (i)
            PUT(out, ", ");
        mm_buf_whole(out, shape->dim[i]);
    }
    PUT(out, "]");
}

static void put_info(struct mm_buf *out, const struct mm_info *info)
{
    PUT(out, ", \"dtype\": ");
    mm_json_string(out, mm_dtype_info(info->dtype)->name);
    put_shape(out, &info->shape);
    PUT(out, ", \"node_name\": ");
    mm_json_string(out, info->node_name);
    PUT(out, ", \"op_type\": ");
    mm_json_string(out, info->op_type);
    PUT(out, ", \"index\": ");
    mm_buf_whole(out, info->index);
    PUT(out, ", \"is_output\": ");
    mm_buf_puts(out, info->is_output ? "true" : "false");
}

/* One side, its key was put: its file, what the header says, and (once measured) its statistics. */
static void put_side(struct mm_buf *out, const struct mm_entry *entry, const struct mm_info *info,
                     const struct mm_stats *stats)
{
    if (!entry) {
        PUT(out, "null");
        return;
    }
    PUT(out, "{\"file\": ");
    mm_json_string(out, entry->file);
    if (entry->parsed.stamp >= 0) {
        PUT(out, ", \"timestamp\": ");
        mm_buf_whole(out, entry->parsed.stamp);
    }
    if (info->known)
        put_info(out, info);
    if (stats)
        put_stats(out, stats);
    PUT(out, "}");
}

static const char *state_word(enum mm_state state)
{
    static const char *const words[] = {
        [MM_STATE_PENDING] = "pending",   [MM_STATE_HEADER] = "header", [MM_STATE_MEASURED] = "measured",
        [MM_STATE_MISMATCH] = "mismatch", [MM_STATE_SINGLE] = "single", [MM_STATE_FAILED] = "failed",
    };
    return words[state];
}

static void put_pairing(struct mm_buf *out, const struct mm_layer *layer)
{
    PUT(out, ",\n   \"pairing\": \"");
    mm_pair_how(layer->pair, out); /* mmtui's own words: nothing to escape */
    PUT(out, "\"");
    if (layer->result.match != MM_MATCH_NONE) {
        PUT(out, ", \"layout\": ");
        mm_json_string(out, mm_shape_match_text(layer->result.match));
    }
}

static void put_quantiles(struct mm_buf *out, const struct mm_quantiles *q)
{
    static const struct mm_figure fields[] = {
        {"p50", MM_FIGURE_REAL, offsetof(struct mm_quantiles, p50)},
        {"p90", MM_FIGURE_REAL, offsetof(struct mm_quantiles, p90)},
        {"p99", MM_FIGURE_REAL, offsetof(struct mm_quantiles, p99)},
        {"p99.9", MM_FIGURE_REAL, offsetof(struct mm_quantiles, p999)},
    };
    PUT(out, ",\n   \"quantiles\": {");
    for (size_t i = 0; i < MM_COUNT(fields); i++)
        put_field(out, &fields[i], q, i == 0);
    PUT(out, "}");
}

static void put_counts(struct mm_buf *out, const char *before, const uint64_t *count, size_t bins)
{
    mm_buf_puts(out, before);
    PUT(out, "[");
    for (size_t i = 0; i < bins; i++) {
        if (i)
            PUT(out, ", ");
        mm_buf_whole(out, (int64_t)count[i]);
    }
    mm_buf_puts(out, "]");
}

/* The range is that of all finite values of both sides, so nothing lies below or above it. */
static void put_hist(struct mm_buf *out, const struct mm_pair_hist *hist)
{
    mm_buf_puts(out, ",\n   \"histogram\": {\"low\": ");
    mm_json_number(out, hist->src.low);
    mm_buf_puts(out, ", \"high\": ");
    mm_json_number(out, hist->src.high);
    put_counts(out, ",\n    \"src\": ", hist->src.count, hist->src.bins);
    put_counts(out, ",\n    \"dst\": ", hist->dst.count, hist->dst.bins);
    mm_buf_printf(out, ",\n    \"error\": {\"zero\": %llu, \"nonfinite\": %llu, \"first_exponent\": %d",
                  (unsigned long long)hist->error.zero, (unsigned long long)hist->error.nonfinite,
                  MM_EXP_LOW);
    put_counts(out, ", \"exponents\": ", hist->error.count, MM_EXP_BINS);
    mm_buf_puts(out, "}}");
}

static void put_verdict(struct mm_buf *out, const struct mm_verdict *verdict)
{
    PUT(out, ",\n   \"verdict\": {\"kind\": ");
    mm_json_string(out, mm_verdict_word(verdict->kind));
    PUT(out, ", \"bad\": ");
    mm_buf_puts(out, verdict->bad ? "true" : "false");
    PUT(out, ", \"text\": ");
    mm_json_string(out, verdict->text);
    PUT(out, "}");
}

static void put_layer(const struct mm_layer *layer, struct mm_buf *out)
{
    const struct mm_result *result = &layer->result;
    bool measured = result->state == MM_STATE_MEASURED;
    bool stats = measured || result->state == MM_STATE_SINGLE;
    PUT(out, "  {\"number\": ");
    mm_buf_whole(out, (int64_t)layer->pair->place + 1);
    PUT(out, ", \"name\": ");
    mm_json_string(out, layer->pair->name);
    PUT(out, ", \"state\": ");
    mm_json_string(out, state_word(result->state));
    put_pairing(out, layer);
    PUT(out, ",\n   \"src\": ");
    put_side(out, layer->pair->src, &result->src, stats ? &result->metrics.src : NULL);
    PUT(out, ",\n   \"dst\": ");
    put_side(out, layer->pair->dst, &result->dst, stats ? &result->metrics.dst : NULL);
    if (measured) {
        put_metrics(out, &result->metrics);
        if (result->has_quantiles)
            put_quantiles(out, &result->quantiles);
        if (result->hist)
            put_hist(out, result->hist);
    }
    if (result->error) {
        PUT(out, ",\n   \"error\": ");
        mm_json_string(out, result->error);
    }
    put_verdict(out, &layer->verdict);
    PUT(out, "}");
}

/* ---- what stands around the layers ---- */

/* Which share this is, and what else must be equal in all of them: mm_report_merge takes the line out again.
 */
static void put_shard(struct mm_buf *out, const struct mm_session_options *options, size_t layers)
{
    const struct mm_measure_options *measure = &options->measure;
    mm_buf_printf(out,
                  ",\n \"shard\": {\"index\": %u, \"count\": %u, \"layers\": %zu, \"engine_version\": %d, "
                  "\"framework\": %d, \"quantiles\": %s, \"histogram_bins\": %zu, \"small\": ",
                  options->shard, options->shards, layers, MM_ENGINE_VERSION, (int)options->framework,
                  measure->quantiles ? "true" : "false", measure->hist_bins);
    mm_json_number(out, measure->small);
    mm_buf_putc(out, '}');
}

static void put_head(const struct mm_session *session, struct mm_buf *out)
{
    const struct mm_session_options *options = mm_session_options(session);
    struct mm_session_totals totals;
    mm_session_totals(session, &totals);
    mm_buf_printf(out, "{\"format\": \"mmtui\", \"schema_version\": %d, \"mmtui_version\": \"%s\",\n",
                  MM_REPORT_SCHEMA, MM_VERSION);
    PUT(out, " \"src\": ");
    mm_json_string(out, options->src);
    PUT(out, ", \"dst\": ");
    mm_json_string(out, options->dst);
    mm_buf_puts(out, ",\n \"thresholds\": {\"diff1\": ");
    mm_json_number(out, options->thresholds.diff1);
    mm_buf_puts(out, ", \"diff2\": ");
    mm_json_number(out, options->thresholds.diff2);
    mm_buf_puts(out, "}, \"atol\": ");
    mm_json_number(out, options->measure.atol);
    mm_buf_puts(out, ", \"rtol\": ");
    mm_json_number(out, options->measure.rtol);
    if (options->shards)
        put_shard(out, options, mm_session_count(session));
    const struct mm_pair_counts *whole = &totals.whole;
    mm_buf_printf(out,
                  ",\n \"totals\": {\"layers\": %zu, \"pairs\": %zu, \"src_only\": %zu, \"dst_only\": %zu, "
                  "\"bad\": %zu, \"skipped_files\": %zu},\n \"layers\": [",
                  whole->count, whole->both, whole->src_only, whole->dst_only, totals.bad, totals.skipped);
}

static void put_foot(size_t count, struct mm_buf *out)
{
    (void)count;
    PUT(out, "\n ]}\n");
}

static int order(const struct mm_session *session, const struct mm_layer **out, size_t *count,
                 struct mm_err *err)
{
    (void)err;
    *count = mm_session_count(session);
    for (size_t id = 0; id < *count; id++)
        out[id] = mm_session_layer(session, id);
    return 0;
}

const struct report_form report_form_json = {
    .file = "mmtui.json", .order = order, .head = put_head, .layer = put_layer, .foot = put_foot};

int mm_report_json(const struct mm_session *session, struct mm_buf *out, struct mm_err *err)
{
    return report_form_text(&report_form_json, session, out, err);
}
