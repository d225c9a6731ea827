/* The plan screen: what was chosen, what would be written, and writing it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"

static const struct mm_plan *plan(const struct small *small)
{
    return mm_session_plan_const(small->session);
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* ---- looks ---- */

static void golden_empty(void **state)
{
    struct small *small = *state;
    small_keys(small, "w");
    small_goldens(small, "plan-empty");
}

static void golden_ops(void **state)
{
    struct small *small = *state;
    small_keys(small, "* \"ln.*\" Enter p p w");
    small_goldens(small, "plan-ops");
}

static void golden_awkward_names(void **state)
{
    struct small *small = *state;
    small_keys(small, "o \"* f32\" Enter\n:set network_precision float16\nw");
    small_goldens(small, "plan-awkward");
}

static void all_sizes(void **state)
{
    struct small *small = *state;
    small_keys(small, "w");
    small_draw_all_sizes(small);
    small_keys(small, "q o \"* f32\" Enter w");
    small_draw_all_sizes(small);
}

/* ---- contents ---- */

static void grouped_by_op(void **state)
{
    struct small *small = *state;
    small_keys(small, "o \"* f32\" Enter x w"); /* all four; x takes the selected one away: 3 are left */
    assert_true(small_shows(small, "Plan: 3 overrides"));
    struct mm_buf frame;
    mm_buf_init(&frame);
    script_frame(small->app, &frame);
    const char *text = mm_buf_text(&frame);
    const char *conv = strstr(text, "mm.conv2d"), *mean = strstr(text, "mm.reduce_mean"),
               *sub = strstr(text, "mm.sub");
    assert_non_null(conv);
    assert_true(conv < mean && mean < sub); /* by op type, in order */
    assert_non_null(strstr(text, "FLOAT32  main/conv"));
    assert_non_null(strstr(text, "diff2 2.10e-1: 4.2x over 0.05"));
    assert_non_null(strstr(text, "chosen by hand")); /* ln.Sub was fine */
    mm_buf_done(&frame);
}

static void says_what_will_be_written(void **state)
{
    struct small *small = *state;
    small_keys(small, "p w");
    assert_true(small_shows(small, "Enter writes for Cambricon MagicMind to export/"));
    assert_true(small_shows(small, "build_config.json"));
    assert_true(small_shows(small, "apply_overrides.py"));
    assert_true(small_shows(small, "overrides.json"));
    assert_true(small_shows(small, "Nothing written yet (Enter writes)"));
    assert_true(small_shows(small, "* not saved"));
    assert_true(small_shows(small, ":set network_precision float16")); /* the dump's floats are half */
    assert_false(exists("export"));
}

static void long_sentences_go_on_below(void **state)
{
    struct small *small = *state;
    small_keys(small, "w");
    assert_true(small_shows(small, "per-operator precision: call it after parse, before"));
    assert_true(small_shows(small, "                       calibrate and build"));
    small_keys(small, ":resize 132x43");
    assert_true(small_shows(small, "call it after parse, before calibrate and build"));
    small_keys(small, ":resize 80x24");
    assert_true(small_shows(small, "                       calibrate and build"));
}

static void settings(void **state)
{
    struct small *small = *state;
    small_keys(small, "w\n:set network_precision int8_float16");
    assert_true(small_shows(small, "network_precision = int8_float16"));
    small_keys(small, ":set network_precision fp7");
    assert_int_equal(small->app->message_role, ROLE_ERROR);
    small_keys(small, "u");
    assert_null(mm_plan_setting(plan(small), "network_precision"));
}

/* ---- another runtime ---- */

static void golden_limits(void **state)
{
    struct small *small = *state;
    small_keys(small, "p p\n:set calibration_statistics mse\no \"*Sub bf16\" Enter o \"conv* i8\" Enter w");
    small_goldens(small, "plan-limits");
}

static void golden_runtime_menu(void **state)
{
    struct small *small = *state;
    small_keys(small, "p p w t");
    small_goldens(small, "plan-runtimes");
}

/* Every row of the table can be chosen, by moving and by a letter of its own. */
static void every_runtime_is_in_the_menu(void **state)
{
    struct small *small = *state;
    const struct mm_dialect *dialect;
    small_keys(small, "p w");
    for (size_t i = 0; (dialect = mm_dialect_at(i)); i++) {
        char says[96];
        small_keys(small, "t g");
        for (size_t down = 0; down < i; down++)
            small_keys(small, "j");
        small_keys(small, "Enter");
        snprintf(says, sizeof says, "The plan is for %s now", dialect->title);
        assert_true(small_shows(small, says));
    }
    small_keys(small, "t 9");
    assert_true(small_shows(small, "The plan is for QNN now"));
    small_keys(small, "t a"); /* the tenth */
    assert_true(small_shows(small, "The plan is for ai-edge-quantizer now"));
    small_keys(small, "t l"); /* no letter that moves: 1-9 a-f h i l, the eighteenth */
    assert_true(small_shows(small, "The plan is for Hailo now"));
}

