#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "ui/key.h"
#include "unit/views/small.h"

#include <string.h>

/* What is on the `:` line after `text` and a Tab. */
static const char *tab(struct small *small, const char *text)
{
    struct app *app = small->app;
    app_prompt(app, ACT_COMMAND, ":", text);
    app_key(app, K_TAB);
    return app->prompt.line.text;
}

static bool offers(const struct small *small, const char *candidate)
{
    const struct completions *found = &small->app->prompt.found;
    for (size_t i = 0; i < found->count; i++) {
        if (strcmp(completions_at(found, i), candidate) == 0)
            return true;
    }
    return false;
}

static void words_of_tables(void **state)
{
    struct small *small = *state;
    assert_string_equal(tab(small, "sort co"), "sort cos");
    assert_string_equal(tab(small, "sort "), "sort ");
    assert_true(offers(small, "diff2"));
    assert_false(offers(small, "before")); /* there is no earlier dump */
    assert_string_equal(tab(small, "to onnxr"), "to onnxruntime");
    assert_string_equal(tab(small, "precision f3"), "precision f32");
    assert_string_equal(tab(small, "precision no"), "precision none");
    assert_string_equal(tab(small, "set network"), "set network_precision ");
    assert_string_equal(tab(small, "set network_precision bf"), "set network_precision bfloat16");
    assert_string_equal(tab(small, "set fusion "), "set fusion ");
    assert_true(offers(small, "true") && offers(small, "false"));
    assert_int_equal(small->app->prompt.found.count, 2);
    assert_string_equal(tab(small, "set nonsense "), "set nonsense ");
    assert_int_equal(small->app->prompt.found.count, 0);
    assert_string_equal(tab(small, "threshold diff"), "threshold diff");
    assert_string_equal(tab(small, "export ops_s"), "export ops_src/");
    assert_string_equal(tab(small, "pairs src/1001"), "pairs src/1001_input.npy");
    assert_string_equal(tab(small, "export src/1001"), "export src/1001"); /* a folder is wanted */
}

static void names_of_layers(void **state)
{
    struct small *small = *state;
    assert_string_equal(tab(small, "search hea"), "search head");
    assert_string_equal(tab(small, "tag-pattern enc"), "tag-pattern " SMALL_LONG);
    assert_string_equal(tab(small, "override resh"), "override reshape ");
    assert_string_equal(tab(small, "override resh"), "override reshape ");
    assert_string_equal(tab(small, "override reshape b"), "override reshape bf16");
    /* only what has no partner can be paired, only what has one be taken apart */
    assert_string_equal(tab(small, "pair "), "pair dropout ");
    assert_string_equal(tab(small, "pair dropout "), "pair dropout cast");
    assert_string_equal(tab(small, "pair dropout = "), "pair dropout = cast");
    assert_string_equal(tab(small, "pair \"dropout\" c"), "pair \"dropout\" cast");
    assert_string_equal(tab(small, "pair \"drop"), "pair \"dropout\" ");
    assert_string_equal(tab(small, "unpair hea"), "unpair head");
    assert_string_equal(tab(small, "unpair dropo"), "unpair dropo");
}

/* A control character in a name can't be typed: the layer is not offered. */
static void hostile_names_stay_out(void **state)
{
    struct small *small = *state;
    assert_string_equal(tab(small, "search evil"), "search evil\\x1b[2J\\nname");
    assert_string_equal(tab(small, "unpair evil"), "unpair evil");
}

static void types_of_operators(void **state)
{
    struct small *small = *state;
    tab(small, "override mm.");
    assert_true(offers(small, "mm.pow "));
    assert_string_equal(small->app->prompt.found.note[0], "type of operator");
}

static void what_was_meant(void **state)
{
    struct small *small = *state;
    small_keys(small, ":override rehsape f32\n");
    assert_true(small_says(small, "No layer matches rehsape; did you mean reshape?"));
    small_keys(small, ":tag-pattern dropuot\n");
    assert_true(small_says(small, "0 layers match dropuot; did you mean dropout?"));
    small_keys(small, ":unpair haed\n");
    assert_true(small_says(small, "There is no tensor \"haed\"; did you mean head?"));
    small_keys(small, ":sort dif2\n");
    assert_true(small_says(small, "there is no column \"dif2\"; did you mean diff2?"));
    small_keys(small, ":to onxruntime\n");
    assert_true(small_says(small, "there is no export for \"onxruntime\"; did you mean onnxruntime?"));
    small_keys(small, ":set fuison true\n");
    assert_true(small_says(small, "there is no setting \"fuison\"; did you mean fusion?"));
    small_keys(small, ":theme moon\n");
    assert_true(small_says(small, "no theme is called 'moon'; did you mean mono?"));
    assert_int_equal(app_command(small->app, "thresold 1"), -1);
    assert_true(small_says(small, "Unknown action 'thresold'; did you mean threshold? (? lists them)"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_of_tables, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(names_of_layers, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(hostile_names_stay_out, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(types_of_operators, small_setup_ops, small_teardown),
        cmocka_unit_test_setup_teardown(what_was_meant, small_setup, small_teardown),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
