#include "mmtui/plan.h"
#include "unit/plan/helpers.h"

#include <float.h>

/* Load `length` bytes as a plan file called plan.json. */
static int load_bytes(struct mm_plan *plan, const char *text, size_t length, struct mm_err *err)
{
    char folder[64];
    char *path = mm_path_join(folder_new(folder), "plan.json");
    assert_int_equal(mm_file_write(path, text, length, NULL), 0);
    int result = mm_plan_load(plan, path, err);
    mm_folder_remove(folder);
    free(path);
    return result;
}

static int load_text(struct mm_plan *plan, const char *text, struct mm_err *err)
{
    return load_bytes(plan, text, strlen(text), err);
}

#define HEAD_OF(version) "{\"format\": \"mmtui-plan\", \"schema_version\": " version ", "
#define HEAD             HEAD_OF("2")
#define PLAN(of)         HEAD "\"overrides\": [" of "]}"

static void minimal_files(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    assert_int_equal(load_text(plan, PLAN(""), NULL), 0);
    assert_int_equal(mm_plan_count(plan), 0);
    assert_null(mm_plan_undo(plan)); /* nothing changed */
    assert_int_equal(
        load_text(plan, PLAN("{\"name\": \"a\", \"precision\": \"F32\", \"later\": [1, {}]}"), NULL), 0);
    const struct mm_override *a = mm_plan_find(plan, "a");
    assert_int_equal(a->precision, MM_PRECISION_F32);
    assert_string_equal(a->why, "");
    assert_true(isnan(a->figures.diff1) && isnan(a->figures.cosine));
    assert_string_equal(mm_plan_undo(plan), "load plan.json");
    assert_int_equal(mm_plan_count(plan), 0);
    mm_plan_close(plan);
}

static void add_awkward(struct mm_plan *plan)
{
    static const struct mm_override awkward[] = {
        {"quote\" back\\slash 'x'\n\t",
         "mm.pow",
         "t",
         MM_PRECISION_F32,
         "why?",
         {1.0 / 3, DBL_MIN, DBL_MAX, -0.0},
         NULL},
        {"bytes \xff\xc3\x28 \xed\xa0\x80 \x80",
         "\xfe",
         "\xff",
         MM_PRECISION_F16,
         "\xf0\x9f\x92",
         {NAN, NAN, 5e-324, 1},
         NULL},
        {"\xf0\x9f\x92\x80\xc3\xa9", "", "", MM_PRECISION_BF16, "", {INFINITY, -INFINITY, NAN, 0.1}, NULL},
        {"\\udcff", "", "", MM_PRECISION_OWN, "\x01\x7f", {0, 0, 0, 0}, "gguf:\"q8\\u0041"},
        {"\xff\xf0\x9f\x92\x80\xff",
         "",
         "",
         MM_PRECISION_F32,
         "",
         {1e16, 1e-5, 123456789012345678.0, 0.9999999999999999},
         NULL},
    };
    for (size_t i = 0; i < MM_COUNT(awkward); i++)
        assert_int_equal(mm_plan_set(plan, &awkward[i], NULL), 0);
}

static void round_trip(void **state)
{
    (void)state;
    char folder[64];
    char *path = mm_path_join(folder_new(folder), "overrides.json");
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "all");
    add_awkward(plan);
    mm_plan_set_setting(plan, "scale_folding", "false", NULL);
    mm_plan_set_setting(plan, "network_precision", "int8_float16", NULL);
    mm_plan_commit(plan);
    mm_plan_mark_saved(plan);
    assert_int_equal(mm_plan_save(plan, path, NULL), 0);
    mm_plan_begin(plan, "spoil");
    mm_plan_clear(plan, "\\udcff", NULL);
    set(plan, "else", MM_PRECISION_F16);
    mm_plan_set_setting(plan, "scale_folding", "true", NULL);
    mm_plan_commit(plan);
    assert_true(mm_plan_unsaved(plan));
    assert_int_equal(mm_plan_load(plan, path, NULL), 0);
    assert_false(mm_plan_unsaved(plan)); /* the same content to the last bit */
    assert_int_equal(mm_plan_count(plan), 5);
    assert_string_equal(mm_plan_setting(plan, "scale_folding"), "false");
    mm_plan_undo(plan);
    assert_non_null(mm_plan_find(plan, "else"));
    mm_plan_close(plan);
    mm_folder_remove(folder);
    free(path);
}

