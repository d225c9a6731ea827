#include "unit/export/hostile.h"

static void the_table(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("esp-ppq", plan);
    choose(plan, "fc", MM_PRECISION_I16);
    choose(plan, "conv", MM_PRECISION_F32);
    char *text = file_of(&export, "dispatching.json");
    assert_string_equal(text, "{\n  \"conv\": \"FP32\",\n  \"fc\": \"INT16\"\n}\n");
    free(text);
    mm_plan_close(plan);
}

static void hostile_names(void **state)
{
    (void)state;
    check_hostile("esp-ppq", "dispatching.json");
}

static void other_files(void **state)
{
    static const struct import_case cases[] = {
        {"{\"a\": \"FP32\", \"b\": \"INT16\"}", "", 2},
        {"{\"a\": \"SOI\", \"b\": 3, \"c\": \"FP32\"}",
         "the platform of \"a\" is neither \"FP32\" nor \"INT16\": it is left out\n"
         "the platform of \"b\" is neither \"FP32\" nor \"INT16\": it is left out\n",
         1},
        {"{}", "", 0},
        {"[]", ": must be an object: operators and their platform", 0},
    };
    (void)state;
    check_imports("esp-ppq", cases, MM_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table),
        cmocka_unit_test(hostile_names),
        cmocka_unit_test(other_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
