#include "variant_testing.h"

/* Kernel 1 0 0 of three taps: the first one under it. x 1..4, stride 2. */
static void sides(void **state)
{
    (void)state;
    struct op op = op_begin("Conv", 13);
    give(&op, SHAPE(1, 1, 4), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(1, 1, 3), FLOATS(1, 0, 0));
    set_ints(&op, "pads", 2, INTS(1, 1)); /* begins at -1, 1: 0 2 */
    set_ints(&op, "strides", 1, INTS(2));
    expect_variant(&op, "with pads 0,1 where the model says 1,1", 2, FLOATS(1, 3));
    expect_variant(&op, "with pads 0,2 where the model says 1,1", 2, FLOATS(1, 3));
    expect_variant(&op, "with pads 2,0 where the model says 1,1", 2, FLOATS(0, 1));
    op_end(&op);
    op = op_begin("MaxPool", 12);
    give(&op, SHAPE(1, 1, 3), FLOATS(5, 1, 2));
    set_ints(&op, "kernel_shape", 1, INTS(2));
    set_text(&op, "auto_pad", "SAME_UPPER"); /* 5 2 2 */
    expect_variant(&op, "with pads 1,0 where the model says 0,1", 3, FLOATS(5, 5, 2));
    op_end(&op);
}

/* Maximum of -3 -1 and pads: -inf leaves -3 -1, zeros give 0 at the edges. */
static void zeros(void **state)
{
    (void)state;
    struct op op = op_begin("MaxPool", 12);
    give(&op, SHAPE(1, 1, 4), FLOATS(-3, -1, -2, -4));
    set_ints(&op, "kernel_shape", 1, INTS(3));
    set_ints(&op, "pads", 2, INTS(1, 1));
    expect_variant(&op, "with zeros for pads, which count as values", 4, FLOATS(0, -1, -1, 0));
    op_end(&op);
    op = op_begin("MaxPool", 12);
    give(&op, SHAPE(1, 1, 4), FLOATS(-3, -1, -2, -4));
    set_ints(&op, "kernel_shape", 1, INTS(2));
    expect_none(&op, "with zeros for pads, which count as values");
    op_end(&op);
}

/* Kernel 1 0 1, dilation 2, pads 2: x[k-2] + x[k+2]; without: x[k-1] + x[k+1]. */
static void dilation(void **state)
{
    (void)state;
    struct op op = op_begin("Conv", 13);
    give(&op, SHAPE(1, 1, 4), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(1, 1, 3), FLOATS(1, 0, 1));
    set_ints(&op, "pads", 2, INTS(2, 2));
    set_ints(&op, "dilations", 1, INTS(2));
    expect_variant(&op, "without dilation", 4, FLOATS(2, 4, 6, 3));
    op_end(&op);
}

static void nearest(void **state)
{
    (void)state;
    struct op op = op_begin("Resize", 13);
    give(&op, SHAPE(8), FLOATS(0, 1, 2, 3, 4, 5, 6, 7));
    give_none(&op);
    give(&op, SHAPE(1), FLOATS(0.5f));
    set_text(&op, "coordinate_transformation_mode", "asymmetric");
    set_text(&op, "nearest_mode", "floor"); /* 0 2 4 6 */
    expect_variant(&op, "with half_pixel/round_prefer_ceil where the model says asymmetric/floor", 4,
                   FLOATS(1, 3, 5, 7));
    expect_variant(&op, "with align_corners/round_prefer_floor where the model says asymmetric/floor", 4,
                   FLOATS(0, 2, 5, 7)); /* 0, 7/3, 14/3, 7 */
    expect_variant(&op, "as linear without antialias where the model says nearest", 4, FLOATS(0, 2, 4, 6));
    op_end(&op);
    op = op_begin("Upsample", 9); /* x, scales: asymmetric and floor */
    give(&op, SHAPE(3), FLOATS(0, 1, 2));
    give(&op, SHAPE(1), FLOATS(2));
    expect_variant(&op, "with half_pixel/ceil where the model says asymmetric/floor", 6,
                   FLOATS(0, 1, 1, 2, 2, 2));
    op_end(&op);
}

