/*
 * What msprobe's task "statistics" keeps: no tensors, but in dump.json, of each argument and result of each call, shape,
 * type, and Max, Min, Mean and Norm (null where there is none). Each is a tensor of these numbers, the norm as root mean
 * square: it grows with the number of elements, and beside it an error of the other three would count for nothing.
 */
#include "format/formats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_read.h"

#define FILE_MOST   ((size_t)256 << 20)
#define VALUES_MOST 4000000
#define PROBED      ((size_t)4096) /* of a file are looked at: "task" stands in front of the data */

static const char *const figures[] = {"Max", "Min", "Mean", "Norm"};
#define NORM 3

bool mm_msprobe_probe(const uint8_t *bytes, size_t size)
{
    static const char task[] = "\"task\"", statistics[] = "\"statistics\"";
    size_t looked = size < PROBED ? size : PROBED;
    const char *text = (const char *)bytes, *end = text + looked;
    text += mm_text_mark(text, looked);
    if (text == end || *text != '{')
        return false;
    const char *at = memmem(text, (size_t)(end - text), task, sizeof task - 1);
    if (!at)
        return false;
    at += sizeof task - 1;
    while (at < end && (*at == ' ' || *at == ':'))
        at++;
    return (size_t)(end - at) >= sizeof statistics - 1 && memcmp(at, statistics, sizeof statistics - 1) == 0;
}

/* ---- members ---- */

struct walk {
    const struct mm_source *source;
    struct mm_arena *arena;
    struct mm_members *members;
    struct mm_buf name; /* of the value that is looked at: "Functional.relu.0.forward.input.0" */
    bool failed;        /* memory */
};

/* NaN and infinities were put into quotes (mm_json_quote_nonfinite). */
static bool take_figure(struct mm_json_value value, double *out)
{
    bool truth;
    if (mm_json_get_number(value, out))
        return true;
    if (mm_json_get_bool(value, &truth)) {
        *out = truth;
        return true;
    }
    *out = mm_json_text_is(value, "Infinity")    ? INFINITY
           : mm_json_text_is(value, "-Infinity") ? -INFINITY
                                                 : NAN;
    return mm_json_kind(value) == MM_JSON_IS_TEXT;
}

/* The dimensions as far as mmtui has so many; false: there is no list of such. *elements -1: it can't be told. */
static bool take_shape(struct mm_json_value item, struct mm_statistics *out)
{
    struct mm_json_value shape = mm_json_member(item, "shape"), key, dim;
    struct mm_json_items items = mm_json_items(shape);
    uint64_t length;
    bool fits = true;
    out->elements = -1;
    if (mm_json_kind(shape) != MM_JSON_IS_ARRAY)
        return false;
    int64_t elements = 1;
    while (mm_json_next(&items, &key, &dim)) {
        if (!mm_json_get_whole(dim, INT64_MAX, &length) ||
            __builtin_mul_overflow(elements, (int64_t)length, &elements))
            return false;
        fits = fits && out->shape.rank < MM_RANK_MAX;
        if (fits)
            out->shape.dim[out->shape.rank++] = (int64_t)length;
    }
    out->elements = elements;
    return fits;
}

/* "torch.float32", or MindSpore's "Float32". */
static enum mm_dtype take_dtype(struct mm_json_value item)
{
    struct mm_buf text = {0};
    mm_json_get_text(mm_json_member(item, "dtype"), &text);
    const char *name = mm_buf_text(&text), *dot = strrchr(name, '.');
    enum mm_dtype dtype = mm_dtype_find(dot ? dot + 1 : name);
    mm_buf_done(&text);
    return dtype;
}

/* As far as the figures are there; the norm as root mean square. */
static void take_figures(struct mm_json_value item, struct mm_statistics *out)
{
    for (size_t i = 0; i < MM_COUNT(figures); i++) {
        double value;
        bool rms = i == NORM && out->elements > 0;
        if (!take_figure(mm_json_member(item, figures[i]), &value))
            continue;
        out->name[out->count] = rms ? "RMS" : figures[i];
        out->value[out->count++] = value / (rms ? sqrt((double)out->elements) : 1);
    }
}

/* "Max, Min, Mean, RMS of torch.float32 [2, 3]" */
static const char *describe(struct walk *walk, struct mm_json_value item,
                            const struct mm_statistics *statistics)
{
    struct mm_json_value dtype = mm_json_member(item, "dtype"), shape = mm_json_member(item, "shape");
    struct mm_buf text = {0};
    for (size_t i = 0; i < statistics->count; i++)
        mm_buf_printf(&text, "%s%s", i ? ", " : "", statistics->name[i]);
    mm_buf_puts(&text, " of ");
    bool typed = mm_json_get_text(dtype, &text), shaped = mm_json_kind(shape) == MM_JSON_IS_ARRAY;
    mm_buf_puts(&text, typed && shaped ? " " : typed || shaped ? "" : "a tensor");
    for (const char *p = shape.at; shaped && p < shape.end; p++) {
        if (*p != ' ' && *p != '\n' && *p != '\r' && *p != '\t')
            mm_buf_putc(&text, *p);
    }
    const char *copy = text.failed ? NULL : mm_arena_strdup(walk->arena, mm_buf_text(&text));
    mm_buf_done(&text);
    return copy;
}

