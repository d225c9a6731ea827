#include "mmtui/compare.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* First in, first out. */
struct queue {
    struct mm_job *first, *last;
    size_t count;
};

/* A worker: one thread. Its number tells jobs which scratch memory is theirs alone. */
struct worker {
    struct mm_pool *pool;
    unsigned number;
    pthread_t thread;
};

struct mm_pool {
    pthread_mutex_t lock; /* guards everything below but cancel and fd */
    pthread_cond_t work;  /* there may be something to do */
    pthread_cond_t done;  /* something was finished, or the pool ran dry */
    struct queue urgent, finished;
    mm_pool_source source;
    void *context;
    size_t enough; /* so many finished jobs are worth waking up who waits for them */
    bool told;     /* `fd` is readable */
    bool dry;      /* the source had nothing when asked last */
    bool stopping;
    unsigned running;
    atomic_bool cancel;
    int fd; /* readable while there are finished jobs */
    unsigned threads;
    struct worker worker[];
};

static void put(struct queue *queue, struct mm_job *job)
{
    job->next = NULL;
    if (queue->last)
        queue->last->next = job;
    else
        queue->first = job;
    queue->last = job;
    queue->count++;
}

static struct mm_job *take(struct queue *queue)
{
    struct mm_job *job = queue->first;
    if (job) {
        queue->first = job->next;
        queue->count--;
        if (!queue->first)
            queue->last = NULL;
    }
    return job;
}

/* The next job to run, or NULL. Under the lock. */
static struct mm_job *next_job(struct mm_pool *pool)
{
    struct mm_job *job = take(&pool->urgent);
    if (job || pool->dry || !pool->source)
        return job;
    job = pool->source(pool->context);
    pool->dry = !job;
    return job;
}

static void wake_reader(struct mm_pool *pool)
{
    uint64_t one = 1;
    if (pool->fd < 0 || pool->told)
        return;
    ssize_t n = write(pool->fd, &one, sizeof one);
    (void)n; /* it is read before it is written again */
    pool->told = true;
}

static void run_one(struct mm_pool *pool, struct mm_job *job, unsigned worker)
{
    pool->running++;
    job->worker = worker;
    pthread_mutex_unlock(&pool->lock);
    job->run(job, &pool->cancel);
    pthread_mutex_lock(&pool->lock);
    pool->running--;
    put(&pool->finished, job);
    wake_reader(pool);
    if (pool->finished.count >= pool->enough)
        pthread_cond_broadcast(&pool->done);
}

