#include "operator_testing.h"
#include "operator/lines.h"

static double first_digit_sum(const void *context, const double *x, int64_t n)
{
    double sum = 0;
    (void)context;
    for (int64_t k = 0; k < n; k++)
        sum = sum * 10 + x[k]; /* tells the order, too */
    return sum;
}

static void fold(unsigned axes, struct mm_shape shape, const double *expected, int64_t count)
{
    const float x[] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct mm_value in = mm_value_floats(&shape, x), out;
    struct mm_operator_call call = {.limit = 100};
    struct op_lines lines;
    op_lines_init(&lines, &in, axes);
    assert_int_equal(lines.count, count);
    assert_int_equal(mm_value_new(&out, MM_F32, &SHAPE(count), 100, NULL), 0);
    assert_int_equal(op_lines_fold(&call, &lines, first_digit_sum, NULL, &out, NULL), 0);
    for (int64_t k = 0; k < count; k++)
        assert_near(out.f[k], expected[k], 0);
    mm_value_done(&out);
}

static void all_sets_of_axes(void **state)
{
    (void)state;
    fold(0, SHAPE(2, 2, 2), (const double[]){1, 2, 3, 4, 5, 6, 7, 8}, 8);
    fold(1, SHAPE(2, 2, 2), (const double[]){15, 26, 37, 48}, 4);
    fold(2, SHAPE(2, 2, 2), (const double[]){13, 24, 57, 68}, 4);
    fold(4, SHAPE(2, 2, 2), (const double[]){12, 34, 56, 78}, 4);
    fold(3, SHAPE(2, 2, 2), (const double[]){1357, 2468}, 2);
    fold(5, SHAPE(2, 2, 2), (const double[]){1256, 3478}, 2);
    fold(6, SHAPE(2, 2, 2), (const double[]){1234, 5678}, 2);
    fold(7, SHAPE(2, 1, 3), (const double[]){123456}, 1);
    fold(0, SCALAR, (const double[]){1}, 1);
    fold(2, SHAPE(3, 0), (const double[]){0, 0, 0}, 3);
    fold(1, SHAPE(3, 0), NULL, 0);
}

static double weighted(const void *context, const double *x, int64_t n)
{
    double sum = 0;
    (void)context;
    for (int64_t k = 0; k < n; k++)
        sum += (double)(k + 1) * x[k];
    return sum;
}

/* Axes 0, 2 and 4 of five along the line: three that do not run on into one another. */
static void every_second_axis(void **state)
{
    float x[72] = {0};
    struct mm_value in = mm_value_floats(&SHAPE(2, 2, 3, 2, 3), x), out;
    struct mm_operator_call call = {.limit = 100};
    struct op_lines lines;
    (void)state;
    for (int k = 0; k < 72; k++)
        x[k] = (float)(k * k % 19);
    op_lines_init(&lines, &in, 1 | 4 | 16);
    assert_int_equal(lines.count, 4);
    assert_int_equal(mm_value_new(&out, MM_F32, &SHAPE(4), 100, NULL), 0);
    assert_int_equal(op_lines_fold(&call, &lines, weighted, NULL, &out, NULL), 0);
    for (int line = 0; line < 4; line++) {
        double sum = 0;
        for (int k = 0; k < 18; k++)
            sum += (k + 1) * x[k / 9 * 36 + line / 2 * 18 + k / 3 % 3 * 6 + line % 2 * 3 + k % 3];
        assert_near(out.f[line], sum, 0);
    }
    mm_value_done(&out);
}

static void number_them(const void *context, int64_t line, double *x, int64_t n)
{
    (void)context;
    for (int64_t k = 0; k < n; k++)
        x[k] = 100 * (double)line + 10 * (double)k + x[k];
}

static void back_to_where_they_came_from(void **state)
{
    (void)state;
    const float x[] = {1, 2, 3, 4, 5, 6};
    const float columns[] = {1, 102, 203, 14, 115, 216}, rows[] = {1, 12, 23, 104, 115, 126};
    struct mm_value in = mm_value_floats(&SHAPE(2, 3), x), out;
    struct mm_operator_call call = {.limit = 100};
    struct op_lines lines;
    assert_int_equal(mm_value_new(&out, MM_F32, &in.shape, 100, NULL), 0);
    op_lines_init(&lines, &in, 1);
    assert_int_equal(op_lines_map(&call, &lines, number_them, NULL, &out, NULL), 0);
    assert_memory_equal(out.f, columns, sizeof columns);
    op_lines_init(&lines, &in, 2);
    assert_int_equal(op_lines_map(&call, &lines, number_them, NULL, &out, NULL), 0);
    assert_memory_equal(out.f, rows, sizeof rows);
    mm_value_done(&out);
}

static void bits(void **state)
{
    (void)state;
    assert_int_equal(op_axes_between(1, 4), 14);
    assert_int_equal(op_axes_between(2, 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_sets_of_axes),
        cmocka_unit_test(every_second_axis),
        cmocka_unit_test(back_to_where_they_came_from),
        cmocka_unit_test(bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
