/* How the text of a filter is read, and what is said where it can't be. */
#include "report/filter.h"

#include <string.h>

static const struct filter_sign signs[] = {
    {"<=", FILTER_LESS_EQUAL, true, false, true}, {">=", FILTER_GREATER_EQUAL, true, false, true},
    {"!=", FILTER_NOT_EQUAL, true, true, true},   {"==", FILTER_EQUAL, true, true, false},
    {"=~", FILTER_LIKE, false, true, false},      {"!~", FILTER_NOT_LIKE, false, true, true},
    {"<", FILTER_LESS, true, false, true},        {">", FILTER_GREATER, true, false, true},
    {"=", FILTER_EQUAL, true, true, true},        {"~", FILTER_LIKE, false, true, true},
};

const struct filter_sign *filter_signs(size_t *count)
{
    *count = MM_COUNT(signs);
    return signs;
}

const struct filter_sign *filter_sign_at(const char *text)
{
    for (size_t i = 0; i < MM_COUNT(signs); i++) {
        if (strncmp(text, signs[i].text, strlen(signs[i].text)) == 0)
            return &signs[i];
    }
    return NULL;
}

static const char *known_verdict(size_t i)
{
    return i < MM_VERDICT_COUNT ? mm_verdict_word((enum mm_verdict_kind)i) : NULL;
}

static const char *known_cause(size_t i)
{
    return i + 1 < MM_CAUSE_COUNT ? mm_cause_info((enum mm_cause_id)(i + 1))->word : NULL;
}

static const char *known_certainty(size_t i)
{
    return i < MM_CERTAIN ? mm_confidence_word((enum mm_confidence)(i + 1)) : NULL;
}

const char *filter_known_value(enum mm_column_id column, size_t i)
{
    static const char *(*const known[MM_COLUMN_COUNT])(size_t i) = {
        [MM_COLUMN_VERDICT] = known_verdict,
        [MM_COLUMN_CAUSE] = known_cause,
        [MM_COLUMN_CERTAINTY] = known_certainty,
    };
    return known[column] ? known[column](i) : NULL;
}

/* ---- what is wrong, and where ---- */

struct reader {
    const char *text, *at; /* all of it; what is read next */
    const char *term;      /* where the present term begins */
    struct mm_filter *filter;
    struct mm_err *err;
};

/* The place of a byte in characters, from 1. */
static size_t place_of(const struct reader *reader, const char *at)
{
    size_t place = 1;
    uint32_t cp;
    for (const char *p = reader->text; p < at; place++)
        p += mm_text_decode(p, at, &cp);
    return place;
}

/* "filter, character 6: ..." */
#define FAIL_AT(reader, at, ...) (mm_fail((reader)->err, MM_EARG, __VA_ARGS__), place_error((reader), (at)))

static int place_error(const struct reader *reader, const char *at)
{
    struct mm_err *err = reader->err;
    if (!err)
        return -1;
    struct mm_err why = *err;
    return mm_fail(err, MM_EARG, "filter, character %zu: %s", place_of(reader, at), why.text);
}

static int fail_column(const struct reader *reader, const char *key)
{
    enum mm_column_id near = mm_column_nearest(key);
    if (near < MM_COLUMN_COUNT)
        return FAIL_AT(reader, reader->term, "there is no column \"%.60s\"; did you mean %s?", key,
                       mm_column(near)->key);
    return FAIL_AT(reader, reader->term,
                   "there is no column \"%.60s\" (diff2, maxabs, cos, op, dtype, verdict ...; a name with a "
                   "sign in it stands in quotes)",
                   key);
}

/* ---- pieces ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Up to a blank, or in quotes; NULL with err. */
static const char *read_value(struct reader *reader)
{
    const char *from = reader->at, *end;
    char quote = *from == '"' || *from == '\'' ? *from : '\0';
    if (quote) {
        end = strchr(++from, quote);
        if (!end || (end[1] && !is_blank(end[1]))) {
            FAIL_AT(reader, reader->at,
                    end ? "a blank must follow the closing quote"
                        : "the quote that opens here is not closed");
            return NULL;
        }
        reader->at = end + 1;
    } else {
        end = from + strcspn(from, " \t");
        reader->at = end;
    }
    const char *value = mm_arena_strndup(&reader->filter->arena, from, (size_t)(end - from));
    if (!value)
        mm_fail_memory(reader->err);
    return value;
}

/* "0.05", "5%", "#38" of places. */
static int read_number(struct reader *reader, struct filter_term *term, const char *at)
{
    char digits[64];
    bool place =
        term->column == MM_COLUMN_NUMBER || term->column == MM_COLUMN_ROOT || term->column == MM_COLUMN_FROM;
    const char *text = term->text + (place && *term->text == '#');
    size_t length = strlen(text);
    bool percent = length > 1 && length < sizeof digits && text[length - 1] == '%';
    if (percent) {
        memcpy(digits, text, length - 1);
        digits[length - 1] = '\0';
        text = digits;
    }
    if (!mm_parse_double(text, &term->number))
        return FAIL_AT(reader, at, "\"%.60s\" is not a number", term->text);
    term->number /= percent ? 100 : 1;
    return 0;
}

