/* Literals of other languages: see quote.h for what they promise. */
#include "base/quote.h"

#include <string.h>

/* The next code point of [*p, end), or U+DC00 + byte for a byte that is not UTF-8. Steps over it. */
static uint32_t next(const char **p, const char *end)
{
    uint32_t cp;
    size_t length = mm_text_decode(*p, end, &cp);
    if (length == 1 && (unsigned char)**p >= 0x80)
        cp = 0xDC00u + (unsigned char)**p;
    *p += length;
    return cp;
}

bool mm_quote_is_utf8(const char *text)
{
    const char *end = text + strlen(text);
    while (text < end) {
        uint32_t cp = next(&text, end);
        if (cp >= 0xDC80 && cp <= 0xDCFF)
            return false;
    }
    return true;
}

/* The characters that both languages write alike; true when it was one. */
static bool add_common(struct mm_buf *out, uint32_t cp)
{
    static const char *const named[] = {
        ['\t'] = "\\t", ['\n'] = "\\n", ['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\",
    };
    if (cp < MM_COUNT(named) && named[cp])
        mm_buf_puts(out, named[cp]);
    else if (cp >= 0x20 && cp < 0x7F)
        mm_buf_putc(out, (char)cp);
    else
        return false;
    return true;
}

void mm_quote_python(struct mm_buf *out, const char *text)
{
    const char *end = text + strlen(text);
    mm_buf_putc(out, '"');
    while (text < end) {
        uint32_t cp = next(&text, end);
        if (!add_common(out, cp))
            mm_buf_printf(out, cp < 0x100 ? "\\x%02x" : cp < 0x10000 ? "\\u%04x" : "\\U%08x", cp);
    }
    mm_buf_putc(out, '"');
}

/* Bytes, not characters: three octal digits never run into what follows. A bare ? could make a trigraph. */
void mm_quote_cpp(struct mm_buf *out, const char *text)
{
    mm_buf_putc(out, '"');
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '?')
            mm_buf_puts(out, "\\?");
        else if (!add_common(out, byte))
            mm_buf_printf(out, "\\%03o", byte);
    }
    mm_buf_putc(out, '"');
}

/* How many characters the longest has. */
#define ESCAPE_MAX 4

static size_t put_escaped(char *to, uint8_t byte)
{
    static const char letter[256] = {
        ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', ['"'] = '"', ['\''] = '\'', ['\\'] = '\\',
    };
    to[0] = '\\';
    if (letter[byte]) {
        to[1] = letter[byte];
        return 2;
    }
    if (byte >= ' ' && byte <= '~') {
        to[0] = (char)byte;
        return 1;
    }
    to[1] = (char)('0' + (byte >> 6));
    to[2] = (char)('0' + (byte >> 3 & 7));
    to[3] = (char)('0' + (byte & 7));
    return ESCAPE_MAX;
}

void mm_escape_protobuf(struct mm_buf *out, const void *bytes, size_t size)
{
    const uint8_t *byte = bytes;
    size_t most;
    char *place = mm_buf_reserve(out, mm_mul(size, ESCAPE_MAX, &most) ? most : SIZE_MAX), *to = place;
    if (!place)
        return;
    for (size_t i = 0; i < size; i++)
        to += put_escaped(to, byte[i]);
    *to = '\0';
    out->length += (size_t)(to - place);
}
