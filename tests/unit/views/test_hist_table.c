/* Histograms as a table, for --plain: no glyph of a bar, and every element is counted once. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"
#include "views/hist_table.h"

static struct app app = {.glyphs = &glyphs_ascii};

static void expect(struct grid *grid, const char *text)
{
    struct mm_buf out;
    mm_buf_init(&out);
    grid_dump_glyphs(grid, &out);
    assert_string_equal(mm_buf_text(&out), text);
    mm_buf_done(&out);
}

/* Five bins in three lines: 1, then 2 and 3, then 4 and 5 (5 / 3 and 10 / 3, rounded down). */
static void bins_are_put_together(void **state)
{
    (void)state;
    uint64_t src[] = {1, 2, 3, 4, 5}, dst[] = {0, 0, 0, 0, 1000000};
    const struct mm_pair_hist hist = {.src = {.low = -1, .high = 4, .bins = 5, .count = src},
                                      .dst = {.low = -1, .high = 4, .bins = 5, .count = dst}};
    struct grid grid;
    grid_init(&grid);
    assert_int_equal(grid_resize(&grid, 50, 4), 0);
    struct canvas c = grid_canvas(&grid);
    hist_table_values(&c, &app, &hist);
    expect(&grid, "values                        src      dst\n"
                  "-1 to 0                         1        0\n"
                  "0 to 2                          5        0\n"
                  "2 to 4                          9    1.00M\n");
    grid_done(&grid);
}

static void one_side_alone(void **state)
{
    (void)state;
    uint64_t count[] = {3, 4};
    const struct mm_pair_hist hist = {.dst = {.low = 0, .high = 1, .bins = 2, .count = count}};
    struct grid grid;
    grid_init(&grid);
    assert_int_equal(grid_resize(&grid, 50, 9), 0);
    struct canvas c = grid_canvas(&grid);
    hist_table_values(&c, &app, &hist);
    expect(&grid, "values                                 dst\n"
                  "0 to 0.5                                 3\n"
                  "0.5 to 1                                 4\n\n\n\n\n\n\n");
    grid_done(&grid);
}

/* The error of conv1 is 0.0625 = 2^-4 once, of eight values. */
static void the_tab_has_no_bars(void **state)
{
    struct small *small = *state;
    small->app->options.plain = true;
    small_keys(small, "/ \"conv1\" Enter Enter 2\n");
    assert_true(small_shows(small, "values                        src      dst"));
    assert_true(small_shows(small, "range: all   bins: 15")); /* 24 rows, nine of them are not the table's */
    assert_true(small_shows(small, "1 to 1.4"));
    small_keys(small, "d");
    assert_true(small_shows(small, "7 exactly equal"));
    assert_true(small_shows(small, "2^-4 to 2^-3                    1"));
    small_draw_all_sizes(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bins_are_put_together),
        cmocka_unit_test(one_side_alone),
        cmocka_unit_test_setup_teardown(the_tab_has_no_bars, small_setup, small_teardown),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
