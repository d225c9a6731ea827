#include "unit/export/exporting.h"

/* What check_apply_overrides.py knows, too. */
static const struct {
    const char *name;
    enum mm_precision precision;
} CHOSEN[] = {
    {"main/mm.conv2d", MM_PRECISION_F16},
    {"main/mm.pow", MM_PRECISION_F32},
    {"main/mm.cast", MM_PRECISION_F32},
    {"it's \"quoted\" \\ and\nbroken\t\x1b[31m \"\"\" # {}", MM_PRECISION_F32},
    {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\x80\xe2\x80\xae", MM_PRECISION_F32},
    {"raw \xff\xc3\x28", MM_PRECISION_F32},
    {"\"}; import os; os._exit(3) #", MM_PRECISION_F32},
    {"gone\xfe\n", MM_PRECISION_F16},
};

static void export_to(const char *folder)
{
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "all");
    for (size_t i = 0; i < MM_COUNT(CHOSEN); i++) {
        struct mm_override override = make_override(CHOSEN[i].name, CHOSEN[i].precision);
        override.why = "\"\"\"\nimport os; os._exit(4)\\";
        assert_int_equal(mm_plan_set(plan, &override, NULL), 0);
    }
    set(plan, "main/mm.bfloat16", MM_PRECISION_BF16); /* can't be said: must not be in the file */
    set(plan, "main/mm.int8", MM_PRECISION_I8);
    set_own(plan, "main/mm.own", "gguf:q8_0");
    mm_plan_commit(plan);
    struct mm_export export = export_for("magicmind", plan);
    assert_int_equal(mm_export_write(&export, folder, NULL), 0);
    mm_plan_close(plan);
}

static void runs_against_a_stand_in(void **state)
{
    (void)state;
    char folder[64], check[512], command[1024];
    export_to(folder_new(folder));
    beside(check, sizeof(check), "check_apply_overrides.py");
    snprintf(command, sizeof(command), "/usr/bin/python3 -B '%s' %s", check, folder);
    assert_int_equal(system(command), 0);
    mm_folder_remove(folder);
}

static void is_read_back(void **state)
{
    (void)state;
    char folder[64];
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("magicmind", plan);
    struct mm_buf notes = {0};
    export_to(folder_new(folder));
    char *path = mm_path_join(folder, "apply_overrides.py");
    assert_int_equal(mm_plan_import(plan, &export, path, &notes, NULL), 0);
    assert_string_equal(mm_buf_text(&notes), "");
    assert_int_equal(mm_plan_count(plan), MM_COUNT(CHOSEN));
    for (size_t i = 0; i < MM_COUNT(CHOSEN); i++)
        assert_int_equal(mm_plan_find(plan, CHOSEN[i].name)->precision, CHOSEN[i].precision);
    free(path);
    mm_buf_done(&notes);
    mm_folder_remove(folder);
    mm_plan_close(plan);
}

static void is_plain_ascii(void **state)
{
    (void)state;
    char folder[64];
    export_to(folder_new(folder));
    char *text = read_text(folder, "apply_overrides.py");
    for (const char *p = text; *p; p++)
        assert_true(*p == '\n' || (*p >= 0x20 && *p < 0x7F));
    assert_non_null(strstr(text, "\n    \"main/mm.conv2d\": \"FLOAT16\",  # \"\\\"\\\"\\\"\\nimport os"));
    assert_non_null(strstr(text, "Precision of 8 operators of a MagicMind network"));
    assert_null(strstr(text, "BFLOAT16"));
    assert_null(strstr(text, "INT8\""));
    assert_non_null(strstr(text, "after the network has been parsed, before it is calibrated and built"));
    free(text);
    mm_folder_remove(folder);
}

static void an_empty_plan_is_a_module_too(void **state)
{
    (void)state;
    char folder[64], command[256];
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("magicmind", plan);
    assert_int_equal(mm_export_write(&export, folder_new(folder), NULL), 0);
    snprintf(command, sizeof(command),
             "cd %s && /usr/bin/python3 -B -c 'import apply_overrides as a; assert a.OVERRIDES == {}'",
             folder);
    assert_int_equal(system(command), 0);
    mm_folder_remove(folder);
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_against_a_stand_in),
        cmocka_unit_test(is_read_back),
        cmocka_unit_test(is_plain_ascii),
        cmocka_unit_test(an_empty_plan_is_a_module_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
