#include "mmtui/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum compare { LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL };

struct term {
    bool negated;
    bool (*match)(const struct term *term, const struct mm_session *session, size_t id);
    enum mm_column_id column;
    enum compare compare;
    double number;
    const char *text;
};

struct mm_filter {
    struct mm_arena arena;
    struct term *terms;
    size_t count;
};

/* ---- what a term can ask ---- */

static bool is_tagged(const struct term *term, const struct mm_session *session, size_t id)
{
    (void)term;
    return mm_session_layer(session, id)->tagged;
}

static bool is_suggested(const struct term *term, const struct mm_session *session, size_t id)
{
    (void)term;
    return mm_session_suggestion(session, id, NULL);
}

static bool is_bad(const struct term *term, const struct mm_session *session, size_t id)
{
    (void)term;
    return mm_session_layer(session, id)->verdict.bad;
}

static bool is_chosen(const struct term *term, const struct mm_session *session, size_t id)
{
    (void)term;
    return mm_session_override(session, id);
}

static bool compare_number(const struct term *term, const struct mm_session *session, size_t id)
{
    double value = mm_column(term->column)->value(session, id);
    switch (term->compare) {
    case LESS: return value < term->number;
    case LESS_EQUAL: return value <= term->number;
    case GREATER: return value > term->number;
    case GREATER_EQUAL: return value >= term->number;
    case EQUAL: return value == term->number;
    case NOT_EQUAL: return value != term->number;
    }
    return false;
}

/* Equal ignoring case, or a shell pattern that fits. */
static bool fits(const char *pattern, const char *text)
{
    if (strpbrk(pattern, "*?["))
        return mm_text_glob(pattern, text);
    return strlen(pattern) == strlen(text) && mm_text_find(text, pattern) == text;
}

static bool dtype_fits(const struct term *term, const struct mm_session *session, size_t id)
{
    const struct mm_result *result = &mm_session_layer(session, id)->result;
    return (result->src.known && fits(term->text, mm_dtype_info(result->src.dtype)->name)) ||
           (result->dst.known && fits(term->text, mm_dtype_info(result->dst.dtype)->name));
}

/* op=Conv also fits mm.conv and aten::conv: what people mean by an op type is its last part. */
static bool op_fits(const struct term *term, const struct mm_session *session, size_t id)
{
    const char *op = mm_session_op(session, id);
    if (fits(term->text, op))
        return true;
    const char *last = op;
    for (const char *p = op; *p; p++) {
        if (*p == '.' || *p == ':' || *p == '/')
            last = p + 1;
    }
    return fits(term->text, last);
}

static bool verdict_fits(const struct term *term, const struct mm_session *session, size_t id)
{
    return fits(term->text, mm_verdict_word(mm_session_layer(session, id)->verdict.kind));
}

static bool text_fits(const struct term *term, const struct mm_session *session, size_t id)
{
    struct mm_buf text;
    mm_buf_init(&text);
    mm_column(term->column)->text(session, id, &text);
    bool match = fits(term->text, mm_buf_text(&text));
    mm_buf_done(&text);
    return match;
}

static bool equality(const struct term *term, const struct mm_session *session, size_t id)
{
    static bool (*const special[MM_COLUMN_COUNT])(const struct term *, const struct mm_session *, size_t) = {
        [MM_COLUMN_DTYPE] = dtype_fits,
        [MM_COLUMN_OP] = op_fits,
        [MM_COLUMN_VERDICT] = verdict_fits,
    };
    bool match = (special[term->column] ? special[term->column] : text_fits)(term, session, id);
    return match == (term->compare == EQUAL);
}

static bool word_fits(const struct term *term, const struct mm_session *session, size_t id)
{
    const char *label = mm_session_layer(session, id)->label;
    if (strpbrk(term->text, "*?")) /* a [ alone is more often a part of a name than a pattern */
        return mm_text_glob(term->text, label);
    return mm_text_find(label, term->text) || mm_text_find(mm_session_op(session, id), term->text);
}

