/*
 * The terminal: the only file of the program that knows curses.
 *
 * One terminal is open at a time (signal handlers have to find it). While it is open, SIGWINCH, SIGTSTP,
 * SIGCONT, SIGTERM, SIGINT, SIGHUP write a byte to a pipe and are answered by the loop; a crash (SIGSEGV,
 * SIGABRT ...) puts the screen back before the signal does what it does.
 *
 * A terminal of xterm's kind is asked once whether it can show a frame as a whole (synchronised output, DEC mode 2026).
 * Nobody waits for the answer: frames are sent so from when it comes.
 */
#ifndef MMTUI_UI_TERM_H
#define MMTUI_UI_TERM_H

#include "mmtui/base.h"
#include "ui/canvas.h"
#include "ui/mouse.h"
#include "ui/theme.h"

enum term_colour {
    TERM_COLOUR_AUTO, /* what the terminal can, unless NO_COLOR is set */
    TERM_COLOUR_NEVER,
    TERM_COLOUR_ALWAYS /* what the terminal can, NO_COLOR or not */
};

struct term_options {
    enum term_colour colour;
    bool ascii; /* treat the locale as not UTF-8 */
};

struct term;

/* What happened besides keys. */
enum {
    TERM_RESIZED = 1, /* ask for the size again */
    TERM_SUSPEND = 2, /* SIGTSTP: call term_suspend */
    TERM_RESUMED = 4, /* SIGCONT: draw everything again */
    TERM_ENDED = 8    /* SIGTERM, SIGHUP, SIGINT: leave */
};

/* True when the locale (setlocale has been called) writes UTF-8. */
bool term_locale_utf8(void);

/* NULL with err when there is no usable terminal ("TERM=dumb can't move its cursor ...", not a terminal). */
struct term *term_open(const struct term_options *options, struct mm_err *err);
/* Put the screen back as it was and free. */
void term_close(struct term *term);

void term_size(const struct term *term, int *w, int *h);
/* False: no colours (mono terminal, NO_COLOR): the caller loads the theme `mono`, unless one was asked
 * for. */
bool term_has_colour(const struct term *term);
/* Descriptors for poll(): keys, and signals. */
int term_key_fd(const struct term *term);
int term_signal_fd(const struct term *term);

/* 1 and a key (K_MOUSE: term_mouse has what it did), 0 when none waits, -1 when the terminal is gone. Never blocks
 * longer than an escape sequence needs (25 ms). */
int term_key(struct term *term, uint32_t *key);
struct mouse term_mouse(const struct term *term);
/* Ask the terminal to report the mouse, or not to any more. False when it has none that is known. */
bool term_use_mouse(struct term *term, bool on);
/* Take the signals that came: TERM_* flags. After TERM_RESIZED, term_size has the new size. */
unsigned term_signals(struct term *term);
/* The number of the signal behind TERM_ENDED. */
int term_end_signal(const struct term *term);

/* Show a frame; only what differs from the last one is sent. `repaint`: everything. */
void term_draw(struct term *term, const struct grid *grid, const struct theme *theme, bool repaint);
/* Give the screen back, stop the process as ^Z does, and take the screen again after `fg`. */
void term_suspend(struct term *term);

#endif
