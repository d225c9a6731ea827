#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/graph.h"
#include "unit/graph/graph_testing.h"

/* Once each and ascending, whatever the order in which they were added. */
static void consumers(void **state)
{
    struct mm_graph *graph = GRAPH("c|Op|b,a,a|c", "a|Op|x|a", "b|Op|a|b", "d|Op|a,a,a|d");
    const struct mm_graph_tensor *a = &graph->tensors[mm_graph_tensor(graph, "a")];
    (void)state;
    assert_int_equal(a->producer, mm_graph_node(graph, "a"));
    assert_int_equal(a->consumer_count, 3);
    assert_int_equal(a->consumers[0], mm_graph_node(graph, "b"));
    assert_int_equal(a->consumers[1], mm_graph_node(graph, "c"));
    assert_int_equal(a->consumers[2], mm_graph_node(graph, "d"));
    assert_int_equal(mm_graph_node(graph, "a"), 0);
    assert_int_equal(mm_graph_node(graph, "b"), 1);
    assert_int_equal(mm_graph_node(graph, "c"), 2);
    mm_graph_close(graph);
}

static void nothing_at_all(void **state)
{
    struct mm_graph *graph;
    struct mm_err err;
    (void)state;
    assert_int_equal(mm_graph_finish(mm_graph_new(), &graph, "g", &err), 0);
    assert_int_equal(graph->node_count, 0);
    assert_int_equal(graph->tensor_count, 0);
    assert_int_equal(mm_graph_find(graph, "x"), -1);
    mm_graph_close(graph);
}

/* One tensor for a hundred thousand nodes, and one node for as many tensors. */
static void wide(void **state)
{
    enum { WIDTH = 100000 };
    struct mm_graph_builder *b = mm_graph_new();
    struct mm_graph *graph;
    struct mm_err err;
    const char **in = malloc(WIDTH * sizeof *in);
    (void)state;
    assert_non_null(in);
    for (int i = 0; i < WIDTH; i++) {
        char out[16];
        snprintf(out, sizeof out, "t%d", i);
        mm_graph_add_node(b, "", "Op", &(const char *){"x"}, 1, &(const char *){out}, 1);
        in[i] = strdup(out);
    }
    mm_graph_add_node(b, "join", "Concat", in, WIDTH, NULL, 0);
    assert_int_equal(mm_graph_finish(b, &graph, "g", &err), 0);
    assert_int_equal(graph->tensors[mm_graph_tensor(graph, "x")].consumer_count, WIDTH);
    assert_int_equal(graph->nodes[WIDTH].input_count, WIDTH);
    assert_int_equal(graph->tensors[graph->nodes[WIDTH].inputs[77777]].producer, 77777);
    for (int i = 0; i < WIDTH; i++)
        free((char *)in[i]);
    free(in);
    mm_graph_close(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(consumers),
        cmocka_unit_test(nothing_at_all),
        cmocka_unit_test(wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
