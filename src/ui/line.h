/*
 * A line that is being edited: UTF-8 text, a cursor, a history. No drawing.
 *
 * Keys: letters, Left Right Home End, C-a C-e C-b C-f, BS, Delete C-d, C-w (word), C-u (to the start), C-k
 * (to the end), Up Down C-p C-n (entries of the history that begin as the line does).
 */
#ifndef MMTUI_UI_LINE_H
#define MMTUI_UI_LINE_H

#include "mmtui/base.h"

#define LINE_MAX_BYTES 1024
#define HISTORY_MAX    50

struct history {
    char *entries[HISTORY_MAX]; /* oldest first, owned */
    int count;
};

struct line {
    char text[LINE_MAX_BYTES]; /* always valid UTF-8, NUL-terminated; what does not fit is not taken */
    size_t length;             /* bytes */
    size_t cursor;             /* byte offset, on the first byte of a character */
    struct history *history;   /* borrowed; may be NULL */
    int browsing;              /* entry shown now; history->count: the line itself */
    char kept[LINE_MAX_BYTES]; /* the line itself, while an entry is shown */
};

/* Start with a text (may be NULL), cursor at its end. */
void line_start(struct line *line, const char *text, struct history *history);
/* Edit. False when the key is not an editing key (Enter, Esc, Tab ... are the caller's). */
bool line_key(struct line *line, uint32_t key);
/* Columns before the cursor. */
int line_column(const struct line *line);
/* Put `text` in the place of what stands from byte `from` to the cursor; what is too long changes nothing. */
void line_replace(struct line *line, size_t from, const char *text);

/* Append an entry: no empty ones, no doubles (an older equal one moves to the end). Silently full-safe. */
void history_add(struct history *history, const char *text);
void history_done(struct history *history);

#endif
