#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/graph.h"
#include "unit/graph/onnx_testing.h"

static struct mm_graph *node_graph(struct mm_buf *node)
{
    struct mm_graph *graph;
    struct mm_err err;
    if (read_node(node, &graph, &err) < 0)
        fail_msg("%s", err.text);
    return graph;
}

/* An attribute in bytes: name, type, and what `value` holds. */
static void put_attribute_message(struct mm_buf *node, const char *name, int type, struct mm_buf *value)
{
    struct mm_buf attribute;
    mm_buf_init(&attribute);
    put_string(&attribute, 1, name);
    if (type)
        put_number(&attribute, 20, type);
    mm_buf_add(&attribute, value->data, value->length);
    mm_buf_done(value);
    put_message(node, 5, &attribute);
}

/* Zero may be left out where the type is told; older files have no type; lists come packed and unpacked. */
static void ways_to_write_an_attribute(void **state)
{
    struct mm_buf node, value;
    (void)state;
    mm_buf_init(&node);
    mm_buf_init(&value);
    put_string(&node, 4, "Op");
    put_attribute_message(&node, "zero", 2, &value);
    put_attribute_message(&node, "real_zero", 1, &value);
    put_attribute_message(&node, "empty", 7, &value);
    put_attribute_message(&node, "no_reals", 6, &value);
    put_attribute_message(&node, "no_text", 3, &value);
    put_number(&value, 3, -7);
    put_attribute_message(&node, "untyped", 0, &value);
    put_number(&value, 8, 3);
    put_number(&value, 8, -1);
    put_attribute_message(&node, "unpacked", 7, &value);
    put_bytes(&value, 8, "\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11);
    put_attribute_message(&node, "packed", 0, &value);
    put_bytes(&value, 7, "\0\0\0\x3f\0\0\0\xc0", 8); /* 0.5, -2 */
    put_attribute_message(&node, "reals", 6, &value);
    put_bytes(&value, 4, "ab\0c", 4);
    put_attribute_message(&node, "text", 3, &value);
    put_attribute_message(&node, "nothing", 0, &value);
    struct mm_graph *graph = node_graph(&node);
    assert_text(graph, "opset 0\n"
                       "0 |Op||||zero=0;real_zero=0;empty=[];no_reals=[];no_text='';untyped=-7;"
                       "unpacked=[3,-1];packed=[3,-1];reals=[0.5,-2];text='ab';\n");
    mm_graph_close(graph);
}

/* At most 4 KiB of an attribute are kept, names and numbers together; what is larger is as if it were not
 * there. */
static void large_attributes(void **state)
{
    static const size_t sizes[] = {4083, 4084, 5000, 3000000}; /* 13 bytes are not text */
    char *text = malloc(3000001);
    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < MM_COUNT(sizes); i++) {
        struct mm_buf node, value;
        mm_buf_init(&node);
        mm_buf_init(&value);
        memset(text, 'x', sizes[i]);
        text[sizes[i]] = '\0';
        put_string(&node, 4, "Op");
        put_string(&value, 4, text);
        put_attribute_message(&node, "large", 3, &value);
        put_number(&value, 3, 5);
        put_attribute_message(&node, "small", 2, &value);
        struct mm_graph *graph = node_graph(&node);
        const struct mm_graph_attribute *large = mm_graph_attribute(&graph->nodes[0], "large");
        if (i == 0)
            assert_string_equal(large->text, text);
        else
            assert_null(large);
        assert_int_equal(mm_graph_int(&graph->nodes[0], "small", 0), 5);
        mm_graph_close(graph);
    }
    free(text);
}

