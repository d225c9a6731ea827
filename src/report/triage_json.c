/* The triage as JSON. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/dumps.h"
#include "base/json_write.h"
#include "report/triage.h"

/* People's number of a layer, null for none. */
static void put_layer_number(struct mm_json *json, const char *key, int32_t id)
{
    if (id < 0)
        mm_json_put_null(json, key);
    else
        mm_json_put_whole(json, key, (int64_t)id + 1);
}

/* Its number, and its name as KEY_name. */
static void put_layer_ref(struct mm_json *json, const struct mm_session *session, const char *key, int32_t id)
{
    char name[64];
    snprintf(name, sizeof name, "%s_name", key);
    put_layer_number(json, key, id);
    if (id < 0)
        mm_json_put_null(json, name);
    else
        mm_json_put_text(json, name, mm_session_layer(session, (size_t)id)->pair->name);
}

static void put_lines(struct mm_json *json, const char *key, const char *text)
{
    mm_json_open_array(json, key);
    while (*text) {
        size_t length = strcspn(text, "\n");
        struct mm_buf line = {0};
        mm_buf_add(&line, text, length);
        mm_json_put_text(json, NULL, mm_buf_text(&line));
        mm_buf_done(&line);
        text += length + (text[length] == '\n');
    }
    mm_json_close_array(json);
}

/* The element and the channel that are furthest off. */
static void put_worst(struct mm_json *json, const struct mm_worst *worst)
{
    int64_t coord[MM_RANK_MAX];
    if (worst->at >= 0 && worst->s != worst->d) {
        mm_shape_coords(&worst->shape, worst->at, coord);
        mm_json_open_object(json, "worst_element");
        mm_json_open_array(json, "index");
        for (int i = 0; i < worst->shape.rank; i++)
            mm_json_put_whole(json, NULL, coord[i]);
        mm_json_close_array(json);
        mm_json_put_number(json, "src", worst->s);
        mm_json_put_number(json, "dst", worst->d);
        mm_json_close_object(json);
    }
    if (worst->channel >= 0 && worst->channel_error > 0) {
        mm_json_open_object(json, worst->is_channel ? "worst_channel" : "worst_index");
        mm_json_put_whole(json, "axis", worst->axis);
        mm_json_put_whole(json, worst->is_channel ? "channel" : "index", worst->channel);
        mm_json_put_number(json, "rms_error", worst->channel_error);
        mm_json_put_number(json, "median_rms_error", worst->median_error);
        mm_json_close_object(json);
    }
}

static void put_findings(struct mm_json *json, const struct mm_evidence *evidence)
{
    mm_json_open_array(json, "findings");
    for (size_t i = 0; i < evidence->findings; i++) {
        const struct mm_finding *finding = &evidence->finding[i];
        mm_json_open_object(json, NULL);
        mm_json_put_text(json, "cause", mm_cause_info(finding->cause)->word);
        mm_json_put_number(json, "score", finding->score);
        mm_json_put_number(json, "residual", finding->residual);
        mm_json_put_text(json, "evidence", finding->evidence);
        mm_json_close_object(json);
    }
    mm_json_close_array(json);
}

static void put_floors(struct mm_json *json, const struct mm_evidence *evidence)
{
    mm_json_open_array(json, "floors");
    for (size_t i = 0; i < evidence->floors; i++) {
        struct mm_buf name = {0};
        mm_whatif_name(&evidence->floor[i].setting, &name);
        mm_json_open_object(json, NULL);
        mm_json_put_text(json, "format", mm_buf_text(&name));
        mm_json_put_number(json, "diff2", evidence->floor[i].metrics.diff2);
        mm_json_put_number(json, "clipped", evidence->floor[i].clipped);
        mm_json_put_bool(json, "is_dst", evidence->format == (int)i);
        mm_json_close_object(json);
        mm_buf_done(&name);
    }
    mm_json_close_array(json);
}

/* dB that other settings would give; of operators on integers. */
static void put_gains(struct mm_json *json, const struct mm_session *session, size_t id)
{
    struct mm_gains gains;
    if (!mm_session_gains(session, id, &gains))
        return;
    mm_json_open_object(json, "gains_db");
    mm_json_put_number(json, "asymmetric", gains.asymmetric);
    mm_json_put_number(json, "per_channel", gains.per_channel);
    mm_json_put_number(json, "statistics", gains.statistics);
    mm_json_put_text(json, "range", mm_range_word(gains.range));
    mm_json_close_object(json);
}

