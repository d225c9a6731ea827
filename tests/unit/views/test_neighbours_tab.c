/* The Neighbours tab: looks, walking the graph and back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/net.h"

/* A layer by its number, on the tab. */
static void go(struct small *small, int number)
{
    small_keys(small, ":sort number");
    assert_true(layers_view_select(&small->layers->view, small->app, (size_t)number - 1));
    small_keys(small, "Enter 6");
}

/* ---- looks ---- */

static void golden_introduced(void **state)
{
    struct small *small = *state;
    go(small, 3);
    golden_check_sizes(small->app, "neighbours-introduced");
}

static void golden_inherited(void **state)
{
    struct small *small = *state;
    go(small, 5);
    golden_check_sizes(small->app, "neighbours-inherited");
}

static void golden_by_order(void **state)
{
    struct small *small = *state;
    go(small, 12);
    golden_check_sizes(small->app, "neighbours-by-order");
}

static void golden_early(void **state)
{
    struct small *small = *state;
    app_act(small->app, ACT_OPEN, NULL); /* a key of a script would wait until all is measured */
    assert_int_equal(app_command(small->app, "tab-neighbours"), 0);
    golden_check_sizes(small->app, "neighbours-early");
}

static void all_sizes(void **state)
{
    struct small *small = *state;
    static const int numbers[] = {1, 2, 5, 12, 13, 16};
    for (size_t i = 0; i < MM_COUNT(numbers); i++) {
        go(small, numbers[i]);
        small_draw_all_sizes(small);
        small_keys(small, "q");
    }
}

/* ---- what it says ---- */

static void rows(void **state)
{
    struct small *small = *state;
    small_keys(small, ":resize 110x24");
    go(small, 5);
    /* 1 of gate becomes .548 in join: 0.55x; .00365 of branch: 150x; tail repeats it */
    assert_true(small_shows(small, "in →      #3  gate    Op"));
    assert_true(small_shows(small, "0.55x  implementation"));
    assert_true(small_shows(small, "150x  ok"));
    assert_true(small_shows(small, "here      #5  join    Add               5.48e-1"));
    assert_true(small_shows(small, "→ out     #6  tail    Op                5.48e-1"));
    assert_true(small_shows(small, "1x  inherited"));
    small_keys(small, "q");
    go(small, 13); /* no figure: no bar, no factor */
    assert_true(small_shows(small, "unpaired"));
}

static void plain_has_no_bars(void **state)
{
    struct small *small = *state;
    small->app->options.plain = true;
    go(small, 3);
    assert_true(small_shows(small, "1.00  ")); /* the error is there all the same */
    struct mm_buf frame;
    mm_buf_init(&frame);
    script_frame(small->app, &frame);
    assert_null(strstr(mm_buf_text(&frame), "█"));
    mm_buf_done(&frame);
}

/* ---- walking ---- */

/* The cursor stands on the worst input, so that Enter alone leads to where the error starts. */
static void enter_leads_to_the_root(void **state)
{
    struct small *small = *state;
    go(small, 6);
    small_keys(small, "Enter");
    assert_true(small_shows(small, "#5  join"));
    assert_string_equal(small_selected(small), "join"); /* the list comes along */
    small_keys(small, "Enter");
    assert_true(small_shows(small, "#3  gate"));
    assert_true(small_shows(small, "[6 Neighbours]"));
    small_keys(small, "BS");
    assert_true(small_shows(small, "#5  join"));
    small_keys(small, "BS");
    assert_true(small_shows(small, "#6  tail"));
    assert_string_equal(small_selected(small), "tail");
    small_keys(small, "BS"); /* the way back is gone: out */
    assert_int_equal(small->app->depth, 1);
}

/* Who walks to a reader goes on to readers. */
static void enter_leads_on_downwards(void **state)
{
    struct small *small = *state;
    go(small, 2);
    small_keys(small, "G k k Enter"); /* stem's readers: gate, branch, pow */
    assert_true(small_shows(small, "#3  gate"));
    small_keys(small, "Enter Enter");
    assert_true(small_shows(small, "#6  tail"));
    small_keys(small, "g Enter"); /* turned round: its input, join, and there the worst of the inputs */
    assert_true(small_shows(small, "#5  join"));
    small_keys(small, "Enter");
    assert_true(small_shows(small, "#3  gate"));
}

static void the_layer_itself_leads_nowhere(void **state)
{
    struct small *small = *state;
    go(small, 5);
    small_keys(small, "g j j Enter");
    assert_true(small_says(small, "This is the layer itself"));
    assert_true(small_shows(small, "#5  join"));
    small_keys(small, "q");
    go(small, 16); /* alone */
    small_keys(small, "Enter");
    assert_true(small_shows(small, "#16  seed"));
}

static void walking_the_list_ends_the_way_back(void **state)
{
    struct small *small = *state;
    go(small, 6);
    small_keys(small, "Enter J");
    assert_true(small_shows(small, "#6  tail"));
    small_keys(small, "BS");
    assert_int_equal(small->app->depth, 1);
}

/* What the filter hides can be walked to all the same. */
static void through_the_filter(void **state)
{
    struct small *small = *state;
    small_keys(small, "& \"tail\" Enter Enter 6 Enter");
    assert_true(small_shows(small, "#5  join"));
    small_keys(small, "BS");
    assert_true(small_shows(small, "#6  tail"));
    assert_true(small_shows(small, "1 of 1"));
}

#define NET(name)   cmocka_unit_test_setup_teardown(name, net_setup, small_teardown)
#define ORDER(name) cmocka_unit_test_setup_teardown(name, net_setup_by_order, small_teardown)
#define EARLY(name) cmocka_unit_test_setup_teardown(name, net_setup_early, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET(golden_introduced),
        NET(golden_inherited),
        ORDER(golden_by_order),
        EARLY(golden_early),
        NET(all_sizes),
        NET(rows),
        NET(plain_has_no_bars),
        NET(enter_leads_to_the_root),
        NET(enter_leads_on_downwards),
        NET(the_layer_itself_leads_nowhere),
        NET(walking_the_list_ends_the_way_back),
        NET(through_the_filter),
    };
    return cmocka_run_group_tests(tests, net_group_setup, small_group_teardown);
}
