#include "export/modelopt.h"
#include "unit/export/exporting.h"

/* What check_to_mixed.py knows, too. */
static const char *const CHOSEN[] = {
    "/ln/Pow",
    "it's \"quoted\" \\ and\nbroken\t\x1b[31m \"\"\" # {}",
    "\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\x80\xe2\x80\xae",
    "a+b*c.d[e]{2}^(g)?|$\\w-\\Z",
    "\"]}; import os; os._exit(3) #",
    "inner",
    "gone\xfe\n",
};

static void set_network(struct mm_plan *plan, const char *network)
{
    mm_plan_begin(plan, "network");
    mm_plan_set_setting(plan, "network_precision", network, NULL);
    mm_plan_commit(plan);
}

static struct mm_plan *hostile_plan(void)
{
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "all");
    for (size_t i = 0; i < MM_COUNT(CHOSEN); i++)
        set(plan, CHOSEN[i], MM_PRECISION_F32);
    mm_plan_commit(plan);
    set_network(plan, "float16");
    return plan;
}

static void patterns(void **state)
{
    static const struct {
        const char *name, *pattern;
    } cases[] = {
        {"/ln/Pow", "^/ln/Pow\\Z"},
        {"a.b", "^a\\.b\\Z"},
        {"\\^$*+?{}[]|()", "^\\\\\\^\\$\\*\\+\\?\\{\\}\\[\\]\\|\\(\\)\\Z"},
        {"a b\n#-", "^a b\n#-\\Z"},
    };
    static const char *const others[] = {"",     "^",       "a",      "^a",      "a$",
                                         "^$",   "^a.b$",   "^a\\d$", "^a\\Zb$", "^(a|b)$",
                                         "^a$$", "^[a]\\Z", "^a\\",   "^a*$",    "^a\\b\\Z"};
    (void)state;
    struct mm_buf out = {0};
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        mm_buf_clear(&out);
        mm_modelopt_put_pattern(cases[i].name, &out);
        assert_string_equal(mm_buf_text(&out), cases[i].pattern);
        assert_true(mm_modelopt_get_name(cases[i].pattern, &out));
        assert_string_equal(mm_buf_text(&out), cases[i].name);
    }
    assert_true(mm_modelopt_get_name("^/ln\\/Pow\\-1$", &out)); /* as people write it, and re.escape */
    assert_string_equal(mm_buf_text(&out), "/ln/Pow-1");
    for (size_t i = 0; i < MM_COUNT(others); i++)
        assert_false(mm_modelopt_get_name(others[i], &out));
    mm_buf_done(&out);
}

/* What stands in the lists, by what the network runs in: R raised, H half, B bfloat16. */
static void lists_by_network(void **state)
{
    static const struct {
        const char *network, *text, *said;
    } cases[] = {
        {NULL, "{\n  \"nodes_to_exclude\": [\n    \"^R\\\\Z\"\n  ]\n}\n",
         "error: 1 operator (\"B\"): with network_precision = (none) Model Optimizer has no BFLOAT16 for "
         "single operators, "
         "so it is left out\n"
         "error: 1 operator (\"H\"): with network_precision = (none) Model Optimizer has no FLOAT16 for "
         "single operators, "
         "so it is left out\n"},
        {"float16",
         "{\n  \"nodes_to_exclude\": [\n    \"^R\\\\Z\"\n  ],\n  \"nodes_to_include\": [\n    \"^H\\\\Z\"\n  "
         "],\n"
         "  \"low_precision_type\": \"fp16\"\n}\n",
         "error: 1 operator (\"B\"): with network_precision = float16 Model Optimizer has no BFLOAT16 for "
         "single "
         "operators, so it is left out\n"},
        {"bfloat16",
         "{\n  \"nodes_to_exclude\": [\n    \"^R\\\\Z\"\n  ],\n  \"nodes_to_include\": [\n    \"^B\\\\Z\"\n  "
         "],\n"
         "  \"low_precision_type\": \"bf16\"\n}\n",
         "error: 1 operator (\"H\"): with network_precision = bfloat16 Model Optimizer has no FLOAT16 for "
         "single "
         "operators, so it is left out\n"},
        {"int8_float32",
         "{\n  \"nodes_to_exclude\": [\n    \"^R\\\\Z\"\n  ],\n  \"quantize_mode\": \"int8\",\n"
         "  \"high_precision_dtype\": \"fp32\"\n}\n",
         "error: 1 operator (\"B\"): with network_precision = int8_float32 Model Optimizer has no BFLOAT16 "
         "for single "
         "operators, so it is left out\n"
         "error: 1 operator (\"H\"): with network_precision = int8_float32 Model Optimizer has no FLOAT16 "
         "for single "
         "operators, so it is left out\n"},
        {"int8_float16",
         "{\n  \"nodes_to_exclude\": [\n    \"^H\\\\Z\"\n  ],\n  \"quantize_mode\": \"int8\",\n"
         "  \"high_precision_dtype\": \"fp16\"\n}\n",
         "error: 1 operator (\"B\"): with network_precision = int8_float16 Model Optimizer has no BFLOAT16 "
         "for single "
         "operators, so it is left out\n"
         "error: 1 operator (\"R\"): with network_precision = int8_float16 what is not quantised is FLOAT16, "
         "so FLOAT32 "
         "is left out: choose int8_float32, or FLOAT16 for it\n"},
    };
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("modelopt", plan);
    choose(plan, "R", MM_PRECISION_F32);
    choose(plan, "H", MM_PRECISION_F16);
    choose(plan, "B", MM_PRECISION_BF16);
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_problems problems = {0};
        struct mm_targets targets;
        struct mm_buf said = {0};
        set_network(plan, cases[i].network);
        char *text = file_of(&export, "to_mixed.json");
        assert_string_equal(text, cases[i].text);
        free(text);
        assert_int_equal(mm_export_targets(&export, &targets, NULL), 0);
        export.targets = &targets;
        export.dialect->check(&export, &problems);
        export.targets = NULL;
        mm_problems_text(&problems, true, &said);
        assert_string_equal(mm_buf_text(&said), cases[i].said);
        mm_buf_done(&said);
        mm_problems_done(&problems);
        mm_targets_done(&targets);
    }
    mm_plan_close(plan);
}