/* What an operator of int8 must cost, and whose pattern the residual has. */
static void put_int8(struct mm_json *json, const struct mm_recomputed *here)
{
    if (isnan(here->per_tensor) && isnan(here->input_int8))
        return;
    mm_json_open_object(json, "int8");
    mm_json_put_number(json, "per_tensor", here->per_tensor);
    mm_json_put_number(json, "per_channel", here->per_channel);
    mm_json_put_number(json, "inputs", here->input_int8);
    mm_json_put_number(json, "result", here->result_int8);
    mm_json_put_number(json, "fit_per_tensor", here->fit_tensor);
    mm_json_put_number(json, "fit_per_channel", here->fit_channel);
    mm_json_close_object(json);
}

static void put_alternative(struct mm_json *json, const struct mm_blame *blame,
                            const struct mm_recomputed *here)
{
    if (!blame->variant)
        return;
    mm_json_open_object(json, "alternative");
    mm_json_put_text(json, "computed", here->variant_says);
    mm_json_put_text(json, "as_in", here->variant_origin);
    mm_json_put_number(json, "residual", here->variant);
    mm_json_close_object(json);
}

/* By what, and what is left with the settings that leave least. */
static void put_replayed(struct mm_json *json, const struct mm_recomputed *here)
{
    if (!here->replayed)
        return;
    mm_json_put_text(json, "by", "onnxruntime");
    mm_json_put_whole(json, "positions", here->positions);
    mm_json_put_whole(json, "operators_before", (int64_t)here->before);
    if (!isnan(here->left))
        mm_json_put_number(json, "left_as_int8", here->left);
}

/* The operator computed again from the inputs that dst had. */
static void put_recomputed(struct mm_json *json, const struct mm_blame *blame,
                           const struct mm_recomputed *here)
{
    static const char *const own[] = {
        [MM_OWN_UNKNOWN] = "", [MM_OWN_RIGHT] = "right", [MM_OWN_WRONG] = "wrong"};
    if (!here)
        return;
    mm_json_open_object(json, "recomputed");
    if (here->state == MM_RECOMPUTE_DONE) {
        mm_json_put_number(json, "residual", here->residual);
        mm_json_put_number(json, "expected", blame->explained);
        mm_json_put_text(json, "operator", own[blame->own]);
        put_replayed(json, here);
        put_int8(json, here);
        put_alternative(json, blame, here);
        if (here->nan_lost)
            mm_json_put_whole(json, "nan_lost", here->nan_lost);
        if (here->ties)
            mm_json_put_whole(json, "ties", here->ties);
    } else {
        mm_json_put_text(json, "why_not", here->why);
    }
    mm_json_close_object(json);
}

/* Figures of the third dumps, where there are any. */
static void put_comparison(struct mm_json *json, const struct mm_session *session, size_t id)
{
    static const enum mm_column_id columns[] = {MM_COLUMN_IMPL, MM_COLUMN_FORMAT, MM_COLUMN_BEFORE,
                                                MM_COLUMN_CHANGE};
    for (size_t i = 0; i < MM_COUNT(columns); i++) {
        const struct mm_column *column = mm_column(columns[i]);
        if (mm_column_there(session, columns[i]))
            mm_json_put_number(json, column->key, column->value(session, id));
    }
}

static const char *cause_word(enum mm_cause_id cause)
{
    return cause == MM_CAUSE_NONE ? "" : mm_cause_info(cause)->word;
}

static void put_verdict(struct mm_json *json, const struct mm_session *session,
                        const struct mm_verdict *verdict)
{
    mm_json_put_text(json, "verdict", mm_verdict_word(verdict->kind));
    mm_json_put_bool(json, "bad", verdict->bad);
    mm_json_put_text(json, "confidence", mm_confidence_word(verdict->confidence));
    mm_json_put_text(json, "cause", cause_word(verdict->cause));
    put_layer_ref(json, session, "from", verdict->from);
    mm_json_put_text(json, "text", verdict->text);
}

