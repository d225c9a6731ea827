#include "operator_testing.h"
#include "operator/window.h"

static const float zeros[400];

static struct op of(const char *type, int64_t size)
{
    struct op op = op_begin(type, 11);
    give(&op, SHAPE(1, 1, size), zeros);
    return op;
}

static void gather(struct op *op, int64_t size, int64_t out, int64_t begin, int64_t end, bool ceil)
{
    struct mm_operator_call call = call_of(op);
    struct op_window w;
    struct mm_err err;
    if (op_window_read(&call, &SHAPE(1, 1, size), NULL, &w, &err) || op_window_gather(&call, &w, ceil, &err))
        fail_msg("%s", err.text);
    assert_int_equal(w.out[0], out);
    assert_int_equal(w.begin[0], begin);
    assert_int_equal(w.end[0], end);
    op_end(op);
}

static void sizes_where_windows_gather(void **state)
{
    (void)state;
    static const struct {
        const char *pad;
        int64_t kernel, stride, dilation, begin, end;
        bool ceil;
        int64_t size, out, begin_out, end_out;
    } rows[] = {
        {"NOTSET", 3, 1, 1, 0, 0, false, 7, 5, 0, 0},
        {"NOTSET", 3, 2, 1, 1, 1, false, 8, 4, 1, 1},
        {"NOTSET", 3, 2, 1, 0, 0, true, 8, 4, 0, 0},
        {"NOTSET", 3, 2, 2, 0, 0, false, 8, 2, 0, 0},
        {"SAME_UPPER", 3, 2, 1, 5, 5, false, 8, 4, 0, 1},
        {"SAME_LOWER", 3, 2, 1, 5, 5, false, 8, 4, 1, 0},
        {"SAME_UPPER", 3, 1, 1, 0, 0, false, 8, 8, 1, 1},
        {"SAME_UPPER", 1, 2, 1, 0, 0, false, 8, 4, 0, 0},
        {"VALID", 3, 2, 1, 5, 5, false, 8, 3, 0, 0},
        {"NOTSET", 3, 1, 1, -1, 0, false, 8, 5, -1, 0},
        /* one that begins in the input is, however much padding is in front */
        {"NOTSET", 2, 2, 1, 2, 0, true, 3, 3, 2, 0},
        /* a last window that would begin in the padding behind the input is not there */
        {"NOTSET", 2, 3, 1, 0, 1, true, 3, 1, 0, 1},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct op op = of("MaxPool", rows[i].size);
        set_ints(&op, "kernel_shape", 1, &rows[i].kernel);
        set_ints(&op, "strides", 1, &rows[i].stride);
        set_ints(&op, "dilations", 1, &rows[i].dilation);
        set_ints(&op, "pads", 2, INTS(rows[i].begin, rows[i].end));
        set_text(&op, "auto_pad", rows[i].pad);
        gather(&op, rows[i].size, rows[i].out, rows[i].begin_out, rows[i].end_out, rows[i].ceil);
    }
}

static void sizes_where_windows_scatter(void **state)
{
    (void)state;
    static const struct {
        const char *pad;
        int64_t stride, more, told, out, begin;
    } rows[] = {
        {"NOTSET", 2, 0, 0, 9, 0},     {"NOTSET", 2, 1, 0, 10, 0},    {"NOTSET", 2, 0, 8, 8, 1},
        {"SAME_UPPER", 2, 0, 8, 8, 0}, {"SAME_UPPER", 2, 0, 0, 8, 0}, {"SAME_LOWER", 2, 0, 0, 8, 1},
        {"NOTSET", 3, 0, 0, 12, 0},    {"NOTSET", 2, 0, 12, 12, 0},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct op op = of("ConvTranspose", 4);
        struct op_window w;
        struct mm_err err;
        set_ints(&op, "strides", 1, &rows[i].stride);
        set_ints(&op, "output_padding", 1, &rows[i].more);
        set_text(&op, "auto_pad", rows[i].pad);
        if (rows[i].told)
            set_ints(&op, "output_shape", 1, &rows[i].told);
        struct mm_operator_call call = call_of(&op);
        if (op_window_read(&call, &SHAPE(1, 1, 4), &SHAPE(1, 1, 3), &w, &err) ||
            op_window_scatter(&call, &w, &err))
            fail_msg("%s", err.text);
        assert_int_equal(w.out[0], rows[i].out);
        assert_int_equal(w.begin[0], rows[i].begin);
        op_end(&op);
    }
}

static void refuse(const char *name, size_t count, const int64_t *values, const char *part)
{
    struct op op = of("MaxPool", 4);
    if (strcmp(name, "kernel_shape") != 0)
        set_ints(&op, "kernel_shape", 1, INTS(2));
    set_ints(&op, name, count, values);
    expect_failure(&op, MM_EARG, part);
}

static void what_can_not_be(void **state)
{
    (void)state;
    refuse("kernel_shape", 2, INTS(2, 2), "kernel_shape has 2 numbers for 1 axes");
    refuse("kernel_shape", 1, INTS(0), "kernel_shape of 0");
    refuse("kernel_shape", 1, INTS(5), "larger than the input");
    refuse("strides", 1, INTS(0), "strides of 0");
    refuse("strides", 1, INTS(INT64_MAX), "strides of");
    refuse("dilations", 1, INTS(-1), "dilations");
    refuse("pads", 1, INTS(1), "pads");
    refuse("pads", 2, INTS(INT64_MIN, 0), "pads");
    refuse("pads", 2, INTS(-3, 0), "larger than the input");
    struct op op = of("MaxPool", 4);
    set_ints(&op, "kernel_shape", 1, INTS(2));
    set_text(&op, "auto_pad", "SAME");
    expect_failure(&op, MM_EUNSUPPORTED, "auto_pad is \"SAME\"");
    op = of("MaxPool", 4);
    expect_failure(&op, MM_EARG, "kernel_shape");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_where_windows_gather),
        cmocka_unit_test(sizes_where_windows_scatter),
        cmocka_unit_test(what_can_not_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
