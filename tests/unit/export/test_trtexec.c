#include "unit/export/exporting.h"

/* What check_trtexec.py knows, too. */
static const struct {
    const char *name;
    enum mm_precision precision;
} CHOSEN[] = {
    {"/ln/Pow", MM_PRECISION_F32},
    {"plain name: with::colons", MM_PRECISION_F16},
    {"it \"is\" \\ quoted\nand `broken` $(exit 3) $HOME ; # & | > x", MM_PRECISION_BF16},
    {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\x80", MM_PRECISION_I8},
    {"raw \xff\xc3(", MM_PRECISION_F32},
    {"a+b=c.d[e]{f}^(g)?|$", MM_PRECISION_F32},
    {"--layerPrecisions", MM_PRECISION_F32},
    /* without a spelling */
    {"a,b", MM_PRECISION_F32},
    {"it's", MM_PRECISION_F32},
    {"/ln/*", MM_PRECISION_F32},
};

static struct mm_plan *hostile_plan(void)
{
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "all");
    for (size_t i = 0; i < MM_COUNT(CHOSEN); i++)
        set(plan, CHOSEN[i].name, CHOSEN[i].precision);
    mm_plan_set_setting(plan, "network_precision", "int8_float16", NULL);
    mm_plan_commit(plan);
    return plan;
}

static void the_command(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("trtexec", plan);
    choose(plan, "/ln/Pow_10", MM_PRECISION_F32);
    choose(plan, "/ln/Pow_9", MM_PRECISION_F32);
    choose(plan, "a b", MM_PRECISION_F16);
    choose(plan, "wide", MM_PRECISION_I16); /* can't be said */
    mm_plan_begin(plan, "all");
    mm_plan_set_setting(plan, "network_precision", "float16", NULL);
    mm_plan_commit(plan);
    char *text = file_of(&export, "trtexec.sh");
    assert_string_equal(strstr(text, "\nexec ") + 1,
                        "exec \"${TRTEXEC:-trtexec}\" \\\n"
                        "    --fp16 \\\n"
                        "    --precisionConstraints=obey \\\n"
                        "    '--layerPrecisions=/ln/Pow_9:fp32,/ln/Pow_10:fp32,a b:fp16' \\\n"
                        "    '--layerOutputTypes=/ln/Pow_9:fp32,/ln/Pow_10:fp32,a b:fp16' \\\n"
                        "    \"$@\"\n");
    free(text);
    mm_plan_close(plan);
}

/* trtexec warns of constraints without lists. */
static void no_flags_without_a_choice(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("trtexec", plan);
    char *text = file_of(&export, "trtexec.sh");
    assert_string_equal(strstr(text, "\nexec ") + 1, "exec \"${TRTEXEC:-trtexec}\" \\\n    \"$@\"\n");
    assert_non_null(strstr(text, "# Precision of 0 layers of a TensorRT 10 engine"));
    free(text);
    mm_plan_close(plan);
}

static void network_flags(void **state)
{
    static const struct {
        const char *network, *flags;
    } cases[] = {{"float32", ""},
                 {"float16", " \\\n    --fp16"},
                 {"bfloat16", " \\\n    --bf16"},
                 {"int8_float16", " \\\n    --int8 \\\n    --fp16"},
                 {"int8_float32", " \\\n    --int8"}};
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("trtexec", plan);
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        char expected[200];
        mm_plan_begin(plan, "network");
        mm_plan_set_setting(plan, "network_precision", cases[i].network, NULL);
        mm_plan_commit(plan);
        char *text = file_of(&export, "trtexec.sh");
        snprintf(expected, sizeof expected, "exec \"${TRTEXEC:-trtexec}\"%s \\\n    \"$@\"\n",
                 cases[i].flags);
        assert_string_equal(strstr(text, "\nexec ") + 1, expected);
        assert_limits(&export, "");
        free(text);
    }
    mm_plan_close(plan);
}

