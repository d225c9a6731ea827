#include "unit/export/hostile.h"

static void check_file(struct mm_export *export, const char *version, const char *expected)
{
    export->version = version;
    char *text = file_of(export, "overrides.encodings");
    assert_string_equal(text, expected);
    free(text);
}

/* One choice in both forms: results by tensor, weights by their own name, each once. */
static void both_versions(void **state)
{
    static const char one[] =
        "{\n"
        "  \"version\": \"1.0.0\",\n"
        "  \"activation_encodings\": [\n"
        "    {\"name\": \"c\", \"enc_type\": \"PER_TENSOR\", \"dtype\": \"FLOAT\", \"bw\": 16},\n"
        "    {\"name\": \"r\", \"enc_type\": \"PER_TENSOR\", \"dtype\": \"FLOAT\", \"bw\": 32}\n"
        "  ],\n"
        "  \"param_encodings\": [\n"
        "    {\"name\": \"w\", \"enc_type\": \"PER_TENSOR\", \"dtype\": \"FLOAT\", \"bw\": 16}\n"
        "  ]\n"
        "}\n";
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = export_for("qnn", plan);
    export.graph = graph;
    choose(plan, "conv", MM_PRECISION_F16);
    choose(plan, "relu", MM_PRECISION_F32);
    check_file(&export, NULL, one);
    check_file(&export, "1.0.0", one);
    check_file(&export, "0.6.1",
               "{\n"
               "  \"version\": \"0.6.1\",\n"
               "  \"activation_encodings\": {\n"
               "    \"c\": [\n"
               "      {\"bitwidth\": 16, \"dtype\": \"float\"}\n"
               "    ],\n"
               "    \"r\": [\n"
               "      {\"bitwidth\": 32, \"dtype\": \"float\"}\n"
               "    ]\n"
               "  },\n"
               "  \"param_encodings\": {\n"
               "    \"w\": [\n"
               "      {\"bitwidth\": 16, \"dtype\": \"float\"}\n"
               "    ]\n"
               "  }\n"
               "}\n");
    mm_graph_close(graph);
    mm_plan_close(plan);
}

static void problems(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = export_for("qnn", plan);
    export.graph = graph;
    choose(plan, "conv", MM_PRECISION_F16);
    choose(plan, "relu", MM_PRECISION_F16);
    choose(plan, "shape", MM_PRECISION_F32);
    choose(plan, "fc", MM_PRECISION_I16);
    assert_limits(
        &export,
        "1 operator (\"fc\"): INT16 is left out: for single operators, QNN takes FLOAT16 and "
        "FLOAT32 only\n"
        "1 operator (\"shape\"): what reads its result stays in low precision, where the values are "
        "rounded again\n"
        "1 operator (\"shape\"): aimet-onnx refuses floats of 32 bits, and it was not checked whether "
        "qairt-converter takes them: FLOAT16 is the sure choice\n");
    mm_graph_close(graph);
    mm_plan_close(plan);
}

static void other_versions(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("qnn", plan);
    export.version = "0.5";
    assert_limits(&export, "");
    export.version = "3.1";
    assert_limits(&export, "floats are in encodings of version 0.6.1 and 1.0.0, not 3.1: 1.0.0 is written\n");
    export.version = "2.0.0";
    assert_limits(
        &export,
        "encodings of version 2.0.0 have scales alone, and a float is what has no encoding: take the "
        "tensors out of the file that you have; 1.0.0 is written\n");
    mm_plan_close(plan);
}

static void hostile_names(void **state)
{
    (void)state;
    check_hostile("qnn", "overrides.encodings");
}

#define FLOAT "{\"name\": \"a\", \"enc_type\": \"PER_TENSOR\", \"dtype\": \"FLOAT\", \"bw\": 16}"
#define INT                                                                                                  \
    "{\"name\": \"b\", \"enc_type\": \"PER_TENSOR\", \"dtype\": \"INT\", \"bw\": 8, \"scale\": [1.0], "      \
    "\"offset\": [0]}"

static void other_files(void **state)
{
    static const struct import_case cases[] = {
        {"{\"version\": \"1.0.0\", \"activation_encodings\": [" FLOAT ", " INT "], \"param_encodings\": [" INT
         "]}",
         "2 of the encodings are scales, which a plan does not have: they are left out\n", 1},
        {"{\"activation_encodings\": {\"a\": [{\"bitwidth\": 32, \"dtype\": \"float\"}], \"b\": []}, "
         "\"param_encodings\": {}}",
         "1 of the encodings are scales, which a plan does not have: they are left out\n", 1},
        {"{\"encodings\": [{\"name\": \"b\", \"output_dtype\": \"int8\", "
         "\"y_scale\": 1}]}",
         "1 of the encodings are scales, which a plan does not have: they are left out\n", 0},
        {"{\"encodings\": [{\"output_dtype\": \"float16\"}]}", ": an encoding has no name", 0},
        {"{}", ": has neither \"encodings\" nor \"activation_encodings\"", 0},
        {"[]", ": has neither \"encodings\" nor \"activation_encodings\"", 0},
    };
    (void)state;
    check_imports("qnn", cases, MM_COUNT(cases));
}

/* Weights and result of one operator are one override; of the graph only the weights tell. */
static void read_back_with_the_model(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = export_for("qnn", plan);
    struct mm_buf notes = {0};
    char *path = text_file("{\"activation_encodings\": {\"c\": [{\"bitwidth\": 16, \"dtype\": \"float\"}]}, "
                           "\"param_encodings\": {\"w\": [{\"bitwidth\": 16, \"dtype\": \"float\"}], "
                           "\"v\": [{\"bitwidth\": 32, \"dtype\": \"float\"}]}}");
    export.graph = graph;
    assert_int_equal(mm_plan_import(plan, &export, path, &notes, NULL), 0);
    assert_string_equal(mm_buf_text(&notes), "");
    assert_int_equal(mm_plan_count(plan), 2);
    assert_int_equal(mm_plan_find(plan, "conv")->precision, MM_PRECISION_F16);
    assert_int_equal(mm_plan_find(plan, "fc")->precision, MM_PRECISION_F32);
    remove_file(path);
    mm_buf_done(&notes);
    mm_graph_close(graph);
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_versions),  cmocka_unit_test(problems),
        cmocka_unit_test(other_versions), cmocka_unit_test(hostile_names),
        cmocka_unit_test(other_files),    cmocka_unit_test(read_back_with_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
