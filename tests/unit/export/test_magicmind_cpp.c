#include "unit/export/exporting.h"
#include "export/magicmind.h"

static void lists_names_and_guards_types(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("magicmind", plan);
    mm_plan_begin(plan, "all");
    struct mm_override override = make_override("a\"\\\n?\?/\xff"
                                                "1",
                                                MM_PRECISION_F16);
    override.why = "ends in a backslash \\";
    assert_int_equal(mm_plan_set(plan, &override, NULL), 0);
    override = make_override("main/mm.pow", MM_PRECISION_F32);
    override.why = "";
    assert_int_equal(mm_plan_set(plan, &override, NULL), 0);
    set(plan, "main/mm.bfloat16", MM_PRECISION_BF16); /* can't be said */
    mm_plan_commit(plan);
    char *text = made(&export, mm_magicmind_cpp);
    assert_non_null(strstr(text, "Precision of 2 operators"));
    assert_non_null(strstr(text, "\n    {\"a\\\"\\\\\\n\\?\\?/\\3771\", OVERRIDE_FLOAT16}, "
                                 "// \"ends in a backslash \\\\\"\n"
                                 "    {\"main/mm.pow\", OVERRIDE_FLOAT32},\n};\n"));
    assert_non_null(strstr(text, "FindNodeByName(chosen.name)"));
    assert_non_null(
        strstr(text, "if (access.InputIsFloat(node, i))\n                node->SetPrecision(i, type);"));
    assert_non_null(
        strstr(text, "if (access.OutputIsFloat(node, i))\n                node->SetOutputType(i, type);"));
    for (const char *p = text; *p; p++)
        assert_true(*p == '\n' || (*p >= 0x20 && *p < 0x7F));
    free(text);
    mm_plan_close(plan);
}

static void an_empty_plan_is_a_source_file_too(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("magicmind", plan);
    char *text = made(&export, mm_magicmind_cpp);
    assert_non_null(strstr(text, "kOverrides = {\n};\n"));
    assert_non_null(strstr(text, "Precision of 0 operators"));
    free(text);
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_names_and_guards_types),
        cmocka_unit_test(an_empty_plan_is_a_source_file_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
