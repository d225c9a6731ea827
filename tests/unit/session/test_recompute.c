#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"

#include <math.h>

/* x -> a (Relu) -> b (Neg) -> c (Relu) */
static struct mm_graph *chain(void)
{
    struct mm_graph *graph = NULL;
    struct mm_graph_builder *builder = mm_graph_new();
    static const char *const names[] = {"x", "a", "b", "c"}, *const ops[] = {"Relu", "Neg", "Relu"};
    mm_graph_add_tensor(builder, "x", MM_GRAPH_INPUT, MM_F32, NULL);
    for (int i = 0; i < 3; i++)
        mm_graph_add_node(builder, "", ops[i], names + i, 1, names + i + 1, 1);
    assert_int_equal(mm_graph_finish(builder, &graph, "test", NULL), 0);
    return graph;
}

static void put_pair(struct stage *stage, const char *name, const float *s, const float *d)
{
    char file[64];
    snprintf(file, sizeof file, "%s.npy", name);
    put_floats(stage->src, file, s, 4);
    put_floats(stage->dst, file, d, 4);
}

/* b's sign is lost in dst; what comes of it is right. */
static void begin(struct stage *stage, struct mm_graph **graph, bool wrong)
{
    *graph = chain();
    stage_init(stage);
    stage->options.graph = *graph;
    stage->options.triage = true;
    put_pair(stage, "x", FLOATS(1, -2, 3, 4), FLOATS(1, -2, 3, 4));
    put_pair(stage, "a", FLOATS(1, 0, 3, 4), FLOATS(1, 0, 3, 4));
    put_pair(stage, "b", FLOATS(-1, 0, -3, -4), wrong ? FLOATS(1, 0, 3, 4) : FLOATS(-1, 0, -3, -4));
    put_pair(stage, "c", FLOATS(0, 0, 0, 0), wrong ? FLOATS(1, 0, 3, 4) : FLOATS(0, 0, 0, 0));
    stage_measure(stage);
    assert_true(mm_session_triaged(stage->session));
}

/* Each operator from its own inputs: the suspect, and as background the others. */
static void all_of_a_small_network(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_graph *graph;
    begin(&stage, &graph, true);
    static const double residual[] = {0, 0, 2, 0};
    assert_null(mm_session_recomputed(stage.session, 0)); /* an input: nothing makes it */
    for (size_t id = 1; id < 4; id++) {
        const struct mm_recomputed *found = mm_session_recomputed(stage.session, id);
        assert_non_null(found);
        assert_int_equal(found->state, MM_RECOMPUTE_DONE);
        assert_true(fabs(found->residual - residual[id]) < 1e-12);
    }
    assert_int_equal(mm_session_blame(stage.session, 2)->own, MM_OWN_WRONG);
    assert_int_equal(mm_session_layer(stage.session, 2)->verdict.kind, MM_VERDICT_IMPLEMENTATION);
    assert_int_equal(mm_session_layer(stage.session, 3)->verdict.kind, MM_VERDICT_INHERITED);
    assert_int_equal(mm_session_layer(stage.session, 3)->verdict.from, 2);
    stage_done(&stage);
    mm_graph_close(graph);
}

/* Nothing is off: nothing is worth the time. */
static void nothing_to_do(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_graph *graph;
    begin(&stage, &graph, false);
    for (size_t id = 0; id < 4; id++)
        assert_null(mm_session_recomputed(stage.session, id));
    stage_done(&stage);
    mm_graph_close(graph);
}

static void without_a_graph(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    stage.options.triage = true;
    put_pair(&stage, "x", FLOATS(1, 2, 3, 4), FLOATS(4, 3, 2, 1));
    stage_measure(&stage);
    assert_true(mm_session_triaged(stage.session));
    assert_null(mm_session_recomputed(stage.session, 0));
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_a_small_network),
        cmocka_unit_test(nothing_to_do),
        cmocka_unit_test(without_a_graph),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
