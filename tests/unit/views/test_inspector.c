/* The inspector: a session and an app joined; what means the same on every screen. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"
#include "unit/near.h"

static const struct mm_plan *plan(const struct small *small)
{
    return mm_session_plan_const(small->session);
}

/* ---- life ---- */

static struct mm_session *open_session(const char *src, const char *dst, struct mm_err *err)
{
    struct mm_session *session = NULL;
    struct mm_session_options options;
    mm_session_defaults(&options);
    options.src = src;
    options.dst = dst;
    options.jobs = 0;
    if (mm_session_open(&session, &options, err) < 0)
        fail_msg("%s", err->text);
    assert_int_equal(mm_session_start(session, err), 0);
    return session;
}

static void refuses_what_is_wrong(void **state)
{
    static const struct {
        struct inspector_options options;
        const char *says;
    } cases[] = {
        {{.dialect = "tensorrt", .sort = "diff2"}, "no export for \"tensorrt\""},
        {{.dialect = "magicmind", .sort = "diff2", .filter = "diff2>>"}, "is not a number"},
        {{.dialect = "magicmind", .sort = "diff2", .app = {.theme = "no such theme"}}, "no such theme"},
    };
    (void)state;
    struct mm_err err = {0};
    struct mm_session *session = open_session("src", "dst", &err);
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct inspector inspector;
        assert_int_equal(inspector_init(&inspector, session, &cases[i].options, &err), -1);
        if (!strstr(err.text, cases[i].says))
            fail_msg("%s", err.text);
    }
    mm_session_close(session);
}

static void begins_with_sort_and_filter(void **state)
{
    (void)state;
    struct mm_err err = {0};
    struct mm_session *session = open_session("src", "dst", &err);
    struct inspector inspector;
    const struct inspector_options options = {.dialect = "magicmind", .sort = "number", .filter = "bad"};
    assert_int_equal(inspector_init(&inspector, session, &options, &err), 0);
    struct small small = {
        .session = session, .app = &inspector.app, .layers = (void *)inspector.app.stack[0]};
    assert_int_equal(small.layers->list.count, 0); /* nothing is measured, so nothing is bad yet */
    app_resize(&inspector.app, 80, 24);
    small_settle(&small);
    assert_int_equal(small.layers->list.count, 7);
    assert_string_equal(small_selected(&small), "relu1");
    inspector_done(&inspector);
    mm_session_close(session);
}

static void notices_are_told(void **state)
{
    (void)state;
    struct mm_err err = {0};
    struct mm_session *session = open_session("src", "src", &err);
    struct inspector inspector;
    const struct inspector_options options = {.dialect = "magicmind", .sort = "diff2"};
    assert_int_equal(inspector_init(&inspector, session, &options, &err), 0);
    assert_non_null(strstr(inspector.app.message, "same folder"));
    inspector_done(&inspector);
    mm_session_close(session);
}

static void nothing_in_common(void **state)
{
    struct small small = {0};
    (void)state;
    small_open_folders(&small, "src", "ops_dst");
    assert_true(small_says(&small, "src and dst have no tensor name in common"));
    small_settle(&small);
    small_draw_all_sizes(&small);
    small_keys(&small, "e f F Enter 2 J");
    inspector_done(&small.inspector);
    mm_session_close(small.session);
}

/* ---- hooks ---- */

static void ready_takes_results_and_busy_ends(void **state)
{
    struct small *small = *state;
    const struct app_hooks *hooks = &small->app->hooks;
    assert_true(hooks->busy(hooks->context));
    assert_ptr_equal(inspector_of(small->app), &small->inspector);
    int rounds = 0;
    while (hooks->ready(hooks->context))
        rounds++;
    assert_true(rounds > 1); /* bit by bit */
    assert_false(hooks->busy(hooks->context));
}

static void settle_brings_what_views_ask_for(void **state)
{
    struct small *small = *state;
    app_resize(small->app, 160, 50); /* the preview wants a histogram of a layer that is not measured yet */
    small_settle(small);
    assert_non_null(small->layers->hist);
    assert_true(mm_session_idle(small->session));
}

/* ---- actions of every screen ---- */

static void undo_works_everywhere(void **state)
{
    struct small *small = *state;
    small_keys(small, "p Enter u"); /* on the layer's screen */
    assert_int_equal(mm_plan_count(plan(small)), 0);
    small_keys(small, "w C-r"); /* on the plan's */
    assert_int_equal(mm_plan_count(plan(small)), 1);
    assert_true(small_says(small, "Redone"));
}

static void thresholds_are_read(void **state)
{
    static const struct {
        const char *text;
        double diff1, diff2; /* -1: refused */
    } cases[] = {
        {"0.02", 0.02, 0.02}, {"diff1 0.1", 0.1, 0.02}, {"diff2 1e-3", 0.1, 1e-3},
        {"0", 0, 0},          {"cosine 0.9", -1, -1},   {"diff1", -1, -1},
        {"-0.5", -1, -1},     {"nan", -1, -1},          {"diff1 0.1 0.2", -1, -1},
        {"x", -1, -1},
    };
    struct small *small = *state;
    struct mm_thresholds before = mm_session_options(small->session)->thresholds;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        app_act(small->app, ACT_THRESHOLD, cases[i].text);
        const struct mm_thresholds *now = &mm_session_options(small->session)->thresholds;
        if (cases[i].diff1 >= 0)
            before = (struct mm_thresholds){.diff1 = cases[i].diff1, .diff2 = cases[i].diff2};
        assert_near(now->diff1, before.diff1, 0);
        assert_near(now->diff2, before.diff2, 0);
        assert_int_equal(small->app->message_role, cases[i].diff1 >= 0 ? ROLE_STATUS : ROLE_ERROR);
    }
}