static void the_screen_follows_the_runtime(void **state)
{
    struct small *small = *state;
    small_keys(small, "p w"); /* FLOAT16 */
    small_keys(small, "t j Enter");
    assert_true(small_shows(small, "Enter writes for ONNX Runtime to export/"));
    assert_true(small_shows(small, "quantize.json"));
    assert_true(small_shows(small, "FLOAT16 is left out"));
    assert_true(small_sees(small, "build_config.json", false));
    small_keys(small, "p"); /* FLOAT32 is what can be said */
    assert_true(small_sees(small, "is left out", false));
    assert_true(small_shows(small, "without the model (--model)"));
    small_keys(small, ":to magicmind");
    assert_true(small_shows(small, "build_config.json"));
    assert_true(small_sees(small, "--model", false));
}

static void what_is_left_out_is_said(void **state)
{
    struct small *small = *state;
    small_keys(small, "* \"ln.*\" Enter P b P f u\n:to onnxruntime\nw");
    small_keys(small, "p Enter"); /* one of three to FLOAT32 */
    assert_true(
        small_says(small, "Wrote 1 of 3 overrides for ONNX Runtime to export; it can't express the others"));
    assert_int_equal(small->app->message_role, ROLE_WARN);
    assert_false(mm_plan_unsaved(plan(small))); /* overrides.json has all */
    small_keys(small, "q o \"ln.* f32\" Enter\n:set fusion false\n:export export");
    assert_true(
        small_says(small, "Wrote 3 overrides for ONNX Runtime to export; the plan screen says what is"));
    assert_true(exists("export/quantize.py"));
    mm_folder_remove("export");
}

/* A plan file of a runtime that this mmtui does not know: its types are shown, kept, and can be replaced. */
static void types_of_another_runtime(void **state)
{
    static const char text[] = "{\"format\": \"mmtui-plan\", \"schema_version\": 2, \"overrides\": ["
                               "{\"name\": \"main/ln.Pow\", \"precision\": \"gguf:q8_0\"}]}";
    struct small *small = *state;
    struct mm_err err;
    small_write(".", "own.json", text, sizeof text - 1);
    assert_int_equal(mm_plan_load(mm_session_plan(small->session), "own.json", &err), 0);
    small_keys(small, ":resize 80x24");
    assert_true(small_shows(small, "▸q8_0"));
    small_keys(small, "w");
    assert_true(small_shows(small, " ! q8_0     main/ln.Pow"));
    assert_true(small_shows(small, "a type of another runtime"));
    small_keys(small, "p"); /* behind the last */
    assert_int_equal(mm_plan_count(plan(small)), 0);
    small_keys(small, "u p u q Enter");
    assert_true(small_shows(small, "▸q8_0"));
    unlink("own.json");
}

/* ---- changing ---- */

static void changes_on_the_screen(void **state)
{
    struct small *small = *state;
    small_keys(small, "p p w"); /* ln.Pow: the cursor stands on it at once */
    small_keys(small, "x");
    assert_int_equal(mm_plan_count(plan(small)), 0);
    small_keys(small, "u");
    assert_int_equal(mm_plan_count(plan(small)), 1);
    assert_int_equal(mm_plan_at(plan(small), 0)->precision, MM_PRECISION_F32);
    small_keys(small, "g x");
    assert_true(small_says(small, "There is no override on this line"));
    small_keys(small, "j p"); /* after FLOAT32 comes none */
    assert_int_equal(mm_plan_count(plan(small)), 0);
    small_keys(small, "u q");
    assert_true(small_shows(small, "▸F32")); /* the list below knows */
}

/* ---- writing ---- */

static void write_and_read_back(void **state)
{
    struct small *small = *state;
    small_keys(small, "* \"ln.*\" Enter p p w Enter");
    assert_true(small_says(small, "Wrote 3 overrides for Cambricon MagicMind to export"));
    assert_false(mm_plan_unsaved(plan(small)));
    assert_true(exists("export/build_config.json"));
    assert_true(exists("export/apply_overrides.py"));
    struct mm_plan *again;
    struct mm_err err;
    assert_int_equal(mm_plan_open(&again, &err), 0);
    assert_int_equal(mm_plan_load(again, "export/overrides.json", &err), 0);
    assert_int_equal(mm_plan_count(again), 3);
    for (size_t i = 0; i < 3; i++) {
        const struct mm_override *a = mm_plan_at(plan(small), i), *b = mm_plan_at(again, i);
        assert_string_equal(a->name, b->name);
        assert_string_equal(a->why, b->why);
        assert_int_equal(b->precision, MM_PRECISION_F32);
    }
    assert_string_equal(mm_plan_at(again, 0)->name, "main/ln.Pow");
    mm_plan_close(again);
    small_keys(small, "q q"); /* saved: leaving asks nothing */
    assert_true(small->app->quit);
    mm_folder_remove("export");
}

