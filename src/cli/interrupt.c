/* A thread that waits for signals: no handler, and nothing that is global. */
#include "cli/interrupt.h"

#include <stddef.h>
#include <unistd.h>

static void watched(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGUSR2); /* from interrupt_end: it is over */
}

static void *wait_for_signals(void *argument)
{
    struct interrupt *interrupt = argument;
    sigset_t set;
    int number;
    watched(&set);
    while (sigwait(&set, &number) == 0 && number != SIGUSR2) {
        if (atomic_exchange(&interrupt->stopped, true)) {
            signal(number, SIG_DFL);
            pthread_sigmask(SIG_UNBLOCK, &set, NULL);
            kill(getpid(), number);
        }
        atomic_store(&interrupt->signal, number);
    }
    return NULL;
}

void interrupt_begin(struct interrupt *interrupt)
{
    sigset_t set;
    watched(&set);
    atomic_init(&interrupt->stopped, false);
    atomic_init(&interrupt->signal, 0);
    pthread_sigmask(SIG_BLOCK, &set, &interrupt->before);
    interrupt->started = pthread_create(&interrupt->thread, NULL, wait_for_signals, interrupt) == 0;
}

int interrupt_end(struct interrupt *interrupt)
{
    if (interrupt->started) {
        pthread_kill(interrupt->thread, SIGUSR2);
        pthread_join(interrupt->thread, NULL);
    }
    pthread_sigmask(SIG_SETMASK, &interrupt->before, NULL);
    return atomic_load(&interrupt->signal);
}
