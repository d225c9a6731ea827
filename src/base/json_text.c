/*
 * cJSON reads well-formed documents; three things are taken care of before it sees the text. It refuses lone
 * surrogates, which stand for bytes here; it lets \u0000 end a string early; and it needs about 80 bytes
 * for a value that takes two bytes of text, so a hostile file is refused by the number of its values.
 * (How deep values nest is limited by cJSON itself.)
 */
#include "base/json_text.h"

#include <cjson/cJSON.h>
#include <string.h>

/* 300 MB of parsed values, or about 300,000 overrides. */
#define MOST_VALUES 4000000

/* The four hexadecimal digits of an escape \uXXXX at p, or -1 when it isn't one. */
static int unicode_escape(const char *p, const char *end)
{
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return -1;
    int unit = 0;
    for (int i = 2; i < 6; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *digit = p[i] ? strchr(digits, p[i] >= 'A' && p[i] <= 'F' ? p[i] + 32 : p[i]) : NULL;
        if (!digit)
            return -1;
        unit = unit * 16 + (int)(digit - digits);
    }
    return unit;
}

/*
 * How much of the text at p (at a backslash inside a string) is one escape; *byte is the byte that it stands
 * for, 0 when it is to be copied as it is. 0 for an escaped NUL.
 */
static size_t escape_length(const char *p, const char *end, char *byte)
{
    int unit = unicode_escape(p, end);
    *byte = 0;
    if (unit < 0)
        return end - p < 2 ? 1 : 2;
    if (unit == 0)
        return 0;
    if (unit >= 0xD800 && unit < 0xDC00) {
        int low = unicode_escape(p + 6, end);
        return low >= 0xDC00 && low < 0xE000 ? 12 : 6;
    }
    if (unit >= 0xDC80 && unit <= 0xDCFF)
        *byte = (char)(unit - 0xDC00);
    return 6;
}

static int line_of(const char *text, size_t offset)
{
    int line = 1;
    for (size_t i = 0; i < offset; i++)
        line += text[i] == '\n';
    return line;
}

/* Replace lone surrogate escapes by their bytes (in place: it only gets shorter) and count values. */
static int prepare(struct mm_buf *text, const char *path, struct mm_err *err)
{
    const char *end = text->data + text->length;
    char *out = text->data;
    size_t values = 0;
    bool in_string = false;
    for (const char *p = text->data; p < end;) {
        size_t length = 1;
        char byte = 0;
        if (*p == '"')
            in_string = !in_string;
        else if (in_string && *p == '\\')
            length = escape_length(p, end, &byte);
        else if (!in_string)
            values += *p == ',' || *p == '[' || *p == '{';
        if (length == 0 || *p == '\0')
            return mm_fail(err, MM_ECORRUPT, "%s: a NUL character stands in line %d or after", path,
                           line_of(text->data, (size_t)(out - text->data)));
        memmove(out, byte ? &byte : p, byte ? 1 : length);
        out += byte ? 1 : length;
        p += length;
    }
    text->length = (size_t)(out - text->data);
    *out = '\0';
    if (values > MOST_VALUES)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: holds more than %d values", path, MOST_VALUES);
    return 0;
}

struct cJSON *mm_json_parse(struct mm_buf *text, const char *path, struct mm_err *err)
{
    if (text->length == 0) {
        mm_fail(err, MM_ECORRUPT, "%s: is empty", path);
        return NULL;
    }
    if (prepare(text, path, err) < 0)
        return NULL;
    const char *stop = text->data;
    /* + 1: the terminator, which cJSON wants to see behind the document */
    struct cJSON *root = cJSON_ParseWithLengthOpts(text->data, text->length + 1, &stop, 1);
    if (!root)
        mm_fail(err, MM_ECORRUPT, "%s: line %d: not valid JSON (or nested too deep)", path,
                line_of(text->data, (size_t)(stop - text->data)));
    return root;
}
