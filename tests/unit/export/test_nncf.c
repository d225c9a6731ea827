#include "unit/export/hostile.h"

static void check_scope(const struct mm_export *export, const char *expected)
{
    char *text = file_of(export, "ignored_scope.json");
    assert_string_equal(text, expected);
    free(text);
}

/* x -> Conv "conv" (w, b) -> c -> ConvTranspose "up" (w, b) -> u -> LayerNormalization "ln" -> l -> Gemm "fc" -> y */
static struct mm_graph *split_graph(void)
{
    static const struct {
        const char *name, *type, *in, *out;
        size_t inputs;
    } nodes[] = {{"conv", "Conv", "x", "c", 3},
                 {"plain", "Conv", "c", "p", 2},
                 {"bn", "BatchNormalization", "p", "n", 3},
                 {"up", "ConvTranspose", "n", "u", 3},
                 {"ln", "LayerNormalization", "u", "l", 3},
                 {"fc", "Gemm", "l", "y", 2}};
    struct mm_graph *graph = NULL;
    struct mm_graph_builder *b = mm_graph_new();
    mm_graph_add_tensor(b, "x", MM_GRAPH_INPUT, MM_F32, NULL);
    mm_graph_add_tensor(b, "w", MM_GRAPH_CONSTANT, MM_F32, NULL);
    mm_graph_add_tensor(b, "b", MM_GRAPH_CONSTANT, MM_F32, NULL);
    mm_graph_add_tensor(b, "y", MM_GRAPH_OUTPUT, MM_F32, NULL);
    for (size_t i = 0; i < MM_COUNT(nodes); i++)
        mm_graph_add_node(b, nodes[i].name, nodes[i].type, (const char *const[]){nodes[i].in, "w", "b"},
                          nodes[i].inputs, &nodes[i].out, 1);
    assert_int_equal(mm_graph_finish(b, &graph, "graph", NULL), 0);
    return graph;
}

/* As openvino 2026.4.1 names what it reads: tests/peers/export_nncf.py. */
static void names_of_openvino(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = split_graph();
    struct mm_export export = export_for("nncf", plan);
    check_scope(&export, "{\n  \"names\": [],\n  \"validate\": true\n}\n");
    choose(plan, "conv", MM_PRECISION_F32);
    choose(plan, "fc", MM_PRECISION_F32);
    choose(plan, "plain", MM_PRECISION_F32);
    choose(plan, "up", MM_PRECISION_F32);
    choose(plan, "ln", MM_PRECISION_F32);
    choose(plan, "bn", MM_PRECISION_F32);
    export.graph = graph;
    check_scope(&export, "{\n"
                         "  \"names\": [\n"
                         "    \"bn\",\n"
                         "    \"conv\",\n"
                         "    \"conv/WithoutBiases\",\n"
                         "    \"y\",\n"
                         "    \"fc/WithoutBiases\",\n"
                         "    \"ln\",\n"
                         "    \"plain\",\n"
                         "    \"up\"\n"
                         "  ],\n"
                         "  \"validate\": true\n"
                         "}\n");
    assert_limits(&export,
                  "1 operator (\"ln\"): OpenVINO splits LayerNormalization and numbers what computes, which "
                  "ignored_scope.json can't name: use ignored_scope.py, which finds it\n"
                  "1 operator (\"up\"): OpenVINO splits ConvTranspose and numbers what computes, which "
                  "ignored_scope.json can't name: use ignored_scope.py, which finds it\n");
    char *script = file_of(&export, "ignored_scope.py");
    assert_non_null(strstr(script, "    (\"plain\", \"Conv\", \"p\", \"bn\"),\n"));
    assert_non_null(strstr(script, "    (\"conv\", \"Conv\", \"c\", \"\"),\n"));
    free(script);
    mm_graph_close(graph);
    mm_plan_close(plan);
}

/* The two names of a split operator are one operator of the plan. */
static void read_back_with_the_model(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = split_graph();
    struct mm_export export = export_for("nncf", plan);
    struct mm_buf notes = {0};
    char *path =
        text_file("{\"names\": [\"conv\", \"conv/WithoutBiases\", \"y\", \"fc/WithoutBiases\", \"no\"]}");
    export.graph = graph;
    assert_int_equal(mm_plan_import(plan, &export, path, &notes, NULL), 0);
    assert_string_equal(mm_buf_text(&notes), "\"no\" is not in the model\n");
    assert_int_equal(mm_plan_count(plan), 3);
    assert_string_equal(mm_plan_find(plan, "fc")->op_type, "Gemm");
    assert_string_equal(mm_plan_find(plan, "conv")->tensor, "c");
    remove_file(path);
    mm_buf_done(&notes);
    mm_graph_close(graph);
    mm_plan_close(plan);
}

static void hostile_names(void **state)
{
    (void)state;
    check_hostile("nncf", "ignored_scope.json");
}

static void other_files(void **state)
{
    static const struct import_case cases[] = {
        {"[\"a\", \"b\"]", "", 2},
        {"{\"ignored_scopes\": [\"a\", \"{re}b.*\"]}",
         "the pattern \"b.*\" is nothing that a plan has: it is left out\n", 1},
        {"{\"names\": [\"a\"], \"types\": [\"Add\"], \"validate\": false}",
         "\"types\" is nothing that a plan has: it is left out\n", 1},
        {"{}", ": must be an object with \"names\": arguments of nncf.IgnoredScope", 0},
        {"{\"names\": \"a\"}", ": must be an object with \"names\": arguments of nncf.IgnoredScope", 0},
        {"{\"names\": [1]}", ": must be a list of names", 0},
        {"[\"\"]", ": must be a list of names", 0},
        {"7", ": must be an object with \"names\": arguments of nncf.IgnoredScope", 0},
    };
    (void)state;
    check_imports("nncf", cases, MM_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_openvino),
        cmocka_unit_test(read_back_with_the_model),
        cmocka_unit_test(hostile_names),
        cmocka_unit_test(other_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
