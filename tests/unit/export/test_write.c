#include "unit/export/exporting.h"
#include "export/export.h"

#include <sys/stat.h>
#include <unistd.h>

static bool is_there(const char *folder, const char *name)
{
    char *path = mm_path_join(folder, name);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

/* ---- the overrides that a runtime takes ---- */

static void walks_what_is_taken(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("magicmind", plan);
    size_t at = 0;
    assert_null(mm_export_next(&export, &at));
    choose(plan, "a", MM_PRECISION_BF16);
    choose(plan, "b", MM_PRECISION_F16);
    choose(plan, "c", MM_PRECISION_I8);
    choose(plan, "d", MM_PRECISION_F32);
    choose(plan, "e", MM_PRECISION_I16);
    assert_string_equal(mm_export_next(&export, &at)->name, "b");
    assert_string_equal(mm_export_next(&export, &at)->name, "d");
    assert_null(mm_export_next(&export, &at));
    assert_null(mm_export_next(&export, &at));
    assert_int_equal(mm_export_count(&export), 2);
    mm_plan_close(plan);
}

/* ---- settings ---- */

static void check_settings(const struct mm_plan *plan, const char *expected)
{
    struct mm_export export = {.dialect = made_up(MM_NAME_LAYER), .plan = plan};
    struct mm_buf out = {0};
    struct mm_json json;
    mm_json_init(&json, &out, MM_EXPORT_JSON);
    mm_json_open_object(&json, NULL);
    mm_export_settings(&export, &json);
    mm_json_close_object(&json);
    assert_string_equal(mm_buf_text(&out), expected);
    mm_buf_done(&out);
}

static void settings_are_members(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    check_settings(plan, "{}");
    mm_plan_begin(plan, "all");
    mm_plan_set_setting(plan, "weight_granularity", "per_channel", NULL); /* has no row */
    check_settings(plan, "{}");
    mm_plan_set_setting(plan, "scale_folding", "true", NULL);
    check_settings(plan, "{\n  \"graph\": {\n    \"fold\": [2]\n  }\n}");
    mm_plan_set_setting(plan, "weight_granularity", "per_tensor", NULL);
    mm_plan_set_setting(plan, "fusion", "true", NULL);
    mm_plan_set_setting(plan, "int64_to_int32", "true", NULL);
    check_settings(
        plan,
        "{\n  \"w\": 1,\n  \"graph\": {\n    \"fuse\": \"yes\",\n    \"fold\": [2]\n  },\n  \"z\": null\n}");
    mm_plan_close(plan);
}

/* ---- files ---- */

static void check_files(const struct mm_dialect *dialect)
{
    char folder[64];
    struct mm_plan *plan = plan_new(), *again = plan_new();
    struct mm_config base = {"base", "", 0};
    struct mm_export export = {.dialect = dialect, .plan = plan, .base = dialect->base ? &base : NULL};
    choose(plan, "main/mm.pow", MM_PRECISION_F32);
    choose(plan, "main/mm.add", MM_PRECISION_BF16);
    char *inner = mm_path_join(folder_new(folder), "made/if missing");
    assert_int_equal(mm_export_write(&export, inner, NULL), 0);
    for (const struct mm_export_file *file = dialect->files; file->name; file++)
        assert_int_equal(is_there(inner, file->name), !file->cpp);
    export.cpp = true;
    assert_int_equal(mm_export_write(&export, inner, NULL), 0);
    for (const struct mm_export_file *file = dialect->files; file->name; file++)
        assert_true(is_there(inner, file->name));
    char *path = mm_path_join(inner, "overrides.json");
    assert_int_equal(mm_plan_load(again, path, NULL), 0);
    assert_listing(again, "main/mm.add:BF16 main/mm.pow:F32"); /* what the runtime can't take, too */
    free(path);
    free(inner);
    mm_folder_remove(folder);
    mm_plan_close(plan);
    mm_plan_close(again);
}

static void writes_the_files_it_announces(void **state)
{
    (void)state;
    const struct mm_dialect *dialect;
    for (size_t i = 0; (dialect = mm_dialect_at(i)); i++)
        check_files(dialect);
}

static void a_failed_export_says_where(void **state)
{
    (void)state;
    char folder[64];
    struct mm_err err = {0};
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("magicmind", plan);
    char *path = mm_path_join(folder_new(folder), "build_config.json");
    assert_int_equal(mkdir(path, 0700), 0); /* a folder where the first file should go */
    assert_int_equal(mm_export_write(&export, folder, &err), -1);
    assert_non_null(strstr(err.text, "build_config.json"));
    assert_false(is_there(folder, "apply_overrides.py"));
    assert_int_equal(mm_export_write(&export, "/proc/no/such", &err), -1);
    free(path);
    mm_folder_remove(folder);
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_what_is_taken),
        cmocka_unit_test(settings_are_members),
        cmocka_unit_test(writes_the_files_it_announces),
        cmocka_unit_test(a_failed_export_says_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
