/* What of a plan a dialect's files do not have, in sentences. */
#include "export/export.h"

void mm_tally_add(struct mm_tally *tally, const char *name)
{
    if (tally->count++ == 0)
        tally->example = name;
}

static void put_count(const struct mm_tally *tally, struct mm_buf *out)
{
    mm_buf_printf(out, "%zu %s (such as \"", tally->count, tally->count == 1 ? "operator" : "operators");
    mm_text_escape(out, tally->example, strlen(tally->example));
    mm_buf_puts(out, "\")");
}

void mm_tally_say(const struct mm_tally *tally, const char *what, struct mm_buf *out)
{
    if (tally->count == 0)
        return;
    put_count(tally, out);
    mm_buf_printf(out, ": %s\n", what);
}

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
    mm_buf_printf(out, "%s%s", *between ? " and " : "", last ? last : "nothing");
}

/* "BFLOAT16 for 2 operators (such as "a") is left out: MagicMind takes FLOAT16 and FLOAT32 for one operator" */
static void say_precision(const struct mm_dialect *dialect, const char *name, const struct mm_tally *tally,
                          struct mm_buf *out)
{
    if (tally->count == 0)
        return;
    mm_buf_printf(out, "%s for ", name);
    put_count(tally, out);
    mm_buf_printf(out, " is left out: for single operators, %s takes ", dialect->title);
    put_precisions(dialect, out);
    mm_buf_puts(out, " only\n");
}

static void precisions(const struct mm_export *export, struct mm_buf *out)
{
    struct mm_tally tally[MM_PRECISION_COUNT] = {{0}};
    for (size_t i = 0; i < mm_plan_count(export->plan); i++) {
        const struct mm_override *override = mm_plan_at(export->plan, i);
        if (!mm_dialect_takes(export->dialect, override))
            mm_tally_add(&tally[override->precision], override->name);
    }
    for (int p = 0; p < MM_PRECISION_OWN; p++)
        say_precision(export->dialect, mm_precision_info((enum mm_precision)p)->name, &tally[p], out);
    say_precision(export->dialect, "a type of another runtime", &tally[MM_PRECISION_OWN], out);
}

static bool has_setting(const struct mm_dialect *dialect, const char *key, const char *value)
{
    for (const struct mm_dialect_setting *row = dialect->settings; row->setting; row++) {
        if (strcmp(row->setting, key) == 0 && strcmp(row->value, value) == 0)
            return true;
    }
    return false;
}

static void settings(const struct mm_export *export, struct mm_buf *out)
{
    size_t count;
    const struct mm_setting *table = mm_settings(&count);
    for (size_t i = 0; i < count; i++) {
        const char *value = mm_plan_setting(export->plan, table[i].key);
        if (value && !has_setting(export->dialect, table[i].key, value))
            mm_buf_printf(out, "%s = %s is left out: there is nothing for it in the files of %s\n",
                          table[i].key, value, export->dialect->title);
    }
}

void mm_export_limits(const struct mm_export *export, struct mm_buf *out)
{
    precisions(export, out);
    settings(export, out);
    if (export->dialect->limits)
        export->dialect->limits(export, out);
}
