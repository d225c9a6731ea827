/*
 * The text of a .proto, as far as numbers of fields and enums stand in it: messages and enums at any depth, fields in
 * a oneof. Statements of any other kind are skipped with their blocks.
 */
#include "format/schema_found.h"

#include <string.h>

#define DEPTH_MOST 64 /* of blocks in blocks */

struct parser {
    struct schema_found *found;
    const char *at, *end;
};

/* ---- tokens ---- */

static const char *after(const char *p, const char *end, const char *mark, size_t length)
{
    while ((size_t)(end - p) >= length && memcmp(p, mark, length) != 0)
        p++;
    return (size_t)(end - p) >= length ? p + length : end;
}

static void skip_space(struct parser *p)
{
    while (p->at < p->end) {
        if (strchr(" \t\r\n\f\v", *p->at) && *p->at)
            p->at++;
        else if (p->end - p->at >= 2 && memcmp(p->at, "//", 2) == 0)
            p->at = after(p->at, p->end, "\n", 1);
        else if (p->end - p->at >= 2 && memcmp(p->at, "/*", 2) == 0)
            p->at = after(p->at + 2, p->end, "*/", 2);
        else
            return;
    }
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

static void skip_string(struct parser *p)
{
    char quote = *p->at++;
    while (p->at < p->end && *p->at != quote && *p->at != '\n')
        p->at += *p->at == '\\' && p->end - p->at > 1 ? 2 : 1;
    p->at += p->at < p->end;
}

/* A word, a string or one character; length 0 at the end. */
static struct schema_text next(struct parser *p)
{
    skip_space(p);
    const char *start = p->at;
    if (p->at == p->end)
        return (struct schema_text){start, 0};
    if (*start == '"' || *start == '\'')
        skip_string(p);
    else if (!is_word(*start))
        p->at++;
    else
        while (p->at < p->end && is_word(*p->at))
            p->at++;
    return (struct schema_text){start, (size_t)(p->at - start)};
}

static struct schema_text peek(const struct parser *p)
{
    struct parser ahead = *p;
    return next(&ahead);
}

static bool is(struct schema_text token, const char *word)
{
    return token.length == strlen(word) && memcmp(token.text, word, token.length) == 0;
}

static bool take(struct parser *p, const char *word)
{
    if (!is(peek(p), word))
        return false;
    next(p);
    return true;
}

static int digit_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 99;
}

/* Decimal, 0x1f or 017, as protobuf has it; false where it is none, or more than 32 bits. */
static bool number_of(struct schema_text token, int64_t *value)
{
    int base = 10;
    size_t i = 0;
    if (token.length > 2 && token.text[0] == '0' && (token.text[1] == 'x' || token.text[1] == 'X'))
        base = 16, i = 2;
    else if (token.length > 1 && token.text[0] == '0')
        base = 8, i = 1;
    *value = 0;
    for (; i < token.length; i++) {
        int digit = digit_of(token.text[i]);
        if (digit >= base || *value > UINT32_MAX)
            return false;
        *value = *value * base + digit;
    }
    return token.length > 0;
}

/* ---- statements ---- */

/* To behind the `;` or the block that ends this statement. */
static void skip_statement(struct parser *p)
{
    int depth = 0;
    for (struct schema_text token = next(p); token.length > 0; token = next(p)) {
        if (is(token, "{") || is(token, "["))
            depth++;
        else if (is(token, "]"))
            depth--;
        else if (is(token, "}") && --depth <= 0)
            break;
        else if (is(token, ";") && depth <= 0)
            break;
    }
    skip_space(p);
}

static void take_enum(struct parser *p)
{
    size_t place = schema_found_enum(p->found, next(p));
    if (!take(p, "{"))
        return;
    while (p->at < p->end && !take(p, "}")) {
        struct schema_text name = next(p);
        int64_t value;
        if (!is(name, "option") && !is(name, "reserved") && take(p, "=")) {
            bool minus = take(p, "-");
            if (number_of(next(p), &value))
                schema_found_value(p->found, place, name, minus ? -value : value);
        }
        if (!is(name, ";"))
            skip_statement(p);
    }
}

/* [repeated] TYPE NAME = NUMBER ..., with `type` read already; false where it is something else. */
static void take_field(struct parser *p, size_t message, struct schema_text type)
{
    int64_t number;
    if (is(type, "repeated") || is(type, "optional") || is(type, "required"))
        type = next(p);
    struct schema_text name = next(p);
    if (take(p, "=") && number_of(next(p), &number))
        schema_found_field(p->found, message, name, number, type);
    skip_statement(p);
}

static bool is_skipped(struct schema_text word)
{
    static const char *const words[] = {"option", "reserved", "extensions", "extend",  "map",
                                        "import", "syntax",   "package",    "service", "edition"};
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        if (is(word, words[i]))
            return true;
    }
    return false;
}

#define NO_MESSAGE SIZE_MAX

static void take_block(struct parser *p, size_t message, int depth);

/* One statement of a message, a oneof or the file. */
static void take_statement(struct parser *p, size_t message, int depth)
{
    struct schema_text word = next(p);
    if (is(word, ";") || is(word, "}"))
        return;
    if (is(word, "enum")) {
        take_enum(p);
    } else if (is(word, "message") || is(word, "oneof")) {
        size_t place = is(word, "oneof") ? (next(p), message) : schema_found_message(p->found, next(p));
        if (take(p, "{"))
            take_block(p, place, depth + 1);
    } else if (is_skipped(word) || message == NO_MESSAGE) {
        skip_statement(p);
    } else {
        take_field(p, message, word);
    }
}

static void take_block(struct parser *p, size_t message, int depth)
{
    while (p->at < p->end && !take(p, "}")) {
        if (depth > DEPTH_MOST)
            p->at = p->end;
        else
            take_statement(p, message, depth);
        skip_space(p);
    }
}

void schema_read_proto(struct schema_found *found, struct schema_text text)
{
    struct parser parser = {found, text.text, text.text + text.length};
    skip_space(&parser);
    while (parser.at < parser.end && !found->failed) {
        take_statement(&parser, NO_MESSAGE, 0);
        skip_space(&parser);
    }
}
