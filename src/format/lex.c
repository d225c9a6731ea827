/* Tokens of protobuf's text format. Nothing is read beyond `end`: the text has no terminator. */
#include "format/lex.h"

#include <string.h>
#include <strings.h>

#define DEPTH_MAX 100 /* nested messages and lists, as in protobuf */

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_word(char c)
{
    return is_digit(c) || is_letter(c) || c == '.' || c == '+' || c == '-';
}

size_t mm_lex_line(const struct mm_lex *lex, const char *where)
{
    size_t line = 1;
    for (const char *p = lex->begin; p < where && (p = memchr(p, '\n', (size_t)(where - p))); p++)
        line++;
    return line;
}

int mm_lex_fail(const struct mm_lex *lex, const char *where, const char *what, struct mm_err *err)
{
    int shown = 0;
    while (where + shown < lex->end && shown < 24 && where[shown] >= ' ' && where[shown] != 0x7f)
        shown++;
    size_t line = mm_lex_line(lex, where);
    if (where == lex->end)
        return mm_fail(err, MM_ECORRUPT, "%s: line %zu: %s, at the end of the file", lex->file, line, what);
    return mm_fail(err, MM_ECORRUPT, "%s: line %zu: %s: '%.*s'", lex->file, line, what, shown, where);
}

bool mm_lex_space(struct mm_lex *lex)
{
    const char *p = lex->at;
    if (p == lex->begin)
        p += mm_text_mark(p, (size_t)(lex->end - p));
    while (p < lex->end && (is_space(*p) || *p == '#')) {
        if (*p == '#') {
            lex->comment = true;
            p = memchr(p, '\n', (size_t)(lex->end - p));
            if (!p)
                p = lex->end;
        } else {
            p++;
        }
    }
    lex->at = p;
    return p < lex->end;
}

bool mm_lex_take(struct mm_lex *lex, char c)
{
    if (!mm_lex_space(lex) || *lex->at != c)
        return false;
    lex->at++;
    return true;
}

bool mm_lex_word(struct mm_lex *lex, struct mm_word *word)
{
    mm_lex_space(lex);
    const char *p = lex->at;
    while (p < lex->end && is_word(*p))
        p++;
    *word = (struct mm_word){lex->at, (size_t)(p - lex->at)};
    lex->at = p;
    return word->length > 0;
}

/* ---- strings ---- */