static void put_blame(struct mm_json *json, const struct mm_session *session, const struct mm_blame *blame)
{
    mm_json_put_number(json, "error", blame->error);
    put_layer_ref(json, session, "worst_input", blame->worst_input);
    mm_json_put_number(json, "input_error", blame->input_error);
    mm_json_put_number(json, "introduced", blame->introduced);
    mm_json_put_number(json, "expected", blame->expected);
    put_layer_ref(json, session, "root", blame->root);
    mm_json_put_bool(json, "starts", blame->starts);
}

static void put_explanation(struct mm_json *json, const struct mm_session *session, size_t id)
{
    struct mm_buf evidence = {0}, next = {0};
    mm_session_explain(session, id, &evidence, &next);
    put_lines(json, "evidence", mm_buf_text(&evidence));
    mm_json_put_text(json, "next", mm_buf_text(&next));
    mm_buf_done(&evidence);
    mm_buf_done(&next);
}

/* How dst's integers are read: "dequantised", or floats "rounded" to them. */
static void put_scales(struct mm_json *json, const struct mm_session *session, size_t id)
{
    static const char *const sources[MM_SCALES_SOURCES] = {
        [MM_SCALES_MODEL] = "model", [MM_SCALES_FILE] = "file", [MM_SCALES_FITTED] = "fitted"};
    enum mm_dequantised how = mm_layer_dequantised(mm_session_layer(session, id));
    if (how == MM_DEQUANTISED_NO)
        return;
    const struct mm_pair_scales *from = mm_session_layer(session, id)->pair->scales;
    const struct mm_scales *scales = &from->scales;
    mm_json_open_object(json, how == MM_DEQUANTISED_CODES ? "dequantised" : "rounded");
    mm_json_put_text(json, "source", sources[from->source]);
    mm_json_put_bool(json, "sure", !from->unsure);
    mm_json_open_array(json, "scale");
    for (int64_t i = 0; i < scales->count; i++)
        mm_json_put_number(json, NULL, scales->scale[i]);
    mm_json_close_array(json);
    mm_json_open_array(json, "zero_point");
    for (int64_t i = 0; i < scales->count; i++)
        mm_json_put_number(json, NULL, scales->zero_point ? scales->zero_point[i] : 0);
    mm_json_close_array(json);
    if (scales->count > 1)
        mm_json_put_whole(json, "axis", scales->axis);
    mm_json_close_object(json);
}

static void put_layer(struct mm_json *json, const struct mm_session *session, size_t id)
{
    const struct mm_layer *layer = mm_session_layer(session, id);
    const struct mm_blame *blame = mm_session_blame(session, id);
    const struct mm_evidence *found = mm_session_evidence(session, id);
    mm_json_line(json, 2);
    mm_json_open_object(json, NULL);
    mm_json_put_whole(json, "number", (int64_t)id + 1);
    mm_json_put_text(json, "name", layer->pair->name);
    mm_json_put_text(json, "op_type", mm_session_op(session, id));
    put_verdict(json, session, &layer->verdict);
    if (layer->result.spread > 0)
        mm_json_put_number(json, "samples_differ", layer->result.spread);
    if (blame)
        put_blame(json, session, blame);
    if (blame)
        put_recomputed(json, blame, mm_session_recomputed(session, id));
    put_comparison(json, session, id);
    put_scales(json, session, id);
    if (found) {
        put_worst(json, &found->worst);
        put_floors(json, found);
        put_findings(json, found);
        put_gains(json, session, id);
    }
    if (blame && blame->over)
        put_explanation(json, session, id);
    mm_json_close_object(json);
}

static void put_starts(struct mm_json *json, const struct mm_session *session,
                       const struct triage_digest *digest)
{
    mm_json_line(json, 1);
    mm_json_open_array(json, "starts");
    for (size_t i = 0; i < digest->starts; i++) {
        mm_json_open_object(json, NULL);
        const struct mm_layer *layer = mm_session_layer(session, digest->start[i].id);
        mm_json_put_whole(json, "number", (int64_t)digest->start[i].id + 1);
        mm_json_put_text(json, "name", layer->pair->name);
        mm_json_put_text(json, "verdict", mm_verdict_word(layer->verdict.kind));
        mm_json_put_text(json, "cause", cause_word(layer->verdict.cause));
        mm_json_put_whole(json, "explains", (int64_t)digest->start[i].explains);
        mm_json_close_object(json);
    }
    mm_json_close_array(json);
}