/* A word that no layer can ever have is a mistake: a check in a CI would pass for good. */
static int check_value(const struct reader *reader, const struct filter_term *term, const char *at)
{
    const char *key = mm_column(term->column)->key, *near = NULL, *known;
    size_t least = 4;
    if (!*term->text || strpbrk(term->text, "*?[") || !filter_known_value(term->column, 0))
        return 0;
    for (size_t i = 0; (known = filter_known_value(term->column, i)); i++) {
        size_t distance = mm_text_distance(term->text, known);
        if (mm_text_find(known, term->text) == known && strlen(known) == strlen(term->text))
            return 0;
        if (distance < least) {
            least = distance;
            near = known;
        }
    }
    if (near)
        return FAIL_AT(reader, at, "no %s is called \"%.60s\"; did you mean %s?", key, term->text, near);
    return FAIL_AT(reader, at, "no %s is called \"%.60s\" (%s, %s ...)", key, term->text,
                   filter_known_value(term->column, 1), filter_known_value(term->column, 2));
}

static int read_pattern(const struct reader *reader, struct filter_term *term, const char *at)
{
    if (strchr("*+?", *term->text)) /* of an empty one, too: it would fit everything */
        return FAIL_AT(reader, at, "a regular expression can't be \"%.60s\" (= takes shell patterns)",
                       term->text);
    int failed = regcomp(&term->pattern, term->text, REG_EXTENDED | REG_ICASE | REG_NOSUB);
    if (failed) {
        char why[128];
        regerror(failed, &term->pattern, why, sizeof why);
        return FAIL_AT(reader, at, "\"%.60s\" is no regular expression: %s", term->text, why);
    }
    term->compiled = true;
    return 0;
}

/* ---- terms ---- */

/* `key` sign `value`. */
static int read_comparison(struct reader *reader, struct filter_term *term, const struct filter_sign *sign)
{
    const char *start = reader->term + term->negated, *sign_at = reader->at;
    char *key = mm_arena_strndup(&reader->filter->arena, start, (size_t)(sign_at - start));
    if (!key)
        return mm_fail_memory(reader->err);
    term->column = mm_column_find(key);
    if (term->column == MM_COLUMN_COUNT)
        return fail_column(reader, key);
    bool figures = mm_column(term->column)->numeric;
    if (figures && !sign->of_figures)
        return FAIL_AT(reader, sign_at, "%s is a figure: it is compared with < <= > >= = and !=", key);
    if (!figures && !sign->of_texts)
        return FAIL_AT(reader, sign_at, "%s is text: it is compared with = and !=, or ~ and !~", key);
    term->compare = sign->compare;
    term->match = figures ? filter_number : filter_text;
    reader->at += strlen(sign->text);
    const char *value_at = reader->at;
    if (!(term->text = read_value(reader)))
        return -1;
    bool like = sign->compare == FILTER_LIKE || sign->compare == FILTER_NOT_LIKE;
    return figures ? read_number(reader, term, value_at)
           : like  ? read_pattern(reader, term, value_at)
                   : check_value(reader, term, value_at);
}

/* A sign behind something; ! alone is none. */
static const struct filter_sign *sign_of_term(struct reader *reader)
{
    const char *start = reader->at, *at = start + strcspn(start, "<>=!~ \t");
    if (at == start || *start == '"' || *start == '\'')
        return NULL;
    const struct filter_sign *sign = filter_sign_at(at);
    reader->at = sign ? at : start;
    return sign;
}

static int read_term(struct reader *reader, struct filter_term *term)
{
    reader->term = reader->at;
    if (reader->at[0] == '!' && reader->at[1] && !is_blank(reader->at[1])) {
        term->negated = true;
        reader->at++;
    }
    const struct filter_sign *sign = sign_of_term(reader);
    if (sign)
        return read_comparison(reader, term, sign);
    bool quoted = *reader->at == '"' || *reader->at == '\'';
    if (!(term->text = read_value(reader)))
        return -1;
    filter_match *flag = quoted ? NULL : filter_flag_find(term->text);
    bool glob = strpbrk(term->text, "*?"); /* a [ alone is more often a part of a name than a pattern */
    term->match = flag ? flag : glob ? filter_glob : filter_word;
    return 0;
}

int filter_read(struct mm_filter *filter, const char *text, struct mm_err *err)
{
    struct reader reader = {.text = text, .at = text, .filter = filter, .err = err};
    filter->terms = mm_arena_array(&filter->arena, strlen(text) / 2 + 1, sizeof *filter->terms);
    if (!filter->terms)
        return mm_fail_memory(err);
    for (;;) {
        while (is_blank(*reader.at))
            reader.at++;
        if (!*reader.at)
            return 0;
        struct filter_term *term = &filter->terms[filter->count++];
        *term = (struct filter_term){0};
        if (read_term(&reader, term) < 0)
            return -1;
    }
}
