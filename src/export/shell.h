/* Words of a POSIX shell: written quoted, and read from a script that only calls one program. */
#ifndef MMTUI_EXPORT_SHELL_H
#define MMTUI_EXPORT_SHELL_H

#include "mmtui/base.h"

/* The most bytes of one argument that Linux takes (MAX_ARG_STRLEN less its NUL). */
#define MM_SHELL_ARGUMENT_MAX ((size_t)131071)

/* Append a word that the shell reads back as these bytes: bare where nothing in it is special, else in single quotes. */
void mm_shell_put(struct mm_buf *out, const char *text);

/*
 * The next word of [*at, end) behind blanks, line ends, backslashed line ends, comments and ;: quotes and
 * backslashes are taken away, variables stay as they are written. The word is in `word` (cleared first); false: there
 * is none any more.
 */
bool mm_shell_next(const char **at, const char *end, struct mm_buf *word);

#endif
