/* mmtui.json: everything that is known, strictly valid JSON. */
#include "report/dumps.h"
#include "report/form.h"

#include <stddef.h>

/* ---- one layer ---- */

static void put_figure(struct mm_json *json, const struct mm_figure *figure, const void *from)
{
    const void *at = (const char *)from + figure->member;
    if (figure->kind == MM_FIGURE_REAL)
        mm_json_put_number(json, figure->name, *(const double *)at);
    else
        mm_json_put_whole(json, figure->name, *(const int64_t *)at);
}

static void put_stats(struct mm_json *json, const struct mm_stats *stats)
{
    size_t count;
    const struct mm_figure *figures = mm_stat_figures(&count);
    mm_json_line(json, 4);
    mm_json_open_object(json, "stats");
    for (size_t i = 0; i < count; i++)
        put_figure(json, &figures[i], stats);
    mm_json_close_object(json);
}

static void put_metrics(struct mm_json *json, const struct mm_metrics *metrics)
{
    mm_json_line(json, 3);
    mm_json_open_object(json, "metrics");
    for (int id = 0; id < MM_METRIC_COUNT; id++)
        put_figure(json, &mm_metric((enum mm_metric_id)id)->field, metrics);
    mm_json_close_object(json);
}

/* Null where it is not known. */
static void put_tensor(struct mm_json *json, enum mm_dtype dtype, const struct mm_shape *shape)
{
    if (dtype != MM_DTYPE_NONE)
        mm_json_put_text(json, "dtype", mm_dtype_info(dtype)->name);
    else
        mm_json_put_null(json, "dtype");
    if (!shape) {
        mm_json_put_null(json, "shape");
        return;
    }
    mm_json_open_array(json, "shape");
    for (int i = 0; i < shape->rank; i++)
        mm_json_put_whole(json, NULL, shape->dim[i]);
    mm_json_close_array(json);
}

/* What a dump says of a tensor whose values it did not keep: these figures are compared. */
void report_put_statistics(struct mm_json *json, const struct mm_statistics *statistics)
{
    put_tensor(json, statistics->dtype, statistics->shaped ? &statistics->shape : NULL);
    mm_json_open_object(json, "statistics");
    for (size_t i = 0; i < statistics->count; i++)
        mm_json_put_number(json, statistics->name[i], statistics->value[i]);
    mm_json_close_object(json);
}

static void put_info(struct mm_json *json, const struct mm_info *info)
{
    put_tensor(json, info->dtype, &info->shape);
    mm_json_put_text(json, "node_name", info->node_name);
    mm_json_put_text(json, "op_type", info->op_type);
    mm_json_put_whole(json, "index", info->index);
    mm_json_put_bool(json, "is_output", info->is_output);
}

/* One side: its file, what the header says, and (once measured) its statistics. */
static void put_side(struct mm_json *json, const char *key, const struct mm_entry *entry,
                     const struct mm_info *info, const struct mm_stats *stats)
{
    mm_json_line(json, 3);
    if (!entry) {
        mm_json_put_null(json, key);
        return;
    }
    mm_json_open_object(json, key);
    mm_json_put_text(json, "file", entry->source->file);
    if (entry->member)
        mm_json_put_text(json, "member", entry->member);
    if (entry->joined)
        mm_json_put_whole(json, "ranks", (int64_t)entry->joined->count);
    if (entry->parsed.stamp >= 0)
        mm_json_put_whole(json, "timestamp", entry->parsed.stamp);
    if (entry->statistics)
        report_put_statistics(json, entry->statistics);
    else if (info->known)
        put_info(json, info);
    if (stats && !entry->statistics)
        put_stats(json, stats);
    mm_json_close_object(json);
}

/* As they stood in the report that was read. */
static void put_told(struct mm_json *json, const struct mm_pair_told *told)
{
    static const char *const keys[] = {"src", "dst"};
    for (size_t i = 0; i < MM_COUNT(keys); i++) {
        mm_json_line(json, 3);
        if (told->side[i])
            mm_json_put_raw(json, keys[i], told->side[i]);
        else
            mm_json_put_null(json, keys[i]);
    }
}

static const char *state_word(enum mm_state state)
{
    static const char *const words[] = {
        [MM_STATE_PENDING] = "pending",   [MM_STATE_HEADER] = "header", [MM_STATE_MEASURED] = "measured",
        [MM_STATE_MISMATCH] = "mismatch", [MM_STATE_SINGLE] = "single", [MM_STATE_FAILED] = "failed",
    };
    return words[state];
}

