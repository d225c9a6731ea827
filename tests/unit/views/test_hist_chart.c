/* Histograms from counts made by hand: heights, what stands where, the axis and its marks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/ui/golden.h"
#include "views/hist_chart.h"

#include <math.h>

static struct mm_buf drawn;

/* Draw into w x h, ASCII or UTF-8. */
static const char *draw(const struct mm_pair_hist *hist, const struct hist_chart_options *options, int w,
                        int h, bool ascii)
{
    const struct app app = {.glyphs = ascii ? &glyphs_ascii : &glyphs_utf8};
    struct grid grid;
    grid_init(&grid);
    assert_int_equal(grid_resize(&grid, w, h), 0);
    struct canvas c = grid_canvas(&grid);
    hist_chart_draw(&c, &app, hist, options);
    mm_buf_done(&drawn);
    mm_buf_init(&drawn);
    grid_dump_glyphs(&grid, &drawn);
    grid_done(&grid);
    return mm_buf_text(&drawn);
}

static void has(const char *text)
{
    if (!strstr(mm_buf_text(&drawn), text))
        fail_msg("not there: %s\n%s", text, mm_buf_text(&drawn));
}

#define HIST(lo, hi, array)                                                                                  \
    {                                                                                                        \
        .bins = sizeof(array) / sizeof((array)[0]), .low = lo, .high = hi, .count = array                    \
    }

/* Four bins of two columns; rows of eight eighths. src 8 4 0 1, dst 8 0 4 1, linear: 16, 8, 0, 2 eighths
 * of 16. */
static void two_sides(void **state)
{
    static uint64_t src[] = {8, 4, 0, 1}, dst[] = {8, 0, 4, 1};
    const struct mm_pair_hist hist = {.src = HIST(0, 4, src), .dst = HIST(0, 4, dst)};
    const struct hist_chart_options options = {.log = false};
    (void)state;
    assert_string_equal(draw(&hist, &options, 15, 5, false), "       █ both\n"
                                                             "    8  ██\n"
                                                             "       ██▒▒▌▌▂▂\n"
                                                             "       ────────\n"
                                                             "       0      4\n");
}

static void logarithmic_counts(void **state)
{
    static uint64_t src[] = {1000, 10, 1, 0}, dst[] = {1000, 10, 1, 0};
    const struct mm_pair_hist hist = {.src = HIST(-1, 1, src), .dst = HIST(-1, 1, dst)};
    const struct hist_chart_options options = {.log = true};
    (void)state;
    draw(&hist, &options, 31, 9,
         false); /* 6 rows: 48 eighths; ln 11 / ln 1001 * 48 = 16.7, ln 2 / ... = 4.8 */
    has(" 1000  ██████\n");
    has("       ██████▁▁▁▁▁▁\n");
    has("       ████████████\n");
    has("log  ");
    has("██████▅▅▅▅▅▅\n");
}

static void anything_at_all_is_seen(void **state)
{
    static uint64_t src[] = {1000000, 1}, dst[] = {1000000, 1};
    const struct mm_pair_hist hist = {.src = HIST(0, 1, src), .dst = HIST(0, 1, dst)};
    const struct hist_chart_options options = {.log = false};
    (void)state;
    draw(&hist, &options, 17, 6, false);
    has("█████▁▁▁▁▁\n");
}

static void more_bins_than_columns(void **state)
{
    static uint64_t src[64];
    const struct mm_pair_hist hist = {.src = HIST(0, 64, src), .dst = HIST(0, 64, src)};
    const struct hist_chart_options options = {.log = false};
    (void)state;
    src[63] = 5; /* the last bin is not lost */
    draw(&hist, &options, 15, 6, true);
    has("    5         #\n");
}

static void one_side_only(void **state)
{
    static uint64_t dst[] = {3, 3};
    const struct mm_pair_hist hist = {.dst = HIST(0, 2, dst)};
    const struct hist_chart_options options = {.log = false};
    (void)state;
    draw(&hist, &options, 17, 6, true);
    has("----------\n");
    has("0        2\n");
}

