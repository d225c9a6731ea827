#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/graph.h"
#include "unit/graph/onnx_testing.h"

static void put_reader(struct mm_buf *fields, const char *tensor)
{
    struct mm_buf node;
    mm_buf_init(&node);
    put_string(&node, 1, tensor);
    put_message(fields, 1, &node);
}

static struct mm_graph *graph_from(struct mm_buf *fields)
{
    struct mm_graph *graph;
    struct mm_err err;
    if (read_graph(fields, &graph, &err) < 0)
        fail_msg("%s", err.text);
    return graph;
}

/* Dimensions one by one and packed, below zero, more than a shape has; a tensor without a name. */
static void initializers(void **state)
{
    struct mm_buf fields, tensor;
    (void)state;
    mm_buf_init(&fields);
    mm_buf_init(&tensor);
    put_reader(&fields, "a");
    put_number(&tensor, 1, 4);
    put_bytes(&tensor, 1, "\x80\x01\x02", 3);
    put_number(&tensor, 2, 3);
    put_string(&tensor, 8, "a");
    put_message(&fields, 5, &tensor);
    put_number(&tensor, 1, -4);
    put_string(&tensor, 8, "below");
    put_message(&fields, 5, &tensor);
    for (int i = 0; i < 17; i++)
        put_number(&tensor, 1, 1);
    put_string(&tensor, 8, "many");
    put_message(&fields, 5, &tensor);
    put_number(&tensor, 1, 1);
    put_message(&fields, 5, &tensor);
    struct mm_graph *graph = graph_from(&fields);
    assert_text(graph, "opset 0\n"
                       "0 |||a||\n"
                       "a|-1|0|C|i8|[4,128,2]\n"
                       "below|-1||C|?|[-1]\n"
                       "many|-1||C|?|?\n");
    mm_graph_close(graph);
}

/* A type with a shape whose dimensions are told, named, or neither. */
static void put_value(struct mm_buf *fields, uint32_t list, const char *name, int dtype, int dims,
                      bool with_shape)
{
    struct mm_buf value, type, tensor, shape, dim;
    mm_buf_init(&value);
    mm_buf_init(&type);
    mm_buf_init(&tensor);
    mm_buf_init(&shape);
    mm_buf_init(&dim);
    for (int i = 0; i < dims; i++) {
        if (i % 3 == 0)
            put_number(&dim, 1, 5);
        else if (i % 3 == 1)
            put_string(&dim, 2, "batch");
        put_message(&shape, 1, &dim);
    }
    put_number(&tensor, 1, dtype);
    if (with_shape)
        put_message(&tensor, 2, &shape);
    mm_buf_done(&shape);
    put_message(&type, 1, &tensor);
    put_string(&value, 1, name);
    put_message(&value, 2, &type);
    put_message(fields, list, &value);
}

static void types(void **state)
{
    struct mm_buf fields, value;
    (void)state;
    mm_buf_init(&fields);
    mm_buf_init(&value);
    put_reader(&fields, "told");
    put_reader(&fields, "late");
    put_value(&fields, 11, "in", 1, 4, true);
    put_value(&fields, 11, "scalar", 11, 0, true);
    put_value(&fields, 11, "shapeless", 7, 0, false);
    put_value(&fields, 11, "many", 7, 17, true);
    put_value(&fields, 12, "out", 9, 1, true);
    put_value(&fields, 13, "told", 16, 2, true);
    put_value(&fields, 13, "nobody's", 16, 2, true); /* neither made nor read */
    put_value(&fields, 13, "late", 99, 1, true);
    put_string(&value, 1, "typeless");
    put_message(&fields, 11, &value);
    put_string(&value, 3, "no name");
    put_message(&fields, 11, &value);
    struct mm_graph *graph = graph_from(&fields);
    assert_text(graph, "opset 0\n"
                       "0 |||told||\n"
                       "1 |||late||\n"
                       "in|-1||I|f32|[5,-1,-1,5]\n"
                       "late|-1|1||?|[5]\n"
                       "many|-1||I|i64|?\n"
                       "out|-1||O|bool|[5]\n"
                       "scalar|-1||I|f64|[]\n"
                       "shapeless|-1||I|i64|?\n"
                       "told|-1|0||bf16|[5,-1]\n"
                       "typeless|-1||I|?|?\n");
    mm_graph_close(graph);
}

static void too_large(void **state)
{
    struct mm_buf fields, tensor;
    struct mm_graph *graph;
    struct mm_err err;
    (void)state;
    mm_buf_init(&fields);
    mm_buf_init(&tensor);
    for (int i = 0; i < 600000; i++)
        put_number(&tensor, 1, 1);
    put_message(&fields, 5, &tensor);
    assert_int_equal(read_graph(&fields, &graph, &err), -1);
    assert_non_null(strstr(err.text, "damaged: a name and shape of more than 1 MiB"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(initializers),
        cmocka_unit_test(types),
        cmocka_unit_test(too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
