#include "operator_testing.h"
#include "operator/taps.h"

static void read(struct op *op, struct op_resize *r)
{
    struct mm_operator_call call = call_of(op);
    struct mm_err err;
    *r = (struct op_resize){.in = {4}, .out = {2}, .scale = {0.5}, .roi_start = {0.5}, .roi_end = {1}};
    if (op_resize_words(&call, r, &err))
        fail_msg("%s", err.text);
    op_end(op);
}

static struct op of(int64_t opset, const char *name, const char *word)
{
    static const float x[4];
    struct op op = op_begin("Resize", opset);
    give(&op, SHAPE(4), x);
    if (name)
        set_text(&op, name, word);
    return op;
}

/* Position 1 of 2 in an input of 4, by each formula of the specification. */
static void where_a_position_lies(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        double at;
    } rows[] = {
        {"half_pixel", 2.5}, {"pytorch_half_pixel", 2.5}, {"half_pixel_symmetric", 2.5}, {"align_corners", 3},
        {"asymmetric", 2},   {"tf_half_pixel_for_nn", 3}, {"tf_crop_and_resize", 3},
    };
    struct op_resize r;
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct op op = of(19, "coordinate_transformation_mode", rows[i].word);
        read(&op, &r);
        assert_near(r.coordinate(&r, 0, 1), rows[i].at, 1e-15);
        assert_int_equal(r.crops, i == 6);
    }
    r.roi_end[0] = 0.9;
    r.out[0] = 1;
    assert_near(r.coordinate(&r, 0, 0), 2.1, 1e-12); /* the middle of the region */
}

static void a_result_of_one(void **state)
{
    (void)state;
    struct op_resize r;
    struct op op = of(19, "coordinate_transformation_mode", "pytorch_half_pixel");
    read(&op, &r);
    r.out[0] = 1;
    assert_near(r.coordinate(&r, 0, 0), 0, 0);
    op = of(19, "coordinate_transformation_mode", "align_corners");
    read(&op, &r);
    r.out[0] = 1;
    assert_near(r.coordinate(&r, 0, 0), 0, 0);
    op = of(19, "coordinate_transformation_mode", "half_pixel_symmetric");
    read(&op, &r);
    r.in[0] = 5; /* 2.5 would be exact; 2 positions stand about the centre */
    assert_near((r.coordinate(&r, 0, 0) + r.coordinate(&r, 0, 1)) / 2, 2, 1e-12);
}

static void how_it_is_rounded(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        int64_t half, below, above;
    } rows[] = {{"round_prefer_floor", 1, 1, 2},
                {"round_prefer_ceil", 2, 1, 2},
                {"floor", 1, 1, 1},
                {"ceil", 2, 2, 2}};
    struct op_resize r;
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct op op = of(13, "nearest_mode", rows[i].word);
        read(&op, &r);
        assert_int_equal(r.nearest(&r, 0, 1.5), rows[i].half);
        assert_int_equal(r.nearest(&r, 0, 1.25), rows[i].below);
        assert_int_equal(r.nearest(&r, 0, 1.75), rows[i].above);
        assert_int_equal(r.nearest(&r, 0, 2), 2);
    }
}

static void before_opset_11(void **state)
{
    (void)state;
    struct op_resize r;
    struct op op = of(10, NULL, NULL);
    read(&op, &r);
    assert_near(r.coordinate(&r, 0, 1), 2, 0);
    assert_int_equal(r.nearest(&r, 0, 1.25), 2);
    r.scale[0] = 2;
    assert_int_equal(r.nearest(&r, 0, 1.75), 1);
}

static void defaults(void **state)
{
    (void)state;
    struct op_resize r;
    struct op op = of(13, NULL, NULL);
    read(&op, &r);
    assert_int_equal(r.mode, OP_NEAREST);
    assert_near(r.coordinate(&r, 0, 1), 2.5, 0);
    assert_near(r.cubic_a, -0.75, 0);
    op = of(1, "mode", "bilinear");
    read(&op, &r);
    assert_int_equal(r.mode, OP_LINEAR);
}

static void other_words(void **state)
{
    (void)state;
    static const char *const names[] = {"mode", "nearest_mode", "coordinate_transformation_mode"};
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        struct op op = of(13, names[i], "other");
        expect_failure(&op, MM_EUNSUPPORTED, "is \"other\"");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_a_position_lies),
        cmocka_unit_test(a_result_of_one),
        cmocka_unit_test(how_it_is_rounded),
        cmocka_unit_test(before_opset_11),
        cmocka_unit_test(defaults),
        cmocka_unit_test(other_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
