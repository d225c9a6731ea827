#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/graph.h"
#include "unit/graph/onnx_testing.h"

static void write_to(const char *folder, const char *name, const struct mm_graph *graph)
{
    char *path = mm_path_join(folder, name);
    struct mm_err err;
    if (mm_graph_write_onnx(graph, path, &err) < 0)
        fail_msg("%s", err.text);
    free(path);
}

/* A network that ONNX's checker can say something about. */
static struct mm_graph *network(void)
{
    const struct mm_shape image = {.rank = 4, .dim = {-1, 3, 8, 8}},
                          weight = {.rank = 4, .dim = {4, 3, 3, 3}},
                          feature = {.rank = 4, .dim = {-1, 4, 8, 8}}, scalar = {.rank = 0};
    const int64_t three[] = {3, 3}, ones[] = {1, 1, 1, 1};
    struct mm_graph_builder *b = mm_graph_new();
    struct mm_graph *graph;
    struct mm_err err;
    mm_graph_add_tensor(b, "image", MM_GRAPH_INPUT, MM_F32, &image);
    mm_graph_add_tensor(b, "w", MM_GRAPH_CONSTANT, MM_F32, &weight);
    mm_graph_add_tensor(b, "six", MM_GRAPH_CONSTANT, MM_F32, &scalar);
    add_line(b, "conv|Conv|image,w|c");
    mm_graph_add_ints(b, "kernel_shape", three, 2);
    mm_graph_add_ints(b, "pads", ones, 4);
    mm_graph_add_int(b, "group", 1);
    mm_graph_add_text(b, "auto_pad", "NOTSET");
    add_line(b, "clip|Clip|c,,six|r");
    add_line(b, "add|Add|c,r|s");
    add_line(b, "leaky|LeakyRelu|s|l");
    mm_graph_add_float(b, "alpha", 0.125f);
    add_line(b, "own|Twist|l|t");
    mm_graph_add_domain(b, "com.example");
    mm_graph_add_floats(b, "angles", (const float[]){0.5f}, 1);
    add_line(b, "cat|Concat|t,s|y");
    mm_graph_add_int(b, "axis", 1);
    mm_graph_add_tensor(b, "c", 0, MM_F32, &feature);
    mm_graph_add_tensor(b, "y", MM_GRAPH_OUTPUT, MM_F32, &(struct mm_shape){.rank = 4, .dim = {-1, 8, 8, 8}});
    assert_int_equal(mm_graph_finish(b, &graph, "g", &err), 0);
    assert_graph(graph);
    return graph;
}

static void others_accept_it(void **state)
{
    char *folder = make_folder();
    struct mm_graph *graph = network();
    (void)state;
    write_to(folder, "m.onnx", graph);
    mm_graph_close(graph);
    python(folder,
           "import onnx, sys\n"
           "m = onnx.load(sys.argv[1] + '/m.onnx')\n"
           "onnx.checker.check_model(m, full_check=True)\n"
           "g = m.graph\n"
           "assert [(n.name, n.op_type, n.domain) for n in g.node] == [('conv', 'Conv', ''), ('clip', "
           "'Clip', ''),\n"
           "    ('add', 'Add', ''), ('leaky', 'LeakyRelu', ''), ('own', 'Twist', 'com.example'),\n"
           "    ('cat', 'Concat', '')], g.node\n"
           "assert list(g.node[1].input) == ['c', '', 'six'] and list(g.node[1].output) == ['r']\n"
           "value = onnx.helper.get_attribute_value\n"
           "attributes = {a.name: value(a) for n in g.node for a in n.attribute}\n"
           "assert attributes == {'kernel_shape': [3, 3], 'pads': [1, 1, 1, 1], 'group': 1, 'auto_pad': "
           "b'NOTSET',\n"
           "    'alpha': 0.125, 'angles': [0.5], 'axis': 1}, attributes\n"
           "def shape(v):\n"
           "    t = v.type.tensor_type\n"
           "    return v.name, t.elem_type, [d.dim_value if d.HasField('dim_value') else None for d in "
           "t.shape.dim]\n"
           "assert [shape(v) for v in g.input] == [('image', 1, [None, 3, 8, 8]), ('w', 1, [4, 3, 3, 3]),\n"
           "    ('six', 1, [])], g.input\n"
           "assert [shape(v) for v in g.output] == [('y', 1, [None, 8, 8, 8])]\n"
           "assert [shape(v) for v in g.value_info] == [('c', 1, [None, 4, 8, 8])]\n"
           "assert {(o.domain, o.version) for o in m.opset_import} == {('', 13), ('com.example', 1)}\n"
           "assert not g.initializer and m.producer_name == 'mmtui' and m.ir_version == 8\n");
    drop_folder(folder);
}

/* Written and read, a graph is the same, but that weights have become inputs. */
static void round_trips(void **state)
{
    char *folder = make_folder();
    struct mm_graph *graph = network(), *again;
    (void)state;
    write_to(folder, "m.onnx", graph);
    again = open_model(folder, "m.onnx");
    char *first = graph_text(graph), *second = graph_text(again);
    for (char *p; (p = strstr(first, "|C|"));)
        p[1] = 'I';
    assert_memory_equal(first, "opset 0\n", 8);
    assert_memory_equal(second, "opset 13\n", 9);
    assert_string_equal(first + 8, second + 9);
    free(first);
    free(second);
    mm_graph_close(again);
    mm_graph_close(graph);
    drop_folder(folder);
}

/* Whatever another library wrote, written again and read. */
static void models_again(void **state)
{
    static const char *const names[] = {"names.onnx", "random0.onnx", "random7.onnx", "random13.onnx"};
    char *folder = make_models();
    (void)state;
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        struct mm_graph *graph = open_model(folder, names[i]);
        write_to(folder, "again.onnx", graph);
        struct mm_graph *again = open_model(folder, "again.onnx");
        char *first = graph_text(graph), *second = graph_text(again);
        const char *edges = strstr(first, "\n0 ");
        size_t nodes = (size_t)(strstr(first, "|-1|") - edges);
        assert_int_equal(again->opset, graph->opset);
        assert_int_equal(again->tensor_count, graph->tensor_count);
        assert_memory_equal(strstr(second, "\n0 "), edges, nodes);
        free(first);
        free(second);
        mm_graph_close(again);
        mm_graph_close(graph);
    }
    struct mm_graph *graph = open_model(folder, "body_loop.onnx");
    struct mm_err err;
    assert_int_equal(mm_graph_write_onnx(graph, "x.onnx", &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_string_equal(err.text, "x.onnx: a graph with bodies of If, Loop or Scan is not written");
    mm_graph_close(graph);
    drop_folder(folder);
}

static void nowhere(void **state)
{
    struct mm_graph *graph = network();
    struct mm_err err;
    (void)state;
    assert_int_equal(mm_graph_write_onnx(graph, "/nonexistent/folder/m.onnx", &err), -1);
    assert_non_null(strstr(err.text, "/nonexistent/folder"));
    mm_graph_close(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(others_accept_it),
        cmocka_unit_test(round_trips),
        cmocka_unit_test(models_again),
        cmocka_unit_test(nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
