/* What terminfo knows of the terminal, asked before curses takes it. */
#ifndef MMTUI_UI_TERMINFO_H
#define MMTUI_UI_TERMINFO_H

#include "mmtui/base.h"

/*
 * Is there a terminal, and can it do what a full-screen program needs? newterm is not asked, as it lets `dumb` pass and
 * says nothing about the others. What puts the screen back after a crash is appended to `restore`. 0, or -1 with
 * MM_EUNSUPPORTED and what is missing.
 */
int terminfo_check(struct mm_buf *restore, struct mm_err *err);

/* What else is known of the terminal. */
struct terminfo {
    bool
        mouse; /* of xterm's kind: reports the mouse when told to, and skips control sequences that it does not know */
    bool sync; /* shows a frame as a whole: says so itself (Sync) */
};

/* Ask while the terminal is open; which one TERM names. */
struct terminfo terminfo_known(void);

#endif