/* A node of more than 1 MiB is none. */
static void large_nodes(void **state)
{
    struct mm_buf node, fields;
    struct mm_graph *graph;
    struct mm_err err;
    (void)state;
    mm_buf_init(&node);
    mm_buf_init(&fields);
    for (int i = 0; i < 100000; i++)
        put_string(&node, 1, "input");
    put_string(&node, 6, "documentation does not count");
    put_string(&node, 2, "y");
    graph = node_graph(&node);
    assert_int_equal(graph->nodes[0].input_count, 100000);
    assert_int_equal(graph->tensors[0].consumer_count, 1);
    mm_graph_close(graph);
    for (int i = 0; i < 150000; i++)
        put_string(&node, 1, "input");
    assert_int_equal(read_node(&node, &graph, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_non_null(strstr(err.text, "m.onnx: byte "));
    assert_non_null(strstr(err.text, "damaged: a node of more than 1 MiB"));
}

/* What a Constant holds: dtype and shape from the head of the tensor, whose own name is not asked for. */
static void constants(void **state)
{
    struct mm_buf node, value, tensor;
    (void)state;
    mm_buf_init(&node);
    mm_buf_init(&value);
    mm_buf_init(&tensor);
    put_string(&node, 4, "Constant");
    put_string(&node, 2, "k");
    put_number(&tensor, 1, 2);
    put_number(&tensor, 1, 3);
    put_number(&tensor, 2, 10);
    put_string(&tensor, 8, "other");
    put_bytes(&tensor, 9, "0123456789ab", 12);
    put_message(&value, 5, &tensor);
    put_attribute_message(&node, "value", 4, &value);
    struct mm_graph *graph = node_graph(&node);
    assert_text(graph, "opset 0\n"
                       "0 |Constant|||k|\n"
                       "k|0||C|f16|[2,3]\n");
    mm_graph_close(graph);

    /* one that holds nothing that is known, and one without output */
    put_string(&node, 4, "Constant");
    put_string(&node, 2, "k");
    graph = node_graph(&node);
    assert_text(graph, "opset 0\n"
                       "0 |Constant|||k|\n"
                       "k|0||C|?|?\n");
    mm_graph_close(graph);
    put_string(&node, 4, "Constant");
    graph = node_graph(&node);
    assert_int_equal(graph->tensor_count, 0);
    mm_graph_close(graph);
}

/* A node with nothing in it, and names with a zero byte, which end there. */
static void bare_nodes(void **state)
{
    struct mm_buf node;
    (void)state;
    mm_buf_init(&node);
    struct mm_graph *graph = node_graph(&node);
    assert_text(graph, "opset 0\n0 |||||\n");
    mm_graph_close(graph);
    put_bytes(&node, 2, "y\0z", 3);
    put_bytes(&node, 3, "\0", 1);
    graph = node_graph(&node);
    assert_text(graph, "opset 0\n0 ||||y|\ny|0|||?|?\n");
    mm_graph_close(graph);
}

/* A body that gives nothing back, and one without nodes. */
static void bodies(void **state)
{
    struct mm_buf node, value, graph, inner;
    (void)state;
    mm_buf_init(&node);
    mm_buf_init(&value);
    mm_buf_init(&graph);
    mm_buf_init(&inner);
    put_string(&inner, 1, "x");
    put_string(&inner, 4, "Print");
    put_message(&graph, 1, &inner);
    put_message(&value, 6, &graph);
    put_attribute_message(&node, "then_branch", 5, &value);
    put_message(&value, 11, &graph); /* empty */
    put_attribute_message(&node, "branches", 10, &value);
    put_string(&node, 4, "If");
    put_string(&node, 1, "c");
    struct mm_graph *read = node_graph(&node);
    assert_text(read, "opset 0\n"
                      "0 |Print||x|||in 1\n"
                      "1 |If||c||\n"
                      "c|-1|1||?|?\n"
                      "x|-1|0||?|?\n");
    mm_graph_close(read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ways_to_write_an_attribute),
        cmocka_unit_test(large_attributes),
        cmocka_unit_test(large_nodes),
        cmocka_unit_test(constants),
        cmocka_unit_test(bare_nodes),
        cmocka_unit_test(bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
