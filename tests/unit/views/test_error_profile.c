/* The error strip: its scale, and what it draws for the small session. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"

#include "views/error_profile.h"

#include <math.h>

static void level(void **state)
{
    (void)state;
    assert_float_equal(error_profile_level(1), 1, 0);
    assert_float_equal(error_profile_level(1e-3), 0.5, 1e-12);
    assert_float_equal(error_profile_level(1e-6), 0, 1e-12);
    assert_float_equal(error_profile_level(1e-9), 0, 0);
    assert_float_equal(error_profile_level(0), 0, 0);
    assert_float_equal(error_profile_level(7), 1, 0);
    assert_float_equal(error_profile_level(INFINITY), 1, 0);
    assert_float_equal(error_profile_level(NAN), 1, 0);
}

/* Two rows: eighths 1..8 are four decades below the threshold, 9..16 are from it to 1. */
static void top_row_is_over_the_threshold(void **state)
{
    (void)state;
    assert_int_equal(error_profile_eighths(0, 0.05, 2), 1);
    assert_int_equal(error_profile_eighths(1e-12, 0.05, 2), 1);
    assert_int_equal(error_profile_eighths(0.05e-2, 0.05, 2), 4);
    assert_int_equal(error_profile_eighths(0.05, 0.05, 2), 8);
    assert_int_equal(error_profile_eighths(0.0501, 0.05, 2), 9);
    assert_int_equal(error_profile_eighths(sqrt(0.05), 0.05, 2), 13); /* half way: 9 + 3.5, rounded */
    assert_int_equal(error_profile_eighths(1, 0.05, 2), 16);
    assert_int_equal(error_profile_eighths(INFINITY, 0.05, 2), 16);
    assert_int_equal(error_profile_eighths(NAN, 0.05, 2), 16);
    assert_int_equal(error_profile_eighths(0.05, 0.05, 3), 16);
    assert_int_equal(error_profile_eighths(0.06, 0.05, 3), 17);
}

static void odd_thresholds(void **state)
{
    static const double thresholds[] = {0, 1e-300, 1, 5, 1e300};
    static const double errors[] = {0, 1e-320, 1e-5, 0.5, 1, 2, 1e308, INFINITY, NAN};
    (void)state;
    for (size_t t = 0; t < MM_COUNT(thresholds); t++) {
        for (size_t e = 0; e < MM_COUNT(errors); e++) {
            for (int rows = 1; rows < 5; rows++) {
                int eighths = error_profile_eighths(errors[e], thresholds[t], rows);
                assert_true(eighths >= 1 && eighths <= rows * 8);
            }
        }
    }
    assert_int_equal(error_profile_eighths(1e-3, 0.05, 1), 5); /* one row: six decades, 1 + 7 / 2 rounded */
}

static void draw(const struct small *small, int w, int h, size_t selected, const struct glyphs *g,
                 const char *text)
{
    struct grid grid;
    struct mm_buf out;
    grid_init(&grid);
    mm_buf_init(&out);
    assert_int_equal(grid_resize(&grid, w, h), 0);
    struct canvas c = grid_canvas(&grid);
    error_profile_draw(&c, small->session, MM_COLUMN_DIFF2, selected, g);
    grid_dump_glyphs(&grid, &out);
    assert_string_equal(mm_buf_text(&out), text);
    mm_buf_done(&out);
    grid_done(&grid);
}

/*
 * A column a layer: input 0 · conv1 .00438 · relu1 .183 · pow, sqrt broken · reshape, gather impossible · two
 * without a partner · evil .0707 · two equal · quant .0617 · head .001. Below: 8 (1 + log10(e / .05) / 4);
 * above: 9 + 7 log10(e / .05) / 1.30.
 */
static void one_column_a_layer(void **state)
{
    struct small *small = *state;
    draw(small, 14, 2, SIZE_MAX, &glyphs_utf8, "──▄!!██──▂──▁─\n▁▆█████  █▁▁█▅\n");
    draw(small, 14, 2, SIZE_MAX, &glyphs_ascii, "  .!!##  _  _\n_=#####  #__#-\n");
}

static void shares_columns(void **state)
{
    struct small *small = *state;
    /* the worst of each two */
    draw(small, 7, 2, SIZE_MAX, &glyphs_utf8, "─!!█▂─▁\n▆████▁█\n");
    draw(small, 1, 1, SIZE_MAX, &glyphs_utf8, "!\n");
    /* two columns each; one row: 1 + 7 (1 + log10(e) / 6), so conv1 5, relu1 7, evil 7, quant 7, head 4.5 */
    draw(small, 28, 1, SIZE_MAX, &glyphs_ascii, "__--##!!!!####    ##____##--\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(level),
        cmocka_unit_test(top_row_is_over_the_threshold),
        cmocka_unit_test(odd_thresholds),
        cmocka_unit_test_setup_teardown(one_column_a_layer, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(shares_columns, small_setup, small_teardown),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