static int digit_of(char c)
{
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* Up to `most` digits of a base; returns how many were taken. */
static int take_digits(struct mm_lex *lex, int base, int most, uint32_t *value)
{
    int n = 0;
    *value = 0;
    for (; n < most && lex->at < lex->end && digit_of(*lex->at) < base; n++, lex->at++)
        *value = *value * (uint32_t)base + (uint32_t)digit_of(*lex->at);
    return n;
}

/* The bytes of an escape whose backslash has been taken. Returns their number, 0 if it is no escape. */
static size_t take_escape(struct mm_lex *lex, char bytes[4])
{
    static const char plain[][2] = {{'n', '\n'},  {'r', '\r'},  {'t', '\t'}, {'a', '\a'},
                                    {'b', '\b'},  {'f', '\f'},  {'v', '\v'}, {'?', '?'},
                                    {'\\', '\\'}, {'\'', '\''}, {'"', '"'}};
    uint32_t value;
    if (lex->at == lex->end)
        return 0;
    if (take_digits(lex, 8, 3, &value) > 0) {
        bytes[0] = (char)value;
        return 1;
    }
    char c = *lex->at++;
    for (size_t i = 0; i < MM_COUNT(plain); i++) {
        if (plain[i][0] == c) {
            bytes[0] = plain[i][1];
            return 1;
        }
    }
    if (c == 'x' || c == 'X') {
        int digits = take_digits(lex, 16, 2, &value);
        bytes[0] = (char)value;
        return digits > 0;
    }
    int wanted = c == 'u' ? 4 : 8;
    if ((c != 'u' && c != 'U') || take_digits(lex, 16, wanted, &value) != wanted || value > 0x10ffff)
        return 0;
    return mm_text_encode(value, bytes);
}

static int take_literal(struct mm_lex *lex, struct mm_buf *out, struct mm_err *err)
{
    const char *start = lex->at;
    char quote = *lex->at++;
    while (lex->at < lex->end && *lex->at != quote && *lex->at != '\n') {
        char bytes[4];
        size_t n = 1;
        bytes[0] = *lex->at++;
        if (bytes[0] == '\\' && (n = take_escape(lex, bytes)) == 0)
            return mm_lex_fail(lex, start, "a string with an escape that is none", err);
        if (out)
            mm_buf_add(out, bytes, n);
    }
    if (lex->at == lex->end || *lex->at != quote)
        return mm_lex_fail(lex, start, "a string that does not end on its line", err);
    lex->at++;
    return 0;
}

static bool at_quote(struct mm_lex *lex)
{
    return mm_lex_space(lex) && (*lex->at == '"' || *lex->at == '\'');
}

int mm_lex_string(struct mm_lex *lex, struct mm_buf *out, struct mm_err *err)
{
    if (!at_quote(lex))
        return mm_lex_fail(lex, lex->at, "a string is missing", err);
    while (at_quote(lex)) {
        if (take_literal(lex, out, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- skipping ---- */

static char closer_of(char c)
{
    return c == '{' ? '}' : c == '<' ? '>' : c == '[' ? ']' : '\0';
}

/* Everything up to the bracket that closes the one at lex->at. What stands between is not checked further. */
static int skip_brackets(struct mm_lex *lex, struct mm_err *err)
{
    char closer[DEPTH_MAX];
    size_t depth = 0;
    const char *start = lex->at;
    do {
        struct mm_word word;
        if (!mm_lex_space(lex))
            return mm_lex_fail(lex, start, "a bracket that is never closed", err);
        char c = *lex->at;
        if (closer_of(c)) {
            if (depth == DEPTH_MAX)
                return mm_lex_fail(lex, lex->at, "nested too deeply", err);
            closer[depth++] = closer_of(c);
            lex->at++;
        } else if (c == closer[depth - 1]) {
            depth--;
            lex->at++;
        } else if (c == '"' || c == '\'') {
            if (mm_lex_string(lex, NULL, err) < 0)
                return -1;
        } else if (c == ':' || c == ',' || c == ';' || c == '/') {
            lex->at++;
        } else if (!mm_lex_word(lex, &word)) {
            return mm_lex_fail(lex, lex->at, "this can't stand here", err);
        }
    } while (depth > 0);
    return 0;
}

int mm_lex_skip_value(struct mm_lex *lex, struct mm_err *err)
{
    struct mm_word word;
    if (at_quote(lex))
        return mm_lex_string(lex, NULL, err);
    if (lex->at < lex->end && closer_of(*lex->at))
        return skip_brackets(lex, err);
    if (!mm_lex_word(lex, &word))
        return mm_lex_fail(lex, lex->at, "a value is missing", err);
    if (word.length == 1 && *word.text == '-' &&
        !mm_lex_word(lex, &word)) /* protobuf lets a sign stand alone */
        return mm_lex_fail(lex, lex->at, "a value is missing", err);
    return 0;
}

/* ---- what a word is ---- */

bool mm_lex_is_name(struct mm_word word)
{
    if (word.length == 0 || !is_letter(word.text[0]))
        return false;
    for (size_t i = 1; i < word.length; i++) {
        if (!is_letter(word.text[i]) && !is_digit(word.text[i]))
            return false;
    }
    return true;
}

static bool equal(const char *p, const char *end, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(end - p) == length && strncasecmp(p, text, length) == 0;
}

static bool take_sign(const char **p, const char *end)
{
    if (*p < end && (**p == '-' || **p == '+'))
        (*p)++;
    return *p < end;
}

static size_t count_digits(const char **p, const char *end)
{
    const char *start = *p;
    while (*p < end && is_digit(**p))
        (*p)++;
    return (size_t)(*p - start);
}

bool mm_lex_is_float(struct mm_word word)
{
    const char *p = word.text;
    const char *end = p + word.length;
    if (!take_sign(&p, end))
        return false;
    if (!is_digit(*p) && *p != '.')
        return equal(p, end, "inf") || equal(p, end, "infinity") || equal(p, end, "nan");
    size_t digits = count_digits(&p, end);
    if (p < end && *p == '.') {
        p++;
        digits += count_digits(&p, end);
    }
    if (digits == 0)
        return false;
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (!take_sign(&p, end) || count_digits(&p, end) == 0)
            return false;
    }
    if (p < end && (*p == 'f' || *p == 'F'))
        p++;
    return p == end;
}

bool mm_lex_is_int(struct mm_word word)
{
    const char *p = word.text;
    const char *end = p + word.length;
    if (!take_sign(&p, end))
        return false;
    if (*p == '0')
        return p + 1 == end;
    return count_digits(&p, end) > 0 && p == end;
}

bool mm_lex_is_bool(struct mm_word word, bool *value)
{
    const char *end = word.text + word.length;
    *value = equal(word.text, end, "true");
    return *value || equal(word.text, end, "false");
}