/* An independent reader sees valid JSON and gets the bytes of every name back. */
static void python_reads_it(void **state)
{
    (void)state;
    char folder[64], command[1024];
    char *path = mm_path_join(folder_new(folder), "overrides.json");
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "all");
    add_awkward(plan);
    mm_plan_commit(plan);
    assert_int_equal(mm_plan_save(plan, path, NULL), 0);
    snprintf(
        command, sizeof(command),
        "/usr/bin/python3 -c 'import json, sys\n"
        "def refuse(word): raise ValueError(word)\n"
        "plan = json.load(open(sys.argv[1], encoding=\"ascii\"), parse_constant=refuse)\n"
        "names = {o[\"name\"].encode(\"utf-8\", \"surrogateescape\") for o in plan[\"overrides\"]}\n"
        "assert names == {b\"quote\\x22 back\\x5cslash \\x27x\\x27\\n\\t\", b\"bytes \\xff\\xc3\\x28 "
        "\\xed\\xa0\\x80 \\x80\",\n"
        "    b\"\\xf0\\x9f\\x92\\x80\\xc3\\xa9\", b\"\\x5cudcff\", "
        "b\"\\xff\\xf0\\x9f\\x92\\x80\\xff\"}, names\n"
        "words = sorted(o[\"precision\"] for o in plan[\"overrides\"])\n"
        "assert words == [\"BFLOAT16\", \"FLOAT16\", \"FLOAT32\", \"FLOAT32\", \"gguf:\\x22q8\\x5cu0041\"], "
        "words\n"
        "' %s",
        path);
    assert_int_equal(system(command), 0);
    mm_plan_close(plan);
    mm_folder_remove(folder);
    free(path);
}

static void settings_as_words_or_booleans(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    assert_int_equal(load_text(plan,
                               HEAD "\"settings\": {\"dynamic_shapes\": true, \"fusion\": "
                                    "\"false\"}, \"overrides\": []}",
                               NULL),
                     0);
    assert_string_equal(mm_plan_setting(plan, "dynamic_shapes"), "true");
    assert_string_equal(mm_plan_setting(plan, "fusion"), "false");
    mm_plan_close(plan);
}

/* A file as mmtui 0.1.0 wrote it when there was MagicMind alone: what it says stays what it meant. */
static void version_1_is_read(void **state)
{
    static const char *const expected[][2] = {{"network_precision", "int16_float16"},
                                              {"weight_granularity", "per_channel"},
                                              {"activation_symmetry", "asymmetric"},
                                              {"int64_to_int32", "true"},
                                              {"scale_folding", "false"},
                                              {"fusion", "false"},
                                              {"dynamic_shapes", "true"}};
    (void)state;
    struct mm_plan *plan = plan_new();
    char path[512];
    beside(path, sizeof(path), "plan_v1.json");
    assert_int_equal(mm_plan_load(plan, path, NULL), 0);
    for (size_t i = 0; i < MM_COUNT(expected); i++)
        assert_string_equal(mm_plan_setting(plan, expected[i][0]), expected[i][1]);
    assert_null(mm_plan_setting(plan, "calibration_statistics"));
    assert_listing(plan, "main/enc.9.Conv:F16 main/enc.10.Pow:F32");
    const struct mm_override *pow = mm_plan_find(plan, "main/enc.10.Pow");
    assert_string_equal(pow->why, "overflow: |x| up to 1.2e5 > 65504");
    assert_true(isnan(pow->figures.diff1) && isinf(pow->figures.diff2) && pow->figures.max_abs == 12.5);
    assert_string_equal(mm_plan_undo(plan), "load plan_v1.json");
    assert_null(mm_plan_setting(plan, "fusion"));
    mm_plan_close(plan);
}

/* Written again it is of the version of today, and loads to the same plan. */
static void version_1_becomes_2(void **state)
{
    (void)state;
    char folder[64], path[512];
    struct mm_plan *plan = plan_new();
    char *again = mm_path_join(folder_new(folder), "overrides.json");
    beside(path, sizeof(path), "plan_v1.json");
    assert_int_equal(mm_plan_load(plan, path, NULL), 0);
    mm_plan_mark_saved(plan);
    assert_int_equal(mm_plan_save(plan, again, NULL), 0);
    char *text = read_text(folder, "overrides.json");
    assert_non_null(strstr(text, "\"schema_version\": 2"));
    assert_null(strstr(text, "precision_config"));
    choose(plan, "else", MM_PRECISION_I8);
    assert_int_equal(mm_plan_load(plan, again, NULL), 0);
    assert_false(mm_plan_unsaved(plan));
    free(text);
    free(again);
    mm_folder_remove(folder);
    mm_plan_close(plan);
}

