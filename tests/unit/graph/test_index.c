#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/graph.h"
#include "unit/graph/graph_testing.h"
#include "graph/graph.h"

static void assert_safe(const char *text, size_t length, const char *expected)
{
    char out[64];
    assert_int_equal(mm_graph_safe(text, length, out), strlen(expected));
    assert_string_equal(out, expected);
}
#define SAFE(text, expected) assert_safe(text, sizeof(text) - 1, expected)

static void names_as_files_have_them(void **state)
{
    (void)state;
    SAFE("", "");
    SAFE("conv2d_93.tmp_0", "conv2d_93.tmp_0");
    SAFE("p2o.Mul.53", "p2o.Mul.53");
    SAFE("azAZ09-", "azAZ09-");
    SAFE("/model.0/conv/Conv_output_0", "_model.0_conv_Conv_output_0");
    SAFE("StatefulPartitionedCall:0", "StatefulPartitionedCall_0");
    SAFE("a b\tc\nd", "a_b_c_d");
    SAFE("a\0b", "a_b");
    SAFE("@[`{/:", "______");                              /* the neighbours of the letters and digits */
    SAFE("\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\x80z", "___z"); /* three characters */
    SAFE("\xff\xc3(", "___");                              /* bytes that are none */
    SAFE("\xc3", "_");                                     /* cut off */
}

/* Of each name the first, and from it the others. */
static void chains(void **state)
{
    struct mm_graph *graph = GRAPH("n|Op|x|t", "m|Op|t|t", "n|Op|t|t", "|Op|t|u", "|Op|u|v");
    (void)state;
    int t = mm_graph_tensor(graph, "t");
    assert_int_equal(graph->tensors[t].producer, 0);
    t = graph->tensors[t].again;
    assert_int_equal(graph->tensors[t].producer, 1);
    t = graph->tensors[t].again;
    assert_int_equal(graph->tensors[t].producer, 2);
    assert_int_equal(graph->tensors[t].again, -1);
    assert_int_equal(mm_graph_node(graph, "n"), 0);
    assert_int_equal(graph->nodes[0].again, 2);
    assert_int_equal(graph->nodes[2].again, -1);
    assert_int_equal(graph->nodes[3].again, -1);
    mm_graph_close(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_as_files_have_them),
        cmocka_unit_test(chains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
