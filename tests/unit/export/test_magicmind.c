#include "unit/export/exporting.h"

static void check_config(const struct mm_plan *plan, const char *expected)
{
    struct mm_export export = export_for("magicmind", plan);
    char *text = file_of(&export, "build_config.json");
    assert_string_equal(text, expected);
    free(text);
}

static void config_holds_chosen_settings_only(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    check_config(plan, "{}\n");
    mm_plan_begin(plan, "1");
    mm_plan_set_setting(plan, "dynamic_shapes", "true", NULL);
    check_config(plan, "{\n  \"graph_shape_mutable\": true\n}\n");
    mm_plan_set_setting(plan, "scale_folding", "false", NULL);
    check_config(plan, "{\n"
                       "  \"opt_config\": {\n"
                       "    \"conv_scale_fold\": false\n"
                       "  },\n"
                       "  \"graph_shape_mutable\": true\n"
                       "}\n");
    mm_plan_set_setting(plan, "network_precision", "int8_float16", NULL);
    mm_plan_set_setting(plan, "weight_granularity", "per_channel", NULL);
    mm_plan_set_setting(plan, "activation_symmetry", "symmetric", NULL);
    mm_plan_set_setting(plan, "dynamic_shapes", "", NULL);
    check_config(plan, "{\n"
                       "  \"precision_config\": {\n"
                       "    \"precision_mode\": \"qint8_mixed_float16\",\n"
                       "    \"weight_quant_granularity\": \"per_axis\",\n"
                       "    \"activation_quant_algo\": \"symmetric\"\n"
                       "  },\n"
                       "  \"opt_config\": {\n"
                       "    \"conv_scale_fold\": false\n"
                       "  }\n"
                       "}\n");
    mm_plan_close(plan);
}

/* The words of build_config.json that are publicly known. */
static void every_known_word(void **state)
{
    static const char *const words[][4] = {
        {"network_precision", "float32", "precision_mode", "\"force_float32\""},
        {"network_precision", "float16", "precision_mode", "\"force_float16\""},
        {"network_precision", "int8_float16", "precision_mode", "\"qint8_mixed_float16\""},
        {"network_precision", "int8_float32", "precision_mode", "\"qint8_mixed_float32\""},
        {"network_precision", "int16_float16", "precision_mode", "\"qint16_mixed_float16\""},
        {"network_precision", "int16_float32", "precision_mode", "\"qint16_mixed_float32\""},
        {"weight_granularity", "per_tensor", "weight_quant_granularity", "\"per_tensor\""},
        {"activation_symmetry", "asymmetric", "activation_quant_algo", "\"asymmetric\""},
        {"int64_to_int32", "true", "type64to32_conversion", "true"},
        {"fusion", "false", "fusion_enable", "false"},
    };
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("magicmind", plan);
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        char expected[128];
        mm_plan_begin(plan, "one");
        assert_int_equal(mm_plan_set_setting(plan, words[i][0], words[i][1], NULL), 0);
        char *text = file_of(&export, "build_config.json");
        snprintf(expected, sizeof(expected), "    \"%s\": %s\n", words[i][2], words[i][3]);
        assert_non_null(strstr(text, expected));
        free(text);
        mm_plan_set_setting(plan, words[i][0], NULL, NULL);
        mm_plan_commit(plan);
    }
    mm_plan_close(plan);
}

static void says_its_limits(void **state)
{
    (void)state;
    struct mm_plan *plan = plan_new();
    struct mm_export export = export_for("magicmind", plan);
    assert_limits(&export, "");
    choose(plan, "main/mm.pow", MM_PRECISION_F32);
    assert_limits(&export, "");
    choose(plan, "t", MM_PRECISION_F32); /* its tensor is called "t" too */
    choose(plan, "x\xff", MM_PRECISION_F16);
    choose(plan, "y\xff", MM_PRECISION_F16);
    choose(plan, "z\xff", MM_PRECISION_BF16); /* not in the script at all */
    mm_plan_begin(plan, "setting");
    mm_plan_set_setting(plan, "network_precision", "bfloat16", NULL);
    mm_plan_commit(plan);
    assert_limits(
        &export,
        "1 operator (\"z\\xff\"): BFLOAT16 is left out: for single operators, Cambricon MagicMind takes "
        "FLOAT16 and "
        "FLOAT32 only\n"
        "network_precision = bfloat16 is left out: there is nothing for it in the files of Cambricon "
        "MagicMind\n"
        "1 operator (\"t\"): known by the tensor's name; an operator that the runtime calls "
        "otherwise is reported as not found\n"
        "2 operators (such as \"x\\xff\"): the name is not UTF-8, and Python may not get to see it as "
        "it is\n");
    mm_plan_close(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(config_holds_chosen_settings_only),
        cmocka_unit_test(every_known_word),
        cmocka_unit_test(says_its_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
