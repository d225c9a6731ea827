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
enum { SUB = 1, POW, MEAN };

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

static void tags_with_reasons(void **state)
{
    struct small *small = *state;
    small_keys(small, "G t"); /* tagged by hand: gone with the suggestion */
    small_keys(small, "a");
    assert_tagged(small, "2 ");
    assert_true(small_says(small, "Tagged (A takes, Space edits, T drops): worst error of the outputs"));
    assert_true(small_says(small, "1 operator, 2 elements"));
    assert_int_equal(mm_plan_count(plan(small)), 0);
    small_keys(small, "g j");
    assert_null(suggest_of(&small->inspector, SUB));
    assert_true(small_shows(small, "0 overrides"));
    small_keys(small, "j");
    assert_true(small_shows(small, "Suggested FLOAT32: values reach 100000, beyond f16's 65504"));
    assert_int_equal(suggest_of(&small->inspector, POW)->layer, POW);
    small_keys(small, "t"); /* left out: no reason to be shown */
    assert_null(suggest_of(&small->inspector, POW));
    assert_true(small_shows(small, "0 overrides"));
}

/* mean was tagged by hand: FP32, for the reason of its verdict. */
static void taken_as_one_step(void **state)
{
    struct small *small = *state;
    small_keys(small, "a G t A");
    assert_true(small_says(small, "2 overrides taken into the plan (u undoes it, w shows the plan)"));
    assert_tagged(small, "");
    assert_int_equal(mm_plan_count(plan(small)), 2);
    assert_string_equal(mm_session_override(small->session, POW)->why,
                        "values reach 100000, beyond f16's 65504");
    assert_int_equal(mm_session_override(small->session, MEAN)->precision, MM_PRECISION_F32);
    assert_string_equal(mm_session_override(small->session, MEAN)->why,
                        mm_session_layer(small->session, MEAN)->verdict.text);
    small_keys(small, "A");
    assert_true(small_says(small, "Nothing is suggested (a suggests)"));
    small_keys(small, "u");
    assert_int_equal(mm_plan_count(plan(small)), 0);
}

static void edited_before_it_is_taken(void **state)
{
    struct small *small = *state;
    small_keys(small, "a g j j t G t A"); /* pow out, mean in */
    assert_int_equal(mm_plan_count(plan(small)), 1);
    assert_null(mm_session_override(small->session, POW));
    assert_non_null(mm_session_override(small->session, MEAN));
}

static void dropped(void **state)
{
    struct small *small = *state;
    small_keys(small, "a T A");
    assert_true(small_says(small, "Nothing is tagged (a suggests anew)"));
    assert_int_equal(mm_plan_count(plan(small)), 0);
}

static void rules_are_typed(void **state)
{
    static const char *const good[] = {":suggest top 1", ":suggest 0.5", ":suggest 80%"};
    struct small *small = *state;
    for (size_t i = 0; i < MM_COUNT(good); i++) {
        small_keys(small, "T");
        small_keys(small, good[i]);
        assert_tagged(small, "2 ");
    }
    small_keys(small, ":suggest half of it");
    assert_true(small_says(small, "\"half of it\" is not a share"));
    assert_tagged(small, "2 "); /* nothing is lost by a slip */
}

static void not_before_all_is_measured(void **state)
{
    struct small *small = *state;
    app_act(small->app, ACT_SUGGEST, NULL);
    assert_true(small_says(small, "when all is measured"));
    app_act(small->app, ACT_ACCEPT, NULL);
    assert_true(small_says(small, "Nothing is suggested"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tags_with_reasons, setup_settled, small_teardown),
        cmocka_unit_test_setup_teardown(taken_as_one_step, setup_settled, small_teardown),
        cmocka_unit_test_setup_teardown(edited_before_it_is_taken, setup_settled, small_teardown),
        cmocka_unit_test_setup_teardown(dropped, setup_settled, small_teardown),
        cmocka_unit_test_setup_teardown(rules_are_typed, setup_settled, small_teardown),
        cmocka_unit_test_setup_teardown(not_before_all_is_measured, setup, small_teardown),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
