#include "unit/export/reading.h"

#include <stdio.h>

#define PARAMETERS                                                                                           \
    "quantize_parameters:\n    c:\n        dtype: int8\n        min:\n        -   -0.9999984502792358\n"     \
    "    \"y\":\n        dtype: int8\n"

static struct mm_config config_of(const char *text)
{
    return (struct mm_config){"m.quantization.cfg", text, strlen(text)};
}

static void check_cfg(struct mm_export export, const char *base, const char *expected)
{
    struct mm_config config = config_of(base);
    export.base = &config;
    char *text = file_of(&export, "quantization.cfg");
    assert_string_equal(text, expected);
    free(text);
}

/* The model's tensors, and the rest of the file byte for byte. */
static void writes_the_mapping_only(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = export_for("rknn", plan);
    export.graph = graph;
    check_cfg(export, "custom_quantize_layers: {}\n" PARAMETERS, "custom_quantize_layers: {}\n" PARAMETERS);
    check_cfg(export, "custom_quantize_layers:\n    c: int16\n" PARAMETERS,
              "custom_quantize_layers: {}\n" PARAMETERS);
    mm_plan_begin(plan, "all");
    set(plan, "conv", MM_PRECISION_F16);
    set(plan, "fc", MM_PRECISION_I16);
    set(plan, "relu", MM_PRECISION_I8);
    set(plan, "shape", MM_PRECISION_F32); /* can't be said */
    mm_plan_commit(plan);
#define CHOSEN "custom_quantize_layers:\n    c: float16\n    r: int8\n    \"y\": int16\n"
    check_cfg(export, "custom_quantize_layers: {}\n" PARAMETERS, CHOSEN PARAMETERS);
    check_cfg(export, "# of me\n" PARAMETERS "custom_quantize_layers: {c: int16}",
              "# of me\n" PARAMETERS CHOSEN);
    check_cfg(export, PARAMETERS, PARAMETERS CHOSEN);
    check_cfg(
        export, "a: 1\r\ncustom_quantize_layers: {}\r\nb: 2\r\n",
        "a: 1\r\ncustom_quantize_layers:\r\n    c: float16\r\n    r: int8\r\n    \"y\": int16\r\nb: 2\r\n");
    /* what says the same already stays as it is written */
#define SAME "custom_quantize_layers: {\n  y: 'int16', r: int8, # mine\n  c: float16}\n" PARAMETERS
    check_cfg(export, SAME, SAME);
    mm_graph_close(graph);
    mm_plan_close(plan);
}

static void toolkit_1_has_other_words(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("rknn1", plan);
    mm_plan_begin(plan, "all");
    set(plan, "Conv_/x/Conv_3", MM_PRECISION_F32);
    set(plan, "Add_1", MM_PRECISION_I16);
    set_own(plan, "Mul_2", "rknn1:asymmetric_affine-u8");
    mm_plan_commit(plan);
    struct mm_config base = config_of("customized_quantize_layers: {}\nquantize_parameters:\n"
                                      "    '@Conv_/x/Conv_3:out0':\n        qtype: u8\n"
                                      "    '@add_1:out0':\n        qtype: u8\n"
                                      "    '@Mul_2:weight':\n        qtype: u8\n");
    export.base = &base;
    char *text = file_of(&export, "quantization.cfg");
    char *rest = strstr(text, "quantize_parameters");
    assert_string_equal(rest, strstr(base.text, "quantize_parameters"));
    *rest = 0;
    assert_string_equal(text, "customized_quantize_layers:\n    Add_1: dynamic_fixed_point-i16\n"
                              "    Conv_/x/Conv_3: float32\n    Mul_2: asymmetric_affine-u8\n");
    free(text);
    assert_limits(
        &export,
        "1 operator (\"Add_1\"): \"Add_1\" is not in quantize_parameters of m.quantization.cfg, so the "
        "toolkit refuses the file: it fused the layer or calls it otherwise, perhaps \"add_1\"\n");
    mm_plan_close(plan);
}

static void problems(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = export_for("rknn", plan);
    export.graph = graph;
    assert_limits(&export, "there is no file to change: "
                           "rknn.hybrid_quantization_step1(dataset=\"dataset.txt\") writes "
                           "MODEL.quantization.cfg; give it with --base\n");
    struct mm_config none = config_of(PARAMETERS), broken = config_of("custom_quantize_layers:\n  c\n"),
                     other = config_of("custom_quantize_layers:\n    r: int16\n" PARAMETERS);
    export.base = &none;
    assert_limits(&export, "m.quantization.cfg has no custom_quantize_layers: is it what "
                           "hybrid_quantization_step1 wrote?\n");
    export.base = &broken;
    assert_limits(&export, "m.quantization.cfg: line 2: must be NAME: TYPE\n");
    export.base = &other;
    assert_limits(&export,
                  "1 operator (\"r\"): m.quantization.cfg has int16 for it and the plan has nothing: it is "
                  "taken out (mmtui plan --from rknn keeps it)\n");
    mm_graph_close(graph);
    mm_plan_close(plan);
}

