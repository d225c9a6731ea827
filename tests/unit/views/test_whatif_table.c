/* The table of the What if tab: rows, the nearest one, what can't be. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/small.h"

#include "views/whatif_table.h"

#include <math.h>

#define OPEN(name) "/ \"" name "\" Enter Enter 5\n"

static void golden_whatif(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("conv1"));
    small_goldens(small, "layer-whatif");
}

static void golden_whatif_single(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("dropout"));
    small_goldens(small, "layer-whatif-single");
}

static void nearest(void **state)
{
    (void)state;
    struct mm_whatif row[4] = {
        {.metrics.diff2 = 0}, {.metrics.diff2 = 0.001}, {.metrics.diff2 = 0.001}, {.metrics.diff2 = NAN}};
    struct mm_whatif_table table = {.row = row, .count = 4};
    struct mm_result result = {.state = MM_STATE_MEASURED};
    static const struct {
        double diff2;
        int row;
    } cases[] = {{0, 0}, {0.001, 1}, {0.9, 1}, {1e-9, 1}, {NAN, -1}, {INFINITY, -1}};
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        result.metrics.diff2 = cases[i].diff2;
        assert_int_equal(whatif_nearest(&table, &result), cases[i].row);
    }
    row[3].metrics.diff2 = 0.1; /* by ratio: 0.02 is 20 times 0.001 and a fifth of 0.1 */
    result.metrics.diff2 = 0.02;
    assert_int_equal(whatif_nearest(&table, &result), 3);
    result.state = MM_STATE_SINGLE;
    assert_int_equal(whatif_nearest(&table, &result), -1);
    table.count = 0;
    result.state = MM_STATE_MEASURED;
    assert_int_equal(whatif_nearest(&table, &result), -1);
}

/* conv1: 1 2 3 4 / 5 6 7 8; in dst 8 is 8.0625: diff2 .0625 / sqrt(204). */
static void figures(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("conv1"));
    assert_true(small_shows(small, " 0.00015..\n")); /* no half figures */
    assert_true(small_shows(small, " 0.000122\n"));
    small_keys(small, ":resize 90x60");
    assert_true(small_shows(small, " 0.00015..0.00024"));
    assert_true(small_shows(small, " 0.000122, -32768"));
    assert_true(small_shows(small, "sums inside the operator are not modelled"));
    assert_true(small_shows(small, "dst    f16                 4.38e-3          47.2 6.25e-2"));
    assert_true(small_shows(small, "f16                              0           Inf       0       0"));
    /* 8 / 127 = 0.063 */
    assert_true(small_shows(small, " 0.063"));
    /* a range of 0 .. 8 in 255 steps, 0 at the lowest code */
    assert_true(small_shows(small, " 0.0314, -128"));
    /* columns of 2 x 4: the least and the greatest are 5 / 127 and 8 / 127 */
    assert_true(small_shows(small, "int8   axis 1 sym  minmax"));
    assert_true(small_shows(small, " 0.039..0.063"));
    /* rows as blocks: the greatest are 4 and 8. Of scales 1 and 2, 5 becomes 4 and 7 becomes 8: sqrt(2 / 204) */
    assert_true(small_shows(small, "int8   mx 32                     0           Inf       0       0 4..8"));
    assert_true(small_shows(small, "f4e2m1 mx 32               9.90e-2  0.044x  20.1    1.00       0 1..2"));
    assert_true(small_shows(small, "f4e2m1 nv 16"));
    assert_true(small_shows(small, "mx 32: OCP MX, 32 values of the last axis share a power of two"));
    small_keys(small, ":resize 80x24\nG");
    assert_true(small_shows(small, "closest to dst's actual error"));
    assert_true(small_shows(small, "int4   axis 1 asym minmax"));
    assert_true(small_shows(small, "Lines 24 to 42 of 42"));
    small_keys(small, "J"); /* the next layer, from its top */
    assert_true(small_shows(small, "format per"));
    assert_true(small_shows(small, "[5 What if]"));
}

/* pow: 70000 overflows in f16, one of four. Its dst has an Inf there, so that the figures are of the rest. */
static void overflow(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("pow"));
    assert_true(small_shows(small, "25.00%"));
}

static void what_can_not_be(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("cast"));
    assert_true(small_shows(small, "no reference: this tensor is only in dst"));
    small_keys(small, "q g\n" OPEN("gather")); /* dst is cut: src is there */
    assert_true(small_shows(small, "int8   tensor sym  minmax"));
    small_keys(small, "q g\n" OPEN("reshape"));
    assert_true(small_shows(small, "int16  axis 1 sym  minmax"));
}

/* 2 x 4: rows instead of columns, and back. The next layer has axes of its own. */
static void axis(void **state)
{
    struct small *small = *state;
    small_keys(small, OPEN("conv1") "a");
    assert_true(small_shows(small, "Channels along axis 0"));
    assert_true(small_shows(small, "int16  axis 0 sym  minmax"));
    small_keys(small, "a");
    assert_true(small_shows(small, "int16  axis 1 sym  minmax"));
    small_keys(small, "a K J");
    assert_true(small_shows(small, "int16  axis 1 sym  minmax"));
    small_keys(small, "q g\n" OPEN("relu1") "a");
    assert_true(small_shows(small, "There is no other axis"));
    small_keys(small, "q g\n" OPEN("cast") "a"); /* nothing to turn */
    assert_true(small_shows(small, "only in dst"));
}

/* While it is worked out. */
static void waiting(void **state)
{
    struct small *small = *state;
    struct grid grid;
    struct mm_buf text;
    grid_init(&grid);
    mm_buf_init(&text);
    assert_int_equal(grid_resize(&grid, 78, 6), 0);
    struct canvas c = grid_canvas(&grid);
    assert_int_equal(whatif_table_draw(&c, small->app, 0, NULL, NULL, 0), 3);
    grid_dump_glyphs(&grid, &text);
    assert_non_null(strstr(mm_buf_text(&text), "Computing ..."));
    mm_buf_done(&text);
    grid_done(&grid);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, small_setup, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(golden_whatif),
        TEST(golden_whatif_single),
        cmocka_unit_test(nearest),
        TEST(figures),
        TEST(overflow),
        TEST(what_can_not_be),
        TEST(axis),
        TEST(waiting),
    };
    return cmocka_run_group_tests(tests, small_group_setup, small_group_teardown);
}
