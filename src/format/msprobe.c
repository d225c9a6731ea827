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

struct detail {
    int64_t count;
    double value[MM_COUNT(figures)];
};

bool mm_msprobe_probe(const uint8_t *bytes, size_t size)
{
    static const char task[] = "\"task\"", statistics[] = "\"statistics\"";
    size_t looked = size < PROBED ? size : PROBED;
    const char *text = (const char *)bytes, *end = text + looked;
    if (looked == 0 || *text != '{')
        return false;
    const char *at = memmem(text, looked, task, sizeof task - 1);
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

/* How many elements the shape has; -1: there is none that can be read. */
static int64_t elements_of(struct mm_json_value item)
{
    struct mm_json_value shape = mm_json_member(item, "shape"), key, dim;
    struct mm_json_items items = mm_json_items(shape);
    uint64_t length;
    int64_t count = 1;
    if (mm_json_kind(shape) != MM_JSON_IS_ARRAY)
        return -1;
    while (mm_json_next(&items, &key, &dim)) {
        if (!mm_json_get_whole(dim, INT64_MAX, &length) ||
            __builtin_mul_overflow(count, (int64_t)length, &count))
            return -1;
    }
    return count;
}

/* "Max, Min, Mean, RMS of torch.float32 [2, 3]" */
static const char *describe(struct walk *walk, struct mm_json_value item, int64_t count)
{
    struct mm_json_value dtype = mm_json_member(item, "dtype"), shape = mm_json_member(item, "shape");
    struct mm_buf text = {0};
    double number;
    for (size_t i = 0, n = 0; i < MM_COUNT(figures); i++) {
        if (take_figure(mm_json_member(item, figures[i]), &number))
            mm_buf_printf(&text, "%s%s", n++ ? ", " : "", i == NORM && count > 0 ? "RMS" : figures[i]);
    }
    mm_buf_puts(&text, " of ");
    if (mm_json_get_text(dtype, &text))
        mm_buf_putc(&text, ' ');
    for (const char *p = shape.at; p && p < shape.end; p++) {
        if (*p != ' ' && *p != '\n' && *p != '\r' && *p != '\t')
            mm_buf_putc(&text, *p);
    }
    const char *copy = text.failed ? NULL : mm_arena_strdup(walk->arena, mm_buf_text(&text));
    mm_buf_done(&text);
    return copy;
}

static void add(struct walk *walk, struct mm_json_value item)
{
    struct detail detail = {0}, *kept = mm_arena_alloc(walk->arena, sizeof *kept);
    int64_t count = elements_of(item);
    for (size_t i = 0; i < MM_COUNT(figures); i++) {
        double *value = &detail.value[detail.count];
        if (!take_figure(mm_json_member(item, figures[i]), value))
            continue;
        *value /= i == NORM && count > 0 ? sqrt((double)count) : 1;
        detail.count++;
    }
    if (detail.count == 0) { /* an empty tensor */
        walk->members->skipped++;
        return;
    }
    struct mm_entry *entry = mm_members_add(walk->members, walk->source);
    if (!entry || !kept)
        walk->failed = true;
    if (walk->failed)
        return;
    *kept = detail;
    entry->detail = kept;
    entry->kept = MM_KEPT_STATISTICS;
    entry->kept_of = describe(walk, item, count);
    entry->kept_count = count;
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
    const struct detail *detail = load->entry->detail;
    const struct mm_shape shape = {.rank = 1, .dim = {detail->count}};
    struct mm_run *run = mm_arena_alloc(&load->arena, sizeof *run);
    (void)schema;
    (void)label;
    if (!run)
        return mm_fail_memory(err);
    mm_tensor_raw(&load->tensor, MM_F64, &shape, detail->value, run);
    return 0;
}

const char *mm_msprobe_stored_as(const struct mm_entry *entry)
{
    (void)entry;
    return "stats";
}
