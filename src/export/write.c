/* Writing an export: all files of its dialect, and the pieces that they share. */
#include "export/export.h"

#include <stdlib.h>

/* ---- the overrides that a runtime takes ---- */

const struct mm_override *mm_export_next(const struct mm_export *export, size_t *at)
{
    while (*at < mm_plan_count(export->plan)) {
        const struct mm_override *override = mm_plan_at(export->plan, (*at)++);
        if (mm_dialect_takes(export->dialect, override))
            return override;
    }
    return NULL;
}

size_t mm_export_count(const struct mm_export *export)
{
    size_t count = 0, at = 0;
    while (mm_export_next(export, &at))
        count++;
    return count;
}

/* ---- what files are made of ---- */

const struct mm_dialect_setting mm_no_settings[] = {{NULL, NULL, NULL, NULL}};

void mm_export_plan(const struct mm_export *export, struct mm_buf *out)
{
    mm_plan_text(export->plan, out);
}

static bool is_chosen(const struct mm_plan *plan, const struct mm_dialect_setting *row)
{
    const char *value = mm_plan_setting(plan, row->setting);
    return value && strcmp(value, row->value) == 0;
}

/* The part of a key before its dot: its length, 0 when there is no dot. */
static size_t object_length(const char *key)
{
    const char *dot = key ? strchr(key, '.') : NULL;
    return dot ? (size_t)(dot - key) : 0;
}

static bool same_object(const char *a, const char *b)
{
    size_t length = object_length(a);
    return length > 0 && length == object_length(b) && strncmp(a, b, length) == 0;
}

static void open_object(struct mm_json *json, const char *key, size_t length)
{
    struct mm_buf name = {0};
    mm_buf_add(&name, key, length);
    json->out->failed |= name.failed;
    mm_json_open_object(json, mm_buf_text(&name));
    mm_buf_done(&name);
}

/* "object.key" becomes an object with a member "key"; keys of one object stand together in the table, so one
 * look back is enough. */
void mm_export_settings(const struct mm_export *export, struct mm_json *json)
{
    const char *last = NULL; /* the key put last */
    for (const struct mm_dialect_setting *row = export->dialect->settings; row->setting; row++) {
        if (!is_chosen(export->plan, row))
            continue;
        size_t object = object_length(row->key);
        bool inside = same_object(last, row->key);
        if (!inside && object_length(last))
            mm_json_close_object(json);
        if (!inside && object)
            open_object(json, row->key, object);
        mm_json_put_raw(json, object ? row->key + object + 1 : row->key, row->json);
        last = row->key;
    }
    if (object_length(last))
        mm_json_close_object(json);
}

/* ---- files ---- */

static int make(const struct mm_export *export, const struct mm_export_file *file, struct mm_buf *text,
                struct mm_err *err)
{
    file->make(export, text);
    return text->failed ? mm_fail_memory(err) : 0;
}

static int write_file(const struct mm_export *export, const struct mm_export_file *file, const char *folder,
                      struct mm_err *err)
{
    char *path = mm_path_join(folder, file->name);
    if (!path)
        return mm_fail_memory(err);
    struct mm_buf text = {0};
    int result = make(export, file, &text, err);
    if (result == 0)
        result = mm_file_write(path, text.data, text.length, err);
    mm_buf_done(&text);
    free(path);
    return result;
}

int mm_export_check_base(const struct mm_export *export, struct mm_err *err)
{
    if (export->dialect->base && !export->base)
        return mm_fail(err, MM_EARG, "%s takes overrides in its own file: give it with --base %s",
                       export->dialect->title, export->dialect->base);
    return 0;
}

/* With the names that its files are made of; targets must be closed. */
static int prepare(const struct mm_export *export, struct mm_export *ready, struct mm_targets *targets,
                   struct mm_err *err)
{
    *ready = *export;
    if (mm_export_check_base(export, err) < 0 || mm_export_targets(export, targets, err) < 0)
        return -1;
    ready->targets = targets;
    return 0;
}

int mm_export_write(const struct mm_export *export, const char *folder, struct mm_err *err)
{
    struct mm_targets targets = {0};
    struct mm_export ready;
    int result = prepare(export, &ready, &targets, err);
    if (result == 0)
        result = mm_folder_make(folder, err);
    for (const struct mm_export_file *file = export->dialect->files; result == 0 && file->name; file++) {
        if (!file->cpp || export->cpp)
            result = write_file(&ready, file, folder, err);
    }
    mm_targets_done(&targets);
    return result;
}

int mm_export_main(const struct mm_export *export, struct mm_buf *out, struct mm_err *err)
{
    struct mm_targets targets = {0};
    struct mm_export ready;
    int result = prepare(export, &ready, &targets, err);
    if (result == 0)
        result = make(&ready, &export->dialect->files[0], out, err);
    mm_targets_done(&targets);
    return result;
}
