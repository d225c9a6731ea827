/* The Channels tab: looks, order, axis, the way to values and from Triage. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/parts.h"

static void golden_channels(void **state)
{
    parts_open_layer(*state, "conv", "3");
    small_goldens(*state, "channels");
}

static void golden_vector(void **state)
{
    parts_open_layer(*state, "bias", "3");
    small_goldens(*state, "channels-vector");
}

/* Channel 5 has 40 times the range of the others, and 40 times their error. */
static void what_stands_out(void **state)
{
    struct small *small = *state;
    parts_open_layer(small, "conv", "3");
    assert_true(small_shows(small, "axis 1 of [1, 12, 6, 8]: 12 channels (axis by shape) · sort: error"));
    assert_true(small_shows(small, "Channel 5: 40x the median channel's range (dst 40x), 40x its error."));
    assert_true(small_shows(small, "max|dst|\n      5  7.07e-1 "));
}

static void order_and_axis(void **state)
{
    struct small *small = *state;
    parts_open_layer(small, "conv", "3");
    small_keys(small, "s s");
    assert_true(small_shows(small, "sort: index"));
    assert_true(small_shows(small, "max|dst|\n      0  1.77e-2 "));
    small_keys(small, "a");
    assert_true(small_shows(small, "axis 2 of [1, 12, 6, 8]: 6 channels · sort: index"));
    small_keys(small, "a a");
    assert_true(small_shows(small, "axis 0 of [1, 12, 6, 8]: 1 channel "));
    small_keys(small, "J K"); /* another layer, and back: where channels usually lie */
    assert_true(small_shows(small, "axis 1 of"));
}

static void to_the_values(void **state)
{
    struct small *small = *state;
    parts_open_layer(small, "conv", "3");
    small_keys(small, "j Enter");
    assert_true(small_shows(small, "[4 Values]"));
    assert_true(small_shows(small, "worst by |d| in [:,0,:,:]"));
    small_keys(small, "Esc");
    assert_true(small_shows(small, "worst by |d| · "));
    small_keys(small, "3"); /* the row is still selected */
    small_keys(small, "Enter");
    assert_true(small_shows(small, "in [:,0,:,:]"));
}

static void from_triage(void **state)
{
    struct small *small = *state;
    parts_open_layer(small, "conv", "c");
    assert_true(small_shows(small, "[3 Channels]"));
    small_keys(small, "Enter");
    assert_true(small_shows(small, "worst by |d| in [:,5,:,:]"));
    small_keys(small, "0 v");
    assert_true(small_shows(small, "[4 Values]"));
    assert_true(small_shows(small, "all values · 576 elements"));
    assert_true(small_shows(small, "[0,5,0,1]            80          79           1"));
}

static void what_has_no_channels(void **state)
{
    struct small *small = *state;
    parts_open_layer(small, "shape", "3");
    assert_true(small_shows(small, "shapes differ: 2x3 and 4"));
    small_keys(small, "a");
    assert_true(small_says(small, "There is no other axis"));
    small_keys(small, "q");
    parts_open_layer(small, "lone", "3");
    assert_true(small_shows(small, "max|src|"));
    assert_true(small_hides(small, "rms|d|"));
    assert_true(small_hides(small, "max|dst|"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, parts_setup, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(golden_channels), TEST(golden_vector), TEST(what_stands_out),      TEST(order_and_axis),
        TEST(to_the_values),   TEST(from_triage),   TEST(what_has_no_channels),
    };
    return cmocka_run_group_tests(tests, parts_group_setup, small_group_teardown);
}
