#include "unit/export/exporting.h"

/* What check_to_float16.py knows, too. */
static const char *const CHOSEN[] = {
    "/ln/Pow",
    "it's \"quoted\" \\ and\nbroken\t\x1b[31m \"\"\" # {}",
    "\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\x80\xe2\x80\xae",
    "\"]}; import os; os._exit(3) #",
    "inner",
    "gone\xfe\n",
};

static struct mm_plan *hostile_plan(void)
{
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "all");
    for (size_t i = 0; i < MM_COUNT(CHOSEN); i++)
        set(plan, CHOSEN[i], MM_PRECISION_F32);
    set(plan, "brain", MM_PRECISION_BF16); /* can't be said */
    mm_plan_set_setting(plan, "network_precision", "float16", NULL);
    mm_plan_commit(plan);
    return plan;
}

static void the_list(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = export_for("onnxconverter", plan);
    export.graph = graph;
    char *text = file_of(&export, "to_float16.json");
    assert_string_equal(text, "{\n  \"node_block_list\": []\n}\n");
    free(text);
    mm_plan_begin(plan, "all");
    set_on(plan, "main/fc", "y"); /* another runtime's name: the model tells whose tensor it is */
    set_on(plan, "main/conv", "c");
    mm_plan_set_setting(plan, "network_precision", "float16", NULL);
    mm_plan_commit(plan);
    text = file_of(&export, "to_float16.json");
    assert_string_equal(text, "{\n  \"node_block_list\": [\n    \"conv\",\n    \"fc\"\n  ]\n}\n");
    free(text);
    mm_graph_close(graph);
    mm_plan_close(plan);
}

static void problems(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("onnxconverter", plan);
    choose(plan, "a", MM_PRECISION_BF16);
    mm_plan_begin(plan, "network");
    mm_plan_set_setting(plan, "network_precision", "bfloat16", NULL);
    mm_plan_commit(plan);
    assert_limits(
        &export, "1 operator (\"a\"): BFLOAT16 is left out: for single operators, onnxconverter-common takes "
                 "FLOAT32 only\n"
                 "network_precision = bfloat16 is left out: there is nothing for it in the files of "
                 "onnxconverter-common\n");
    mm_plan_close(plan);
}

static void runs_against_a_stand_in(void **state)
{
    (void)state;
    char folder[64], check[512], command[1024];
    struct mm_plan *plan = hostile_plan();
    struct mm_export export = export_for("onnxconverter", plan);
    assert_int_equal(mm_export_write(&export, folder_new(folder), NULL), 0);
    beside(check, sizeof check, "check_to_float16.py");
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
    struct mm_export export = export_for("onnxconverter", plan);
    struct mm_buf notes = {0};
    assert_int_equal(mm_export_write(&export, folder_new(folder), NULL), 0);
    char *path = mm_path_join(folder, "to_float16.json");
    assert_int_equal(mm_plan_import(back, &export, path, &notes, NULL), 0);
    assert_string_equal(mm_buf_text(&notes), "");
    assert_int_equal(mm_plan_count(back), MM_COUNT(CHOSEN));
    for (size_t i = 0; i < MM_COUNT(CHOSEN); i++)
        assert_int_equal(mm_plan_find(back, CHOSEN[i])->precision, MM_PRECISION_F32);
    free(path);
    mm_buf_done(&notes);
    mm_folder_remove(folder);
    mm_plan_close(back);
    mm_plan_close(plan);
}

/* What others write: the list alone, other arguments, none at all. */
static void other_files(void **state)
{
    static const struct {
        const char *text, *said;
        size_t count;
    } cases[] = {
        {"[\"a\", \"b\"]", "", 2},
        {"{\"node_block_list\": [\"a\"], \"keep_io_types\": true}",
         "\"keep_io_types\" is nothing that a plan has: it is left out\n", 1},
        {"{}", "", 0},
        {"{\"node_block_list\": \"a\"}", ": node_block_list: must be a list of names", 0},
        {"{\"node_block_list\": [1]}", ": node_block_list: must be a list of names", 0},
        {"[\"\"]", ": node_block_list: must be a list of names", 0},
        {"7", ": must be an object with the arguments of convert_float_to_float16", 0},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_plan *plan = plan_new();
        struct mm_export export = export_for("onnxconverter", plan);
        struct mm_buf notes = {0};
        struct mm_err err = {0};
        char *path = text_file(cases[i].text);
        bool failed = mm_plan_import(plan, &export, path, &notes, &err) < 0;
        assert_string_equal(failed ? err.text + strlen(path) : mm_buf_text(&notes), cases[i].said);
        assert_int_equal(mm_plan_count(plan), cases[i].count);
        remove_file(path);
        mm_buf_done(&notes);
        mm_plan_close(plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list),
        cmocka_unit_test(problems),
        cmocka_unit_test(runs_against_a_stand_in),
        cmocka_unit_test(is_read_back),
        cmocka_unit_test(other_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