static void put_pairing(struct mm_json *json, const struct mm_layer *layer)
{
    struct mm_buf how = {0};
    mm_pair_how(layer->pair, &how);
    mm_json_line(json, 3);
    mm_json_put_text(json, "pairing", mm_buf_text(&how));
    mm_buf_clear(&how);
    mm_pair_laid_text(layer->pair, layer->result.match, &how);
    if (layer->pair->src && layer->pair->dst && layer->pair->rung != MM_PAIR_BY_NONE)
        mm_json_put_text(json, "paired_by", mm_pair_rung_info(layer->pair->rung)->name);
    if (layer->result.match != MM_MATCH_NONE)
        mm_json_put_text(json, "layout", mm_buf_text(&how));
    mm_buf_done(&how);
    if (layer->result.spread > 0)
        mm_json_put_number(json, "samples_differ", layer->result.spread);
}

static void put_scales(struct mm_json *json, const struct mm_layer *layer)
{
    struct mm_buf text = {0};
    if (mm_layer_scales_text(layer, &text))
        mm_json_put_text(json, "dst_read_as", mm_buf_text(&text));
    mm_buf_done(&text);
}

static void put_quantiles(struct mm_json *json, const struct mm_quantiles *q)
{
    mm_json_line(json, 3);
    mm_json_open_object(json, "quantiles");
    mm_json_put_number(json, "p50", q->p50);
    mm_json_put_number(json, "p90", q->p90);
    mm_json_put_number(json, "p99", q->p99);
    mm_json_put_number(json, "p99.9", q->p999);
    mm_json_close_object(json);
}

static void put_counts(struct mm_json *json, const char *key, const uint64_t *count, size_t bins)
{
    mm_json_open_array(json, key);
    for (size_t i = 0; i < bins; i++)
        mm_json_put_whole(json, NULL, (int64_t)count[i]);
    mm_json_close_array(json);
}

/* The range is that of all finite values of both sides, so nothing lies below or above it. */
static void put_hist(struct mm_json *json, const struct mm_pair_hist *hist)
{
    mm_json_line(json, 3);
    mm_json_open_object(json, "histogram");
    mm_json_put_number(json, "low", hist->src.low);
    mm_json_put_number(json, "high", hist->src.high);
    mm_json_line(json, 4);
    put_counts(json, "src", hist->src.count, hist->src.bins);
    mm_json_line(json, 4);
    put_counts(json, "dst", hist->dst.count, hist->dst.bins);
    mm_json_line(json, 4);
    mm_json_open_object(json, "error");
    mm_json_put_whole(json, "zero", (int64_t)hist->error.zero);
    mm_json_put_whole(json, "nonfinite", (int64_t)hist->error.nonfinite);
    mm_json_put_whole(json, "first_exponent", MM_EXP_LOW);
    put_counts(json, "exponents", hist->error.count, MM_EXP_BINS);
    mm_json_close_object(json);
    mm_json_close_object(json);
}

static void put_verdict(struct mm_json *json, const struct mm_verdict *verdict)
{
    mm_json_line(json, 3);
    mm_json_open_object(json, "verdict");
    mm_json_put_text(json, "kind", mm_verdict_word(verdict->kind));
    mm_json_put_bool(json, "bad", verdict->bad);
    mm_json_put_text(json, "text", verdict->text);
    mm_json_close_object(json);
}

/* Of a table: the columns that are furthest off. */
static void put_table(struct mm_json *json, const struct mm_table_error *table)
{
    mm_json_line(json, 3);
    mm_json_open_object(json, "columns");
    mm_json_put_whole(json, "axis", table->axis);
    mm_json_put_text(json, "kind", mm_table_word(table->kind));
    mm_json_put_whole(json, "first", table->first);
    mm_json_put_whole(json, "last", table->last);
    mm_json_put_number(json, "error", table->error);
    mm_json_close_object(json);
}

static void put_measured(struct mm_json *json, const struct mm_result *result)
{
    put_metrics(json, &result->metrics);
    if (result->table.kind != MM_TABLE_NONE)
        put_table(json, &result->table);
    if (result->has_quantiles)
        put_quantiles(json, &result->quantiles);
    if (result->hist)
        put_hist(json, result->hist);
}

