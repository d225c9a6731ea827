#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "session/requests.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

/* A request for ten times a number; released ones are counted. */
struct number {
    struct request request;
    int value, answer;
    int *released;
};

/* How a worker and the test meet: a number below zero fails, ENDLESS goes on until it is stopped. */
#define ENDLESS 1000
static atomic_bool under_way; /* an endless one has told its progress */

static int run(struct request *request, const struct mm_control *control, struct mm_err *err)
{
    struct number *number = (struct number *)request;
    if (number->value < 0)
        return mm_fail(err, MM_EARG, "negative");
    if (number->value == ENDLESS) {
        mm_progress_expect(control->progress, 8);
        mm_progress_add(control->progress, 2);
        atomic_store(&under_way, true);
        while (!atomic_load(control->cancel))
            sched_yield();
        return mm_fail(err, MM_ECANCELLED, "stopped");
    }
    assert_false(atomic_load(control->cancel)); /* what nobody wants any more is not begun */
    number->answer = number->value * 10;
    return 0;
}

static bool same(const struct request *had, const struct request *wanted)
{
    return ((const struct number *)had)->value == ((const struct number *)wanted)->value;
}

static void release(struct request *request)
{
    ++*((struct number *)request)->released;
}

static const struct request_kind kind = {
    .name = "number", .size = sizeof(struct number), .run = run, .same = same, .release = release};

/* What a test has: all kept, a pool, and how many were released. */
struct desk {
    struct requests requests;
    struct mm_pool *pool;
    int released;
};

static void desk_open(struct desk *desk, unsigned threads)
{
    *desk = (struct desk){.released = 0};
    assert_int_equal(mm_pool_open(&desk->pool, threads, NULL), 0);
    atomic_store(&under_way, false);
}

static void desk_collect(struct desk *desk)
{
    struct mm_job *job;
    while ((job = mm_pool_finished(desk->pool)))
        assert_true(requests_collect(job));
}

static void desk_close(struct desk *desk)
{
    requests_stop(&desk->requests);
    mm_pool_stop(desk->pool);
    desk_collect(desk);
    requests_done(&desk->requests);
    mm_pool_close(desk->pool);
}

/* The answer, -1 (being worked out) or -2 with *error. */
static int ask_of(struct desk *desk, size_t id, int value, const char **error)
{
    const struct number wanted = {
        .request = {.kind = &kind, .id = id}, .value = value, .released = &desk->released};
    const struct request *answer = requests_ask(&desk->requests, &wanted.request, desk->pool, error);
    if (answer)
        assert_null(*error);
    return answer ? ((const struct number *)answer)->answer : *error ? -2 : -1;
}

static int ask(struct desk *desk, int value)
{
    const char *error;
    return ask_of(desk, 0, value, &error);
}

static void answers(void **state)
{
    (void)state;
    struct desk desk;
    const char *error;
    desk_open(&desk, 0);
    assert_int_equal(ask(&desk, 1), -1);
    assert_int_equal(ask(&desk, -5), -1);
    assert_int_equal(ask(&desk, 1), -1); /* still being worked out, and once is enough */
    desk_collect(&desk);
    assert_int_equal(ask(&desk, 1), 10);
    assert_int_equal(ask_of(&desk, 0, -5, &error), -2);
    assert_string_equal(error, "negative");
    assert_int_equal(ask_of(&desk, 3, 1, &error), -1); /* of another layer: another */
    desk_collect(&desk);
    assert_int_equal(ask_of(&desk, 3, 1, &error), 10);
    assert_null(error);
    assert_true(mm_pool_idle(desk.pool));
    assert_int_equal(desk.released, 0);
    desk_close(&desk);
    assert_int_equal(desk.released, 3);
}

static void foreign(struct mm_job *job, const atomic_bool *cancel)
{
    (void)job, (void)cancel;
}

static void jobs_of_others(void **state)
{
    (void)state;
    struct mm_job job = {.run = foreign};
    assert_false(requests_collect(&job));
}

/* The one that was not asked for longest goes; one that the pool has, when it comes back. */
static void least_recent_goes(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk, 0);
    for (int i = 0; i < REQUESTS_KEPT; i++)
        ask(&desk, i);
    desk_collect(&desk);
    assert_int_equal(ask(&desk, 0), 0); /* now 1 is the oldest */
    ask(&desk, 100);
    assert_int_equal(desk.released, 1);
    assert_int_equal(ask(&desk, 0), 0);
    for (int i = 0; i < REQUESTS_KEPT; i++) /* pushes 100 out, which is with the pool */
        ask(&desk, 200 + i);
    assert_int_equal(desk.released, REQUESTS_KEPT);
    desk_collect(&desk);
    assert_int_equal(desk.released, REQUESTS_KEPT + 1);
    assert_int_equal(ask(&desk, 205), 2050);
    assert_int_equal(ask(&desk, 100), -1); /* was not kept */
    desk_close(&desk);
    assert_int_equal(desk.released, 2 * REQUESTS_KEPT + 2);
}

static void wait_under_way(void)
{
    while (!atomic_load(&under_way))
        sched_yield();
}

static void progress_and_cancel(void **state)
{
    (void)state;
    struct desk desk;
    const char *error;
    desk_open(&desk, 1);
    assert_true(requests_progress(&desk.requests, 7) == -1);
    assert_int_equal(ask_of(&desk, 7, ENDLESS, &error), -1);
    assert_int_equal(ask_of(&desk, 8, 5, &error), -1); /* behind it */
    wait_under_way();
    assert_true(requests_progress(&desk.requests, 7) == 0.25);
    assert_true(requests_progress(&desk.requests, 8) == -1);
    requests_cancel(&desk.requests, 6); /* somebody else */
    assert_true(requests_progress(&desk.requests, 7) == 0.25);
    requests_cancel(&desk.requests, 7);
    assert_true(requests_progress(&desk.requests, 7) == -1);
    while (!mm_pool_idle(desk.pool)) {
        mm_pool_wait(desk.pool);
        desk_collect(&desk);
    }
    assert_int_equal(desk.released, 1);
    assert_int_equal(ask_of(&desk, 8, 5, &error), 50);
    requests_cancel(&desk.requests, 8); /* an answer stays */
    assert_int_equal(ask_of(&desk, 8, 5, &error), 50);
    atomic_store(&under_way, false);
    assert_int_equal(ask_of(&desk, 7, ENDLESS, &error), -1); /* anew: no error is left of the first */
    wait_under_way();
    assert_true(requests_progress(&desk.requests, 7) == 0.25);
    desk_close(&desk); /* ends, although this one does not by itself */
    assert_int_equal(desk.released, 3);
}

/* What makes room for others is stopped. */
static void pushed_out(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk, 1);
    ask(&desk, ENDLESS);
    wait_under_way();
    for (int i = 0; i < REQUESTS_KEPT; i++)
        ask(&desk, i);
    while (!mm_pool_idle(desk.pool)) {
        mm_pool_wait(desk.pool);
        desk_collect(&desk);
    }
    assert_int_equal(desk.released, 1);
    for (int i = 0; i < REQUESTS_KEPT; i++)
        assert_int_equal(ask(&desk, i), 10 * i);
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),           cmocka_unit_test(jobs_of_others),
        cmocka_unit_test(least_recent_goes), cmocka_unit_test(progress_and_cancel),
        cmocka_unit_test(pushed_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
