/* A thread that waits for signals: no handler, and nothing that is global. */
#include "cli/interrupt.h"

#include <stddef.h>
#include <unistd.h>

#include "mmtui/base.h"

static void watched(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGUSR2); /* from interrupt_end: it is over */
}

#define TRIES 1000 /* the run goes on writing meanwhile */

static void remove_folder(struct interrupt *interrupt)
{
    const char *folder = atomic_load(&interrupt->folder);
    for (int i = 0; folder && i < TRIES && access(folder, F_OK) == 0; i++)
        mm_folder_remove(folder);
}

static void *wait_for_signals(void *argument)
{
    struct interrupt *interrupt = argument;
    sigset_t set;
    int number;
    watched(&set);
    while (sigwait(&set, &number) == 0 && number != SIGUSR2) {
        if (atomic_exchange(&interrupt->stopped, true) || atomic_load(&interrupt->at_once)) {
            remove_folder(interrupt);
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
    atomic_init(&interrupt->at_once, false);
    atomic_init(&interrupt->signal, 0);
    atomic_init(&interrupt->folder, NULL);
    pthread_sigmask(SIG_BLOCK, &set, &interrupt->before);
    interrupt->started = pthread_create(&interrupt->thread, NULL, wait_for_signals, interrupt) == 0;
}

void interrupt_removes(struct interrupt *interrupt, const char *folder)
{
    atomic_store(&interrupt->folder, folder);
}

void interrupt_at_once(struct interrupt *interrupt)
{
    atomic_store(&interrupt->at_once, true);
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
