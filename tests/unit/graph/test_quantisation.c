#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "onnx_testing.h"

static int setup(void **state)
{
    *state = make_with("make_quantised.py");
    return 0;
}

static int teardown(void **state)
{
    drop_folder(*state);
    return 0;
}

struct opened {
    struct mm_graph *graph;
    struct mm_quantisation *quantisation;
};

static struct opened open_quantised(const char *folder, const char *name)
{
    struct opened here = {open_model(folder, name), NULL};
    struct mm_err err;
    if (mm_quantisation_open(&here.quantisation, here.graph, &err) < 0)
        fail_msg("%s", err.text);
    return here;
}

static void close_quantised(struct opened *here)
{
    mm_quantisation_close(here->quantisation);
    mm_graph_close(here->graph);
}

/*
 * "u8 0.5-3 codes R I W8t": dtype and scales with zero points of its codes (- without), whether it holds these or is
 * rounded to them, and which parts of its operator are integers, weights with their bits and t (tensor), c (channel).
 */
static void describe(const struct mm_quantised_tensor *tensor, struct mm_buf *out)
{
    const struct mm_scales *scales = &tensor->scales;
    mm_buf_puts(out, scales->count ? mm_dtype_info(scales->dtype)->name : "-");
    for (int64_t i = 0; i < scales->count; i++)
        mm_buf_printf(out, " %g-%g", scales->scale[i], scales->zero_point ? scales->zero_point[i] : 0);
    if (scales->count > 1)
        mm_buf_printf(out, " axis %d", scales->axis);
    mm_buf_puts(out, tensor->codes ? " codes" : tensor->rounds ? " rounds" : "");
    mm_buf_puts(out, tensor->parts & MM_PART_RESULT ? " R" : "");
    mm_buf_puts(out, tensor->parts & MM_PART_INPUT ? " I" : "");
    if (tensor->parts & MM_PART_WEIGHTS)
        mm_buf_printf(out, " W%d%s", tensor->bits,
                      tensor->weights == MM_PER_TENSOR    ? "t"
                      : tensor->weights == MM_PER_CHANNEL ? "c"
                                                          : "");
}

struct expected {
    const char *name, *text;
};

static void assert_all(const struct opened *here, const struct expected *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct mm_buf found = {0};
        int tensor = mm_graph_tensor(here->graph, rows[i].name);
        if (tensor < 0)
            fail_msg("no tensor %s", rows[i].name);
        describe(&here->quantisation->tensor[tensor], &found);
        if (strcmp(mm_buf_text(&found), rows[i].text) != 0)
            fail_msg("%s: \"%s\" instead of \"%s\"", rows[i].name, mm_buf_text(&found), rows[i].text);
        mm_buf_done(&found);
    }
}

static void around_operators(void **state)
{
    static const struct expected rows[] = {
        {"x", "u8 0.5-3 rounds R"},
        {"x_QuantizeLinear_Output", "u8 0.5-3 codes R"},
        {"x_DequantizeLinear_Output", "u8 0.5-3 rounds R"},
        {"y", "u8 0.25-0 rounds R I W8c"},
        {"y_DequantizeLinear_Output", "u8 0.25-0 rounds R I W8c"},
        {"z", "i8 0.125--5 R I W8t"}, /* Relu reads it as it is */
        {"r", "-"},
        {"s", "- W8t"},
        {"out", "-"},
        {"sum", "- I"},
        {"w_dq", "i8 1-0 2-0 3-0 4-0 axis 0 rounds R"},
    };
    struct opened here = open_quantised(*state, "qdq.onnx");
    assert_all(&here, rows, MM_COUNT(rows));
    assert_int_equal(here.quantisation->per_channel, 1);
    assert_int_equal(here.quantisation->per_tensor, 2);
    assert_true(mm_quantisation_any(here.quantisation));
    close_quantised(&here);
}

