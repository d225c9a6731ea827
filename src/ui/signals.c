#include "ui/signals.h"
#include "ui/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Written by signals_open and signals_close only, while no handler that reads them is installed. */
static volatile sig_atomic_t write_end = -1;
static struct {
    int pipe[2];
    bool has_modes;
    struct termios modes;
    char restore[256];
    size_t restore_length;
    volatile sig_atomic_t undo; /* SIGNALS_UNDO_* */
} rescue = {.pipe = {-1, -1}};

static const int told[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGINT, SIGHUP};
static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT};
static struct sigaction told_before[MM_COUNT(told)];
static struct sigaction fatal_before[MM_COUNT(fatal)];

static void on_told(int number)
{
    int kept = errno;
    unsigned char byte = (unsigned char)number;
    if (write_end >= 0 && write((int)write_end, &byte, 1) < 0) {
        /* the pipe is full of signals that nobody has read yet: one more changes nothing */
    }
    errno = kept;
}

/* Text of a literal: nothing else may be called here. */
#define WRITE_LITERAL(text) (write(STDOUT_FILENO, text, sizeof(text) - 1) < 0)

static void on_fatal(int number)
{
    for (size_t i = 0; i < MM_COUNT(fatal); i++)
        sigaction(fatal[i], &fatal_before[i], NULL);
    if (((rescue.undo & SIGNALS_UNDO_FRAME) && WRITE_LITERAL(OUTPUT_FRAME_END)) ||
        ((rescue.undo & SIGNALS_UNDO_MOUSE) && WRITE_LITERAL(OUTPUT_MOUSE_OFF)) ||
        write(STDOUT_FILENO, rescue.restore, rescue.restore_length) < 0) {
        /* nothing is left to try */
    }
    if (rescue.has_modes)
        tcsetattr(STDIN_FILENO, TCSANOW, &rescue.modes);
    raise(number); /* blocked here, so it comes as soon as this handler returns */
}

static void install(int number, void (*handler)(int), struct sigaction *before)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    sigaction(number, &action, before);
}

int signals_open(const char *restore, struct mm_err *err)
{
    size_t length = strlen(restore);
    if (pipe2(rescue.pipe, O_NONBLOCK | O_CLOEXEC) < 0)
        return mm_fail_errno(err, "terminal", "pipe");
    rescue.restore_length = length < sizeof(rescue.restore) ? length : sizeof(rescue.restore);
    memcpy(rescue.restore, restore, rescue.restore_length);
    rescue.has_modes = tcgetattr(STDIN_FILENO, &rescue.modes) == 0;
    rescue.undo = 0;
    write_end = rescue.pipe[1];
    for (size_t i = 0; i < MM_COUNT(told); i++)
        install(told[i], on_told, &told_before[i]);
    for (size_t i = 0; i < MM_COUNT(fatal); i++) {
        install(fatal[i], on_fatal, &fatal_before[i]);
        /* what the program was started to ignore (SIGQUIT, by a shell's &) would not end it: the screen stays, too */
        if (fatal_before[i].sa_handler == SIG_IGN)
            sigaction(fatal[i], &fatal_before[i], NULL);
    }
    return 0;
}

void signals_close(void)
{
    for (size_t i = 0; i < MM_COUNT(told); i++)
        sigaction(told[i], &told_before[i], NULL);
    for (size_t i = 0; i < MM_COUNT(fatal); i++)
        sigaction(fatal[i], &fatal_before[i], NULL);
    write_end = -1;
    for (int i = 0; i < 2; i++) {
        close(rescue.pipe[i]);
        rescue.pipe[i] = -1;
    }
}

void signals_undo(int what)
{
    rescue.undo = what;
}

int signals_fd(void)
{
    return rescue.pipe[0];
}

int signals_next(void)
{
    unsigned char number;
    return read(rescue.pipe[0], &number, 1) == 1 ? number : 0;
}

void signals_stop_here(void)
{
    struct sigaction fallback = {.sa_handler = SIG_DFL};
    struct sigaction ours;
    sigaction(SIGTSTP, &fallback, &ours);
    kill(0, SIGTSTP); /* the whole job; we go on after SIGCONT */
    sigaction(SIGTSTP, &ours, NULL);
}
