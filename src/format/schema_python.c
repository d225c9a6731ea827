/*
 * Python that protoc made: the descriptor of its .proto is a bytes literal in it, behind `serialized_pb=` or
 * `AddSerializedFile(`. The literal is found in the text and its escapes undone; nothing is run.
 */
#include "format/schema_found.h"

#include <string.h>

struct source {
    const char *at, *end;
};

static bool starts(const struct source *s, const char *word)
{
    size_t length = strlen(word);
    return (size_t)(s->end - s->at) >= length && memcmp(s->at, word, length) == 0;
}

/* White space, line ends that a backslash joins, comments, and the + between parts. */
static void skip_space(struct source *s)
{
    while (s->at < s->end) {
        if (*s->at == '#')
            while (s->at < s->end && *s->at != '\n')
                s->at++;
        else if (*s->at && strchr(" \t\r\n\f\\+", *s->at))
            s->at++;
        else
            return;
    }
}

/* The number of up to `most` digits of a base; false: there is none. */
static bool take_digits(struct source *s, unsigned base, int most, unsigned *value)
{
    int count = 0;
    *value = 0;
    for (; count < most && s->at < s->end; count++, s->at++) {
        char c = *s->at;
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                                : 99;
        if (digit >= base)
            break;
        *value = *value * base + digit;
    }
    return count > 0;
}

/* Behind a backslash. An escape that Python does not know stays as it is. */
static void take_escape(struct source *s, struct mm_buf *out)
{
    static const char from[] = "abfnrtv\\'\"", to[] = "\a\b\f\n\r\t\v\\'\"";
    unsigned value;
    if (take_digits(s, 8, 3, &value)) {
        mm_buf_putc(out, (char)value);
        return;
    }
    if (s->at == s->end)
        return;
    char c = *s->at++;
    const char *known = c ? strchr(from, c) : NULL;
    if (known) {
        mm_buf_putc(out, to[known - from]);
    } else if (c == 'x' && take_digits(s, 16, 2, &value)) {
        mm_buf_putc(out, (char)value);
    } else if (c != '\n') {
        mm_buf_putc(out, '\\');
        mm_buf_putc(out, c);
    }
}

/* One literal, with an optional b before it; false: there is none, or it does not end. */
static bool take_literal(struct source *s, struct mm_buf *out)
{
    struct source p = *s;
    if (p.at < p.end && (*p.at == 'b' || *p.at == 'B'))
        p.at++;
    if (p.at == p.end || (*p.at != '\'' && *p.at != '"'))
        return false;
    char quote[] = {*p.at, *p.at, *p.at, '\0'};
    bool triple = starts(&p, quote);
    quote[triple ? 3 : 1] = '\0';
    p.at += strlen(quote);
    while (p.at < p.end && !starts(&p, quote)) {
        char c = *p.at++;
        if (c == '\\')
            take_escape(&p, out);
        else if (c == '\n' && !triple)
            return false;
        else
            mm_buf_putc(out, c);
    }
    if (!starts(&p, quote))
        return false;
    p.at += strlen(quote);
    *s = p;
    return true;
}

/* All parts of a literal, in brackets or in the _b( ) of Python 2's files. */
static bool take_literals(struct source *s, struct mm_buf *out)
{
    bool any = false;
    for (skip_space(s); starts(s, "(") || starts(s, "_b("); skip_space(s))
        s->at += *s->at == '(' ? 1 : 3;
    while (take_literal(s, out)) {
        any = true;
        skip_space(s);
    }
    return any;
}

bool schema_read_python(struct schema_found *found, struct schema_text text)
{
    static const char *const before[] = {"serialized_pb=", "AddSerializedFile("};
    struct source s = {text.text, text.text + text.length};
    struct mm_buf bytes = {0};
    bool any = false;
    while (s.at < s.end) {
        const char *word = starts(&s, before[0]) ? before[0] : starts(&s, before[1]) ? before[1] : NULL;
        s.at += word ? strlen(word) : 1;
        mm_buf_clear(&bytes);
        if (word && take_literals(&s, &bytes))
            any |= schema_read_descriptor(found, (const uint8_t *)mm_buf_text(&bytes), bytes.length);
        found->failed |= bytes.failed;
    }
    mm_buf_done(&bytes);
    return any;
}
