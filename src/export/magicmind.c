/*
 * The MagicMind dialect. MagicMind has no public JSON key for the precision of one operator: that is code,
 * run between parsing and building. So one plan becomes a config file with the network-wide settings, a
 * script with the overrides, and the plan itself to come back to.
 */
#include "export/magicmind.h"
#include "base/quote.h"
#include "plan/state.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_CONFIG, FILE_PYTHON, FILE_PLAN, FILE_CPP };

const struct mm_export_file mm_magicmind_files[] = {
    [FILE_CONFIG] = {"build_config.json", "network-wide settings, for the builder's config", false},
    [FILE_PYTHON] = {"apply_overrides.py",
                     "per-operator precision: call it after parse, before calibrate and build", false},
    [FILE_PLAN] = {"overrides.json", "the plan itself with reasons and figures: mmtui loads it again", false},
    [FILE_CPP] = {"apply_overrides.cc", "the same as apply_overrides.py, a C++ sketch to paste", true},
    {NULL, NULL, false},
};

/* ---- build_config.json ---- */

/* The part of a key before its dot: its length, 0 when there is no dot. */
static size_t group_length(const char *key)
{
    const char *dot = key ? strchr(key, '.') : NULL;
    return dot ? (size_t)(dot - key) : 0;
}

static bool same_group(const char *a, const char *b)
{
    size_t length = group_length(a);
    return length > 0 && length == group_length(b) && strncmp(a, b, length) == 0;
}

/*
 * The chosen settings and nothing else; "group.key" becomes an object "group" with a member "key". The
 * settings of a group stand together in the table, so one look back is enough.
 */
static void add_config(const struct mm_plan *plan, struct mm_buf *out)
{
    size_t count;
    const struct mm_setting *settings = mm_settings(&count);
    const char *last = NULL; /* the key written last */
    mm_buf_puts(out, "{");
    for (size_t i = 0; i < count; i++) {
        const char *key = settings[i].key, *value = mm_plan_setting(plan, key);
        if (!value)
            continue;
        size_t group = group_length(key);
        bool inside = same_group(last, key);
        if (!inside && group_length(last))
            mm_buf_puts(out, "\n  }");
        mm_buf_puts(out, last ? ",\n" : "\n");
        if (!inside && group)
            mm_buf_printf(out, "  \"%.*s\": {\n", (int)group, key);
        mm_buf_printf(out, "%s\"%s\": ", group ? "    " : "  ", group ? key + group + 1 : key);
        mm_setting_json(out, value);
        last = key;
    }
    if (group_length(last))
        mm_buf_puts(out, "\n  }");
    mm_buf_puts(out, last ? "\n}\n" : "}\n");
}

/* ---- what can't be expressed ---- */

/* How many overrides something holds for, and the first of them. */
struct tally {
    size_t count;
    const char *example;
};

static void tally_add(struct tally *tally, const char *name)
{
    if (tally->count++ == 0)
        tally->example = name;
}

static void tally_say(const struct tally *tally, const char *what, struct mm_buf *out)
{
    if (tally->count == 0)
        return;
    mm_buf_printf(out, "%zu %s (such as \"", tally->count, tally->count == 1 ? "override" : "overrides");
    mm_text_escape(out, tally->example, strlen(tally->example));
    mm_buf_printf(out, "\"): %s\n", what);
}

void mm_magicmind_limits(const struct mm_plan *plan, struct mm_buf *out)
{
    struct tally not_utf8 = {0}, tensor_name = {0};
    for (size_t i = 0; i < mm_plan_count(plan); i++) {
        const struct mm_override *override = mm_plan_at(plan, i);
        if (!mm_quote_is_utf8(override->name))
            tally_add(&not_utf8, override->name);
        if (strcmp(override->name, override->tensor) == 0)
            tally_add(&tensor_name, override->name);
    }
    tally_say(
        &tensor_name,
        "known by the tensor's name; an operator that the runtime calls otherwise is reported as not found",
        out);
    tally_say(&not_utf8, "the name is not UTF-8, and Python may not get to see it as it is", out);
}

/* ---- writing ---- */

/* One file of the export: `make` appends its text. */
static int write_made(const struct mm_plan *plan,
                      void (*make)(const struct mm_plan *plan, struct mm_buf *out), const char *path,
                      struct mm_err *err)
{
    struct mm_buf text = {0};
    make(plan, &text);
    int result = text.failed ? mm_fail_memory(err) : mm_file_write(path, text.data, text.length, err);
    mm_buf_done(&text);
    return result;
}

static int write_file(const struct mm_plan *plan, size_t file, const char *folder, struct mm_err *err)
{
    static void (*const makers[])(const struct mm_plan *plan, struct mm_buf *out) = {
        [FILE_CONFIG] = add_config,
        [FILE_PYTHON] = mm_magicmind_python,
        [FILE_PLAN] = NULL,
        [FILE_CPP] = mm_magicmind_cpp,
    };
    char *path = mm_path_join(folder, mm_magicmind_files[file].name);
    if (!path)
        return mm_fail_memory(err);
    int result = makers[file] ? write_made(plan, makers[file], path, err) : mm_plan_save(plan, path, err);
    free(path);
    return result;
}

int mm_magicmind_write(const struct mm_plan *plan, const struct mm_export_options *options,
                       const char *folder, struct mm_err *err)
{
    if (mm_folder_make(folder, err) < 0)
        return -1;
    for (size_t i = 0; mm_magicmind_files[i].name; i++) {
        if (mm_magicmind_files[i].cpp && !(options && options->cpp))
            continue;
        if (write_file(plan, i, folder, err) < 0)
            return -1;
    }
    return 0;
}
