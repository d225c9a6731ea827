#include "unit/export/exporting.h"

/* What a text becomes as a plan for a dialect; the notes too. */
static struct mm_plan *read_back(const char *dialect, const struct mm_graph *graph, const char *text,
                                 const char *notes)
{
    char folder[64], path[96];
    struct mm_plan *plan = plan_new();
    struct mm_export from = export_for(dialect, plan);
    struct mm_buf said = {0};
    from.graph = graph;
    choose(plan, "before", MM_PRECISION_F16);
    snprintf(path, sizeof path, "%s/config", folder_new(folder));
    assert_int_equal(mm_file_write(path, text, strlen(text), NULL), 0);
    struct mm_err err = {0};
    if (mm_plan_import(plan, &from, path, &said, &err) < 0) {
        assert_non_null(strstr(err.text, notes));
        assert_non_null(mm_plan_find(plan, "before"));
        assert_int_equal(mm_plan_count(plan), 1);
        mm_plan_close(plan);
        plan = NULL;
    } else
        assert_string_equal(mm_buf_text(&said), notes);
    mm_buf_done(&said);
    mm_folder_remove(folder);
    return plan;
}

/* Names as they are in the file; settings by their rows; what a plan does not have is told. One step that undo takes back. */
static void without_a_model(void **state)
{
    (void)state;
    struct mm_plan *plan = read_back(
        "onnxruntime", NULL,
        "{\"nodes_to_exclude\": [\"b\", \"a\\n\"], \"per_channel\": true, \"weight_type\": \"QUInt4\", "
        "\"extra_options\": {\"ActivationSymmetric\": false, \"Else\": 1}}",
        "\"weight_type\" is nothing that a plan has: it is left out\n"
        "\"extra_options.Else\" is nothing that a plan has: it is left out\n");
    struct mm_buf out = {0};
    assert_int_equal(mm_plan_count(plan), 2);
    assert_int_equal(mm_plan_find(plan, "a\n")->precision, MM_PRECISION_F32);
    assert_non_null(mm_plan_find(plan, "b"));
    assert_string_equal(mm_plan_setting(plan, "weight_granularity"), "per_channel");
    assert_string_equal(mm_plan_setting(plan, "activation_symmetry"), "asymmetric");
    assert_null(mm_plan_setting(plan, "network_precision"));
    assert_string_equal(mm_plan_undo(plan), "load config");
    assert_non_null(mm_plan_find(plan, "before"));
    mm_buf_done(&out);
    mm_plan_close(plan);
}

/* The model gives type and tensor; a name that it does not have is kept and told. */
static void with_a_model(void **state)
{
    (void)state;
    struct mm_graph *graph = chain_graph();
    struct mm_plan *plan = read_back("onnxruntime", graph, "{\"nodes_to_exclude\": [\"fc\", \"gone\"]}",
                                     "\"gone\" is not in the model\n");
    const struct mm_override *fc = mm_plan_find(plan, "fc");
    assert_string_equal(fc->op_type, "Gemm");
    assert_string_equal(fc->tensor, "y");
    assert_non_null(mm_plan_find(plan, "gone"));
    mm_graph_close(graph);
    mm_plan_close(plan);
}

static void broken_files(void **state)
{
    (void)state;
    assert_null(read_back("onnxruntime", NULL, "{\"nodes_to_exclude\": [1]}", "must be a list of names"));
    assert_null(read_back("onnxruntime", NULL, "[]", "must be an object"));
    assert_null(read_back("onnxruntime", NULL, "{\"nodes_to_exclude\": [", "config"));
    assert_null(read_back("magicmind", NULL, "[]", "config"));
    assert_null(read_back("magicmind", NULL, "{\"precision_config\": ", "config"));
}

static void magicmind_settings(void **state)
{
    (void)state;
    struct mm_plan *plan =
        read_back("magicmind", NULL,
                  "{\"precision_config\": {\"precision_mode\": \"qint8_mixed_float16\"}, \"archs\": []}",
                  "\"archs\" is nothing that a plan has: it is left out\n");
    assert_string_equal(mm_plan_setting(plan, "network_precision"), "int8_float16");
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_model),
        cmocka_unit_test(with_a_model),
        cmocka_unit_test(broken_files),
        cmocka_unit_test(magicmind_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
