/*
 * What tests of several folders share: a temporary folder, small files in it, tensor files, Python as the
 * second opinion. Files are made with plain system calls, not with the code under test. Include it behind
 * cmocka.h.
 */
#ifndef UNIT_FIXTURE_H
#define UNIT_FIXTURE_H

#include "mmtui/dump.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A new empty folder below /tmp; drop_folder removes it with all that is in it. */
static inline char *temp_folder(void)
{
    char *path = strdup("/tmp/mmtui-unit-XXXXXX");
    assert_non_null(path);
    assert_non_null(mkdtemp(path));
    return path;
}

/* Run a shell command in which every %s is the folder; it must succeed. */
static inline void shell(const char *folder, const char *format)
{
    char command[2048];
    snprintf(command, sizeof command, format, folder, folder, folder, folder);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}

static inline void drop_folder(char *path)
{
    shell(path, "rm -rf '%s'");
    free(path);
}

/* "folder/name" in memory of its own. */
static inline char *in_folder(const char *folder, const char *name)
{
    char *path = malloc(strlen(folder) + strlen(name) + 2);
    assert_non_null(path);
    sprintf(path, "%s/%s", folder, name);
    return path;
}

static inline void put_bytes(const char *folder, const char *name, const void *data, size_t size)
{
    char *path = in_folder(folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    free(path);
}

static inline void put_text(const char *folder, const char *name, const char *text)
{
    put_bytes(folder, name, text, strlen(text));
}

/* The content of a file, NUL-terminated; *size may be NULL. */
static inline char *get_bytes(const char *folder, const char *name, size_t *size)
{
    char *path = in_folder(folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long length = ftell(file);
    assert_true(length >= 0);
    rewind(file);
    char *data = malloc((size_t)length + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, (size_t)length, file), length);
    data[length] = '\0';
    fclose(file);
    free(path);
    if (size)
        *size = (size_t)length;
    return data;
}

static inline void assert_file(const char *folder, const char *name, const char *expected)
{
    char *text = get_bytes(folder, name, NULL);
    assert_string_equal(text, expected);
    free(text);
}

/* Entries of a folder but . and .. */
static inline size_t entries_in(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t count = 0;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
    closedir(dir);
    return count;
}

/* Run a Python program (its text) with the folder as its argument; what it prints, to be freed. It must
 * succeed. */
static inline char *python(const char *folder, const char *program)
{
    put_text(folder, "program.py", program);
    shell(folder, "PYTHONUTF8=1 /usr/bin/python3 '%s/program.py' '%s' > '%s/printed'");
    return get_bytes(folder, "printed", NULL);
}

/* ---- tensor files ---- */

/* A .npy file, version 1. descr as NumPy spells it ("<f4"), shape as Python does ("(2, 3)"). */
static inline void put_npy(const char *folder, const char *name, const char *descr, const char *shape,
                           const void *data, size_t size)
{
    char *bytes = malloc(128 + size);
    assert_non_null(bytes);
    memset(bytes, ' ', 128);
    memcpy(bytes, "\x93NUMPY\x01\x00\x76\x00", 10); /* 0x76: 118 bytes of header follow */
    int length =
        snprintf(bytes + 10, 118, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape);
    bytes[10 + length] = ' ';
    bytes[127] = '\n';
    if (size)
        memcpy(bytes + 128, data, size);
    put_bytes(folder, name, bytes, 128 + size);
    free(bytes);
}

/* Floats, one axis. */
static inline void put_floats(const char *folder, const char *name, const float *values, size_t count)
{
    char shape[32];
    snprintf(shape, sizeof shape, "(%zu,)", count);
    put_npy(folder, name, "<f4", shape, values, count * sizeof *values);
}

/* What a MagicMind tensor file says beside its values. */
struct pb_head {
    const char *node, *op;
    int64_t index;
    bool is_output;
};

static inline void put_tensor(const char *folder, const char *name, const char *format,
                              const struct pb_head *head, enum mm_dtype dtype, const struct mm_shape *shape,
                              const void *data)
{
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_err err = {MM_OK, ""};
    char *path = in_folder(folder, name);
    mm_tensor_raw(&tensor, dtype, shape, data, &run);
    struct mm_store store = {.tensor = &tensor,
                             .node_name = head->node,
                             .op_type = head->op,
                             .index = head->index,
                             .is_output = head->is_output};
    if (mm_format_find(format)->write(&store, path, &err) < 0)
        fail_msg("%s", err.text);
    free(path);
}

/* A MagicMind .pb of f32 values, one axis. */
static inline void put_pb(const char *folder, const char *name, const struct pb_head *head,
                          const float *values, size_t count)
{
    struct mm_shape shape = {.rank = 1, .dim = {(int64_t)count}};
    put_tensor(folder, name, "pb", head, MM_F32, &shape, values);
}

#endif
