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
#include "unit/views/parts.h"

#include "unit/ui/monkey.h"

#define STEPS      2500 /* a seed, of which there are ten */
#define STEPS_LONG 10000
#define BURST      250 /* between them a file changes, for `reload` to find */

/* Another value, another shape, a file that is cut, and the first again. */
static void change_a_file(long burst)
{
    static const float values[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    static const struct {
        const char *shape;
        size_t bytes;
    } forms[] = {{"4,", 16}, {"2, 4", 32}, {"4,", 9}, {"4,", 16}};
    size_t i = (size_t)burst % MM_COUNT(forms);
    small_npy("dst", "2003_relu1.npy", "<f4", forms[i].shape, values + burst % 2, forms[i].bytes);
}

static void run(struct small *small, uint64_t seed)
{
    const struct list *list = &small->layers->list;
    long steps = getenv("MMTUI_LONG") ? STEPS_LONG : STEPS, done = 0;
    for (long burst = 0; burst * BURST < steps; burst++) {
        long now = app_monkey(small->app, seed + 1000 * (uint64_t)burst, BURST);
        done += now;
        if (now != BURST)
            fail_msg("seed %d: the app has quit after %ld steps", (int)seed, done);
        change_a_file(burst);
    }
    assert_true(list->count >= 0 && list->count <= (int)mm_session_count(small->session) + 1); /* a heading */
    assert_true(list->cursor >= 0 && list->cursor <= (list->count ? list->count - 1 : 0));
    assert_true(list->top >= 0 && list->top <= list->cursor);
}

static void from_a_measured_session(void **state)
{
    run(*state, 1);
    run(*state, 2);
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

/* Tensors of several axes: channels, slices, heat maps. */
static void along_axes(void **state)
{
    run(*state, 41);
    run(*state, 42);
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
    const struct CMUnitTest of_axes[] = {
        cmocka_unit_test_setup_teardown(along_axes, parts_setup, small_teardown),
    };
    int failed = cmocka_run_group_tests(tests, net_group_setup, small_group_teardown);
    return failed + cmocka_run_group_tests(of_axes, parts_group_setup, small_group_teardown);
}
