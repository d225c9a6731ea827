#include "base/guard.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#define FREE  ((uintptr_t)0)
#define TAKEN ((uintptr_t)1) /* being filled in: no mapping begins here */

struct slot {
    atomic_uintptr_t begin;
    atomic_size_t size;
    atomic_bool lost;
};

/* A signal handler can reach nothing but objects with static storage. */
static struct slot slots[MM_GUARD_SLOTS];
static struct sigaction before; /* whose faults are not ours */
static volatile sig_atomic_t passed_on;
static size_t page;
static pthread_mutex_t installing = PTHREAD_MUTEX_INITIALIZER;

static struct slot *find(uintptr_t address)
{
    for (size_t i = 0; i < MM_GUARD_SLOTS; i++) {
        uintptr_t begin = atomic_load_explicit(&slots[i].begin, memory_order_acquire);
        if (begin > TAKEN && address >= begin && address - begin < atomic_load(&slots[i].size))
            return &slots[i];
    }
    return NULL;
}

/*
 * Zeros from the page of `address` to the mapping's end: all of it is gone. Not writable, so that the pages
 * are the system's one page of zeros. mmap is a plain system call here, safe in a handler.
 */
static bool put_zeros(struct slot *slot, uintptr_t address)
{
    uintptr_t first = address & ~(uintptr_t)(page - 1);
    uintptr_t end = atomic_load(&slot->begin) + atomic_load(&slot->size);
    void *zeros = mmap((void *)first, end - first, PROT_READ,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    if (zeros == MAP_FAILED)
        return false;
    atomic_store(&slot->lost, true);
    return true;
}

/* As if our handler were not there. */
static void pass_on(int number, siginfo_t *info, void *context)
{
    bool was_sent = info->si_code <= 0; /* by raise or kill: returning does not bring it again */
    bool again = passed_on && was_sent; /* the one before has come back to us */
    passed_on = 1;
    if (!again && (before.sa_flags & SA_SIGINFO)) {
        before.sa_sigaction(number, info, context);
    } else if (!again && before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
        before.sa_handler(number);
    } else {
        sigaction(number, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
        if (was_sent)
            raise(number);
    }
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    int kept = errno;
    uintptr_t address = (uintptr_t)info->si_addr;
    struct slot *slot = info->si_code > 0 ? find(address) : NULL;
    if (!slot || !put_zeros(slot, address))
        pass_on(number, info, context);
    errno = kept;
}

static void install(void)
{
    struct sigaction now;
    pthread_mutex_lock(&installing);
    sigaction(SIGBUS, NULL, &now);
    if (!(now.sa_flags & SA_SIGINFO) || now.sa_sigaction != on_fault) {
        struct sigaction ours = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
        sigfillset(&ours.sa_mask);
        before = now;
        passed_on = 0;
        page = (size_t)sysconf(_SC_PAGESIZE);
        sigaction(SIGBUS, &ours, NULL);
    }
    pthread_mutex_unlock(&installing);
}

int mm_guard_add(const void *base, size_t size)
{
    install();
    for (int i = 0; i < MM_GUARD_SLOTS; i++) {
        uintptr_t expected = FREE;
        if (!atomic_compare_exchange_strong(&slots[i].begin, &expected, TAKEN))
            continue;
        atomic_store(&slots[i].size, size);
        atomic_store(&slots[i].lost, false);
        atomic_store_explicit(&slots[i].begin, (uintptr_t)base, memory_order_release);
        return i;
    }
    return -1;
}

void mm_guard_remove(int slot)
{
    atomic_store(&slots[slot].begin, FREE);
}

bool mm_guard_lost(int slot)
{
    return atomic_load(&slots[slot].lost);
}
