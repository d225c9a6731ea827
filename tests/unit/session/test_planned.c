#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"

static void choose(struct mm_session *session, const char *name)
{
    struct mm_err err;
    mm_plan_begin(mm_session_plan(session), "by hand");
    assert_int_equal(
        mm_plan_set(mm_session_plan(session),
                    &(struct mm_override){
                        .name = name, .op_type = "", .tensor = "", .precision = MM_PRECISION_F32, .why = ""},
                    &err),
        0);
    mm_plan_commit(mm_session_plan(session));
}

static void assert_missing(struct stage *stage, size_t count, const char *text)
{
    struct mm_buf out = {0};
    assert_int_equal(mm_session_missing(stage->session, &out), count);
    assert_string_equal(mm_buf_text(&out), text);
    mm_buf_done(&out);
}

/* dst's node is net/a; before it is measured nobody knows that. */
static void named_and_counted(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_both(&stage, "1_a.pb", "net/a", "Relu", FLOATS(1, 2), FLOATS(1, 2), 2);
    stage_open(&stage);
    choose(stage.session, "old\nname");
    assert_missing(&stage, 0, "");
    stage_start(&stage);
    assert_int_equal(mm_session_finish(stage.session, NULL, NULL), 0);
    assert_missing(&stage, 1, "1 operator of the plan is in neither dst nor the model: old\\nname");
    choose(stage.session, "net/a");
    assert_missing(&stage, 1, "1 operator of the plan is in neither dst nor the model: old\\nname");
    assert_true(mm_session_knows(stage.session, mm_plan_find(mm_session_plan(stage.session), "net/a")));
    static const char *const more[] = {"p", "q", "r", "s", "t"};
    for (size_t i = 0; i < MM_COUNT(more); i++)
        choose(stage.session, more[i]);
    assert_missing(&stage, 6,
                   "6 operators of the plan are in neither dst nor the model: old\\nname, p, q, r, s, ...");
    stage_done(&stage);
}

/* What the model has is there, though it was not dumped. */
static void in_the_model(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_graph *graph;
    struct mm_graph_builder *builder = mm_graph_new();
    const char *input = "x", *output = "a", *other = "b";
    mm_graph_add_node(builder, "net/a", "Relu", &input, 1, &output, 1);
    mm_graph_add_node(builder, "net/b", "Relu", &output, 1, &other, 1);
    assert_int_equal(mm_graph_finish(builder, &graph, "test", NULL), 0);
    stage_init(&stage);
    stage.options.graph = graph;
    put_both(&stage, "1_a.pb", "net/a", "Relu", FLOATS(1, 2), FLOATS(1, 2), 2);
    stage_measure(&stage);
    choose(stage.session, "net/b");
    choose(stage.session, "net/c");
    assert_missing(&stage, 1, "1 operator of the plan is in neither dst nor the model: net/c");
    stage_done(&stage);
    mm_graph_close(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_and_counted),
        cmocka_unit_test(in_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