static void errors_name_file_and_place(void **state)
{
    static const struct {
        const char *json, *text;
        enum mm_code code;
    } cases[] = {
        {"", "plan.json: is empty", MM_ECORRUPT},
        {"[]", "plan.json: must be an object", MM_ECORRUPT},
        {"{}", "plan.json: format: ", MM_EUNSUPPORTED},
        {"{\"format\": \"other\", \"schema_version\": 1}", "plan.json: format: ", MM_EUNSUPPORTED},
        {"{\"format\": \"mmtui-plan\"}", "plan.json: schema_version: ", MM_ECORRUPT},
        {"{\"format\": \"mmtui-plan\", \"schema_version\": 0}", "plan.json: schema_version: ", MM_ECORRUPT},
        {"{\"format\": \"mmtui-plan\", \"schema_version\": 1.5}", "plan.json: schema_version: ", MM_ECORRUPT},
        {"{\"format\": \"mmtui-plan\", \"schema_version\": 3}",
         "plan.json: schema_version: 3 is newer than 2", MM_EUNSUPPORTED},
        {"{\"format\": \"mmtui-plan\", \"schema_version\": 1e999}", "plan.json: schema_version: inf",
         MM_EUNSUPPORTED},
        {HEAD "\"a\": 1}", "plan.json: overrides: must be a list", MM_ECORRUPT},
        {HEAD "\"overrides\": {}}", "plan.json: overrides: must be a list", MM_ECORRUPT},
        {HEAD "\"settings\": [], \"overrides\": []}", "plan.json: settings: must be", MM_ECORRUPT},
        {HEAD "\"settings\": {\"x\": \"y\"}, \"overrides\": []}",
         "plan.json: settings: there is no setting \"x\"", MM_ECORRUPT},
        {HEAD "\"settings\": {\"dynamic_shapes\": 1}, \"overrides\": []}",
         "plan.json: settings: dynamic_shapes can't be", MM_ECORRUPT},
        {PLAN("7"), "plan.json: overrides[0]: must be an object", MM_ECORRUPT},
        {PLAN("{\"name\": \"a\", \"precision\": \"F16\"}, {\"precision\": \"F16\"}"),
         "plan.json: overrides[1].name: is missing or empty", MM_ECORRUPT},
        {PLAN("{\"name\": \"\", \"precision\": \"F16\"}"), "plan.json: overrides[0].name: ", MM_ECORRUPT},
        {PLAN("{\"name\": 5, \"precision\": \"F16\"}"), "plan.json: overrides[0].name: must be a string",
         MM_ECORRUPT},
        {PLAN("{\"name\": \"a\"}"), "plan.json: overrides[0].precision: ", MM_ECORRUPT},
        {PLAN("{\"name\": \"a\", \"precision\": \"none\"}"),
         "plan.json: overrides[0].precision: ", MM_ECORRUPT},
        {PLAN("{\"name\": \"a\", \"precision\": \"IN\\u001bT\"}"),
         "plan.json: overrides[0].precision: \"IN\\x1bT\" is none of INT8 INT16 FLOAT16 BFLOAT16 FLOAT32",
         MM_ECORRUPT},
        {PLAN("{\"name\": \"a\", \"precision\": \"gguf:q8\\u001b\"}"),
         "plan.json: overrides[0].precision: \"gguf:q8\\x1b\" is none of", MM_ECORRUPT},
        {HEAD "\"settings\": {\"graph_shape_mutable\": true}, \"overrides\": []}",
         "plan.json: settings: there is no setting \"graph_shape_mutable\"", MM_ECORRUPT},
        {HEAD_OF("1") "\"settings\": {\"dynamic_sh\\u001b\": true}, \"overrides\": []}",
         "plan.json: settings: version 1 has no setting \"dynamic_sh\\x1b\"", MM_ECORRUPT},
        {HEAD_OF("1") "\"settings\": {\"graph_shape_mutable\": \"per_axis\"}, \"overrides\": []}",
         "plan.json: settings: dynamic_shapes can't be", MM_ECORRUPT},
        {PLAN("{\"name\": \"a\", \"precision\": \"F16\", \"why\": null}"),
         "plan.json: overrides[0].why: must be a string", MM_ECORRUPT},
        {PLAN("{\"name\": \"a\", \"precision\": \"F16\", \"figures\": 1}"),
         "plan.json: overrides[0].figures: must be", MM_ECORRUPT},
        {PLAN("{\"name\": \"a\", \"precision\": \"F16\", \"figures\": {\"cosine\": \"one\"}}"),
         "plan.json: overrides[0].figures.cosine: must be", MM_ECORRUPT},
        {PLAN("{\"name\": \"b\", \"precision\": \"F16\"}, {\"name\": \"a\", \"precision\": \"F16\"}, "
              "{\"name\": \"b\", \"precision\": \"F32\"}"),
         "plan.json: overrides: the name \"b\" stands there twice", MM_ECORRUPT},
        {HEAD "\"overrides\": [", "plan.json: line 1: not valid JSON", MM_ECORRUPT},
    };
    (void)state;
    struct mm_plan *plan = plan_new();
    choose(plan, "kept", MM_PRECISION_F16);
    uint64_t revision = mm_plan_revision(plan);
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_err err = {0};
        assert_int_equal(load_text(plan, cases[i].json, &err), -1);
        if (!strstr(err.text, cases[i].text))
            fail_msg("case %zu: \"%s\" is not in \"%s\"", i, cases[i].text, err.text);
        assert_int_equal(err.code, cases[i].code);
        assert_int_equal(load_text(plan, cases[i].json, NULL), -1);
    }
    assert_true(mm_plan_revision(plan) == revision);
    assert_listing(plan, "kept:F16");
    mm_plan_close(plan);
}

