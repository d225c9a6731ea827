/* The screens while dumps are being written. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"

static int setup(void **state)
{
    struct small *small = calloc(1, sizeof *small);
    struct mm_session_options options = small_options("live_src", "live_dst");
    assert_int_equal(mm_folder_make("live_src", NULL), 0);
    options.watch = true;
    options.triage = true;
    small_open(small, &options);
    small_settle(small);
    *state = small;
    return 0;
}

static int teardown(void **state)
{
    int result = small_teardown(state);
    mm_folder_remove("live_src");
    mm_folder_remove("live_dst");
    return result;
}

static void put(const char *name, float dst)
{
    char file[64];
    snprintf(file, sizeof file, "%s.npy", name);
    assert_int_equal(mm_folder_make("live_dst", NULL), 0);
    SMALL_F32("live_src", file, "4,", 1, 2, 3, 4);
    SMALL_F32("live_dst", file, "4,", 1, 2, 3, dst);
}

static void from_nothing(void **state)
{
    struct small *small = *state;
    assert_true(small_shows(small, "waiting for tensors in src and dst"));
    assert_true(small_shows(small, "watching"));
    put("1_a", 5);
    put("2_b", 4);
    small_settle(small);
    assert_true(small_says(small, "2 more pairs"));
    assert_true(small_shows(small, "2 pairs"));
    assert_string_equal(small_row(small, 0), "a"); /* the worst is on top, and selected: nobody has moved */
    assert_string_equal(small_selected(small), "a");
    small_keys(small, "Enter"); /* one that has no partner any more, then is not there at all */
    mm_folder_remove("live_dst");
    small_settle(small);
    assert_true(small_shows(small, "only in src"));
    mm_folder_remove("live_src");
    small_settle(small);
    assert_true(small_shows(small, "waiting for tensors"));
    assert_int_equal(small->app->depth, 1);
}

static void selection_and_filter_stay(void **state)
{
    struct small *small = *state;
    put("2_b", 5);
    put("3_c", 6);
    small_settle(small);
    small_keys(small, "j Space k & \"diff2>0.1\" Enter j");
    assert_string_equal(small_selected(small), "b");
    put("1_a", 9);
    small_settle(small);
    assert_true(small_says(small, "1 more pair"));
    assert_string_equal(small_selected(small), "b");
    assert_string_equal(small_row(small, 0), "a");
    assert_int_equal(small->layers->list.count, 3);
    assert_true(mm_session_layer(small->session, mm_session_find(small->session, true, "b"))->tagged);
    put("1_a", 4);
    small_settle(small);
    assert_true(small_says(small, "1 written anew: 1 better"));
    assert_int_equal(small->layers->list.count, 2); /* the filter hides it now */
    small_keys(small, "Esc");
    assert_true(small_shows(small, "since"));
    small_goldens(small, "layers-watching");
}

static void toggled(void **state)
{
    struct small *small = *state;
    small_keys(small, ":watch");
    assert_true(small_says(small, "Not watching any more"));
    assert_true(small_hides(small, "watching   "));
    put("1_a", 9);
    small_settle(small);
    assert_int_equal(small->layers->list.count, 0);
    small_keys(small, ":watch");
    assert_int_equal(small->layers->list.count, 1);
}

/* What can't be listed is said once, and the old list stays. */
static void an_error_once(void **state)
{
    struct small *small = *state;
    put("1_a", 9);
    small_settle(small);
    mm_folder_remove("live_dst");
    small_write(".", "live_dst", "hello\n", 6); /* no dump at all */
    small_settle(small);
    assert_int_equal(small->app->message_role, ROLE_ERROR);
    assert_true(small_says(small, "live_dst: is no tensor file"));
    assert_true(small_shows(small, "1 pair"));
    small->app->message[0] = '\0';
    small_write(".", "live_dst", "hello again\n", 12);
    small_settle(small);
    assert_string_equal(small->app->message, "");
    assert_int_equal(unlink("live_dst"), 0);
    put("1_a", 5);
    small_settle(small);
    assert_true(small_shows(small, "1 pair"));
    assert_true(small_shows(small, "1.83e-1"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(from_nothing),
        TEST(selection_and_filter_stay),
        TEST(toggled),
        TEST(an_error_once),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
