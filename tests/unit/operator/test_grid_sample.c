#include "operator_testing.h"

static const float x[] = {1, 2, 3, 4}; /* 2 x 2 */

static struct op of(int64_t count, const float *grid, const char *mode, const char *padding, int64_t corners)
{
    struct op op = op_begin("GridSample", 16);
    give(&op, SHAPE(1, 1, 2, 2), x);
    give(&op, SHAPE(1, 1, count, 2), grid);
    set_text(&op, "mode", mode);
    set_text(&op, "padding_mode", padding);
    set_int(&op, "align_corners", corners);
    return op;
}

/* Coordinates are x, then y; -1 is the border of the first place, or its middle with aligned corners. */
static void between_places(void **state)
{
    (void)state;
    const float grid[] = {0, 0, -0.5f, -0.5f, 0.5f, -0.5f, 0, 0.5f};
    struct op op = of(4, grid, "bilinear", "zeros", 0);
    expect(&op, SHAPE(1, 1, 1, 4), FLOATS(2.5f, 1, 2, 3.5f));
    op = of(4, grid, "bilinear", "zeros", 1);
    expect(&op, SHAPE(1, 1, 1, 4), FLOATS(2.5f, 1.75f, 2.25f, 3));
    op = of(4, grid, "nearest", "zeros", 0);
    expect(&op, SHAPE(1, 1, 1, 4), FLOATS(1, 1, 2, 3)); /* ties to even */
}

static void outside(void **state)
{
    (void)state;
    const float grid[] = {-1, -0.5f, -2, -0.5f, 2, 0.5f, NAN, 0};
    struct op op = of(4, grid, "bilinear", "zeros", 0);
    expect(&op, SHAPE(1, 1, 1, 4), FLOATS(0.5f, 0, 0, 0));
    op = of(3, grid, "bilinear", "border", 0);
    expect(&op, SHAPE(1, 1, 1, 3), FLOATS(1, 1, 4));
    op = of(3, grid, "bilinear", "reflection", 0);
    expect(&op, SHAPE(1, 1, 1, 3), FLOATS(1, 1.5f, 3.5f));
    op = of(3, grid, "bilinear", "reflection", 1);
    expect(&op, SHAPE(1, 1, 1, 3), FLOATS(1.5f, 2, 3));
}

/* At a place cubic taps are 0 1 0 0. */
static void cubic(void **state)
{
    (void)state;
    struct op op = of(1, FLOATS(0.5f, -0.5f), "bicubic", "zeros", 0);
    expect(&op, SHAPE(1, 1, 1, 1), FLOATS(2));
    op = of(1, FLOATS(0, 0), "cubic", "border", 0);
    expect(&op, SHAPE(1, 1, 1, 1), FLOATS(2.5f));
}

static void channels_and_images(void **state)
{
    (void)state;
    struct op op = op_begin("GridSample", 20);
    give(&op, SHAPE(2, 2, 2), FLOATS(1, 2, 3, 4, 5, 6, 7, 8));
    give(&op, SHAPE(2, 1, 1), FLOATS(-0.5f, 0.5f));
    expect(&op, SHAPE(2, 2, 1), FLOATS(1, 3, 6, 8));
}

static void what_does_not_fit(void **state)
{
    (void)state;
    struct op op = of(1, FLOATS(0, 0), "linear", "mirror", 0);
    expect_failure(&op, MM_EUNSUPPORTED, "mirror");
    op = op_begin("GridSample", 16);
    give(&op, SHAPE(1, 1, 2, 2), x);
    give(&op, SHAPE(1, 1, 1, 3), FLOATS(0, 0, 0));
    expect_failure(&op, MM_EARG, "does not fit");
    op = op_begin("GridSample", 16);
    give(&op, SHAPE(1, 1, 2, 2), x);
    give(&op, SHAPE(1, 1, 2), FLOATS(0, 0));
    expect_failure(&op, MM_EARG, "does not fit");
    op = op_begin("GridSample", 16);
    give(&op, SHAPE(1, 1, 2, 2), x);
    give(&op, SHAPE(2, 1, 1, 2), FLOATS(0, 0, 0, 0));
    expect_failure(&op, MM_EARG, "does not fit");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(between_places),      cmocka_unit_test(outside),           cmocka_unit_test(cubic),
        cmocka_unit_test(channels_and_images), cmocka_unit_test(what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
