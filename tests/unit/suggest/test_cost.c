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

/* ---- bytes, casts and what it is worth ---- */

static void make(struct suggesting *on, const char *op, const char *a, const char *b, const char *out)
{
    const char *inputs[] = {a, b ? b : ""};
    mm_graph_add_node(on->net.builder, "", op, inputs, b ? 2 : 1, &out, 1);
}

static void costs_of(struct suggesting *on, const struct mm_raise *raise, size_t count, bool each,
                     struct mm_raise_cost *out, struct mm_raise_cost *all)
{
    assert_int_equal(
        mm_suggest_costs(&on->view, on->verdict, on->s.graph, each, raise, count, out, all, NULL), 0);
}

enum { X, A, B, C, LAYERS_OF_CHAIN };

/*
 * x -> a = MatMul(x, w) -> b -> c, all results of 4 x 5 in int8, w 6 x 5. Counts of results are those of the shapes:
 *   a alone to FLOAT32: (20 + 30) x 3 bytes more; a cast behind it (a -> b); what it reads is the network's input.
 *   b alone to FLOAT16: 20 bytes more; a cast before and one behind it, of 20 elements each.
 *   b and c: they share; then c costs none (one less behind b), and b saves one before c as it costs one before itself.
 */
static void chain_init(struct suggesting *on, enum mm_dtype now)
{
    const struct mm_shape left = {.rank = 2, .dim = {4, 6}}, weight = {.rank = 2, .dim = {6, 5}},
                          result = {.rank = 2, .dim = {4, 5}};
    const char *names[] = {"a", "b", "c"};
    suggesting_init(on);
    struct mm_result *x = network_op(&on->net, "x", 0, NULL, NULL);
    x->src.shape = left;
    x->dst.dtype = MM_F32;
    make(on, "MatMul", "x", "w", "a");
    make(on, "Gelu", "a", NULL, "b");
    make(on, "Gelu", "b", NULL, "c");
    mm_graph_add_tensor(on->net.builder, "w", MM_GRAPH_CONSTANT, MM_F32, &weight);
    for (size_t i = 0; i < 3; i++) {
        struct mm_result *layer = network_layer(&on->net, names[i], 0.1);
        layer->src.shape = result;
        layer->dst.dtype = now;
        layer->metrics.count = 20;
    }
    suggesting_finish(on, true);
}

static void alone(void **state)
{
    (void)state;
    struct suggesting on;
    struct mm_raise_cost cost, all;
    chain_init(&on, MM_I8);
    costs_of(&on, &(struct mm_raise){A, MM_F32}, 1, false, &cost, &all);
    assert_int_equal(cost.macs, 4 * 5 * 6);
    assert_int_equal(cost.elements, 20);
    assert_int_equal(cost.bytes, (20 + 30) * 3);
    assert_int_equal(cost.casts, 1);
    assert_int_equal(cost.cast_elements, 20);
    assert_near(cost.worth, 100 * cost.share / (120 + 20) * 1e6, 1e-6);
    costs_of(&on, &(struct mm_raise){B, MM_F16}, 1, false, &cost, &all);
    assert_int_equal(cost.macs, -1);
    assert_int_equal(cost.bytes, 20);
    assert_int_equal(cost.casts, 2);
    assert_int_equal(cost.cast_elements, 40);
    assert_int_equal(all.casts, 2);
    assert_near(cost.worth, 100 * cost.share / (20 + 40) * 1e6, 1e-6);
    suggesting_done(&on);
}

static void neighbours_share(void **state)
{
    (void)state;
    struct suggesting on;
    struct mm_raise_cost cost[3], all;
    const struct mm_raise raise[] = {{B, MM_F16}, {C, MM_F16}, {A, MM_F16}};
    chain_init(&on, MM_I8);
    costs_of(&on, raise, 2, false, cost, &all);
    assert_int_equal(all.casts, 1); /* before b: c is the end */
    assert_int_equal(cost[0].casts, 0);
    assert_int_equal(cost[1].casts, -1);
    assert_int_equal(all.bytes, 40);
    assert_near(all.share, cost[0].share + cost[1].share, 1e-12);
    costs_of(&on, raise, 3, false, cost, &all);
    assert_int_equal(all.casts, 0);
    assert_int_equal(cost[0].casts, -2); /* between two others it saves both */
    costs_of(&on, (const struct mm_raise[]){{B, MM_F16}, {C, MM_F32}}, 2, false, cost, &all);
    assert_int_equal(all.casts, 2); /* FLOAT16 and FLOAT32 are two */
    suggesting_done(&on);
}

/* Without a graph, and where dst shows no low format, nothing is made up. */
static void not_known(void **state)
{
    (void)state;
    struct suggesting on;
    struct mm_raise_cost cost, all;
    chain_init(&on, MM_I8);
    on.s.graph = NULL;
    costs_of(&on, &(struct mm_raise){B, MM_F16}, 1, false, &cost, &all);
    assert_true(cost.casts == MM_COST_UNKNOWN && all.casts == MM_COST_UNKNOWN);
    assert_int_equal(cost.bytes, 20);
    suggesting_done(&on);
    chain_init(&on, MM_F32);
    costs_of(&on, &(struct mm_raise){B, MM_F16}, 1, false, &cost, &all);
    assert_true(cost.bytes == MM_COST_UNKNOWN);
    assert_int_equal(cost.casts, 2); /* what was chosen is another format than what is around it */
    costs_of(&on, &(struct mm_raise){B, MM_DTYPE_NONE}, 1, false, &cost, &all);
    assert_true(cost.bytes == MM_COST_UNKNOWN);
    costs_of(&on, NULL, 0, false, NULL, &all);
    assert_int_equal(all.casts, 0);
    suggesting_done(&on);
}

/* The list has them, too. */
static void in_the_list(void **state)
{
    (void)state;
    struct suggesting on;
    chain_init(&on, MM_I8);
    find(&on, "top 3");
    assert_int_equal(on.list.count, 3);
    assert_int_equal(on.list.casts, 0);
    assert_true(on.list.bytes > 0);
    find(&on, "top 1");
    assert_int_equal(on.list.count, 1);
    assert_true(on.list.item[0].casts == on.list.casts && on.list.item[0].bytes == on.list.bytes);
    suggesting_done(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(macs_by_the_shapes_that_were_dumped),
                                       cmocka_unit_test(alone), cmocka_unit_test(neighbours_share),
                                       cmocka_unit_test(not_known), cmocka_unit_test(in_the_list)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
