/* Groups of layers as one row each, and the section of what has no partner. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"

/*
 *     #  name      what                       diff2
 *     1  enc.0.a   equal                      0
 *     2  enc.0.b   4 became 4.5               .5 / 5 = .1
 *     3  enc.1.a   4 became 5                 1 / 5 = .2
 *     4  enc.1.b   4 became 4.05              .01
 *     5  head      equal                      0
 *     6  enc.1.z   only in src
 *     7  enc.1.d   only in dst
 *     8  enc.0.e   only in dst
 */
static int fold_setup(void **state)
{
    struct small *small = calloc(1, sizeof *small);
    static const float dst[] = {4, 4.5f, 5, 4.05f, 4};
    static const char *const names[] = {"enc.0.a", "enc.0.b", "enc.1.a", "enc.1.b", "head"};
    assert_int_equal(mm_folder_make("fold_src", NULL) | mm_folder_make("fold_dst", NULL), 0);
    for (int i = 0; i < 5; i++) {
        char file[40];
        snprintf(file, sizeof file, "%d_%s.npy", 101 + i, names[i]);
        SMALL_F32("fold_src", file, "2,", 3, 4);
        SMALL_F32("fold_dst", file, "2,", 3, dst[i]);
    }
    SMALL_F32("fold_src", "106_enc.1.z.npy", "2,", 3, 4);
    SMALL_F32("fold_dst", "107_enc.1.d.npy", "3,", 3, 4, 5);
    SMALL_F32("fold_dst", "108_enc.0.e.npy", "1,", 3);
    small_open_folders(small, "fold_src", "fold_dst");
    small_settle(small);
    *state = small;
    return 0;
}

/* The rows from the top: a layer's name, "enc.1.*=enc.1.a" for a group and the layer that it shows, "-" for the heading. */
static void rows_are(const struct small *small, const char *wanted)
{
    struct mm_buf text = {0};
    for (int row = 0; row < small->layers->list.count; row++) {
        const struct layers_fold *fold = layers_fold_at(small->layers, row);
        mm_buf_puts(&text, row ? " " : "");
        if (fold) {
            layers_fold_name(small->layers, fold, &text);
            mm_buf_putc(&text, '=');
        }
        mm_buf_puts(&text, small_row(small, row));
    }
    assert_string_equal(mm_buf_text(&text), wanted);
    mm_buf_done(&text);
}

static const char *selected(const struct small *small)
{
    return mm_session_layer(small->session, layers_here(small->layers))->label;
}

static size_t overrides(const struct small *small)
{
    return mm_plan_count(mm_session_plan_const(small->session));
}

static size_t tagged(const struct small *small)
{
    struct mm_session_totals totals;
    mm_session_totals(small->session, &totals);
    return totals.tagged;
}

/* ---- folding ---- */

static void one_group(void **state)
{
    struct small *small = *state;
    rows_are(small, "enc.1.a enc.0.b enc.1.b enc.0.a head - enc.1.z enc.1.d enc.0.e");
    small_keys(small, "z"); /* those without a partner are a row of their own */
    rows_are(small, "enc.1.*=enc.1.a enc.0.b enc.0.a head - enc.1.*=enc.1.z enc.0.e");
    assert_true(small_says(small, "enc.1.*: 4 layers folded (z unfolds, Z folds all groups)"));
    assert_true(small_shows(small, "   3  enc.1.* (2)"));
    assert_true(small_shows(small, "2.00e-1        1  1 over: 4x over"));
    small_keys(small, "j k");
    assert_true(small_shows(small, "enc.1.*: 2 layers · 1 over 0.05 · worst: #3 enc.1.a (z unfolds)"));
    small_keys(small, "z");
    rows_are(small, "enc.1.a enc.0.b enc.1.b enc.0.a head - enc.1.z enc.1.d enc.0.e");
    assert_string_equal(selected(small), "enc.1.a");
    small_keys(small, "j j j j z");
    assert_true(small_says(small, "No other name begins like head"));
}

/* The layer under the hand stays so, whatever its group's row shows. */
static void selection_follows(void **state)
{
    struct small *small = *state;
    small_keys(small, "j j z");
    assert_string_equal(selected(small), "enc.1.b");
    assert_int_equal(small->layers->list.cursor, 0);
    small_keys(small, "S");
    rows_are(small, "enc.0.a head enc.0.b enc.1.*=enc.1.a - enc.1.*=enc.1.z enc.0.e");
    assert_string_equal(selected(small), "enc.1.b");
    small_keys(small, "Enter"); /* unfolds, too */
    assert_string_equal(selected(small), "enc.1.b");
    rows_are(small, "enc.0.a head enc.1.b enc.0.b enc.1.a - enc.1.z enc.1.d enc.0.e");
}

