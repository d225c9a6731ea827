/* mmtui.json: everything that is known, strictly valid JSON. */
#include "mmtui/report.h"

#include <stddef.h>

enum field_kind { REAL, WHOLE };

struct field {
    const char *key;
    size_t offset;
    enum field_kind kind;
};

#define METRIC(key, member, kind)                                                                            \
    {                                                                                                        \
        key, offsetof(struct mm_metrics, member), kind                                                       \
    }
static const struct field metric_fields[] = {
    METRIC("count", count, WHOLE),
    METRIC("finite", finite, WHOLE),
    METRIC("nonfinite_equal", nonfinite_equal, WHOLE),
    METRIC("nonfinite_differ", nonfinite_differ, WHOLE),
    METRIC("differ_at", differ_at, WHOLE),
    METRIC("diff1", diff1, REAL),
    METRIC("diff2", diff2, REAL),
    METRIC("sqnr_db", sqnr, REAL),
    METRIC("diff3_relative", diff3_rel, REAL),
    METRIC("diff3_relative_at", max_rel_at, WHOLE),
    METRIC("diff3_absolute", diff3_abs, REAL),
    METRIC("diff4_greater", diff4_greater, REAL),
    METRIC("diff4_less", diff4_less, REAL),
    METRIC("diff4_count", diff4_n, WHOLE),
    METRIC("mse", mse, REAL),
    METRIC("rmse", rmse, REAL),
    METRIC("mae", mae, REAL),
    METRIC("max_abs", max_abs, REAL),
    METRIC("max_abs_at", max_abs_at, WHOLE),
    METRIC("cosine", cosine, REAL),
    METRIC("cosine_gap", cosine_gap, REAL),
    METRIC("fit_scale", fit_scale, REAL),
    METRIC("fit_offset", fit_offset, REAL),
    METRIC("fit_residual", fit_residual, REAL),
    METRIC("beyond_tolerance", beyond, REAL),
};

#define STAT(key, member, kind)                                                                              \
    {                                                                                                        \
        key, offsetof(struct mm_stats, member), kind                                                         \
    }
static const struct field stat_fields[] = {
    STAT("finite", finite, WHOLE),   STAT("nan", nan, WHOLE),   STAT("pos_inf", pos_inf, WHOLE),
    STAT("neg_inf", neg_inf, WHOLE), STAT("zero", zero, WHOLE), STAT("min", min, REAL),
    STAT("min_at", min_at, WHOLE),   STAT("max", max, REAL),    STAT("max_at", max_at, WHOLE),
    STAT("mean", mean, REAL),        STAT("std", std, REAL),
};

static void put_fields(struct mm_buf *out, const struct field *fields, size_t count, const void *from)
{
    for (size_t i = 0; i < count; i++) {
        const char *at = (const char *)from + fields[i].offset;
        mm_buf_puts(out, i ? ", \"" : "\"");
        mm_buf_puts(out, fields[i].key);
        mm_buf_puts(out, "\": ");
        if (fields[i].kind == WHOLE)
            mm_buf_whole(out, *(const int64_t *)at);
        else
            mm_json_number(out, *(const double *)at);
    }
}

static void put_string(struct mm_buf *out, const char *key, const char *value, const char *before)
{
    mm_buf_puts(out, before);
    mm_buf_puts(out, "\"");
    mm_buf_puts(out, key);
    mm_buf_puts(out, "\": ");
    mm_json_string(out, value);
}

static void put_shape(struct mm_buf *out, const struct mm_shape *shape)
{
    mm_buf_puts(out, ", \"shape\": [");
    for (int i = 0; i < shape->rank; i++)
        mm_buf_printf(out, "%s%lld", i ? ", " : "", (long long)shape->dim[i]);
    mm_buf_puts(out, "]");
}

/* One side: its file, what the header says, and (once measured) its statistics. */
static void put_side(struct mm_buf *out, const char *key, const struct mm_entry *entry,
                     const struct mm_info *info, const struct mm_stats *stats)
{
    if (!entry) {
        mm_buf_printf(out, ",\n   \"%s\": null", key);
        return;
    }
    mm_buf_printf(out, ",\n   \"%s\": {", key);
    put_string(out, "file", entry->file, "");
    if (entry->parsed.stamp >= 0)
        mm_buf_printf(out, ", \"timestamp\": %lld", (long long)entry->parsed.stamp);
    if (info->known) {
        put_string(out, "dtype", mm_dtype_info(info->dtype)->name, ", ");
        put_shape(out, &info->shape);
        put_string(out, "node_name", info->node_name, ", ");
        put_string(out, "op_type", info->op_type, ", ");
        mm_buf_printf(out, ", \"index\": %lld, \"is_output\": %s", (long long)info->index,
                      info->is_output ? "true" : "false");
    }
    if (stats) {
        mm_buf_puts(out, ",\n    \"stats\": {");
        put_fields(out, stat_fields, MM_COUNT(stat_fields), stats);
        mm_buf_puts(out, "}");
    }
    mm_buf_puts(out, "}");
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
    struct mm_buf how;
    mm_buf_init(&how);
    mm_pair_how(layer->pair, &how);
    put_string(out, "pairing", mm_buf_text(&how), ",\n   ");
    mm_buf_done(&how);
    if (layer->result.fit != MM_FIT_NONE)
        put_string(out, "layout", mm_fit_text(layer->result.fit), ", ");
}

