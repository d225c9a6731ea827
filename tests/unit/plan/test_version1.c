#include "mmtui/plan.h"
#include "unit/plan/helpers.h"
#include "plan/state.h"

/* The keys and values that version 1 documented; each must be one that can be chosen now. */
static void every_key_and_value_has_its_place(void **state)
{
    static const char *const words[][4] = {
        {"precision_config.precision_mode", "force_float32", "network_precision", "float32"},
        {"precision_config.precision_mode", "force_float16", "network_precision", "float16"},
        {"precision_config.precision_mode", "qint8_mixed_float16", "network_precision", "int8_float16"},
        {"precision_config.precision_mode", "qint8_mixed_float32", "network_precision", "int8_float32"},
        {"precision_config.precision_mode", "qint16_mixed_float16", "network_precision", "int16_float16"},
        {"precision_config.precision_mode", "qint16_mixed_float32", "network_precision", "int16_float32"},
        {"precision_config.weight_quant_granularity", "per_tensor", "weight_granularity", "per_tensor"},
        {"precision_config.weight_quant_granularity", "per_axis", "weight_granularity", "per_channel"},
        {"precision_config.activation_quant_algo", "symmetric", "activation_symmetry", "symmetric"},
        {"precision_config.activation_quant_algo", "asymmetric", "activation_symmetry", "asymmetric"},
        {"opt_config.type64to32_conversion", "true", "int64_to_int32", "true"},
        {"opt_config.conv_scale_fold", "false", "scale_folding", "false"},
        {"debug_config.fusion_enable", "false", "fusion", "false"},
        {"graph_shape_mutable", "true", "dynamic_shapes", "true"},
    };
    (void)state;
    struct mm_plan *plan = plan_new();
    mm_plan_begin(plan, "all");
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        assert_string_equal(mm_version1_key(words[i][0]), words[i][2]);
        assert_string_equal(mm_version1_value(words[i][1]), words[i][3]);
        assert_int_equal(mm_plan_set_setting(plan, words[i][2], words[i][3], NULL), 0);
    }
    mm_plan_close(plan);
}

static void others_are_not_known(void **state)
{
    (void)state;
    assert_null(mm_version1_key("network_precision"));
    assert_null(mm_version1_key("precision_mode"));
    assert_null(mm_version1_key(""));
    assert_null(mm_version1_key(NULL));
    assert_string_equal(mm_version1_value("fp7"), "fp7"); /* to be told of as it stands there */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_and_value_has_its_place),
        cmocka_unit_test(others_are_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
