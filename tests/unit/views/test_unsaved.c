/* The copy of an unsaved plan, as the inspector keeps and offers it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "unit/views/small.h"
#include "views/unsaved.h"

static struct mm_autosave *keep_in(struct small *small, const char *folder)
{
    struct mm_autosave *autosave;
    struct mm_err err;
    if (mm_autosave_open(&autosave, folder, "ops_src", "ops_dst", &err) < 0)
        fail_msg("%s", err.text);
    small->inspector.autosave = autosave;
    return autosave;
}

/* What a session leaves that has chosen two precisions and a setting. */
static void leave(struct small *small)
{
    struct mm_autosave *autosave = keep_in(small, "state");
    small_keys(small, "o \"*Pow f32\" Enter o \"conv* f16\" Enter\n:set network_precision float16");
    app_tick(small->app);
    mm_autosave_close(autosave, true);
    small->inspector.autosave = NULL;
    small_keys(small, "u u u");
}

static void due_after_changes_only(void **state)
{
    struct small *small = *state;
    struct mm_autosave *autosave = keep_in(small, "state");
    assert_true(isinf(app_due(small->app)));
    small_keys(small, "j k p");
    assert_true(app_due(small->app) <= mm_clock());
    app_tick(small->app);
    assert_true(isinf(app_due(small->app))); /* nothing wakes any more */
    small_keys(small, "p");
    assert_true(app_due(small->app) > mm_clock()); /* but not more often than once a second */
    assert_true(app_due(small->app) <= mm_clock() + 1);
    mm_autosave_close(autosave, false);
    small->inspector.autosave = NULL;
    assert_true(isinf(app_due(small->app)));
}

static void offered_and_restored(void **state)
{
    struct small *small = *state;
    leave(small);
    struct mm_autosave *autosave = keep_in(small, "state");
    assert_true(unsaved_offer(&small->inspector));
    assert_true(small_shows(small, "2 overrides, 1 setting of "));
    assert_true(small_shows(small, "were not saved"));
    assert_true(small_shows(small, "r  restore"));
    assert_true(small_shows(small, "d  drop"));
    small_keys(small, "r");
    assert_true(small_says(small, "Restored 2 overrides, 1 setting of "));
    assert_int_equal(mm_plan_count(mm_session_plan_const(small->session)), 2);
    small_keys(small, "u");
    assert_int_equal(mm_plan_count(mm_session_plan_const(small->session)), 0);
    assert_false(unsaved_offer(&small->inspector));
    mm_autosave_close(autosave, false);
}

static void offered_again_and_dropped(void **state)
{
    struct small *small = *state;
    leave(small);
    struct mm_autosave *autosave = keep_in(small, "state");
    unsaved_offer(&small->inspector);
    small_keys(small, "Esc");
    assert_int_equal(mm_plan_count(mm_session_plan_const(small->session)), 0);
    small_keys(small, ":restore maybe");
    assert_int_equal(small->app->message_role, ROLE_ERROR);
    small_keys(small, ":restore\nd");
    assert_true(small_says(small, "Dropped what was not saved"));
    small_keys(small, ":restore");
    assert_true(small_says(small, "No unsaved plan of these two dumps was left behind"));
    mm_autosave_close(autosave, false);
}

static void a_warning_once(void **state)
{
    struct small *small = *state;
    struct mm_autosave *autosave = keep_in(small, "gone");
    mm_folder_remove("gone");
    small_keys(small, "p");
    app_tick(small->app);
    assert_true(small_says(small, "The unsaved plan is not kept against a crash: "));
    assert_int_equal(small->app->message_role, ROLE_WARN);
    small_keys(small, "p");
    small->inspector.autosaved = 0; /* a second has passed */
    small->app->message[0] = '\0';
    app_tick(small->app);
    assert_string_equal(small->app->message, "");
    mm_autosave_close(autosave, false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, small_setup_ops, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(due_after_changes_only),
        TEST(offered_and_restored),
        TEST(offered_again_and_dropped),
        TEST(a_warning_once),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
