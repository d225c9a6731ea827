/* Settings of the network that contradict each other or an override, and overrides that contradict each other. */
#include "export/lint.h"

/* What the whole network runs in, by the setting; quantised: its integers. */
static const struct {
    const char *value;
    enum mm_precision floats;
    bool quantised;
} NETWORK[] = {
    {"float32", MM_PRECISION_F32, false},      {"float16", MM_PRECISION_F16, false},
    {"bfloat16", MM_PRECISION_BF16, false},    {"int8_float16", MM_PRECISION_F16, true},
    {"int8_float32", MM_PRECISION_F32, true},  {"int16_float16", MM_PRECISION_F16, true},
    {"int16_float32", MM_PRECISION_F32, true},
};

static void about_quantisation(const struct mm_export *export, const char *network,
                               struct mm_problems *problems)
{
    static const char *const keys[] = {"weight_granularity", "activation_symmetry", "calibration_statistics"};
    for (size_t i = 0; i < MM_COUNT(keys); i++) {
        const char *value = mm_plan_setting(export->plan, keys[i]);
        if (value)
            mm_problems_add(problems, MM_SEVERITY_WARNING, "contradiction", NULL,
                            "%s = %s is about quantising, but network_precision = %s quantises nothing",
                            keys[i], value, network);
    }
}

static void about_overrides(const struct mm_export *export, enum mm_precision floats, const char *network,
                            struct mm_problems *problems)
{
    const struct mm_override *override;
    for (size_t at = 0; (override = mm_export_next(export, &at));) {
        if (override->precision == floats)
            mm_problems_add(problems, MM_SEVERITY_WARNING, "contradiction", override->name,
                            "%s is what network_precision = %s gives it anyway",
                            mm_override_precision(override), network);
    }
}

/* Two overrides that mean the same operator: the higher one is written. */
static void about_doubles(const struct mm_export *export, struct mm_problems *problems)
{
    const struct mm_targets *targets = export->targets;
    const struct mm_override *override;
    for (size_t at = 0; (override = mm_export_next(export, &at));) {
        const char *name = mm_export_name(export, override, NULL);
        const struct mm_target *target = name ? mm_targets_find(targets, name) : NULL;
        const struct mm_override *kept = target ? target->override : override;
        if (kept->precision != override->precision)
            mm_problems_add(problems, MM_SEVERITY_WARNING, "contradiction", override->name,
                            "%s contradicts %s for the same operator, which is taken",
                            mm_override_precision(override), mm_override_precision(kept));
    }
}

void lint_settings(const struct mm_export *export, struct mm_problems *problems)
{
    const char *network = mm_plan_setting(export->plan, "network_precision");
    for (size_t i = 0; network && i < MM_COUNT(NETWORK); i++) {
        if (strcmp(NETWORK[i].value, network) != 0)
            continue;
        if (!NETWORK[i].quantised) {
            about_quantisation(export, network, problems);
            about_overrides(export, NETWORK[i].floats, network, problems);
        }
    }
    about_doubles(export, problems);
}
