/* Dictionaries of generated Python scripts: string literals and comments, nothing is run. */
#include "export/python_read.h"

#include <string.h>

struct reader {
    const struct mm_config *config;
    const char *name; /* of the dictionary */
    const char *at, *end;
};

static int fail(const struct reader *reader, const char *what, struct mm_err *err)
{
    size_t line = 1;
    for (const char *p = reader->config->text; p < reader->at && p < reader->end; p++)
        line += *p == '\n';
    return mm_fail(err, MM_ECORRUPT, "%s: line %zu: %s: %s", reader->config->path, line, reader->name, what);
}

static char peek(const struct reader *reader)
{
    return reader->at < reader->end ? *reader->at : '\0';
}

static void skip(struct reader *reader)
{
    while (reader->at < reader->end) {
        if (*reader->at == '#')
            while (reader->at < reader->end && *reader->at != '\n')
                reader->at++;
        else if (!strchr(" \t\r\n", *reader->at))
            break;
        else
            reader->at++;
    }
}

static bool take(struct reader *reader, char c)
{
    skip(reader);
    if (peek(reader) != c)
        return false;
    reader->at++;
    return true;
}

/* ---- a string literal ---- */

static bool hex(struct reader *reader, int digits, uint32_t *cp)
{
    static const char all[] = "0123456789abcdef";
    for (*cp = 0; digits > 0; digits--, reader->at++) {
        char c = peek(reader);
        const char *found = c ? strchr(all, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
        if (!found)
            return false;
        *cp = *cp * 16 + (uint32_t)(found - all);
    }
    return true;
}

/* A code point, or the byte that a lone surrogate U+DC80 .. U+DCFF stands for. */
static bool put(uint32_t cp, struct mm_buf *out)
{
    char text[4];
    if (cp >= 0xDC80 && cp <= 0xDCFF) {
        mm_buf_putc(out, (char)(cp - 0xDC00));
        return true;
    }
    if (cp == 0 || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        return false;
    mm_buf_add(out, text, mm_text_encode(cp, text));
    return true;
}

/* Behind a backslash. */
static bool escape(struct reader *reader, struct mm_buf *out)
{
    static const struct {
        char letter;
        const char *means;
    } letters[] = {{'n', "\n"}, {'t', "\t"}, {'r', "\r"}, {'\\', "\\"}, {'"', "\""}, {'\'', "'"}};
    char c = peek(reader);
    uint32_t cp;
    reader->at++;
    for (size_t i = 0; i < MM_COUNT(letters); i++) {
        if (c == letters[i].letter) {
            mm_buf_puts(out, letters[i].means);
            return true;
        }
    }
    int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    return digits && hex(reader, digits, &cp) && put(cp, out);
}

static int literal(struct reader *reader, struct mm_buf *out, struct mm_err *err)
{
    skip(reader);
    char quote = peek(reader), c;
    mm_buf_clear(out);
    if (quote != '"' && quote != '\'')
        return fail(reader, "must be string literals only", err);
    reader->at++;
    while ((c = peek(reader)) && c != quote && c != '\n') {
        reader->at++;
        if (c != '\\')
            mm_buf_putc(out, c);
        else if (!escape(reader, out))
            return fail(reader, "an escape that can't be read", err);
    }
    if (c != quote)
        return fail(reader, "a string literal without its end", err);
    reader->at++;
    return out->failed ? mm_fail_memory(err) : 0;
}

/* ---- the dictionary ---- */

/* Behind the brace of NAME = {, at the beginning of a line. */
static bool find(struct reader *reader)
{
    size_t length = strlen(reader->name);
    for (const char *p = reader->at; p;
         p = memchr(p, '\n', (size_t)(reader->end - p)), p = p ? p + 1 : NULL) {
        if ((size_t)(reader->end - p) <= length || memcmp(p, reader->name, length) != 0)
            continue;
        struct reader look = *reader;
        look.at = p + length;
        if (take(&look, '=') && take(&look, '{')) {
            *reader = look;
            return true;
        }
    }
    return false;
}

int mm_python_read(const struct mm_config *config, const char *name, mm_python_entry *entry,
                   struct mm_import *import, struct mm_err *err)
{
    struct reader reader = {config, name, config->text, config->text + config->length};
    struct mm_buf key = {0}, value = {0};
    int result = 0;
    if (!find(&reader))
        return mm_fail(err, MM_ECORRUPT, "%s: has no %s = {...}, as the script that mmtui writes has",
                       config->path, name);
    while (result == 0 && !take(&reader, '}')) {
        result = literal(&reader, &key, err);
        if (result == 0 && !take(&reader, ':'))
            result = fail(&reader, "a colon is missing", err);
        if (result == 0)
            result = literal(&reader, &value, err);
        if (result == 0)
            result = entry(import, mm_buf_text(&key), mm_buf_text(&value), err);
        if (result == 0 && !take(&reader, ',') && peek(&reader) != '}')
            result = fail(&reader, "a comma is missing", err);
    }
    mm_buf_done(&key);
    mm_buf_done(&value);
    return result;
}

/* ---- overrides ---- */

static int take_override(struct mm_import *import, const char *key, const char *value, struct mm_err *err)
{
    enum mm_precision precision = mm_precision_find(value);
    struct mm_buf shown = {0};
    if (!*key || precision == MM_PRECISION_NONE || precision == MM_PRECISION_COUNT) {
        mm_text_escape(&shown, value, strnlen(value, 60));
        mm_fail(err, MM_ECORRUPT, "%s: \"%s\" is no precision, or of no name", import->path,
                mm_buf_text(&shown));
        mm_buf_done(&shown);
        return -1;
    }
    return mm_import_override(import, import->from->dialect->names, key, precision, NULL, err);
}

int mm_python_overrides(const struct mm_config *config, const char *name, struct mm_import *import,
                        struct mm_err *err)
{
    return mm_python_read(config, name, take_override, import, err);
}