/* Read by PyYAML: every name comes back, or is told. */
static void hostile_names(void **state)
{
    static const char *const names[] = {
        "it's \"quoted\" \\", "a: b # c", "{x, y}",    "- z",
        "line\nend\ttab",     "1.5",      "true",      "\xc3\xa9\xf0\x9f\x92\x80",
        "*a &b !c %d @e `f",  "a,b+c[0]", "? key",     "a:",
        "\x1b[31m",           "<<",       "bytes\xff", "=",
        "/ok_0.b:0"};
    (void)state;
    char folder[64], check[512], command[1200];
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("rknn", plan);
    struct mm_config base = config_of("custom_quantize_layers: {}\n");
    mm_plan_begin(plan, "all");
    for (size_t i = 0; i < MM_COUNT(names); i++) {
        struct mm_override override = make_override(names[i], MM_PRECISION_F16);
        override.tensor = "";
        assert_int_equal(mm_plan_set(plan, &override, NULL), 0);
    }
    mm_plan_commit(plan);
    export.base = &base;
    assert_limits(
        &export,
        "without the model (--model) nothing tells whether it has these names: Rockchip RKNN 2 goes by the "
        "name of the operator's output tensor\n"
        "1 operator (\"bytes\\xff\"): its name is not UTF-8 or longer than 1024 characters, which is more "
        "than a key of YAML can be: it is left out\n");
    assert_int_equal(mm_export_write(&export, folder_new(folder), NULL), 0);
    beside(check, sizeof(check), "check_yaml.py");
    snprintf(command, sizeof(command),
             "/usr/bin/python3 -B '%s' %s/quantization.cfg custom_quantize_layers > %s/read.json", check,
             folder, folder);
    assert_int_equal(system(command), 0);
    char *read = read_text(folder, "read.json");
    assert_string_equal(
        read,
        "{\"\\u001b[31m\": \"float16\", \"*a &b !c %d @e `f\": \"float16\", \"- z\": \"float16\", "
        "\"/ok_0.b:0\": \"float16\", \"1.5\": \"float16\", \"<<\": \"float16\", \"=\": \"float16\", "
        "\"? key\": \"float16\", \"a,b+c[0]\": \"float16\", \"a:\": \"float16\", \"a: b # c\": \"float16\", "
        "\"it's \\\"quoted\\\" \\\\\": \"float16\", \"line\\nend\\ttab\": \"float16\", "
        "\"true\": \"float16\", \"{x, y}\": \"float16\", \"\\u00e9\\ud83d\\udc80\": \"float16\"}\n");
    free(read);
    /* and by mmtui */
    char *path = mm_path_join(folder, "quantization.cfg");
    struct mm_buf notes = {0};
    struct mm_plan *again = plan_new();
    assert_int_equal(mm_plan_import(again, &export, path, &notes, NULL), 0);
    assert_int_equal(mm_plan_count(again), MM_COUNT(names) - 1);
    for (size_t i = 0; i < MM_COUNT(names); i++)
        assert_int_equal(mm_plan_find(again, names[i]) != NULL, strcmp(names[i], "bytes\xff") != 0);
    assert_string_equal(notes.length ? mm_buf_text(&notes) : "", "");
    mm_buf_done(&notes);
    free(path);
    mm_folder_remove(folder);
    mm_plan_close(again);
    mm_plan_close(plan);
}

static void reads_back(void **state)
{
    (void)state;
    struct mm_graph *graph = chain_graph();
    struct mm_export alone = export_for("rknn", NULL), of_graph = alone, older = export_for("rknn1", NULL);
    of_graph.graph = graph;
    check_read(
        &of_graph, "custom_quantize_layers:\n    c: float16\n    'y': int16\n    zz: int8\n" PARAMETERS,
        "conv:F16 fc:I16 zz:I8",
        "\"zz\" is not in the model\n"
        "quantize_parameters is no part of a plan: keep the file, and give it with --base to export\n");
    check_read(&alone, "custom_quantize_layers: {a: w4a16}\n", "",
               "\"a\": Rockchip RKNN 2 has no type \"w4a16\", so it is left out\n");
    check_read(&alone, "quantize_parameters: {}\n", "",
               "has no custom_quantize_layers: is it what hybrid_quantization_step1 wrote?");
    check_read(&alone, "custom_quantize_layers:\n  - a\n", "", "line 2: must be NAME: TYPE");
    check_read(&older,
               "customized_quantize_layers:\n  a: float32\n  b: dynamic_fixed_point-i16\n  c: "
               "asymmetric_affine-u8\n",
               "a:F32 b:I16 c:asymmetric_affine-u8", "");
    mm_graph_close(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_mapping_only),
        cmocka_unit_test(toolkit_1_has_other_words),
        cmocka_unit_test(problems),
        cmocka_unit_test(hostile_names),
        cmocka_unit_test(reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
