#include "unit/export/exporting.h"

/* What check_constraints.py knows, too. */
static const struct {
    const char *name;
    enum mm_precision precision;
} CHOSEN[] = {
    {"/ln/Pow", MM_PRECISION_F32},
    {"a,b*", MM_PRECISION_F16},
    {"wide", MM_PRECISION_BF16},
    {"narrow", MM_PRECISION_I8},
    {"shape", MM_PRECISION_F32},
    {"it's \"quoted\" \\ and\nbroken\t\x1b[31m \"\"\" # {}", MM_PRECISION_F32},
    {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\x80\xe2\x80\xae", MM_PRECISION_F32},
    {"\"}; import os; os._exit(3) #", MM_PRECISION_F32},
    {"gone\xfe\n", MM_PRECISION_F32},
};

static struct mm_plan *hostile_plan(void)
{
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "all");
    for (size_t i = 0; i < MM_COUNT(CHOSEN); i++)
        set(plan, CHOSEN[i].name, CHOSEN[i].precision);
    set(plan, "sixteen", MM_PRECISION_I16); /* can't be said */
    mm_plan_commit(plan);
    return plan;
}

static void runs_against_a_stand_in(void **state)
{
    (void)state;
    char folder[64], check[512], command[1024];
    struct mm_plan *plan = hostile_plan();
    struct mm_export export = export_for("polygraphy", plan);
    assert_int_equal(mm_export_write(&export, folder_new(folder), NULL), 0);
    beside(check, sizeof check, "check_constraints.py");
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
    struct mm_export export = export_for("polygraphy", plan);
    struct mm_buf notes = {0};
    assert_int_equal(mm_export_write(&export, folder_new(folder), NULL), 0);
    char *path = mm_path_join(folder, "constraints.py");
    assert_int_equal(mm_plan_import(back, &export, path, &notes, NULL), 0);
    assert_string_equal(mm_buf_text(&notes), "");
    assert_int_equal(mm_plan_count(back), MM_COUNT(CHOSEN));
    for (size_t i = 0; i < MM_COUNT(CHOSEN); i++)
        assert_int_equal(mm_plan_find(back, CHOSEN[i].name)->precision, CHOSEN[i].precision);
    free(path);
    mm_buf_done(&notes);
    mm_folder_remove(folder);
    mm_plan_close(back);
    mm_plan_close(plan);
}

static void problems(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_graph *graph = chain_graph();
    struct mm_export export = export_for("polygraphy", plan);
    export.graph = graph;
    export.version = "11.0";
    choose(plan, "raw\xff", MM_PRECISION_F32);
    choose(plan, "sixteen", MM_PRECISION_I16);
    assert_limits(
        &export,
        "TensorRT 11 builds strongly typed networks only, without precision flags and "
        "constraints: export for modelopt, which writes the types into the model\n"
        "1 operator (\"sixteen\"): INT16 is left out: for single operators, Polygraphy (TensorRT 10) "
        "takes INT8, FLOAT16, BFLOAT16 and FLOAT32 only\n"
        "1 operator (\"raw\\xff\"): not in the model, so nothing is done for it\n"
        "1 operator (\"raw\\xff\"): the name is not UTF-8, and Python may not get to see it "
        "as it is\n");
    mm_graph_close(graph);
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_against_a_stand_in),
        cmocka_unit_test(is_read_back),
        cmocka_unit_test(problems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
