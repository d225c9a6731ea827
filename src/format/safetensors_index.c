/*
 * The index of a model that is split over several safetensors files ("weight_map": {tensor: file}): all its files as one
 * dump. The files lie beside the index.
 */
#include "format/formats.h"
#include "base/json_read.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/translate.h"

#define INDEX_MAX   ((size_t)256 << 20)
#define VALUES_MOST ((size_t)1 << 25)
#define LOOKED_AT   ((size_t)64 << 10) /* for the key: only metadata stand before it */

bool mm_safetensors_index_probe(const uint8_t *bytes, size_t size)
{
    static const char key[] = "\"weight_map\"";
    size_t i = mm_text_mark((const char *)bytes, size);
    while (i < size && (bytes[i] == ' ' || (bytes[i] >= '\t' && bytes[i] <= '\r')))
        i++;
    return i < size && bytes[i] == '{' &&
           memmem(bytes, size < LOOKED_AT ? size : LOOKED_AT, key, sizeof key - 1) != NULL;
}

struct indexing {
    const struct mm_source *source; /* the index */
    const struct mm_format *format; /* of the files */
    struct mm_arena *arena;
    struct mm_members *members;
};

/* A tensor of the map. */
struct row {
    const char *name, *file;
};

struct rows {
    struct row *row;
    size_t count, capacity;
};

/* ---- the map ---- */

static char *text_of(struct indexing *index, struct mm_json_value value)
{
    struct mm_buf text = {0};
    char *copy = NULL;
    if (mm_json_get_text(value, &text) && !text.failed)
        copy = mm_arena_strndup(index->arena, mm_buf_text(&text), text.length);
    mm_buf_done(&text);
    return copy;
}

static bool is_plain(const char *file)
{
    return *file && !strchr(file, '/') && strcmp(file, ".") != 0 && strcmp(file, "..") != 0;
}

static int read_rows(struct indexing *index, struct mm_json_value map, struct rows *rows, struct mm_err *err)
{
    struct mm_json_items items = mm_json_items(map);
    struct mm_json_value key, value;
    while (mm_json_next(&items, &key, &value)) {
        if (mm_json_kind(value) != MM_JSON_IS_TEXT)
            return mm_fail(err, MM_ECORRUPT, "%s: a tensor of weight_map has no file", index->source->file);
        if (mm_grow((void **)&rows->row, &rows->capacity, rows->count + 1, sizeof *rows->row) < 0)
            return mm_fail_memory(err);
        struct row *row = &rows->row[rows->count++];
        *row = (struct row){text_of(index, key), text_of(index, value)};
        if (!row->name || !row->file)
            return mm_fail_memory(err);
        if (!is_plain(row->file))
            return mm_fail(err, MM_EUNSUPPORTED,
                           "%s: tensor '%.100s' is in \"%.100s\": only files in the index's folder are read",
                           index->source->file, row->name, row->file);
    }
    return 0;
}

/* ---- the files ---- */

static int by_file(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    int order = strcmp(x->file, y->file);
    return order ? order : strcmp(x->name, y->name);
}

static int by_member(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct mm_source *source_of(struct indexing *index, const char *file)
{
    const char *path = index->source->path;
    size_t folder = (size_t)(mm_path_base(path) - path);
    struct mm_source *source = mm_arena_alloc(index->arena, sizeof *source);
    char *whole = mm_arena_alloc(index->arena, folder + strlen(file) + 1);
    if (!source || !whole)
        return NULL;
    memcpy(whole, path, folder);
    strcpy(whole + folder, file);
    *source = (struct mm_source){.path = whole,
                                 .file = file,
                                 .scope = index->source->scope,
                                 .format = index->format,
                                 .check = index->source->check};
    return source;
}

static int add_missing(struct indexing *index, const struct mm_source *source, const struct row *row,
                       const char *why, enum mm_code code, struct mm_err *err)
{
    struct mm_entry *entry = mm_members_add(index->members, source);
    size_t size = strlen(source->file) + strlen(row->name) + strlen(why) + 20;
    char *text = mm_arena_alloc(index->arena, size);
    if (!entry || !text)
        return mm_fail_memory(err);
    mm_format(text, size, "%s: tensor '%s': %s", source->file, row->name, why);
    entry->member = row->name;
    entry->label = source->file;
    entry->code = code;
    entry->wrong = text;
    return 0;
}

/* The rows of one file that it does not have. */
static int find_missing(struct indexing *index, const struct mm_source *source, const struct row *rows,
                        size_t count, size_t first, struct mm_err *err)
{
    size_t have = index->members->count - first;
    const char **names = malloc((have + 1) * sizeof *names);
    int result = names ? 0 : mm_fail_memory(err);
    for (size_t i = 0; i < have && names; i++)
        names[i] = index->members->entry[first + i].member;
    if (names)
        qsort(names, have, sizeof *names, by_member);
    for (size_t i = 0; i < count && result == 0; i++) {
        if (!bsearch(&rows[i].name, names, have, sizeof *names, by_member))
            result = add_missing(index, source, &rows[i], "the index says that it is here, but it is not",
                                 MM_ENOENT, err);
    }
    free(names);
    return result;
}

/* A file that can't be read is as many bad tensors as the index has in it. */
static int add_file(struct indexing *index, const struct row *rows, size_t count, struct mm_err *err)
{
    size_t first = index->members->count;
    struct mm_source *source = source_of(index, rows->file);
    struct mm_err why = {MM_OK, ""};
    if (!source)
        return mm_fail_memory(err);
    if (index->format->list(source, index->arena, index->members, &why) == 0)
        return find_missing(index, source, rows, count, first, err);
    if (why.code == MM_ENOMEM)
        return mm_fail_memory(err);
    index->members->count = first;
    for (size_t i = 0; i < count; i++) {
        if (add_missing(index, source, &rows[i], why.text, why.code, err) < 0)
            return -1;
    }
    return 0;
}

static int add_files(struct indexing *index, struct rows *rows, struct mm_err *err)
{
    size_t next;
    if (rows->count > 0)
        qsort(rows->row, rows->count, sizeof *rows->row, by_file);
    for (size_t i = 0; i < rows->count; i = next) {
        for (next = i; next < rows->count && strcmp(rows->row[next].file, rows->row[i].file) == 0;)
            next++;
        if (add_file(index, &rows->row[i], next - i, err) < 0)
            return -1;
    }
    return 0;
}

int mm_safetensors_index_list(const struct mm_source *source, struct mm_arena *arena,
                              struct mm_members *members, struct mm_err *err)
{
    struct indexing index = {
        .source = source, .format = mm_format_find("safetensors"), .arena = arena, .members = members};
    struct mm_buf text = {0};
    struct mm_json_value root;
    struct rows rows = {0};
    int result = mm_file_read(source->path, INDEX_MAX, &text, err);
    if (result == 0)
        result = mm_json_read(source->file, mm_buf_text(&text), text.length, VALUES_MOST, &root, err);
    if (result == 0 && mm_json_kind(mm_json_member(root, "weight_map")) != MM_JSON_IS_OBJECT)
        result = mm_fail(err, MM_ECORRUPT, "%s: has no weight_map", source->file);
    if (result == 0)
        result = read_rows(&index, mm_json_member(root, "weight_map"), &rows, err);
    if (result == 0)
        result = add_files(&index, &rows, err);
    free(rows.row);
    mm_buf_done(&text);
    return result;
}
