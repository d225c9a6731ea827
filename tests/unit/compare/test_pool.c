#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/compare.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

enum { JOBS = 300 };

struct work {
    struct mm_job job;
    int ran, collected; /* how often */
    bool saw_cancel, signals_blocked;
    pthread_t thread;
    atomic_bool *started; /* said so, then waits for cancel */
};

static void run(struct mm_job *job, const atomic_bool *cancel)
{
    struct work *work = (struct work *)job;
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    work->signals_blocked = sigismember(&blocked, SIGINT) == 1 && sigismember(&blocked, SIGWINCH) == 1;
    work->thread = pthread_self();
    work->ran++;
    if (work->started) {
        atomic_store(work->started, true);
        while (!atomic_load(cancel))
            sched_yield();
    }
    work->saw_cancel = atomic_load(cancel);
}

static void prepare(struct work *work, size_t count)
{
    memset(work, 0, count * sizeof *work);
    for (size_t i = 0; i < count; i++)
        work[i].job.run = run;
}

static struct mm_pool *open_pool(unsigned threads)
{
    struct mm_pool *pool = NULL;
    struct mm_err err;
    assert_int_equal(mm_pool_open(&pool, threads, &err), 0);
    return pool;
}

static size_t collect(struct mm_pool *pool)
{
    size_t count = 0;
    for (struct mm_job *job; (job = mm_pool_finished(pool)); count++)
        ((struct work *)job)->collected++;
    return count;
}

static void collect_all(struct mm_pool *pool)
{
    for (;;) {
        collect(pool);
        if (mm_pool_idle(pool))
            return;
        mm_pool_wait(pool);
    }
}

static bool is_readable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) == 1;
}

static const unsigned thread_counts[] = {0, 1, 4};

/* ---- submitted jobs ---- */

static void every_job_runs_once_and_comes_back(void **state)
{
    (void)state;
    for (size_t t = 0; t < MM_COUNT(thread_counts); t++) {
        struct work work[JOBS];
        prepare(work, JOBS);
        struct mm_pool *pool = open_pool(thread_counts[t]);
        assert_true(mm_pool_idle(pool));
        for (size_t i = 0; i < JOBS; i++)
            mm_pool_submit(pool, &work[i].job);
        assert_false(mm_pool_idle(pool)); /* even if all have run: they wait to be collected */
        collect_all(pool);
        assert_null(mm_pool_finished(pool));
        for (size_t i = 0; i < JOBS; i++) {
            assert_int_equal(work[i].ran, 1);
            assert_int_equal(work[i].collected, 1);
            assert_false(work[i].saw_cancel);
        }
        mm_pool_close(pool);
    }
}

static void inline_jobs_run_when_asked_one_by_one(void **state)
{
    (void)state;
    struct work work[3];
    prepare(work, 3);
    struct mm_pool *pool = open_pool(0);
    assert_int_equal(mm_pool_fd(pool), -1);
    for (size_t i = 0; i < 3; i++)
        mm_pool_submit(pool, &work[i].job);
    mm_pool_wait(pool); /* nothing to wait for: it must not hang */
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(work[i].ran, 0);
        assert_ptr_equal(mm_pool_finished(pool), &work[i].job);
        assert_int_equal(work[i].ran, 1);
        assert_true(pthread_equal(work[i].thread, pthread_self()));
    }
    assert_true(mm_pool_idle(pool));
    mm_pool_close(pool);
}

static void workers_leave_signals_alone(void **state)
{
    (void)state;
    struct work work[1];
    sigset_t before, after;
    prepare(work, 1);
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    struct mm_pool *pool = open_pool(1);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    assert_int_equal(sigismember(&after, SIGINT), sigismember(&before, SIGINT));
    mm_pool_submit(pool, &work[0].job);
    collect_all(pool);
    assert_true(work[0].signals_blocked);
    assert_false(pthread_equal(work[0].thread, pthread_self()));
    mm_pool_close(pool);
}

