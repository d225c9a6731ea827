/* The tables of the Stats tab, held against figures worked out by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"

#include "views/metrics_table.h"
#include "views/stats_table.h"

typedef int (*table)(struct canvas *c, const struct app *app, size_t id, int top);

static struct mm_buf drawn;

/* Draw a table into w x h and keep it in `drawn`. Returns what the table says it has. */
static int draw(const struct small *small, table draw_table, size_t id, int w, int h, int top)
{
    struct grid grid;
    grid_init(&grid);
    assert_int_equal(grid_resize(&grid, w, h), 0);
    struct canvas c = grid_canvas(&grid);
    int lines = draw_table(&c, small->app, id, top);
    mm_buf_done(&drawn);
    mm_buf_init(&drawn);
    grid_dump_glyphs(&grid, &drawn);
    grid_done(&grid);
    return lines;
}

static void expect(const char *text)
{
    assert_string_equal(mm_buf_text(&drawn), text);
}

static void has(const char *text)
{
    if (!strstr(mm_buf_text(&drawn), text))
        fail_msg("not there: %s\n%s", text, mm_buf_text(&drawn));
}

/* 2x4: 1 .. 8 against 1 .. 7, 8.0625. Mean 4.5, std sqrt(5.25); mean 36.0625 / 8. */
static void stats_side_by_side(void **state)
{
    struct small *small = *state;
    assert_int_equal(draw(small, stats_table_draw, 1, 46, 9, 0), 9);
    expect("          src                dst\n"
           "dtype     f32                f16\n"
           "shape     2x4                2x4\n"
           "min       1 @[0,0]           1 @[0,0]\n"
           "max       8 @[1,3]           8.0625 @[1,3]\n"
           "mean      4.5                4.50781\n"
           "std       2.29129            2.30328\n"
           "zeros     0 of 8             0 of 8\n"
           "NaN, Inf  none               none\n");
}

static void from_a_line_on(void **state)
{
    struct small *small = *state;
    assert_int_equal(draw(small, stats_table_draw, 1, 46, 3, 5), 9);
    expect("mean      4.5                4.50781\n"
           "std       2.29129            2.30328\n"
           "zeros     0 of 8             0 of 8\n");
}

static void narrow_columns_drop_places(void **state)
{
    struct small *small = *state;
    draw(small, stats_table_draw, 1, 32, 5, 0);
    expect("          src         dst\n"
           "dtype     f32         f16\n"
           "shape     2x4         2x4\n"
           "min       1 @[0,0]    1 @[0,0]\n"
           "max       8 @[1,3]    8.0625\n");
}

static void sides_that_are_not_there(void **state)
{
    struct small *small = *state;
    assert_int_equal(draw(small, stats_table_draw, 7, 58, 4, 0), 9);
    has("src                      dst (missing)");
    has("min       1 @[0]");
    draw(small, stats_table_draw, 8, 58, 4, 0);
    has("src (missing)            dst");
    assert_int_equal(draw(small, stats_table_draw, 6, 58, 9, 0),
                     3); /* corrupt: only what src's header says */
    has("shape     4");
}

static void counts_what_is_not_finite(void **state)
{
    struct small *small = *state;
    draw(small, stats_table_draw, 3, 58, 9, 0);
    has("NaN, Inf  none                     1 +Inf");
    has("max       70000 @[2]               100 @[3]");
    draw(small, stats_table_draw, 4, 58, 9, 0);
    has("NaN, Inf  none                     1 NaN");
}

