#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "onnx_testing.h"

static int setup(void **state)
{
    *state = make_with("make_weights.py");
    return 0;
}

static int teardown(void **state)
{
    drop_folder(*state);
    return 0;
}

/* "name dtype [shape]" and the values as hex, each with a line's end. */
static void put_stored(struct mm_buf *out, const struct mm_stored *stored)
{
    char shape[200];
    const struct mm_tensor *t = &stored->tensor;
    mm_buf_printf(out, "%s %s %s\n", stored->name, mm_dtype_info(t->dtype)->name,
                  mm_shape_text(&t->shape, false, shape, sizeof shape));
    assert_true(t->encoding == MM_ENC_RAW && t->stored == t->dtype && t->runs <= 1 && !t->swapped);
    for (size_t i = 0; t->runs && i < t->run[0].size; i++)
        mm_buf_printf(out, "%02x", t->run[0].data[i]);
    mm_buf_putc(out, '\n');
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every tensor of the model: its values, or none. */
static void as_onnx_reads_them(void **state)
{
    struct mm_graph *graph = open_model(*state, "weights.onnx");
    char *path = mm_path_join(*state, "weights.onnx"), *expected;
    size_t size, length, read = 0;
    uint8_t *bytes = get_file(*state, "weights.onnx", &size),
            *text = get_file(*state, "weights.txt", &length);
    const char **name = calloc((size_t)graph->tensor_count, sizeof *name);
    struct mm_buf out;
    expected = strndup((const char *)text, length);
    mm_buf_init(&out);
    for (int i = 0; i < graph->tensor_count; i++)
        name[i] = graph->tensors[i].name;
    qsort(name, (size_t)graph->tensor_count, sizeof *name, by_name);
    for (int i = 0; i < graph->tensor_count; i++) {
        struct mm_stored stored;
        struct mm_err err;
        int t = mm_graph_tensor(graph, name[i]);
        if (mm_graph_value_read(graph, t, (struct mm_wire){path, bytes, bytes, bytes + size}, &stored, &err) <
            0)
            continue;
        assert_true(mm_graph_has_values(graph, t));
        assert_true(graph->tensors[t].dtype == MM_DTYPE_NONE ||
                    graph->tensors[t].dtype == stored.tensor.dtype);
        assert_true(graph->tensors[t].shape.rank < 0 ||
                    mm_shape_equal(&graph->tensors[t].shape, &stored.tensor.shape));
        put_stored(&out, &stored);
        mm_stored_close(&stored);
        read++;
    }
    assert_string_equal(mm_buf_text(&out), expected);
    assert_int_equal(read, 12 * 3 + 14);
    mm_buf_done(&out);
    free(name);
    free(expected);
    free(text);
    free(bytes);
    free(path);
    mm_graph_close(graph);
}

static void refused(const char *folder, const char *tensor, enum mm_code code, const char *text)
{
    struct mm_graph *graph = open_model(folder, "weights.onnx");
    char *path = mm_path_join(folder, "m.onnx");
    size_t size;
    uint8_t *bytes = get_file(folder, "weights.onnx", &size);
    struct mm_stored stored;
    struct mm_err err;
    struct mm_wire model = {path, bytes, bytes, bytes + size};
    assert_int_equal(mm_graph_value_read(graph, mm_graph_tensor(graph, tensor), model, &stored, &err), -1);
    if (err.code != code || strcmp(err.text + strlen(folder) + 1, text) != 0)
        fail_msg("code %d: %s", err.code, err.text);
    mm_stored_close(&stored);
    assert_int_equal(mm_graph_value_read(graph, mm_graph_tensor(graph, tensor), model, &stored, NULL), -1);
    free(bytes);
    free(path);
    mm_graph_close(graph);
}

static void what_has_no_values(void **state)
{
    refused(*state, "x", MM_EARG, "m.onnx: the values of tensor \"x\" do not stand in the model");
    refused(*state, "y", MM_EARG, "m.onnx: the values of tensor \"y\" do not stand in the model");
    refused(*state, "k_text", MM_EARG, "m.onnx: the values of tensor \"k_text\" do not stand in the model");
    refused(*state, "no such tensor", MM_EARG, "m.onnx: the values of tensor \"\" do not stand in the model");
    refused(*state, "text", MM_EUNSUPPORTED, "m.onnx: tensor \"text\": values of type STRING are not read");
    refused(*state, "gone", MM_ENOENT,
            "m.onnx: tensor \"gone\": its external data is \"nowhere.bin\", a file that is not there");
    refused(*state, "outside", MM_EUNSUPPORTED,
            "m.onnx: tensor \"outside\": its external data is \"../weights.bin\": only files in the model's "
            "folder are read");
}

static void what_can_not_be_filled(void **state)
{
    refused(*state, "unknown", MM_EARG, "m.onnx: the values of tensor \"x\" do not stand in the model");
    refused(*state, "large", MM_EUNSUPPORTED,
            "m.onnx: tensor \"large\": a ConstantOfShape of more than 16777216 values");
    refused(*state, "of a fill", MM_EUNSUPPORTED,
            "m.onnx: tensor \"of a fill\": a ConstantOfShape whose shape does not stand in the model");
    refused(*state, "of floats", MM_EUNSUPPORTED,
            "m.onnx: tensor \"of floats\": a ConstantOfShape whose input is not a shape");
    refused(*state, "two", MM_EUNSUPPORTED,
            "m.onnx: tensor \"two\": a ConstantOfShape whose value is not one value");
}

/* ---- attributes made byte by byte --------------------------------------------------------------------------- */

static void numbers_in_attributes(void **state)
{
    (void)state;
#define NUMBERS(bytes, kind) mm_value_numbers((const uint8_t *)(bytes), sizeof(bytes) - 1, kind)
    assert_int_equal(NUMBERS("", MM_VALUE_FLOATS), 0);
    assert_int_equal(NUMBERS("\x15"
                             "1234",
                             MM_VALUE_FLOAT),
                     1);
    assert_int_equal(NUMBERS("\x12\x04"
                             "1234",
                             MM_VALUE_FLOAT),
                     1);
    assert_int_equal(NUMBERS("\x12\x08"
                             "12345678",
                             MM_VALUE_FLOAT),
                     -1);
    assert_int_equal(NUMBERS("\x3d"
                             "1234\x3a\x08"
                             "12345678\x3a\x00",
                             MM_VALUE_FLOATS),
                     3);
    assert_int_equal(NUMBERS("\x3a\x07"
                             "1234567",
                             MM_VALUE_FLOATS),
                     -1);
    assert_int_equal(NUMBERS("\x38\x01", MM_VALUE_FLOATS), -1);
    assert_int_equal(NUMBERS("\x18\x80\x01", MM_VALUE_INT), 1);
    assert_int_equal(NUMBERS("\x40\x01\x42\x03\x02\x80\x01", MM_VALUE_INTS), 3);
    assert_int_equal(NUMBERS("\x42\x01\x80", MM_VALUE_INTS), -1);
    assert_int_equal(NUMBERS("\x40", MM_VALUE_INTS), -1);
    assert_int_equal(NUMBERS("\x45"
                             "1234",
                             MM_VALUE_INTS),
                     -1);
}

/* A number that is 0 may be left out; in pieces; told twice. */
static void odd_constants(void **state)
{
    static const struct {
        const char *name, *value;
        size_t size;
        const char *expected;
    } rows[] = {{"value_float", "", 0, "y f32 []\n00000000\n"},
                {"value_int", "\x18\x05\x18\x06", 4, "y i64 []\n0600000000000000\n"},
                {"value_floats",
                 "\x3d"
                 "1234\x3a\x04"
                 "5678",
                 11, "y f32 [2]\n3132333435363738\n"},
                {"value_ints", "\x40\x01\x42\x02\x02\x03", 6,
                 "y i64 [3]\n010000000000000002000000000000000300000000000000\n"}};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct mm_buf attribute, node, fields, model, out;
        struct mm_stored stored;
        struct mm_graph *graph;
        struct mm_err err;
        mm_buf_init(&attribute);
        mm_buf_init(&node);
        mm_buf_init(&fields);
        mm_buf_init(&model);
        mm_buf_init(&out);
        put_string(&attribute, 1, rows[i].name);
        mm_buf_add(&attribute, rows[i].value, rows[i].size);
        put_string(&node, 2, "y");
        put_string(&node, 4, "Constant");
        put_message(&node, 5, &attribute);
        put_message(&fields, 1, &node);
        put_number(&model, 1, 8);
        put_message(&model, 7, &fields);
        const uint8_t *bytes = (const uint8_t *)model.data;
        assert_int_equal(mm_onnx_read(&graph, bytes, model.length, "m", &err), 0);
        assert_int_equal(mm_graph_value_read(graph, 0,
                                             (struct mm_wire){"m", bytes, bytes, bytes + model.length},
                                             &stored, &err),
                         0);
        put_stored(&out, &stored);
        assert_string_equal(mm_buf_text(&out), rows[i].expected);
        mm_stored_close(&stored);
        mm_graph_close(graph);
        mm_buf_done(&out);
        mm_buf_done(&model);
    }
}