static void add(struct walk *walk, struct mm_json_value item)
{
    struct mm_statistics statistics = {.dtype = take_dtype(item)}, *kept;
    statistics.shaped = take_shape(item, &statistics);
    take_figures(item, &statistics);
    if (statistics.count == 0) { /* an empty tensor */
        walk->members->skipped++;
        return;
    }
    struct mm_entry *entry = mm_members_add(walk->members, walk->source);
    kept = mm_arena_alloc(walk->arena, sizeof *kept);
    if (!entry || !kept)
        walk->failed = true;
    if (walk->failed)
        return;
    *kept = statistics;
    entry->statistics = kept;
    entry->kept = MM_KEPT_STATISTICS;
    entry->kept_of = describe(walk, item, kept);
    entry->member = mm_arena_strdup(walk->arena, mm_buf_text(&walk->name));
    entry->label = entry->member ? mm_tensor_sentence(walk->source, entry->member, "", walk->arena) : NULL;
    walk->failed = !entry->label || !entry->kept_of;
}

/* What msprobe calls a tensor's file has "input" for "input_args" and "input_kwargs". */
static void put_key(struct walk *walk, struct mm_json_value key, size_t index)
{
    if (!key.at)
        mm_buf_printf(&walk->name, ".%zu", index);
    else if (mm_json_text_is(key, "input_args") || mm_json_text_is(key, "input_kwargs"))
        mm_buf_puts(&walk->name, ".input");
    else {
        mm_buf_puts(&walk->name, walk->name.length ? "." : "");
        mm_json_get_text(key, &walk->name);
    }
}

/* The JSON reader bounds the depth. */
static void visit(struct walk *walk, struct mm_json_value here)
{
    struct mm_json_items items = mm_json_items(here);
    struct mm_json_value key, item;
    size_t before = walk->name.length, index = 0;
    if (mm_json_member(here, figures[0]).at) {
        add(walk, here);
        return;
    }
    for (; !walk->failed && mm_json_next(&items, &key, &item); index++) {
        enum mm_json_kind kind = mm_json_kind(item);
        if (kind != MM_JSON_IS_OBJECT && kind != MM_JSON_IS_ARRAY)
            continue;
        put_key(walk, key, index);
        walk->failed |= walk->name.failed;
        visit(walk, item);
        if (!walk->name.failed)
            walk->name.data[walk->name.length = before] = '\0';
    }
}

static int list_text(struct walk *walk, const struct mm_buf *text, struct mm_err *err)
{
    struct mm_json_value root;
    if (text->failed)
        return mm_fail_memory(err);
    if (mm_json_read(walk->source->file, mm_buf_text((struct mm_buf *)text), text->length, VALUES_MOST, &root,
                     err) < 0)
        return -1;
    visit(walk, mm_json_member(root, "data"));
    return walk->failed ? mm_fail_memory(err) : 0;
}

int mm_msprobe_list(const struct mm_source *source, struct mm_arena *arena, struct mm_members *members,
                    struct mm_err *err)
{
    struct walk walk = {.source = source, .arena = arena, .members = members};
    struct mm_buf raw = {0}, text = {0};
    int result = mm_file_read(source->path, FILE_MOST, &raw, err);
    if (result == 0)
        mm_json_quote_nonfinite(mm_buf_text(&raw), raw.length, &text);
    mm_buf_done(&raw);
    if (result == 0)
        result = list_text(&walk, &text, err);
    mm_buf_done(&text);
    mm_buf_done(&walk.name);
    return result;
}

/* ---- the numbers ---- */

int mm_msprobe_read(struct mm_load *load, const struct mm_schema *schema, const char *label,
                    struct mm_err *err)
{
    const struct mm_statistics *statistics = load->entry->statistics;
    const struct mm_shape shape = {.rank = 1, .dim = {(int64_t)statistics->count}};
    struct mm_run *run = mm_arena_alloc(&load->arena, sizeof *run);
    (void)schema;
    (void)label;
    if (!run)
        return mm_fail_memory(err);
    mm_tensor_raw(&load->tensor, MM_F64, &shape, statistics->value, run);
    return 0;
}

const char *mm_msprobe_stored_as(const struct mm_entry *entry)
{
    (void)entry;
    return "stats";
}
