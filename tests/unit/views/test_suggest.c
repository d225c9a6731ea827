/* Suggestions in the inspector. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"
#include "views/suggest.h"

/* The four operators of small_make_ops, looked into: pow overflows. Conv is off, but as the first of all it
 * is taken for the input, which no precision repairs. */
enum { POW = 2, MEAN };

static int setup(void **state)
{
    struct small *small = calloc(1, sizeof *small);
    struct mm_session_options options;
    const struct inspector_options how = {.dialect = "magicmind", .sort = "number"};
    struct mm_err err = {0};
    mm_session_defaults(&options);
    options.src = "ops_src";
    options.dst = "ops_dst";
    options.jobs = 0;
    options.triage = true;
    if (mm_session_open(&small->session, &options, &err) < 0 || mm_session_start(small->session, &err) < 0 ||
        inspector_init(&small->inspector, small->session, &how, &err) < 0)
        fail_msg("%s", err.text);
    small->app = &small->inspector.app;
    small->layers = (struct layers *)small->app->stack[0];
    app_resize(small->app, 160, 24);
    *state = small;
    return 0;
}

static int setup_settled(void **state)
{
    setup(state);
    small_settle(*state);
    return 0;
}

/* The numbers of the tagged layers. */
static void assert_tagged(const struct small *small, const char *expected)
{
    char found[64] = "";
    for (size_t id = 0; id < mm_session_count(small->session); id++) {
        if (mm_session_layer(small->session, id)->tagged)
            sprintf(found + strlen(found), "%zu ", id);
    }
    assert_string_equal(found, expected);
}

static const struct mm_plan *plan(const struct small *small)
{
    return mm_session_plan_const(small->session);
}

static void shown_beside_tags(void **state)
{
    struct small *small = *state;
    small_keys(small, "G t a");
    assert_tagged(small, "3 ");
    assert_true(small_says(small, "1 suggested: output error"));
    assert_true(
        small_says(small, "1 operator, 2 elements, +4 bytes (A accepts, - leaves one out, Esc drops them)"));
    assert_int_equal(mm_plan_count(plan(small)), 0);
    small_keys(small, "g j");
    assert_true(small_shows(small, " 1 suggested · 0 overrides · 1 tagged"));
    assert_true(small_shows(small, "▹F32"));
    golden_check_sizes(small->app, "layers-suggested");
    app_resize(small->app, 160, 24);
    small_keys(small, "j");
    assert_true(small_shows(small, "Suggested FLOAT32: values reach 100000, beyond f16's 65504"));
    small_keys(small, "-");
    assert_true(small_shows(small, "Left out: FLOAT32: values reach 100000"));
    assert_true(small_shows(small, "-F32"));
    assert_true(small_hides(small, "▹F32"));
    small_keys(small, "k");
    assert_true(small_shows(small, " 0 of 1 suggested · 0 overrides · 1 tagged"));
    assert_tagged(small, "3 ");
    app_resize(small->app, 80, 24);
    golden_check(small->app, "layers-left-out-80x24-utf8");
}

/* One step of the plan; tags are there before, after, and after it is undone. */
static void accepted_as_one_step(void **state)
{
    struct small *small = *state;
    small_keys(small, "g t G t a A");
    assert_true(small_says(small, "Added 1 override to the plan (u undoes it, w shows the plan)"));
    assert_tagged(small, "0 3 ");
    assert_int_equal(mm_plan_count(plan(small)), 1);
    assert_string_equal(mm_session_override(small->session, POW)->why,
                        "values reach 100000, beyond f16's 65504");
    assert_null(mm_session_override(small->session, MEAN)); /* tagged, not suggested */
    assert_true(small_hides(small, "▹"));
    small_keys(small, "A");
    assert_true(small_says(small, "There are no suggestions (a makes some)"));
    small_keys(small, "u");
    assert_int_equal(mm_plan_count(plan(small)), 0);
    assert_tagged(small, "0 3 ");
    small_keys(small, "C-r");
    assert_int_equal(mm_plan_count(plan(small)), 1);
    small_keys(small, "a A");
    assert_true(small_says(small, "The plan has these overrides already (w shows it)"));
}

