#include "operator_testing.h"

static const float x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

static struct op of(const char *type, int64_t kernel, int64_t stride)
{
    struct op op = op_begin(type, 19);
    give(&op, SHAPE(1, 1, 3, 3), x);
    set_ints(&op, "kernel_shape", 2, INTS(kernel, kernel));
    set_ints(&op, "strides", 2, INTS(stride, stride));
    return op;
}

static void greatest(void **state)
{
    (void)state;
    struct op op = of("MaxPool", 2, 1);
    expect_output(&op, 0, SHAPE(1, 1, 2, 2), FLOATS(5, 6, 8, 9));
    expect_ints_output(&op, 1, SHAPE(1, 1, 2, 2), INTS(4, 5, 7, 8));
    op_end(&op);
    op = of("MaxPool", 2, 1);
    set_int(&op, "storage_order", 1);
    expect_ints_output(&op, 1, SHAPE(1, 1, 2, 2), INTS(4, 7, 5, 8));
    op_end(&op);
    op = of("MaxPool", 2, 2);
    set_int(&op, "ceil_mode", 1);
    expect(&op, SHAPE(1, 1, 2, 2), FLOATS(5, 6, 8, 9));
    op = of("MaxPool", 2, 1);
    set_ints(&op, "dilations", 2, INTS(2, 2));
    expect(&op, SHAPE(1, 1, 1, 1), FLOATS(9));
    op = of("MaxPool", 2, 3);
    set_ints(&op, "pads", 4, INTS(1, 1, 1, 1));
    expect(&op, SHAPE(1, 1, 2, 2), FLOATS(1, 3, 7, 9));
}

static void averages(void **state)
{
    (void)state;
    struct op op = of("AveragePool", 2, 1);
    expect(&op, SHAPE(1, 1, 2, 2), FLOATS(3, 4, 6, 7));
    op = of("AveragePool", 2, 3);
    set_ints(&op, "pads", 4, INTS(1, 1, 1, 1));
    expect(&op, SHAPE(1, 1, 2, 2), FLOATS(1, 3, 7, 9));
    op = of("AveragePool", 2, 3);
    set_ints(&op, "pads", 4, INTS(1, 1, 1, 1));
    set_int(&op, "count_include_pad", 1);
    expect(&op, SHAPE(1, 1, 2, 2), FLOATS(0.25f, 0.75f, 1.75f, 2.25f));
    op = of("AveragePool", 2, 1);
    set_ints(&op, "dilations", 2, INTS(2, 2));
    expect(&op, SHAPE(1, 1, 1, 1), FLOATS(5));
}

/* What lies behind the padding of a last window that stands over does not count, nor as padding. */
static void windows_that_stand_over(void **state)
{
    (void)state;
    struct op op = of("AveragePool", 2, 2);
    set_int(&op, "ceil_mode", 1);
    set_int(&op, "count_include_pad", 1);
    expect(&op, SHAPE(1, 1, 2, 2), FLOATS(3, 4.5f, 7.5f, 9));
}

static void norms(void **state)
{
    (void)state;
    struct op op = op_begin("LpPool", 13);
    give(&op, SHAPE(1, 1, 4), FLOATS(3, -4, 0, 5));
    set_ints(&op, "kernel_shape", 1, INTS(2));
    expect(&op, SHAPE(1, 1, 3), FLOATS(5, 4, 5));
    op = op_begin("LpPool", 13);
    give(&op, SHAPE(1, 1, 4), FLOATS(3, -4, 0, 5));
    set_ints(&op, "kernel_shape", 1, INTS(2));
    set_int(&op, "p", 1);
    expect(&op, SHAPE(1, 1, 3), FLOATS(7, 4, 5));
    op = op_begin("LpPool", 13);
    give(&op, SHAPE(1, 1, 4), FLOATS(3, -4, 0, 5));
    set_ints(&op, "kernel_shape", 1, INTS(2));
    set_int(&op, "p", 0);
    expect_failure(&op, MM_EARG, "p is 0");
}

static void channels_images_and_axes(void **state)
{
    (void)state;
    struct op op = op_begin("MaxPool", 13);
    give(&op, SHAPE(2, 2, 1, 2, 2), FLOATS(1, 2, 3, 4, 8, 7, 6, 5, -1, -2, -3, -4, 0, 0, 0, 1));
    set_ints(&op, "kernel_shape", 3, INTS(1, 2, 1));
    expect_output(&op, 0, SHAPE(2, 2, 1, 1, 2), FLOATS(3, 4, 8, 7, -1, -2, 0, 1));
    expect_ints_output(&op, 1, SHAPE(2, 2, 1, 1, 2), INTS(2, 3, 4, 5, 8, 9, 12, 15));
    op_end(&op);
}

static void not_a_number(void **state)
{
    (void)state;
    struct op op = op_begin("MaxPool", 13);
    give(&op, SHAPE(1, 1, 3), FLOATS(1, NAN, 3));
    set_ints(&op, "kernel_shape", 1, INTS(2));
    expect(&op, SHAPE(1, 1, 2), FLOATS(NAN, NAN));
}

static void whole_numbers(void **state)
{
    (void)state;
    struct op op = op_begin("MaxPool", 13);
    give_ints(&op, SHAPE(1, 1, 3), INTS(-5, -7, -9));
    set_ints(&op, "kernel_shape", 1, INTS(2));
    expect_ints(&op, SHAPE(1, 1, 2), INTS(-5, -7));
}

static void too_few_axes(void **state)
{
    (void)state;
    struct op op = op_begin("MaxPool", 13);
    give(&op, SHAPE(3, 3), x);
    expect_failure(&op, MM_EARG, "2 axes");
}

static void a_window_larger_than_the_input(void **state)
{
    (void)state;
    struct op op = op_begin("MaxPool", 13);
    give(&op, SHAPE(1, 2, 2), FLOATS(1, 2, 9, 8));
    set_ints(&op, "kernel_shape", 1, INTS(4));
    set_ints(&op, "pads", 2, INTS(0, 2));
    expect(&op, SHAPE(1, 2, 1), FLOATS(2, 9));
    op = op_begin("MaxPool", 13);
    give(&op, SHAPE(1, 2, 2), FLOATS(1, 2, 9, 8));
    set_ints(&op, "kernel_shape", 1, INTS(4));
    set_ints(&op, "pads", 2, INTS(2, 0));
    expect(&op, SHAPE(1, 2, 1), FLOATS(2, 9));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(greatest),
        cmocka_unit_test(averages),
        cmocka_unit_test(windows_that_stand_over),
        cmocka_unit_test(norms),
        cmocka_unit_test(channels_images_and_axes),
        cmocka_unit_test(not_a_number),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(too_few_axes),
        cmocka_unit_test(a_window_larger_than_the_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
