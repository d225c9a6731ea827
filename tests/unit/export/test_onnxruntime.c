#include "unit/export/exporting.h"

static void check_options(const struct mm_export *export, const char *expected)
{
    char *text = file_of(export, "quantize.json");
    assert_string_equal(text, expected);
    free(text);
}

static void names_and_settings(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("onnxruntime", plan);
    check_options(&export, "{\n  \"nodes_to_exclude\": []\n}\n");
    choose(plan, "/ln/Pow_10", MM_PRECISION_F32);
    choose(plan, "/ln/Pow_9", MM_PRECISION_F32);
    choose(plan, "/ln/Add", MM_PRECISION_F16); /* can't be said */
    mm_plan_begin(plan, "all");
    mm_plan_set_setting(plan, "activation_symmetry", "symmetric", NULL);
    mm_plan_set_setting(plan, "weight_granularity", "per_tensor", NULL);
    mm_plan_set_setting(plan, "network_precision", "int8_float32", NULL);
    mm_plan_commit(plan);
    check_options(&export, "{\n"
                           "  \"nodes_to_exclude\": [\n"
                           "    \"/ln/Pow_9\",\n"
                           "    \"/ln/Pow_10\"\n"
                           "  ],\n"
                           "  \"activation_type\": \"QInt8\",\n"
                           "  \"weight_type\": \"QInt8\",\n"
                           "  \"per_channel\": false,\n"
                           "  \"extra_options\": {\n"
                           "    \"ActivationSymmetric\": true\n"
                           "  }\n"
                           "}\n");
    mm_plan_close(plan);
}

/* INT16 goes by the tensor: the one it was chosen on if the operator makes it, else the first. */
static void tensors_in_16_bits(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = export_for("onnxruntime", plan);
    mm_plan_begin(plan, "all");
    set(plan, "conv", MM_PRECISION_I16);
    set(plan, "shape", MM_PRECISION_F32);
    struct mm_override override = make_override("main/fc", MM_PRECISION_I16);
    override.tensor = "y";
    assert_int_equal(mm_plan_set(plan, &override, NULL), 0);
    mm_plan_commit(plan);
    check_options(&export, "{\n"
                           "  \"nodes_to_exclude\": [\n"
                           "    \"shape\"\n"
                           "  ],\n"
                           "  \"tensor_quant_overrides\": {\n"
                           "    \"t\": [{\"quant_type\": \"QInt16\"}],\n"
                           "    \"y\": [{\"quant_type\": \"QInt16\"}]\n"
                           "  }\n"
                           "}\n"); /* without the model: what the plan has */
    export.graph = graph;
    check_options(&export, "{\n"
                           "  \"nodes_to_exclude\": [\n"
                           "    \"shape\"\n"
                           "  ],\n"
                           "  \"tensor_quant_overrides\": {\n"
                           "    \"c\": [{\"quant_type\": \"QInt16\"}],\n"
                           "    \"y\": [{\"quant_type\": \"QInt16\"}]\n"
                           "  }\n"
                           "}\n");
    mm_graph_close(graph);
    mm_plan_close(plan);
}

/* The way back, with what a plan does not have. */
static void is_read_back(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = export_for("onnxruntime", plan);
    struct mm_buf notes = {0};
    export.graph = graph;
    char *path =
        text_file("{\"nodes_to_exclude\": [\"relu\"], \"per_channel\": true, \"reduce_range\": true,\n"
                  "\"tensor_quant_overrides\": {\"c\": [{\"quant_type\": \"QInt16\"}],\n"
                  "\"y\": [{\"quant_type\": \"QUInt16\"}], \"s\": [{\"quant_type\": \"QInt4\"}],\n"
                  "\"r\": [{\"quant_type\": \"QInt16\", \"symmetric\": true}], \"x\": 3},\n"
                  "\"extra_options\": {\"ActivationSymmetric\": true, \"WeightSymmetric\": true}}");
    assert_int_equal(mm_plan_import(plan, &export, path, &notes, NULL), 0);
    assert_int_equal(mm_plan_count(plan), 3);
    assert_int_equal(mm_plan_find(plan, "conv")->precision, MM_PRECISION_I16);
    assert_string_equal(mm_plan_find(plan, "conv")->tensor, "c");
    assert_int_equal(mm_plan_find(plan, "fc")->precision, MM_PRECISION_I16);
    assert_int_equal(mm_plan_find(plan, "relu")->precision, MM_PRECISION_F32);
    assert_string_equal(mm_plan_setting(plan, "weight_granularity"), "per_channel");
    assert_string_equal(mm_plan_setting(plan, "activation_symmetry"), "symmetric");
    assert_string_equal(
        mm_buf_text(&notes),
        "what tensor_quant_overrides has of \"s\" is nothing that a plan has: it is left out\n"
        "what tensor_quant_overrides has of \"r\" is nothing that a plan has: it is left out\n"
        "what tensor_quant_overrides has of \"x\" is nothing that a plan has: it is left out\n"
        "\"reduce_range\" is nothing that a plan has: it is left out\n"
        "\"extra_options.WeightSymmetric\" is nothing that a plan has: it is left out\n");
    remove_file(path);
    mm_buf_done(&notes);
    mm_graph_close(graph);
    mm_plan_close(plan);
}

