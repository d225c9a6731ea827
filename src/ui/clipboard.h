/*
 * The clipboard of the terminal, which may be on another machine: OSC 52. Works through ssh and (with its
 * set-clipboard on) tmux. A terminal that does not know it ignores it.
 */
#ifndef MMTUI_UI_CLIPBOARD_H
#define MMTUI_UI_CLIPBOARD_H

#include "mmtui/base.h"

#define CLIPBOARD_MAX 74994 /* bytes; what xterm takes at most, in base 64 */

/*
 * How it gets there. tmux takes the plain sequence where its `set-clipboard` is `on`, and passes a wrapped one on where
 * its `allow-passthrough` is: it gets both. screen knows wrapped ones alone; but its name may be that of a tmux at the
 * other end of ssh, which takes the plain one and drops the others.
 */
enum clipboard_way { CLIPBOARD_NONE, CLIPBOARD_DIRECT, CLIPBOARD_TMUX, CLIPBOARD_SCREEN };

/* That of a terminal by its name (TERM; may be NULL), and whether the program runs in a tmux on this machine. */
enum clipboard_way clipboard_way(const char *name, bool tmux);

/* The whole sequence, appended; nothing for CLIPBOARD_NONE. */
void clipboard_sequence(struct mm_buf *out, enum clipboard_way way, const char *text, size_t length);

/* Send it to the terminal that standard output is; false where that has none, or the text is too long. */
bool clipboard_send(const char *text, size_t length);

#endif