static void marks_of_half_precision(void **state)
{
    static uint64_t src[] = {1, 1}, dst[] = {1, 0};
    struct mm_pair_hist hist = {.src = HIST(0, 131008, src), .dst = HIST(0, 131008, dst)};
    const struct hist_chart_options options = {.log = false};
    (void)state;
    draw(&hist, &options, 47, 8, false); /* 40 columns: 65504 is in the middle */
    has("────────────────────▴───────────────────\n");
    has("0                 65504           131008\n");
    hist.src.high = hist.dst.high = 66000; /* close to the end: the figure moves aside */
    draw(&hist, &options, 47, 8, false);
    has("0                            65504 66000\n");
    hist.src.high = hist.dst.high = 65000; /* outside: no mark */
    draw(&hist, &options, 47, 8, false);
    has("0                                  65000\n");
    hist.src.low = hist.dst.low = -131008;
    draw(&hist, &options, 47, 8, true);
    has("^");
    has("-65504");
}

static void steps_of_int8(void **state)
{
    static uint64_t src[] = {1, 1, 1, 1};
    const struct mm_pair_hist hist = {.src = HIST(0, 8, src), .dst = HIST(0, 8, src)};
    struct hist_chart_options options = {.int8_step = 2};
    (void)state;
    draw(&hist, &options, 39, 6, true);
    has("       +-------+-------+-------+------+\n"); /* the end is in the last column */
    options.int8_step = 0.1;                          /* closer than two columns: no grey line */
    draw(&hist, &options, 39, 6, true);
    has("       --------------------------------\n");
}

static void what_is_left_out_is_said(void **state)
{
    static uint64_t src[] = {1};
    struct mm_pair_hist hist = {.src = HIST(0, 8, src), .dst = HIST(0, 8, src)};
    const struct hist_chart_options options = {.log = true};
    (void)state;
    hist.src.below = 2;
    hist.dst.above = 3;
    hist.dst.nonfinite = 4;
    draw(&hist, &options, 70, 6, true);
    has("# both  : src  - dst  5 outside  and 4 NaN/Inf");
}

static void errors_by_powers_of_two(void **state)
{
    struct mm_pair_hist hist = {.error = {.zero = 3}};
    const struct hist_chart_options options = {.error = true};
    (void)state;
    draw(&hist, &options, 60, 6, true);
    has("3 exactly equal");
    has("src and dst are equal everywhere");
    hist.error.count[-4 - MM_EXP_LOW] = 8;
    hist.error.count[-2 - MM_EXP_LOW] = 4;
    draw(&hist, &options, 60, 7, true); /* 4 rows */
    has("    8  #####\n");
    has("       #####       #####\n");
    has("       2^-4  2^-3  2^-2\n");
}

static void sizes(void **state)
{
    static uint64_t src[] = {1, 5, 2}, dst[] = {0, 7, 1};
    struct mm_pair_hist hist = {.src = HIST(-70000, 70000, src), .dst = HIST(-70000, 70000, dst)};
    (void)state;
    hist.error.count[3] = hist.error.count[MM_EXP_BINS - 1] = 9;
    for (int error = 0; error < 2; error++) {
        const struct hist_chart_options options = {.log = true, .error = error, .int8_step = 550};
        for (int w = 0; w <= 300; w += w < 40 ? 1 : 13) {
            for (int h = 0; h <= 100; h += h < 20 ? 1 : 10)
                draw(&hist, &options, w, h, w % 2);
        }
    }
}

static void odd_ranges(void **state)
{
    static uint64_t src[] = {1, 1};
    static const double ranges[][2] = {{0, 0},          {-INFINITY, INFINITY}, {NAN, NAN},
                                       {1e308, -1e308}, {-1e308, 1e308},       {1e16, 1e16 + 2}};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(ranges); i++) {
        const struct mm_pair_hist hist = {.src = HIST(ranges[i][0], ranges[i][1], src),
                                          .dst = HIST(ranges[i][0], ranges[i][1], src)};
        const struct hist_chart_options options = {.log = true, .int8_step = i % 2 ? 1 : 1e-300};
        draw(&hist, &options, 60, 10, false);
    }
}

static int done(void **state)
{
    (void)state;
    mm_buf_done(&drawn);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_sides),
        cmocka_unit_test(logarithmic_counts),
        cmocka_unit_test(anything_at_all_is_seen),
        cmocka_unit_test(more_bins_than_columns),
        cmocka_unit_test(one_side_only),
        cmocka_unit_test(marks_of_half_precision),
        cmocka_unit_test(steps_of_int8),
        cmocka_unit_test(what_is_left_out_is_said),
        cmocka_unit_test(errors_by_powers_of_two),
        cmocka_unit_test(sizes),
        cmocka_unit_test(odd_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
