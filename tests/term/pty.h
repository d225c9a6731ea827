/*
 * A terminal for tests: a program in a real pseudo-terminal, its output read by libvterm.
 *
 * The program runs under a small stand-in for a job-control shell (else ^Z could not stop it: a process group
 * without a shell is not stopped). The stand-in reports "p PID", "s" (stopped) and "e STATUS" over a pipe and
 * sends the job to the foreground again when it is told so. Nothing sleeps: every wait is a poll() for
 * something that must come, with a deadline far beyond what it can take. Include after <cmocka.h>.
 */
#ifndef TESTS_PTY_H
#define TESTS_PTY_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#define PTY_DEADLINE 30 /* seconds; the sanitizers and a busy machine are slow */

struct pty {
    int master;     /* our end of the terminal */
    int reports[2]; /* from the stand-in shell */
    int orders[2];  /* to it */
    pid_t shell, program;
    int status;          /* wait status of the program, once `ended` */
    bool stopped, ended; /* what the shell has reported */
    bool gone;           /* the other end of the terminal is closed */
    VTerm *vterm;
    VTermScreen *screen;
    bool altscreen, cursor_visible;
    int mouse;       /* VTERM_PROP_MOUSE_* that was asked for */
    bool sync;       /* the terminal says that it shows frames as a whole (libvterm itself does not) */
    bool mute;       /* it answers nothing at all */
    bool background; /* started as a shell does behind &: SIGQUIT is ignored */
    size_t asked;    /* how far output was looked through for that question */
    char *output;    /* every byte that came */
    size_t length, capacity;
};

/* ---- the stand-in shell (runs in the child) ---- */

static inline void pty_report(int fd, char what, long value)
{
    char text[40];
    int n = snprintf(text, sizeof(text), "%c %ld\n", what, value);
    if (write(fd, text, (size_t)n) < 0)
        _exit(99);
}

static inline void pty_shell(struct pty *pty, char *const argv[])
{
    char order;
    int status;
    signal(SIGTTOU, SIG_IGN);
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        tcsetpgrp(0, getpid());
        signal(SIGTTOU, SIG_DFL);
        /* what started the tests may have had these ignored (nohup, a shell's &) */
        signal(SIGQUIT, pty->background ? SIG_IGN : SIG_DFL);
        signal(SIGINT, SIG_DFL);
        signal(SIGHUP, SIG_DFL);
        execv(argv[0], argv);
        _exit(98);
    }
    setpgid(pid, pid);
    tcsetpgrp(0, pid);
    pty_report(pty->reports[1], 'p', pid);
    while (waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status)) {
        tcsetpgrp(0, getpgrp());
        pty_report(pty->reports[1], 's', 0);
        if (read(pty->orders[0], &order, 1) != 1)
            _exit(97);
        tcsetpgrp(0, pid);
        kill(-pid, SIGCONT);
    }
    pty_report(pty->reports[1], 'e', status);
    /* keep the terminal open until its modes have been looked at */
    if (read(pty->orders[0], &order, 1) < 0)
        _exit(96);
    _exit(0);
}

/* ---- libvterm ---- */

static inline int pty_on_property(VTermProp property, VTermValue *value, void *user)
{
    struct pty *pty = user;
    if (property == VTERM_PROP_ALTSCREEN)
        pty->altscreen = value->boolean;
    if (property == VTERM_PROP_CURSORVISIBLE)
        pty->cursor_visible = value->boolean;
    if (property == VTERM_PROP_MOUSE)
        pty->mouse = value->number;
    return 1;
}

/* What the terminal answers comes as if it were typed. */
static inline void pty_on_answer(const char *bytes, size_t length, void *user)
{
    struct pty *pty = user;
    if (!pty->mute && pty->master >= 0 && write(pty->master, bytes, length) < 0)
        pty->gone = true;
}

#define PTY_ASK_SYNC "\x1b[?2026$p"

/* In place of libvterm, which knows no mode 2026. */
static inline void pty_answer_sync(struct pty *pty)
{
    static const char answer[] = "\x1b[?2026;2$y";
    const char *question = pty->sync && pty->output ? strstr(pty->output + pty->asked, PTY_ASK_SYNC) : NULL;
    if (!question)
        return;
    pty->asked = (size_t)(question - pty->output) + strlen(PTY_ASK_SYNC);
    pty_on_answer(answer, sizeof(answer) - 1, pty);
}

/* ---- in the test ---- */

static inline void pty_open(struct pty *pty, int w, int h, char *const argv[])
{
    static const VTermScreenCallbacks callbacks = {.settermprop = pty_on_property};
    struct winsize size = {.ws_row = (unsigned short)h, .ws_col = (unsigned short)w};
    *pty = (struct pty){.sync = pty->sync, .mute = pty->mute, .background = pty->background};
    assert_int_equal(pipe(pty->reports), 0);
    assert_int_equal(pipe(pty->orders), 0);
    pty->shell = forkpty(&pty->master, NULL, NULL, &size);
    assert_true(pty->shell >= 0);
    if (pty->shell == 0) {
        close(pty->reports[0]);
        close(pty->orders[1]);
        pty_shell(pty, argv);
    }
    close(pty->reports[1]);
    close(pty->orders[0]);
    fcntl(pty->master, F_SETFL, O_NONBLOCK);
    fcntl(pty->reports[0], F_SETFL, O_NONBLOCK);
    pty->vterm = vterm_new(h, w);
    vterm_set_utf8(pty->vterm, 1);
    pty->screen = vterm_obtain_screen(pty->vterm);
    vterm_screen_enable_altscreen(pty->screen, 1);
    vterm_screen_set_callbacks(pty->screen, &callbacks, pty);
    vterm_output_set_callback(pty->vterm, pty_on_answer, pty);
    vterm_screen_reset(pty->screen, 1);
    pty->cursor_visible = true;
}

