/*
 * Settings as plan files of version 1 have them: keys and values of MagicMind's build config, the one runtime
 * there was. What such a file says stays what it meant; nothing is ever added here.
 */
#include "plan/state.h"

#include <string.h>

static const struct {
    const char *key, *to;
} KEYS[] = {
    {"precision_config.precision_mode", "network_precision"},
    {"precision_config.weight_quant_granularity", "weight_granularity"},
    {"precision_config.activation_quant_algo", "activation_symmetry"},
    {"opt_config.type64to32_conversion", "int64_to_int32"},
    {"opt_config.conv_scale_fold", "scale_folding"},
    {"debug_config.fusion_enable", "fusion"},
    {"graph_shape_mutable", "dynamic_shapes"},
};

/* Values that were called otherwise. */
static const struct {
    const char *value, *to;
} VALUES[] = {
    {"force_float32", "float32"},
    {"force_float16", "float16"},
    {"qint8_mixed_float16", "int8_float16"},
    {"qint8_mixed_float32", "int8_float32"},
    {"qint16_mixed_float16", "int16_float16"},
    {"qint16_mixed_float32", "int16_float32"},
    {"per_axis", "per_channel"},
};

const char *mm_version1_key(const char *key)
{
    for (size_t i = 0; key && i < MM_COUNT(KEYS); i++) {
        if (strcmp(key, KEYS[i].key) == 0)
            return KEYS[i].to;
    }
    return NULL;
}

const char *mm_version1_value(const char *value)
{
    for (size_t i = 0; i < MM_COUNT(VALUES); i++) {
        if (strcmp(value, VALUES[i].value) == 0)
            return VALUES[i].to;
    }
    return value;
}
