/* One layer's screen: tabs, walking, ways back, the status line. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/net.h"

#include "views/layers_view.h"
#include "views/tab.h"

#define OPEN(name) "/ \"" name "\" Enter Enter 1\n"

/* Every layer, every tab. */
static void all_sizes(void **state)
{
    struct small *small = *state;
    static const char *const layers[] = {OPEN("conv1"), OPEN("pow"), OPEN("gather"), OPEN("dropout"),
                                         OPEN("out_7")};
    for (size_t i = 0; i < MM_COUNT(layers); i++) {
        small_keys(small, "g p");
        small_keys(small, layers[i]);
        small_draw_all_sizes(small);
        small_keys(small, "2");
        small_draw_all_sizes(small);
        small_keys(small, "d");
        small_draw_all_sizes(small);
        small_keys(small, "d 0");
        small_draw_all_sizes(small);
        static const char *const tabs[] = {":tab-channels", ":tab-values", "v", "H", ":tab-what-if"};
        for (size_t k = 0; k < MM_COUNT(tabs); k++) {
            small_keys(small, tabs[k]);
            small_draw_all_sizes(small);
        }
        small_keys(small, ":tab-neighbours");
        small_draw_all_sizes(small);
        small_keys(small, "q");
    }
}

/* ---- walking ---- */

/* What was being worked out for a layer that was left is given up. */
static void leaving_stops_work(void **state)
{
    struct small *small = *state;
    const char *error;
    small_keys(small, OPEN("conv1"));
    size_t id = layers_selected(small->layers);
    app_key(small->app, '5'); /* the table is asked for; jobs run inline, later */
    app_key(small->app, 'J');
    assert_true(layers_selected(small->layers) != id);
    mm_session_finish(small->session, NULL, NULL);
    assert_non_null(mm_session_whatif(small->session, layers_selected(small->layers), -1, &error));
    assert_null(mm_session_whatif(small->session, id, -1, &error));
    assert_null(error); /* it begins now */
    mm_session_finish(small->session, NULL, NULL);
    assert_non_null(mm_session_whatif(small->session, id, -1, &error));
}

static void list_and_layer_stay_in_step(void **state)
{
    struct small *small = *state;
    small_keys(small, "Enter");
    assert_true(small_shows(small, "#4  pow"));
    assert_true(small_shows(small, "1 of 14"));
    small_keys(small, "J");
    assert_true(small_shows(small, "#5  sqrt"));
    assert_string_equal(small_selected(small), "sqrt");
    small_keys(small, "J J J");
    assert_true(small_shows(small, "#3  relu1"));
    assert_string_equal(small_selected(small), "relu1");
    small_keys(small, "K");
    assert_true(small_shows(small, "#7  gather"));
    small_keys(small, "K K K K K"); /* stops at the first */
    assert_true(small_shows(small, "#4  pow"));
    small_keys(small, "e");
    assert_true(small_shows(small, "#5  sqrt"));
    small_keys(small, "]");
    assert_true(small_shows(small, "#6  reshape"));
    small_keys(small, "f");
    assert_true(small_shows(small, "#3  relu1"));
    small_keys(small, "F");
    assert_true(small_shows(small, "#4  pow"));
    small_keys(small, "J q");
    assert_int_equal(small->app->depth, 1);
    assert_string_equal(small_selected(small), "sqrt");
}

static void walks_through_the_filter(void **state)
{
    struct small *small = *state;
    small_keys(small, "& \"relu|conv\" Enter & \"*1\" Enter g Enter"); /* relu1, conv1 */
    assert_true(small_shows(small, "#3  relu1"));
    assert_true(small_shows(small, "1 of 2"));
    small_keys(small, "J J J");
    assert_true(small_shows(small, "#2  conv1"));
    assert_true(small_shows(small, "2 of 2"));
}

