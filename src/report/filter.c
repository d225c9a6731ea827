#include "report/filter.h"

#include <stdlib.h>
#include <string.h>

/* ---- words that stand by themselves ---- */

static bool is_tagged(const struct filter_term *term, const struct mm_session *session, size_t id)
{
    (void)term;
    return mm_session_layer(session, id)->tagged;
}

static bool is_suggested(const struct filter_term *term, const struct mm_session *session, size_t id)
{
    (void)term;
    return mm_session_suggestion(session, id, NULL);
}

static bool is_bad(const struct filter_term *term, const struct mm_session *session, size_t id)
{
    (void)term;
    return mm_session_layer(session, id)->verdict.bad;
}

static bool is_chosen(const struct filter_term *term, const struct mm_session *session, size_t id)
{
    (void)term;
    return mm_session_override(session, id);
}

static const struct {
    const char *word;
    filter_match *match;
} flags[] = {{"tagged", is_tagged}, {"suggested", is_suggested}, {"bad", is_bad}, {"chosen", is_chosen}};

const char *filter_flag(size_t i)
{
    return i < MM_COUNT(flags) ? flags[i].word : NULL;
}

filter_match *filter_flag_find(const char *word)
{
    for (size_t i = 0; i < MM_COUNT(flags); i++) {
        if (strcmp(word, flags[i].word) == 0)
            return flags[i].match;
    }
    return NULL;
}

/* ---- figures ---- */

bool filter_number(const struct filter_term *term, const struct mm_session *session, size_t id)
{
    double value = mm_column(term->column)->value(session, id);
    switch (term->compare) {
    case FILTER_LESS: return value < term->number;
    case FILTER_LESS_EQUAL: return value <= term->number;
    case FILTER_GREATER: return value > term->number;
    case FILTER_GREATER_EQUAL: return value >= term->number;
    case FILTER_EQUAL: return value == term->number;
    case FILTER_NOT_EQUAL: return value != term->number;
    default: return false;
    }
}

/* ---- texts ---- */

/* Equal ignoring case, or a shell pattern that fits; for ~, a regular expression that is found in it. */
static bool fits(const struct filter_term *term, const char *text)
{
    const char *pattern = term->text;
    if (term->compiled)
        return regexec(&term->pattern, text, 0, NULL, 0) == 0;
    if (strpbrk(pattern, "*?["))
        return mm_text_glob(pattern, text);
    return strlen(pattern) == strlen(text) && mm_text_find(text, pattern) == text;
}

static bool cell_fits(const struct filter_term *term, const struct mm_session *session, size_t id)
{
    struct mm_buf text;
    mm_buf_init(&text);
    mm_column(term->column)->text(session, id, &text);
    bool match = fits(term, mm_buf_text(&text));
    mm_buf_done(&text);
    return match;
}

static bool side_fits(const struct filter_term *term, const struct mm_entry *entry,
                      const struct mm_info *info)
{
    const char *stored = entry ? mm_entry_stored_as(entry) : NULL;
    return info->known && (fits(term, mm_dtype_info(info->dtype)->name) || (stored && fits(term, stored)));
}

static bool dtype_fits(const struct filter_term *term, const struct mm_session *session, size_t id)
{
    const struct mm_layer *layer = mm_session_layer(session, id);
    return side_fits(term, layer->pair->src, &layer->result.src) ||
           side_fits(term, layer->pair->dst, &layer->result.dst);
}

const char *filter_op_name(const char *op)
{
    const char *last = op;
    for (const char *p = op; *p; p++) {
        if (*p == '.' || *p == ':' || *p == '/')
            last = p + 1;
    }
    return last;
}

/* op=Conv also fits mm.conv and aten::conv: what people mean by an op type is its last part. */
static bool op_fits(const struct filter_term *term, const struct mm_session *session, size_t id)
{
    const char *op = mm_session_op(session, id);
    return fits(term, op) || fits(term, filter_op_name(op));
}

/* Its word; a regular expression also looks into the sentence. */
static bool verdict_fits(const struct filter_term *term, const struct mm_session *session, size_t id)
{
    return fits(term, mm_verdict_word(mm_session_layer(session, id)->verdict.kind)) ||
           (term->compiled && cell_fits(term, session, id));
}

bool filter_text(const struct filter_term *term, const struct mm_session *session, size_t id)
{
    static filter_match *const special[MM_COLUMN_COUNT] = {
        [MM_COLUMN_DTYPE] = dtype_fits,
        [MM_COLUMN_OP] = op_fits,
        [MM_COLUMN_VERDICT] = verdict_fits,
    };
    bool wanted = term->compare == FILTER_EQUAL || term->compare == FILTER_LIKE;
    return (special[term->column] ? special[term->column] : cell_fits)(term, session, id) == wanted;
}

bool filter_word(const struct filter_term *term, const struct mm_session *session, size_t id)
{
    const char *label = mm_session_layer(session, id)->label;
    return mm_text_find(label, term->text) || mm_text_find(mm_session_op(session, id), term->text);
}

bool filter_glob(const struct filter_term *term, const struct mm_session *session, size_t id)
{
    return mm_text_glob(term->text, mm_session_layer(session, id)->label);
}

/* ---- the filter ---- */

int mm_filter_open(struct mm_filter **out, const char *text, struct mm_err *err)
{
    struct mm_filter *filter = calloc(1, sizeof *filter);
    if (!filter)
        return mm_fail_memory(err);
    mm_arena_init(&filter->arena);
    if (filter_read(filter, text, err) < 0) {
        mm_filter_close(filter);
        return -1;
    }
    *out = filter;
    return 0;
}

void mm_filter_close(struct mm_filter *filter)
{
    if (!filter)
        return;
    for (size_t i = 0; i < filter->count; i++) {
        if (filter->terms[i].compiled)
            regfree(&filter->terms[i].pattern);
    }
    mm_arena_done(&filter->arena);
    free(filter);
}

bool mm_filter_match(const struct mm_filter *filter, const struct mm_session *session, size_t id)
{
    for (size_t i = 0; filter && i < filter->count; i++) {
        const struct filter_term *term = &filter->terms[i];
        if (term->match(term, session, id) == term->negated)
            return false;
    }
    return true;
}
