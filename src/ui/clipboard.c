#include "ui/clipboard.h"

#include <stdlib.h>
#include <string.h>

#include "ui/output.h"

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

static void add_osc(struct mm_buf *out, const char *text, size_t length, const char *end)
{
    mm_buf_puts(out, "\033]52;c;");
    add_base64(out, (const unsigned char *)text, length);
    mm_buf_puts(out, end);
}

/* tmux passes on what is in such a string, its escapes doubled, where `allow-passthrough` is on. */
static void add_for_tmux(struct mm_buf *out, const char *text, size_t length)
{
    mm_buf_puts(out, "\033Ptmux;\033");
    add_osc(out, text, length, "\a");
    mm_buf_puts(out, "\033\\");
}

#define SCREEN_PIECE 240 /* bytes; screen drops a string that is longer than 256 */

/* screen passes on what is in such strings, one after the other. */
static void add_for_screen(struct mm_buf *out, const char *text, size_t length)
{
    struct mm_buf osc;
    mm_buf_init(&osc);
    add_osc(&osc, text, length, "\a");
    for (size_t at = 0; at < osc.length; at += SCREEN_PIECE) {
        mm_buf_puts(out, "\033P");
        mm_buf_add(out, mm_buf_text(&osc) + at,
                   osc.length - at < SCREEN_PIECE ? osc.length - at : SCREEN_PIECE);
        mm_buf_puts(out, "\033\\");
    }
    out->failed |= osc.failed;
    mm_buf_done(&osc);
}

enum clipboard_way clipboard_way(const char *name, bool tmux)
{
    static const struct {
        const char *begins;
        enum clipboard_way way;
    } ways[] = {{"linux", CLIPBOARD_NONE}, /* these would print it */
                {"vt", CLIPBOARD_NONE},
                {"tmux", CLIPBOARD_TMUX},
                {"screen", CLIPBOARD_SCREEN}};
    if (!name)
        return CLIPBOARD_NONE;
    for (size_t i = 0; i < MM_COUNT(ways); i++) {
        if (strncmp(name, ways[i].begins, strlen(ways[i].begins)) == 0)
            return tmux && ways[i].way ? CLIPBOARD_TMUX : ways[i].way;
    }
    return tmux ? CLIPBOARD_TMUX : CLIPBOARD_DIRECT;
}

void clipboard_sequence(struct mm_buf *out, enum clipboard_way way, const char *text, size_t length)
{
    if (way == CLIPBOARD_NONE)
        return;
    add_osc(out, text, length, "\033\\");
    if (way == CLIPBOARD_TMUX)
        add_for_tmux(out, text, length);
    else if (way == CLIPBOARD_SCREEN)
        add_for_screen(out, text, length);
}

bool clipboard_send(const char *text, size_t length)
{
    /* one in the other: screen would print what is wrapped for tmux */
    bool tmux = getenv("TMUX") && !getenv("STY");
    enum clipboard_way way = clipboard_way(getenv("TERM"), tmux);
    struct mm_buf out;
    if (way == CLIPBOARD_NONE || length > CLIPBOARD_MAX)
        return false;
    mm_buf_init(&out);
    clipboard_sequence(&out, way, text, length);
    bool sent = !out.failed && output_write(mm_buf_text(&out), out.length);
    mm_buf_done(&out);
    return sent;
}
