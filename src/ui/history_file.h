/*
 * What was typed into lines, kept for the next run: $XDG_STATE_HOME/mmtui/history (default ~/.local/state/mmtui/history),
 * for its owner's eyes alone. A line each: the name of the action that was asked for, a blank, the text. The newest are
 * last.
 */
#ifndef MMTUI_UI_HISTORY_FILE_H
#define MMTUI_UI_HISTORY_FILE_H

#include "mmtui/base.h"
#include "ui/action.h"
#include "ui/line.h"

#define HISTORY_LINES 1000 /* in the file */

/* malloc'ed; NULL where neither variable tells a place. */
char *history_path(void);
/* Into histories[actions->top]. A file that isn't there, or can't be read, is an empty one; lines of no action are passed over. */
void history_load(struct history *histories, const struct actions *actions, const char *path);
/*
 * Lines of "ACTION TEXT" that were typed come behind those that the file has by now (others may have written it): each once,
 * the last HISTORY_LINES of them. The folder is made. -1 with err; then the file is as it was.
 */
int history_save(const char *path, const struct mm_buf *typed, struct mm_err *err);

#endif
