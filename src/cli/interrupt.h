/* interrupt: Ctrl-C, SIGTERM and SIGHUP as a flag, for commands that write as they go; the second one ends the program.
 * Where nobody looks at the flag, the first one does. */
#ifndef MMTUI_CLI_INTERRUPT_H
#define MMTUI_CLI_INTERRUPT_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

struct interrupt {
    atomic_bool stopped;
    atomic_bool at_once;          /* nobody looks at `stopped`: the first signal ends the program */
    atomic_int signal;            /* which one it was; 0: none */
    _Atomic(const char *) folder; /* is removed before the program is ended; NULL: none */
    sigset_t before;
    pthread_t thread;
    bool started;
};

/* From now on the signals are told here. Threads begun later don't get them. */
void interrupt_begin(struct interrupt *interrupt);
/* From now on nobody looks at `stopped`. */
void interrupt_at_once(struct interrupt *interrupt);
/* A folder (borrowed; NULL: none any more) that must not be left behind when a second signal ends the program. */
void interrupt_removes(struct interrupt *interrupt, const char *folder);
/* As it was before. Returns the signal that came, or 0. */
int interrupt_end(struct interrupt *interrupt);

#endif