static void left_out(void **state)
{
    struct small *small = *state;
    small_keys(small, "-");
    assert_true(small_says(small, "There are no suggestions (a makes some)"));
    small_keys(small, "a g j - j -");
    small_keys(small, "A");
    assert_true(small_says(small, "All suggestions are left out (- takes one back in)"));
    assert_int_equal(mm_plan_count(plan(small)), 0);
    small_keys(small, "- A");
    assert_int_equal(mm_plan_count(plan(small)), 1);
    small_keys(small, "a g -");
    assert_true(small_says(small, "Nothing is suggested for this layer"));
}

/* Esc backs out of one thing at a time. */
static void dropped(void **state)
{
    struct small *small = *state;
    small_keys(small, "g t & \"suggested\" Enter a");
    assert_string_equal(small_row(small, 0), "ln.Pow"); /* the filter sees them as they come */
    small_keys(small, "Esc");
    assert_true(small_says(small, "Suggestions dropped (a suggests again)"));
    assert_string_equal(small_row(small, 0), "");
    small_keys(small, "Esc");
    assert_string_equal(small_row(small, 0), "conv");
    assert_tagged(small, "0 ");
    assert_int_equal(mm_plan_count(plan(small)), 0);
    small_keys(small, "a\n:threshold 0.2"); /* other verdicts, other suggestions */
    assert_int_equal(mm_session_suggestions(small->session)->count, 0);
}

static void rules_are_typed(void **state)
{
    static const char *const good[] = {":suggest top 1", ":suggest 0.5", ":suggest 80%"};
    struct small *small = *state;
    for (size_t i = 0; i < MM_COUNT(good); i++) {
        small_keys(small, "Esc");
        small_keys(small, good[i]);
        assert_int_equal(mm_session_suggestions(small->session)->count, 1);
        assert_non_null(mm_session_suggestion(small->session, POW, NULL));
    }
    small_keys(small, ":suggest half of it");
    assert_true(small_says(small, "\"half of it\" is not a share"));
    assert_non_null(mm_session_suggestion(small->session, POW, NULL)); /* nothing is lost by a slip */
}

static void not_before_all_is_measured(void **state)
{
    struct small *small = *state;
    app_act(small->app, ACT_SUGGEST, NULL);
    assert_true(small_says(small, "all layers are measured"));
    app_act(small->app, ACT_ACCEPT, NULL);
    assert_true(small_says(small, "There are no suggestions"));
}

/* The plan screen says what the plan brings and costs, and orders it by that. */
static void plan_has_costs(void **state)
{
    struct small *small = *state;
    small_keys(small, "a A G p w"); /* and the last layer, which brings next to nothing */
    assert_true(small_shows(small, "Plan: 2 overrides, ends NaN, +4 bytes"));
    assert_true(small_shows(small, "gain casts"));
    golden_check_sizes(small->app, "plan-costs");
    app_resize(small->app, 160, 24);
    small_keys(small, "s");
    assert_true(small_says(small, "By gain per cost"));
    assert_true(small_shows(small, "by gain per cost"));
    golden_check_sizes(small->app, "plan-costs-by-gain");
    small_keys(small, "s");
    assert_true(small_says(small, "By type of operator"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(shown_beside_tags, setup_settled, small_teardown),
        cmocka_unit_test_setup_teardown(accepted_as_one_step, setup_settled, small_teardown),
        cmocka_unit_test_setup_teardown(left_out, setup_settled, small_teardown),
        cmocka_unit_test_setup_teardown(dropped, setup_settled, small_teardown),
        cmocka_unit_test_setup_teardown(plan_has_costs, setup_settled, small_teardown),
        cmocka_unit_test_setup_teardown(rules_are_typed, setup_settled, small_teardown),
        cmocka_unit_test_setup_teardown(not_before_all_is_measured, setup, small_teardown),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
