/* pair_files: a pair of tensor files in a folder of its own, for tests. Include after cmocka.h. */
#ifndef PAIR_FILES_H
#define PAIR_FILES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmtui/pair.h"

struct pair_files {
    char folder[64];
    struct mm_arena arena;
    struct mm_source source[2];
    struct mm_entry entry[2];
    struct mm_pair pair;
};

static inline void pair_files_init(struct pair_files *files)
{
    memset(files, 0, sizeof(*files));
    snprintf(files->folder, sizeof(files->folder), "%s/mmtui-pair-XXXXXX", P_tmpdir);
    assert_non_null(mkdtemp(files->folder));
    mm_arena_init(&files->arena);
    files->pair.name = "t";
    files->pair.occurrence = files->pair.occurrences = 1;
}

static inline void pair_files_done(struct pair_files *files)
{
    mm_folder_remove(files->folder);
    mm_arena_done(&files->arena);
}

/* Side 0 is src, 1 is dst; the two files must not have the same name. */
static inline const char *pair_files_name(struct pair_files *files, int side, const char *file)
{
    struct mm_entry *entry = &files->entry[side];
    char *path = mm_path_join(files->folder, file);

    assert_true(mm_file_name_parse(file, &files->arena, &entry->parsed));
    files->source[side] = (struct mm_source){.path = mm_arena_strdup(&files->arena, path),
                                             .file = mm_arena_strdup(&files->arena, file),
                                             .format = entry->parsed.format};
    entry->source = &files->source[side];
    entry->label = entry->source->file;
    free(path);
    *(side ? &files->pair.dst : &files->pair.src) = entry;
    return entry->source->path;
}

static inline void pair_files_put(struct pair_files *files, int side, const char *file, enum mm_dtype dtype,
                                  struct mm_shape shape, const void *data)
{
    const char *path = pair_files_name(files, side, file);
    struct mm_tensor tensor;
    struct mm_err err;
    struct mm_run run;
    struct mm_store store = {
        .tensor = &tensor, .node_name = side ? "main/mm.conv2d" : "conv1", .op_type = "mm.conv2d"};

    mm_tensor_raw(&tensor, dtype, &shape, data, &run);
    if (files->source[side].format->write(&store, path, &err))
        fail_msg("%s", err.text);
}

static inline void pair_files_bytes(struct pair_files *files, int side, const char *file, const char *text)
{
    assert_int_equal(mm_file_write(pair_files_name(files, side, file), text, strlen(text), NULL), 0);
}

#endif
