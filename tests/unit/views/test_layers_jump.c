/* Jumping in the layers list. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/net.h"

/* ---- by figures ---- */

static void search_goes_round(void **state)
{
    struct small *small = *state;
    small_keys(small, "n");
    assert_true(small_says(small, "No search yet"));
    small_keys(small, "/ \"IN\" Enter"); /* input, and the long name with its "linear", in any case */
    assert_string_equal(small_selected(small), "input");
    assert_true(small_says(small, "match 1 of 2"));
    small_keys(small, "n");
    assert_string_equal(small_selected(small), SMALL_LONG);
    small_keys(small, "n");
    assert_string_equal(small_selected(small), "input");
    small_keys(small, "N");
    assert_string_equal(small_selected(small), SMALL_LONG);
    small_keys(small, "/ \"zzz\" Enter");
    assert_true(small_says(small, "No layer matches \"zzz\""));
    assert_string_equal(small_selected(small), SMALL_LONG);
    small_keys(small, "/ \"\\\\x1b\" Enter"); /* the visible form is what is searched */
    assert_true(strncmp(small_selected(small), "evil", 4) == 0);
}

/* The cells that are marked as found. */
static int marked(struct small *small)
{
    struct grid grid;
    int count = 0;
    grid_init(&grid);
    app_draw(small->app, &grid);
    for (int i = 0; i < grid.w * grid.h; i++)
        count += grid.cells[i].role == ROLE_MATCH;
    grid_done(&grid);
    return count;
}

static void search_follows_typing(void **state)
{
    struct small *small = *state;
    small_keys(small, ":sort number\n3 j / r");
    assert_string_equal(small_selected(small), "sqrt"); /* here and further down */
    small_keys(small, "\"es\"");
    assert_string_equal(small_selected(small), "reshape");
    small_keys(small, "BS BS \"elu\"");
    assert_string_equal(small_selected(small), "relu1"); /* of all from where it began, round the end */
    small_keys(small, "\"zzz\"");
    assert_string_equal(small_selected(small), "pow");
    assert_int_equal(marked(small), 0);
    small_keys(small, "Esc"); /* as if nothing had been typed */
    assert_string_equal(small_selected(small), "pow");
    assert_string_equal(small->layers->search, "");
    small_keys(small, "/ \"gat\" Enter");
    assert_string_equal(small_selected(small), "gather");
    assert_true(small_says(small, "match"));
    small_keys(small, "/ \"rel\" Esc"); /* the search before is still the one of n */
    assert_string_equal(small_selected(small), "gather");
    assert_string_equal(small->layers->search, "gat");
}

/* Every row that is seen, every place in it; Esc ends it before it ends a filter. */
static void search_marks_all_rows(void **state)
{
    struct small *small = *state;
    small_keys(small, "/ p");
    assert_int_equal(marked(small), 4); /* pow, reshape, dropout, input; the long one is cut before its p's */
    small_keys(small, "Enter");
    assert_int_equal(marked(small), 4);
    small_keys(small, "/ \"o\" Enter");
    assert_int_equal(marked(small), 5); /* pow, conv1, dropout twice, and the end of the long one */
    small_keys(small, "& \"o\" Enter Esc");
    assert_int_equal(marked(small), 0);
    assert_non_null(small->layers->filter);
    small_keys(small, "Esc");
    assert_null(small->layers->filter);
}

static void bad_layers(void **state)
{
    struct small *small = *state;
    small_keys(small, ":sort number");
    assert_string_equal(small_selected(small), "input"); /* nobody has moved: the top stays selected */
    small_keys(small, "3 j e");
    assert_string_equal(small_selected(small), "sqrt");
    small_keys(small, "E E");
    assert_string_equal(small_selected(small), "relu1");
    small_keys(small, "E");
    assert_string_equal(small_selected(small), "quant"); /* round the beginning */
    small_keys(small, "f");
    assert_string_equal(small_selected(small), "relu1"); /* the first in execution order */
    small_keys(small, "g F");
    assert_string_equal(small_selected(small), "pow");
    small_keys(small, "& \"head\" Enter e");
    assert_true(small_says(small, "No layer is over the threshold in this filter"));
    small_keys(small, "F");
    assert_true(small_says(small, "No NaN or Inf in any layer of this filter"));
}

static void execution_order(void **state)
{
    struct small *small = *state;
    assert_string_equal(small_selected(small), "pow");
    small_keys(small, "]");
    assert_string_equal(small_selected(small), "sqrt");
    small_keys(small, "] ] ]");
    assert_string_equal(small_selected(small), "dropout");
    small_keys(small, "[");
    assert_string_equal(small_selected(small), "gather");
    small_keys(small, "f [ [ [ ["); /* stops at the beginning */
    assert_string_equal(small_selected(small), "input");
}

/* ---- by triage ---- */

/* Before triage the first layer over the threshold, afterwards what brings in the first error. */
static void first_culprit(void **state)
{
    struct small *small = *state;
    small_keys(small, "G f");
    assert_string_equal(small_selected(small), "gate");
    assert_true(small_says(small, "#3 introduces the first error"));
    small_keys(small, "& \"tail\" Enter f");
    assert_string_equal(small_selected(small), "tail");
    assert_true(small_says(small, "#3 gate is hidden by the filter (Esc shows all)"));
    small_keys(small, "Esc\n:threshold 2\nf");
    assert_string_equal(small_selected(small), "broken"); /* no figure saves a NaN */
}

