/*
 * A monkey at the keyboard of the whole inspector: random actions, keys and sizes, a frame after each. What
 * it finds is found by the sanitizers; here it only must not stop, and the list must keep its promises.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/net.h"

#include "unit/ui/monkey.h"

#define STEPS 2500 /* a seed */

static void run(struct small *small, uint64_t seed)
{
    const struct list *list = &small->layers->list;
    long done = app_monkey(small->app, seed, STEPS);
    if (done != STEPS)
        fail_msg("seed %d: the app has quit after %ld steps", (int)seed, done);
    assert_true(list->count >= 0 && list->count <= (int)mm_session_count(small->session) + 1); /* a heading */
    assert_true(list->cursor >= 0 && list->cursor <= (list->count ? list->count - 1 : 0));
    assert_true(list->top >= 0 && list->top <= list->cursor);
}

static void from_a_measured_session(void **state)
{
    for (uint64_t seed = 1; seed <= 4; seed++)
        run(*state, seed);
}

static void while_results_come_in(void **state)
{
    run(*state, 11);
    run(*state, 12);
}

static void operators(void **state)
{
    run(*state, 21);
    run(*state, 22);
}

/* With a graph, and layers that are looked into while it types. */
static void along_a_graph(void **state)
{
    run(*state, 31);
    run(*state, 32);
}

/* The same seed does the same things: what it finds can be found again. */
static void is_repeatable(void **state)
{
    struct mm_buf frames[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct small small = {0};
        small_open_folders(&small, "src", "dst");
        app_monkey(small.app, 5, 300);
        mm_buf_init(&frames[i]);
        app_resize(small.app, 80, 24);
        small_settle(&small);
        script_frame(small.app, &frames[i]);
        inspector_done(&small.inspector);
        mm_session_close(small.session);
    }
    assert_string_equal(mm_buf_text(&frames[0]), mm_buf_text(&frames[1]));
    mm_buf_done(&frames[0]);
    mm_buf_done(&frames[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(from_a_measured_session, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(while_results_come_in, small_setup_early, small_teardown),
        cmocka_unit_test_setup_teardown(operators, small_setup_ops, small_teardown),
        cmocka_unit_test_setup_teardown(along_a_graph, net_setup_early, small_teardown),
        cmocka_unit_test(is_repeatable),
    };
    return cmocka_run_group_tests(tests, net_group_setup, small_group_teardown);
}
