/*
 * Reading overrides.json. Everything is read and checked before the plan is touched; an error names the
 * file and the place in it: "plan.json: overrides[3].precision: ...". Members that are not known are passed
 * over.
 */
#include "base/json_text.h"
#include "plan/state.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_FILE ((size_t)64 << 20)

/* What has been read so far. */
struct reader {
    const char *path;
    int version;
    struct mm_override_node **entry; /* in the file's order until sorted */
    size_t count;
    struct mm_choices choices;
};

static void reader_done(struct reader *reader)
{
    for (size_t i = 0; i < reader->count; i++)
        mm_override_node_release(reader->entry[i]);
    free(reader->entry);
}

static cJSON *member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static int fail_override(const struct reader *reader, const char *key, const char *what, struct mm_err *err)
{
    return mm_fail(err, MM_ECORRUPT, "%s: overrides[%zu].%s: %s", reader->path, reader->count, key, what);
}

/* ---- the head ---- */

static int read_version(struct reader *reader, const cJSON *root, struct mm_err *err)
{
    const cJSON *format = member(root, "format"), *version = member(root, "schema_version");
    if (!cJSON_IsString(format) || strcmp(format->valuestring, "mmtui-plan") != 0)
        return mm_fail(err, MM_EUNSUPPORTED, "%s: format: not \"mmtui-plan\": this is not a plan file",
                       reader->path);
    if (!cJSON_IsNumber(version) || !(version->valuedouble >= 1) ||
        version->valuedouble != floor(version->valuedouble))
        return mm_fail(err, MM_ECORRUPT, "%s: schema_version: must be a whole number from 1", reader->path);
    if (version->valuedouble > MM_PLAN_SCHEMA)
        return mm_fail(err, MM_EUNSUPPORTED,
                       "%s: schema_version: %g is newer than %d, the newest that mmtui " MM_VERSION " reads",
                       reader->path, version->valuedouble, MM_PLAN_SCHEMA);
    reader->version = (int)version->valuedouble;
    return 0;
}

/* Keys and values of an older version by what they are called now. What is not known stays, to be told of. */
static int choose(struct reader *reader, const char *key, const char *value, struct mm_err *err)
{
    if (reader->version > 1)
        return mm_choices_set(&reader->choices, key, value, err);
    const char *now = mm_version1_key(key);
    if (now)
        return mm_choices_set(&reader->choices, now, mm_version1_value(value), err);
    struct mm_buf shown = {0};
    mm_text_escape(&shown, key, strnlen(key, 60));
    mm_fail(err, MM_EARG, "version 1 has no setting \"%s\"", mm_buf_text(&shown));
    mm_buf_done(&shown);
    return -1;
}

static int read_settings(struct reader *reader, const cJSON *root, struct mm_err *err)
{
    const cJSON *settings = member(root, "settings"), *item;
    if (settings && !cJSON_IsObject(settings))
        return mm_fail(err, MM_ECORRUPT, "%s: settings: must be an object", reader->path);
    cJSON_ArrayForEach(item, settings)
    {
        struct mm_err why = {0};
        const char *value = cJSON_IsString(item) ? item->valuestring
                            : cJSON_IsBool(item) ? (cJSON_IsTrue(item) ? "true" : "false")
                                                 : "(neither a string nor true or false)";
        if (choose(reader, item->string, value, &why) < 0)
            return mm_fail(err, MM_ECORRUPT, "%s: settings: %s", reader->path, why.text);
    }
    return 0;
}

/* ---- one override ---- */

/* A member that is a string; absent is "". */
static int read_text(const struct reader *reader, const cJSON *object, const char *key, const char **out,
                     struct mm_err *err)
{
    const cJSON *item = member(object, key);
    if (item && !cJSON_IsString(item))
        return fail_override(reader, key, "must be a string", err);
    *out = item ? item->valuestring : "";
    return 0;
}

static int fail_precision(const struct reader *reader, const char *text, struct mm_err *err)
{
    struct mm_buf what = {0};
    mm_buf_puts(&what, "\"");
    mm_text_escape(&what, text, strnlen(text, 60));
    mm_buf_puts(&what, "\" is none of");
    for (int i = MM_PRECISION_NONE + 1; i < MM_PRECISION_OWN; i++)
        mm_buf_printf(&what, " %s", mm_precision_info((enum mm_precision)i)->name);
    fail_override(reader, "precision", mm_buf_text(&what), err);
    mm_buf_done(&what);
    return -1;
}

static int read_precision(const struct reader *reader, const cJSON *object, struct mm_override *override,
                          struct mm_err *err)
{
    const char *text;
    if (read_text(reader, object, "precision", &text, err) < 0)
        return -1;
    override->precision = mm_precision_find(text);
    if (override->precision == MM_PRECISION_COUNT && mm_precision_is_own(text)) {
        override->precision = MM_PRECISION_OWN;
        override->own = text;
    }
    if (override->precision == MM_PRECISION_NONE || override->precision == MM_PRECISION_COUNT)
        return fail_precision(reader, text, err);
    return 0;
}

