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

#define TEST(name) cmocka_unit_test_setup_teardown(name, small_setup, small_teardown)
#define NET(name)  cmocka_unit_test_setup_teardown(name, net_setup, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(search_goes_round),   TEST(bad_layers),          TEST(execution_order),   NET(first_culprit),
        NET(to_the_root_and_back), NET(root_behind_a_filter), NET(nothing_to_jump_to),
    };
    return cmocka_run_group_tests(tests, net_group_setup, small_group_teardown);
}