static void put_layer(const struct mm_layer *layer, struct mm_json *json)
{
    const struct mm_result *result = &layer->result;
    bool measured = result->state == MM_STATE_MEASURED;
    bool figures = result->match == MM_MATCH_STATISTICS; /* of figures, not of values */
    bool stats = !figures && (measured || result->state == MM_STATE_SINGLE);
    mm_json_line(json, 2);
    mm_json_open_object(json, NULL);
    mm_json_put_whole(json, "number", (int64_t)layer->pair->place + 1);
    mm_json_put_text(json, "name", layer->pair->name);
    mm_json_put_text(json, "state", state_word(result->state));
    if (layer->op)
        mm_json_put_text(json, "op", layer->op);
    put_pairing(json, layer);
    put_scales(json, layer);
    if (layer->pair->told) {
        put_told(json, layer->pair->told);
    } else {
        put_side(json, "src", layer->pair->src, &result->src, stats ? &result->metrics.src : NULL);
        put_side(json, "dst", layer->pair->dst, &result->dst, stats ? &result->metrics.dst : NULL);
    }
    if (measured)
        put_measured(json, result);
    if (result->error) {
        mm_json_line(json, 3);
        mm_json_put_text(json, "error", result->error);
    }
    put_verdict(json, &layer->verdict);
    mm_json_close_object(json);
}

/* ---- what stands around the layers ---- */

/* Which share this is, and what else must be equal in all of them: mm_report_merge takes the line out again.
 */
static void put_shard(struct mm_json *json, const struct mm_session_options *options, size_t layers)
{
    const struct mm_measure_options *measure = &options->measure;
    mm_json_line(json, 1);
    mm_json_open_object(json, "shard");
    mm_json_put_whole(json, "index", options->shard);
    mm_json_put_whole(json, "count", options->shards);
    mm_json_put_whole(json, "layers", (int64_t)layers);
    mm_json_put_whole(json, "engine_version", MM_ENGINE_VERSION);
    mm_json_put_whole(json, "framework", (int)options->pairing.framework);
    mm_json_put_bool(json, "quantiles", measure->quantiles);
    mm_json_put_whole(json, "histogram_bins", (int64_t)measure->hist_bins);
    mm_json_put_number(json, "small", measure->small);
    mm_json_close_object(json);
}

static void put_totals(struct mm_json *json, const struct mm_session *session)
{
    struct mm_session_totals totals;
    mm_session_totals(session, &totals);
    const struct mm_pair_counts *whole = &totals.whole;
    mm_json_line(json, 1);
    mm_json_open_object(json, "totals");
    mm_json_put_whole(json, "layers", (int64_t)whole->count);
    mm_json_put_whole(json, "pairs", (int64_t)whole->both);
    mm_json_put_whole(json, "src_only", (int64_t)whole->src_only);
    mm_json_put_whole(json, "dst_only", (int64_t)whole->dst_only);
    mm_json_put_whole(json, "bad", (int64_t)totals.bad);
    mm_json_put_whole(json, "skipped_files", (int64_t)totals.skipped);
    report_put_unanalysed(json, session);
    mm_json_close_object(json);
}

static void put_head(const struct mm_session *session, struct mm_json *json)
{
    const struct mm_session_options *options = mm_session_options(session);
    mm_json_open_object(json, NULL);
    mm_json_put_head(json, "mmtui", MM_REPORT_SCHEMA);
    mm_json_line(json, 1);
    mm_json_put_text(json, "src", options->src);
    mm_json_put_text(json, "dst", options->dst);
    report_put_dumps(json, session);
    mm_json_line(json, 1);
    mm_json_open_object(json, "thresholds");
    mm_json_put_number(json, "diff1", options->thresholds.diff1);
    mm_json_put_number(json, "diff2", options->thresholds.diff2);
    mm_json_close_object(json);
    mm_json_put_number(json, "atol", options->measure.atol);
    mm_json_put_number(json, "rtol", options->measure.rtol);
    mm_json_put_text(json, "order", mm_order_source_key(mm_session_order(session)));
    if (options->shards)
        put_shard(json, options, mm_session_count(session));
    put_totals(json, session);
    mm_json_line(json, 1);
    mm_json_open_array(json, "layers");
}

static void put_foot(struct mm_json *json)
{
    mm_json_line(json, 1);
    mm_json_close_array(json);
    mm_json_close_object(json);
    mm_buf_putc(json->out, '\n');
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

const struct report_form report_form_json = {.file = "mmtui.json",
                                             .style = {.nonfinite = MM_JSON_QUOTED},
                                             .depth = 2,
                                             .order = order,
                                             .head = put_head,
                                             .layer = put_layer,
                                             .foot = put_foot};

int mm_report_json(const struct mm_session *session, struct mm_buf *out, struct mm_err *err)
{
    return report_form_text(&report_form_json, session, out, err);
}
