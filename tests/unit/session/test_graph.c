#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"

/* x -> z (Conv) -> a (Relu) -> m (Add, reads x too). */
static struct mm_graph *small_graph(void)
{
    struct mm_graph *graph = NULL;
    struct mm_graph_builder *builder = mm_graph_new();
    const char *x = "x", *z = "z", *a = "a", *m = "m", *both[] = {"a", "x"};
    mm_graph_add_tensor(builder, "x", MM_GRAPH_INPUT, MM_F32, NULL);
    mm_graph_add_node(builder, "", "Conv", &x, 1, &z, 1);
    mm_graph_add_node(builder, "", "Relu", &z, 1, &a, 1);
    mm_graph_add_node(builder, "", "Add", both, 2, &m, 1);
    assert_int_equal(mm_graph_finish(builder, &graph, "test", NULL), 0);
    return graph;
}

static void assert_names(const struct stage *stage, const char *expected)
{
    struct mm_buf names = {0};
    for (size_t id = 0; id < mm_session_count(stage->session); id++)
        mm_buf_printf(&names, "%s ", mm_session_layer(stage->session, id)->pair->name);
    assert_string_equal(mm_buf_text(&names), expected);
    mm_buf_done(&names);
}

static void put_pair(struct stage *stage, const char *name)
{
    char file[64];
    snprintf(file, sizeof file, "%s.npy", name);
    put_floats(stage->src, file, FLOATS(1, 2), 2);
    put_floats(stage->dst, file, FLOATS(1, 2), 2);
}

/* .npy files have no time stamps: the graph tells the order, and what it does not know stands last. */
static void order_of_the_graph(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_graph *graph = small_graph();
    stage_init(&stage);
    static const char *const names[] = {"a", "a_quantized", "m", "x", "z"};
    for (size_t i = 0; i < MM_COUNT(names); i++)
        put_pair(&stage, names[i]);
    stage.options.graph = graph;
    stage_measure(&stage);
    assert_names(&stage, "x z a m a_quantized ");
    assert_string_equal(mm_session_op(stage.session, 0), "");
    assert_string_equal(mm_session_op(stage.session, 1), "Conv");
    assert_string_equal(mm_session_op(stage.session, 2), "Relu");
    assert_string_equal(mm_session_op(stage.session, 3), "Add");
    assert_string_equal(mm_session_op(stage.session, 4), "");
    assert_int_equal(mm_session_order(stage.session), MM_ORDER_MODEL);
    stage_done(&stage);
    mm_graph_close(graph);
}

/* Time stamps tell what really happened; an op type in the dump beats the graph's. */
static void order_of_time_stamps(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_graph *graph = small_graph();
    stage_init(&stage);
    put_both(&stage, "1_m.pb", "n", "mm.add", FLOATS(1), FLOATS(1), 1);
    put_both(&stage, "2_x.pb", "n", "mm.input", FLOATS(1), FLOATS(1), 1);
    stage.options.graph = graph;
    stage_measure(&stage);
    assert_names(&stage, "m x ");
    assert_string_equal(mm_session_op(stage.session, 0), "mm.add");
    stage_done(&stage);
    mm_graph_close(graph);
}

/* The model of another network is left out, and said to be. */
static void foreign(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_graph *graph = small_graph();
    stage_init(&stage);
    put_pair(&stage, "other");
    put_pair(&stage, "another");
    stage.options.graph = graph;
    stage.options.triage = true;
    stage_measure(&stage);
    assert_names(&stage, "another other ");
    assert_non_null(
        strstr(mm_session_notice(stage.session),
               "The model knows 0 of 2 tensors, less than half (\"another\" and \"other\" are not in "
               "it): its graph is not used."));
    assert_false(mm_session_flow(stage.session)->known);
    stage_done(&stage);
    mm_graph_close(graph);
}

