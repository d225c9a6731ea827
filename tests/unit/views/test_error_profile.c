/* The error strip: its scale, and what it draws for the small session. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"

#include "views/error_profile.h"
#include "unit/near.h"

#include <math.h>

static void level(void **state)
{
    (void)state;
    assert_near(error_profile_level(1), 1, 0);
    assert_near(error_profile_level(1e-3), 0.5, 1e-12);
    assert_near(error_profile_level(1e-6), 0, 1e-12);
    assert_near(error_profile_level(1e-9), 0, 0);
    assert_near(error_profile_level(0), 0, 0);
    assert_near(error_profile_level(7), 1, 0);
    assert_near(error_profile_level(INFINITY), 1, 0);
    assert_near(error_profile_level(NAN), 1, 0);
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
    const struct error_profile_window all = {0, mm_session_count(small->session)};
    struct error_profile profile = {0};
    error_profile_make(&profile, small->session, MM_COLUMN_DIFF2, &all, w);
    error_profile_draw(&c, &profile, 0.05, selected, g);
    error_profile_done(&profile);
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

static void window_is(struct error_profile_window *window, size_t all, int zoom, size_t selected, size_t from,
                      size_t count)
{
    *window = error_profile_follow(window, all, zoom, selected);
    if (window->from != from || window->count != count)
        fail_msg("%zu from %zu on, not %zu from %zu on", window->count, window->from, count, from);
}

/* Of 8000 layers a 20th of the width is 400; the window moves when the layer comes within an eighth of its ends. */
static void window_follows(void **state)
{
    struct error_profile_window window = {0};
    (void)state;
    window_is(&window, 8000, 0, 5000, 0, 8000);
    window_is(&window, 8000, 4, 5000, 4750, 500);
    window_is(&window, 8000, 4, 5186, 4750, 500);
    window_is(&window, 8000, 4, 4813, 4750, 500); /* 4750 + 62 is the first that is too near */
    window_is(&window, 8000, 4, 4811, 4561, 500);
    window_is(&window, 8000, 4, 2, 0, 500); /* no further than the first layer, which may lie at the end */
    window_is(&window, 8000, 4, 0, 0, 500);
    window_is(&window, 8000, 4, 7999, 7500, 500);
    window_is(&window, 8000, 4, 7990, 7500, 500);
    window_is(&window, 8000, 4, 8000, 7500, 500); /* none is selected */
    window_is(&window, 8000, 40, 7999, 7984, ERROR_PROFILE_LEAST);
    window_is(&window, 10, 3, 5, 0, 10); /* fewer than the least */
    window_is(&window, 0, 0, 0, 0, 0);
    assert_int_equal(error_profile_zooms(8000), 9); /* 8000 / 512 = 15.6 */
    assert_int_equal(error_profile_zooms(16), 0);
    assert_int_equal(error_profile_zooms(0), 0);
}

/* Layers 3 to 6 of the fourteen, three columns each: relu1 pow sqrt reshape. */
static void draws_its_window(void **state)
{
    struct small *small = *state;
    const struct error_profile_window window = {2, 4};
    struct grid grid;
    struct mm_buf out = {0};
    grid_init(&grid);
    assert_int_equal(grid_resize(&grid, 12, 2), 0);
    struct canvas c = grid_canvas(&grid);
    struct error_profile profile = {0};
    error_profile_make(&profile, small->session, MM_COLUMN_DIFF2, &window, 12);
    error_profile_draw(&c, &profile, 0.05, 3, &glyphs_utf8);
    error_profile_done(&profile);
    grid_dump_glyphs(&grid, &out);
    assert_string_equal(mm_buf_text(&out), "▄▄▄!!!!!!███\n████████████\n");
    for (int x = 0; x < 12; x++)
        assert_int_equal(grid_cell(&grid, x, 1)->backdrop == ROLE_STRIP_CURSOR, x >= 3 && x < 6);
    mm_buf_done(&out);
    grid_done(&grid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(level),
        cmocka_unit_test(top_row_is_over_the_threshold),
        cmocka_unit_test(odd_thresholds),
        cmocka_unit_test_setup_teardown(one_column_a_layer, small_setup, small_teardown),
        cmocka_unit_test_setup_teardown(shares_columns, small_setup, small_teardown),
        cmocka_unit_test(window_follows),
        cmocka_unit_test_setup_teardown(draws_its_window, small_setup, small_teardown),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
