#include "operator_testing.h"

static const float x[] = {1, 2, 3, 4};

/* Of a 2 x 2 matrix; roi is left out. */
static struct op of(const char *mode, const float *scales, const int64_t *sizes)
{
    struct op op = op_begin("Resize", 19);
    give(&op, SHAPE(2, 2), x);
    give_none(&op);
    if (scales)
        give(&op, SHAPE(2), scales);
    else
        give_none(&op);
    if (sizes)
        give_ints(&op, SHAPE(2), sizes);
    set_text(&op, "mode", mode);
    return op;
}

static void nearest(void **state)
{
    (void)state;
    struct op op = of("nearest", FLOATS(1, 2), NULL);
    expect(&op, SHAPE(2, 4), FLOATS(1, 1, 2, 2, 3, 3, 4, 4));
    op = of("nearest", NULL, INTS(1, 3));
    set_text(&op, "coordinate_transformation_mode", "asymmetric");
    set_text(&op, "nearest_mode", "floor");
    expect(&op, SHAPE(1, 3), FLOATS(1, 1, 2));
}

static void linear(void **state)
{
    (void)state;
    struct op op = of("linear", FLOATS(1, 2), NULL);
    expect(&op, SHAPE(2, 4), FLOATS(1, 1.25f, 1.75f, 2, 3, 3.25f, 3.75f, 4));
    op = of("linear", FLOATS(2, 1), NULL);
    expect(&op, SHAPE(4, 2), FLOATS(1, 2, 1.5f, 2.5f, 2.5f, 3.5f, 3, 4));
    op = of("linear", NULL, INTS(3, 3));
    set_text(&op, "coordinate_transformation_mode", "align_corners");
    expect(&op, SHAPE(3, 3), FLOATS(1, 1.5f, 2, 2, 2.5f, 3, 3, 3.5f, 4));
}

/* By hand: position 0 of 4 lies at -0.25, taps -2 .. 1 at distances 1.75, 0.75, 0.25, 1.25. */
static void cubic(void **state)
{
    (void)state;
    struct op op = of("cubic", FLOATS(1, 2), NULL);
    struct mm_value y = run(&op);
    assert_shape(&y.shape, SHAPE(2, 4));
    assert_near(y.f[0], (-0.03515625 + 0.26171875 + 0.87890625) * 1 - 0.10546875 * 2, 1e-6);
    assert_near(y.f[0] + y.f[3], 3, 1e-6);
    mm_value_done(&y);
    op_end(&op);
}

static void antialias(void **state)
{
    (void)state;
    /* halved: a triangle twice as wide, at 0.5: distances 1.5, 0.5, 0.5, 1.5 of 2 */
    struct op op = op_begin("Resize", 18);
    give(&op, SHAPE(4), FLOATS(0, 0, 8, 16));
    give_none(&op);
    give(&op, SHAPE(1), FLOATS(0.5f));
    set_text(&op, "mode", "linear");
    set_int(&op, "antialias", 1);
    expect(&op, SHAPE(2), FLOATS(1, 11));
}

static void axes_and_ratios(void **state)
{
    (void)state;
    struct op op = op_begin("Resize", 18);
    give(&op, SHAPE(2, 2), x);
    give_none(&op);
    give_none(&op);
    give_ints(&op, SHAPE(1), INTS(1));
    set_ints(&op, "axes", 1, INTS(0));
    set_text(&op, "nearest_mode", "ceil");
    expect(&op, SHAPE(1, 2), FLOATS(3, 4));
    op = of("nearest", NULL, INTS(4, 6));
    set_text(&op, "keep_aspect_ratio_policy", "not_larger");
    expect(&op, SHAPE(4, 4), FLOATS(1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4));
    op = of("nearest", NULL, INTS(1, 2));
    set_text(&op, "keep_aspect_ratio_policy", "not_smaller");
    expect(&op, SHAPE(2, 2), x);
}

static void crop(void **state)
{
    (void)state;
    struct op op = op_begin("Resize", 13);
    give(&op, SHAPE(4), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(2), FLOATS(0.5f, 1.5f));
    give_none(&op);
    give_ints(&op, SHAPE(1), INTS(3));
    set_text(&op, "mode", "linear");
    set_text(&op, "coordinate_transformation_mode", "tf_crop_and_resize");
    set_float(&op, "extrapolation_value", -9);
    expect(&op, SHAPE(3), FLOATS(2.5f, 4, -9));
    op = op_begin("Resize", 13);
    give(&op, SHAPE(4), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(2), FLOATS(0.5f, 1.5f));
    give_none(&op);
    give_ints(&op, SHAPE(1), INTS(3));
    set_text(&op, "coordinate_transformation_mode", "tf_crop_and_resize");
    set_float(&op, "extrapolation_value", -9);
    expect(&op, SHAPE(3), FLOATS(2, 4, -9));
}

