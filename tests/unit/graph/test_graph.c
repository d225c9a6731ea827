#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/graph.h"
#include "unit/graph/graph_testing.h"

static void assert_finds(const struct mm_graph *graph, const char *dump_name, const char *tensor)
{
    int found = mm_graph_find(graph, dump_name);
    if (!tensor && found >= 0)
        fail_msg("%s found %s", dump_name, graph->tensors[found].name);
    if (tensor && (found < 0 || strcmp(graph->tensors[found].name, tensor) != 0))
        fail_msg("%s found %s, not %s", dump_name, found < 0 ? "nothing" : graph->tensors[found].name,
                 tensor);
}

static void exact_names(void **state)
{
    struct mm_graph *graph = GRAPH("conv|Conv|x,w|y", "relu|Relu|y|");
    (void)state;
    assert_int_equal(mm_graph_tensor(graph, "w"), graph->nodes[0].inputs[1]);
    assert_int_equal(mm_graph_node(graph, "relu"), 1);
    assert_int_equal(mm_graph_tensor(graph, "conv"), -1);
    assert_int_equal(mm_graph_node(graph, "y"), -1);
    assert_int_equal(mm_graph_tensor(graph, "Conv"), -1); /* an operator's name */
    assert_int_equal(mm_graph_tensor(graph, ""), -1);
    assert_int_equal(mm_graph_node(graph, ""), -1);
    assert_int_equal(mm_graph_find(graph, ""), -1);
    mm_graph_close(graph);
}

static void names_of_dumps(void **state)
{
    struct mm_graph *graph =
        GRAPH("/m/conv|Conv|x:0,w|/m/conv_out", "p2o.Mul.1|Mul|/m/conv_out,w|p2o.Mul.2",
              "p2o.Mul.2|Mul|p2o.Mul.2,w|p2o.Mul.3", "a/b|Split|p2o.Mul.3|s,,u", "a_b|Op|s|a:b",
              "top/k|TopK|u|v,i", "|Op|v|sink/1", "one|Op|i|sink_1", "eins/zwei|Op|i|");
    (void)state;
    assert_finds(graph, "x:0", "x:0");
    assert_finds(graph, "x_0", "x:0");
    assert_finds(graph, "_m_conv_out", "/m/conv_out");
    assert_finds(graph, "/m_conv_out", "/m/conv_out"); /* half of it replaced */
    assert_finds(graph, "_m_conv", "/m/conv_out");     /* the node */
    assert_finds(graph, "m_conv", "/m/conv_out");      /* the node */
    assert_finds(graph, "p2o.Mul.1", "p2o.Mul.2");     /* a node */
    assert_finds(graph, "p2o.Mul.2", "p2o.Mul.2");     /* a tensor first, though there is a node */
    assert_finds(graph, "a_b", "a:b");                 /* node a_b exactly, whose output it is */
    assert_finds(graph, "a/b", "s");
    assert_finds(graph, "a/b:0", "s");
    assert_finds(graph, "a/b_2", "u");
    assert_finds(graph, "a/b:1", NULL); /* left out */
    assert_finds(graph, "a/b:3", NULL);
    assert_finds(graph, "top_k", "v");
    assert_finds(graph, "top_k_1", "i");
    assert_finds(graph, "top_k:1", "i");
    assert_finds(graph, "top_k_01", NULL);
    assert_finds(graph, "top_k_", "v");
    assert_finds(graph, "top_k1", NULL);
    assert_finds(graph, "top_k_99999999999999999999", NULL);
    assert_finds(graph, "sink_1", "sink_1"); /* exactly one, although sink/1 looks alike */
    assert_finds(graph, "sink:1", NULL);     /* both look like this */
    assert_finds(graph, "eins_zwei", NULL);  /* a node without outputs */
    assert_finds(graph, "_1", NULL);
    assert_finds(graph, "1", NULL);
    mm_graph_close(graph);
}

