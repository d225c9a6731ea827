/*
 * Reading overrides.json. Everything is read and checked before the plan is touched; an error names the
 * file and the place in it: "plan.json: overrides[3].precision: ...". Members that are not known are passed
 * over.
 */
#include "base/json_read.h"
#include "base/translate.h"
#include "plan/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Members of an override that are strings. */
enum text { NAME, OP_TYPE, TENSOR, WHY, PRECISION, TEXTS };
static const char *const text_keys[TEXTS] = {"name", "op_type", "tensor", "why", "precision"};

/* What has been read so far. */
struct reader {
    const char *path;
    int version;
    struct mm_override_node **entry; /* in the file's order until sorted */
    size_t count;
    struct mm_choices choices;
    struct mm_buf text[TEXTS]; /* of the override that is being read */
};

static void reader_done(struct reader *reader)
{
    for (size_t i = 0; i < TEXTS; i++)
        mm_buf_done(&reader->text[i]);
    for (size_t i = 0; i < reader->count; i++)
        mm_override_node_release(reader->entry[i]);
    free(reader->entry);
}

static int fail_override(const struct reader *reader, const char *key, const char *what, struct mm_err *err)
{
    return mm_fail(err, MM_ECORRUPT, "%s: overrides[%zu].%s: %s", reader->path, reader->count, key, what);
}

/* ---- the head ---- */

