#include "mmtui/base.h"

#include <math.h>
#include <string.h>

static void add_unit(struct mm_buf *out, uint32_t unit)
{
    mm_buf_printf(out, "\\u%04x", unit);
}

static void add_cp(struct mm_buf *out, uint32_t cp)
{
    static const char *const named[] = {['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f",
                                        ['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\"};
    if (cp < MM_COUNT(named) && named[cp]) {
        mm_buf_puts(out, named[cp]);
    } else if (cp >= 0x20 && cp < 0x7F) {
        mm_buf_putc(out, (char)cp);
    } else if (cp < 0x10000) {
        add_unit(out, cp);
    } else { /* a surrogate pair */
        add_unit(out, 0xD800 + ((cp - 0x10000) >> 10));
        add_unit(out, 0xDC00 + ((cp - 0x10000) & 0x3FF));
    }
}

/* Stands for itself. */
static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

void mm_json_string(struct mm_buf *out, const char *text)
{
    const char *end = text + strlen(text);
    mm_buf_putc(out, '"');
    for (const char *p = text; p < end;) {
        uint32_t cp;
        size_t plain = 0;
        while (p + plain < end && is_plain(p[plain]))
            plain++;
        mm_buf_add(out, p, plain);
        p += plain;
        if (p == end)
            break;
        p += mm_text_decode(p, end, &cp);
        add_cp(out, cp);
    }
    mm_buf_putc(out, '"');
}

void mm_json_number_bare(struct mm_buf *out, double value)
{
    char *to;
    if (isnan(value))
        mm_buf_puts(out, "NaN");
    else if (isinf(value))
        mm_buf_puts(out, value > 0 ? "Infinity" : "-Infinity");
    else if ((to = mm_buf_reserve(out, MM_NUM)))
        out->length += mm_num_repr_size(to, value);
}

void mm_json_number(struct mm_buf *out, double value)
{
    bool quoted = !isfinite(value);
    if (quoted)
        mm_buf_putc(out, '"');
    mm_json_number_bare(out, value);
    if (quoted)
        mm_buf_putc(out, '"');
}