/* 0 4 becomes four: half_pixel 0 1 3 4, align_corners 0 4/3 8/3 4, asymmetric 0 2 4 4. */
static void linear(void **state)
{
    (void)state;
    struct op op = op_begin("Resize", 13);
    give(&op, SHAPE(2), FLOATS(0, 4));
    give_none(&op);
    give(&op, SHAPE(1), FLOATS(2));
    set_text(&op, "mode", "linear");
    expect_variant(&op, "with align_corners where the model says half_pixel", 4,
                   FLOATS(0, 1.33333333f, 2.66666667f, 4));
    expect_variant(&op, "with asymmetric where the model says half_pixel", 4, FLOATS(0, 2, 4, 4));
    expect_variant(&op, "as nearest where the model says linear", 4, FLOATS(0, 0, 4, 4));
    op_end(&op);
}

/* Without antialias it is the mean of two; PIL has antialias. */
static void antialias(void **state)
{
    (void)state;
    struct op op = op_begin("Resize", 18);
    give(&op, SHAPE(4), FLOATS(0, 8, 0, 8));
    give_none(&op);
    give(&op, SHAPE(1), FLOATS(0.5f));
    set_text(&op, "mode", "linear");
    set_int(&op, "antialias", 1);
    expect_variant(&op, "as linear without antialias where the model says linear with antialias", 2,
                   FLOATS(4, 4));
    op_end(&op);
    op = op_begin("Resize", 18);
    give(&op, SHAPE(3), FLOATS(0, 8, 0));
    give_none(&op);
    give(&op, SHAPE(1), FLOATS(0.5f));
    set_text(&op, "mode", "linear");
    struct mm_operator_call call = call_of(&op);
    struct mm_operator_variant *v =
        variant_that(&call, "as linear with antialias where the model says linear");
    assert_non_null(v);
    assert_string_equal(mm_operator_variant_origin(v), "PIL");
    mm_operator_variant_close(v);
    op_end(&op);
}

/* A single 4 twice as wide is 4 w(d) at d = 1.75 1.25 0.75 0.25 on both sides; Keys' w with a = -0.5. */
static void cubic(void **state)
{
    (void)state;
    struct op op = op_begin("Resize", 13);
    give(&op, SHAPE(5), FLOATS(0, 0, 4, 0, 0));
    give_none(&op);
    give(&op, SHAPE(1), FLOATS(2));
    set_text(&op, "mode", "cubic");
    expect_variant(
        &op, "as cubic (-0.5) where the model says cubic (-0.75)", 10,
        FLOATS(0, -0.09375f, -0.28125f, 0.90625f, 3.46875f, 3.46875f, 0.90625f, -0.28125f, -0.09375f, 0));
    expect_none(&op, "as cubic (-0.75) where the model says cubic (-0.75)");
    op_end(&op);
}

/* Halved, the triangle is twice as wide: weights 0.25 0.75 0.75 0.25 of 0 | 0 8 0 and of 8 0 8 | 8, edges repeated. */
static void antialiased(void **state)
{
    (void)state;
    struct op op = op_begin("Resize", 18);
    give(&op, SHAPE(4), FLOATS(0, 8, 0, 8));
    give_none(&op);
    give(&op, SHAPE(1), FLOATS(0.5f));
    set_text(&op, "mode", "linear");
    expect_variant(&op, "as linear with antialias where the model says linear", 2, FLOATS(3, 5));
    op_end(&op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sides),   cmocka_unit_test(zeros),       cmocka_unit_test(dilation),
        cmocka_unit_test(nearest), cmocka_unit_test(linear),      cmocka_unit_test(antialias),
        cmocka_unit_test(cubic),   cmocka_unit_test(antialiased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