/* A figure is a number or one of the three words; absent or null is NaN. */
static int read_figure(const struct reader *reader, const cJSON *figures, const char *key, double *out,
                       struct mm_err *err)
{
    static const struct {
        const char *word;
        double value;
    } words[] = {{"NaN", NAN}, {"Infinity", INFINITY}, {"-Infinity", -INFINITY}};
    const cJSON *item = member(figures, key);
    *out = NAN;
    if (!item || cJSON_IsNull(item))
        return 0;
    if (cJSON_IsNumber(item)) {
        *out = item->valuedouble;
        return 0;
    }
    for (size_t i = 0; cJSON_IsString(item) && i < MM_COUNT(words); i++) {
        if (strcmp(item->valuestring, words[i].word) == 0) {
            *out = words[i].value;
            return 0;
        }
    }
    return mm_fail(err, MM_ECORRUPT,
                   "%s: overrides[%zu].figures.%s: must be a number, \"NaN\", \"Infinity\" or \"-Infinity\"",
                   reader->path, reader->count, key);
}

static int read_figures(const struct reader *reader, const cJSON *object, struct mm_figures *out,
                        struct mm_err *err)
{
    const cJSON *figures = member(object, "figures");
    if (figures && !cJSON_IsObject(figures))
        return fail_override(reader, "figures", "must be an object", err);
    if (read_figure(reader, figures, "diff1", &out->diff1, err) < 0 ||
        read_figure(reader, figures, "diff2", &out->diff2, err) < 0 ||
        read_figure(reader, figures, "max_abs", &out->max_abs, err) < 0 ||
        read_figure(reader, figures, "cosine", &out->cosine, err) < 0)
        return -1;
    return 0;
}

static int read_override(struct reader *reader, const cJSON *object, struct mm_err *err)
{
    struct mm_override override = {0};
    if (!cJSON_IsObject(object))
        return mm_fail(err, MM_ECORRUPT, "%s: overrides[%zu]: must be an object", reader->path,
                       reader->count);
    if (read_text(reader, object, "name", &override.name, err) < 0 ||
        read_text(reader, object, "op_type", &override.op_type, err) < 0 ||
        read_text(reader, object, "tensor", &override.tensor, err) < 0 ||
        read_text(reader, object, "why", &override.why, err) < 0 ||
        read_precision(reader, object, &override, err) < 0 ||
        read_figures(reader, object, &override.figures, err) < 0)
        return -1;
    if (!*override.name)
        return fail_override(reader, "name", "is missing or empty", err);
    struct mm_override_node *entry = mm_override_node_make(&override);
    if (!entry)
        return mm_fail_memory(err);
    reader->entry[reader->count++] = entry;
    return 0;
}

/* ---- all of them ---- */

static int compare_entries(const void *a, const void *b)
{
    const struct mm_override_node *const *x = a, *const *y = b;
    return mm_name_compare((*x)->override.name, (*y)->override.name);
}

static int sort_and_check(struct reader *reader, struct mm_err *err)
{
    if (reader->count > 1)
        qsort(reader->entry, reader->count, sizeof(*reader->entry), compare_entries);
    for (size_t i = 1; i < reader->count; i++) {
        const char *name = reader->entry[i]->override.name;
        if (strcmp(name, reader->entry[i - 1]->override.name) != 0)
            continue;
        struct mm_buf shown = {0};
        mm_text_escape(&shown, name, strnlen(name, 100));
        mm_fail(err, MM_ECORRUPT, "%s: overrides: the name \"%s\" stands there twice", reader->path,
                mm_buf_text(&shown));
        mm_buf_done(&shown);
        return -1;
    }
    return 0;
}

static int read_overrides(struct reader *reader, const cJSON *root, struct mm_err *err)
{
    const cJSON *overrides = member(root, "overrides"), *item;
    if (!cJSON_IsArray(overrides))
        return mm_fail(err, MM_ECORRUPT, "%s: overrides: must be a list", reader->path);
    size_t count = (size_t)cJSON_GetArraySize(overrides);
    reader->entry = calloc(count ? count : 1, sizeof(struct mm_override_node *));
    if (!reader->entry)
        return mm_fail_memory(err);
    cJSON_ArrayForEach(item, overrides)
    {
        if (read_override(reader, item, err) < 0)
            return -1;
    }
    return sort_and_check(reader, err);
}

static int read_root(struct reader *reader, const cJSON *root, struct mm_err *err)
{
    if (!cJSON_IsObject(root))
        return mm_fail(err, MM_ECORRUPT, "%s: must be an object", reader->path);
    if (read_version(reader, root, err) < 0 || read_settings(reader, root, err) < 0)
        return -1;
    return read_overrides(reader, root, err);
}

int mm_plan_load(struct mm_plan *plan, const char *path, struct mm_err *err)
{
    struct reader reader = {.path = path};
    struct mm_buf text = {0};
    int result = mm_file_read(path, LARGEST_FILE, &text, err);
    cJSON *root = result < 0 ? NULL : mm_json_parse(&text, path, err);
    if (root)
        result = read_root(&reader, root, err);
    else
        result = -1;
    if (result == 0) {
        mm_buf_clear(&text);
        mm_buf_printf(&text, "load %s", mm_path_base(path));
        result = mm_plan_replace(plan, reader.entry, reader.count, &reader.choices, mm_buf_text(&text), err);
    }
    cJSON_Delete(root);
    reader_done(&reader);
    mm_buf_done(&text);
    return result;
}