static void the_descriptor_tells(void **state)
{
    (void)state;
    struct work work[2];
    prepare(work, 2);
    struct mm_pool *pool = open_pool(1);
    int fd = mm_pool_fd(pool);
    assert_true(fd >= 0);
    assert_false(is_readable(fd));
    for (int round = 0; round < 3; round++) {
        mm_pool_submit(pool, &work[0].job);
        mm_pool_submit(pool, &work[1].job);
        mm_pool_wait(pool);
        assert_true(is_readable(fd));
        size_t seen = 0;
        while (seen < 2) {
            mm_pool_wait(pool);
            seen += mm_pool_finished(pool) != NULL;
        }
        assert_false(is_readable(fd));
        assert_true(mm_pool_idle(pool));
    }
    mm_pool_close(pool);
}

/* ---- the source ---- */

struct supply {
    struct work *work;
    size_t next, end, asked;
};

static struct mm_job *hand_out(void *context)
{
    struct supply *supply = context;
    supply->asked++;
    return supply->next < supply->end ? &supply->work[supply->next++].job : NULL;
}

static void more(void *context)
{
    struct supply *supply = context;
    supply->end = JOBS;
}

static void a_source_is_asked_when_kicked(void **state)
{
    (void)state;
    for (size_t t = 0; t < MM_COUNT(thread_counts); t++) {
        struct work work[JOBS];
        struct supply supply = {.work = work, .end = JOBS / 2};
        prepare(work, JOBS);
        struct mm_pool *pool = open_pool(thread_counts[t]);
        mm_pool_set_source(pool, hand_out, &supply);
        assert_true(mm_pool_idle(pool)); /* nothing moves before the kick */
        assert_null(mm_pool_finished(pool));
        mm_pool_kick(pool);
        collect_all(pool);
        assert_int_equal(supply.next, JOBS / 2);
        mm_pool_locked(pool, more, &supply);
        assert_true(mm_pool_idle(pool)); /* it was dry: nobody asks again by himself */
        mm_pool_kick(pool);
        assert_true(thread_counts[t] || !mm_pool_idle(pool));
        collect_all(pool);
        for (size_t i = 0; i < JOBS; i++) {
            assert_int_equal(work[i].ran, 1);
            assert_int_equal(work[i].collected, 1);
        }
        mm_pool_kick(pool);
        collect_all(pool);
        mm_pool_close(pool);
    }
}

static void submitted_comes_before_the_source(void **state)
{
    (void)state;
    struct work work[4], urgent[2];
    struct supply supply = {.work = work, .end = 4};
    prepare(work, 4);
    prepare(urgent, 2);
    struct mm_pool *pool = open_pool(0);
    mm_pool_set_source(pool, hand_out, &supply);
    mm_pool_kick(pool);
    assert_ptr_equal(mm_pool_finished(pool), &work[0].job);
    mm_pool_submit(pool, &urgent[0].job);
    mm_pool_submit(pool, &urgent[1].job);
    assert_ptr_equal(mm_pool_finished(pool), &urgent[0].job);
    assert_ptr_equal(mm_pool_finished(pool), &urgent[1].job);
    assert_ptr_equal(mm_pool_finished(pool), &work[1].job);
    mm_pool_close(pool);
}

/* Submitting and changing the source's state while it is being asked: what a thread sanitizer looks at. */
static void all_at_once(void **state)
{
    (void)state;
    struct work work[JOBS], urgent[JOBS];
    struct supply supply = {.work = work};
    prepare(work, JOBS);
    prepare(urgent, JOBS);
    struct mm_pool *pool = open_pool(4);
    mm_pool_set_source(pool, hand_out, &supply);
    for (size_t i = 0; i < JOBS; i++) {
        mm_pool_submit(pool, &urgent[i].job);
        if (i == JOBS / 3)
            mm_pool_locked(pool, more, &supply);
        mm_pool_kick(pool);
        collect(pool);
    }
    collect_all(pool);
    for (size_t i = 0; i < JOBS; i++) {
        assert_int_equal(work[i].collected, 1);
        assert_int_equal(urgent[i].collected, 1);
    }
    mm_pool_close(pool);
}