/* ---- parsing ---- */

static const struct {
    const char *sign;
    enum compare compare;
} signs[] = {{"<=", LESS_EQUAL}, {">=", GREATER_EQUAL}, {"!=", NOT_EQUAL}, {"==", EQUAL},
             {"<", LESS},        {">", GREATER},        {"=", EQUAL}};

static const struct {
    const char *word;
    bool (*match)(const struct term *term, const struct mm_session *session, size_t id);
} flags[] = {{"tagged", is_tagged}, {"suggested", is_suggested}, {"bad", is_bad}, {"chosen", is_chosen}};

/* `key` sign `value`; the key's end is at `sign_at`. */
static int parse_comparison(struct mm_filter *filter, struct term *term, const char *word,
                            const char *sign_at, struct mm_err *err)
{
    size_t which = 0;
    while (strncmp(sign_at, signs[which].sign, strlen(signs[which].sign)) != 0)
        which++; /* sign_at points at one of < > = ! followed by = */
    char *key = mm_arena_strndup(&filter->arena, word, (size_t)(sign_at - word));
    if (!key)
        return mm_fail_memory(err);
    term->compare = signs[which].compare;
    term->text = sign_at + strlen(signs[which].sign);
    term->column = mm_column_find(key);
    if (term->column == MM_COLUMN_COUNT)
        return mm_fail(
            err, MM_EARG,
            "filter: there is no column \"%s\" (diff1, diff2, maxabs, cos, op, dtype, verdict ...)", key);
    if (mm_column(term->column)->numeric) {
        term->match = compare_number;
        if (!mm_parse_double(term->text, &term->number))
            return mm_fail(err, MM_EARG, "filter: \"%s\" is not a number", term->text);
        return 0;
    }
    term->match = equality;
    if (term->compare != EQUAL && term->compare != NOT_EQUAL)
        return mm_fail(err, MM_EARG, "filter: %s is text: it can be compared with = and != only", key);
    return 0;
}

static const char *find_sign(const char *word)
{
    const char *at = strpbrk(word, "<>=!");
    return at && at > word && (*at != '!' || at[1] == '=') ? at : NULL;
}

static int parse_term(struct mm_filter *filter, struct term *term, const char *word, struct mm_err *err)
{
    if (*word == '!' && word[1]) {
        term->negated = true;
        word++;
    }
    const char *sign_at = find_sign(word);
    if (sign_at)
        return parse_comparison(filter, term, word, sign_at, err);
    term->text = word;
    term->match = word_fits;
    for (size_t i = 0; i < MM_COUNT(flags); i++) {
        if (strcmp(word, flags[i].word) == 0)
            term->match = flags[i].match;
    }
    return 0;
}

static int parse(struct mm_filter *filter, const char *text, struct mm_err *err)
{
    char *copy = mm_arena_strdup(&filter->arena, text);
    filter->terms = mm_arena_array(&filter->arena, strlen(text) / 2 + 1, sizeof *filter->terms);
    if (!copy || !filter->terms)
        return mm_fail_memory(err);
    char *rest = copy;
    for (char *word; (word = strtok_r(rest, " \t", &rest));) {
        if (parse_term(filter, &filter->terms[filter->count], word, err) < 0)
            return -1;
        filter->count++;
    }
    return 0;
}

int mm_filter_open(struct mm_filter **out, const char *text, struct mm_err *err)
{
    struct mm_filter *filter = calloc(1, sizeof *filter);
    if (!filter)
        return mm_fail_memory(err);
    mm_arena_init(&filter->arena);
    if (parse(filter, text, err) < 0) {
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
    mm_arena_done(&filter->arena);
    free(filter);
}

bool mm_filter_match(const struct mm_filter *filter, const struct mm_session *session, size_t id)
{
    for (size_t i = 0; filter && i < filter->count; i++) {
        const struct term *term = &filter->terms[i];
        if (term->match(term, session, id) == term->negated)
            return false;
    }
    return true;
}