static void settings_by_the_beginning_of_their_key(void **state)
{
    static const char key[] = "network_precision";
    struct small *small = *state;
    small_keys(small, ":set network_precision float16");
    assert_string_equal(mm_plan_setting(plan(small), key), "float16");
    small_keys(small, ":set net float32");
    assert_string_equal(mm_plan_setting(plan(small), key), "float32");
    assert_true(small_says(small, "network_precision float32"));
    small_keys(small, "u");
    assert_string_equal(mm_plan_setting(plan(small), key), "float16");
    small_keys(small, ":set network_precision");
    assert_null(mm_plan_setting(plan(small), key));
    small_keys(small, ":set calib percentile_99.99");
    assert_string_equal(mm_plan_setting(plan(small), "calibration_statistics"), "percentile_99.99");
    static const char *const wrong[] = {":set no_such_key 1", ":set precision float16", ":set"};
    for (size_t i = 0; i < MM_COUNT(wrong); i++) {
        small_keys(small, wrong[i]);
        if (i + 1 < MM_COUNT(wrong)) { /* `:set` alone asks */
            assert_true(small_says(small, "there is no setting"));
            assert_int_equal(small->app->message_role, ROLE_ERROR);
        }
    }
}

static const char *runtime(const struct small *small)
{
    return small->inspector.dialect->id;
}

static void another_runtime(void **state)
{
    struct small *small = *state;
    assert_string_equal(runtime(small), "magicmind");
    small_keys(small, ":to onnxruntime");
    assert_string_equal(runtime(small), "onnxruntime");
    assert_true(small_says(small, "The plan is for ONNX Runtime now"));
    small_keys(small, ":to tensorrt");
    assert_string_equal(runtime(small), "onnxruntime");
    assert_true(small_says(small, "there are: magicmind, onnxruntime"));
    assert_int_equal(small->app->message_role, ROLE_ERROR);
    assert_int_equal(mm_plan_count(plan(small)), 0);
    small_keys(small, "u"); /* a way to write the plan, not a part of it */
    assert_true(small_says(small, "Nothing to undo"));
}

/* p goes through what the runtime can be told of one operator. */
static void precisions_of_the_runtime(void **state)
{
    struct small *small = *state;
    small_keys(small, ":to onnxruntime\np");
    assert_int_equal(mm_plan_at(plan(small), 0)->precision, MM_PRECISION_F32);
    small_keys(small, "p");
    assert_int_equal(mm_plan_count(plan(small)), 0);
    small_keys(small, "P h");
    assert_int_equal(mm_plan_at(plan(small), 0)->precision, MM_PRECISION_F16);
    assert_true(small_says(small, "but the files for ONNX Runtime can't express it"));
    assert_int_equal(small->app->message_role, ROLE_WARN);
    small_keys(small, "p");
    assert_int_equal(mm_plan_at(plan(small), 0)->precision, MM_PRECISION_F32);
    small_keys(small, "x");
    assert_int_equal(small->app->message_role, ROLE_STATUS); /* nothing chosen needs no telling */
}

static void quit_asks_only_for_unsaved_plans(void **state)
{
    struct small *small = *state;
    small_keys(small, "p Q");
    assert_int_equal(small->app->prompt.kind, PROMPT_ASK);
    small_keys(small, "n\n:export out");
    small_keys(small, "Q");
    assert_true(small->app->quit);
    mm_folder_remove("out");
}

static void status_row(void **state)
{
    struct small *small = *state;
    struct grid grid;
    struct mm_buf out;
    grid_init(&grid);
    mm_buf_init(&out);
    assert_int_equal(grid_resize(&grid, 30, 1), 0);
    struct canvas c = grid_canvas(&grid);
    inspector_status(small->app, &c, ROLE_STATUS, "a text that is rather long, really");
    small_keys(small, "p");
    grid_dump_glyphs(&grid, &out);
    assert_string_equal(mm_buf_text(&out), " a text that is rather long,…\n");
    grid_clear(&grid);
    mm_buf_clear(&out);
    inspector_status(small->app, &c, ROLE_STATUS, "a text that is rather long, really");
    grid_dump_glyphs(&grid, &out);
    assert_string_equal(mm_buf_text(&out), " a text that is…  * not saved\n");
    mm_buf_done(&out);
    grid_done(&grid);
}

#define TEST(name)  cmocka_unit_test_setup_teardown(name, small_setup, small_teardown)
#define EARLY(name) cmocka_unit_test_setup_teardown(name, small_setup_early, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_wrong),
        cmocka_unit_test(begins_with_sort_and_filter),
        cmocka_unit_test(notices_are_told),
        cmocka_unit_test(nothing_in_common),
        EARLY(ready_takes_results_and_busy_ends),
        EARLY(settle_brings_what_views_ask_for),
        TEST(undo_works_everywhere),
        TEST(thresholds_are_read),
        TEST(settings_by_the_beginning_of_their_key),
        TEST(another_runtime),
        TEST(precisions_of_the_runtime),
        TEST(quit_asks_only_for_unsaved_plans),
        TEST(status_row),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
