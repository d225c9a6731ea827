/* The triage as JSON. */
#include <math.h>
#include <string.h>

#include "report/triage.h"

static void put_text(struct mm_buf *out, const char *key, const char *text)
{
    mm_buf_printf(out, ", \"%s\": ", key);
    mm_json_string(out, text);
}

static void put_number(struct mm_buf *out, const char *key, double value)
{
    mm_buf_printf(out, ", \"%s\": ", key);
    mm_json_number(out, value);
}

/* People's number of a layer, null for none. */
static void put_layer_number(struct mm_buf *out, const char *key, int32_t id)
{
    mm_buf_printf(out, ", \"%s\": ", key);
    if (id < 0)
        mm_buf_puts(out, "null");
    else
        mm_buf_whole(out, (int64_t)id + 1);
}

static void put_lines(struct mm_buf *out, const char *key, const char *text)
{
    mm_buf_printf(out, ", \"%s\": [", key);
    for (bool first = true; *text; first = false) {
        size_t length = strcspn(text, "\n");
        struct mm_buf line = {0};
        mm_buf_add(&line, text, length);
        mm_buf_puts(out, first ? "" : ", ");
        mm_json_string(out, mm_buf_text(&line));
        mm_buf_done(&line);
        text += length + (text[length] == '\n');
    }
    mm_buf_putc(out, ']');
}

static void put_findings(struct mm_buf *out, const struct mm_evidence *evidence)
{
    mm_buf_puts(out, ", \"findings\": [");
    for (size_t i = 0; i < evidence->findings; i++) {
        const struct mm_finding *finding = &evidence->finding[i];
        mm_buf_printf(out, "%s{\"cause\": \"%s\"", i ? ", " : "", mm_cause_info(finding->cause)->word);
        put_number(out, "score", finding->score);
        put_number(out, "residual", finding->residual);
        put_text(out, "evidence", finding->evidence);
        mm_buf_putc(out, '}');
    }
    mm_buf_putc(out, ']');
}

static void put_floors(struct mm_buf *out, const struct mm_evidence *evidence)
{
    mm_buf_puts(out, ", \"floors\": [");
    for (size_t i = 0; i < evidence->floors; i++) {
        struct mm_buf name = {0};
        mm_whatif_name(&evidence->floor[i].setting, &name);
        mm_buf_puts(out, i ? ", {\"format\": " : "{\"format\": ");
        mm_json_string(out, mm_buf_text(&name));
        put_number(out, "diff2", evidence->floor[i].metrics.diff2);
        put_number(out, "clipped", evidence->floor[i].clipped);
        mm_buf_printf(out, ", \"is_dst\": %s}", evidence->format == (int)i ? "true" : "false");
        mm_buf_done(&name);
    }
    mm_buf_putc(out, ']');
}

/* dB that other settings would give; of operators on integers. */
static void put_gains(struct mm_buf *out, const struct mm_session *session, size_t id)
{
    struct mm_gains gains;
    if (!mm_session_gains(session, id, &gains))
        return;
    mm_buf_puts(out, ", \"gains_db\": {\"asymmetric\": ");
    mm_json_number(out, gains.asymmetric);
    put_number(out, "per_channel", gains.per_channel);
    put_number(out, "statistics", gains.statistics);
    put_text(out, "range", mm_range_word(gains.range));
    mm_buf_putc(out, '}');
}

/* Figures of the third dumps, where there are any. */
static void put_comparison(struct mm_buf *out, const struct mm_session *session, size_t id)
{
    static const enum mm_column_id columns[] = {MM_COLUMN_IMPL, MM_COLUMN_FORMAT, MM_COLUMN_BEFORE,
                                                MM_COLUMN_CHANGE};
    for (size_t i = 0; i < MM_COUNT(columns); i++) {
        const struct mm_column *column = mm_column(columns[i]);
        if (mm_column_there(session, columns[i]))
            put_number(out, column->key, column->value(session, id));
    }
}