static void missing_and_hostile_files(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_err err = {0};
    assert_int_equal(mm_plan_load(plan, "/nonexistent/plan.json", &err), -1);
    assert_int_equal(err.code, MM_ENOENT);
    assert_int_equal(mm_plan_load(plan, "/", &err), -1);
    size_t length = ((size_t)64 << 20) + 1;
    char *text = malloc(length);
    memset(text, '[', length);
    assert_int_equal(load_bytes(plan, text, length, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_int_equal(load_bytes(plan, text, 1000000, &err), -1);
    assert_int_equal(err.code, MM_EUNSUPPORTED);
    assert_non_null(strstr(err.text, "line 1: nested deeper than mmtui reads"));
    free(text);
    mm_plan_close(plan);
}

/* Every way to cut a good file off is an error or (behind the last brace) the same plan; never a crash. */
static void truncated_anywhere(void **state)
{
    static const char good[] =
        PLAN("{\"name\": \"a\\udcff\\ud83d\\udc80\", \"precision\": \"F16\", \"why\": \"x\", "
             "\"figures\": {\"diff1\": -1.5e-3}}");
    (void)state;
    struct mm_plan *plan = plan_new();
    for (size_t length = 0; length + 1 < sizeof(good) - 1; length += 3)
        assert_int_equal(load_bytes(plan, good, length, NULL), -1);
    assert_int_equal(load_text(plan, good, NULL), 0);
    assert_true(mm_plan_find(plan, "a\xff\xf0\x9f\x92\x80")->figures.diff1 == -1.5e-3);
    mm_plan_close(plan);
}

/* Many overrides in the worst order: linear and not quadratic, back and forth. */
static void many_in_reverse_order(void **state)
{
    (void)state;
    struct mm_buf text = {0};
    mm_buf_puts(&text, HEAD "\"overrides\": [");
    for (int i = 200000; i > 0; i--)
        mm_buf_printf(&text, "{\"name\":\"n%d\",\"precision\":\"F16\"}%s", i, i > 1 ? "," : "]}");
    struct mm_plan *plan = plan_new();
    choose(plan, "n7b", MM_PRECISION_F32);
    assert_int_equal(load_bytes(plan, text.data, text.length, NULL), 0);
    mm_buf_done(&text);
    assert_int_equal(mm_plan_count(plan), 200000);
    assert_string_equal(mm_plan_at(plan, 9)->name, "n10");
    mm_plan_undo(plan);
    assert_listing(plan, "n7b:F32");
    mm_plan_redo(plan);
    assert_non_null(mm_plan_find(plan, "n123456"));
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minimal_files),
        cmocka_unit_test(round_trip),
        cmocka_unit_test(python_reads_it),
        cmocka_unit_test(settings_as_words_or_booleans),
        cmocka_unit_test(version_1_is_read),
        cmocka_unit_test(version_1_becomes_2),
        cmocka_unit_test(errors_name_file_and_place),
        cmocka_unit_test(missing_and_hostile_files),
        cmocka_unit_test(truncated_anywhere),
        cmocka_unit_test(many_in_reverse_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
