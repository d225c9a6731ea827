/*
 * Signals of the terminal program. Ordinary ones (resize, ^Z from outside, hang-up ...) become bytes in a
 * pipe for the loop to read. Fatal ones put the screen back with nothing but system calls and then do what
 * they would have done.
 *
 * A handler has no argument to carry state in, so signals.c has the program's only mutable file-scope
 * variables; hence one user at a time.
 */
#ifndef MMTUI_UI_SIGNALS_H
#define MMTUI_UI_SIGNALS_H

#include "mmtui/base.h"

/*
 * Install all handlers. `restore` is what to send to standard output in a crash (copied, at most 255 bytes);
 * the modes of standard input are remembered for the same case.
 */
int signals_open(const char *restore, struct mm_err *err);
/* What else a crash has to undo at this moment: a set of these. */
enum { SIGNALS_UNDO_MOUSE = 1, SIGNALS_UNDO_FRAME = 2 };
void signals_undo(int what);
/* Put back the handlers that were there before. */
void signals_close(void);
/* The pipe's end for poll(). */
int signals_fd(void);
/* The next signal that came, 0 for none. */
int signals_next(void);
/* Stop this job as ^Z does and return when it goes on. */
void signals_stop_here(void);

#endif
