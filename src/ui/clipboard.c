#include "ui/clipboard.h"

static void add_base64(struct mm_buf *out, const unsigned char *data, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        uint32_t bits = (uint32_t)data[i] << 16;
        bits |= i + 1 < length ? (uint32_t)data[i + 1] << 8 : 0;
        bits |= i + 2 < length ? (uint32_t)data[i + 2] : 0;
        mm_buf_putc(out, digits[bits >> 18]);
        mm_buf_putc(out, digits[bits >> 12 & 63]);
        mm_buf_putc(out, i + 1 < length ? digits[bits >> 6 & 63] : '=');
        mm_buf_putc(out, i + 2 < length ? digits[bits & 63] : '=');
    }
}

void clipboard_sequence(struct mm_buf *out, const char *text, size_t length)
{
    mm_buf_puts(out, "\033]52;c;");
    add_base64(out, (const unsigned char *)text, length);
    mm_buf_puts(out, "\033\\");
}
