/* The Triage tab: looks, what it says at every stage, asking for a look. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/net.h"

static void go(struct small *small, int number)
{
    small_keys(small, ":sort number");
    assert_true(layers_view_select(&small->layers->view, small->app, (size_t)number - 1));
    small_keys(small, "Enter");
}

/* ---- looks ---- */

static void golden_culprit(void **state)
{
    struct small *small = *state;
    go(small, 3);
    golden_check_sizes(small->app, "triage-culprit");
}

static void golden_inherited(void **state)
{
    struct small *small = *state;
    go(small, 6);
    golden_check_sizes(small->app, "triage-inherited");
}

static void golden_lone(void **state)
{
    struct small *small = *state;
    go(small, 13);
    golden_check_sizes(small->app, "triage-lone");
}

static void golden_early(void **state)
{
    struct small *small = *state;
    app_act(small->app, ACT_OPEN, NULL); /* a key of a script would wait until all is measured */
    golden_check_sizes(small->app, "triage-early");
}

static void all_sizes(void **state)
{
    struct small *small = *state;
    static const int numbers[] = {1, 3, 6, 12, 13};
    for (size_t i = 0; i < MM_COUNT(numbers); i++) {
        go(small, numbers[i]);
        small_draw_all_sizes(small);
        small_keys(small, "q");
    }
}

/* ---- what it says ---- */

static void verdict_evidence_and_next_step(void **state)
{
    struct small *small = *state;
    go(small, 3);
    assert_true(
        small_shows(small, "verdict   implementation, possible: inputs are fine (0.0037), the result is"));
    assert_true(small_shows(small, "next      "));
    assert_true(small_shows(small, "why       diff2 1, diff1 1 (threshold 0.05)"));
    assert_true(small_shows(small, "Largest input error: #2 stem, 0.0037"));
    small_keys(small, "q");
    go(small, 6);
    assert_true(small_shows(small, "verdict   inherited, likely: from #3"));
    assert_true(small_shows(small, "next      Look at #3 gate first (R goes there)."));
    small_keys(small, "q");
    go(small, 1);
    assert_true(small_shows(small, "verdict   ok: within the thresholds"));
    small_keys(small, "q");
    go(small, 13);
    assert_true(small_shows(small, "verdict   unpaired: only in src"));
}

static void chosen_precision(void **state)
{
    struct small *small = *state;
    go(small, 3);
    small_keys(small, "p j");
    assert_true(small_shows(small, "chosen    FLOAT16"));
}

static void long_texts_scroll(void **state)
{
    struct small *small = *state;
    small_keys(small, ":resize 40x12");
    go(small, 6);
    assert_true(small_shows(small, "verdict"));
    small_keys(small, "G");
    assert_true(small_hides(small, "verdict"));
    small_keys(small, "g");
    assert_true(small_shows(small, "verdict"));
}

/* ---- looking ---- */

/* Opening the tab asks for a look where nobody has looked: an inherited error was not worth it by itself. */
static void opening_looks(void **state)
{
    struct small *small = *state;
    assert_null(mm_session_evidence(small->session, 4));
    app_act(small->app, ACT_SORT, "number");
    app_act(small->app, ACT_GOTO, "5");
    app_act(small->app, ACT_OPEN, NULL);
    assert_true(small_shows(small, "Analysing ..."));
    assert_null(mm_session_evidence(small->session, 4));
    small_settle(small);
    assert_non_null(mm_session_evidence(small->session, 4));
    assert_true(small_hides(small, "Analysing ..."));
}

/* A walk through the list asks for one look, and then for the layer where it has stopped. */
static void walking_does_not_pile_up_looks(void **state)
{
    struct small *small = *state;
    app_act(small->app, ACT_SORT, "number");
    app_act(small->app, ACT_GOTO, "7");
    app_act(small->app, ACT_OPEN, NULL);
    for (int i = 0; i < 3; i++)
        app_act(small->app, ACT_LAYER_NEXT, NULL);
    struct mm_session_totals totals;
    mm_session_totals(small->session, &totals);
    assert_int_equal(totals.analysing, 1);
    small_settle(small);
    assert_non_null(mm_session_evidence(small->session, 6));
    assert_null(mm_session_evidence(small->session, 7));
    assert_null(mm_session_evidence(small->session, 8));
    assert_non_null(mm_session_evidence(small->session, 9));
}

/* Other tabs look at nothing. */
static void only_this_tab_looks(void **state)
{
    struct small *small = *state;
    app_act(small->app, ACT_SORT, "number");
    app_act(small->app, ACT_GOTO, "2");
    app_act(small->app, ACT_OPEN, NULL);
    small_settle(small);
    assert_int_equal(app_command(small->app, "tab-stats"), 0);
    app_act(small->app, ACT_LAYER_NEXT, NULL);
    app_act(small->app, ACT_LAYER_NEXT, NULL);
    small_settle(small);
    assert_non_null(mm_session_evidence(small->session, 1));
    assert_null(mm_session_evidence(small->session, 3));
}

static void before_all_is_measured(void **state)
{
    struct small *small = *state;
    app_act(small->app, ACT_OPEN, NULL);
    assert_true(small_shows(small, "verdict   not measured yet"));
    for (int i = 0; i < 400 && mm_session_layer(small->session, 0)->verdict.kind == MM_VERDICT_NONE; i++)
        app_ready(small->app); /* one inline job each */
    assert_int_equal(mm_session_layer(small->session, 0)->verdict.kind, MM_VERDICT_OK);
    assert_true(small_shows(small, "Waiting for all layers ("));
}

#define NET(name)   cmocka_unit_test_setup_teardown(name, net_setup, small_teardown)
#define EARLY(name) cmocka_unit_test_setup_teardown(name, net_setup_early, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET(golden_culprit),      NET(golden_inherited),
        NET(golden_lone),         EARLY(golden_early),
        NET(all_sizes),           NET(verdict_evidence_and_next_step),
        NET(chosen_precision),    NET(long_texts_scroll),
        NET(opening_looks),       NET(walking_does_not_pile_up_looks),
        NET(only_this_tab_looks), EARLY(before_all_is_measured),
    };
    return cmocka_run_group_tests(tests, net_group_setup, small_group_teardown);
}
