/* What came of a plan, on one page and in other forms. */
#include "report/verify.h"

#include <math.h>
#include <string.h>

#include "base/json_write.h"
#include "base/translate.h"

/* What is wrong first. */
static const enum mm_effect_kind order[] = {MM_EFFECT_IGNORED, MM_EFFECT_ABSENT, MM_EFFECT_UNTOLD,
                                            MM_EFFECT_APPLIED};

static const char *error_text(char out[MM_NUM], double error)
{
    return isinf(error) ? "NaN or Inf" : isnan(error) ? "not known" : mm_num_short(out, error, 2);
}

static void put_name(const struct mm_session *session, const struct mm_effect *effect, struct mm_buf *out)
{
    if (effect->layer != SIZE_MAX)
        mm_report_layer(session, effect->layer, out);
    else
        mm_text_escape(out, effect->name, strlen(effect->name));
}

static void put_errors(double before, double now, struct mm_buf *out)
{
    char a[MM_NUM], b[MM_NUM];
    mm_buf_printf(out, "error %s before, %s now", error_text(a, before), error_text(b, now));
}

void verify_put_summary(const struct mm_proof *proof, struct mm_buf *out)
{
    mm_buf_printf(out, "%zu override%s: ", proof->overrides, proof->overrides == 1 ? "" : "s");
    const char *comma = "";
    for (size_t i = MM_COUNT(order); i-- > 0;) {
        if (proof->by_kind[order[i]] == 0)
            continue;
        mm_buf_printf(out, "%s%zu %s", comma, proof->by_kind[order[i]],
                      mm_tr_in("word", mm_effect_word(order[i])));
        comma = ", ";
    }
    mm_buf_printf(out, "; %zu layer%s over the threshold before, %zu now; %zu got worse", proof->over_before,
                  proof->over_before == 1 ? "" : "s", proof->over_now, proof->worse);
}

/* ---- text ---- */

static void put_effects(const struct mm_session *session, enum mm_effect_kind kind, struct mm_buf *out)
{
    size_t count, shown = 0;
    const struct mm_effect *effect = mm_session_effects(session, &count);
    for (size_t i = 0; i < count; i++) {
        if (effect[i].verdict.kind != kind)
            continue;
        if (shown++ == 0)
            mm_buf_printf(out, "\n%s\n", mm_tr_in("word", mm_effect_word(kind)));
        mm_buf_puts(out, "  ");
        put_name(session, &effect[i], out);
        mm_buf_printf(out, " (%s): %s", effect[i].precision, effect[i].verdict.why);
        if (kind != MM_EFFECT_ABSENT) {
            mm_buf_puts(out, "; ");
            put_errors(effect[i].before, effect[i].now, out);
        }
        mm_buf_putc(out, '\n');
    }
}

#define OUTPUTS_SHOWN 8

static bool is_output(const struct mm_session *session, size_t id)
{
    double before, now;
    mm_session_worse(session, id, &before, &now);
    return (mm_session_flow(session)->role[id] & MM_ROLE_OUTPUT) && !isnan(before) && !isnan(now);
}

static void put_outputs(const struct mm_session *session, struct mm_buf *out)
{
    size_t shown = 0;
    for (size_t id = 0; id < mm_session_count(session); id++) {
        double before, now;
        if (!is_output(session, id) || shown++ >= OUTPUTS_SHOWN)
            continue;
        if (shown == 1)
            mm_buf_say(out, "\noutputs of the network\n");
        mm_session_worse(session, id, &before, &now);
        mm_buf_puts(out, "  ");
        mm_report_layer(session, id, out);
        mm_buf_puts(out, ": ");
        put_errors(before, now, out);
        mm_buf_putc(out, '\n');
    }
    if (shown > OUTPUTS_SHOWN)
        mm_buf_printf(out, "  and %zu more\n", shown - OUTPUTS_SHOWN);
}

#define WORSE_SHOWN 20

static void put_worse(const struct mm_session *session, size_t count, struct mm_buf *out)
{
    size_t shown = 0;
    if (count > 0)
        mm_buf_printf(
            out, "\ngot worse (over a threshold that it was within, or %g times the error and %g at least)\n",
            MM_WORSE_TIMES, MM_WORSE_LEAST);
    for (size_t id = 0; id < mm_session_count(session); id++) {
        double before, now;
        if (!mm_session_worse(session, id, &before, &now) || shown++ >= WORSE_SHOWN)
            continue;
        mm_buf_puts(out, "  ");
        mm_report_layer(session, id, out);
        mm_buf_puts(out, ": ");
        put_errors(before, now, out);
        mm_buf_putc(out, '\n');
    }
    if (shown > WORSE_SHOWN)
        mm_buf_printf(out, "  and %zu more\n", shown - WORSE_SHOWN);
}