static void tabs(void **state)
{
    struct small *small = *state;
    small_keys(small, "Enter");
    assert_true(small_shows(small, "[0 Triage] 1 Stats  2 Histogram  3 Channels  4 Values  5 What if  6 "
                                   "Neighbours")); /* what is wrong comes first */
    small_keys(small, "Tab");
    assert_true(small_shows(small, "[1 Stats]"));
    small_keys(small, "Tab J"); /* the tab stays */
    assert_true(small_shows(small, "[2 Histogram]"));
    small_keys(small, "0 S-Tab");
    assert_true(small_shows(small, "[6 Neighbours]"));
    small_keys(small, "Tab");
    assert_true(small_shows(small, "[0 Triage]"));
    small_keys(small, "1");
    assert_true(small_shows(small, "[1 Stats]"));
    small_keys(small, "L"); /* a key of the histogram's */
    assert_true(small_shows(small, "[1 Stats]"));
    small_keys(small, "9 j"); /* there is no such tab: a count */
    assert_true(small_shows(small, "[1 Stats]"));
    small_keys(small, ":tab-hist"); /* by its name, or the beginning of it */
    assert_true(small_shows(small, "[2 Histogram]"));
    small_keys(small, ":tab-stats");
    small_keys(small, "9 0"); /* a count: no tab */
    assert_true(small_shows(small, "[1 Stats]"));
}

/* Each as its action's name: a tab that is new has no golden yet and fails here. */
static void every_tab_has_goldens(void **state)
{
    struct small *small = *state;
    small_keys(small, "/ \"tail\" Enter Enter");
    for (int number = 0; number < tab_count(); number++) {
        const char *name = action_info(&small->app->actions, tab_show_id(number))->name;
        assert_int_equal(app_command(small->app, name), 0);
        small_goldens(small, name);
    }
}

/* Where not all names fit, the others shrink to their numbers. */
static void tabs_on_a_narrow_screen(void **state)
{
    struct small *small = *state;
    small_keys(small, ":resize 40x12\nEnter");
    assert_true(small_shows(small, "[0 Triage]  1  2  3  4  5  6"));
    small_keys(small, "6");
    assert_true(small_shows(small, " 0  1  2  3  4  5 "));
    assert_true(small_shows(small, " [6 Neighbours]"));
}

static void to_the_root_and_back(void **state)
{
    struct small *small = *state;
    small_keys(small, "/ \"tail\" Enter Enter 2 R");
    assert_true(small_shows(small, "#3  gate"));
    assert_true(small_shows(small, "[2 Histogram]")); /* the same tab */
    assert_true(small_says(small, "The error of #6 starts in #3 (BS goes back)"));
    assert_string_equal(small_selected(small), "gate");
    small_keys(small, "BS");
    assert_true(small_shows(small, "#6  tail"));
    small_keys(small, "R q"); /* q closes all the same */
    assert_int_equal(small->app->depth, 1);
    assert_string_equal(small_selected(small), "gate");
}

/* A root that the filter hides is shown here, where it needs no row. */
static void root_behind_a_filter(void **state)
{
    struct small *small = *state;
    small_keys(small, "& \"tail\" Enter Enter R");
    assert_true(small_shows(small, "#3  gate"));
    small_keys(small, "J"); /* the list's own way goes on from its row */
    assert_true(small_shows(small, "#6  tail"));
}

static void status_says_what_is_wrong_and_what_to_do(void **state)
{
    struct small *small = *state;
    small_keys(small, "/ \"tail\" Enter Enter 2");
    assert_true(small_shows(small, " inherited from #3 · Look at #3 gate first (R goes there)."));
    small_keys(small, "q\n:sort number\n:1\nEnter 1\n:resize 80x20\nj");
    assert_true(small_shows(small, "Lines 2 to 16 of 28\n")); /* nothing is wrong with it */
}

static void precision_and_plan(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("relu1") "p p j");
    assert_true(small_shows(small, "▸F32"));
    assert_true(small_shows(small, "chosen    FLOAT32 (3.7x over 0.05)"));
    assert_true(small_shows(small, "* not saved"));
    small_keys(small, "u x j");
    assert_int_equal(mm_plan_count(mm_session_plan_const(small->session)), 0);
    small_keys(small, "w");
    assert_true(small_shows(small, "Plan: 0 overrides"));
    small_keys(small, "q");
    assert_true(small_shows(small, "#3  relu1"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, small_setup, small_teardown)

#define NET(name) cmocka_unit_test_setup_teardown(name, net_setup, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_sizes),
        TEST(leaving_stops_work),
        TEST(list_and_layer_stay_in_step),
        TEST(walks_through_the_filter),
        TEST(tabs),
        TEST(tabs_on_a_narrow_screen),
        NET(every_tab_has_goldens),
        NET(to_the_root_and_back),
        NET(root_behind_a_filter),
        NET(status_says_what_is_wrong_and_what_to_do),
        TEST(precision_and_plan),
    };
    return cmocka_run_group_tests(tests, net_group_setup, small_group_teardown);
}
