#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/triage.h"
#include "unit/triage/network.h"

static void assert_inputs(const struct network *net, size_t id, size_t count, const uint32_t *expected)
{
    const struct mm_flow *flow = net->flow;
    assert_int_equal(flow->input_from[id + 1] - flow->input_from[id], count);
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        for (uint32_t e = flow->input_from[id]; e < flow->input_from[id + 1]; e++)
            found |= flow->input[e] == expected[i];
        assert_true(found);
    }
}

static void assert_readers(const struct network *net, size_t id, size_t count, const uint32_t *expected)
{
    const struct mm_flow *flow = net->flow;
    assert_int_equal(flow->reader_from[id + 1] - flow->reader_from[id], count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(flow->reader[flow->reader_from[id] + i], expected[i]);
}

/* x -> conv -> relu -> add(relu, x): a residual connection. */
static void residual(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "conv", 0, "x", NULL);
    network_op(&net, "relu", 0, "conv", NULL);
    network_op(&net, "add", 0, "relu", "x");
    mm_graph_add_tensor(net.builder, "add", MM_GRAPH_OUTPUT, MM_DTYPE_NONE, NULL);
    network_finish(&net, true);
    assert_true(net.flow->known);
    assert_inputs(&net, 0, 0, NULL);
    assert_inputs(&net, 1, 1, (uint32_t[]){0});
    assert_inputs(&net, 3, 2, (uint32_t[]){0, 2});
    assert_readers(&net, 0, 2, (uint32_t[]){1, 3});
    assert_readers(&net, 2, 1, (uint32_t[]){3});
    assert_readers(&net, 3, 0, NULL);
    assert_int_equal(net.flow->role[0], MM_ROLE_INPUT);
    assert_int_equal(net.flow->role[1], MM_ROLE_INNER);
    assert_int_equal(net.flow->role[3], MM_ROLE_OUTPUT);
    network_done(&net);
}

/* The runtime has fused conv, bn and relu: only relu was dumped. Its input is x, through both. */
static void walks_through_what_was_not_dumped(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    const char *conv = "conv", *bn = "bn", *x = "x";
    mm_graph_add_node(net.builder, "", "Conv", &x, 1, &conv, 1);
    mm_graph_add_node(net.builder, "", "BatchNormalization", &conv, 1, &bn, 1);
    network_op(&net, "relu", 0, "bn", NULL);
    network_op(&net, "out", 0, "relu", "conv"); /* a second way to x, through conv alone */
    network_finish(&net, true);
    assert_inputs(&net, 1, 1, (uint32_t[]){0});
    assert_inputs(&net, 2, 2, (uint32_t[]){0, 1});
    network_done(&net);
}

/* A tensor that only one side dumped can't be compared, so it is walked through. */
static void one_side_only_is_walked_through(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "conv", 0, "x", NULL);
    network_op(&net, "relu", 0, "conv", NULL);
    net.pair[1].dst = NULL;
    net.result[1].state = MM_STATE_SINGLE;
    network_finish(&net, true);
    assert_inputs(&net, 2, 1, (uint32_t[]){0});
    network_done(&net);
}

/* The second write of a name is the second occurrence. */
static void in_place(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "y", 0, "x", NULL);
    network_op(&net, "y", 0, "y", NULL);
    net.pair[1].occurrences = net.pair[2].occurrences = 2;
    net.pair[2].occurrence = 2;
    network_op(&net, "z", 0, "y", NULL);
    network_finish(&net, true);
    assert_inputs(&net, 1, 1, (uint32_t[]){0});
    assert_inputs(&net, 2, 1, (uint32_t[]){1});
    assert_inputs(&net, 3, 1, (uint32_t[]){2});
    network_done(&net);
}

static void found_by_node_name(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    const char *x = "x", *t = "t";
    mm_graph_add_node(net.builder, "main/conv", "Conv", &x, 1, &t, 1);
    network_layer(&net, "something else", 0)->dst.node_name = (char *)"main/conv";
    network_finish(&net, true);
    assert_inputs(&net, 1, 1, (uint32_t[]){0});
    assert_int_equal(net.flow->node[1], 0);
    assert_int_equal(net.flow->node[0], -1);
    network_done(&net);
}

