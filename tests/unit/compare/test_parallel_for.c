/* Pieces done by several threads: each once, and nobody leaves too early. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/compare.h"
#include "compare/parallel_for.h"

#include <string.h>

#define PIECES 1000

struct work {
    struct mm_parallel_for loop;
    atomic_int done[PIECES];
};

static void do_piece(struct mm_parallel_for *loop, size_t piece)
{
    atomic_fetch_add(&((struct work *)loop)->done[piece], 1);
}

static void check_done(const struct work *work, size_t count)
{
    for (size_t i = 0; i < PIECES; i++)
        assert_int_equal(atomic_load(&work->done[i]), i < count);
}

static void alone(void **state)
{
    struct work work;
    (void)state;
    for (size_t count = 0; count < 5; count++) {
        memset(&work, 0, sizeof(work));
        work.loop.run = do_piece;
        work.loop.count = count;
        mm_parallel_for_run(NULL, &work.loop);
        check_done(&work, count);
    }
}

/* ---- with others ---- */

static struct mm_helpers *helpers;
static atomic_int calls;
static atomic_bool over;

static void call(struct mm_helpers *caller)
{
    assert_ptr_equal(caller, helpers);
    atomic_fetch_add(&calls, 1);
}

static void *help(void *nothing)
{
    while (!atomic_load(&over)) {
        struct mm_parallel_for *loop = mm_parallel_for_join(helpers);

        if (loop)
            mm_parallel_for_help(helpers, loop);
    }
    return nothing;
}

static void with_three_others(void **state)
{
    struct mm_helpers ours;
    pthread_t thread[3];
    struct work work;
    (void)state;

    helpers = &ours;
    mm_helpers_init(&ours, call);
    assert_null(mm_parallel_for_join(&ours));
    assert_false(mm_parallel_for_wanted(&ours));
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, help, NULL), 0);
    for (int round = 0; round < 50; round++) {
        memset(&work, 0, sizeof(work));
        work.loop.run = do_piece;
        work.loop.count = PIECES;
        mm_parallel_for_run(&ours, &work.loop);
        check_done(&work, PIECES);
        memset(&work, 0xff, sizeof(work)); /* nobody looks at it any more */
    }
    atomic_store(&over, true);
    for (int i = 0; i < 3; i++)
        pthread_join(thread[i], NULL);
    assert_int_equal(atomic_load(&calls), 50);
    assert_false(mm_parallel_for_wanted(&ours));
    mm_helpers_done(&ours);
}

/* Several loops ask at once: whoever joins gets one that has something to do. */
static void crews_in_a_list(void **state)
{
    struct work a, b;
    struct mm_helpers ours;
    (void)state;

    mm_helpers_init(&ours, call);
    memset(&a, 0, sizeof(a));
    memset(&b, 0, sizeof(b));
    a.loop.run = b.loop.run = do_piece;
    a.loop.count = b.loop.count = 2;
    a.loop.more = &b.loop;
    ours.wanted = &a.loop;
    assert_ptr_equal(mm_parallel_for_join(&ours), &a.loop);
    mm_parallel_for_help(&ours, &a.loop);
    assert_ptr_equal(mm_parallel_for_join(&ours), &b.loop);
    mm_parallel_for_leave(&ours, &b.loop);
    assert_true(mm_parallel_for_wanted(&ours));
    assert_ptr_equal(mm_parallel_for_join(&ours), &b.loop);
    mm_parallel_for_help(&ours, &b.loop);
    assert_false(mm_parallel_for_wanted(&ours));
    assert_true(a.loop.helpers == 0 && b.loop.helpers == 0);
    check_done(&a, 2);
    check_done(&b, 2);
    mm_helpers_done(&ours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alone),
        cmocka_unit_test(with_three_others),
        cmocka_unit_test(crews_in_a_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
