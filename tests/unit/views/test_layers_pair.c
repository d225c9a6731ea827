#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"

/* dropout is in src alone, four floats; cast in dst alone, two. */
static const struct mm_layer *named(const struct small *small, bool dst, const char *name)
{
    size_t id = mm_session_find(small->session, dst, name);
    assert_true(id != SIZE_MAX);
    return mm_session_layer(small->session, id);
}

static bool is_paired(const struct small *small)
{
    return named(small, false, "dropout")->pair->dst != NULL;
}

static void marks(void **state)
{
    struct small *small = *state;
    small_keys(small, "/ \"dropout\" Enter =");
    assert_true(small_says(small, "dropout marked: = on one only in dst pairs the two"));
    assert_true(small_shows(small, "=  8  dropout"));
    small_keys(small, "Esc");
    assert_true(small_says(small, "Mark dropped"));
    assert_true(small_hides(small, "=  8  dropout"));
    small_keys(small, "= =");
    assert_true(small_says(small, "Mark dropped"));
    small_keys(small, "= / \"conv1\" Enter =");
    assert_true(small_says(small, "conv1 is paired already (same name); ! takes the pair apart"));
    small_keys(small, "/ \"cast\" Enter =");
    assert_true(small_says(small, "Paired dropout with cast (u undoes it"));
    assert_true(is_paired(small));
    assert_string_equal(small_selected(small), "dropout");
    assert_int_equal(named(small, false, "dropout")->result.state, MM_STATE_MISMATCH); /* 4 against 2 */
}

/* The filter, the tags and the screen on top go on; the row of the layer that is looked at is its pair's. */
static void from_other_screens(void **state)
{
    struct small *small = *state;
    small_keys(small, "/ \"relu1\" Enter t\n:pair dropout cast\nEnter 1");
    assert_string_equal(small_selected(small), "dropout");
    assert_true(small_shows(small, "paired by hand"));
    small_keys(small, "u");
    assert_false(is_paired(small));
    assert_true(small_shows(small, "only in src"));
    assert_true(small_says(small, "Undone: pair dropout with cast (C-r redoes it)"));
    small_keys(small, "w C-r");
    assert_true(is_paired(small));
    small_keys(small, "q J K 2 4 3 0");
    small_keys(small, "q");
    assert_true(named(small, false, "relu1")->tagged);
    small_keys(small, "& \"cast\" Enter u");
    assert_true(small_shows(small, "1 of 14 shown: cast"));
    assert_string_equal(small_selected(small), "cast");
}

static void unsaved(void **state)
{
    struct small *small = *state;
    small_keys(small, ":pair dropout cast\nj");
    assert_true(small_shows(small, "* not saved"));
    small_keys(small, "Q");
    assert_true(small_shows(small, "Hand-made pairs not saved. Quit anyway?"));
    small_keys(small, "n\np Q");
    assert_true(small_shows(small, "Plan and pairs not saved. Quit anyway?"));
    small_keys(small, "n\nu\n:pairs hand.map");
    assert_true(small_says(small, "Wrote 1 line to hand.map: --map hand.map pairs so again"));
    small_keys(small, "Q");
    assert_true(small->app->quit);
    assert_int_equal(remove("hand.map"), 0);
}

static void nothing_to_save(void **state)
{
    struct small *small = *state;
    small_keys(small, ":pairs hand.map");
    assert_true(small_says(small, "Nothing was paired by hand"));
    assert_int_not_equal(remove("hand.map"), 0);
    small_keys(small, ":unpair nothing");
    assert_true(small_says(small, "There is no tensor \"nothing\""));
    small_keys(small, ":unpair cast");
    assert_true(small_says(small, "cast is in dst alone: there is nothing to take apart"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(marks, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(from_other_screens, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(unsaved, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(nothing_to_save, small_setup, small_teardown),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