static void all_groups(void **state)
{
    struct small *small = *state;
    small_keys(small, "Z");
    assert_true(small_says(small, "2 groups folded (Z unfolds all)"));
    rows_are(small, "enc.1.*=enc.1.a enc.0.*=enc.0.b head - enc.1.*=enc.1.z enc.0.e");
    small_keys(small, "z Z"); /* one is not: all are folded again */
    rows_are(small, "enc.1.*=enc.1.a enc.0.*=enc.0.b head - enc.1.*=enc.1.z enc.0.e");
    small_keys(small, "Z");
    rows_are(small, "enc.1.a enc.0.b enc.1.b enc.0.a head - enc.1.z enc.1.d enc.0.e");
}

/* By figures a group stands where its worst layer would; by name or number where its first one would. */
static void sorted(void **state)
{
    struct small *small = *state;
    small_keys(small, "Z\n:sort number");
    rows_are(small, "enc.0.*=enc.0.b enc.1.*=enc.1.a head - enc.1.*=enc.1.z enc.0.e");
    small_keys(small, ":sort layer");
    rows_are(small, "enc.0.*=enc.0.b enc.1.*=enc.1.a head - enc.0.e enc.1.*=enc.1.d");
    small_keys(small, "S"); /* each shows its worst all the same */
    rows_are(small, "head enc.1.*=enc.1.a enc.0.*=enc.0.b - enc.1.*=enc.1.z enc.0.e");
    small_keys(small, ":sort cos\nS");
    rows_are(small, "head enc.0.*=enc.0.b enc.1.*=enc.1.a - enc.1.*=enc.1.z enc.0.e");
}

static void filtered(void **state)
{
    struct small *small = *state;
    small_keys(small, "Z\n& \"diff2>0.001\" Enter");
    assert_true(small_says(small, "3 of 8 layers match"));
    rows_are(small, "enc.1.*=enc.1.a enc.0.b"); /* one layer alone is shown as such */
    assert_true(small_shows(small, "enc.1.* (2 of 4)"));
    small_keys(small, "& \"enc.1\" Enter z");
    rows_are(small, "enc.1.a enc.1.b - enc.1.z enc.1.d");
}

static void by_parts(void **state)
{
    struct small *small = *state;
    small_keys(small, ":group 1");
    assert_true(small_says(small, "1 group folded (Z unfolds all)"));
    rows_are(small, "enc.*=enc.1.a head - enc.*=enc.1.z");
    small_keys(small, ":group 3");
    assert_true(small_says(small, "No two names begin alike"));
    small_keys(small, ":group two");
    assert_true(small_says(small, "Parts of a name are a number"));
    small_keys(small, ":group\nEnter");
    assert_true(small_says(small, "2 groups folded"));
}

/* ---- working on a folded group ---- */

static void precision_of_all(void **state)
{
    struct small *small = *state;
    small_keys(small, "z\n:precision f32");
    assert_true(small_says(small, "FLOAT32 for 2 operators of enc.1.* (u undoes it)"));
    assert_int_equal(overrides(small), 2);
    assert_true(small_shows(small, "enc.1.* (2)    ▸F32"));
    small_keys(small, "u");
    assert_int_equal(overrides(small), 0);
    small_keys(small, "C-r z j j\n:precision f16\nz"); /* one of them is another */
    assert_true(small_shows(small, "▸mix"));
    small_keys(small, "x");
    assert_true(small_says(small, "Cleared 2 overrides of enc.1.*"));
    assert_int_equal(overrides(small), 0);
}

static void tags(void **state)
{
    struct small *small = *state;
    small_keys(small, "z t");
    assert_int_equal(tagged(small), 2);
    assert_true(small_shows(small, "●  3  enc.1.*"));
    small_keys(small, "t");
    assert_int_equal(tagged(small), 0);
    small_keys(small, "Z 2 Space");
    assert_int_equal(tagged(small), 4);
    assert_int_equal(small->layers->list.cursor, 2);
    small_keys(small, "T\n* \"enc.1.*\" Enter");
    assert_int_equal(tagged(small), 4); /* those without a partner are shown, too */
}

