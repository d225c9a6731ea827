#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/graph.h"
#include "unit/graph/graph_testing.h"

static char *names_in_order(const struct mm_graph *graph, char *out, size_t size)
{
    size_t at = 0;
    *out = '\0';
    for (int i = 0; i < graph->node_count; i++)
        at += (size_t)snprintf(out + at, size - at, "%s%s", i ? " " : "", graph->nodes[i].name);
    return out;
}

static void assert_order(struct mm_graph *graph, const char *expected)
{
    char out[512];
    assert_string_equal(names_in_order(graph, out, sizeof out), expected);
    mm_graph_close(graph);
}

static void sorted_files_stay_as_they_are(void **state)
{
    (void)state;
    assert_order(GRAPH("b|Op|x|p", "a|Op|x|q", "d|Op|q|r", "c|Op|p|s"), "b a d c");
}

/* What is needed is pulled before who needs it; the rest stays. */
static void unsorted_files(void **state)
{
    (void)state;
    assert_order(GRAPH("n0|Op|t3|t0", "n1|Op||t1", "n2|Op|t0|t2", "n3|Op|t4,t1|t3", "n4|Op||t4"),
                 "n4 n1 n3 n0 n2");
    assert_order(GRAPH("n2|Op|b|c", "n1|Op|a|b", "n0|Op||a"), "n0 n1 n2");
}

static void refused(const char *const *lines, const char *name)
{
    struct mm_graph_builder *b = mm_graph_new();
    struct mm_graph *graph;
    struct mm_err err;
    char expected[256];
    for (; *lines; lines++)
        add_line(b, *lines);
    assert_int_equal(mm_graph_finish(b, &graph, "m.onnx", &err), -1);
    assert_null(graph);
    assert_int_equal(err.code, MM_ECORRUPT);
    snprintf(expected, sizeof expected,
             "m.onnx: the graph goes round in a circle: node \"%s\" reads what is made from its output",
             name);
    assert_string_equal(err.text, expected);
}
#define REFUSED(name, ...) refused((const char *const[]){__VA_ARGS__, NULL}, name)

static void circles(void **state)
{
    (void)state;
    REFUSED("p", "p|Op|b|a", "q|Op|a|b");
    REFUSED("one", "zero|Op|x|y", "one|Op|c|a", "two|Op|a|b", "three|Op|b|c");
    REFUSED("b\\n", "|Op|a|b\n", "q|Op|b\n|a"); /* an output stands for a node without a name */
}

/* As long as a model can be, the wrong way round: the stack is not the C stack. */
static void long_chain(void **state)
{
    enum { LENGTH = 300000 };
    struct mm_graph_builder *b = mm_graph_new();
    struct mm_graph *graph;
    struct mm_err err;
    (void)state;
    for (int i = LENGTH - 1; i >= 0; i--) {
        char in[16], out[16];
        snprintf(in, sizeof in, "t%d", i);
        snprintf(out, sizeof out, "t%d", i + 1);
        mm_graph_add_node(b, out, "Op", &(const char *){in}, 1, &(const char *){out}, 1);
    }
    assert_int_equal(mm_graph_finish(b, &graph, "g", &err), 0);
    assert_int_equal(graph->node_count, LENGTH);
    for (int i = 0; i < LENGTH; i++) {
        assert_int_equal(strtol(graph->nodes[i].name + 1, NULL, 10), i + 1);
        assert_int_equal(graph->tensors[graph->nodes[i].inputs[0]].producer, i - 1);
    }
    mm_graph_close(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorted_files_stay_as_they_are),
        cmocka_unit_test(unsorted_files),
        cmocka_unit_test(circles),
        cmocka_unit_test(long_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
