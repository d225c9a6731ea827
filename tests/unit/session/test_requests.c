#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "session/requests.h"

#include <stdlib.h>
#include <string.h>

/* A request for a number; released ones are counted. */
struct number {
    struct request request;
    int value, answer;
    int *released;
};

static void run(struct mm_job *job, const atomic_bool *cancel)
{
    struct number *number = (struct number *)job;
    (void)cancel;
    number->answer = number->value * 10;
    if (number->value < 0)
        mm_fail(&number->request.error, MM_EARG, "negative");
}

static void release(struct request *request)
{
    ++*((struct number *)request)->released;
    free(request);
}

static bool same(const struct request *had, const struct request *wanted)
{
    return ((const struct number *)had)->value == ((const struct number *)wanted)->value;
}

static struct number *find(struct requests *requests, int value)
{
    struct number wanted = {.value = value};
    return (struct number *)requests_find(requests, &wanted.request, same);
}

static struct number *submit(struct requests *requests, struct mm_pool *pool, int value, int *released)
{
    struct number *number = calloc(1, sizeof *number);
    assert_non_null(number);
    *number = (struct number){
        .request = {.job = {.run = run}, .release = release}, .value = value, .released = released};
    requests_submit_take(requests, &number->request, pool);
    return number;
}

static void collect_all(struct mm_pool *pool)
{
    struct mm_job *job;
    while ((job = mm_pool_finished(pool)))
        request_collected((struct request *)job);
}

static void answers(void **state)
{
    (void)state;
    struct requests requests = {{NULL}};
    struct mm_pool *pool;
    const char *error;
    int released = 0;
    assert_int_equal(mm_pool_open(&pool, 0, NULL), 0);
    assert_null(find(&requests, 1));
    submit(&requests, pool, 1, &released);
    submit(&requests, pool, -1, &released);
    assert_false(request_ready(&find(&requests, 1)->request, &error));
    assert_null(error); /* still running */
    collect_all(pool);
    assert_true(request_ready(&find(&requests, 1)->request, &error));
    assert_null(error);
    assert_int_equal(find(&requests, 1)->answer, 10);
    assert_false(request_ready(&find(&requests, -1)->request, &error));
    assert_string_equal(error, "negative");
    assert_int_equal(released, 0);
    requests_done(&requests);
    assert_int_equal(released, 2);
    mm_pool_close(pool);
}

/* The one that was not asked for longest goes; a running one when it comes back. */
static void least_recent_goes(void **state)
{
    (void)state;
    struct requests requests = {{NULL}};
    struct mm_pool *pool;
    int released = 0;
    assert_int_equal(mm_pool_open(&pool, 0, NULL), 0);
    for (int i = 0; i < REQUESTS_KEPT; i++)
        submit(&requests, pool, i, &released);
    collect_all(pool);
    assert_non_null(find(&requests, 0)); /* now 1 is the oldest */
    submit(&requests, pool, 100, &released);
    assert_int_equal(released, 1);
    assert_null(find(&requests, 1));
    assert_non_null(find(&requests, 0));
    assert_non_null(find(&requests, 100));
    for (int i = 0; i < REQUESTS_KEPT; i++) /* pushes 100 out, which is with the pool */
        submit(&requests, pool, 200 + i, &released);
    assert_null(find(&requests, 100));
    assert_int_equal(released, REQUESTS_KEPT);
    collect_all(pool);
    assert_int_equal(released, REQUESTS_KEPT + 1);
    requests_done(&requests);
    assert_int_equal(released, 2 * REQUESTS_KEPT + 1);
    mm_pool_close(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(least_recent_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
