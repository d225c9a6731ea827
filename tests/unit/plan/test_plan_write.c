#include "mmtui/plan.h"
#include "unit/plan/helpers.h"

static char *saved_text(const struct mm_plan *plan)
{
    char folder[64];
    char *path = mm_path_join(folder_new(folder), "overrides.json");
    assert_int_equal(mm_plan_save(plan, path, NULL), 0);
    char *text = read_text(folder, "overrides.json");
    mm_folder_remove(folder);
    free(path);
    return text;
}

static void empty_plan(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    char *text = saved_text(plan);
    assert_string_equal(text, "{\n"
                              "  \"format\": \"mmtui-plan\",\n"
                              "  \"schema_version\": 2,\n"
                              "  \"mmtui_version\": \"" MM_VERSION "\",\n"
                              "  \"settings\": {},\n"
                              "  \"overrides\": []\n"
                              "}\n");
    free(text);
    mm_plan_close(plan);
}

static void full_plan(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "all");
    struct mm_override pow = {"main/mm.pow_3",
                              "mm.pow",
                              "ln.Pow_14",
                              MM_PRECISION_F32,
                              "overflow: |x| up to \"1e5\"",
                              {NAN, INFINITY, -INFINITY, 0.1},
                              NULL};
    assert_int_equal(mm_plan_set(plan, &pow, NULL), 0);
    struct mm_override first = {"a\n\xff", NULL, NULL, MM_PRECISION_BF16, NULL, {0, 4, 2.5e-7, 1}, NULL};
    assert_int_equal(mm_plan_set(plan, &first, NULL), 0);
    mm_plan_set_setting(plan, "dynamic_shapes", "false", NULL);
    mm_plan_set_setting(plan, "network_precision", "float16", NULL);
    mm_plan_commit(plan);
    char *text = saved_text(plan);
    assert_string_equal(text, "{\n"
                              "  \"format\": \"mmtui-plan\",\n"
                              "  \"schema_version\": 2,\n"
                              "  \"mmtui_version\": \"" MM_VERSION "\",\n"
                              "  \"settings\": {\n"
                              "    \"network_precision\": \"float16\",\n"
                              "    \"dynamic_shapes\": false\n"
                              "  },\n"
                              "  \"overrides\": [\n"
                              "    {\n"
                              "      \"name\": \"a\\n\\udcff\",\n"
                              "      \"op_type\": \"\",\n"
                              "      \"tensor\": \"\",\n"
                              "      \"precision\": \"BFLOAT16\",\n"
                              "      \"why\": \"\",\n"
                              "      \"figures\": {\"diff1\": 0.0, \"diff2\": 4.0, \"max_abs\": 2.5e-07, "
                              "\"cosine\": 1.0}\n"
                              "    },\n"
                              "    {\n"
                              "      \"name\": \"main/mm.pow_3\",\n"
                              "      \"op_type\": \"mm.pow\",\n"
                              "      \"tensor\": \"ln.Pow_14\",\n"
                              "      \"precision\": \"FLOAT32\",\n"
                              "      \"why\": \"overflow: |x| up to \\\"1e5\\\"\",\n"
                              "      \"figures\": {\"diff1\": \"NaN\", \"diff2\": \"Infinity\", \"max_abs\": "
                              "\"-Infinity\", \"cosine\": 0.1}\n"
                              "    }\n"
                              "  ]\n"
                              "}\n");
    free(text);
    mm_plan_close(plan);
}

static void types_of_one_runtime(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "own");
    set_own(plan, "blk.0.ffn_down", "gguf:\"q\\0");
    mm_plan_commit(plan);
    char *text = saved_text(plan);
    assert_non_null(strstr(text, "      \"precision\": \"gguf:\\\"q\\\\0\",\n"));
    free(text);
    mm_plan_close(plan);
}

static void errors_name_the_file(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_err err = {0};
    assert_int_equal(mm_plan_save(plan, "/nonexistent-folder/x.json", &err), -1);
    assert_non_null(strstr(err.text, "/nonexistent-folder/x.json"));
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_plan),
        cmocka_unit_test(full_plan),
        cmocka_unit_test(types_of_one_runtime),
        cmocka_unit_test(errors_name_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
