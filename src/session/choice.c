/* From layers to operators: what a person chooses on rows becomes overrides in the plan. */
#include "session/state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/translate.h"

struct mm_plan *mm_session_plan(struct mm_session *session)
{
    return session->plan;
}

const struct mm_plan *mm_session_plan_const(const struct mm_session *session)
{
    return session->plan;
}

const char *mm_session_node(const struct mm_session *session, size_t id)
{
    const struct mm_layer *layer = &session->layers[id];
    const struct mm_info *dst = &layer->result.dst;
    return dst->known && dst->node_name[0] ? dst->node_name : layer->pair->name;
}

const char *mm_session_op(const struct mm_session *session, size_t id)
{
    const struct mm_result *result = &session->layers[id].result;
    if (result->dst.known && result->dst.op_type[0])
        return result->dst.op_type;
    if (result->src.known && result->src.op_type[0])
        return result->src.op_type;
    return session->layers[id].op ? session->layers[id].op : "";
}

const struct mm_override *mm_session_override(const struct mm_session *session, size_t id)
{
    if (mm_plan_count(session->plan) == 0)
        return NULL;
    return mm_plan_find(session->plan, mm_session_node(session, id));
}

/* The runtime's name stands in the header: read it now if the scan has not come by yet. */
static void need_header(struct mm_session *session, size_t id)
{
    struct mm_layer *layer = &session->layers[id];
    if (layer->result.state == MM_STATE_PENDING) {
        mm_measure_header(layer->pair, session->src->schema, &layer->result);
        session_judge(session, layer);
        session->revision++;
    }
}

static struct mm_figures figures_of(const struct mm_layer *layer)
{
    const struct mm_metrics *m = &layer->result.metrics;
    bool measured = layer->result.state == MM_STATE_MEASURED;
    bool broken = measured && m->nonfinite_differ;
    return (struct mm_figures){.diff1 = measured && !broken ? m->diff1 : NAN,
                               .diff2 = measured && !broken ? m->diff2 : NAN,
                               .max_abs = measured && !broken ? m->max_abs : NAN,
                               .cosine = measured && !broken ? m->cosine : NAN};
}

/* Behind the name that a number stands before, or where there is none, behind the number. */
static const char *behind_name(const char *text, const char *name)
{
    size_t length = strlen(name);
    return *text == ' ' && strncmp(text + 1, name, length) == 0 ? text + 1 + length : text;
}

/* "reads #40" and "reads #40 enc.0.ln2.Add" become "reads enc.0.ln2.Add": what goes into a plan is read where nobody
 * knows the numbers. */
static void name_layers(const struct mm_session *session, const char *text, struct mm_buf *out)
{
    for (const char *hash; (hash = strchr(text, '#'));) {
        char *end;
        unsigned long number = strtoul(hash + 1, &end, 10);
        bool is_layer = hash[1] >= '1' && hash[1] <= '9' && number <= session->pairs->count;
        mm_buf_add(out, text, (size_t)(hash - text));
        if (is_layer)
            mm_buf_puts(out, session->layers[number - 1].label);
        else
            mm_buf_putc(out, '#');
        text = is_layer ? behind_name(end, session->layers[number - 1].label) : hash + 1;
    }
    mm_buf_puts(out, text);
}

/* Set the override of a layer's operator for a reason. */
static int put_override(struct mm_session *session, size_t id, enum mm_precision precision, const char *why,
                        struct mm_err *err)
{
    const struct mm_layer *layer = &session->layers[id];
    struct mm_buf named;
    mm_buf_init(&named);
    name_layers(session, why, &named);
    struct mm_override override = {.name = mm_session_node(session, id),
                                   .op_type = mm_session_op(session, id),
                                   .tensor = layer->pair->name,
                                   .precision = precision,
                                   .why = mm_buf_text(&named),
                                   .figures = figures_of(layer)};
    int result = named.failed ? mm_fail_memory(err) : mm_plan_set(session->plan, &override, err);
    mm_buf_done(&named);
    return result;
}

int choice_set(struct mm_session *session, size_t id, enum mm_precision precision, const char *why,
               size_t *changed, struct mm_err *err)
{
    const struct mm_layer *layer = &session->layers[id];
    if (!layer->pair->dst)
        return 0;
    need_header(session, id);
    const char *name = mm_session_node(session, id);
    const struct mm_override *before = mm_plan_find(session->plan, name);
    enum mm_precision had = before ? before->precision : MM_PRECISION_NONE;
    if (had == precision)
        return 0;
    (*changed)++;
    if (precision == MM_PRECISION_NONE)
        return mm_plan_clear(session->plan, name, err);
    if (!why)
        why = layer->verdict.text[0] ? layer->verdict.text : "chosen by hand";
    return put_override(session, id, precision, why, err);
}

int mm_session_set_precision(struct mm_session *session, const size_t *ids, size_t count,
                             enum mm_precision precision, size_t *changed, struct mm_err *err)
{
    char label[160], what[64];
    size_t n = 0;
    int result = 0;
    if (precision == MM_PRECISION_NONE)
        mm_format(what, sizeof what, "clear");
    else
        mm_format(what, sizeof what, "%s for", mm_precision_info(precision)->name);
    if (count == 1)
        snprintf(label, sizeof label, "%s %s", what, session->layers[ids[0]].label);
    else
        mm_format(label, sizeof label, "%s %zu layers", what, count);
    mm_plan_begin(session->plan, label);
    for (size_t i = 0; i < count && result == 0; i++)
        result = choice_set(session, ids[i], precision, NULL, &n, err);
    mm_plan_commit(session->plan);
    if (changed)
        *changed = n;
    return result;
}

/* How many of dst's tensors hold which kind of number. */
struct formats {
    size_t half, brain, single, byte, word;
};

static void count_format(struct formats *seen, enum mm_dtype dtype)
{
    seen->half += dtype == MM_F16;
    seen->brain += dtype == MM_BF16;
    seen->single += dtype == MM_F32;
    seen->byte += dtype == MM_I8 || dtype == MM_U8;
    seen->word += dtype == MM_I16 || dtype == MM_U16;
}

const char *mm_session_network_precision(const struct mm_session *session, const char **why)
{
    struct formats seen = {0};
    for (size_t id = 0; id < session->pairs->count; id++) {
        const struct mm_info *dst = &session->layers[id].result.dst;
        if (dst->known)
            count_format(&seen, dst->dtype);
    }
    *why = seen.byte    ? "dst holds 8-bit integer tensors"
           : seen.word  ? "dst holds 16-bit integer tensors"
           : seen.half  ? "dst's float tensors are f16"
           : seen.brain ? "dst's float tensors are bf16"
                        : "dst's float tensors are f32";
    if (seen.byte)
        return seen.half ? "int8_float16" : "int8_float32";
    if (seen.word)
        return seen.half ? "int16_float16" : "int16_float32";
    return seen.half ? "float16" : seen.brain ? "bfloat16" : seen.single ? "float32" : NULL;
}