static void put_layer(struct mm_buf *out, const struct mm_session *session, size_t id)
{
    const struct mm_layer *layer = mm_session_layer(session, id);
    const struct mm_verdict *verdict = &layer->verdict;
    const struct mm_blame *blame = mm_session_blame(session, id);
    const struct mm_evidence *found = mm_session_evidence(session, id);
    struct mm_buf evidence = {0}, next = {0};
    mm_buf_printf(out, "  {\"number\": %zu", id + 1);
    put_text(out, "name", layer->pair->name);
    put_text(out, "op_type", mm_session_op(session, id));
    put_text(out, "verdict", mm_verdict_word(verdict->kind));
    mm_buf_printf(out, ", \"bad\": %s", verdict->bad ? "true" : "false");
    put_text(out, "confidence", mm_confidence_word(verdict->confidence));
    put_text(out, "cause", verdict->cause == MM_CAUSE_NONE ? "" : mm_cause_info(verdict->cause)->word);
    put_layer_number(out, "from", verdict->from);
    put_text(out, "text", verdict->text);
    if (blame) {
        put_number(out, "error", blame->error);
        put_layer_number(out, "worst_input", blame->worst_input);
        put_number(out, "input_error", blame->input_error);
        put_number(out, "introduced", blame->introduced);
        put_number(out, "expected", blame->expected);
        put_layer_number(out, "root", blame->root);
        mm_buf_printf(out, ", \"starts\": %s", blame->starts ? "true" : "false");
    }
    put_comparison(out, session, id);
    if (found) {
        put_floors(out, found);
        put_findings(out, found);
        put_gains(out, session, id);
    }
    if (blame && blame->over) {
        mm_session_explain(session, id, &evidence, &next);
        put_lines(out, "evidence", mm_buf_text(&evidence));
        put_text(out, "next", mm_buf_text(&next));
    }
    mm_buf_putc(out, '}');
    mm_buf_done(&evidence);
    mm_buf_done(&next);
}

static void put_starts(struct mm_buf *out, const struct triage_digest *digest)
{
    mm_buf_puts(out, ",\n \"starts\": [");
    for (size_t i = 0; i < digest->starts; i++)
        mm_buf_printf(out, "%s{\"number\": %u, \"explains\": %zu}", i ? ", " : "", digest->start[i].id + 1,
                      digest->start[i].explains);
    mm_buf_putc(out, ']');
}

static void put_advice(struct mm_buf *out, const struct mm_session *session)
{
    static const char *const names[MM_ADVICE_COUNT] = {"per_channel", "asymmetric", "statistics"};
    struct mm_advice advice;
    struct mm_advice_setting setting[MM_ADVICE_COUNT];
    if (mm_session_advice(session, &advice, NULL) < 0)
        advice = (struct mm_advice){0};
    mm_buf_printf(out, ",\n \"advice\": {\"quantised\": %zu", advice.quantised);
    for (int i = 0; i < MM_ADVICE_COUNT; i++) {
        const struct mm_advice_item *item = &advice.item[i];
        mm_buf_printf(out, ", \"%s\": {\"known\": %zu", names[i], item->known);
        put_number(out, "median_db", item->median);
        put_number(out, "upper_db", item->upper);
        mm_buf_printf(out, ", \"worth\": %s}", item->worth ? "true" : "false");
    }
    mm_buf_puts(out, ", \"settings\": {");
    size_t count = mm_advice_settings(&advice, setting);
    for (size_t i = 0; i < count; i++)
        mm_buf_printf(out, "%s\"%s\": \"%s\"", i ? ", " : "", setting[i].key, setting[i].value);
    mm_buf_puts(out, "}}");
}

int mm_report_triage_json(const struct mm_session *session, struct mm_buf *out, struct mm_err *err)
{
    const struct mm_session_options *options = mm_session_options(session);
    const struct mm_flow *flow = mm_session_flow(session);
    struct triage_digest digest;
    if (triage_digest_init(&digest, session) < 0)
        return mm_fail_memory(err);
    mm_buf_printf(out, "{\"format\": \"mmtui-triage\", \"schema_version\": %d, \"mmtui_version\": \"%s\"",
                  MM_TRIAGE_SCHEMA, MM_VERSION);
    put_text(out, "src", options->src);
    put_text(out, "dst", options->dst);
    mm_buf_printf(out, ", \"graph\": %s", flow && flow->known ? "true" : "false");
    size_t known, asked;
    mm_session_model(session, &known, &asked);
    mm_buf_printf(out, ", \"order\": \"%s\", \"model_knows\": %zu, \"model_asked\": %zu",
                  mm_order_source_key(mm_session_order(session)), known, asked);
    put_number(out, "threshold_diff1", options->thresholds.diff1);
    put_number(out, "threshold_diff2", options->thresholds.diff2);
    put_layer_number(out, "first_culprit", mm_session_first_culprit(session));
    put_layer_number(out, "first_nonfinite", mm_session_first_nonfinite(session));
    put_starts(out, &digest);
    put_advice(out, session);
    mm_buf_puts(out, ",\n \"layers\": [");
    for (size_t id = 0; id < mm_session_count(session); id++) {
        mm_buf_puts(out, id ? ",\n" : "\n");
        put_layer(out, session, id);
    }
    mm_buf_puts(out, "\n ]}\n");
    triage_digest_done(&digest);
    return out->failed ? mm_fail_memory(err) : 0;
}
