#include "graph/key.h"
#include "graph/graph.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t exact(const char *name, size_t length, char *out)
{
    memcpy(out, name, length);
    out[length] = '\0';
    return length;
}

/* Move what is behind the first `_`s to the beginning. */
static size_t trim(char *text, size_t length)
{
    size_t from = 0;
    while (from < length && text[from] == '_')
        from++;
    memmove(text, text + from, length - from + 1);
    return length - from;
}

static size_t trimmed(const char *name, size_t length, char *out)
{
    return trim(out, mm_graph_safe(name, length, out));
}

static size_t plain(const char *name, size_t length, char *out)
{
    size_t n = mm_graph_safe(name, length, out);
    for (size_t i = 0; i < n; i++) /* safe ones are letters, digits and these */
        out[i] = out[i] == '.' || out[i] == '-' ? '_' : out[i];
    return trim(out, n);
}

/* Digits at the end that are a number as one writes it (no 0 in front). Returns how many, 0 if none are. */
static size_t number_at_end(const char *text, size_t length)
{
    size_t n = 0;
    while (n < length && is_digit(text[length - 1 - n]))
        n++;
    return n > 1 && text[length - n] == '0' ? 0 : n;
}

static bool ends_with(const char *text, size_t length, const char *ending, size_t size)
{
    return length > size && memcmp(text + length - size, ending, size) == 0;
}

/* Bytes of what makes the number at the end the number of an output, or 0. The longest counts. */
static size_t mark_before(const char *text, size_t length)
{
    static const char *const marks[] = {"_forward_output_", "_output_"};
    for (size_t i = 0; i < MM_COUNT(marks); i++) {
        if (ends_with(text, length, marks[i], strlen(marks[i])))
            return strlen(marks[i]);
    }
    return 0;
}

static size_t without_ending(const char *name, size_t length, char *out)
{
    size_t digits = number_at_end(name, length), base, n;
    bool colon = digits > 0 && ends_with(name, length - digits, ":", 1);
    n = base = plain(name, colon ? length - digits - 1 : length, out);
    if (!colon) {
        digits = number_at_end(out, n);
        size_t mark = digits > 0 ? mark_before(out, n - digits) : 0;
        base = mark > 0 ? n - digits - mark : n;
    }
    if (base == n && !colon)
        return n;
    bool zero = digits == 1 && name[length - 1] == '0';
    if (!zero) {
        out[base] = ':';
        memcpy(out + base + 1, name + length - digits, digits);
        base += digits + 1;
    }
    out[base] = '\0';
    return base;
}

static size_t folded(const char *name, size_t length, char *out)
{
    size_t n = without_ending(name, length, out), end = 0;
    for (size_t i = 0; i < n; i++) {
        char c = out[i];
        if (c == '_' && (end == 0 || out[end - 1] == '_'))
            continue;
        out[end++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    while (end > 0 && out[end - 1] == '_')
        end--;
    out[end] = '\0';
    return end;
}

size_t mm_key(enum mm_key_form form, const char *name, size_t length, char *out)
{
    static size_t (*const forms[MM_KEY_FORMS])(const char *name, size_t length, char *out) = {
        [MM_KEY_EXACT] = exact, [MM_KEY_SAFE] = mm_graph_safe,    [MM_KEY_TRIMMED] = trimmed,
        [MM_KEY_PLAIN] = plain, [MM_KEY_ENDING] = without_ending, [MM_KEY_FOLDED] = folded,
    };
    return forms[form](name, length, out);
}
