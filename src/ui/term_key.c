#include "ui/term_key.h"

#include <stdio.h>
#include <string.h>

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

/* ---- escape sequences ---- */

#define SEQUENCE_MAX 64 /* codes of one; what is longer is skipped bit by bit */

/* A control sequence without its start: parameters, and the character that ends it (0: it was cut short). */
struct sequence {
    char text[SEQUENCE_MAX + 1];
    int length;
    char end;
};

static void read_sequence(const struct term_key_source *source, struct sequence *sequence)
{
    *sequence = (struct sequence){0};
    while (sequence->length < SEQUENCE_MAX) {
        int c = soon(source);
        if (c >= 0x20 && c < 0x40) {
            sequence->text[sequence->length++] = (char)c;
            continue;
        }
        if (c >= 0x40 && c <= 0x7e)
            sequence->end = (char)c;
        else if (c != TERM_KEY_NONE)
            source->back(source->context, c); /* not part of it */
        return;
    }
}

/* Buttons as terminals number them: 0 the left one, 64 and 65 the wheel; 4, 8 and 16 are Shift, Alt and Ctrl. */
static enum mouse_kind mouse_kind_of(int button)
{
    static const struct {
        int button;
        enum mouse_kind kind;
    } kinds[] = {{0, MOUSE_CLICK}, {64, MOUSE_WHEEL_UP}, {65, MOUSE_WHEEL_DOWN}};
    for (size_t i = 0; i < MM_COUNT(kinds); i++) {
        if (kinds[i].button == (button & ~(4 | 8 | 16)))
            return kinds[i].kind;
    }
    return MOUSE_NONE;
}

static uint32_t mouse_key(const struct term_key_source *source, int button, int x, int y)
{
    struct mouse mouse = {mouse_kind_of(button), x - 1, y - 1};
    source->report->mouse = mouse;
    return mouse.kind != MOUSE_NONE && x > 0 && y > 0 ? K_MOUSE : K_NONE;
}

/* "<0;12;5": button, column, row; M pressed, m released. */
static uint32_t sgr_mouse(const struct term_key_source *source, const struct sequence *sequence)
{
    int button, x, y, used = 0;
    if (sscanf(sequence->text, "<%4d;%5d;%5d%n", &button, &x, &y, &used) != 3 || used != sequence->length)
        return K_NONE;
    return mouse_key(source, sequence->end == 'M' ? button : -1, x, y);
}

/* What terminals send that don't know the above: three bytes, each 32 more than it means. */
static uint32_t old_mouse(const struct term_key_source *source)
{
    int byte[3];
    for (int i = 0; i < 3; i++) {
        byte[i] = soon(source);
        if (byte[i] < 32 || byte[i] > 255) {
            if (byte[i] != TERM_KEY_NONE)
                source->back(source->context, byte[i]);
            return K_NONE;
        }
    }
    return mouse_key(source, byte[0] - 32, byte[1] - 32, byte[2] - 32);
}

/* "?2026;2$" y: the mode is known (1 set, 2 reset). "?62;1;6" c: what the terminal is. */
static uint32_t answer_key(const struct term_key_source *source, const struct sequence *sequence)
{
    if (sequence->end == 'c')
        source->report->answered = true;
    else if (strcmp(sequence->text, "?2026;1$") == 0 || strcmp(sequence->text, "?2026;2$") == 0)
        source->report->sync = true;
    return K_REPORT;
}

static uint32_t after_bracket(const struct term_key_source *source)
{
    struct sequence sequence;
    read_sequence(source, &sequence);
    bool mouse = sequence.end == 'M' || sequence.end == 'm';
    if (mouse && source->mouse && sequence.text[0] == '<')
        return sgr_mouse(source, &sequence);
    if (sequence.end == 'M' && source->mouse && sequence.length == 0)
        return old_mouse(source);
    if (sequence.text[0] == '?' && (sequence.end == 'c' || sequence.end == 'y'))
        return answer_key(source, &sequence);
    return K_NONE;
}

/* ESC alone is Esc; with a character right behind it, it was Alt and that character. */
static uint32_t after_escape(const struct term_key_source *source)
{
    int c = source->next(source->context, false);
    if (c == '[')
        return after_bracket(source);
    if (c == 'O') {
        struct sequence skipped;
        read_sequence(source, &skipped);
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