static void export_to_another_folder(void **state)
{
    struct small *small = *state;
    small_keys(small, "p\n:export elsewhere/deep");
    assert_true(exists("elsewhere/deep/overrides.json"));
    assert_false(exists("export"));
    assert_true(small_says(small, "elsewhere/deep"));
    small_keys(small, "w");
    assert_true(small_shows(small, "to elsewhere/deep/"));
}

static void a_folder_that_cannot_be(void **state)
{
    struct small *small = *state;
    small_keys(small, "p\n:export src/1001_input.npy");
    assert_int_equal(small->app->message_role, ROLE_ERROR);
    assert_true(mm_plan_unsaved(plan(small)));
}

/* ---- the pane, the marks, what is new ---- */

static void the_selected_override_in_full(void **state)
{
    struct small *small = *state;
    small_keys(small,
               "o \"* f32\" Enter w"); /* the first is main/conv: 8 against 6 in six values, see small.h */
    assert_true(small_shows(small, " main/conv FLOAT32 "));
    assert_true(small_shows(small, "why   4.2x over 0.05"));
    assert_true(small_shows(small, "then  diff2 2.10e-1  diff1 9.52e-2  max|d| 2.00"));
    assert_true(small_hides(small, "now diff2")); /* as it was then */
    small_keys(small, "j j");                     /* the heading of the next type, its override */
    assert_true(small_shows(small, " main/ln.Pow FLOAT32 ") ||
                small_shows(small, " main/ln.ReduceMean FLOAT32 "));
    small_keys(small, ":resize 80x13"); /* no room: the reason is in the status row */
    assert_true(small_hides(small, "then  "));
}

static void how_much_is_not_seen(void **state)
{
    struct small *small = *state;
    small_keys(small, "w\n:resize 80x12");
    int below = 0;
    struct mm_buf frame = {0};
    script_frame(small->app, &frame);
    const char *mark = strstr(mm_buf_text(&frame), " below");
    assert_non_null(mark);
    while (mark[-1] >= '0' && mark[-1] <= '9')
        mark--;
    below = atoi(mark);
    assert_true(below > 0);
    mm_buf_done(&frame);
    small_keys(small, "G");
    assert_true(small_hides(small, "below"));
    char above[32];
    snprintf(above, sizeof above, "%d above", below); /* the last page hides as many as the first did */
    assert_true(small_shows(small, above));
    small_keys(small, ":resize 40x12");
    assert_true(small_shows(small, "↑"));
    small_keys(small, ":resize 80x60");
    assert_true(small_hides(small, "above"));
}

static void what_is_not_in_the_file(void **state)
{
    struct small *small = *state;
    small_keys(small, "o \"*Pow f32\" Enter o \"conv* f16\" Enter w d");
    assert_true(small_shows(small, "The plan was not written yet: all of it is new."));
    assert_true(small_shows(small, "Added (2)"));
    small_keys(small, "d Enter d"); /* written: nothing is new */
    assert_true(small_shows(small, "Nothing has changed since the plan was written"));
    small_keys(small, "q o \"*Mean f32\" Enter o \"conv* f32\" Enter\n:set network_precision float16\nw d");
    assert_true(small_shows(small, "Added (1)"));
    assert_true(small_shows(small, "main/ln.ReduceMean"));
    assert_true(small_shows(small, "Changed (1)"));
    assert_true(small_shows(small, "was FLOAT16: 4.2x over 0.05"));
    assert_true(small_shows(small, "network_precision = float16 (was not set)"));
    small_keys(small, "q o \"*Pow none\" Enter w d");
    assert_true(small_shows(small, "Removed (1)"));
    assert_true(small_shows(small, "FLOAT32  main/ln.Pow"));
    small_keys(small, "u"); /* undo works here, too, and the lines follow */
    assert_true(small_hides(small, "Removed"));
    small_keys(small, "C-r");
    assert_true(small_shows(small, "Removed (1)"));
    small_goldens(small, "plan-diff");
    mm_folder_remove("export");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, small_setup, small_teardown)
#define OPS(name)  cmocka_unit_test_setup_teardown(name, small_setup_ops, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OPS(golden_empty),
        OPS(golden_ops),
        TEST(golden_awkward_names),
        TEST(all_sizes),
        OPS(grouped_by_op),
        OPS(says_what_will_be_written),
        OPS(long_sentences_go_on_below),
        OPS(settings),
        OPS(golden_limits),
        OPS(golden_runtime_menu),
        OPS(every_runtime_is_in_the_menu),
        OPS(the_screen_follows_the_runtime),
        OPS(what_is_left_out_is_said),
        OPS(types_of_another_runtime),
        OPS(changes_on_the_screen),
        OPS(write_and_read_back),
        OPS(export_to_another_folder),
        OPS(a_folder_that_cannot_be),
        OPS(the_selected_override_in_full),
        OPS(how_much_is_not_seen),
        OPS(what_is_not_in_the_file),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
