/* The Values tab: looks of its three modes; indices, slices, axes; what has no error. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/views/parts.h"
#include "views/heat_chart.h"

static void golden_worst(void **state)
{
    parts_open_layer(*state, "conv", "4");
    small_goldens(*state, "values-worst");
}

static void golden_browse(void **state)
{
    parts_open_layer(*state, "nan", "4 v j");
    small_goldens(*state, "values-browse");
}

static void golden_map(void **state)
{
    parts_open_layer(*state, "conv", "4 H");
    small_goldens(*state, "values-map");
}

static void golden_map_mono(void **state)
{
    struct small *small = *state;
    small_keys(small, ":theme mono");
    parts_open_layer(small, "conv", "4 H");
    small_goldens(small, "values-map-mono");
}

static void worst(void **state)
{
    struct small *small = *state;
    parts_open_layer(small, "nan", "4");
    assert_true(small_shows(small, "worst by |d| · 2 of 24 differ"));
    assert_true(small_shows(small, "[1,1]              7         NaN         Inf         Inf"));
    assert_true(small_shows(small, "[2,0]             12         Inf         Inf         Inf"));
    small_keys(small, "j Enter");
    assert_true(small_shows(small, "all values · 24 elements"));
    assert_true(small_shows(small, "[0,5]              5           5           0           0"));
    small_keys(small, "s");
    assert_true(small_shows(small, "worst by |d/s|"));
}

static void index_and_slice(void **state)
{
    struct small *small = *state;
    parts_open_layer(small, "conv", "4 g \"[0,5,0,1]\" Enter");
    assert_true(small_shows(small, "[0,5,0,1]"));
    small_keys(small, "/ \"[0,5,:,1]\" Enter");
    assert_true(small_shows(small, "all values in [0,5,:,1] · 6 elements"));
    assert_true(small_shows(small, "[0,5,5,1]          1680        1679           1"));
    assert_true(small_hides(small, "[0,5,0,2]"));
    small_keys(small, "Esc");
    assert_true(small_shows(small, "worst by |d| in [0,5,:,1] · 6 of 6 differ"));
    small_keys(small, "Esc");
    assert_true(small_shows(small, "worst by |d| · 288 of 576 differ"));
    small_keys(small, ":slice [0,12,:,:]");
    assert_true(small_says(small, "axis 1 has 12 places: there is no 12"));
    small_keys(small, "g \"575\" Enter");
    assert_true(small_shows(small, "[0,11,5,7]"));
    small_keys(small, "Home");
    assert_true(small_shows(small, "[0,0,0,0]"));
    small_keys(small, "9 G"); /* element 9 */
    assert_true(small_shows(small, "[0,0,1,1]"));
}

static void map(void **state)
{
    struct small *small = *state;
    parts_open_layer(small, "conv", "4 H");
    assert_true(small_shows(small, "max|d| · axis 2 down, axis 3 across"));
    small_keys(small, "> j");
    assert_true(small_shows(small, "axis 2: 1, axis 3: 1: max|d| 1 @[0,5,1,1]"));
    small_keys(small, "< < <");
    assert_true(small_shows(small, "axis 2: 1, axis 3: 0: max|d| 0"));
    small_keys(small, "> Enter");
    assert_true(small_shows(small, "all values"));
    assert_true(small_shows(small, "[0,5,1,1]"));
    small_keys(small, "H a");
    assert_true(small_shows(small, "axis 1 down, axis 3 across")); /* axis 0 has one place */
    small_keys(small, "a");
    assert_true(small_shows(small, "axis 1 down, axis 2 across"));
    small_keys(small, ":slice [0,5,:,1]");
    assert_true(small_shows(small, "max|d| in [0,5,:,1] · axis 2 across"));
}

static void steps(void **state)
{
    const struct mm_heat heat = {.greatest = 10, .least = 1e-3}, narrow = {.greatest = 10, .least = 5};
    (void)state;
    assert_int_equal(heat_chart_step(&heat, 0), 0);
    assert_int_equal(heat_chart_step(&heat, 1e-9), 1);
    assert_int_equal(heat_chart_step(&heat, 1e-3 * 1.01), 1);
    assert_int_equal(heat_chart_step(&heat, 0.11), 4); /* half of four decades */
    assert_int_equal(heat_chart_step(&heat, 10), 7);
    assert_int_equal(heat_chart_step(&heat, INFINITY), 7);
    assert_int_equal(heat_chart_step(&narrow, 5), 5); /* 0.70 of a power of ten: 1 + 4.9 */
}

/* The upper half has one step, what lies behind it the other. */
static void half_blocks(void **state)
{
    struct mm_heat_cell cell[4] = {{10, 0}, {0, -1}, {0, -1}, {0.11, 3}};
    const struct mm_heat heat = {.greatest = 10,
                                 .least = 1e-3,
                                 .options = {.rows = 2, .columns = 2},
                                 .cell = cell,
                                 .shape = {2, {2, 2}}};
    struct small *small = *state;
    struct grid grid;
    grid_init(&grid);
    assert_int_equal(grid_resize(&grid, 2, 1), 0);
    struct canvas c = grid_canvas(&grid);
    heat_chart_draw(&c, small->app, &heat, 0, 0);
    assert_int_equal(grid_cell(&grid, 1, 0)->cp, 0x2580);
    assert_int_equal(grid_cell(&grid, 1, 0)->role, ROLE_HEAT_0);
    assert_int_equal(grid_cell(&grid, 1, 0)->backdrop, ROLE_HEAT_4);
    grid_done(&grid);
}

static void what_has_no_error(void **state)
{
    struct small *small = *state;
    parts_open_layer(small, "lone", "4");
    assert_true(small_shows(small, "all values · 6 elements · only in src"));
    small_keys(small, "H");
    assert_true(small_says(small, "This tensor has no partner: there is no error"));
    small_keys(small, "q");
    parts_open_layer(small, "shape", "4");
    assert_true(small_shows(small, "shapes differ: 2x3 and 4"));
    small_keys(small, "q");
    parts_open_layer(small, "scalar", "4");
    assert_true(small_shows(small, "[]                 3           5           2     0.66667"));
    small_keys(small, "H");
    assert_true(small_shows(small, "There is one value, or none: no map"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, parts_setup, small_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(golden_worst), TEST(golden_browse),     TEST(golden_map), TEST(golden_map_mono),
        TEST(worst),        TEST(index_and_slice),   TEST(map),        TEST(steps),
        TEST(half_blocks),  TEST(what_has_no_error),
    };
    return cmocka_run_group_tests(tests, parts_group_setup, small_group_teardown);
}
