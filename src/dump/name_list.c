/* Lists that runtimes write beside their tensors. */
#include "dump/name_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_read.h"

#define FILE_MOST   (256u << 20)
#define VALUES_MOST 4000000

/* ---- rows ---- */

/* Both texts are copied; a folder before the file's name, and an ending of a format, are dropped with `file`. */
static int add_row(struct name_list *list, const char *stem, const char *name, bool file)
{
    size_t length;
    if (file)
        stem = mm_path_base(stem);
    if (!file || !mm_format_by_name(stem, &length))
        length = strlen(stem);
    if (mm_grow((void **)&list->row, &list->capacity, list->count + 1, sizeof *list->row) < 0)
        return -1;
    struct name_row row = {.stem = mm_arena_strndup(list->arena, stem, length),
                           .name = mm_arena_strdup(list->arena, name),
                           .place = list->count};
    if (!row.stem || !row.name)
        return -1;
    list->row[list->count++] = row;
    return 0;
}

static int by_stem(const void *a, const void *b)
{
    const struct name_row *x = a, *y = b;
    int order = strcmp(x->stem, y->stem);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

const struct name_row *name_list_find(const struct name_list *list, const char *stem)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(list->row[middle].stem, stem) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < list->count && strcmp(list->row[low].stem, stem) == 0 ? &list->row[low] : NULL;
}

/* ---- JSON ---- */

/* *root borrows from `text`. Python writes NaN into its JSON. */
static int read_json(const char *path, struct mm_buf *text, struct mm_json_value *root, struct mm_err *err)
{
    struct mm_buf raw = {0};
    int result = mm_file_read(path, FILE_MOST, &raw, err);
    if (result == 0)
        mm_json_quote_nonfinite(mm_buf_text(&raw), raw.length, text);
    mm_buf_done(&raw);
    if (result == 0 && text->failed)
        return mm_fail_memory(err);
    return result < 0 ? -1 : mm_json_read(path, mm_buf_text(text), text->length, VALUES_MOST, root, err);
}

/* ---- trtexec: {"tensors": [{"name": ..., "files": {"numpy": ..., "raw": ...}}]} ---- */

static int add_files(struct name_list *list, const char *name, struct mm_json_value files)
{
    struct mm_json_items items = mm_json_items(files);
    struct mm_json_value key, value;
    struct mm_buf file = {0};
    int result = 0;
    while (result == 0 && mm_json_next(&items, &key, &value)) {
        mm_buf_clear(&file);
        if (mm_json_get_text(value, &file))
            result = add_row(list, mm_buf_text(&file), name, true);
    }
    mm_buf_done(&file);
    return result;
}

static int take_summary(struct name_list *list, struct mm_json_value root)
{
    struct mm_json_items items = mm_json_items(mm_json_member(root, "tensors"));
    struct mm_json_value key, item;
    struct mm_buf name = {0};
    int result = 0;
    while (result == 0 && mm_json_next(&items, &key, &item)) {
        mm_buf_clear(&name);
        if (mm_json_get_text(mm_json_member(item, "name"), &name))
            result = add_files(list, mm_buf_text(&name), mm_json_member(item, "files"));
    }
    mm_buf_done(&name);
    return result;
}

/* ---- msprobe: {"data": {"API.forward": {"input_args": [{"data_name": "API.forward.input.0.pt", ...}]}}} ---- */

/* Every "data_name", in the order of the text; the JSON reader bounds the depth. */
static int take_data_names(struct name_list *list, struct mm_json_value here)
{
    struct mm_json_items items = mm_json_items(here);
    struct mm_json_value key, item;
    struct mm_buf file = {0};
    size_t before = list->count;
    int result = 0;
    if (mm_json_get_text(mm_json_member(here, "data_name"), &file))
        result = add_row(list, mm_buf_text(&file), "", true);
    if (result == 0 && list->count > before)
        list->row[before].name = list->row[before].stem;
    mm_buf_done(&file);
    while (result == 0 && mm_json_next(&items, &key, &item)) {
        if (mm_json_kind(item) == MM_JSON_IS_OBJECT || mm_json_kind(item) == MM_JSON_IS_ARRAY)
            result = take_data_names(list, item);
    }
    return result;
}

static int take_msprobe(struct name_list *list, struct mm_json_value root)
{
    return take_data_names(list, mm_json_member(root, "data"));
}

/* ---- mmtui dump, and its scripts: {"tensors": [{"file": "x.npy", "name": ..., "op_type": ...}],
        "not_seen": ["fc2: was not called", ...]} ---- */

static int take_mmtui_tensor(struct name_list *list, struct mm_json_value item, struct mm_buf *file,
                             struct mm_buf *text)
{
    mm_buf_clear(file);
    mm_buf_clear(text);
    bool member = mm_json_get_text(mm_json_member(item, "member"), file);
    if ((!member && !mm_json_get_text(mm_json_member(item, "file"), file)) ||
        !mm_json_get_text(mm_json_member(item, "name"), text))
        return 0;
    if (add_row(list, mm_buf_text(file), mm_buf_text(text), !member) < 0)
        return -1;
    mm_buf_clear(text);
    if (!mm_json_get_text(mm_json_member(item, "op_type"), text) || text->length == 0)
        return 0;
    struct name_row *row = &list->row[list->count - 1];
    row->op_type = mm_arena_strdup(list->arena, mm_buf_text(text));
    return row->op_type ? 0 : -1;
}