static int read_version(struct reader *reader, struct mm_json_value root, struct mm_err *err)
{
    double version;
    if (!mm_json_text_is(mm_json_member(root, "format"), "mmtui-plan"))
        return mm_fail(err, MM_EUNSUPPORTED, "%s: format: not \"mmtui-plan\": this is not a plan file",
                       reader->path);
    if (!mm_json_get_number(mm_json_member(root, "schema_version"), &version) || !(version >= 1) ||
        version != floor(version))
        return mm_fail(err, MM_ECORRUPT, "%s: schema_version: must be a whole number from 1", reader->path);
    if (version > MM_PLAN_SCHEMA)
        return mm_fail(err, MM_EUNSUPPORTED,
                       "%s: schema_version: %g is newer than %d, the newest that mmtui " MM_VERSION " reads",
                       reader->path, version, MM_PLAN_SCHEMA);
    reader->version = (int)version;
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

static int read_setting(struct reader *reader, struct mm_json_value key, struct mm_json_value value,
                        struct mm_err *err)
{
    struct mm_buf name = {0}, text = {0};
    struct mm_err why = {0};
    bool on;
    mm_json_get_text(key, &name);
    if (mm_json_get_bool(value, &on))
        mm_buf_puts(&text, on ? "true" : "false");
    else if (!mm_json_get_text(value, &text))
        mm_buf_say(&text, "(neither a string nor true or false)");
    int result = name.failed || text.failed ? mm_fail_memory(&why)
                                            : choose(reader, mm_buf_text(&name), mm_buf_text(&text), &why);
    mm_buf_done(&name);
    mm_buf_done(&text);
    return result < 0 ? mm_fail(err, MM_ECORRUPT, "%s: settings: %s", reader->path, why.text) : 0;
}

static int read_settings(struct reader *reader, struct mm_json_value root, struct mm_err *err)
{
    struct mm_json_value settings = mm_json_member(root, "settings"), key, value;
    if (settings.at && mm_json_kind(settings) != MM_JSON_IS_OBJECT)
        return mm_fail(err, MM_ECORRUPT, "%s: settings: must be an object", reader->path);
    struct mm_json_items items = mm_json_items(settings);
    while (mm_json_next(&items, &key, &value)) {
        if (read_setting(reader, key, value, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- one override ---- */

/* A member that is a string; absent is "". */
static int read_text(struct reader *reader, struct mm_json_value object, enum text which, const char **out,
                     struct mm_err *err)
{
    struct mm_json_value item = mm_json_member(object, text_keys[which]);
    struct mm_buf *text = &reader->text[which];
    mm_buf_clear(text);
    if (item.at && mm_json_kind(item) != MM_JSON_IS_TEXT)
        return fail_override(reader, text_keys[which], "must be a string", err);
    if (item.at && !mm_json_get_text(item, text))
        return mm_fail_memory(err);
    *out = mm_buf_text(text);
    return 0;
}

static int fail_precision(const struct reader *reader, const char *text, struct mm_err *err)
{
    struct mm_buf what = {0};
    mm_buf_puts(&what, "\"");
    mm_text_escape(&what, text, strnlen(text, 60));
    mm_buf_say(&what, "\" is none of");
    for (int i = MM_PRECISION_NONE + 1; i < MM_PRECISION_OWN; i++)
        mm_buf_printf(&what, " %s", mm_precision_info((enum mm_precision)i)->name);
    fail_override(reader, "precision", mm_buf_text(&what), err);
    mm_buf_done(&what);
    return -1;
}

static int read_precision(struct reader *reader, struct mm_json_value object, struct mm_override *override,
                          struct mm_err *err)
{
    const char *text;
    if (read_text(reader, object, PRECISION, &text, err) < 0)
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
static int read_figure(const struct reader *reader, struct mm_json_value figures, const char *key,
                       double *out, struct mm_err *err)
{
    static const struct {
        const char *word;
        double value;
    } words[] = {{"NaN", NAN}, {"Infinity", INFINITY}, {"-Infinity", -INFINITY}};
    struct mm_json_value item = mm_json_member(figures, key);
    enum mm_json_kind kind = mm_json_kind(item);
    *out = NAN;
    if (kind == MM_JSON_ABSENT || kind == MM_JSON_IS_NULL || mm_json_get_number(item, out))
        return 0;
    for (size_t i = 0; i < MM_COUNT(words); i++) {
        if (mm_json_text_is(item, words[i].word)) {
            *out = words[i].value;
            return 0;
        }
    }
    return mm_fail(err, MM_ECORRUPT,
                   "%s: overrides[%zu].figures.%s: must be a number, \"NaN\", \"Infinity\" or \"-Infinity\"",
                   reader->path, reader->count, key);
}

static int read_figures(const struct reader *reader, struct mm_json_value object, struct mm_figures *out,
                        struct mm_err *err)
{
    struct mm_json_value figures = mm_json_member(object, "figures");
    if (figures.at && mm_json_kind(figures) != MM_JSON_IS_OBJECT)
        return fail_override(reader, "figures", "must be an object", err);
    if (read_figure(reader, figures, "diff1", &out->diff1, err) < 0 ||
        read_figure(reader, figures, "diff2", &out->diff2, err) < 0 ||
        read_figure(reader, figures, "max_abs", &out->max_abs, err) < 0 ||
        read_figure(reader, figures, "cosine", &out->cosine, err) < 0)
        return -1;
    return 0;
}

static int read_override(struct reader *reader, struct mm_json_value object, struct mm_err *err)
{
    struct mm_override override = {0};
    if (mm_json_kind(object) != MM_JSON_IS_OBJECT)
        return mm_fail(err, MM_ECORRUPT, "%s: overrides[%zu]: must be an object", reader->path,
                       reader->count);
    if (read_text(reader, object, NAME, &override.name, err) < 0 ||
        read_text(reader, object, OP_TYPE, &override.op_type, err) < 0 ||
        read_text(reader, object, TENSOR, &override.tensor, err) < 0 ||
        read_text(reader, object, WHY, &override.why, err) < 0 ||
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

static int read_overrides(struct reader *reader, struct mm_json_value root, struct mm_err *err)
{
    struct mm_json_value overrides = mm_json_member(root, "overrides"), key, item;
    if (mm_json_kind(overrides) != MM_JSON_IS_ARRAY)
        return mm_fail(err, MM_ECORRUPT, "%s: overrides: must be a list", reader->path);
    reader->entry = calloc(mm_json_count(overrides) + 1, sizeof(struct mm_override_node *));
    if (!reader->entry)
        return mm_fail_memory(err);
    struct mm_json_items items = mm_json_items(overrides);
    while (mm_json_next(&items, &key, &item)) {
        if (read_override(reader, item, err) < 0)
            return -1;
    }
    return sort_and_check(reader, err);
}

static int read_all(struct reader *reader, struct mm_json_value root, struct mm_err *err)
{
    if (mm_json_kind(root) != MM_JSON_IS_OBJECT)
        return mm_fail(err, MM_ECORRUPT, "%s: must be an object", reader->path);
    if (read_version(reader, root, err) < 0 || read_settings(reader, root, err) < 0)
        return -1;
    return read_overrides(reader, root, err);
}

int mm_plan_take_json(struct mm_plan *plan, const char *path, struct mm_json_value root, const char *label,
                      struct mm_err *err)
{
    struct reader reader = {.path = path};
    int result = read_all(&reader, root, err);
    if (result == 0)
        result = mm_plan_replace(plan, reader.entry, reader.count, &reader.choices, label, err);
    reader_done(&reader);
    return result;
}

int mm_plan_load(struct mm_plan *plan, const char *path, struct mm_err *err)
{
    struct mm_buf text = {0}, label = {0};
    struct mm_json_value root;
    mm_buf_printf(&label, "load %s", mm_path_base(path));
    int result = mm_file_read(path, MM_PLAN_BYTES_MOST, &text, err);
    if (result == 0)
        result = mm_json_read(path, mm_buf_text(&text), text.length, MM_PLAN_VALUES_MOST, &root, err);
    if (result == 0)
        result = mm_plan_take_json(plan, path, root, mm_buf_text(&label), err);
    mm_buf_done(&text);
    mm_buf_done(&label);
    return result;
}