/* Who waits for more jobs than there are is not left waiting; who waits for some finds as many, and all come back. */
static void waiting_for_several(void **state)
{
    (void)state;
    for (size_t t = 0; t < MM_COUNT(thread_counts); t++) {
        struct work work[JOBS];
        size_t got = 0;
        prepare(work, JOBS);
        struct mm_pool *pool = open_pool(thread_counts[t]);
        for (size_t i = 0; i < JOBS; i++)
            mm_pool_submit(pool, &work[i].job);
        mm_pool_wait_for(pool, 16);
        got = collect(pool);
        assert_true(got >= 16);
        mm_pool_wait_for(pool, 2 * JOBS);
        got += collect(pool);
        assert_int_equal(got, JOBS);
        assert_true(mm_pool_idle(pool));
        if (mm_pool_fd(pool) >= 0)
            assert_false(is_readable(mm_pool_fd(pool)));
        mm_pool_wait_for(pool, 1); /* nothing to wait for */
        mm_pool_close(pool);
    }
}

/* ---- stopping ---- */

static void stop_gives_back_what_did_not_run(void **state)
{
    (void)state;
    struct work work[JOBS];
    atomic_bool started = false;
    prepare(work, JOBS);
    work[0].started = &started;
    struct mm_pool *pool = open_pool(1);
    mm_pool_submit(pool, &work[0].job);
    while (!atomic_load(&started))
        sched_yield();
    for (size_t i = 1; i < JOBS; i++) /* these queue behind one that waits for cancel */
        mm_pool_submit(pool, &work[i].job);
    mm_pool_stop(pool);
    assert_int_equal(collect(pool), JOBS);
    assert_int_equal(work[0].ran, 1);
    assert_true(work[0].saw_cancel);
    for (size_t i = 1; i < JOBS; i++)
        assert_int_equal(work[i].ran, 0);
    for (size_t i = 0; i < JOBS; i++)
        assert_int_equal(work[i].collected, 1);
    mm_pool_close(pool);
}

static void stop_with_a_source(void **state)
{
    (void)state;
    for (size_t t = 0; t < MM_COUNT(thread_counts); t++) {
        struct work work[JOBS];
        struct supply supply = {.work = work, .end = JOBS};
        prepare(work, JOBS);
        struct mm_pool *pool = open_pool(thread_counts[t]);
        mm_pool_set_source(pool, hand_out, &supply);
        mm_pool_kick(pool);
        mm_pool_stop(pool);
        assert_int_equal(collect(pool), supply.next); /* what was handed out comes back, no more, no less */
        mm_pool_close(pool);
    }
}

static void after_the_stop(void **state)
{
    (void)state;
    for (size_t t = 0; t < MM_COUNT(thread_counts); t++) {
        struct work work[2];
        struct supply supply = {.work = work, .end = 1};
        prepare(work, 2);
        struct mm_pool *pool = open_pool(thread_counts[t]);
        mm_pool_set_source(pool, hand_out, &supply);
        mm_pool_stop(pool);
        mm_pool_stop(pool);
        mm_pool_submit(pool, &work[1].job); /* does not run, is not lost */
        mm_pool_kick(pool);
        assert_ptr_equal(mm_pool_finished(pool), &work[1].job);
        assert_null(mm_pool_finished(pool));
        assert_int_equal(work[1].ran, 0);
        assert_int_equal(supply.asked, 0);
        assert_true(mm_pool_idle(pool));
        mm_pool_wait(pool);
        mm_pool_close(pool);
    }
}

static void close_at_once_and_of_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        mm_pool_close(open_pool(4));
    mm_pool_close(open_pool(0));
    mm_pool_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_runs_once_and_comes_back),
        cmocka_unit_test(inline_jobs_run_when_asked_one_by_one),
        cmocka_unit_test(workers_leave_signals_alone),
        cmocka_unit_test(the_descriptor_tells),
        cmocka_unit_test(a_source_is_asked_when_kicked),
        cmocka_unit_test(submitted_comes_before_the_source),
        cmocka_unit_test(all_at_once),
        cmocka_unit_test(waiting_for_several),
        cmocka_unit_test(stop_gives_back_what_did_not_run),
        cmocka_unit_test(stop_with_a_source),
        cmocka_unit_test(after_the_stop),
        cmocka_unit_test(close_at_once_and_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
