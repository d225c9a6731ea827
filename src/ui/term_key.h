/*
 * From the bytes of a terminal to keys: control characters, UTF-8, escape sequences; what the mouse does and what the
 * terminal answers come the same way. Knows no terminal: codes are asked for one by one.
 */
#ifndef MMTUI_UI_TERM_KEY_H
#define MMTUI_UI_TERM_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/mouse.h"

#define TERM_KEY_NONE (-1) /* no code is there */

/* What came and is no key. */
struct term_report {
    struct mouse mouse; /* with K_MOUSE */
    /* With K_REPORT: what was answered so far. */
    bool answered; /* to "what are you" (DA1), which every terminal knows: nothing more will come */
    bool sync;     /* a frame may be put between "begin" and "end" (mode 2026) */
};

struct term_key_source {
    /* The next code: 0 to 255 is a byte, more is a key that the terminal's description knows. TERM_KEY_NONE when there
     * is none; `soon`: not before a short while, as the rest of something that has begun comes at once. */
    int (*next)(void *context, bool soon);
    /* Let next() return this code again. */
    void (*back)(void *context, int code);
    /* The key of a code above 255, or K_NONE. */
    uint32_t (*special)(int code);
    void *context;
    bool utf8;  /* bytes from 0x80 on are UTF-8; else they mean nothing */
    bool mouse; /* the terminal was asked to report the mouse; else such reports are pasted rubbish */
    struct term_report *report;
};

/* The key that begins with `code`, which was read; K_NONE when it means nothing. */
uint32_t term_key_decode(const struct term_key_source *source, int code);

#endif