static inline void pty_close(struct pty *pty)
{
    if (pty->program > 0 && !pty->ended)
        kill(pty->program, SIGKILL);
    close(pty->orders[1]);
    if (pty->master >= 0)
        close(pty->master);
    close(pty->reports[0]);
    waitpid(pty->shell, NULL, 0);
    vterm_free(pty->vterm);
    free(pty->output);
}

static inline void pty_take_output(struct pty *pty)
{
    char bytes[4096];
    ssize_t n = -1;
    errno = EAGAIN;
    while (pty->master >= 0 && (n = read(pty->master, bytes, sizeof(bytes))) > 0) {
        if (pty->length + (size_t)n + 1 > pty->capacity) {
            pty->capacity = (pty->length + (size_t)n + 1) * 2;
            pty->output = realloc(pty->output, pty->capacity);
            assert_non_null(pty->output);
        }
        memcpy(pty->output + pty->length, bytes, (size_t)n);
        pty->length += (size_t)n;
        pty->output[pty->length] = '\0';
        pty_answer_sync(pty);
        vterm_input_write(pty->vterm, bytes, (size_t)n);
    }
    pty->gone = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static inline void pty_take_reports(struct pty *pty)
{
    char text[200], *rest = NULL;
    ssize_t n = read(pty->reports[0], text, sizeof(text) - 1);
    if (n <= 0)
        return;
    text[n] = '\0';
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        long value = strtol(line + 1, NULL, 10);
        if (line[0] == 'p')
            pty->program = (pid_t)value;
        if (line[0] == 's')
            pty->stopped = true;
        if (line[0] == 'e') {
            pty->ended = true;
            pty->status = (int)value;
        }
    }
}

/* One wait, at most until the deadline. */
static inline void pty_turn(struct pty *pty, time_t deadline)
{
    struct pollfd fds[2] = {{.fd = pty->gone ? -1 : pty->master, .events = POLLIN},
                            {.fd = pty->reports[0], .events = POLLIN}};
    time_t left = deadline - time(NULL);
    poll(fds, 2, left > 0 ? (int)left * 1000 : 0);
    pty_take_output(pty);
    pty_take_reports(pty);
}

/* The text of one row of the screen, blanks at its end cut. */
static inline void pty_row(struct pty *pty, int row, char *out, size_t size)
{
    int w, h;
    vterm_get_size(pty->vterm, &h, &w);
    VTermRect rect = {.start_row = row, .end_row = row + 1, .start_col = 0, .end_col = w};
    size_t n = vterm_screen_get_text(pty->screen, out, size - 1, rect);
    while (n > 0 && (out[n - 1] == ' ' || out[n - 1] == '\n'))
        n--;
    out[n] = '\0';
}

/* The row that contains a text, or -1. */
static inline int pty_find(struct pty *pty, const char *text)
{
    char row[4096];
    int w, h;
    vterm_get_size(pty->vterm, &h, &w);
    for (int y = 0; y < h; y++) {
        pty_row(pty, y, row, sizeof(row));
        if (strstr(row, text))
            return y;
    }
    return -1;
}

static inline void pty_dump(struct pty *pty)
{
    char row[4096];
    int w, h;
    vterm_get_size(pty->vterm, &h, &w);
    for (int y = 0; y < h; y++) {
        pty_row(pty, y, row, sizeof(row));
        print_error("|%s\n", row);
    }
}

/* Wait until the text stands on the screen. */
static inline void pty_expect(struct pty *pty, const char *text)
{
    time_t deadline = time(NULL) + PTY_DEADLINE;
    while (pty_find(pty, text) < 0) {
        if (time(NULL) >= deadline || (pty->ended && pty->gone)) {
            pty_dump(pty);
            fail_msg("'%s' did not come", text);
        }
        pty_turn(pty, deadline);
        if (pty->ended)
            pty_take_output(pty);
        if (pty->ended && pty_find(pty, text) < 0) {
            pty_dump(pty);
            fail_msg("the program ended (status %d) before '%s' came", pty->status, text);
        }
    }
}

static inline void pty_wait_for(struct pty *pty, const bool *what)
{
    time_t deadline = time(NULL) + PTY_DEADLINE;
    while (!*what) {
        if (time(NULL) >= deadline) {
            pty_dump(pty);
            fail_msg("what was waited for did not happen");
        }
        pty_turn(pty, deadline);
    }
    pty_take_output(pty);
}

static inline void pty_expect_end(struct pty *pty)
{
    pty_wait_for(pty, &pty->ended);
}

static inline void pty_type(struct pty *pty, const char *bytes, size_t length)
{
    assert_int_equal(write(pty->master, bytes, length), (ssize_t)length);
}

static inline void pty_keys(struct pty *pty, const char *text)
{
    pty_type(pty, text, strlen(text));
}

static inline void pty_resize(struct pty *pty, int w, int h)
{
    struct winsize size = {.ws_row = (unsigned short)h, .ws_col = (unsigned short)w};
    pty_take_output(pty);
    vterm_set_size(pty->vterm, h, w);
    ioctl(pty->master, TIOCSWINSZ, &size);
}

/* The modes of the terminal are as a shell wants them: lines and echo. */
static inline bool pty_is_cooked(struct pty *pty)
{
    struct termios modes;
    return tcgetattr(pty->master, &modes) == 0 && (modes.c_lflag & ICANON) && (modes.c_lflag & ECHO) &&
           (modes.c_lflag & ISIG) && (modes.c_iflag & ICRNL);
}

#endif
