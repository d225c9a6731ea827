/* One layer's screen: tabs, walking, the histogram's keys, scrolling, words. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "small.h"

#include "ui/layers_view.h"

#define OPEN(name) "/ \"" name "\" Enter Enter\n"

/* ---- looks ---- */

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

static void golden_histogram(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("conv1") "2");
    small_goldens(small, "layer-histogram");
}

static void golden_error_histogram(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("quant") "2 d");
    small_goldens(small, "layer-error-histogram");
}

static void golden_ops(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("conv"));
    small_goldens(small, "layer-ops");
}

/* Every layer, both tabs. */
static void all_sizes(void **state)
{
    struct small *small = *state;
    static const char *const layers[] = {OPEN("conv1"), OPEN("pow"), OPEN("gather"), OPEN("dropout"),
                                         OPEN("out_7")};
    for (size_t i = 0; i < MM_COUNT(layers); i++) {
        small_keys(small, "g p");
        small_keys(small, layers[i]);
        small_draw_all_sizes(small);
        small_keys(small, "2");
        small_draw_all_sizes(small);
        small_keys(small, "d");
        small_draw_all_sizes(small);
        small_keys(small, "d q");
    }
}

/* ---- what it says ---- */

static void words_of_every_kind(void **state)
{
    static const struct {
        const char *open, *shows[4];
    } cases[] = {
        {OPEN("conv1"),
         {"verdict   ok: within the thresholds", "same name; same shape", "4.38e-3", "within 0.05"}},
        {OPEN("relu1"), {"verdict   3.7x over 0.05", "1.83e-1", "over 0.05", "at [3]"}},
        {OPEN("pow"), {"verdict   overflow: |x| up to 70000 > 65504", "1 +Inf", "of the finite part"}},
        {OPEN("sqrt"), {"verdict   1 NaN in dst", "1 NaN"}},
        {OPEN("reshape"), {"verdict   shapes differ: 2x3 and 4", "2x3"}},
        {OPEN("gather"),
         {"verdict   dst file is corrupt",
          "error     2007_gather.npy: header says [4] f32 = 16 bytes, 8 are there"}},
        {OPEN("dropout"), {"verdict   only in src", "dst (not there)"}},
        {OPEN("cast"), {"verdict   only in dst", "src (not there)"}},
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

/* ---- walking ---- */

static void list_and_layer_stay_in_step(void **state)
{
    struct small *small = *state;
    small_keys(small, "Enter");
    assert_true(small_shows(small, "#4  pow"));
    assert_true(small_shows(small, "1 of 14"));
    small_keys(small, "J");
    assert_true(small_shows(small, "#5  sqrt"));
    assert_string_equal(small_selected(small), "sqrt");
    small_keys(small, "J J J");
    assert_true(small_shows(small, "#3  relu1"));
    assert_string_equal(small_selected(small), "relu1");
    small_keys(small, "K");
    assert_true(small_shows(small, "#7  gather"));
    small_keys(small, "K K K K K"); /* stops at the first */
    assert_true(small_shows(small, "#4  pow"));
    small_keys(small, "e");
    assert_true(small_shows(small, "#5  sqrt"));
    small_keys(small, "]");
    assert_true(small_shows(small, "#6  reshape"));
    small_keys(small, "f");
    assert_true(small_shows(small, "#3  relu1"));
    small_keys(small, "F");
    assert_true(small_shows(small, "#4  pow"));
    small_keys(small, "J q");
    assert_int_equal(small->app->depth, 1);
    assert_string_equal(small_selected(small), "sqrt");
}

static void walks_through_the_filter(void **state)
{
    struct small *small = *state;
    small_keys(small, "& \"relu|conv\" Enter & \"*1\" Enter g Enter"); /* relu1, conv1 */
    assert_true(small_shows(small, "#3  relu1"));
    assert_true(small_shows(small, "1 of 2"));
    small_keys(small, "J J J");
    assert_true(small_shows(small, "#2  conv1"));
    assert_true(small_shows(small, "2 of 2"));
}

static void tabs(void **state)
{
    struct small *small = *state;
    small_keys(small, "Enter");
    assert_true(small_shows(small, "[1 Stats]"));
    small_keys(small, "Tab");
    assert_true(small_shows(small, "[2 Histogram]"));
    small_keys(small, "J"); /* the tab stays */
    assert_true(small_shows(small, "[2 Histogram]"));
    small_keys(small, "Tab");
    assert_true(small_shows(small, "[1 Stats]"));
    small_keys(small, "S-Tab");
    assert_true(small_shows(small, "[2 Histogram]"));
    small_keys(small, "1");
    assert_true(small_shows(small, "[1 Stats]"));
    small_keys(small, "L"); /* a key of the histogram's */
    assert_true(small_shows(small, "[1 Stats]"));
}

static void histogram_keys(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("conv1") "2");
    assert_true(small_shows(small, "range: all   counts: log   bins: 71"));
    small_keys(small, "L");
    assert_true(small_shows(small, "counts: linear"));
    small_keys(small, "+");
    assert_true(small_shows(small, "bins: 128"));
    small_keys(small, "+ + + +"); /* stops at the finest */
    assert_true(small_shows(small, "bins: 512"));
    small_keys(small, "- - - - - - - - - -");
    assert_true(small_shows(small, "bins: 8"));
    small_keys(small, "r");
    assert_true(small_shows(small, "range: middle 99.9%"));
    small_keys(small, "r");
    assert_true(small_shows(small, "range: around zero"));
    assert_true(small_shows(small, "outside")); /* 1..8 spread by 2.3: most of it is elsewhere */
    small_keys(small, "r");
    assert_true(small_shows(small, "range: all"));
    small_keys(small, "d");
    assert_true(small_shows(small, "|s - d| by powers of two; 7 exactly equal"));
    assert_true(small_shows(small, "2^-4")); /* 0.0625 */
}

static void histograms_that_cannot_be(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("gather") "2");
    assert_true(small_shows(small, "8 are there"));
    small_keys(small, "q g\n" OPEN("reshape") "2");
    assert_true(small_shows(small, "shapes differ: 2x3 and 4"));
    small_keys(small, "q g\n" OPEN("dropout") "2 d"); /* one side only: there is no error */
    assert_true(small_shows(small, "range: all"));
    small_keys(small, "q g\n" OPEN("input") "2 d");
    assert_true(small_shows(small, "src and dst are equal everywhere"));
}

static void precision_and_plan(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("relu1") "p p j");
    assert_true(small_shows(small, "▸F32"));
    assert_true(small_shows(small, "chosen    FLOAT32 (3.7x over 0.05)"));
    assert_true(small_shows(small, "* not saved"));
    small_keys(small, "u x j");
    assert_int_equal(mm_plan_count(mm_session_plan_const(small->session)), 0);
    small_keys(small, "w");
    assert_true(small_shows(small, "Plan: 0 overrides"));
    small_keys(small, "q");
    assert_true(small_shows(small, "#3  relu1"));
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
        TEST(golden_histogram),
        TEST(golden_error_histogram),
        OPS(golden_ops),
        TEST(all_sizes),
        TEST(words_of_every_kind),
        OPS(axis_is_undone_in_places),
        OPS(names_of_both_sides),
        TEST(scrolling),
        TEST(list_and_layer_stay_in_step),
        TEST(walks_through_the_filter),
        TEST(tabs),
        TEST(histogram_keys),
        TEST(histograms_that_cannot_be),
        TEST(precision_and_plan),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