static void *work(void *argument)
{
    const struct worker *worker = argument;
    struct mm_pool *pool = worker->pool;
    pthread_mutex_lock(&pool->lock);
    while (!pool->stopping) {
        struct mm_job *job = next_job(pool);
        if (job) {
            run_one(pool, job, worker->number);
        } else {
            pthread_cond_broadcast(&pool->done);
            pthread_cond_wait(&pool->work, &pool->lock);
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* What the deepest job takes (its tiles lie on the stack, up to 64 KiB a piece), four times over; whatever `ulimit -s` says. */
#define STACK_SIZE (2 << 20)

static int begin_thread(struct worker *worker)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    int result = pthread_create(&worker->thread, &attributes, work, worker);
    pthread_attr_destroy(&attributes);
    return result;
}

/*
 * Signals belong to the main thread: workers start with all of them blocked, but for those that a worker's
 * own instruction raises. Blocked, these would end the process past every handler (see base/guard.h).
 */
static unsigned start_threads(struct mm_pool *pool, unsigned threads)
{
    static const int own[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL};
    sigset_t all, before;
    sigfillset(&all);
    for (size_t i = 0; i < MM_COUNT(own); i++)
        sigdelset(&all, own[i]);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    unsigned started = 0;
    while (started < threads) {
        struct worker *worker = &pool->worker[started];
        *worker = (struct worker){.pool = pool, .number = started};
        if (begin_thread(worker) != 0)
            break;
        started++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

int mm_pool_open(struct mm_pool **out, unsigned threads, struct mm_err *err)
{
    struct mm_pool *pool = calloc(1, sizeof *pool + threads * sizeof pool->worker[0]);
    if (!pool)
        return mm_fail_memory(err);
    pool->dry = true;
    pool->enough = 1;
    pool->fd = -1;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->done, NULL);
    if (threads > 0 && (pool->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0) {
        mm_fail_errno(err, "worker pool", "making an event descriptor");
        mm_pool_close(pool);
        return -1;
    }
    /* fewer threads than asked for still do the work; none at all means inline */
    pool->threads = start_threads(pool, threads);
    *out = pool;
    return 0;
}

unsigned mm_pool_workers(const struct mm_pool *pool)
{
    return pool->threads ? pool->threads : 1;
}

void mm_pool_stop(struct mm_pool *pool)
{
    atomic_store(&pool->cancel, true);
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pool->dry = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->threads; i++)
        pthread_join(pool->worker[i].thread, NULL);
    pool->threads = 0;
    struct mm_job *job;
    while ((job = take(&pool->urgent)))
        put(&pool->finished, job);
}

void mm_pool_close(struct mm_pool *pool)
{
    if (!pool)
        return;
    mm_pool_stop(pool);
    if (pool->fd >= 0)
        close(pool->fd);
    pthread_cond_destroy(&pool->done);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

void mm_pool_submit(struct mm_pool *pool, struct mm_job *job)
{
    pthread_mutex_lock(&pool->lock);
    put(pool->stopping ? &pool->finished : &pool->urgent, job); /* too late to run, not to be given back */
    pthread_cond_signal(&pool->work);
    pthread_mutex_unlock(&pool->lock);
}

void mm_pool_set_source(struct mm_pool *pool, mm_pool_source source, void *context)
{
    pthread_mutex_lock(&pool->lock);
    pool->source = source;
    pool->context = context;
    pthread_mutex_unlock(&pool->lock);
}

void mm_pool_kick(struct mm_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->dry = !pool->source || pool->stopping;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
}

void mm_pool_locked(struct mm_pool *pool, void (*change)(void *context), void *context)
{
    pthread_mutex_lock(&pool->lock);
    change(context);
    pthread_mutex_unlock(&pool->lock);
}

/* With workers: empty the event descriptor once nothing more waits, so that it stops being readable. */
static void drain_fd(struct mm_pool *pool)
{
    uint64_t count;
    if (pool->told && !pool->finished.first) {
        ssize_t n = read(pool->fd, &count, sizeof count);
        (void)n;
        pool->told = false;
    }
}

struct mm_job *mm_pool_finished(struct mm_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    if (pool->threads == 0 && !pool->stopping && !pool->finished.first) {
        struct mm_job *job = next_job(pool);
        if (job)
            run_one(pool, job, 0);
    }
    struct mm_job *job = take(&pool->finished);
    drain_fd(pool);
    pthread_mutex_unlock(&pool->lock);
    return job;
}

int mm_pool_fd(const struct mm_pool *pool)
{
    return pool->threads ? pool->fd : -1;
}

static bool is_idle(const struct mm_pool *pool)
{
    return !pool->urgent.first && !pool->finished.first && !pool->running && pool->dry;
}

bool mm_pool_idle(struct mm_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    bool idle = is_idle(pool);
    pthread_mutex_unlock(&pool->lock);
    return idle;
}

void mm_pool_wait_for(struct mm_pool *pool, size_t count)
{
    pthread_mutex_lock(&pool->lock);
    pool->enough = count;
    while (pool->threads && pool->finished.count < count &&
           (pool->urgent.first || pool->running || !pool->dry))
        pthread_cond_wait(&pool->done, &pool->lock);
    pool->enough = 1;
    pthread_mutex_unlock(&pool->lock);
}

void mm_pool_wait(struct mm_pool *pool)
{
    mm_pool_wait_for(pool, 1);
}