static void regions_far_out(void **state)
{
    static const char *const modes[] = {"nearest", "linear", "cubic"};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(modes); i++) {
        struct op op = op_begin("Resize", 13);
        give(&op, SHAPE(2), FLOATS(1, 2));
        give(&op, SHAPE(2), FLOATS(-1e30f, i == 0 ? NAN : 1e30f));
        give_none(&op);
        give_ints(&op, SHAPE(1), INTS(2));
        set_text(&op, "mode", modes[i]);
        set_text(&op, "coordinate_transformation_mode", "tf_crop_and_resize");
        set_float(&op, "extrapolation_value", 7);
        expect(&op, SHAPE(2), FLOATS(7, 7));
    }
}

static void older_forms(void **state)
{
    (void)state;
    struct op op = op_begin("Upsample", 9);
    give(&op, SHAPE(1, 2), FLOATS(1, 2));
    give(&op, SHAPE(2), FLOATS(1, 2));
    expect(&op, SHAPE(1, 4), FLOATS(1, 1, 2, 2));
    op = op_begin("Upsample", 7);
    give(&op, SHAPE(1, 2), FLOATS(1, 2));
    set_floats(&op, "scales", 2, FLOATS(1, 2));
    set_text(&op, "mode", "linear");
    expect(&op, SHAPE(1, 4), FLOATS(1, 1.5f, 2, 2));
    op = op_begin("Resize", 10);
    give(&op, SHAPE(4), FLOATS(1, 2, 3, 4));
    give(&op, SHAPE(1), FLOATS(0.75f));
    expect(&op, SHAPE(3), FLOATS(1, 3, 4));
}

/* 0.7 as a float is less than 0.7: runtimes multiply in floats, and get 7. */
static void lengths_as_floats_make_them(void **state)
{
    (void)state;
    float ten[10] = {0}, seven[7] = {0};
    struct op op = op_begin("Resize", 13);
    give(&op, SHAPE(10), ten);
    give_none(&op);
    give(&op, SHAPE(1), FLOATS(0.7f));
    expect(&op, SHAPE(7), seven);
}

static void what_is_not_known_or_can_not_be(void **state)
{
    (void)state;
    struct op op = of("nearest", NULL, NULL);
    expect_failure(&op, MM_EUNSUPPORTED, "neither scales nor sizes");
    op = of("nearest", FLOATS(1, -1), NULL);
    expect_failure(&op, MM_EARG, "a scale of -1");
    op = of("nearest", FLOATS(1, NAN), NULL);
    expect_failure(&op, MM_EARG, "a scale of");
    op = of("nearest", NULL, INTS(1, 0));
    expect_failure(&op, MM_EARG, "a size of 0");
    op = of("linear", NULL, INTS(1 << 20, 1 << 20));
    expect_failure(&op, MM_EUNSUPPORTED, "limit");
    op = of("linear", FLOATS(1, 2), NULL);
    set_text(&op, "coordinate_transformation_mode", "tf_crop_and_resize");
    expect_failure(&op, MM_EUNSUPPORTED, "region");
}

static void a_region_of_two_axes(void **state)
{
    (void)state;
    /* rows 0 and 2 of 0 .. 1: the second lies outside */
    struct op op = op_begin("Resize", 11);
    give(&op, SHAPE(2, 2), x);
    give(&op, SHAPE(4), FLOATS(0, 0, 2, 1));
    give_none(&op);
    give_ints(&op, SHAPE(2), INTS(2, 2));
    set_text(&op, "mode", "linear");
    set_text(&op, "coordinate_transformation_mode", "tf_crop_and_resize");
    set_float(&op, "extrapolation_value", 8);
    expect(&op, SHAPE(2, 2), FLOATS(1, 2, 8, 8));
}

static void the_first_opset_with_regions(void **state)
{
    (void)state;
    struct op op = op_begin("Resize", 11);
    give(&op, SHAPE(2), FLOATS(1, 2));
    give(&op, SHAPE(0), FLOATS(0));
    give(&op, SHAPE(1), FLOATS(2));
    set_text(&op, "mode", "linear");
    expect(&op, SHAPE(4), FLOATS(1, 1.25f, 1.75f, 2));
    op = op_begin("Resize", 11);
    give(&op, SHAPE(2), FLOATS(1, 2));
    give(&op, SHAPE(0), FLOATS(0));
    give(&op, SHAPE(1), FLOATS(1.5f));
    give_ints(&op, SHAPE(0), INTS(0));
    expect(&op, SHAPE(3), FLOATS(1, 1, 2));
    op = op_begin("Upsample", 0); /* whatever the opset is */
    give(&op, SHAPE(2), FLOATS(1, 2));
    give(&op, SHAPE(1), FLOATS(2));
    set_text(&op, "mode", "linear");
    expect(&op, SHAPE(4), FLOATS(1, 1.5f, 2, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest),
        cmocka_unit_test(linear),
        cmocka_unit_test(cubic),
        cmocka_unit_test(antialias),
        cmocka_unit_test(axes_and_ratios),
        cmocka_unit_test(crop),
        cmocka_unit_test(regions_far_out),
        cmocka_unit_test(older_forms),
        cmocka_unit_test(lengths_as_floats_make_them),
        cmocka_unit_test(what_is_not_known_or_can_not_be),
        cmocka_unit_test(a_region_of_two_axes),
        cmocka_unit_test(the_first_opset_with_regions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
