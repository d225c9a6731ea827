/* shell: the remote shell as a child of this process, and what to say when it fails. */
#ifndef REMOTE_SHELL_H
#define REMOTE_SHELL_H

#include "mmtui/remote.h"

#include <sys/types.h>

struct shell {
    pid_t pid;  /* 0: there is none */
    int fd;     /* a socket: its standard input and output */
    int errors; /* a file that no folder lists: its standard error */
};

/*
 * Start `ssh HOST mmtui serve`, or what the options say instead of it. `apart`: without a terminal, so that it asks for
 * no password. -1: it can't be started, the text says what to do.
 */
int shell_start(struct shell *shell, const char *host, const struct mm_remote_options *options, bool apart,
                struct mm_err *err);
/* End it, by a signal if it does not end by itself within a second. -1: it had not been started or can't be told; else
 * what waitpid says. */
int shell_end(struct shell *shell);
/* Why there was no greeting: from how it ended (`status`), from the end of its standard error and from what came in
 * place of the greeting. */
int shell_fail(const struct shell *shell, const char *host, int status, const struct mm_buf *instead,
               const struct mm_remote_options *options, struct mm_err *err);
/* The last line of its standard error in visible form, appended; nothing if it has none. */
void shell_last_words(const struct shell *shell, struct mm_buf *out);

#endif
