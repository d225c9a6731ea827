#include "unit/export/exporting.h"

static void finds_by_id(void **state)
{
    (void)state;
    size_t count = 0;
    for (const struct mm_dialect *dialect; (dialect = mm_dialect_at(count)); count++)
        assert_ptr_equal(mm_dialect_find(dialect->id), dialect);
    assert_int_equal(count, 18);
    assert_string_equal(mm_dialect_find("magicmind")->title, "Cambricon MagicMind");
    assert_string_equal(mm_dialect_find("onnxruntime")->title, "ONNX Runtime");
    assert_null(mm_dialect_find("MagicMind "));
    assert_null(mm_dialect_find(""));
    assert_null(mm_dialect_find(NULL));
    assert_null(mm_dialect_at(99));
}

static void an_unknown_one_is_told_of(void **state)
{
    (void)state;
    struct mm_err err = {0};
    assert_null(mm_dialect_get("tensor\x1brt", &err));
    assert_int_equal(err.code, MM_EARG);
    assert_string_equal(err.text, "there is no export for \"tensor\\x1brt\"; there are: magicmind, "
                                  "onnxruntime, onnxconverter, trtexec, "
                                  "polygraphy, modelopt, nncf, openvino, qnn, aiedge, esp-ppq, rknn, "
                                  "rknn1, sophgo, llamacpp, atc, amct, hailo");
    assert_null(mm_dialect_get(NULL, NULL));
    assert_ptr_equal(mm_dialect_get("magicmind", NULL), mm_dialect_find("magicmind"));
    assert_true(mm_dialect_find("onnxconverter")->casts_each_reader);
    assert_false(mm_dialect_find("onnxruntime")->casts_each_reader);
}

static void check_files(const struct mm_dialect *dialect)
{
    bool cpp = false, plan = false;
    for (const struct mm_export_file *file = dialect->files; file->name; file++) {
        assert_non_null(file->make);
        assert_true(*file->what && !strchr(file->what, '\n') && !strchr(file->name, '/'));
        assert_true(strlen(file->name) < 20); /* the plan screen's column */
        assert_true(file->cpp || !cpp);       /* those in C++ last */
        cpp = file->cpp;
        plan = plan || strcmp(file->name, "overrides.json") == 0;
    }
    assert_true(plan); /* what was written can be loaded again */
}

static bool is_setting(const char *key, const char *value)
{
    size_t count;
    const struct mm_setting *settings = mm_settings(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; strcmp(settings[i].key, key) == 0 && settings[i].values[k]; k++) {
            if (strcmp(settings[i].values[k], value) == 0)
                return true;
        }
    }
    return false;
}

/* Only what the plan has, and the keys of an object together. */
static void check_settings(const struct mm_dialect *dialect)
{
    const struct mm_dialect_setting *rows = dialect->settings;
    size_t count = 0;
    while (rows[count].setting)
        count++;
    for (size_t i = 0; i < count; i++) {
        assert_true(is_setting(rows[i].setting, rows[i].value));
        const char *dot = strchr(rows[i].key, '.');
        assert_true(!dot || !strchr(dot + 1, '.'));
        for (size_t k = i + 2; dot && k < count; k++) {
            size_t object = (size_t)(dot - rows[i].key) + 1;
            if (strncmp(rows[k].key, rows[i].key, object) == 0)
                assert_true(strncmp(rows[k - 1].key, rows[i].key, object) == 0);
        }
    }
}

static void every_row_is_complete(void **state)
{
    (void)state;
    const struct mm_dialect *dialect;
    for (size_t i = 0; (dialect = mm_dialect_at(i)); i++) {
        assert_true(*dialect->id && *dialect->title);
        assert_true(dialect->precisions != 0);
        assert_false(dialect->precisions & MM_TAKES(MM_PRECISION_NONE));
        assert_false(dialect->precisions &
                     ~(MM_TAKES(MM_PRECISION_OWN) - 1)); /* own types stand in `types` */
        check_files(dialect);
        check_settings(dialect);
    }
}

static bool takes(const char *dialect, enum mm_precision precision)
{
    struct mm_override override = make_override("a", precision);
    override.own = precision == MM_PRECISION_OWN ? "magicmind:q8_0" : "";
    return mm_dialect_takes(mm_dialect_find(dialect), &override);
}

/* What the two are publicly known to take of one operator. */
static void what_each_takes(void **state)
{
    (void)state;
    for (int p = MM_PRECISION_NONE; p < MM_PRECISION_COUNT; p++) {
        assert_int_equal(takes("magicmind", (enum mm_precision)p),
                         p == MM_PRECISION_F16 || p == MM_PRECISION_F32);
        assert_int_equal(takes("onnxruntime", (enum mm_precision)p),
                         p == MM_PRECISION_I16 || p == MM_PRECISION_F32);
    }
}

static void own_types_are_of_one_dialect(void **state)
{
    static const struct {
        const char *own;
        bool taken;
    } cases[] = {{"made:q8_0", true},   {"made:q4_k", true},    {"made:q8_00", false},
                 {"made:q8", false},    {"other:q8_0", false},  {"mad:q8_0", false},
                 {"made2:q8_0", false}, {"made:q8_0:x", false}, {"made:FLOAT32", false}};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        struct mm_override override = make_override("a", MM_PRECISION_OWN);
        override.own = cases[i].own;
        assert_int_equal(mm_dialect_takes(made_up(MM_NAME_NODE), &override), cases[i].taken);
    }
}

/* One step after the other through the floats that the runtime takes, and back to none. */
static void the_next_precision(void **state)
{
    static const struct {
        const char *dialect;
        enum mm_precision from, to;
    } cases[] = {
        {"magicmind", MM_PRECISION_NONE, MM_PRECISION_F16},
        {"magicmind", MM_PRECISION_F16, MM_PRECISION_F32},
        {"magicmind", MM_PRECISION_F32, MM_PRECISION_NONE},
        {"magicmind", MM_PRECISION_I8, MM_PRECISION_F16},
        {"magicmind", MM_PRECISION_BF16, MM_PRECISION_F32},
        {"magicmind", MM_PRECISION_OWN, MM_PRECISION_NONE},
        {"onnxruntime", MM_PRECISION_NONE, MM_PRECISION_F32},
        {"onnxruntime", MM_PRECISION_F32, MM_PRECISION_NONE},
    };
    (void)state;
    for (size_t i = 0; i < MM_COUNT(cases); i++)
        assert_int_equal(mm_dialect_next(mm_dialect_find(cases[i].dialect), cases[i].from), cases[i].to);
    const struct mm_dialect *made = made_up(MM_NAME_NODE); /* INT8 BFLOAT16 FLOAT32 */
    assert_int_equal(mm_dialect_next(made, MM_PRECISION_NONE), MM_PRECISION_BF16);
    assert_int_equal(mm_dialect_next(made, MM_PRECISION_BF16), MM_PRECISION_F32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_by_id),
        cmocka_unit_test(an_unknown_one_is_told_of),
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(what_each_takes),
        cmocka_unit_test(own_types_are_of_one_dialect),
        cmocka_unit_test(the_next_precision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