static void put_quantiles(struct mm_buf *out, const struct mm_quantiles *q)
{
    static const struct field fields[] = {{"p50", offsetof(struct mm_quantiles, p50), REAL},
                                          {"p90", offsetof(struct mm_quantiles, p90), REAL},
                                          {"p99", offsetof(struct mm_quantiles, p99), REAL},
                                          {"p99.9", offsetof(struct mm_quantiles, p999), REAL}};
    mm_buf_puts(out, ",\n   \"quantiles\": {");
    put_fields(out, fields, MM_COUNT(fields), q);
    mm_buf_puts(out, "}");
}

static void put_counts(struct mm_buf *out, const char *before, const uint64_t *count, size_t bins)
{
    mm_buf_puts(out, before);
    mm_buf_puts(out, "[");
    for (size_t i = 0; i < bins; i++) {
        mm_buf_puts(out, i ? ", " : "");
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

static void put_layer(struct mm_buf *out, const struct mm_session *session, size_t id)
{
    const struct mm_layer *layer = mm_session_layer(session, id);
    const struct mm_result *result = &layer->result;
    bool measured = result->state == MM_STATE_MEASURED;
    bool single = result->state == MM_STATE_SINGLE;
    mm_buf_printf(out, "  {\"number\": %zu", layer->pair->place + 1);
    put_string(out, "name", layer->pair->name, ", ");
    put_string(out, "state", state_word(result->state), ", ");
    put_pairing(out, layer);
    put_side(out, "src", layer->pair->src, &result->src, measured || single ? &result->metrics.src : NULL);
    put_side(out, "dst", layer->pair->dst, &result->dst, measured || single ? &result->metrics.dst : NULL);
    if (measured) {
        mm_buf_puts(out, ",\n   \"metrics\": {");
        put_fields(out, metric_fields, MM_COUNT(metric_fields), &result->metrics);
        mm_buf_puts(out, "}");
        if (result->has_quantiles)
            put_quantiles(out, &result->quantiles);
        if (result->hist)
            put_hist(out, result->hist);
    }
    if (result->error)
        put_string(out, "error", result->error, ",\n   ");
    mm_buf_puts(out, ",\n   \"verdict\": {");
    put_string(out, "kind", mm_verdict_word(layer->verdict.kind), "");
    mm_buf_printf(out, ", \"bad\": %s", layer->verdict.bad ? "true" : "false");
    put_string(out, "text", layer->verdict.text, ", ");
    mm_buf_puts(out, "}}");
}

/* Which share this is, and what else must be equal in all of them: mm_report_merge takes the line out again.
 */
static void put_shard(struct mm_buf *out, const struct mm_session_options *options, size_t layers)
{
    mm_buf_printf(out,
                  ",\n \"shard\": {\"index\": %u, \"count\": %u, \"layers\": %zu, \"engine_version\": %d, "
                  "\"framework\": %d, \"small\": ",
                  options->shard, options->shards, layers, MM_ENGINE_VERSION, (int)options->framework);
    mm_json_number(out, options->measure.small);
    mm_buf_putc(out, '}');
}

static void put_head(struct mm_buf *out, const struct mm_session *session)
{
    const struct mm_session_options *options = mm_session_options(session);
    struct mm_session_totals totals;
    mm_session_totals(session, &totals);
    mm_buf_printf(out, "{\"format\": \"mmtui\", \"schema_version\": %d, \"mmtui_version\": \"%s\",\n",
                  MM_REPORT_SCHEMA, MM_VERSION);
    put_string(out, "src", options->src, " ");
    put_string(out, "dst", options->dst, ", ");
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

int mm_report_json(const struct mm_session *session, struct mm_buf *out, struct mm_err *err)
{
    put_head(out, session);
    for (size_t id = 0; id < mm_session_count(session); id++) {
        mm_buf_puts(out, id ? ",\n" : "\n");
        put_layer(out, session, id);
    }
    mm_buf_puts(out, "\n ]}\n");
    return out->failed ? mm_fail_memory(err) : 0;
}
