#include "base/json_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- checking ---- */

struct check {
    const char *at, *end;
    size_t values, most;
    const char *wrong; /* what, at `at` */
    bool limit;        /* it is JSON, but more of it than is read */
    int depth;
    char close[MM_JSON_DEPTH_MAX]; /* what ends each open object or array */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool fail(struct check *c, const char *wrong)
{
    c->wrong = wrong;
    return false;
}

static bool fail_limit(struct check *c, const char *wrong)
{
    c->limit = true;
    return fail(c, wrong);
}

/* The next character, 0 at the end; a NUL itself is nowhere good. */
static char peek(const struct check *c)
{
    return c->at < c->end ? *c->at : '\0';
}

static void skip_blanks(struct check *c)
{
    while (c->at < c->end && is_blank(*c->at))
        c->at++;
}

static int hex_digit(char c)
{
    return is_digit(c)            ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The value of \uXXXX at p, or -1 when it isn't one. */
static int escaped_unit(const char *p, const char *end)
{
    int unit = 0;
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        int digit = hex_digit(p[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool is_high(int unit)
{
    return unit >= 0xD800 && unit < 0xDC00;
}

static bool is_low(int unit)
{
    return unit >= 0xDC00 && unit < 0xE000;
}

/* At a backslash inside a string. */
static bool check_escape(struct check *c)
{
    if (c->end - c->at < 2 || !strchr("\"\\/bfnrtu", c->at[1]) || !c->at[1])
        return fail(c, "there is no such escape");
    if (c->at[1] != 'u') {
        c->at += 2;
        return true;
    }
    int unit = escaped_unit(c->at, c->end);
    if (unit < 0)
        return fail(c, "\\u is not followed by four hexadecimal digits");
    if (unit == 0)
        return fail(c, "a NUL character");
    bool pair = is_high(unit) && is_low(escaped_unit(c->at + 6, c->end));
    bool byte = unit >= 0xDC80 && unit <= 0xDCFF;
    if ((is_high(unit) || is_low(unit)) && !pair && !byte)
        return fail(c, "half of a surrogate pair");
    c->at += pair ? 12 : 6;
    return true;
}

/* At its opening quote. */
static bool check_string(struct check *c)
{
    for (c->at++; c->at < c->end && *c->at != '"';) {
        if ((unsigned char)*c->at < 0x20)
            return fail(c, *c->at ? "a control character in a string" : "a NUL character");
        if (*c->at != '\\')
            c->at++;
        else if (!check_escape(c))
            return false;
    }
    if (c->at == c->end)
        return fail(c, "a string does not end");
    c->at++;
    return true;
}

static bool check_digits(struct check *c)
{
    if (!is_digit(peek(c)))
        return fail(c, "a digit is missing");
    while (is_digit(peek(c)))
        c->at++;
    return true;
}

static bool check_number(struct check *c)
{
    c->at += peek(c) == '-';
    if (peek(c) == '0')
        c->at++;
    else if (!check_digits(c))
        return false;
    if (peek(c) == '.') {
        c->at++;
        if (!check_digits(c))
            return false;
    }
    if (peek(c) == 'e' || peek(c) == 'E') {
        c->at++;
        c->at += peek(c) == '+' || peek(c) == '-';
        return check_digits(c);
    }
    return true;
}

static bool check_word(struct check *c)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(c->end - c->at) >= length && memcmp(c->at, words[i], length) == 0) {
            c->at += length;
            return true;
        }
    }
    return fail(c, c->at == c->end ? "the text ends here"
                   : *c->at        ? "no value begins like this"
                                   : "a NUL character");
}

static bool check_open(struct check *c, char close)
{
    if (c->depth == MM_JSON_DEPTH_MAX)
        return fail_limit(c, "nested deeper");
    c->close[c->depth++] = close;
    c->at++;
    return true;
}

static bool check_key(struct check *c)
{
    skip_blanks(c);
    if (peek(c) != '"')
        return fail(c, "a name in quotes is missing");
    if (!check_string(c))
        return false;
    skip_blanks(c);
    if (peek(c) != ':')
        return fail(c, "a colon is missing");
    c->at++;
    return true;
}

/* A value, or the beginning of one. *open: its members are next. */
static bool check_value(struct check *c, bool *open)
{
    skip_blanks(c);
    char first = peek(c);
    *open = first == '{' || first == '[';
    if (++c->values > c->most)
        return fail_limit(c, "more values");
    if (*open)
        return check_open(c, first == '{' ? '}' : ']');
    if (first == '"')
        return check_string(c);
    return first == '-' || is_digit(first) ? check_number(c) : check_word(c);
}

/* Close what ends here, and then nothing has just been opened; false when something else follows. */
static bool close_ended(struct check *c, bool *open)
{
    skip_blanks(c);
    while (c->depth > 0 && peek(c) == c->close[c->depth - 1]) {
        c->at++;
        c->depth--;
        *open = false;
        skip_blanks(c);
    }
    return c->depth == 0;
}

/* Without recursion: every turn takes one value, with the key before it and the closes behind it. */
static bool check_all(struct check *c)
{
    bool open = false;
    if (!check_value(c, &open))
        return false;
    while (!close_ended(c, &open)) {
        if (!open && peek(c) != ',')
            return fail(c, "a comma or the end of the list is missing");
        c->at += !open;
        if (c->close[c->depth - 1] == '}' && !check_key(c))
            return false;
        if (!check_value(c, &open))
            return false;
    }
    return c->at == c->end || fail(c, "something stands behind the end");
}

static int line_of(const char *text, const char *at)
{
    int line = 1;
    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

int mm_json_read(const char *path, const char *text, size_t length, size_t most, struct mm_json_value *out,
                 struct mm_err *err)
{
    size_t skip = mm_text_mark(text, length);
    struct check c = {.at = text + skip, .end = text + length, .most = most};
    *out = (struct mm_json_value){0};
    if (length == skip)
        return mm_fail(err, MM_ECORRUPT, "%s: is empty", path);
    skip_blanks(&c);
    const char *at = c.at;
    if (!check_all(&c) && c.limit)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: line %d: %s than mmtui reads", path, line_of(text, c.at),
                       c.wrong);
    if (c.wrong)
        return mm_fail(err, MM_ECORRUPT, "%s: line %d: not valid JSON: %s", path, line_of(text, c.at),
                       c.wrong);
    while (is_blank(c.at[-1]))
        c.at--;
    *out = (struct mm_json_value){at, c.at};
    return 0;
}

/* ---- walking over what was checked ---- */

static const char *skip_checked_blanks(const char *p)
{
    while (is_blank(*p))
        p++;
    return p;
}

/* Behind the string that begins at p. */
static const char *behind_string(const char *p)
{
    for (p++; *p != '"'; p++)
        p += *p == '\\';
    return p + 1;
}

/* Behind the value that begins at p; `end` is that of what it lies in. */
static const char *behind_value(const char *p, const char *end)
{
    size_t depth = 0;
    if (*p == '"')
        return behind_string(p);
    if (*p != '{' && *p != '[') {
        while (p < end && !is_blank(*p) && *p != ',' && *p != '}' && *p != ']')
            p++;
        return p;
    }
    do {
        if (*p == '"') {
            p = behind_string(p);
            continue;
        }
        depth += *p == '{' || *p == '[';
        depth -= *p == '}' || *p == ']';
        p++;
    } while (depth > 0);
    return p;
}

enum mm_json_kind mm_json_kind(struct mm_json_value value)
{
    if (!value.at)
        return MM_JSON_ABSENT;
    switch (*value.at) {
    case '{': return MM_JSON_IS_OBJECT;
    case '[': return MM_JSON_IS_ARRAY;
    case '"': return MM_JSON_IS_TEXT;
    case 'n': return MM_JSON_IS_NULL;
    case 't':
    case 'f': return MM_JSON_IS_BOOL;
    default: return MM_JSON_IS_NUMBER;
    }
}

struct mm_json_items mm_json_items(struct mm_json_value value)
{
    enum mm_json_kind kind = mm_json_kind(value);
    if (kind != MM_JSON_IS_OBJECT && kind != MM_JSON_IS_ARRAY)
        return (struct mm_json_items){0};
    return (struct mm_json_items){skip_checked_blanks(value.at + 1), value.end - 1,
                                  kind == MM_JSON_IS_OBJECT};
}

bool mm_json_next(struct mm_json_items *items, struct mm_json_value *key, struct mm_json_value *value)
{
    const char *p = items->at;
    *key = *value = (struct mm_json_value){0};
    if (p == items->end)
        return false;
    if (items->keyed) {
        *key = (struct mm_json_value){p, behind_string(p)};
        p = skip_checked_blanks(skip_checked_blanks(key->end) + 1); /* the colon */
    }
    *value = (struct mm_json_value){p, behind_value(p, items->end)};
    p = value->end;
    while (p < items->end && (is_blank(*p) || *p == ','))
        p++;
    items->at = p;
    return true;
}

size_t mm_json_count(struct mm_json_value value)
{
    struct mm_json_items items = mm_json_items(value);
    struct mm_json_value key, item;
    size_t count = 0;
    while (mm_json_next(&items, &key, &item))
        count++;
    return count;
}

struct mm_json_value mm_json_member(struct mm_json_value object, const char *key)
{
    struct mm_json_items items = mm_json_items(object);
    struct mm_json_value name, value;
    while (items.keyed && mm_json_next(&items, &name, &value)) {
        if (mm_json_text_is(name, key))
            return value;
    }
    return (struct mm_json_value){0};
}

/* ---- what values say ---- */

/* The bytes that the next character of a string stands for, at most 4; steps over it. */
static size_t next_bytes(const char **p, const char *end, char out[4])
{
    static const char named[] = "b\bf\fn\nr\rt\t";
    const char *at = *p;
    if (*at != '\\') {
        *p = at + 1;
        out[0] = *at;
        return 1;
    }
    if (at[1] != 'u') {
        const char *found = strchr(named, at[1]);
        *p = at + 2;
        out[0] = found ? found[1] : at[1];
        return 1;
    }
    int unit = escaped_unit(at, end), low = is_high(unit) ? escaped_unit(at + 6, end) : 0;
    *p = at + (is_high(unit) ? 12 : 6);
    if (is_low(unit)) {
        out[0] = (char)(unit - 0xDC00);
        return 1;
    }
    return mm_text_encode(is_high(unit)
                              ? 0x10000u + ((uint32_t)(unit - 0xD800) << 10) + (uint32_t)(low - 0xDC00)
                              : (uint32_t)unit,
                          out);
}

bool mm_json_get_text(struct mm_json_value value, struct mm_buf *out)
{
    if (mm_json_kind(value) != MM_JSON_IS_TEXT)
        return false;
    /* unescaped it is no longer */
    char *to = mm_buf_reserve(out, (size_t)(value.end - value.at));
    if (!to)
        return false;
    const char *end = value.end - 1;
    for (const char *p = value.at + 1; p < end;) {
        char bytes[4];
        size_t count = next_bytes(&p, end, bytes);
        memcpy(to, bytes, count);
        to += count;
    }
    *to = '\0';
    out->length = (size_t)(to - out->data);
    return true;
}

bool mm_json_text_is(struct mm_json_value value, const char *text)
{
    if (mm_json_kind(value) != MM_JSON_IS_TEXT)
        return false;
    const char *end = value.end - 1;
    for (const char *p = value.at + 1; p < end;) {
        char bytes[4];
        size_t count = next_bytes(&p, end, bytes);
        if (strncmp(text, bytes, count) != 0)
            return false;
        text += count;
    }
    return !*text;
}

bool mm_json_get_number(struct mm_json_value value, double *out)
{
    struct mm_buf text = {0};
    if (mm_json_kind(value) != MM_JSON_IS_NUMBER)
        return false;
    mm_buf_add(&text, value.at, (size_t)(value.end - value.at)); /* nothing says that a NUL follows it */
    bool good = !text.failed && mm_parse_double(mm_buf_text(&text), out);
    mm_buf_done(&text);
    return good;
}

bool mm_json_get_whole(struct mm_json_value value, uint64_t most, uint64_t *out)
{
    double number;
    if (!mm_json_get_number(value, &number) || !(number >= 0 && number <= 9007199254740992.0))
        return false;
    *out = (uint64_t)number;
    return (double)*out == number && *out <= most;
}

bool mm_json_get_bool(struct mm_json_value value, bool *out)
{
    if (mm_json_kind(value) != MM_JSON_IS_BOOL)
        return false;
    *out = *value.at == 't';
    return true;
}
