/* What is known to go wrong with an export: the rules, a file a theme, and what a row alone says. */
#include "export/lint.h"

/* ---- precisions and settings that the files can't have ---- */

/* "FLOAT16 and FLOAT32" */
static void put_precisions(const struct mm_dialect *dialect, struct mm_buf *out)
{
    const char *last = NULL, *between = "";
    for (int p = MM_PRECISION_NONE + 1; p < MM_PRECISION_OWN; p++) {
        if (!(dialect->precisions & MM_TAKES(p)))
            continue;
        if (last) {
            mm_buf_printf(out, "%s%s", between, last);
            between = ", ";
        }
        last = mm_precision_info((enum mm_precision)p)->name;
    }
    mm_buf_printf(out, "%s%s", *between ? " and " : "", last ? last : "types of its own");
}

static void precisions(const struct mm_export *export, struct mm_problems *problems)
{
    struct mm_buf takes = {0};
    put_precisions(export->dialect, &takes);
    for (size_t i = 0; i < mm_plan_count(export->plan); i++) {
        const struct mm_override *override = mm_plan_at(export->plan, i);
        if (mm_dialect_takes(export->dialect, override))
            continue;
        bool own = override->precision == MM_PRECISION_OWN;
        mm_problems_add(problems, MM_SEVERITY_WARNING, "precision", override->name,
                        "%s is left out: for single operators, %s takes %s only",
                        own ? "a type of another runtime" : mm_override_precision(override),
                        export->dialect->title, mm_buf_text(&takes));
    }
    problems->failed |= takes.failed;
    mm_buf_done(&takes);
}

static bool has_setting(const struct mm_dialect *dialect, const char *key, const char *value)
{
    for (const struct mm_dialect_setting *row = dialect->settings; row->setting; row++) {
        if (strcmp(row->setting, key) == 0 && strcmp(row->value, value) == 0)
            return true;
    }
    return false;
}

static void settings(const struct mm_export *export, struct mm_problems *problems)
{
    size_t count;
    const struct mm_setting *table = mm_settings(&count);
    for (size_t i = 0; i < count; i++) {
        const char *value = mm_plan_setting(export->plan, table[i].key);
        if (value && !has_setting(export->dialect, table[i].key, value))
            mm_problems_add(problems, MM_SEVERITY_WARNING, "setting", NULL,
                            "%s = %s is left out: there is nothing for it in the files of %s", table[i].key,
                            value, export->dialect->title);
    }
}

/* ---- all rules ---- */

static void own_rules(const struct mm_export *export, struct mm_problems *problems)
{
    if (export->dialect->check)
        export->dialect->check(export, problems);
}

static void (*const RULES[])(const struct mm_export *, struct mm_problems *) = {
    lint_version, precisions, settings, lint_names, lint_types, lint_neighbours, lint_settings, own_rules,
};

void mm_lint(const struct mm_export *export, struct mm_problems *problems)
{
    struct mm_targets targets;
    struct mm_export checked = *export;
    if (mm_export_targets(export, &targets, NULL) < 0) {
        problems->failed = true;
        return;
    }
    checked.targets = &targets;
    for (size_t i = 0; i < MM_COUNT(RULES); i++)
        RULES[i](&checked, problems);
    mm_targets_done(&targets);
}

void mm_export_limits(const struct mm_export *export, struct mm_buf *out)
{
    struct mm_problems problems = {0};
    mm_lint(export, &problems);
    mm_problems_text(&problems, false, out);
    mm_problems_done(&problems);
}