/* Names that look alike: exactly the node, or none. */
static void ambiguous(void **state)
{
    struct mm_graph *graph = GRAPH("n/1|Op|x|a/b", "n:1|Op|x|a:b", "a_b|Op|x|c", "l/l|Op|x|d/d",
                                   "l:l|Op|x|d:d", "in|Op|x|e/e", "out|Op|e/e|e/e");
    (void)state;
    assert_finds(graph, "a_b", "c");
    assert_finds(graph, "a b", NULL);
    assert_finds(graph, "n_1", NULL);
    assert_finds(graph, "d_d", NULL);
    assert_finds(graph, "l_l", NULL);
    assert_finds(graph, "l_l_0", NULL);
    assert_finds(graph, "e_e", "e/e"); /* one name, two tensors: the first */
    assert_int_equal(mm_graph_find(graph, "e_e"), graph->nodes[5].outputs[0]);
    mm_graph_close(graph);
}

/* Without regard to separators, endings and case, if there is but one. */
static void loose_names(void **state)
{
    struct mm_graph *graph = GRAPH("/A/Conv|Conv|x:0,w|/A/Conv_output_0", "Norm|Op|/A/Conv_output_0|b.c",
                                   "s|Split|b.c|left,right_output_1", "n1|Op|left|Twin", "n2|Op|left|twin",
                                   "n3|Op|left|no/de", "No.De|Op|left|z");
    (void)state;
    assert_finds(graph, "A_Conv_output_0", "/A/Conv_output_0");
    assert_finds(graph, "a.conv", "/A/Conv_output_0");
    assert_finds(graph, "A/Conv.forward.output.0", "/A/Conv_output_0");
    assert_finds(graph, "X", "x:0");
    assert_finds(graph, "NORM:0", "b.c"); /* the node */
    assert_finds(graph, "B__C_", "b.c");
    assert_finds(graph, "Right:1", "right_output_1");
    assert_finds(graph, "Right", NULL);
    assert_finds(graph, "twin", "twin");
    assert_finds(graph, "TWIN", NULL);
    assert_finds(graph, "NO_DE", "no/de"); /* a tensor before a node */
    assert_finds(graph, "/", NULL);
    mm_graph_close(graph);
}

/* Longer than a file's name can be: only exactly. */
static void long_names(void **state)
{
    char name[6000], line[6100];
    struct mm_graph_builder *b = mm_graph_new();
    struct mm_graph *graph;
    struct mm_err err;
    (void)state;
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(line, sizeof line, "/%s", name);
    mm_graph_add_node(b, "n", "Op", NULL, 0, &(const char *){line}, 1);
    assert_int_equal(mm_graph_finish(b, &graph, "g", &err), 0);
    assert_int_equal(mm_graph_find(graph, line), 0);
    line[0] = '_';
    assert_int_equal(mm_graph_find(graph, line), -1);
    mm_graph_close(graph);
}

static void attributes_by_name(void **state)
{
    const int64_t pads[] = {1, 2};
    struct mm_graph_builder *b = mm_graph_new();
    struct mm_graph *graph;
    struct mm_err err;
    (void)state;
    add_line(b, "n|Op||y");
    mm_graph_add_ints(b, "pads", pads, 2);
    mm_graph_add_text(b, "mode", "SAME");
    mm_graph_add_int(b, "axis", -1);
    assert_int_equal(mm_graph_finish(b, &graph, "g", &err), 0);
    const struct mm_graph_node *node = &graph->nodes[0];
    assert_int_equal(mm_graph_attribute(node, "pads")->int_count, 2);
    assert_null(mm_graph_attribute(node, "pad"));
    assert_int_equal(mm_graph_int(node, "axis", 7), -1);
    assert_int_equal(mm_graph_int(node, "pads", 7), 1);
    assert_int_equal(mm_graph_int(node, "group", 7), 7);
    assert_int_equal(mm_graph_int(node, "mode", 7), 7); /* not a number */
    mm_graph_close(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_names), cmocka_unit_test(names_of_dumps),     cmocka_unit_test(ambiguous),
        cmocka_unit_test(loose_names), cmocka_unit_test(attributes_by_name), cmocka_unit_test(long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