/* relu1: 1 2 3 4 against 1 2 3 5: SQNR -20 log10(.18257) = 14.77 dB; RMSE 1/2; MAE 1/4; diff3 1/4. */
static void metrics_with_thresholds(void **state)
{
    struct small *small = *state;
    assert_int_equal(draw(small, metrics_table_draw, 2, 78, 12, 0), 12);
    has("diff1     1.00e-1           over 0.05              sum|s-d| / sum|s|\n");
    has("diff2     1.83e-1           over 0.05              sqrt(sum(s-d)^2 / sum s^2)\n");
    has("max|d|    1.00              at [3]                 largest |s-d|\n");
    has("SQNR      14.8 dB");
    has("RMSE      5.00e-1");
    has("MAE       2.50e-1");
    has("diff3     2.50e-1, 0");
    has("diff4     100% up, 0% down");
    has("beyond    25.00%");
    /* least squares of 1 2 3 5 over 1 2 3 4: slope 6.5 / 5, offset 2.75 - 1.3 * 2.5 */
    has("fit d =   1.3*s - 0.5");
    /* 34 / sqrt(30 * 39) */
    has("cosine    .9939");
    has("NaN, Inf  0                                        on one side only\n");
}

static void metrics_of_a_broken_tensor(void **state)
{
    struct small *small = *state;
    draw(small, metrics_table_draw, 3, 78, 12, 0);
    has("diff2     0                 finite elements only");
    has("NaN, Inf  1                 first at [2]");
}

/* Both became Inf: what is left has no smallest value. */
static void nothing_finite(void **state)
{
    assert_int_equal(mm_folder_make("only_src", NULL) | mm_folder_make("only_dst", NULL), 0);
    SMALL_F16("only_src", "1_x.npy", "2,", 0x3c00, 0x4000);
    SMALL_F16("only_dst", "1_x.npy", "2,", 0x7c00, 0x7c00);
    struct small small = {0};
    (void)state;
    small_open_folders(&small, "only_src", "only_dst");
    small_settle(&small);
    draw(&small, stats_table_draw, 0, 46, 9, 0);
    has("min       1 @[0]             -\n");
    has("mean      1.5                -\n");
    has("NaN, Inf  none               2 +Inf\n");
    assert_int_equal(draw(&small, metrics_table_draw, 0, 78, 12, 0), 12);
    has("SQNR      -  ");
    has("beyond    -  ");
    has("diff4     -  ");
    has("NaN, Inf  2                 first at [0]           on one side only\n");
    assert_null(strstr(mm_buf_text(&drawn), "nan"));
    inspector_done(&small.inspector);
    mm_session_close(small.session);
    mm_buf_done(&drawn);
}

static void no_metrics_without_both_sides(void **state)
{
    static const size_t ids[] = {5, 6, 7, 8};
    struct small *small = *state;
    for (size_t i = 0; i < MM_COUNT(ids); i++)
        assert_int_equal(draw(small, metrics_table_draw, ids[i], 78, 12, 0), 0);
    assert_int_equal(metrics_table_lines(small->app, 5), 0);
    assert_int_equal(metrics_table_lines(small->app, 0), 12);
}

static void names(void **state)
{
    struct small *small = *state;
    assert_int_equal(draw(small, names_table_draw, 1, 58, 3, 0), 2); /* .npy knows no node and no op */
    expect("          src                      dst\n"
           "file      1002_conv1.npy           2002_conv1.npy\n"
           "\n");
    draw(small, names_table_draw, 10, 58, 3, 0);
    has("file      …tized.linear.out_7.npy  …tized.linear.out_7.npy");
}

static void names_of_operators(void **state)
{
    struct small *small = *state;
    assert_int_equal(draw(small, names_table_draw, 0, 58, 4, 0), 4);
    expect("          src                      dst\n"
           "node      conv                     main/conv\n"
           "op        aten::conv2d             mm.conv2d\n"
           "file      1_conv.pbtxt             1_conv@axis1to-1.pbtxt\n");
}

static int done(void **state)
{
    mm_buf_done(&drawn);
    return small_teardown(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, small_setup, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stats_side_by_side),
        TEST(from_a_line_on),
        TEST(narrow_columns_drop_places),
        TEST(sides_that_are_not_there),
        TEST(counts_what_is_not_finite),
        TEST(metrics_with_thresholds),
        TEST(metrics_of_a_broken_tensor),
        cmocka_unit_test(nothing_finite),
        TEST(no_metrics_without_both_sides),
        TEST(names),
        cmocka_unit_test_setup_teardown(names_of_operators, small_setup_ops, done),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
