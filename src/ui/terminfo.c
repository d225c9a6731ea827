#include "ui/terminfo.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* From <term.h>, whose other names (struct term, lines, columns ...) would get in the way. */
extern int setupterm(const char *name, int fd, int *status);
extern char *tigetstr(const char *name);
extern struct terminal_description *cur_term;
extern int del_curterm(struct terminal_description *description);

#define SUCCESS 0 /* OK of <curses.h> */

/* A string capability, or NULL. */
static const char *capability(const char *name)
{
    const char *text = tigetstr(name);
    return text && text != (const char *)-1 ? text : NULL;
}

/* Append it without its padding ("$<5>"). */
static void add_capability(struct mm_buf *out, const char *name)
{
    const char *text = capability(name);
    while (text && *text) {
        const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;
        if (end)
            text = end;
        else
            mm_buf_putc(out, *text);
        text++;
    }
}

/* What puts the screen back after a crash. */
static void add_restore(struct mm_buf *out)
{
    add_capability(out, "sgr0");
    add_capability(out, "cnorm");
    add_capability(out, "rmkx");
    add_capability(out, capability("rmcup") ? "rmcup" : "clear");
}

static int check_kind(const char *name, struct mm_err *err)
{
    int status = 0;
    if (setupterm(name, STDOUT_FILENO, &status) != SUCCESS)
        return mm_fail(
            err, MM_EUNSUPPORTED,
            "TERM=%.60s is not in the terminfo database: try TERM=xterm-256color or TERM=vt100, or install "
            "the terminal's entry; with | cat the layers are printed as a table",
            name);
    if (!capability("cup"))
        return mm_fail(
            err, MM_EUNSUPPORTED,
            "TERM=%.60s can't place its cursor, so there is no full screen; with | cat the layers are "
            "printed as a table",
            name);
    return 0;
}

int terminfo_check(struct mm_buf *restore, struct mm_err *err)
{
    const char *name = getenv("TERM");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return mm_fail(err, MM_EUNSUPPORTED, "standard input and output are not both a terminal");
    if (!name || !name[0])
        return mm_fail(
            err, MM_EUNSUPPORTED,
            "TERM is not set, so the kind of terminal is unknown: try TERM=xterm-256color or TERM=vt100; "
            "with | cat the layers are printed as a table");
    int result = check_kind(name, err);
    if (result == 0)
        add_restore(restore);
    if (cur_term)
        del_curterm(cur_term); /* newterm reads its own */
    return result;
}

/* The console's entry has a mouse that another program reports. */
struct terminfo terminfo_known(void)
{
    const char *name = getenv("TERM");
    bool console = !name || strncmp(name, "linux", 5) == 0;
    return (struct terminfo){.mouse = !console && (capability("kmous") || capability("XM")),
                             .sync = capability("Sync") != NULL};
}
