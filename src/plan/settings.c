/*
 * The settings of the whole network that can be chosen, under names of no runtime: quantisation first, then
 * what a build does to the graph. Which of them a runtime takes, and how it calls them, its dialect knows
 * (src/export).
 */
#include "plan/state.h"

#include <string.h>

static const char *const TRUE_FALSE[] = {"true", "false", NULL};
/* INT8_FLOAT16: INT8 where an operator can be quantised, FLOAT16 elsewhere. */
static const char *const NETWORK_PRECISION[] = {
    "float32", "float16", "bfloat16", "int8_float16", "int8_float32", "int16_float16", "int16_float32", NULL};
static const char *const WEIGHT_GRANULARITY[] = {"per_tensor", "per_channel", NULL};
static const char *const ACTIVATION_SYMMETRY[] = {"symmetric", "asymmetric", NULL};
static const char *const CALIBRATION_STATISTICS[] = {"min_max", "percentile_99.99", "mse", "entropy", NULL};

static const struct mm_setting SETTINGS[] = {
    {"network_precision", NETWORK_PRECISION, "precision of the whole network, before any override"},
    {"weight_granularity", WEIGHT_GRANULARITY, "one weight scale a tensor, or one a channel"},
    {"activation_symmetry", ACTIVATION_SYMMETRY, "quantise activations around zero, or by range"},
    {"calibration_statistics", CALIBRATION_STATISTICS, "what the range of an activation is taken from"},
    {"fusion", TRUE_FALSE, "let operators be fused (off: every tensor can be dumped)"},
    {"scale_folding", TRUE_FALSE, "fold a scale that follows a convolution into its weights"},
    {"int64_to_int32", TRUE_FALSE, "turn 64-bit types into 32-bit ones"},
    {"dynamic_shapes", TRUE_FALSE, "allow input shapes to change at run time"},
};
_Static_assert(MM_COUNT(SETTINGS) <= MM_SETTINGS_MAX, "struct mm_choices needs more room");

const struct mm_setting *mm_settings(size_t *count)
{
    *count = MM_COUNT(SETTINGS);
    return SETTINGS;
}

static const struct mm_setting *find(const char *key)
{
    for (size_t i = 0; key && i < MM_COUNT(SETTINGS); i++) {
        if (strcmp(key, SETTINGS[i].key) == 0)
            return &SETTINGS[i];
    }
    return NULL;
}

/* 1 + the index of `value`, or 0. */
static uint8_t find_value(const struct mm_setting *setting, const char *value)
{
    for (uint8_t i = 0; setting->values[i]; i++) {
        if (strcmp(value, setting->values[i]) == 0)
            return (uint8_t)(i + 1);
    }
    return 0;
}

/* What was asked for may come from a file: shown escaped, and not all of it. */
static int fail_key(const char *key, struct mm_err *err)
{
    struct mm_buf text = {0};
    struct mm_nearest nearest;
    char hint[MM_NEAREST];
    mm_nearest_init(&nearest, key);
    for (size_t i = 0; i < MM_COUNT(SETTINGS); i++)
        mm_nearest_look(&nearest, SETTINGS[i].key);
    mm_text_escape(&text, key ? key : "", key ? strlen(key) : 0);
    mm_fail(err, MM_EARG, "there is no setting \"%.60s\"%s", mm_buf_text(&text),
            mm_nearest_hint(&nearest, hint));
    mm_buf_clear(&text);
    for (size_t i = 0; i < MM_COUNT(SETTINGS) && !nearest.name; i++)
        mm_buf_printf(&text, "%s %s", i ? "," : "; there are:", SETTINGS[i].key);
    if (err)
        strncat(err->text, mm_buf_text(&text), sizeof(err->text) - strlen(err->text) - 1);
    mm_buf_done(&text);
    return -1;
}

static int fail_value(const struct mm_setting *setting, const char *value, struct mm_err *err)
{
    struct mm_buf shown = {0}, values = {0};
    mm_text_escape(&shown, value, strlen(value));
    for (size_t i = 0; setting->values[i]; i++)
        mm_buf_printf(&values, "%s %s", i ? "," : "", setting->values[i]);
    mm_fail(err, MM_EARG, "%s can't be \"%.60s\"; it can be:%s", setting->key, mm_buf_text(&shown),
            mm_buf_text(&values));
    mm_buf_done(&shown);
    mm_buf_done(&values);
    return -1;
}

int mm_choices_set(struct mm_choices *choices, const char *key, const char *value, struct mm_err *err)
{
    const struct mm_setting *setting = find(key);
    if (!setting)
        return fail_key(key, err);
    uint8_t chosen = value && *value ? find_value(setting, value) : 0;
    if (value && *value && !chosen)
        return fail_value(setting, value, err);
    choices->value[setting - SETTINGS] = chosen;
    return 0;
}

bool mm_choices_same(const struct mm_choices *a, const struct mm_choices *b)
{
    return memcmp(a->value, b->value, sizeof(a->value)) == 0;
}

const char *mm_choices_value(const struct mm_choices *choices, size_t row)
{
    uint8_t chosen = row < MM_COUNT(SETTINGS) ? choices->value[row] : 0;
    return chosen ? SETTINGS[row].values[chosen - 1] : NULL;
}

int mm_plan_set_setting(struct mm_plan *plan, const char *key, const char *value, struct mm_err *err)
{
    struct mm_choices choices = plan->choices;
    if (mm_plan_check_open(plan, err) < 0 || mm_choices_set(&choices, key, value, err) < 0)
        return -1;
    if (!mm_choices_same(&choices, &plan->choices)) {
        plan->choices = choices;
        plan->revision++;
    }
    return 0;
}

const char *mm_plan_setting(const struct mm_plan *plan, const char *key)
{
    const struct mm_setting *setting = find(key);
    return setting ? mm_choices_value(&plan->choices, (size_t)(setting - SETTINGS)) : NULL;
}
