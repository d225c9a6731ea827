#include "mmtui/base.h"

#include <string.h>
#include <utf8proc.h>

#define REPLACEMENT 0xFFFD

size_t mm_text_encode(uint32_t cp, char out[4])
{
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000))
        cp = REPLACEMENT;
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)cp, (utf8proc_uint8_t *)out);
}

/* Bytes of the well-formed code point at p, or 0. */
static size_t decode_valid(const char *p, const char *end, uint32_t *cp)
{
    utf8proc_int32_t decoded;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)p, end - p, &decoded);
    if (n <= 0 || decoded < 0)
        return 0;
    *cp = (uint32_t)decoded;
    return (size_t)n;
}

size_t mm_text_mark(const char *text, size_t length)
{
    static const char mark[] = {'\xEF', '\xBB', '\xBF'};
    return length >= sizeof mark && memcmp(text, mark, sizeof mark) == 0 ? sizeof mark : 0;
}

size_t mm_text_decode(const char *p, const char *end, uint32_t *cp)
{
    if (p < end && (unsigned char)*p < 0x80) {
        *cp = (unsigned char)*p;
        return 1;
    }
    size_t n = decode_valid(p, end, cp);
    if (n == 0)
        *cp = REPLACEMENT;
    return n ? n : 1;
}

int mm_text_width_cp(uint32_t cp)
{
    if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0))
        return 0;
    if (cp < 0x7F)
        return 1;
    return utf8proc_charwidth((utf8proc_int32_t)cp);
}

int mm_text_width(const char *text)
{
    const char *end = text + strlen(text);
    int width = 0;
    for (const char *p = text; p < end;) {
        uint32_t cp;
        p += mm_text_decode(p, end, &cp);
        width += mm_text_width_cp(cp);
    }
    return width;
}

/* Characters that a terminal obeys or that reorder or hide what stands beside them. */
static bool is_unsafe(uint32_t cp)
{
    if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0))
        return true;
    if (cp < 0x300)
        return cp == 0xAD;
    switch (utf8proc_category((utf8proc_int32_t)cp)) {
    case UTF8PROC_CATEGORY_CF: /* bidi controls, zero-width joiners, byte-order mark */
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return true;
    default: return false;
    }
}

static void escape_cp(struct mm_buf *out, uint32_t cp)
{
    static const char *const named[] = {['\a'] = "\\a", ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n",
                                        ['\v'] = "\\v", ['\f'] = "\\f", ['\r'] = "\\r"};
    if (cp < MM_COUNT(named) && named[cp])
        mm_buf_puts(out, named[cp]);
    else if (cp < 0x100)
        mm_buf_printf(out, "\\x%02x", cp);
    else if (cp < 0x10000)
        mm_buf_printf(out, "\\u%04x", cp);
    else
        mm_buf_printf(out, "\\U%08x", cp);
}

void mm_text_escape(struct mm_buf *out, const char *text, size_t length)
{
    const char *end = text + length;
    for (const char *p = text; p < end;) {
        uint32_t cp;
        size_t n = (unsigned char)*p < 0x80 ? (cp = (unsigned char)*p, 1) : decode_valid(p, end, &cp);
        if (n == 0) {
            mm_buf_printf(out, "\\x%02x", (unsigned char)*p);
            n = 1;
        } else if (is_unsafe(cp)) {
            escape_cp(out, cp);
        } else {
            mm_buf_add(out, p, n);
        }
        p += n;
    }
}

/* The end of the longest beginning of text that takes at most `columns`; *taken is what it takes. */
static const char *cut_end(const char *text, int columns, int *taken)
{
    const char *end = text + strlen(text);
    const char *p = text;
    *taken = 0;
    while (p < end) {
        uint32_t cp;
        size_t n = mm_text_decode(p, end, &cp);
        int width = mm_text_width_cp(cp);
        if (*taken + width > columns)
            break;
        *taken += width;
        p += n;
    }
    return p;
}

/* The start of the longest end of text that takes at most `columns`, given what all of it takes. */
static const char *cut_start(const char *text, int columns, int width)
{
    const char *end = text + strlen(text);
    const char *p = text;
    while (p < end && width > columns) {
        uint32_t cp;
        p += mm_text_decode(p, end, &cp);
        width -= mm_text_width_cp(cp);
    }
    while (p < end) { /* combining characters go with the one that they stood on */
        uint32_t cp;
        size_t n = mm_text_decode(p, end, &cp);
        if (mm_text_width_cp(cp) > 0)
            break;
        p += n;
    }
    return p;
}

