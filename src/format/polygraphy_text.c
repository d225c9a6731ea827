#include "format/polygraphy_text.h"
#include "base/base64.h"
#include "format/formats.h"

#include <string.h>

#define HEAD_TEXT 1024 /* characters that NumPy's header is looked for in: it takes 172, rarely more */

static size_t line_of(const struct pg_text *text)
{
    size_t line = 1;
    for (const char *p = text->begin; p < text->at && (p = memchr(p, '\n', (size_t)(text->at - p))); p++)
        line++;
    return line;
}

int pg_fail(const struct pg_text *text, const char *what, struct mm_err *err)
{
    if (text->at == text->end)
        return mm_fail(err, MM_ECORRUPT, "%s: ends in the middle, at line %zu: the file was cut", text->file,
                       line_of(text));
    return mm_fail(err, MM_ECORRUPT, "%s: line %zu: %s", text->file, line_of(text), what);
}

char pg_next(struct pg_text *text)
{
    while (text->at < text->end &&
           (*text->at == ' ' || *text->at == '\n' || *text->at == '\r' || *text->at == '\t'))
        text->at++;
    return text->at < text->end ? *text->at : '\0';
}

bool pg_take(struct pg_text *text, char c)
{
    if (pg_next(text) != c || text->at == text->end)
        return false;
    text->at++;
    return true;
}

/* ---- strings ---- */

/* The bytes of the .npy file that begins so, all of it; 0: it is none, or says nothing that makes sense. */
static size_t npy_size(const uint8_t *bytes, size_t have)
{
    struct mm_load load = {.bytes = bytes, .size = SIZE_MAX / 4, .have = have};
    size_t size = 0;
    mm_arena_init(&load.arena);
    if (mm_npy_read(&load, NULL, "", NULL) == 0)
        size = mm_npy_head(bytes, have) + load.tensor.run->size;
    mm_arena_done(&load.arena);
    return size;
}

/* Where the base64 of a whole .npy file ends that begins at `p`; NULL: there is none, or no quote behind it. */
static const char *npy_end(const char *p, const char *end)
{
    static const char magic[] = "k05VTVBZ";
    uint8_t head[HEAD_TEXT / 4 * 3];
    size_t there = (size_t)(end - p) < HEAD_TEXT ? (size_t)(end - p) / 4 * 4 : HEAD_TEXT;
    if (there < sizeof magic || memcmp(p, magic, sizeof magic - 1) != 0)
        return NULL;
    size_t have = mm_base64_decode(p, there, head) / 4 * 3; /* a small array ends before */
    size_t size = npy_size(head, have);
    if (size == 0 || size / 3 >= (size_t)(end - p) / 4)
        return NULL;
    p += (size + 2) / 3 * 4;
    return p < end && *p == '"' ? p : NULL;
}

static const char *string_end(const char *p, const char *end)
{
    const char *quote = npy_end(p, end), *from = p;
    while (!quote && (quote = memchr(from, '"', (size_t)(end - from)))) {
        const char *q = quote;
        while (q > p && q[-1] == '\\')
            q--;
        if ((quote - q) % 2 == 0)
            break;
        from = quote + 1;
        quote = NULL;
    }
    return quote;
}

int pg_string(struct pg_text *text, struct mm_json_value *out, struct mm_err *err)
{
    if (pg_next(text) != '"')
        return pg_fail(text, "a string was expected", err);
    const char *quote = string_end(text->at + 1, text->end);
    if (!quote) {
        text->at = text->end;
        return pg_fail(text, "", err);
    }
    *out = (struct mm_json_value){text->at, quote + 1};
    text->at = quote + 1;
    return 0;
}

/* ---- objects and lists ---- */

/* The comma before all but the first: 1; 0: the end. */
static int separate(struct pg_text *text, bool *first, char close, struct mm_err *err)
{
    if (pg_take(text, close))
        return 0;
    if (!*first && !pg_take(text, ','))
        return pg_fail(text, close == '}' ? "a comma or } was expected" : "a comma or ] was expected", err);
    *first = false;
    return 1;
}

int pg_member(struct pg_text *text, bool *first, struct mm_json_value *key, struct mm_err *err)
{
    int more = separate(text, first, '}', err);
    if (more <= 0)
        return more;
    if (pg_string(text, key, err) < 0)
        return -1;
    return pg_take(text, ':') ? 1 : pg_fail(text, "a colon was expected", err);
}

int pg_element(struct pg_text *text, bool *first, struct mm_err *err)
{
    return separate(text, first, ']', err);
}

/* ---- any value ---- */

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '+' || c == '.';
}

/* A number, true, false, null; NaN and Infinity, too, as Python writes them. */
static int skip_word(struct pg_text *text, struct mm_err *err)
{
    const char *start = text->at;
    while (text->at < text->end && is_word(*text->at))
        text->at++;
    return text->at > start ? 0 : pg_fail(text, "a value was expected", err);
}

static int skip(struct pg_text *text, int depth, struct mm_err *err)
{
    struct mm_json_value key;
    bool first = true, keyed = pg_next(text) == '{';
    int more;
    if (pg_next(text) == '"')
        return pg_string(text, &key, err);
    if (!pg_take(text, keyed ? '{' : '['))
        return skip_word(text, err);
    if (depth == PG_DEPTH_MAX)
        return pg_fail(text, "it is nested too deeply", err);
    while ((more = keyed ? pg_member(text, &first, &key, err) : pg_element(text, &first, err)) > 0) {
        if (skip(text, depth + 1, err) < 0)
            return -1;
    }
    return more;
}

int pg_skip(struct pg_text *text, struct mm_err *err)
{
    return skip(text, 0, err);
}
