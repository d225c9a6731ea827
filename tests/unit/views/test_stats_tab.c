/* The Stats tab: looks, words, scrolling. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"

#define OPEN(name) "/ \"" name "\" Enter Enter 1\n"

static void golden_stats(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("conv1"));
    small_goldens(small, "layer-stats");
}

static void golden_overflow(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("pow") "p p j");
    small_goldens(small, "layer-overflow");
}

static void golden_corrupt(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("gather"));
    small_goldens(small, "layer-corrupt");
}

static void golden_long_name(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("dequantized"));
    small_goldens(small, "layer-long-name");
}

static void golden_ops(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("conv"));
    small_goldens(small, "layer-ops");
}

static void words_of_every_kind(void **state)
{
    static const struct {
        const char *open, *shows[4];
    } cases[] = {
        {OPEN("conv1"),
         {"verdict   ok: within the thresholds", "same name; same shape", "4.38e-3", "within 0.05"}},
        {OPEN("relu1"), {"verdict   3.7x over 0.05", "1.83e-1", "over 0.05", "at [3]"}},
        {OPEN("pow"), {"verdict   overflow: |x| up to 70000 > 65504", "1 +Inf", "finite elements only"}},
        {OPEN("sqrt"), {"verdict   1 NaN in dst", "1 NaN"}},
        {OPEN("reshape"), {"verdict   shapes differ: 2x3 and 4", "2x3"}},
        {OPEN("gather"),
         {"verdict   dst file is corrupt",
          "error     2007_gather.npy: header says [4] f32 = 16 bytes, 8 are there"}},
        {OPEN("dropout"), {"verdict   only in src", "dst (missing)"}},
        {OPEN("cast"), {"verdict   only in dst", "src (missing)"}},
        {OPEN("quant"), {"i8", "6.17e-2", "-3.4 @[1]"}},
    };
    struct small *small = *state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        small_keys(small, "g");
        small_keys(small, cases[i].open);
        for (size_t k = 0; k < 4 && cases[i].shows[k]; k++)
            assert_true(small_shows(small, cases[i].shows[k]));
        small_keys(small, "q");
    }
}

static void axis_is_undone_in_places(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("conv"));
    assert_true(small_shows(small, "same name; @axis of dst undone"));
    /* 6 became 8: the last element, [0,1,2] of src's 1x2x3; dst's file has it as 1x3x2 */
    assert_true(small_shows(small, "6 @[0,1,2]"));
    assert_true(small_shows(small, "8 @[0,1,2]"));
    assert_true(small_shows(small, "1x3x2"));
    assert_true(small_shows(small, "2.10e-1")); /* diff2 = sqrt(4 / 91) */
    assert_true(small_shows(small, "9.52e-2")); /* diff1 = 2 / 21 */
    assert_true(small_shows(small, "at [0,1,2]"));
}

static void names_of_both_sides(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("conv") "G");
    assert_true(small_shows(small, "main/conv"));
    assert_true(small_shows(small, "aten::conv2d"));
    assert_true(small_shows(small, "1_conv@axis1to-1.pbtxt"));
}

static void scrolling(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("conv1"));
    assert_true(small_shows(small, "Lines 1 to 19 of 28"));
    assert_true(small_shows(small, "verdict"));
    small_keys(small, "j j");
    assert_true(small_shows(small, "Lines 3 to 21 of 28"));
    small_keys(small, "G");
    assert_true(small_shows(small, "Lines 10 to 28 of 28"));
    assert_true(small_shows(small, "2002_conv1.npy"));
    small_keys(small, "j"); /* no further */
    assert_true(small_shows(small, "Lines 10 to 28 of 28"));
    small_keys(small, ":resize 80x43"); /* now all of it fits */
    assert_true(small_shows(small, "verdict"));
    assert_true(small_shows(small, "2002_conv1.npy"));
    small_keys(small, ":resize 80x24\ng J"); /* another layer begins at its top */
    assert_true(small_shows(small, "verdict"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, small_setup, small_teardown)
#define OPS(name)  cmocka_unit_test_setup_teardown(name, small_setup_ops, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(golden_stats),
        TEST(golden_overflow),
        TEST(golden_corrupt),
        TEST(golden_long_name),
        OPS(golden_ops),
        TEST(words_of_every_kind),
        OPS(axis_is_undone_in_places),
        OPS(names_of_both_sides),
        TEST(scrolling),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
