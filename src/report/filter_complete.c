/* What may stand at the end of a filter's text: columns, signs, and the values that layers of the session have. */
#include "base/names.h"
#include "report/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_MAX 1000 /* different values of a column that are offered: names can be many */

struct offering {
    const struct mm_session *session;
    mm_filter_offer *offer;
    void *context;
    size_t from;      /* of the text: where the candidates begin */
    const char *word; /* what stands there already */
};

static void put(const struct offering *to, const char *candidate, const char *note)
{
    to->offer(to->context, to->from, candidate, note);
}

/* ---- columns and signs ---- */

static void offer_signs(const struct offering *to, const struct mm_column *column)
{
    size_t count;
    const struct filter_sign *signs = filter_signs(&count);
    char text[64];
    for (size_t i = 0; i < count; i++) {
        if (!signs[i].offered || !(column->numeric ? signs[i].of_figures : signs[i].of_texts))
            continue;
        snprintf(text, sizeof text, "%s%s", to->word, signs[i].text);
        put(to, text, NULL);
    }
}

static const char *const flag_note = "by itself";

static void offer_terms(const struct offering *to)
{
    size_t length = strlen(to->word);
    enum mm_column_id whole = mm_column_find(to->word);
    if (whole < MM_COLUMN_COUNT)
        offer_signs(to, mm_column(whole));
    for (int id = 0; id < MM_COLUMN_COUNT; id++) {
        const char *key = mm_column((enum mm_column_id)id)->key;
        bool longer = strncmp(key, to->word, length) == 0 && key[length];
        if (longer && mm_column_there(to->session, (enum mm_column_id)id))
            put(to, key, mm_column_help((enum mm_column_id)id));
    }
    const char *flag;
    for (size_t i = 0; (flag = filter_flag(i)); i++) {
        if (strncmp(flag, to->word, length) == 0)
            put(to, flag, flag_note);
    }
}

/* ---- values ---- */

/* One that has a blank or begins with a quote stands in quotes; one with both kinds of quotes can't be written. */
static void put_value(const struct offering *to, const char *value)
{
    struct mm_buf text;
    char quote = strchr(value, '"') ? '\'' : '"';
    mm_buf_init(&text);
    if (!value[strcspn(value, " \t")] && *value != '"' && *value != '\'')
        mm_buf_puts(&text, value);
    else if (!strchr(value, quote))
        mm_buf_printf(&text, "%c%s%c", quote, value, quote);
    if (text.length && !text.failed)
        put(to, mm_buf_text(&text), NULL);
    mm_buf_done(&text);
}

/* The texts by which layers can be found in a column, each once. */
struct values {
    struct mm_names names;
    struct mm_arena arena;
};

static void keep(struct values *values, const char *text)
{
    if (*text && values->names.count < VALUES_MAX)
        mm_names_add(&values->names, &values->arena, text, strlen(text));
}

static void keep_side(struct values *values, const struct mm_entry *entry, const struct mm_info *info)
{
    const char *stored = entry ? mm_entry_stored_as(entry) : NULL;
    if (info->known && info->dtype != MM_DTYPE_NONE)
        keep(values, stored ? stored : mm_dtype_info(info->dtype)->name);
}

/* The type, and once something is typed its last part, too, by which it is found as well. */
static void keep_op(struct values *values, const char *op, bool typed)
{
    keep(values, op);
    if (typed)
        keep(values, filter_op_name(op));
}

static void keep_of_layer(struct values *values, const struct offering *to, size_t id,
                          enum mm_column_id column, struct mm_buf *cell)
{
    const struct mm_session *session = to->session;
    const struct mm_layer *layer = mm_session_layer(session, id);
    if (column == MM_COLUMN_DTYPE) {
        keep_side(values, layer->pair->src, &layer->result.src);
        keep_side(values, layer->pair->dst, &layer->result.dst);
    } else if (column == MM_COLUMN_OP) {
        keep_op(values, mm_session_op(session, id), *to->word);
    } else if (column == MM_COLUMN_VERDICT) {
        keep(values, mm_verdict_word(layer->verdict.kind));
    } else {
        mm_buf_clear(cell);
        mm_column(column)->text(session, id, cell);
        keep(values, mm_buf_text(cell));
    }
}

static int by_name(const void *a, const void *b)
{
    return mm_text_compare_natural(((const struct mm_name *)a)->text, ((const struct mm_name *)b)->text);
}

static void offer_texts(const struct offering *to, enum mm_column_id column)
{
    struct values values;
    struct mm_buf cell;
    mm_names_init(&values.names);
    mm_arena_init(&values.arena);
    mm_buf_init(&cell);
    for (size_t id = 0; id < mm_session_count(to->session); id++)
        keep_of_layer(&values, to, id, column, &cell);
    if (values.names.count)
        qsort(values.names.name, values.names.count, sizeof *values.names.name, by_name);
    for (size_t i = 0; i < values.names.count; i++)
        put_value(to, values.names.name[i].text);
    mm_buf_done(&cell);
    mm_names_done(&values.names);
    mm_arena_done(&values.arena);
}

/* Of figures with a threshold: that one. */
static void offer_threshold(const struct offering *to, enum mm_column_id column)
{
    const struct mm_thresholds *thresholds = &mm_session_options(to->session)->thresholds;
    char text[MM_NUM];
    if (column == MM_COLUMN_DIFF1 || column == MM_COLUMN_DIFF2)
        put(to, mm_num_repr(text, column == MM_COLUMN_DIFF1 ? thresholds->diff1 : thresholds->diff2),
            "the threshold");
}

/* ---- where the text stands ---- */

/* Behind the last blank that is in no quotes; the quote that is open counts to its term. */
static size_t last_term(const char *text)
{
    size_t from = 0;
    char quote = '\0', before = ' ';
    for (size_t i = 0; text[i]; before = text[i++]) {
        if (quote) {
            quote = text[i] == quote ? '\0' : quote;
        } else if ((text[i] == '"' || text[i] == '\'') && strchr(" \t!=<>~", before)) {
            quote = text[i];
        } else if (text[i] == ' ' || text[i] == '\t') {
            from = i + 1;
        }
    }
    return from + (text[from] == '!');
}

void mm_filter_complete(const char *text, const struct mm_session *session, mm_filter_offer *offer,
                        void *context)
{
    size_t from = last_term(text), length = strcspn(text + from, "<>=!~");
    const struct filter_sign *sign = length ? filter_sign_at(text + from + length) : NULL;
    struct offering to = {session, offer, context, from, text + from};
    if (!sign) {
        offer_terms(&to);
        return;
    }
    char key[64];
    snprintf(key, sizeof key, "%.*s", (int)(length < sizeof key ? length : sizeof key - 1), text + from);
    enum mm_column_id column = mm_column_find(key);
    to.from = from + length + strlen(sign->text);
    to.word = text + to.from;
    if (column == MM_COLUMN_COUNT)
        return;
    if (mm_column(column)->numeric)
        offer_threshold(&to, column);
    else
        offer_texts(&to, column);
}