static void problems(void **state)
{
    (void)state;
    struct mm_plan *plan = hostile_plan();
    struct mm_export export = export_for("trtexec", plan);
    struct mm_problems problems = {0};
    struct mm_buf text = {0};
    mm_lint(&export, &problems);
    assert_int_equal(problems.by_severity[MM_SEVERITY_ERROR], 3);
    mm_problems_text(&problems, true, &text);
    assert_string_equal(
        mm_buf_text(&text),
        "error: 1 operator (\"/ln/*\"): trtexec reads * as any text, which other layers fit, too, "
        "so it is left out: export for polygraphy, which takes any name\n"
        "error: 1 operator (\"a,b\"): trtexec splits its lists at commas, so it is left out: export for "
        "polygraphy, which takes any name\n"
        "error: 1 operator (\"it's\"): trtexec takes single quotes out of names, so it is left out: export "
        "for polygraphy, which takes any name\n"
        "warning: 1 operator (\"it \"is\" \\ quoted\\nand `broken` $(exit 3) $HOME ; # & | > x\"): TensorRT "
        "gives BFLOAT16 to a layer only with --bf16, which network_precision does not set: give it to the "
        "script\n"
        "note: without the model (--model) nothing tells whether it has these names: trtexec (TensorRT 10) "
        "goes "
        "by the name of the model's node\n");
    mm_buf_done(&text);
    mm_problems_done(&problems);
    mm_plan_close(plan);
}

/* One argument of a program is at most 128 KiB less one on Linux. */
static void too_long_for_an_argument(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("trtexec", plan);
    char name[1001];
    memset(name, 'x', sizeof name);
    name[1000] = '\0';
    mm_plan_begin(plan, "long names");
    for (int i = 0; i < 130; i++) { /* each 1000 + ":fp32" + comma: "--layerOutputTypes=" is 19 */
        snprintf(name, 5, "%04d", i);
        name[4] = 'x';
        set(plan, name, MM_PRECISION_F32);
    }
    mm_plan_commit(plan);
    assert_limits(
        &export,
        "without the model (--model) nothing tells whether it has these names: trtexec (TensorRT 10) "
        "goes by the name of the model's node\n");
    choose(plan, "y", MM_PRECISION_F32); /* 18 + 130 * 1006 + 7 = 130805 */
    name[300] = '\0';
    snprintf(name, 5, "zzzz");
    name[4] = 'x';
    choose(plan, name, MM_PRECISION_F32); /* + 306 = 131111, more than 131071 */
    assert_limits(
        &export,
        "without the model (--model) nothing tells whether it has these names: trtexec (TensorRT 10) "
        "goes by the name of the model's node\n"
        "--layerPrecisions would have 131110 bytes, and Linux takes 131071 of one argument: "
        "export for polygraphy, whose script has no such limit\n"
        "--layerOutputTypes would have 131111 bytes, and Linux takes 131071 of one argument: "
        "export for polygraphy, whose script has no such limit\n");
    mm_plan_close(plan);
}

static void version_11_has_no_such_flags(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("trtexec", plan);
    export.version = "10.16";
    assert_limits(&export, "");
    export.version = "11";
    assert_limits(&export, "TensorRT 11 builds strongly typed networks only, without precision flags and "
                           "constraints: export for modelopt, which writes the types into the model\n");
    mm_plan_close(plan);
}

static void runs_in_the_shell(void **state)
{
    (void)state;
    char folder[64], check[512], command[1024];
    struct mm_plan *plan = hostile_plan();
    struct mm_export export = export_for("trtexec", plan);
    assert_int_equal(mm_export_write(&export, folder_new(folder), NULL), 0);
    beside(check, sizeof check, "check_trtexec.py");
    snprintf(command, sizeof command, "/usr/bin/python3 -B '%s' %s", check, folder);
    assert_int_equal(system(command), 0);
    mm_folder_remove(folder);
    mm_plan_close(plan);
}

