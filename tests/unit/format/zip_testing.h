/* What the tests of zip archives share: a temporary folder, Python, an archive in memory. */
#ifndef ZIP_TESTING_H
#define ZIP_TESTING_H

#include "format/inflate.h"
#include "format/zip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline char *zip_folder(void)
{
    char *path = strdup("/tmp/mmtui-zip-XXXXXX");
    assert_non_null(path);
    assert_non_null(mkdtemp(path));
    return path;
}

static inline void zip_folder_drop(char *path)
{
    mm_folder_remove(path);
    free(path);
}

/* Run a Python program (its text) in the folder; it must succeed. */
static inline void zip_python(const char *folder, const char *program)
{
    char path[256], command[600];
    snprintf(path, sizeof path, "%s/program.py", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(program, file) >= 0);
    assert_int_equal(fclose(file), 0);
    snprintf(command, sizeof command, "cd %s && /usr/bin/python3 -B -W ignore program.py", folder);
    if (system(command) != 0)
        fail_msg("failed: %s", program);
}

/* An archive in a block of exactly its size, so that a sanitizer sees a read beyond it. */
struct archive {
    uint8_t *data;
    size_t size;
    struct mm_arena arena;
    struct zip zip;
};

static inline int archive_list(struct archive *a, struct mm_err *err)
{
    mm_arena_init(&a->arena);
    return zip_list(&a->zip, a->data, a->size, "a.zip", &a->arena, err);
}

static inline void archive_read(struct archive *a, const char *folder, const char *name)
{
    struct mm_buf bytes = {0};
    char path[256];
    *a = (struct archive){0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(mm_file_read(path, (size_t)64 << 20, &bytes, NULL), 0);
    a->size = bytes.length;
    a->data = malloc(a->size);
    assert_non_null(a->data);
    memcpy(a->data, mm_buf_text(&bytes), a->size);
    mm_buf_done(&bytes);
}

static inline void archive_open(struct archive *a, const char *folder, const char *name)
{
    struct mm_err err;
    archive_read(a, folder, name);
    if (archive_list(a, &err) < 0)
        fail_msg("%s", err.text);
}

static inline void archive_done(struct archive *a)
{
    mm_arena_done(&a->arena);
    free(a->data);
}

static inline const struct zip_member *archive_member(const struct archive *a, const char *name)
{
    for (size_t i = 0; i < a->zip.count; i++) {
        if (strcmp(a->zip.member[i].name, name) == 0)
            return &a->zip.member[i];
    }
    fail_msg("no member %s", name);
    return NULL;
}

/* As a reader does: with the member's part of the file alone, in a block of its own. -1: err says why. */
static inline int archive_locate(const struct archive *a, const struct zip_member *member, uint8_t **window,
                                 const uint8_t **bytes, struct mm_err *err)
{
    size_t size = member->code == MM_OK ? (size_t)(member->limit - member->offset) : 0;
    assert_true(member->code != MM_OK || (member->offset <= member->limit && member->limit <= a->size));
    *window = malloc(size + 1);
    assert_non_null(*window);
    if (size)
        memcpy(*window, a->data + member->offset, size);
    *window = realloc(*window, size ? size : 1);
    assert_non_null(*window);
    return zip_locate(member, *window, size, bytes, err);
}

/* malloc'ed content of a member, by inflate_whole; NULL: err says why. */
static inline uint8_t *archive_content(const struct archive *a, const struct zip_member *member,
                                       struct mm_err *err)
{
    const uint8_t *bytes;
    uint8_t *window, *out = NULL;
    if (archive_locate(a, member, &window, &bytes, err) == 0) {
        out = malloc((size_t)member->size + 1);
        assert_non_null(out);
        if (inflate_whole(member, bytes, out, err) < 0) {
            free(out);
            out = NULL;
        }
    }
    free(window);
    return out;
}

#endif
