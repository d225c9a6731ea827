/*
 * The clipboard of the terminal, which may be on another machine: OSC 52. Works through ssh and (with its
 * set-clipboard on) tmux. A terminal that does not know it ignores it.
 */
#ifndef MMTUI_UI_CLIPBOARD_H
#define MMTUI_UI_CLIPBOARD_H

#include "mmtui/base.h"

#define CLIPBOARD_MAX 74994 /* bytes; what xterm takes at most, in base 64 */

/* The whole sequence, appended. */
void clipboard_sequence(struct mm_buf *out, const char *text, size_t length);

/* Send it to the terminal that standard output is; false where that has none, or the text is too long. */
bool clipboard_send(const char *text, size_t length);

#endif
