/*
 * Keys: one number for each thing that a keyboard can say, and its name in help, configs and scripts.
 *
 * A key is a code point, or a K_... number above all code points, with the modifier bits below or'ed in.
 * Names: "j", "G", "C-d", "M-x", "S-Tab", "Enter", "Esc", "Space", "BS", "Up", "PgDn", "F1". Where a terminal
 * can't tell two keys apart (C-i and Tab, C-m and Enter, C-[ and Esc, C-h and BS), the parser gives the named
 * one.
 */
#ifndef MMTUI_UI_KEY_H
#define MMTUI_UI_KEY_H

#include <stdbool.h>
#include <stdint.h>

enum {
    K_NONE = 0,
    K_SPACE = ' ',
    K_ENTER = 0x200000,
    K_TAB,
    K_ESC,
    K_BACKSPACE,
    K_UP,
    K_DOWN,
    K_LEFT,
    K_RIGHT,
    K_HOME,
    K_END,
    K_PGUP,
    K_PGDN,
    K_INSERT,
    K_DELETE,
    K_F1, /* K_F1 + 11 is F12 */
    K_F12 = K_F1 + 11,
    K_LAST,           /* one beyond the last key */
    K_MOUSE = K_LAST, /* the mouse did something: term_key.h says what */
    K_REPORT          /* the terminal answered a question */
};

#define K_CTRL  0x1000000u
#define K_META  0x2000000u
#define K_SHIFT 0x4000000u /* with named keys only; a capital letter is its own code point */

#define KEY_NAME_SIZE 24

/* The key of that name; K_NONE when there is none. */
uint32_t key_parse(const char *name);
/* The name of a key, written to `out`; always parses back to the same key. */
const char *key_label(char out[KEY_NAME_SIZE], uint32_t key);
/* A plain character that can be typed into a line (no modifier, not a named key). */
bool key_is_text(uint32_t key);

#endif
