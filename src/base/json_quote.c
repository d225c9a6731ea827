/* JSON as Python writes it, made JSON. */
#include "base/json_read.h"

/* The word that stands at p, of the three that are no JSON; 0: none. */
static size_t bare_word(const char *p, const char *end)
{
    static const char *const words[] = {"NaN", "-Infinity", "Infinity"};
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        size_t length = strlen(words[i]);
        if ((size_t)(end - p) >= length && memcmp(p, words[i], length) == 0)
            return length;
    }
    return 0;
}

void mm_json_quote_nonfinite(const char *text, size_t length, struct mm_buf *out)
{
    const char *p = text, *end = text + length;
    bool inside = false; /* a string */
    while (p < end) {
        size_t word = inside ? 0 : bare_word(p, end);
        if (word) {
            mm_buf_putc(out, '"');
            mm_buf_add(out, p, word);
            mm_buf_putc(out, '"');
            p += word;
            continue;
        }
        if (inside && *p == '\\' && p + 1 < end)
            mm_buf_putc(out, *p++);
        else if (*p == '"')
            inside = !inside;
        mm_buf_putc(out, *p++);
    }
}
