#include "ui/term_key.h"

#include "mmtui/base.h"
#include "ui/key.h"

static uint32_t character_key(uint32_t c)
{
    static const struct {
        uint32_t c, key;
    } controls[] = {{'\r', K_ENTER}, {'\n', K_ENTER}, {'\t', K_TAB}, {'\b', K_BACKSPACE}, {127, K_BACKSPACE}};
    for (size_t i = 0; i < MM_COUNT(controls); i++) {
        if (controls[i].c == c)
            return controls[i].key;
    }
    if (c >= 1 && c <= 26)
        return K_CTRL | ('a' + c - 1);
    return key_is_text(c) ? c : K_NONE;
}

static int soon(const struct term_key_source *source)
{
    return source->next(source->context, true);
}

/*
 * The rest of a UTF-8 character; K_NONE for bytes that are none. (get_wch would do this too, but after one
 * wrong byte it swallows the next hundred keys.)
 */
static uint32_t after_lead_byte(const struct term_key_source *source, int lead)
{
    char bytes[4] = {(char)lead};
    size_t length = 1, need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    uint32_t cp;
    if (lead < 0xc2 || lead > 0xf4)
        return K_NONE;
    while (length < need) {
        int c = soon(source);
        if (c < 0x80 || c > 0xbf) {
            if (c != TERM_KEY_NONE)
                source->back(source->context, c);
            return K_NONE;
        }
        bytes[length++] = (char)c;
    }
    return mm_text_decode(bytes, bytes + length, &cp) == length ? character_key(cp) : K_NONE;
}

void term_key_skip(const struct term_key_source *source)
{
    for (int i = 0; i < 64; i++) {
        int c = soon(source);
        if (c >= 0x20 && c < 0x40)
            continue;
        if (c != TERM_KEY_NONE && (c < 0x20 || c > 0x7e))
            source->back(source->context, c); /* not part of it */
        return;
    }
}

/* ESC alone is Esc; with a character right behind it, it was Alt and that character. */
static uint32_t after_escape(const struct term_key_source *source)
{
    int c = source->next(source->context, false);
    if (c == '[' || c == 'O') {
        term_key_skip(source);
        return K_NONE;
    }
    uint32_t key = c >= 0 && c < 0x80 && c != 27 ? character_key((uint32_t)c) : K_NONE;
    if (key == K_NONE && c != TERM_KEY_NONE)
        source->back(source->context, c);
    return key == K_NONE ? K_ESC : key | K_META;
}

uint32_t term_key_decode(const struct term_key_source *source, int code)
{
    if (code == 27)
        return after_escape(source);
    if (code < 0x80)
        return code < 0 ? K_NONE : character_key((uint32_t)code);
    if (code <= 0xff)
        return source->utf8 ? after_lead_byte(source, code) : K_NONE;
    return source->special(code);
}