static void put_advice_item(struct mm_json *json, const char *name, const struct mm_advice_item *item)
{
    mm_json_open_object(json, name);
    mm_json_put_whole(json, "known", (int64_t)item->known);
    mm_json_put_number(json, "median_db", item->median);
    mm_json_put_number(json, "upper_db", item->upper);
    mm_json_put_bool(json, "worth", item->worth);
    mm_json_close_object(json);
}

static void put_advice(struct mm_json *json, const struct mm_session *session)
{
    static const char *const names[MM_ADVICE_COUNT] = {"per_channel", "asymmetric", "statistics"};
    struct mm_advice advice;
    struct mm_advice_setting setting[MM_ADVICE_COUNT];
    if (mm_session_advice(session, &advice, NULL) < 0)
        advice = (struct mm_advice){0};
    mm_json_line(json, 1);
    mm_json_open_object(json, "advice");
    mm_json_put_whole(json, "quantised", (int64_t)advice.quantised);
    for (int i = 0; i < MM_ADVICE_COUNT; i++)
        put_advice_item(json, names[i], &advice.item[i]);
    mm_json_open_object(json, "settings");
    size_t count = mm_advice_settings(&advice, setting);
    for (size_t i = 0; i < count; i++)
        mm_json_put_text(json, setting[i].key, setting[i].value);
    mm_json_close_object(json);
    mm_json_close_object(json);
}

/* What ONNX Runtime made of dst's own inputs, where it did. */
static void put_replay(struct mm_json *json, const struct mm_session *session)
{
    struct mm_replay_summary summary;
    if (!mm_session_replayed(session, &summary))
        return;
    mm_json_open_object(json, "replay");
    mm_json_put_text(json, "onnxruntime", summary.version);
    mm_json_put_whole(json, "right", (int64_t)summary.right);
    mm_json_put_whole(json, "wrong", (int64_t)summary.wrong);
    mm_json_put_whole(json, "unclear", (int64_t)summary.unclear);
    mm_json_put_whole(json, "left_out", (int64_t)summary.left_out);
    mm_json_close_object(json);
}

static void put_head(struct mm_json *json, const struct mm_session *session)
{
    const struct mm_session_options *options = mm_session_options(session);
    const struct mm_flow *flow = mm_session_flow(session);
    mm_json_put_head(json, "mmtui-triage", MM_TRIAGE_SCHEMA);
    mm_json_put_text(json, "src", options->src);
    mm_json_put_text(json, "dst", options->dst);
    if (mm_session_notice(session))
        mm_json_put_text(json, "notice", mm_session_notice(session));
    report_put_dumps(json, session);
    report_put_unanalysed(json, session);
    mm_json_put_bool(json, "graph", flow && flow->known);
    size_t known, asked;
    mm_session_model(session, &known, &asked);
    mm_json_put_text(json, "order", mm_order_source_key(mm_session_order(session)));
    mm_json_put_whole(json, "model_knows", (int64_t)known);
    mm_json_put_whole(json, "model_asked", (int64_t)asked);
    mm_json_put_number(json, "threshold_diff1", options->thresholds.diff1);
    mm_json_put_number(json, "threshold_diff2", options->thresholds.diff2);
    put_replay(json, session);
    put_layer_ref(json, session, "first_culprit", mm_session_first_culprit(session));
    put_layer_ref(json, session, "first_nonfinite", mm_session_first_nonfinite(session));
}

static void put_layers(struct mm_json *json, const struct mm_session *session)
{
    mm_json_line(json, 1);
    mm_json_open_array(json, "layers");
    for (size_t id = 0; id < mm_session_count(session); id++)
        put_layer(json, session, id);
    mm_json_line(json, 1);
    mm_json_close_array(json);
}

int mm_report_triage_json(const struct mm_session *session, struct mm_buf *out, struct mm_err *err)
{
    struct triage_digest digest;
    struct mm_json json;
    if (triage_digest_init(&digest, session) < 0)
        return mm_fail_memory(err);
    mm_json_init(&json, out, (struct mm_json_style){.nonfinite = MM_JSON_QUOTED});
    mm_json_open_object(&json, NULL);
    put_head(&json, session);
    put_starts(&json, session, &digest);
    put_advice(&json, session);
    put_layers(&json, session);
    mm_json_close_object(&json);
    mm_buf_putc(out, '\n');
    triage_digest_done(&digest);
    return out->failed ? mm_fail_memory(err) : 0;
}
