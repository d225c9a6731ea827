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

/*
 * Of src a, b, c, of dst x, y, z alone, and `same` in both: a and x are equal, b and y are off by a hundredth, and c is like z
 * as much as like w: which of the two it is can't be said.
 */
static int likely_setup(void **state)
{
    struct small *small = calloc(1, sizeof *small);
    static const char *const folders[] = {"likely_src", "likely_dst"};
    for (size_t i = 0; i < 2; i++) {
        mm_folder_make(folders[i], NULL);
        SMALL_F32(folders[i], "same.npy", "4,", 1, 2, 3, 4);
        SMALL_F32(folders[i], "again.npy", "4,", 1, 2, 3, 4);
        SMALL_F32(folders[i], "third.npy", "4,", 1, 2, 3, 4);
        SMALL_F32(folders[i], "fourth.npy", "4,", 1, 2, 3, 4);
    }
    SMALL_F32("likely_src", "alpha.npy", "8,", 1, 2, 3, 4, 5, 6, 7, 8);
    SMALL_F32("likely_dst", "xi.npy", "8,", 1, 2, 3, 4, 5, 6, 7, 8);
    SMALL_F32("likely_src", "beta.npy", "2, 4", 10, 20, 30, 40, 50, 60, 70, 80);
    SMALL_F32("likely_dst", "ypsilon.npy", "2, 4", 10.1f, 20, 30, 40, 50, 60, 70, 80);
    SMALL_F32("likely_src", "gamma.npy", "3, 3", -1, 2, -3, 4, -5, 6, -7, 8, 9);
    SMALL_F32("likely_dst", "zeta.npy", "3, 3", -1, 2, -3, 4, -5, 6, -7, 8, 9);
    SMALL_F32("likely_dst", "omega.npy", "3, 3", 9, 2, -3, 4, -5, 6, -7, 8, -1);
    small_open_folders(small, "likely_src", "likely_dst");
    small_settle(small);
    *state = small;
    return 0;
}

static const char *partner(const struct small *small, const char *name)
{
    const struct mm_layer *layer = named(small, false, name);
    return layer->pair->dst ? layer->pair->own[1] : "";
}

static void likely(void **state)
{
    struct small *small = *state;
    small_keys(small, "/ \"beta\" Enter");
    assert_true(small_shows(small, "pair likely"));
    golden_check(small->app, "layers-likely-80x24-utf8");
    small_keys(small, "+");
    assert_true(
        small_says(small, "Paired 2 tensors with the likely partners (u undoes it, :pairs FILE saves it)"));
    golden_check(small->app, "layers-likely-paired-80x24-utf8");
    assert_string_equal(small_selected(small), "beta");
    assert_string_equal(partner(small, "alpha"), "xi");
    assert_string_equal(partner(small, "beta"), "ypsilon");
    assert_string_equal(partner(small, "gamma"), "");
    assert_int_equal(named(small, false, "alpha")->pair->rung, MM_PAIR_BY_HAND);
    small_keys(small, ":pair-likely");
    assert_true(small_says(small, "Nothing to pair"));
    small_keys(small, "u");
    assert_true(small_says(small, "Undone: pair 2 tensors with the likely partners"));
    assert_string_equal(partner(small, "alpha"), "");
    assert_string_equal(partner(small, "beta"), "");
    small_keys(small, "C-r");
    assert_string_equal(partner(small, "alpha"), "xi");
    assert_string_equal(partner(small, "beta"), "ypsilon");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(marks, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(from_other_screens, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(unsaved, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(nothing_to_save, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(likely, likely_setup, small_teardown),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