void mm_text_fit(struct mm_buf *out, const char *text, int columns, bool keep_tail, const char *mark)
{
    if (columns <= 0)
        return;
    int width = mm_text_width(text);
    int taken = width;
    if (width <= columns) {
        mm_buf_puts(out, text);
    } else if (keep_tail) {
        const char *start = cut_start(text, columns - 1, width);
        taken = mm_text_width(start) + 1;
        mm_buf_puts(out, mark);
        mm_buf_puts(out, start);
    } else {
        const char *end = cut_end(text, columns - 1, &taken);
        mm_buf_add(out, text, (size_t)(end - text));
        mm_buf_puts(out, mark);
        taken++;
    }
    for (; taken < columns; taken++)
        mm_buf_putc(out, ' ');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

const char *mm_text_find(const char *haystack, const char *needle)
{
    const char first = lower(needle[0]), other = first >= 'a' && first <= 'z' ? (char)(first - 32) : first;
    if (!first)
        return haystack;
    for (const char *start = haystack; *start; start++) {
        if (*start != first && *start != other) /* most often, so no more is looked at */
            continue;
        size_t i = 1;
        while (needle[i] && lower(start[i]) == lower(needle[i]))
            i++;
        if (!needle[i])
            return start;
    }
    return NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Compare the digit runs at *a and *b as numbers of any length and step over them. */
static int compare_digits(const char **a, const char **b)
{
    const char *p = *a, *q = *b;
    int order = 0; /* of the first digits that differ: it counts when the numbers are equally long */
    while (*p == '0')
        p++;
    while (*q == '0')
        q++;
    for (; is_digit(*p) && is_digit(*q); p++, q++) {
        if (!order)
            order = *p - *q;
    }
    if (is_digit(*p) != is_digit(*q))
        order = is_digit(*p) ? 1 : -1;
    *a = p;
    *b = q;
    return order;
}

int mm_text_compare_natural(const char *a, const char *b)
{
    const char *p = a, *q = b;
    while (*p && *q) {
        if (is_digit(*p) && is_digit(*q)) {
            int order = compare_digits(&p, &q);
            if (order)
                return order;
        } else if (*p != *q) {
            return (unsigned char)*p < (unsigned char)*q ? -1 : 1;
        } else {
            p++;
            q++;
        }
    }
    if (*p || *q)
        return *p ? 1 : -1;
    return strcmp(a, b);
}

/* Step over one code point of NUL-terminated text. */
static uint32_t next_cp(const char **p)
{
    uint32_t cp;
    size_t left = strnlen(*p, 4);
    *p += mm_text_decode(*p, *p + left, &cp);
    return cp;
}

/* Does c belong to the class that starts behind '['? *end is set behind ']', or NULL when there is none. */
static bool in_class(const char *class, uint32_t c, const char **end)
{
    bool negate = *class == '!' || *class == '^';
    const char *p = class + negate;
    bool found = false;
    *end = NULL;
    do {
        if (!*p)
            return false;
        uint32_t first = next_cp(&p), last = first;
        if (p[0] == '-' && p[1] && p[1] != ']') {
            p++;
            last = next_cp(&p);
        }
        found |= first <= c && c <= last;
    } while (*p != ']');
    *end = p + 1;
    return found != negate;
}

/* One pattern element against one character at text; both are stepped over where they fit. No class ends
 * behind `last`, the pattern's last ] (or NULL): looking for an end again and again would take cubic time. */
static bool glob_one(const char **pattern, const char **text, const char *last)
{
    const char *p = *pattern, *t = *text;
    uint32_t c = next_cp(&t);
    if (*p == '?') {
        p++;
    } else {
        const char *end = NULL;
        bool in = *p == '[' && last && p < last && in_class(p + 1, c, &end);
        if (end ? !in : *p != **text)
            return false;
        p = end ? end : p + 1;
        t = end ? t : *text + 1; /* what stands for itself is compared byte by byte */
    }
    *pattern = p;
    *text = t;
    return true;
}

bool mm_text_glob(const char *pattern, const char *text)
{
    /* On a mismatch go back to the last star only: linear in practice, never exponential. */
    const char *star = NULL, *retry = NULL, *last = strrchr(pattern, ']');
    while (*text) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = text;
        } else if (*pattern && glob_one(&pattern, &text, last)) {
            continue;
        } else if (star) {
            pattern = star;
            next_cp(&retry);
            text = retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}