static void runs_against_a_stand_in(void **state)
{
    (void)state;
    char folder[64], check[512], command[1024];
    struct mm_plan *plan = hostile_plan();
    struct mm_export export = export_for("modelopt", plan);
    assert_int_equal(mm_export_write(&export, folder_new(folder), NULL), 0);
    beside(check, sizeof check, "check_to_mixed.py");
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
    struct mm_export export = export_for("modelopt", plan);
    struct mm_buf notes = {0};
    assert_int_equal(mm_export_write(&export, folder_new(folder), NULL), 0);
    char *path = mm_path_join(folder, "to_mixed.json");
    assert_int_equal(mm_plan_import(back, &export, path, &notes, NULL), 0);
    assert_string_equal(mm_buf_text(&notes), "");
    assert_int_equal(mm_plan_count(back), MM_COUNT(CHOSEN));
    for (size_t i = 0; i < MM_COUNT(CHOSEN); i++)
        assert_int_equal(mm_plan_find(back, CHOSEN[i])->precision, MM_PRECISION_F32);
    assert_string_equal(mm_plan_setting(back, "network_precision"), "float16");
    free(path);
    mm_buf_done(&notes);
    mm_folder_remove(folder);
    mm_plan_close(back);
    mm_plan_close(plan);
}

/* Of other hands: "a:FLOAT32 b:FLOAT16 network_precision", and the notes. */
static void other_files(void **state)
{
    static const struct {
        const char *text, *plan, *said;
    } cases[] = {
        {"python -m modelopt.onnx.autocast --onnx_path m.onnx --low_precision_type=bf16 \\\n"
         " --nodes_to_exclude '^a$' '^b\\.c$' '.*norm.*' --nodes_to_include \"^d\\$\" --keep_io_types",
         "a:FLOAT32 b.c:FLOAT32 d:BFLOAT16 bfloat16",
         "--onnx_path is nothing that a plan has: it is left out\n"
         "\".*norm.*\" matches more than one name, and a plan names each: it is left out\n"
         "--keep_io_types is nothing that a plan has: it is left out\n"},
        {"python -m modelopt.onnx.quantization --nodes_to_exclude '^a$'", "a:FLOAT16 int8_float16", ""},
        {"python -m modelopt.onnx.quantization --nodes_to_exclude '^a$' --high_precision_dtype fp32",
         "a:FLOAT32 int8_float32", ""},
        {"--quantize_mode fp8 --nodes_to_exclude '^a$'", "a:FLOAT16",
         "quantize_mode fp8 with high_precision_dtype fp16 is nothing that a plan has: it is left out\n"},
        {"{\"nodes_to_exclude\": [\"^a$\"], \"quantize_mode\": \"int8\", \"op_types_to_exclude\": []}",
         "a:FLOAT16 int8_float16", "\"op_types_to_exclude\" is nothing that a plan has: it is left out\n"},
        {"{\"low_precision_type\": \"fp8\"}", "",
         "low_precision_type fp8 is nothing that a plan has: it is left out\n"},
        {"{\"nodes_to_exclude\": \"a\"}", "", ": nodes_to_exclude: must be a list of patterns"},
        {"{\"nodes_to_include\": [7]}", "", ": nodes_to_include: must be a list of patterns"},
        {"hello", "", ": neither an object nor a command with flags, such as --nodes_to_exclude"},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_plan *plan = plan_new();
        struct mm_export export = export_for("modelopt", plan);
        struct mm_buf notes = {0}, found = {0};
        struct mm_err err = {0};
        char *path = text_file(cases[i].text);
        bool failed = mm_plan_import(plan, &export, path, &notes, &err) < 0;
        assert_string_equal(failed ? err.text + strlen(path) : mm_buf_text(&notes), cases[i].said);
        for (size_t k = 0; k < mm_plan_count(plan); k++)
            mm_buf_printf(&found, "%s%s:%s", k ? " " : "", mm_plan_at(plan, k)->name,
                          mm_override_precision(mm_plan_at(plan, k)));
        const char *network = mm_plan_setting(plan, "network_precision");
        mm_buf_printf(&found, "%s%s", network ? " " : "", network ? network : "");
        assert_string_equal(mm_buf_text(&found), cases[i].plan);
        remove_file(path);
        mm_buf_done(&notes);
        mm_buf_done(&found);
        mm_plan_close(plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns),
        cmocka_unit_test(lists_by_network),
        cmocka_unit_test(runs_against_a_stand_in),
        cmocka_unit_test(is_read_back),
        cmocka_unit_test(other_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