static struct mm_graph *make_graph(void)
{
    struct mm_graph *graph = NULL;
    struct mm_graph_builder *b = mm_graph_new();
    mm_graph_add_tensor(b, "x", MM_GRAPH_INPUT, MM_F32, NULL);
    mm_graph_add_node(b, "/split", "Split", (const char *const[]){"x"}, 1, (const char *const[]){"l", "r"},
                      2);
    mm_graph_add_node(b, "", "Relu", (const char *const[]){"l"}, 1, (const char *const[]){"s"}, 1);
    mm_graph_add_node(b, "/add", "Add", (const char *const[]){"s", "r"}, 2, (const char *const[]){"z"}, 1);
    assert_int_equal(mm_graph_finish(b, &graph, "graph", NULL), 0);
    return graph;
}

/* Another runtime's dump: the model tells which node made the tensor; one node has one name in the list. */
static void names_of_the_model(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = make_graph();
    struct mm_export export = export_for("onnxruntime", plan);
    mm_plan_begin(plan, "all");
    set_on(plan, "main/left", "l");
    set_on(plan, "main/right", "r");
    set_on(plan, "main/add", "z");
    set_on(plan, "main/relu", "s");
    set_on(plan, "main/fused", "t");
    mm_plan_commit(plan);
    assert_limits(
        &export,
        "without the model (--model) nothing tells whether it has these names: ONNX Runtime goes by the "
        "name of the model's node\n");
    export.graph = graph;
    check_options(&export, "{\n"
                           "  \"nodes_to_exclude\": [\n"
                           "    \"/add\",\n"
                           "    \"/split\",\n"
                           "    \"main/fused\"\n"
                           "  ]\n"
                           "}\n");
    assert_limits(
        &export,
        "1 operator (\"main/fused\"): not in the model, so nothing is done for it\n"
        "1 operator (\"main/relu\"): it has no name in the model, and ONNX Runtime goes by names, so it is "
        "left out\n"
        "1 operator (\"s\"): it stays as it is, but all around it is raised: two casts for one operator\n");
    mm_graph_close(graph);
    mm_plan_close(plan);
}

/* What check_quantize.py knows, too. */
static void runs_against_a_stand_in(void **state)
{
    static const char *const names[] = {
        "/ln/Pow",
        "it's \"quoted\" \\ and\nbroken\t\x1b[31m \"\"\" # {}",
        "\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\x80\xe2\x80\xae",
        "\"]}; import os; os._exit(3) #",
        "inner",
        "gone\xfe\n",
    };
    (void)state;
    char folder[64], check[512], command[1024];
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("onnxruntime", plan);
    mm_plan_begin(plan, "all");
    for (size_t i = 0; i < MM_COUNT(names); i++)
        set(plan, names[i], MM_PRECISION_F32);
    set(plan, "half", MM_PRECISION_F16);
    struct mm_override wide = make_override("w1", MM_PRECISION_I16);
    wide.tensor = "y'\"1";
    assert_int_equal(mm_plan_set(plan, &wide, NULL), 0);
    wide.name = "w2";
    wide.tensor = "no such";
    assert_int_equal(mm_plan_set(plan, &wide, NULL), 0);
    mm_plan_set_setting(plan, "weight_granularity", "per_channel", NULL);
    mm_plan_set_setting(plan, "activation_symmetry", "asymmetric", NULL);
    mm_plan_set_setting(plan, "calibration_statistics", "percentile_99.99", NULL);
    mm_plan_commit(plan);
    assert_int_equal(mm_export_write(&export, folder_new(folder), NULL), 0);
    beside(check, sizeof(check), "check_quantize.py");
    snprintf(command, sizeof(command), "/usr/bin/python3 -B '%s' %s", check, folder);
    assert_int_equal(system(command), 0);
    mm_folder_remove(folder);
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_settings),
        cmocka_unit_test(tensors_in_16_bits),
        cmocka_unit_test(is_read_back),
        cmocka_unit_test(names_of_the_model),
        cmocka_unit_test(runs_against_a_stand_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
