#include "operator_testing.h"
#include "operator/taps.h"

static double same(const struct op_resize *how, int axis, int64_t at)
{
    (void)how;
    (void)axis;
    return (double)at + 0.25;
}

static void weights_of_one_position(void **state)
{
    (void)state;
    struct op_resize r = {
        .mode = OP_LINEAR, .coordinate = same, .rank = 1, .in = {3}, .out = {3}, .scale = {2}};
    struct op_taps taps;
    struct mm_arena arena;
    mm_arena_init(&arena);
    assert_int_equal(op_taps_make(&r, 0, &arena, &taps), 0);
    assert_int_equal(taps.count, 2);
    assert_int_equal(taps.index[2], 1);
    assert_int_equal(taps.index[3], 2);
    assert_near(taps.weight[2], 0.75, 1e-15);
    assert_near(taps.weight[3], 0.25, 1e-15);
    assert_int_equal(taps.index[5], 2); /* behind the end: the last one once more */
    r.exclude_outside = true;
    assert_int_equal(op_taps_make(&r, 0, &arena, &taps), 0);
    assert_near(taps.weight[4], 1, 1e-15);
    assert_near(taps.weight[5], 0, 0);
    r.mode = OP_CUBIC;
    r.cubic_a = -0.75;
    r.exclude_outside = false;
    assert_int_equal(op_taps_make(&r, 0, &arena, &taps), 0);
    assert_int_equal(taps.count, 4);
    /* at distances 1.25, 0.25, 0.75 and 1.75 */
    assert_near(taps.weight[4], -0.10546875, 1e-12);
    assert_near(taps.weight[5], 0.87890625, 1e-12);
    assert_near(taps.weight[6], 0.26171875, 1e-12);
    assert_near(taps.weight[7], -0.03515625, 1e-12);
    mm_arena_done(&arena);
}

static void an_axis_that_stays(void **state)
{
    (void)state;
    struct op_resize r = {
        .mode = OP_CUBIC, .coordinate = same, .rank = 1, .in = {2}, .out = {2}, .scale = {1}};
    struct op_taps taps;
    struct mm_arena arena;
    mm_arena_init(&arena);
    assert_true(op_axis_stays(&r, 0));
    assert_int_equal(op_taps_make(&r, 0, &arena, &taps), 0);
    assert_int_equal(taps.count, 1);
    assert_int_equal(taps.index[1], 1);
    r.crops = true; /* of the region 0 .. 0 */
    assert_false(op_axis_stays(&r, 0));
    mm_arena_done(&arena);
}

static void outside_matters_where_it_crops(void **state)
{
    (void)state;
    struct op_resize r = {.in = {3}};
    assert_false(op_is_outside(&r, 0, -1));
    r.crops = true;
    assert_true(op_is_outside(&r, 0, -0.001));
    assert_false(op_is_outside(&r, 0, 2));
    assert_true(op_is_outside(&r, 0, 2.001));
}

static void a_filter_that_would_be_endless(void **state)
{
    (void)state;
    struct op_resize r = {.mode = OP_LINEAR,
                          .coordinate = same,
                          .rank = 1,
                          .in = {3},
                          .out = {1},
                          .scale = {1e-12},
                          .antialias = true};
    struct op_taps taps;
    struct mm_arena arena;
    mm_arena_init(&arena);
    assert_int_equal(op_taps_make(&r, 0, &arena, &taps), -1);
    mm_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_of_one_position),
        cmocka_unit_test(an_axis_that_stays),
        cmocka_unit_test(outside_matters_where_it_crops),
        cmocka_unit_test(a_filter_that_would_be_endless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
