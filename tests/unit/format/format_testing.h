/* What the tests of this folder share: temporary folders, outside programs, tensors read from memory. */
#ifndef DUMP_TESTING_H
#define DUMP_TESTING_H

#include "mmtui/format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A new empty folder below /tmp; free with drop_folder. */
static inline char *make_folder(void)
{
    char *path = strdup("/tmp/mmtui-test-XXXXXX");
    assert_non_null(path);
    assert_non_null(mkdtemp(path));
    return path;
}

static inline void drop_folder(char *path)
{
    mm_folder_remove(path);
    free(path);
}

static inline void put_file(const char *folder, const char *name, const void *data, size_t size)
{
    char *path = mm_path_join(folder, name);
    struct mm_err err;
    assert_non_null(path);
    assert_int_equal(mm_file_write(path, data, size, &err), 0);
    free(path);
}

static inline void put_text(const char *folder, const char *name, const char *text)
{
    put_file(folder, name, text, strlen(text));
}

/* The bytes of a file in a malloc'ed block of exactly their number. */
static inline uint8_t *get_file(const char *folder, const char *name, size_t *size)
{
    char *path = mm_path_join(folder, name);
    struct mm_buf buf;
    struct mm_err err;
    mm_buf_init(&buf);
    assert_non_null(path);
    assert_int_equal(mm_file_read(path, (size_t)1 << 24, &buf, &err), 0);
    uint8_t *bytes = malloc(buf.length);
    assert_non_null(bytes);
    memcpy(bytes, mm_buf_text(&buf), buf.length);
    *size = buf.length;
    mm_buf_done(&buf);
    free(path);
    return bytes;
}

/* Run a shell command in which every %s is the folder; it must succeed. */
static inline void shell(const char *folder, const char *format)
{
    char command[4096];
    snprintf(command, sizeof command, format, folder, folder, folder, folder);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}

/* Run a Python program (its text) with the folder as its argument; it must succeed. */
static inline void python(const char *folder, const char *program)
{
    put_text(folder, "program.py", program);
    shell(folder, "/usr/bin/python3 %s/program.py %s");
}

/* A tensor file in memory. The block has exactly `size` bytes, so that a sanitizer sees a read beyond it. */
struct memory_load {
    struct mm_load load;
    uint8_t *bytes;
};

static const struct mm_source memory_source = {.path = "/nowhere/x", .file = "x"};
static const struct mm_entry memory_entry = {.source = &memory_source, .label = "x"};

static inline int memory_prepare(struct memory_load *m, const struct mm_entry *entry, const void *data,
                                 size_t size, struct mm_err *err)
{
    memset(m, 0, sizeof *m);
    m->load.entry = entry;
    m->bytes = malloc(size);
    assert_true(m->bytes || size == 0);
    if (size)
        memcpy(m->bytes, data, size);
    m->load.bytes = m->bytes;
    m->load.size = m->load.have = size;
    mm_arena_init(&m->load.arena);
    m->load.node_name = m->load.op_type = "";
    if (err)
        *err = (struct mm_err){MM_OK, ""};
    return 0;
}

static inline int memory_open(struct memory_load *m, const char *format, const struct mm_schema *schema,
                              const void *data, size_t size, struct mm_err *err)
{
    memory_prepare(m, &memory_entry, data, size, err);
    return mm_format_find(format)->read(&m->load, schema, "x", err);
}

/* With what else is known of it. */
static inline int memory_open_entry(struct memory_load *m, const char *format, const struct mm_entry *entry,
                                    const void *data, size_t size, struct mm_err *err)
{
    memory_prepare(m, entry, data, size, err);
    return mm_format_find(format)->read(&m->load, NULL, "x", err);
}

static inline void memory_close(struct memory_load *m)
{
    mm_map_close(&m->load.aside);
    mm_arena_done(&m->load.arena);
    free(m->bytes);
}

/* Reading must fail with this code and say this. */
static inline void assert_refused(const char *format, const void *data, size_t size, enum mm_code code,
                                  const char *part)
{
    struct memory_load m;
    struct mm_err err;
    assert_int_equal(memory_open(&m, format, NULL, data, size, &err), -1);
    if (err.code != code || !strstr(err.text, part) || strncmp(err.text, "x: ", 3) != 0)
        fail_msg("expected code %d and '%s', got %d: %s", code, part, err.code, err.text);
    memory_close(&m);
}

/* The values must be these (NaN equals NaN). */
static inline void assert_values(const struct mm_tensor *tensor, const double *expected, size_t n)
{
    struct mm_cursor cursor;
    double value;
    assert_int_equal(tensor->count, n);
    mm_cursor_init(&cursor, tensor);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(mm_cursor_double(&cursor, &value, 1), 1);
        if (!(value == expected[i] || (isnan(value) && isnan(expected[i]))))
            fail_msg("value %zu is %.17g, not %.17g", i, value, expected[i]);
    }
    assert_int_equal(mm_cursor_double(&cursor, &value, 1), 0);
}

/* Read what may be broken: an error, or a tensor whose values can be walked to the end. Never a crash. */
static inline void try_bytes(const char *format, const uint8_t *data, size_t size)
{
    struct memory_load m;
    struct mm_err err;
    if (memory_open(&m, format, NULL, data, size, &err) == 0) {
        struct mm_cursor cursor;
        double tile[64];
        int64_t seen = 0;
        size_t n;
        assert_int_equal(m.load.tensor.count, mm_shape_count(&m.load.tensor.shape));
        mm_cursor_init(&cursor, &m.load.tensor);
        while ((n = mm_cursor_double(&cursor, tile, MM_COUNT(tile))) > 0)
            seen += (int64_t)n;
        assert_true(cursor.bad || seen == m.load.tensor.count);
        assert_true(strlen(m.load.node_name) <= size && strlen(m.load.op_type) <= size);
    } else {
        assert_true(err.code != MM_OK && strncmp(err.text, "x: ", 3) == 0);
    }
    memory_close(&m);
}

/* Every prefix, and every byte changed in a dozen ways. */
static inline void try_damage(const char *format, const uint8_t *data, size_t size)
{
    static const uint8_t other[] = {0x00, 0xff, 0x7f, 0x80};
    uint8_t *copy = malloc(size);
    assert_non_null(copy);
    for (size_t length = 0; length <= size; length++)
        try_bytes(format, data, length);
    for (size_t i = 0; i < size; i++) {
        memcpy(copy, data, size);
        for (int bit = 0; bit < 8; bit++) {
            copy[i] = (uint8_t)(data[i] ^ 1u << bit);
            try_bytes(format, copy, size);
        }
        for (size_t k = 0; k < MM_COUNT(other); k++) {
            copy[i] = other[k];
            try_bytes(format, copy, size);
        }
    }
    free(copy);
}

static inline struct mm_shape shape_of(int rank, int64_t a, int64_t b, int64_t c)
{
    return (struct mm_shape){.rank = rank, .dim = {a, b, c}};
}

#endif
