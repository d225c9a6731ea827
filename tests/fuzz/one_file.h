/*
 * Read a file whose bytes may be anything as one format does: list it, open every tensor, read every value. There is
 * nothing to be right about but that it ends, and touches no memory that is not its own.
 */
#ifndef TESTS_FUZZ_ONE_FILE_H
#define TESTS_FUZZ_ONE_FILE_H

#include "mmtui/format.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define FUZZ_MEMBERS 64                 /* of a file are opened */
#define FUZZ_VALUES  ((int64_t)1 << 20) /* of a tensor are read */

static inline void fuzz_values(const struct mm_tensor *tensor)
{
    static double tile[MM_TILE];
    struct mm_cursor cursor;
    int64_t done = 0;
    size_t n;
    mm_cursor_init(&cursor, tensor);
    while (done < FUZZ_VALUES && (n = mm_cursor_double(&cursor, tile, MM_COUNT(tile))) > 0)
        done += (int64_t)n;
    mm_tensor_at(tensor, tensor->count / 2);
}

static inline void fuzz_entry(const struct mm_entry *entry)
{
    struct mm_load load;
    struct mm_err err;
    if (mm_load_open(&load, entry, NULL, &err) < 0)
        return;
    fuzz_values(&load.tensor);
    mm_load_check(&load, entry, &err);
    if (load.tensor.encoding == MM_ENC_TEXT)
        mm_load_validate(&load, entry, NULL, &err);
    mm_load_close(&load);
}

static inline void fuzz_source(const struct mm_source *source)
{
    struct mm_arena arena;
    struct mm_members members = {0};
    struct mm_entry whole = {.source = source, .label = source->file};
    if (!source->format->list) {
        fuzz_entry(&whole);
        return;
    }
    mm_arena_init(&arena);
    source->format->list(source, &arena, &members, NULL);
    for (size_t i = 0; i < members.count && i < FUZZ_MEMBERS; i++) {
        if (members.entry[i].label && members.entry[i].member)
            fuzz_entry(&members.entry[i]);
    }
    mm_members_done(&members);
    mm_arena_done(&arena);
}

/* The bytes as a file in memory. */
static inline void fuzz_one(const struct mm_format *format, const uint8_t *bytes, size_t size)
{
    char path[64];
    int fd = memfd_create("input", MFD_CLOEXEC);
    if (fd < 0)
        return;
    if (format->probe)
        format->probe(bytes, size);
    if (format->may_be)
        format->may_be(bytes, size);
    if (size == 0 || write(fd, bytes, size) == (ssize_t)size) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        struct mm_source source = {
            .path = path, .file = "input", .format = format, .check = true, .choice = {.pair = true}};
        fuzz_source(&source);
    }
    close(fd);
}

#endif
