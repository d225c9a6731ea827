#include "operator_testing.h"

/* A ramp 0 1 2 3 a row, the same in each row: a bin's mean is the mean of its columns. */
static void align(void **state)
{
    (void)state;
    static const float ramp[] = {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3};
    struct op op = op_begin("RoiAlign", 16);
    give(&op, SHAPE(1, 1, 4, 4), ramp);
    give(&op, SHAPE(1, 4), FLOATS(0.5f, 0.5f, 2.5f, 2.5f)); /* columns 0..2 once half a pixel is off */
    give_ints(&op, SHAPE(1), INTS(0));
    set_int(&op, "output_width", 2);
    set_int(&op, "sampling_ratio", 2);
    expect(&op, SHAPE(1, 1, 1, 2), FLOATS(0.5f, 1.5f)); /* at 0.25 0.75, 1.25 1.75 */
    op = op_begin("RoiAlign", 10);                      /* no half pixel: 0.5..2.5 */
    give(&op, SHAPE(1, 1, 4, 4), ramp);
    give(&op, SHAPE(1, 4), FLOATS(0.5f, 0.5f, 2.5f, 2.5f));
    give_ints(&op, SHAPE(1), INTS(0));
    set_int(&op, "output_width", 2);
    set_int(&op, "sampling_ratio", 2);
    expect(&op, SHAPE(1, 1, 1, 2), FLOATS(1, 2));
}

static void align_fails(void **state)
{
    (void)state;
    struct op op = op_begin("RoiAlign", 16);
    give(&op, SHAPE(1, 1, 1, 1), FLOATS(1));
    give(&op, SHAPE(1, 4), FLOATS(0, 0, 1, 1));
    give_ints(&op, SHAPE(1), INTS(1));
    expect_failure(&op, MM_EARG, "region 0 is of picture 1");
    op = op_begin("RoiAlign", 16);
    give(&op, SHAPE(1, 1, 1, 1), FLOATS(1));
    give(&op, SHAPE(1, 4), FLOATS(0, 0, 1, 1));
    give_ints(&op, SHAPE(1), INTS(0));
    set_text(&op, "mode", "max");
    expect_failure(&op, MM_EUNSUPPORTED, "mode is \"max\"");
}

/* Boxes 0 and 1 share 0.5 of 1.5 (IoU 1/3); box 2 is elsewhere; box 3 is box 0 with corners swapped. */
static void suppress(void **state)
{
    (void)state;
    static const float boxes[] = {0, 0, 1, 1, 0, 0.5f, 1, 1.5f, 5, 5, 6, 6, 1, 1, 0, 0};
    for (int k = 0; k < 2; k++) {
        struct op op = op_begin("NonMaxSuppression", 11);
        give(&op, SHAPE(1, 4, 4), boxes);
        give(&op, SHAPE(1, 1, 4), FLOATS(0.9f, 0.8f, 0.1f, 0.7f));
        give_ints(&op, SHAPE(1), INTS(4));
        give(&op, SHAPE(1), k ? FLOATS(0.3f) : FLOATS(0.4f));
        give(&op, SHAPE(1), FLOATS(0.05f));
        if (k)
            expect_ints(&op, SHAPE(2, 3), INTS(0, 0, 0, 0, 0, 2));
        else
            expect_ints(&op, SHAPE(3, 3), INTS(0, 0, 0, 0, 0, 1, 0, 0, 2));
    }
}

/* Nothing is kept without a number of boxes; a score at the threshold is none. */
static void few(void **state)
{
    (void)state;
    static const float boxes[] = {0.5f, 0.5f, 1, 1, 5, 5, 1, 1}; /* centre, width, height */
    struct op op = op_begin("NonMaxSuppression", 11);
    give(&op, SHAPE(1, 2, 4), boxes);
    give(&op, SHAPE(1, 1, 2), FLOATS(0.5f, 0.25f));
    set_int(&op, "center_point_box", 1);
    expect_ints(&op, SHAPE(0, 3), INTS(0));
    op = op_begin("NonMaxSuppression", 11);
    give(&op, SHAPE(1, 2, 4), boxes);
    give(&op, SHAPE(1, 1, 2), FLOATS(0.5f, 0.25f));
    give_ints(&op, SHAPE(1), INTS(9));
    give_none(&op);
    give(&op, SHAPE(1), FLOATS(0.25f));
    set_int(&op, "center_point_box", 1);
    expect_ints(&op, SHAPE(1, 3), INTS(0, 0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(align),
        cmocka_unit_test(align_fails),
        cmocka_unit_test(suppress),
        cmocka_unit_test(few),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