/* x -> n1: /z/out -> n2: /a/out, by the names of nodes in dst's headers. */
static struct mm_graph *graph_of_nodes(void)
{
    struct mm_graph *graph = NULL;
    struct mm_graph_builder *builder = mm_graph_new();
    const char *x = "x", *z = "/z/out", *a = "/a/out";
    mm_graph_add_tensor(builder, "x", MM_GRAPH_INPUT, MM_F32, NULL);
    mm_graph_add_node(builder, "main/n1", "Conv", &x, 1, &z, 1);
    mm_graph_add_node(builder, "main/n2", "Relu", &z, 1, &a, 1);
    assert_int_equal(mm_graph_finish(builder, &graph, "test", NULL), 0);
    return graph;
}

static void found_by_nodes_of_headers(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_graph *graph = graph_of_nodes();
    size_t known, asked;
    stage_init(&stage);
    put_both(&stage, "1_%0.pb", "main/n1", "", FLOATS(1), FLOATS(1), 1);
    put_both(&stage, "2_%1.pb", "main/n2", "", FLOATS(1), FLOATS(1), 1);
    stage.options.graph = graph;
    stage.options.triage = true;
    stage_measure(&stage);
    mm_session_model(stage.session, &known, &asked);
    assert_true(known == 2 && asked == 2);
    const struct mm_flow *flow = mm_session_flow(stage.session);
    assert_true(flow->known);
    assert_int_equal(flow->node[1], 1);
    assert_int_equal(flow->input_from[2] - flow->input_from[1], 1);
    assert_null(mm_session_notice(stage.session));
    stage_done(&stage);
    mm_graph_close(graph);
}

/* What headers say is known when all is measured: then the model is given up, and the time stamps stand in. */
static void foreign_after_headers(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_graph *graph = graph_of_nodes();
    stage_init(&stage);
    put_both(&stage, "1_p.pb", "q", "Conv", FLOATS(1), FLOATS(1), 1);
    put_both(&stage, "2_r.pb", "s", "Relu", FLOATS(1), FLOATS(1), 1);
    put_both(&stage, "3_x.pb", "t", "Relu", FLOATS(1), FLOATS(1), 1);
    stage.options.graph = graph;
    stage.options.triage = true;
    stage_measure(&stage);
    assert_string_equal(mm_session_notice(stage.session),
                        "The model knows 1 of 3 tensors, less than half (\"p\" and "
                        "\"r\" are not in it): its graph is not used.");
    const struct mm_flow *flow = mm_session_flow(stage.session);
    assert_true(flow->ordered && !flow->known);
    assert_null(mm_session_graph(stage.session));
    assert_int_equal(mm_session_order(stage.session), MM_ORDER_STAMPS);
    stage_done(&stage);
    mm_graph_close(graph);
}

#define LONG 64

static void put_off(struct stage *stage, const char *file, double off)
{
    float s[LONG], d[LONG];
    for (int i = 0; i < LONG; i++) {
        s[i] = (float)((i * 37 % 64) - 31);
        d[i] = s[i] + (float)(off * ((i * 29 % 64) - 30));
    }
    put_floats(stage->src, file, s, LONG);
    put_floats(stage->dst, file, d, LONG);
}

/* "0_first" stands first by its stamp and is off most; but the model does not know it, and knows "a". */
static void strangers_are_not_accused_first(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_graph *graph = small_graph();
    stage_init(&stage);
    put_off(&stage, "0_first.npy", 0.9);
    put_off(&stage, "1_x.npy", 0);
    put_off(&stage, "2_z.npy", 0);
    put_off(&stage, "3_a.npy", 0.5);
    put_off(&stage, "4_m.npy", 0.5);
    stage.options.graph = graph;
    stage.options.triage = true;
    stage_measure(&stage);
    assert_true(mm_flow_is_stranger(mm_session_flow(stage.session), 0));
    assert_true(mm_session_layer(stage.session, 0)->verdict.bad);
    assert_int_equal(mm_session_first_culprit(stage.session), 3);
    stage_done(&stage);
    mm_graph_close(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(order_of_the_graph),
                                       cmocka_unit_test(order_of_time_stamps),
                                       cmocka_unit_test(foreign),
                                       cmocka_unit_test(found_by_nodes_of_headers),
                                       cmocka_unit_test(foreign_after_headers),
                                       cmocka_unit_test(strangers_are_not_accused_first)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
