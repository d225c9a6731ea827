#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "onnx_testing.h"

/* A graph of a node "op" that makes y and has one attribute: `name`, and these bytes. */
static int read_one(const char *op, const char *name, const char *bytes, size_t size, struct mm_graph **graph,
                    struct mm_err *err)
{
    struct mm_buf node, attribute;
    mm_buf_init(&node);
    mm_buf_init(&attribute);
    put_string(&attribute, 1, name);
    mm_buf_add(&attribute, bytes, size);
    put_string(&node, 2, "y");
    put_string(&node, 4, op);
    put_message(&node, 5, &attribute);
    return read_node(&node, graph, err);
}

/* "flags dtype shape kind" of what it makes. */
static void makes(const char *op, const char *name, const char *bytes, size_t size, unsigned flags,
                  enum mm_dtype dtype, const char *shape, enum mm_value_kind kind)
{
    struct mm_graph *graph;
    struct mm_err err;
    char text[100] = "?";
    assert_int_equal(read_one(op, name, bytes, size, &graph, &err), 0);
    const struct mm_graph_tensor *y = &graph->tensors[mm_graph_tensor(graph, "y")];
    assert_int_equal(y->flags, flags);
    assert_int_equal(y->dtype, dtype);
    if (y->shape.rank >= 0)
        mm_shape_text(&y->shape, false, text, sizeof text);
    assert_string_equal(text, shape);
    assert_int_equal(graph->source->value[0].kind, kind);
    assert_int_equal(mm_graph_has_values(graph, 0), kind != MM_VALUE_NONE);
    mm_graph_close(graph);
}
#define MAKES(op, name, bytes, ...) makes(op, name, bytes, sizeof(bytes) - 1, __VA_ARGS__)

static void forms(void **state)
{
    const unsigned constant = MM_GRAPH_CONSTANT;
    (void)state;
    MAKES("Constant", "value_float",
          "\x15"
          "1234",
          constant, MM_F32, "[]", MM_VALUE_FLOAT);
    MAKES("Constant", "value_float", "", constant, MM_F32, "[]", MM_VALUE_FLOAT);
    MAKES("Constant", "value_floats",
          "\x3a\x08"
          "12345678",
          constant, MM_F32, "[2]", MM_VALUE_FLOATS);
    MAKES("Constant", "value_int", "\x18\x05", constant, MM_I64, "[]", MM_VALUE_INT);
    MAKES("Constant", "value_ints", "\x42\x03\x01\x80\x01", constant, MM_I64, "[2]", MM_VALUE_INTS);
    MAKES("Constant", "value_ints", "", constant, MM_I64, "[0]", MM_VALUE_INTS);
    MAKES("Constant", "value", "\x2a\x04\x08\x03\x10\x07", constant, MM_I64, "[3]", MM_VALUE_TENSOR);
    MAKES("Constant", "value", "", constant, MM_DTYPE_NONE, "?", MM_VALUE_NONE);
    MAKES("Constant", "value_string",
          "\x22\x01"
          "a",
          constant, MM_DTYPE_NONE, "?", MM_VALUE_NONE);
    MAKES("Constant", "other", "\x18\x05", constant, MM_DTYPE_NONE, "?", MM_VALUE_NONE);
    MAKES("Other", "value_int", "\x18\x05", 0, MM_DTYPE_NONE, "?", MM_VALUE_NONE);
    MAKES("ConstantOfShape", "value", "\x2a\x04\x08\x01\x10\x07", 0, MM_DTYPE_NONE, "?", MM_VALUE_FILL);
    MAKES("ConstantOfShape", "other", "", 0, MM_DTYPE_NONE, "?", MM_VALUE_FILL);
}

static void damaged(void **state)
{
    struct mm_graph *graph;
    struct mm_err err;
    (void)state;
    assert_int_equal(read_one("Constant", "value_floats",
                              "\x3a\x03"
                              "123",
                              5, &graph, &err),
                     -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_int_equal(read_one("Constant", "value", "\x2a\x02\x0a\x09", 4, &graph, &err), -1);
    assert_non_null(strstr(err.text, "damaged: a stored tensor has a field"));
}

/* More than one output is not what the operator has: nothing is known of them. */
static void two_outputs(void **state)
{
    struct mm_graph *graph;
    struct mm_err err;
    struct mm_buf node, attribute;
    (void)state;
    mm_buf_init(&node);
    mm_buf_init(&attribute);
    put_string(&attribute, 1, "value_int");
    put_number(&attribute, 3, 5);
    put_string(&node, 2, "y");
    put_string(&node, 2, "z");
    put_string(&node, 4, "Constant");
    put_message(&node, 5, &attribute);
    assert_int_equal(read_node(&node, &graph, &err), 0);
    assert_false(mm_graph_has_values(graph, mm_graph_tensor(graph, "y")));
    mm_graph_close(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(damaged),
        cmocka_unit_test(two_outputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
