#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/suggest.h"
#include "unit/suggest/suggesting.h"

/* 4 x 6 times 6 x 5: the model says nothing of the left side's shape, the dump does. */
static void macs_by_the_shapes_that_were_dumped(void **state)
{
    (void)state;
    struct suggesting on;
    const struct mm_shape left = {.rank = 2, .dim = {4, 6}}, right = {.rank = 2, .dim = {6, 5}},
                          product = {.rank = 2, .dim = {4, 5}};
    const char *inputs[] = {"x", "w"}, *name = "y";
    int32_t layers[8];
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL)->src.shape = left;
    mm_graph_add_node(on.net.builder, "", "MatMul", inputs, 2, &name, 1);
    mm_graph_add_tensor(on.net.builder, "w", MM_GRAPH_CONSTANT, MM_F32, &right);
    network_layer(&on.net, "y", 0.1)->src.shape = product;
    network_op(&on.net, "relu", 0.1, "y", NULL);
    suggesting_finish(&on, true);
    assert_true(on.net.graph->tensor_count <= 8);
    for (int t = 0; t < on.net.graph->tensor_count; t++)
        layers[t] = -1;
    assert_int_equal(suggest_macs(&on.s, layers, 1), -1); /* not known from the model alone */
    layers[on.net.flow->tensor[0]] = 0;
    layers[on.net.flow->tensor[1]] = 1;
    assert_int_equal(suggest_macs(&on.s, layers, 1), 4 * 5 * 6);
    assert_int_equal(suggest_macs(&on.s, layers, 2), -1);
    find(&on, "top 1");
    assert_int_equal(on.list.item[0].macs, 120);
    assert_int_equal(on.list.macs, 120);
    on.s.graph = NULL;
    assert_int_equal(suggest_macs(&on.s, layers, 1), -1);
    suggesting_done(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(macs_by_the_shapes_that_were_dumped)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