static int take_mmtui(struct name_list *list, struct mm_json_value root)
{
    struct mm_json_items items = mm_json_items(mm_json_member(root, "tensors"));
    struct mm_json_value key, item;
    struct mm_json_value not_seen = mm_json_member(root, "not_seen");
    struct mm_buf file = {0}, text = {0};
    int result = 0;
    list->not_seen = mm_json_kind(not_seen) == MM_JSON_IS_ARRAY ? mm_json_count(not_seen) : 0;
    while (result == 0 && mm_json_next(&items, &key, &item))
        result = take_mmtui_tensor(list, item, &file, &text);
    mm_buf_done(&file);
    mm_buf_done(&text);
    return result;
}

static int read_by(struct name_list *list, int (*take)(struct name_list *list, struct mm_json_value root),
                   struct mm_err *err)
{
    struct mm_buf text = {0};
    struct mm_json_value root;
    int result = read_json(list->path, &text, &root, err);
    if (result == 0 && take(list, root) < 0)
        result = mm_fail_memory(err);
    mm_buf_done(&text);
    return result;
}

static int read_summary(struct name_list *list, struct mm_err *err)
{
    return read_by(list, take_summary, err);
}

static int read_msprobe(struct name_list *list, struct mm_err *err)
{
    return read_by(list, take_msprobe, err);
}

static int read_mmtui(struct name_list *list, struct mm_err *err)
{
    return read_by(list, take_mmtui, err);
}

bool name_list_statistics(const struct name_list *list)
{
    struct mm_buf text = {0};
    struct mm_json_value root;
    bool kept = list->kind->read == read_msprobe && read_json(list->path, &text, &root, NULL) == 0 &&
                mm_json_text_is(mm_json_member(root, "task"), "statistics");
    mm_buf_done(&text);
    return kept;
}

/* ---- AIMET: names alone, which are the files' ---- */

static int read_names(struct name_list *list, struct mm_err *err)
{
    struct mm_order_names names;
    if (mm_order_names_read(&names, list->path, err) < 0)
        return -1;
    int result = 0;
    for (size_t i = 0; i < names.count && result == 0; i++)
        result = add_row(list, names.name[i], names.name[i], false);
    mm_order_names_done(&names);
    return result < 0 ? mm_fail_memory(err) : 0;
}

/* ---- RKNN: two columns, the layer and its file ---- */

static const char blanks[] = " \t\r";

/* The last word of [line, line + length) is the file; the name, before it, may have blanks in it. */
static int add_columns(struct name_list *list, char *line)
{
    size_t length = strlen(line), end;
    while (length && strchr(blanks, line[length - 1]))
        line[--length] = '\0';
    line += strspn(line, blanks);
    char *file = line + strlen(line);
    while (file > line && !strchr(blanks, file[-1]))
        file--;
    for (end = (size_t)(file - line); end && strchr(blanks, line[end - 1]); end--) {
    }
    if (end == 0 || strcmp(file, "file_name") == 0 || strspn(file, "-=") == strlen(file))
        return 0; /* one word, the heading, or a rule */
    line[end] = '\0';
    return add_row(list, file, line, true);
}

static int read_columns(struct name_list *list, struct mm_err *err)
{
    struct mm_buf text = {0};
    int result = mm_file_read(list->path, FILE_MOST, &text, err);
    char *line = text.data ? text.data + mm_text_mark(text.data, text.length) : NULL, *next;
    for (; result == 0 && line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (add_columns(list, line) < 0)
            result = mm_fail_memory(err);
    }
    mm_buf_done(&text);
    return result;
}

/* ---- all ---- */

static const struct name_list_kind kinds[] = {
    {"tensor_summary.json", "trtexec's debug tensors", false, false, false, read_summary},
    {"map_name_to_file.txt", "an RKNN snapshot", false, false, false, read_columns},
    {"layer_output_name_order.json", "AIMET's layer outputs", false, true, false, read_names},
    {"mmtui-dump.json", "mmtui's own dump", false, false, true, read_mmtui},
    {"dump.json", "an msprobe dump", true, false, false, read_msprobe},
};

const struct name_list_kind *name_list_kind(const char *file)
{
    for (size_t i = 0; i < MM_COUNT(kinds); i++) {
        if (strcmp(file, kinds[i].file) == 0)
            return &kinds[i];
    }
    return NULL;
}

int name_list_read(struct name_list *list, struct mm_err *err)
{
    if (list->kind->read(list, err) < 0)
        return -1;
    if (list->count == 0)
        return mm_fail(err, MM_ECORRUPT, "%s: names no file with a tensor", list->path);
    qsort(list->row, list->count, sizeof *list->row, by_stem);
    return 0;
}

void name_list_done(struct name_list *list)
{
    free(list->row);
    list->row = NULL;
    list->count = list->capacity = 0;
}
