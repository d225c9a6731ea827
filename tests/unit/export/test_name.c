#include "unit/export/exporting.h"

/*
 *     x ─┬─► Conv "conv" (w, b) ─► "y/1" ─► Split "" ─► "left", "right" ─► Add "sum" ─► "z"
 *        └─► Relu "alone" ─► "r"
 */
static struct mm_graph *make_graph(void)
{
    struct mm_graph *graph = NULL;
    struct mm_graph_builder *b = mm_graph_new();
    mm_graph_add_tensor(b, "x", MM_GRAPH_INPUT, MM_F32, NULL);
    mm_graph_add_tensor(b, "w", MM_GRAPH_CONSTANT, MM_F32, NULL);
    mm_graph_add_tensor(b, "b", MM_GRAPH_CONSTANT, MM_F32, NULL);
    mm_graph_add_node(b, "conv", "Conv", (const char *const[]){"x", "w", "b"}, 3,
                      (const char *const[]){"y/1"}, 1);
    mm_graph_add_node(b, "", "Split", (const char *const[]){"y/1"}, 1, (const char *const[]){"left", "right"},
                      2);
    mm_graph_add_node(b, "sum", "Add", (const char *const[]){"left", "right"}, 2, (const char *const[]){"z"},
                      1);
    mm_graph_add_node(b, "alone", "Relu", (const char *const[]){"x"}, 1, (const char *const[]){"r"}, 1);
    assert_int_equal(mm_graph_finish(b, &graph, "graph", NULL), 0);
    return graph;
}

struct name_case {
    const char *name, *tensor;
    const char *is[4]; /* of the four kinds; NULL: it has none */
    bool sure;         /* the graph has it */
};

static void check(const struct name_case *c, const struct mm_graph *graph)
{
    struct mm_override override = {.name = c->name, .tensor = c->tensor, .op_type = "", .why = "", .own = ""};
    for (int kind = MM_NAME_LAYER; kind <= MM_NAME_WEIGHT; kind++) {
        struct mm_export export = {.dialect = made_up((enum mm_name_kind)kind), .graph = graph};
        bool sure = !c->sure;
        const char *is = mm_export_name(&export, &override, &sure);
        if (!c->is[kind])
            assert_null(is);
        else
            assert_string_equal(is, c->is[kind]);
        assert_int_equal(sure, c->sure && kind != MM_NAME_LAYER);
        assert_ptr_equal(mm_export_name(&export, &override, NULL), is);
    }
}

static void with_a_graph(void **state)
{
    static const struct name_case cases[] = {
        {"conv", "y/1", {"conv", "conv", "y/1", "w"}, true},
        {"main/mm.conv2d", "y_1", {"main/mm.conv2d", "conv", "y/1", "w"}, true}, /* by a dump's file name */
        {"main/split", "right", {"main/split", NULL, "right", NULL}, true},
        {"z", "", {"z", "sum", "z", NULL}, true},                /* known by its tensor alone */
        {"sum", "y/1", {"sum", "sum", "z", NULL}, true},         /* the node's own name goes first */
        {"other", "x", {"other", "other", "x", "other"}, false}, /* an input: no node makes it */
        {"main/fused", "fused", {"main/fused", "main/fused", "fused", "main/fused"}, false},
        {"alone", "r", {"alone", "alone", "r", NULL}, true},
    };
    (void)state;
    struct mm_graph *graph = make_graph();
    for (size_t i = 0; i < MM_COUNT(cases); i++)
        check(&cases[i], graph);
    mm_graph_close(graph);
}

static void without_a_graph(void **state)
{
    static const struct name_case cases[] = {
        {"conv", "y/1", {"conv", "conv", "y/1", "conv"}, false},
        {"conv", "", {"conv", "conv", "conv", "conv"}, false},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++)
        check(&cases[i], NULL);
}

/* By bytes, in whatever order they stand; what looks alike is another name. */
static void targets_are_found(void **state)
{
    (void)state;
    static const char *const names[] = {"a10", "a9", "a09", "A9", "b", "", "a"};
    struct mm_plan *plan = plan_new();
    struct mm_targets targets, none = {0};
    struct mm_export export = export_for("magicmind", plan);
    mm_plan_begin(plan, "all");
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        if (*names[i])
            set(plan, names[i], MM_PRECISION_F32);
    }
    mm_plan_commit(plan);
    assert_int_equal(mm_export_targets(&export, &targets, NULL), 0);
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        const struct mm_target *target = mm_targets_find(&targets, names[i]);
        assert_true(*names[i] ? target && strcmp(target->name, names[i]) == 0 : !target);
    }
    assert_null(mm_targets_find(&targets, "a009"));
    assert_null(mm_targets_find(&none, "a9"));
    mm_targets_done(&targets);
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_a_graph),
        cmocka_unit_test(without_a_graph),
        cmocka_unit_test(targets_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
