/* What is sent to the terminal past curses: switches that it does not know, the clipboard. */
#ifndef MMTUI_UI_OUTPUT_H
#define MMTUI_UI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/* Report clicks and the wheel (mode 1000), with positions of any size (1006). */
#define OUTPUT_MOUSE_ON  "\033[?1000h\033[?1006h"
#define OUTPUT_MOUSE_OFF "\033[?1006l\033[?1000l"
/* What lies between is shown as a whole (mode 2026). */
#define OUTPUT_FRAME_BEGIN "\033[?2026h"
#define OUTPUT_FRAME_END   "\033[?2026l"
/* Is mode 2026 known (DECRQM)? What are you (DA1), which every terminal answers: the first one may stay unanswered. */
#define OUTPUT_ASK_SYNC "\033[?2026$p\033[c"

/* All of it, to standard output; false when that can't be written to. */
bool output_write(const char *data, size_t length);
bool output_text(const char *text);

#endif
