/*
 * The MagicMind dialect. MagicMind has no public JSON key for the precision of one operator: that is code,
 * run between parsing and building. So one plan becomes a config file with the network-wide settings, a
 * script with the overrides, and the plan itself to come back to.
 */
#include "export/magicmind.h"
#include "base/quote.h"
#include "export/python_read.h"

/*
 * What build_config.json is publicly known to accept. Left out, because their values are not public or not a
 * plain choice: computation_preference, archs and custom_nodes.<INodeType>.input.<i>.quant_granularity. A key
 * that has not been seen to load must not be offered.
 */
#define PRECISION "precision_config."
static const struct mm_dialect_setting SETTINGS[] = {
    {"network_precision", "float32", PRECISION "precision_mode", "\"force_float32\""},
    {"network_precision", "float16", PRECISION "precision_mode", "\"force_float16\""},
    {"network_precision", "int8_float16", PRECISION "precision_mode", "\"qint8_mixed_float16\""},
    {"network_precision", "int8_float32", PRECISION "precision_mode", "\"qint8_mixed_float32\""},
    {"network_precision", "int16_float16", PRECISION "precision_mode", "\"qint16_mixed_float16\""},
    {"network_precision", "int16_float32", PRECISION "precision_mode", "\"qint16_mixed_float32\""},
    {"weight_granularity", "per_tensor", PRECISION "weight_quant_granularity", "\"per_tensor\""},
    {"weight_granularity", "per_channel", PRECISION "weight_quant_granularity", "\"per_axis\""},
    {"activation_symmetry", "symmetric", PRECISION "activation_quant_algo", "\"symmetric\""},
    {"activation_symmetry", "asymmetric", PRECISION "activation_quant_algo", "\"asymmetric\""},
    {"int64_to_int32", "true", "opt_config.type64to32_conversion", "true"},
    {"int64_to_int32", "false", "opt_config.type64to32_conversion", "false"},
    {"scale_folding", "true", "opt_config.conv_scale_fold", "true"},
    {"scale_folding", "false", "opt_config.conv_scale_fold", "false"},
    {"fusion", "true", "debug_config.fusion_enable", "true"},
    {"fusion", "false", "debug_config.fusion_enable", "false"},
    {"dynamic_shapes", "true", "graph_shape_mutable", "true"},
    {"dynamic_shapes", "false", "graph_shape_mutable", "false"},
    {NULL, NULL, NULL, NULL},
};

static void add_config(const struct mm_export *export, struct mm_buf *out)
{
    struct mm_json json;
    mm_json_init(&json, out, MM_EXPORT_JSON);
    mm_json_open_object(&json, NULL);
    mm_export_settings(export, &json);
    mm_json_close_object(&json);
    mm_buf_putc(out, '\n');
}

static const struct mm_export_file FILES[] = {
    {"build_config.json", "network-wide settings, for the builder's config", add_config, false},
    {"apply_overrides.py", "per-operator precision: call it after parse, before calibrate and build",
     mm_magicmind_python, false},
    {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", mm_export_plan,
     false},
    {"apply_overrides.cc", "the same as apply_overrides.py, a C++ sketch to paste", mm_magicmind_cpp, true},
    {NULL, NULL, NULL, false},
};

static void check(const struct mm_export *export, struct mm_problems *problems)
{
    const struct mm_override *override;
    for (size_t at = 0; (override = mm_export_next(export, &at));) {
        if (strcmp(override->name, override->tensor) == 0)
            mm_problems_add(
                problems, MM_SEVERITY_WARNING, "tensor-name", override->name,
                "known by the tensor's name; an operator that the runtime calls otherwise is reported as "
                "not found");
        if (!mm_quote_is_utf8(override->name))
            mm_problems_add(problems, MM_SEVERITY_WARNING, "not-utf-8", override->name,
                            "the name is not UTF-8, and Python may not get to see it as it is");
    }
}

/* build_config.json has the settings, apply_overrides.py the overrides. */
static int read_file(const struct mm_config *config, struct mm_import *import, struct mm_err *err)
{
    struct mm_json_value root;
    bool object = config->text[strspn(config->text, " \t\r\n")] == '{';
    if (!object && strstr(config->text, "OVERRIDES"))
        return mm_python_overrides(config, "OVERRIDES", import, err);
    if (!object)
        return mm_fail(err, MM_ECORRUPT,
                       "%s: must be an object, as build_config.json is, or the script apply_overrides.py",
                       config->path);
    if (mm_json_read(config->path, config->text, config->length, MM_CONFIG_VALUES, &root, err) < 0)
        return -1;
    return mm_import_settings(import, root, NULL, err);
}

const struct mm_dialect mm_magicmind = {
    .id = "magicmind",
    .title = "Cambricon MagicMind",
    .documented = "the public samples of MagicMind's models",
    .names = MM_NAME_LAYER,
    .precisions = MM_TAKES(MM_PRECISION_F16) | MM_TAKES(MM_PRECISION_F32),
    .settings = SETTINGS,
    .files = FILES,
    .read = read_file,
    .check = check,
};