static void finding(void **state)
{
    struct small *small = *state;
    small_keys(small, "Z / \"1.b\" Enter");
    assert_true(small_says(small, "\"1.b\": match 1 of 1"));
    assert_int_equal(small->layers->list.cursor, 0);
    small_keys(small, "z");
    assert_string_equal(selected(small), "enc.1.b");
    small_keys(small, "Z g e");
    assert_string_equal(selected(small), "enc.0.b");
    small_keys(small, "f"); /* the first over the threshold */
    assert_string_equal(selected(small), "enc.0.b");
    small_keys(small, "]");
    assert_string_equal(selected(small), "enc.1.a");
    small_keys(small, "]"); /* a group is left at once */
    assert_string_equal(selected(small), "head");
    small_keys(small, "[ [");
    assert_string_equal(selected(small), "enc.0.b");
}

/* ---- without a partner ---- */

static void leftovers(void **state)
{
    struct small *small = *state;
    small_keys(small, ":leftovers");
    assert_true(small_says(small, "1 src only, 2 dst only: = on one of each pairs them, + pairs all likely"));
    assert_string_equal(small_selected(small), "enc.1.z");
    assert_true(small_shows(small, "      No partner: 1 src only · 2 dst only"));
    small_keys(small, "k");
    assert_true(small_shows(small, "3 tensors without a partner (z folds)"));
    small_keys(small, "=");
    assert_true(small_says(small, "This is a heading"));
    small_keys(small, "p");
    assert_true(small_says(small, "This is a heading"));
    small_keys(small, "t y");
    assert_int_equal(tagged(small) + overrides(small), 0);
    small_keys(small, "z");
    rows_are(small, "enc.1.a enc.0.b enc.1.b enc.0.a head -");
    assert_true(small_shows(small, "1 src only · 2 dst only (folded)"));
    small_keys(small, "Enter");
    assert_string_equal(small_selected(small), "-");
    rows_are(small, "enc.1.a enc.0.b enc.1.b enc.0.a head - enc.1.z enc.1.d enc.0.e");
    small_keys(small, "z g\n:leftovers");
    assert_string_equal(small_selected(small), "enc.1.z");
    small_keys(small, "& \"head\" Enter\n:leftovers");
    assert_true(small_says(small, "Every tensor of this filter has a partner"));
}

static void found_in_the_folded_section(void **state)
{
    struct small *small = *state;
    small_keys(small, "G Z\n:leftovers\nk z g / \"0.e\" Enter");
    assert_string_equal(small_selected(small), "-");
    assert_true(small_says(small, "match 1 of 1"));
    small_keys(small, "z");
    assert_string_equal(small_selected(small), "enc.0.e");
}

static void pairing_by_hand(void **state)
{
    struct small *small = *state;
    small_keys(small, "Z\n:leftovers\n=");
    assert_true(small_says(small, "enc.1.* are 2 layers: unfold them first (z)"));
    small_keys(small, "! z = j =");
    assert_true(small_says(small, "Paired enc.1.z with enc.1.d"));
    rows_are(small, "enc.1.z enc.1.a enc.0.*=enc.0.b enc.1.b head - enc.0.e"); /* shapes differ: the worst */
    assert_string_equal(small_selected(small), "enc.1.z");
    small_keys(small, "u");
    rows_are(small, "enc.1.a enc.0.*=enc.0.b enc.1.b head - enc.1.z enc.1.d enc.0.e");
}

/* J and K of the layer screen pass over the heading. */
static void walking(void **state)
{
    struct small *small = *state;
    small_keys(small, "4 j Enter 1");
    assert_true(small_shows(small, "5 of 8"));
    small_keys(small, "J");
    assert_true(small_shows(small, "enc.1.z"));
    assert_true(small_shows(small, "6 of 8"));
    small_keys(small, "K");
    assert_true(small_shows(small, "5 of 8"));
    small_keys(small, "q Z g\n:leftovers\nk z k Enter J"); /* the folded section has nothing behind it */
    assert_true(small_shows(small, "#5  head"));
}

static void all_sizes(void **state)
{
    struct small *small = *state;
    small_keys(small, "Z\n:precision f32");
    small_draw_all_sizes(small);
    small_keys(small, "G");
    small_draw_all_sizes(small);
}

static void golden(void **state)
{
    struct small *small = *state;
    small_keys(small, "Z\n:precision f32\nG");
    small_goldens(small, "layers-folded");
}

#define FOLD(name) cmocka_unit_test_setup_teardown(name, fold_setup, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOLD(one_group),
        FOLD(selection_follows),
        FOLD(all_groups),
        FOLD(sorted),
        FOLD(filtered),
        FOLD(by_parts),
        FOLD(precision_of_all),
        FOLD(tags),
        FOLD(finding),
        FOLD(leftovers),
        FOLD(found_in_the_folded_section),
        FOLD(pairing_by_hand),
        FOLD(walking),
        FOLD(all_sizes),
        FOLD(golden),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