/* Without a graph the MM_FLOW_WINDOW pairs before it stand in; lone tensors don't count. */
static void by_order(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"};
    for (size_t i = 0; i < MM_COUNT(names); i++)
        network_layer(&net, names[i], 0);
    net.pair[2].src = NULL;
    net.result[2].state = MM_STATE_SINGLE;
    network_finish(&net, false);
    assert_true(net.flow->ordered && !net.flow->known);
    assert_inputs(&net, 0, 0, NULL);
    assert_inputs(&net, 1, 1, (uint32_t[]){0});
    assert_inputs(&net, 2, 0, NULL);
    assert_inputs(&net, 3, 2, (uint32_t[]){0, 1});
    assert_inputs(&net, 10, 8, (uint32_t[]){1, 3, 4, 5, 6, 7, 8, 9});
    assert_int_equal(net.flow->role[0], MM_ROLE_INPUT);
    assert_int_equal(net.flow->role[10], MM_ROLE_OUTPUT);
    assert_int_equal(net.flow->role[5], MM_ROLE_INNER);
    network_done(&net);
}

/* Neither graph nor time stamps: no edges, and no guess at what is first. */
static void no_order(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_layer(&net, "a", 0);
    network_layer(&net, "b", 0);
    assert_int_equal(mm_graph_finish(net.builder, &net.graph, "test", NULL), 0);
    assert_int_equal(mm_flow_open(&net.flow, net.subject, net.count, NULL, NULL), 0);
    assert_false(net.flow->known || net.flow->ordered);
    assert_inputs(&net, 1, 0, NULL);
    assert_int_equal(net.flow->role[0], 0);
    network_done(&net);
}

/* The model of another network: as if there was none. */
static void foreign_graph(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    const char *a = "elsewhere", *b = "nowhere";
    mm_graph_add_node(net.builder, "", "Op", &a, 1, &b, 1);
    network_layer(&net, "x", 0);
    network_layer(&net, "y", 0);
    network_finish(&net, true);
    assert_true(net.flow->ordered && !net.flow->known);
    assert_inputs(&net, 1, 1, (uint32_t[]){0});
    network_done(&net);
}

/* x -> a -> b, three times; w was fed once: the k-th reads the k-th of its inputs, and the only w. */
static void runs(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "w", 0, NULL, NULL);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "a", 0, "x", "w");
    network_op(&net, "b", 0, "a", NULL);
    for (uint32_t k = 2; k <= 3; k++) {
        static const char *const again[] = {"x", "a", "b"};
        for (size_t i = 0; i < MM_COUNT(again); i++) {
            network_layer(&net, again[i], 0);
            net.pair[net.count - 1].occurrence = k;
        }
    }
    network_finish(&net, true);
    assert_inputs(&net, 2, 2, (uint32_t[]){0, 1});
    assert_inputs(&net, 3, 1, (uint32_t[]){2});
    assert_inputs(&net, 5, 2, (uint32_t[]){0, 4});
    assert_inputs(&net, 6, 1, (uint32_t[]){5});
    assert_inputs(&net, 8, 2, (uint32_t[]){0, 7});
    assert_inputs(&net, 9, 1, (uint32_t[]){8});
    assert_readers(&net, 0, 3, (uint32_t[]){2, 5, 8});
    assert_readers(&net, 2, 1, (uint32_t[]){3});
    assert_int_equal(net.flow->run[3], 0);
    assert_int_equal(net.flow->run[9], 2);
    network_done(&net);
}

/* Decode steps: x of the second run may be what y of the first was. */
static void fed_back(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "y", 0, "x", NULL);
    mm_graph_add_tensor(net.builder, "y", MM_GRAPH_OUTPUT, MM_DTYPE_NONE, NULL);
    for (uint32_t k = 2; k <= 3; k++) {
        network_layer(&net, "x", 0);
        net.pair[net.count - 1].occurrence = k;
        network_layer(&net, "y", 0);
        net.pair[net.count - 1].occurrence = k;
    }
    net.pair[3].dst = NULL; /* the second y was not dumped on both sides: nothing can come from it */
    network_finish(&net, true);
    assert_inputs(&net, 0, 0, NULL);
    assert_inputs(&net, 2, 1, (uint32_t[]){1});
    assert_inputs(&net, 4, 0, NULL);
    assert_inputs(&net, 5, 1, (uint32_t[]){4});
    network_done(&net);
}

