/*
 * Scripted sessions without a terminal: the same app, keys from a text, frames to files.
 *
 *     # comment
 *     j j Enter              names of keys (key.h), separated by blanks
 *     "conv2"                characters typed one by one (\" and \\ inside)
 *     :sort diff2            a command
 *     :screen before.txt     write a frame: the glyph plane, a line `---`, the style plane; `-` is stdout
 *     :screen-now first.txt  the same without waiting for jobs: the first paint
 *     :resize 132x43
 *     :click 5 3             the mouse: column and row, from 0 on
 *     :wheel down            or up
 *
 * A step ends when hooks.settle says that no job is left, so there are no sleeps and a run is repeatable.
 */
#ifndef MMTUI_UI_SCRIPT_H
#define MMTUI_UI_SCRIPT_H

#include "mmtui/base.h"

struct app;

/* Run a script's text; `source` stands before the line number in errors. Stops early when the app quits. */
int script_run(struct app *app, const char *source, const char *text, size_t length, struct mm_err *err);
/* A script that goes on with another app where the one before it quit. Borrowed. */
struct script {
    const char *source, *text;
    size_t length, at; /* of the next line */
    int line;          /* the last one that was run, from 1 on */
};
/* Read a file into `text`. */
int script_read(struct script *script, const char *path, struct mm_buf *text, struct mm_err *err);
/* Run it from where it is until its end, or until the app quits. The app must have its size (app_resize). */
int script_go_on(struct script *script, struct app *app, struct mm_err *err);
/* "80x24" -> 80, 24. False when it is no size. */
bool script_parse_size(const char *text, int *w, int *h);
/* Append a frame as :screen writes it. */
void script_frame(struct app *app, struct mm_buf *out);

#endif
