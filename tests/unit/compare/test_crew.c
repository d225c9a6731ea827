/* Pieces done by several threads: each once, and nobody leaves too early. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/compare.h"
#include "compare/crew.h"

#include <string.h>

#define PIECES 1000

struct work {
    struct mm_crew crew;
    atomic_int done[PIECES];
};

static void do_piece(struct mm_crew *crew, size_t piece)
{
    atomic_fetch_add(&((struct work *)crew)->done[piece], 1);
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
        work.crew.run = do_piece;
        work.crew.count = count;
        mm_crew_run(NULL, &work.crew);
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
        struct mm_crew *crew = mm_crew_join(helpers);

        if (crew)
            mm_crew_help(helpers, crew);
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
    assert_null(mm_crew_join(&ours));
    assert_false(mm_crew_wanted(&ours));
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, help, NULL), 0);
    for (int round = 0; round < 50; round++) {
        memset(&work, 0, sizeof(work));
        work.crew.run = do_piece;
        work.crew.count = PIECES;
        mm_crew_run(&ours, &work.crew);
        check_done(&work, PIECES);
        memset(&work, 0xff, sizeof(work)); /* nobody looks at it any more */
    }
    atomic_store(&over, true);
    for (int i = 0; i < 3; i++)
        pthread_join(thread[i], NULL);
    assert_int_equal(atomic_load(&calls), 50);
    assert_false(mm_crew_wanted(&ours));
    mm_helpers_done(&ours);
}

/* Several crews ask at once: whoever joins gets one that has something to do. */
static void crews_in_a_list(void **state)
{
    struct work a, b;
    struct mm_helpers ours;
    (void)state;

    mm_helpers_init(&ours, call);
    memset(&a, 0, sizeof(a));
    memset(&b, 0, sizeof(b));
    a.crew.run = b.crew.run = do_piece;
    a.crew.count = b.crew.count = 2;
    a.crew.more = &b.crew;
    ours.wanted = &a.crew;
    assert_ptr_equal(mm_crew_join(&ours), &a.crew);
    mm_crew_help(&ours, &a.crew);
    assert_ptr_equal(mm_crew_join(&ours), &b.crew);
    mm_crew_leave(&ours, &b.crew);
    assert_true(mm_crew_wanted(&ours));
    assert_ptr_equal(mm_crew_join(&ours), &b.crew);
    mm_crew_help(&ours, &b.crew);
    assert_false(mm_crew_wanted(&ours));
    assert_true(a.crew.helpers == 0 && b.crew.helpers == 0);
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