static void operators(void **state)
{
    static const struct expected rows[] = {
        {"x", "u8 0.5-3 rounds R"},
        {"x_quantized", "u8 0.5-3 codes R"},
        {"c_quantized", "u8 0.25-7 codes R I W8c"},
        {"p_quantized", "u8 0.25-7 codes R I"},
        {"m_quantized", "u8 0.125-9 codes R I W8t"},
        {"a_quantized", "u8 0.0625-11 codes R I"},
        {"g_quantized", "u8 0.03125-13 codes R I W8t"},
        {"floats", "- I W8t"},
        {"k_quantized", "u8 2.5-4 codes R I"},
        {"out", "u8 2.5-4 rounds R I"},
        {"soft", "-"},
        {"w", "u8 1-0 2-0 3-0 4-0 axis 0 codes"},
        {"v", "i8 1.5-0 codes"},
    };
    struct opened here = open_quantised(*state, "operators.onnx");
    assert_all(&here, rows, MM_COUNT(rows));
    assert_int_equal(here.quantisation->per_channel, 1);
    assert_int_equal(here.quantisation->per_tensor, 3);
    close_quantised(&here);
}

/* Scales of activations are not known; those of weights are multiplied later. */
static void dynamic(void **state)
{
    static const struct expected rows[] = {
        {"x", "-"}, {"x_quantized", "- codes"}, {"sums", "- I W8"}, {"scaled", "- I W8t"}, {"y", "- I W8t"},
        {"r", "-"}, {"z", "- I W8c"},           {"n", "- W4c"},     {"out", "-"},
    };
    struct opened here = open_quantised(*state, "dynamic.onnx");
    assert_all(&here, rows, MM_COUNT(rows));
    assert_int_equal(here.quantisation->per_tensor, 1);
    assert_int_equal(here.quantisation->per_channel, 2);
    assert_int_equal(here.quantisation->with_scales, 0);
    assert_true(mm_quantisation_any(here.quantisation));
    close_quantised(&here);
}

static void no_scales(void **state)
{
    static const struct expected rows[] = {
        {"zero_q", "- codes R"},
        {"inf_q", "- codes R"},
        {"wide_q", "- codes R"},
        {"many_q", "u8 1-0 2-0 axis 1 codes R"}, /* whether the axis has two places is seen in the dump */
        {"odd_q", "- codes R"},
        {"back_q", "u8 1-5 2-5 3-5 4-5 axis 1 codes R"},
        {"far_q", "- codes R"},
        {"run_q", "- codes R"},
        {"plain", "u8 1-0 2-0 axis 1 rounds R"},
    };
    struct opened here = open_quantised(*state, "damaged.onnx");
    assert_all(&here, rows, MM_COUNT(rows));
    close_quantised(&here);
}

static void nothing(void **state)
{
    struct opened here = open_quantised(*state, "floats.onnx");
    assert_false(mm_quantisation_any(here.quantisation));
    close_quantised(&here);
    struct mm_graph *graph = GRAPH("n|QuantizeLinear|x s|y", "m|Relu|y|z"); /* made in code: no values */
    struct mm_quantisation *quantisation;
    assert_int_equal(mm_quantisation_open(&quantisation, graph, NULL), 0);
    assert_false(mm_quantisation_any(quantisation));
    mm_quantisation_close(quantisation);
    mm_quantisation_close(NULL);
    mm_graph_close(graph);
}

/* The file was changed since its graph was read. */
static void changed(void **state)
{
    struct mm_graph *graph = open_model(*state, "qdq.onnx");
    struct mm_quantisation *quantisation;
    struct mm_err err;
    char *path = mm_path_join(*state, "qdq.onnx");
    FILE *file = fopen(path, "ab");
    assert_non_null(file);
    fputc(0, file);
    fclose(file);
    assert_int_equal(mm_quantisation_open(&quantisation, graph, &err), -1);
    assert_int_equal(err.code, MM_EIO);
    assert_null(quantisation);
    free(path);
    mm_graph_close(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(around_operators), cmocka_unit_test(operators), cmocka_unit_test(dynamic),
        cmocka_unit_test(no_scales),        cmocka_unit_test(nothing),   cmocka_unit_test(changed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
