/* The model that is run, kept: its file, and those that its weights lie in. */
#include "runtime/model_keep.h"

#include "base/names.h"
#include "runtime/model_fields.h"

#include "base/wire.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The files beside the model, each once. */
struct files {
    const struct mm_map *map;
    const char *path;
    struct mm_names names;
    struct mm_arena arena;
    bool failed; /* memory */
};

static bool is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* ---- which files ---- */

static struct mm_wire inside(const struct files *files, const struct mm_wire_field *field)
{
    return (struct mm_wire){files->path, files->map->data, field->data, field->data + field->size};
}

static bool is_text(const struct mm_wire_field *field, const char *text)
{
    return field->data && field->size == strlen(text) && memcmp(field->data, text, field->size) == 0;
}

/* A pair of external_data: {"location": FILE} is wanted. */
static void note_entry(struct files *files, const struct mm_wire_field *entry)
{
    struct mm_wire wire = inside(files, entry);
    struct mm_wire_field field, key = {.data = NULL}, value = {.data = NULL};
    while (mm_wire_next(&wire, &field, NULL) > 0) {
        if (field.type == MM_WIRE_BYTES && field.number == FIELD_ENTRY_KEY)
            key = field;
        if (field.type == MM_WIRE_BYTES && field.number == FIELD_ENTRY_VALUE)
            value = field;
    }
    if (is_text(&key, "location") && value.size > 0)
        files->failed |= mm_names_add(&files->names, &files->arena, (const char *)value.data, value.size) < 0;
}

/* By message: which fields lead to a tensor's external_data. Recursive by way of graphs in attributes. */
enum message { GRAPH, NODE, ATTRIBUTE, TENSOR, ENTRY };

static const struct {
    enum message of;
    uint32_t number;
    enum message inner;
} paths[] = {{GRAPH, FIELD_GRAPH_INITIALIZER, TENSOR},  {GRAPH, FIELD_GRAPH_NODE, NODE},
             {NODE, FIELD_NODE_ATTRIBUTE, ATTRIBUTE},   {ATTRIBUTE, FIELD_ATTRIBUTE_TENSOR, TENSOR},
             {ATTRIBUTE, FIELD_ATTRIBUTE_GRAPH, GRAPH}, {ATTRIBUTE, FIELD_ATTRIBUTE_GRAPHS, GRAPH},
             {TENSOR, FIELD_TENSOR_EXTERNAL, ENTRY}};

#define DEPTH_MOST 200 /* messages in messages: five for each If in an If */

static void note_files(struct files *files, enum message of, const struct mm_wire_field *message, int depth)
{
    struct mm_wire wire = inside(files, message);
    struct mm_wire_field field;
    if (of == ENTRY) {
        note_entry(files, message);
        return;
    }
    while (depth < DEPTH_MOST && mm_wire_next(&wire, &field, NULL) > 0) {
        for (size_t i = 0; i < MM_COUNT(paths) && field.type == MM_WIRE_BYTES; i++) {
            if (paths[i].of == of && paths[i].number == field.number)
                note_files(files, paths[i].inner, &field, depth + 1);
        }
    }
}

/* ---- copies ---- */

static int copy_file(const char *from, const char *to, struct mm_err *err)
{
    struct mm_map map;
    if (is_same_file(from, to))
        return 0;
    if (mm_map_open(&map, from, err) < 0)
        return -1;
    int result = mm_file_write(to, map.data, map.size, err);
    if (result == 0)
        result = mm_map_check(&map, from, err);
    mm_map_close(&map);
    return result;
}

/* The folders in "a/b/w.bin". */
static int make_folders(const char *path, size_t from, struct mm_err *err)
{
    for (const char *p = strchr(path + from, '/'); p; p = strchr(p + 1, '/')) {
        char *folder = strndup(path, (size_t)(p - path));
        int result = folder ? mm_folder_make(folder, err) : mm_fail_memory(err);
        free(folder);
        if (result < 0)
            return -1;
    }
    return 0;
}

static int copy_beside(const struct model *model, const char *name, const char *folder, struct mm_err *err)
{
    if (*name == '/' || strstr(name, ".."))
        return mm_fail(err, MM_EUNSUPPORTED, "%s: weights in \"%s\", outside of its folder, are not copied",
                       model->path, name);
    char *from = mm_path_join(model->folder, name), *to = mm_path_join(folder, name);
    int result = from && to ? 0 : mm_fail_memory(err);
    if (result == 0)
        result = make_folders(to, strlen(folder) + 1, err);
    if (result == 0)
        result = copy_file(from, to, err);
    free(from);
    free(to);
    return result;
}

static int copy_weights(const char *path, const char *folder, struct mm_err *err)
{
    struct model model;
    struct mm_wire_field field;
    int result = model_map(&model, path, err);
    struct files files = {.map = &model.map, .path = path};
    if (result == 0) {
        struct mm_wire wire = {path, model.map.data, model.map.data, model.map.data + model.map.size};
        while (mm_wire_next(&wire, &field, NULL) > 0) {
            if (field.number == FIELD_MODEL_GRAPH && field.type == MM_WIRE_BYTES)
                note_files(&files, GRAPH, &field, 0);
        }
        result = files.failed ? mm_fail_memory(err) : 0;
    }
    for (size_t i = 0; result == 0 && i < files.names.count; i++)
        result = copy_beside(&model, files.names.name[i].text, folder, err);
    mm_names_done(&files.names);
    mm_arena_done(&files.arena);
    model_close(&model);
    return result;
}

int model_keep_begin(const char *own, const char *folder, struct mm_err *err)
{
    if (mm_folder_make(folder, err) < 0)
        return -1;
    char *kept = mm_path_join(folder, mm_path_base(own));
    int result = kept ? 0 : mm_fail_memory(err);
    if (result == 0 && is_same_file(own, kept))
        result = mm_fail(err, MM_EARG,
                         "%s: is the model itself, which would be written over: take another folder", kept);
    free(kept);
    return result;
}

int model_keep(const char *run, const struct model_rounding *rounding, const char *own, const char *folder,
               struct mm_err *err)
{
    char *kept = mm_path_join(folder, mm_path_base(own));
    int result = kept ? model_write(run, rounding, kept, err) : mm_fail_memory(err);
    if (result == 0)
        result = copy_weights(run, folder, err);
    free(kept);
    return result;
}