static void is_read_back(void **state)
{
    (void)state;
    char folder[64];
    struct mm_plan *plan = hostile_plan(), *back = plan_new();
    struct mm_export export = export_for("trtexec", plan);
    struct mm_buf notes = {0};
    assert_int_equal(mm_export_write(&export, folder_new(folder), NULL), 0);
    char *path = mm_path_join(folder, "trtexec.sh");
    assert_int_equal(mm_plan_import(back, &export, path, &notes, NULL), 0);
    assert_string_equal(mm_buf_text(&notes), "");
    assert_int_equal(mm_plan_count(back), 7);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(mm_plan_find(back, CHOSEN[i].name)->precision, CHOSEN[i].precision);
    assert_string_equal(mm_plan_setting(back, "network_precision"), "int8_float16");
    free(path);
    mm_buf_done(&notes);
    mm_folder_remove(folder);
    mm_plan_close(back);
    mm_plan_close(plan);
}

/* A command that a person has written, with the model's types, and what a plan does not have. */
static void a_command_is_read(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_buf notes = {0};
    struct mm_export export = export_for("trtexec", plan);
    export.graph = graph;
    char *path = text_file("trtexec --onnx=m.onnx --bf16 --layerPrecisions=\"'conv':bf16,relu:fp32,*:fp16,"
                           "fc:fp8,a\":fp32 \\\n  --layerOutputTypes='relu':fp32,conv:fp32+bf16 # --int8\n");
    assert_int_equal(mm_plan_import(plan, &export, path, &notes, NULL), 0);
    assert_int_equal(mm_plan_count(plan), 3);
    assert_int_equal(mm_plan_find(plan, "conv")->precision, MM_PRECISION_BF16);
    assert_string_equal(mm_plan_find(plan, "conv")->op_type, "Conv");
    assert_string_equal(mm_plan_find(plan, "conv")->tensor, "c");
    assert_int_equal(mm_plan_find(plan, "relu")->precision, MM_PRECISION_F32);
    assert_string_equal(mm_plan_setting(plan, "network_precision"), "bfloat16");
    assert_string_equal(mm_buf_text(&notes),
                        "\"--onnx=m.onnx\" is nothing that a plan has: it is left out\n"
                        "\"*\" is about any number of layers, and a plan names each: it is left out\n"
                        "\"fp8\" is no precision that a plan has: it is left out\n"
                        "\"a\" is not in the model\n"
                        "the output type of \"conv\" alone is nothing that a plan has: it is left out\n");
    remove_file(path);
    mm_buf_done(&notes);
    mm_graph_close(graph);
    mm_plan_close(plan);
}

/* A script that chooses nothing is a script all the same. */
static void an_empty_plan_is_read_back(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("trtexec", plan);
    struct mm_buf notes = {0};
    char *script = file_of(&export, "trtexec.sh");
    char *path = text_file(script);
    assert_int_equal(mm_plan_import(plan, &export, path, &notes, NULL), 0);
    assert_int_equal(mm_plan_count(plan), 0);
    assert_string_equal(mm_buf_text(&notes), "");
    free(script);
    remove_file(path);
    mm_buf_done(&notes);
    mm_plan_close(plan);
}

static void no_command(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("trtexec", plan);
    struct mm_buf notes = {0};
    struct mm_err err = {0};
    char *path = text_file("# --layerPrecisions=a:fp32\nhello 'world");
    assert_int_equal(mm_plan_import(plan, &export, path, &notes, &err), -1);
    assert_int_equal(err.code, MM_ECORRUPT);
    assert_string_equal(err.text + strlen(path), ": has no flags of trtexec, such as --layerPrecisions=");
    remove_file(path);
    mm_buf_done(&notes);
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_command),
        cmocka_unit_test(no_flags_without_a_choice),
        cmocka_unit_test(network_flags),
        cmocka_unit_test(problems),
        cmocka_unit_test(too_long_for_an_argument),
        cmocka_unit_test(version_11_has_no_such_flags),
        cmocka_unit_test(runs_in_the_shell),
        cmocka_unit_test(is_read_back),
        cmocka_unit_test(a_command_is_read),
        cmocka_unit_test(an_empty_plan_is_read_back),
        cmocka_unit_test(no_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
