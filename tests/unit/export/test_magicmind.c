#include "mmtui/export.h"
#include "unit/plan/helpers.h"
#include "export/magicmind.h"

#include <sys/stat.h>
#include <unistd.h>

static bool is_there(const char *folder, const char *name)
{
    char *path = mm_path_join(folder, name);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

static void check_config(struct mm_plan *plan, const char *expected)
{
    char folder[64];
    assert_int_equal(mm_magicmind_write(plan, NULL, folder_new(folder), NULL), 0);
    char *text = read_text(folder, "build_config.json");
    assert_string_equal(text, expected);
    free(text);
    mm_folder_remove(folder);
}

static void config_holds_chosen_settings_only(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    check_config(plan, "{}\n");
    mm_plan_begin(plan, "1");
    mm_plan_set_setting(plan, "graph_shape_mutable", "true", NULL);
    check_config(plan, "{\n  \"graph_shape_mutable\": true\n}\n");
    mm_plan_set_setting(plan, "opt_config.conv_scale_fold", "false", NULL);
    check_config(plan, "{\n"
                       "  \"opt_config\": {\n"
                       "    \"conv_scale_fold\": false\n"
                       "  },\n"
                       "  \"graph_shape_mutable\": true\n"
                       "}\n");
    mm_plan_set_setting(plan, "precision_config.precision_mode", "qint8_mixed_float16", NULL);
    mm_plan_set_setting(plan, "precision_config.activation_quant_algo", "symmetric", NULL);
    mm_plan_set_setting(plan, "graph_shape_mutable", "", NULL);
    check_config(plan, "{\n"
                       "  \"precision_config\": {\n"
                       "    \"precision_mode\": \"qint8_mixed_float16\",\n"
                       "    \"activation_quant_algo\": \"symmetric\"\n"
                       "  },\n"
                       "  \"opt_config\": {\n"
                       "    \"conv_scale_fold\": false\n"
                       "  }\n"
                       "}\n");
    mm_plan_close(plan);
}

static void writes_the_files_it_announces(void **state)
{
    (void)state;
    char folder[64];
    struct mm_plan *plan = plan_new(), *again = plan_new();
    choose(plan, "main/mm.pow", MM_PRECISION_F32);
    char *inner = mm_path_join(folder_new(folder), "made/if missing");
    assert_int_equal(mm_magicmind_write(plan, &(struct mm_export_options){.cpp = false}, inner, NULL), 0);
    for (const struct mm_export_file *file = mm_magicmind_files; file->name; file++)
        assert_int_equal(is_there(inner, file->name), !file->cpp);
    assert_int_equal(mm_magicmind_write(plan, &(struct mm_export_options){.cpp = true}, inner, NULL), 0);
    for (const struct mm_export_file *file = mm_magicmind_files; file->name; file++)
        assert_true(is_there(inner, file->name));
    char *path = mm_path_join(inner, "overrides.json");
    assert_int_equal(mm_plan_load(again, path, NULL), 0);
    assert_listing(again, "main/mm.pow:F32");
    free(path);
    free(inner);
    mm_folder_remove(folder);
    mm_plan_close(plan);
    mm_plan_close(again);
}

static void a_failed_export_says_where(void **state)
{
    (void)state;
    char folder[64];
    struct mm_err err = {0};
    struct mm_plan *plan = plan_new();
    char *path = mm_path_join(folder_new(folder), "build_config.json");
    assert_int_equal(mkdir(path, 0700), 0); /* a folder where the first file should go */
    assert_int_equal(mm_magicmind_write(plan, NULL, folder, &err), -1);
    assert_non_null(strstr(err.text, "build_config.json"));
    assert_false(is_there(folder, "apply_overrides.py"));
    assert_int_equal(mm_magicmind_write(plan, NULL, "/proc/no/such", &err), -1);
    free(path);
    mm_folder_remove(folder);
    mm_plan_close(plan);
}

static void check_limits(const struct mm_plan *plan, const char *expected)
{
    struct mm_buf out = {0};
    mm_magicmind_limits(plan, &out);
    assert_string_equal(out.length ? mm_buf_text(&out) : "", expected);
    mm_buf_done(&out);
}

static void says_its_limits(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    check_limits(plan, "");
    choose(plan, "main/mm.pow", MM_PRECISION_F32);
    check_limits(plan, "");
    choose(plan, "t", MM_PRECISION_F32); /* its tensor is called "t" too */
    choose(plan, "x\xff", MM_PRECISION_F16);
    choose(plan, "y\xff", MM_PRECISION_F16);
    check_limits(
        plan, "1 override (such as \"t\"): known by the tensor's name; an operator that the runtime calls "
              "otherwise is reported as not found\n"
              "2 overrides (such as \"x\\xff\"): the name is not UTF-8, and Python may not get to see it as "
              "it is\n");
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_holds_chosen_settings_only),
        cmocka_unit_test(writes_the_files_it_announces),
        cmocka_unit_test(a_failed_export_says_where),
        cmocka_unit_test(says_its_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