/* n -> Loop (its body: t reads n, is given back) -> o, the body three times: o reads the last t, each t the only n. */
static void bodies(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "n", 0, NULL, NULL);
    network_layer(&net, "t", 0);
    network_layer(&net, "t", 0);
    network_layer(&net, "t", 0);
    net.pair[2].occurrence = 2;
    net.pair[3].occurrence = 3;
    network_layer(&net, "o", 0);
    const struct mm_graph_node nodes[] = {{.name = "",
                                           .op_type = "Neg",
                                           .domain = "",
                                           .inputs = (int[]){0},
                                           .input_count = 1,
                                           .read_count = 1,
                                           .outputs = (int[]){1},
                                           .output_count = 1,
                                           .parent = 1,
                                           .again = -1},
                                          {.name = "",
                                           .op_type = "Loop",
                                           .domain = "",
                                           .inputs = (int[]){0, 1},
                                           .input_count = 1,
                                           .read_count = 2,
                                           .outputs = (int[]){2},
                                           .output_count = 1,
                                           .parent = -1,
                                           .again = -1}};
    const struct mm_graph_tensor tensors[] = {
        {.name = "n", .producer = -1, .flags = MM_GRAPH_INPUT, .again = -1},
        {.name = "t", .producer = 0, .again = -1},
        {.name = "o", .producer = 1, .flags = MM_GRAPH_OUTPUT, .again = -1}};
    const struct mm_graph graph = {.nodes = nodes, .node_count = 2, .tensors = tensors, .tensor_count = 3};
    struct mm_flow_order order = {.graph = &graph,
                                  .tensor = (int32_t[]){0, 1, 1, 1, 2},
                                  .run = (int32_t[]){0, 0, 1, 2, 0},
                                  .ordered = true};
    assert_int_equal(mm_graph_finish(net.builder, &net.graph, "test", NULL), 0);
    assert_int_equal(mm_flow_open(&net.flow, net.subject, net.count, &order, NULL), 0);
    assert_inputs(&net, 1, 1, (uint32_t[]){0});
    assert_inputs(&net, 3, 1, (uint32_t[]){0});
    assert_inputs(&net, 4, 2, (uint32_t[]){0, 3});
    network_done(&net);
}

/* A tensor that a graph in use does not know feeds nothing and is fed by nothing; it is no output for being last. */
static void strangers(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "a", 0, "x", NULL);
    network_layer(&net, "unheard_of", 0);
    network_op(&net, "b", 0, "a", NULL);
    network_layer(&net, "no_less", 0);
    network_finish(&net, true);
    assert_true(net.flow->known);
    assert_inputs(&net, 2, 0, NULL);
    assert_readers(&net, 2, 0, NULL);
    assert_inputs(&net, 3, 1, (uint32_t[]){1});
    assert_false(mm_flow_is_stranger(net.flow, 1));
    assert_true(mm_flow_is_stranger(net.flow, 2) && mm_flow_is_stranger(net.flow, 4));
    assert_int_equal(net.flow->role[3], MM_ROLE_OUTPUT);
    assert_int_equal(net.flow->role[4], MM_ROLE_INNER);
    network_done(&net);
}

/* Modification times order the layers, and are a hint only; a graph that knows none of them changes nothing. */
static void weak_order(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_layer(&net, "a", 0);
    network_layer(&net, "b", 0);
    network_finish(&net, false);
    assert_false(net.flow->weak);
    mm_flow_close(net.flow);
    struct mm_flow_order order = {.ordered = true, .weak = true};
    assert_int_equal(mm_flow_open(&net.flow, net.subject, net.count, &order, NULL), 0);
    assert_true(net.flow->weak && net.flow->ordered && !net.flow->known);
    assert_inputs(&net, 1, 1, (uint32_t[]){0});
    assert_false(mm_flow_is_stranger(net.flow, 0));
    network_done(&net);
}

static void nothing(void **state)
{
    (void)state;
    struct mm_flow *flow;
    assert_int_equal(mm_flow_open(&flow, NULL, 0, NULL, NULL), 0);
    assert_int_equal(flow->count, 0);
    mm_flow_close(flow);
    mm_flow_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(residual),
        cmocka_unit_test(walks_through_what_was_not_dumped),
        cmocka_unit_test(one_side_only_is_walked_through),
        cmocka_unit_test(in_place),
        cmocka_unit_test(found_by_node_name),
        cmocka_unit_test(by_order),
        cmocka_unit_test(no_order),
        cmocka_unit_test(foreign_graph),
        cmocka_unit_test(runs),
        cmocka_unit_test(fed_back),
        cmocka_unit_test(bodies),
        cmocka_unit_test(strangers),
        cmocka_unit_test(weak_order),
        cmocka_unit_test(nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