static void to_the_root_and_back(void **state)
{
    struct small *small = *state;
    small_keys(small, "/ \"tail\" Enter R");
    assert_string_equal(small_selected(small), "gate");
    assert_true(small_says(small, "The error of #6 starts in #3 (BS goes back)"));
    small_keys(small, "R");
    assert_true(small_says(small, "This is where the error starts"));
    small_keys(small, "BS");
    assert_string_equal(small_selected(small), "tail");
    small_keys(small, "BS");
    assert_true(small_says(small, "This is the first screen"));
    small_keys(small, "R j BS"); /* walked on: there is no way back */
    assert_true(small_says(small, "This is the first screen"));
}

static void root_behind_a_filter(void **state)
{
    struct small *small = *state;
    small_keys(small, "& \"tail\" Enter R");
    assert_string_equal(small_selected(small), "tail");
    assert_true(small_says(small, "#3 gate is hidden by the filter (Esc shows all)"));
    small_keys(small, "BS");
    assert_true(small_says(small, "This is the first screen"));
}

static void nothing_to_jump_to(void **state)
{
    struct small *small = *state;
    small_keys(small, "& \"nothing\" Enter R BS f");
    assert_int_equal(small->layers->list.count, 0);
    small_keys(small, "Esc & \"input\" Enter R");
    assert_true(small_says(small, "This layer has no error to follow"));
}

/* ---- without an order ---- */

/* Three tensors without time stamps; b is off. */
static int unordered_setup(void **state)
{
    struct small *small = calloc(1, sizeof *small);
    assert_int_equal(mm_folder_make("plain_src", NULL) | mm_folder_make("plain_dst", NULL), 0);
    SMALL_F32("plain_src", "a.npy", "2,", 1, 2);
    SMALL_F32("plain_dst", "a.npy", "2,", 1, 2);
    SMALL_F32("plain_src", "b.npy", "2,", 1, 2);
    SMALL_F32("plain_dst", "b.npy", "2,", 5, 2);
    SMALL_F32("plain_src", "c.npy", "2,", 1, 2);
    SMALL_F32("plain_dst", "c.npy", "2,", 1, 2);
    struct mm_session_options options = small_options("plain_src", "plain_dst");
    options.triage = true;
    small_open(small, &options);
    *state = small;
    return 0;
}

/* How often a piece of text stands on the screen. */
static int times_seen(struct small *small, const char *text)
{
    struct mm_buf frame = {0};
    int times = 0;
    script_frame(small->app, &frame);
    const char *end = strstr(mm_buf_text(&frame), "\n---\n");
    for (const char *p = mm_buf_text(&frame); (p = strstr(p, text)) && p < end; p++)
        times++;
    mm_buf_done(&frame);
    return times;
}

static const char how[] = "The order of execution is not known: --model FILE or --order FILE gives it";

/* A banner says so and how to give it; no key that needs an order moves or invents a first culprit. */
static void nothing_tells_the_order(void **state)
{
    struct small *small = *state;
    assert_true(small_says(small, how));
    small_settle(small);
    assert_true(small_shows(small, how));
    assert_int_equal(times_seen(small, "order of execution"), 1); /* not where the profile would be, too */
    small_keys(small, "G");
    assert_true(small_shows(small, how)); /* but there once the message is gone */
    assert_int_equal(times_seen(small, "order of execution"), 1);
    assert_true(small_hides(small, "   2   "));
    static const char *const keys[] = {"G f", "G F", "G R", "G ]", "G ["};
    for (size_t i = 0; i < MM_COUNT(keys); i++) {
        small_keys(small, "g");
        small_keys(small, keys[i]);
        assert_true(small_says(small, how));
        assert_string_equal(small_selected(small), small_row(small, 2));
    }
    small_keys(small, ":sort number");
    assert_true(small_says(small, how));
    assert_string_equal(small_row(small, 0), "a");
    small_keys(small, "s");
    assert_true(small_shows(small, "execution order (not known)"));
}

static void no_neighbours(void **state)
{
    struct small *small = *state;
    small_settle(small);
    small_keys(small, ":sort diff2\ng Enter 6");
    assert_true(small_shows(small, "The order of execution is not known"));
    assert_true(small_hides(small, "Introduced here"));
    assert_true(small_hides(small, "#2"));
    assert_true(small_hides(small, "by execution order"));
}

#define TEST(name)      cmocka_unit_test_setup_teardown(name, small_setup, small_teardown)
#define UNORDERED(name) cmocka_unit_test_setup_teardown(name, unordered_setup, small_teardown)
#define NET(name)       cmocka_unit_test_setup_teardown(name, net_setup, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(search_goes_round),     TEST(search_follows_typing),
        TEST(search_marks_all_rows), TEST(bad_layers),
        TEST(execution_order),       NET(first_culprit),
        NET(to_the_root_and_back),   NET(root_behind_a_filter),
        NET(nothing_to_jump_to),     UNORDERED(nothing_tells_the_order),
        UNORDERED(no_neighbours),
    };
    return cmocka_run_group_tests(tests, net_group_setup, small_group_teardown);
}