/* ---- damage --------------------------------------------------------------------------------------------------- */

/* The graph of `graph_of` with the bytes of `bytes`. */
static void try_values(const struct mm_graph *graph, const uint8_t *bytes, size_t size)
{
    for (int i = 0; i < graph->tensor_count; i++) {
        struct mm_stored stored;
        struct mm_err err = {MM_OK, ""};
        struct mm_buf out;
        mm_buf_init(&out);
        if (mm_graph_value_read(graph, i, (struct mm_wire){"m", bytes, bytes, bytes + size}, &stored, &err) ==
            0)
            put_stored(&out, &stored);
        else
            assert_true(err.code != MM_OK && strncmp(err.text, "m: ", 3) == 0);
        mm_stored_close(&stored);
        mm_buf_done(&out);
    }
}

static void try_model(const struct mm_graph *whole, const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    struct mm_graph *graph;
    assert_non_null(copy);
    memcpy(copy, data, size);
    if (mm_onnx_read(&graph, copy, size, "m", NULL) == 0) {
        try_values(graph, copy, size);
        mm_graph_close(graph);
    }
    try_values(whole, copy, size); /* a file that changed behind the graph's back */
    free(copy);
}

static void every_prefix_and_every_byte(void **state)
{
    static const uint8_t other[] = {0x00, 0xff, 0x7f, 0x80};
    struct mm_graph *whole = open_model(*state, "small.onnx");
    size_t size;
    uint8_t *bytes = get_file(*state, "small.onnx", &size);
    for (size_t length = 0; length <= size; length++)
        try_model(whole, bytes, length);
    for (size_t i = 0; i < size; i++) {
        uint8_t kept = bytes[i];
        for (size_t k = 0; k < 8 + MM_COUNT(other); k++) {
            bytes[i] = k < 8 ? (uint8_t)(kept ^ 1u << k) : other[k - 8];
            try_model(whole, bytes, size);
        }
        bytes[i] = kept;
    }
    free(bytes);
    mm_graph_close(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_onnx_reads_them),     cmocka_unit_test(what_has_no_values),
        cmocka_unit_test(what_can_not_be_filled), cmocka_unit_test(numbers_in_attributes),
        cmocka_unit_test(odd_constants),          cmocka_unit_test(every_prefix_and_every_byte),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