static void put_text(const struct mm_session *session, const struct mm_proof *proof, struct mm_buf *out)
{
    verify_put_summary(proof, out);
    mm_buf_say(out, ".\n");
    if (proof->unchanged)
        mm_buf_printf(
            out,
            "All %zu tensors hold the same values as before: no override has changed anything, or both "
            "dumps are of one run.\n",
            proof->compared);
    for (size_t i = 0; i < MM_COUNT(order); i++)
        put_effects(session, order[i], out);
    put_outputs(session, out);
    put_worse(session, proof->worse, out);
}

/* ---- JSON ---- */

static void put_layer(const struct mm_session *session, size_t id, struct mm_json *json)
{
    if (id == SIZE_MAX) {
        mm_json_put_null(json, "number");
        mm_json_put_null(json, "layer");
        return;
    }
    mm_json_put_whole(json, "number", (int64_t)id + 1);
    mm_json_put_text(json, "layer", mm_session_layer(session, id)->pair->name);
}

/* What is not known is null, not "NaN". */
static void put_error(struct mm_json *json, const char *key, double error)
{
    if (isnan(error))
        mm_json_put_null(json, key);
    else
        mm_json_put_number(json, key, error);
}

static void put_json_effect(const struct mm_session *session, const struct mm_effect *effect,
                            struct mm_json *json)
{
    mm_json_open_object(json, NULL);
    mm_json_put_text(json, "name", effect->name);
    mm_json_put_text(json, "op", effect->op);
    mm_json_put_text(json, "precision", effect->precision);
    put_layer(session, effect->layer, json);
    mm_json_put_text(json, "verdict", mm_effect_word(effect->verdict.kind));
    mm_json_put_text(json, "why", effect->verdict.why);
    put_error(json, "error_before", effect->before);
    put_error(json, "error_now", effect->now);
    put_error(json, "adds_before", effect->adds_before);
    put_error(json, "adds_now", effect->adds_now);
    mm_json_close_object(json);
}

/* Layers with their errors: the outputs, or what got worse. */
static void put_json_layers(const struct mm_session *session, const char *key, bool outputs,
                            struct mm_json *json)
{
    mm_json_open_array(json, key);
    for (size_t id = 0; id < mm_session_count(session); id++) {
        double before, now;
        bool worse = mm_session_worse(session, id, &before, &now);
        if (outputs ? !is_output(session, id) : !worse)
            continue;
        mm_json_open_object(json, NULL);
        put_layer(session, id, json);
        put_error(json, "error_before", before);
        put_error(json, "error_now", now);
        mm_json_close_object(json);
    }
    mm_json_close_array(json);
}

static void put_json(const struct mm_session *session, const struct mm_proof *proof, struct mm_buf *out)
{
    struct mm_json json;
    struct mm_buf summary = {0};
    size_t count;
    const struct mm_effect *effect = mm_session_effects(session, &count);
    verify_put_summary(proof, &summary);
    mm_json_init(&json, out, (struct mm_json_style){.indent = 2, .nonfinite = MM_JSON_QUOTED});
    mm_json_open_object(&json, NULL);
    mm_json_put_head(&json, "mmtui verify", MM_VERIFY_SCHEMA);
    mm_json_put_text(&json, "summary", mm_buf_text(&summary));
    mm_json_put_bool(&json, "proven", proof->proven);
    mm_json_put_bool(&json, "unchanged", proof->unchanged);
    mm_json_put_whole(&json, "compared", (int64_t)proof->compared);
    mm_json_put_whole(&json, "over_before", (int64_t)proof->over_before);
    mm_json_put_whole(&json, "over_now", (int64_t)proof->over_now);
    mm_json_open_array(&json, "overrides");
    for (size_t i = 0; i < count; i++)
        put_json_effect(session, &effect[i], &json);
    mm_json_close_array(&json);
    put_json_layers(session, "outputs", true, &json);
    put_json_layers(session, "worse", false, &json);
    mm_json_close_object(&json);
    mm_buf_putc(out, '\n');
    mm_buf_done(&summary);
}

int mm_report_verify(const struct mm_session *session, enum mm_report_kind kind, struct mm_buf *out,
                     struct mm_err *err)
{
    struct mm_proof proof;
    if (!mm_session_proof(session, &proof))
        return mm_fail(err, MM_EARG, "it is not known what came of a plan");
    if (kind == MM_REPORT_TEXT)
        put_text(session, &proof, out);
    else if (kind == MM_REPORT_JSON)
        put_json(session, &proof, out);
    else if (kind == MM_REPORT_JUNIT)
        verify_put_junit(session, out);
    else
        return verify_put_listing(session, kind, out, err);
    return out->failed ? mm_fail_memory(err) : 0;
}
