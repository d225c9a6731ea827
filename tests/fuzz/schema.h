/*
 * Infer field numbers from messages that may be anything, and read them by what was inferred. The bytes are messages one
 * behind the other, each behind its length in two bytes, the lower one first. There is nothing to be right about but that
 * it ends, and touches no memory that is not its own.
 */
#ifndef TESTS_FUZZ_SCHEMA_H
#define TESTS_FUZZ_SCHEMA_H

#include "dump/schema_infer.h"
#include "fuzz/one_file.h"

#include <stdlib.h>

#define FUZZ_MESSAGES 32

/* A message in a block of its own, so that a sanitizer sees a read beyond it; NULL: there is none. */
static inline uint8_t *fuzz_message(const uint8_t **at, const uint8_t *end, size_t *size)
{
    if (end - *at < 2)
        return NULL;
    size_t wanted = (size_t)(*at)[0] | (size_t)(*at)[1] << 8, left = (size_t)(end - *at) - 2;
    *size = wanted < left ? wanted : left;
    uint8_t *message = malloc(*size + 1);
    if (message)
        memcpy(message, *at + 2, *size);
    *at += 2 + *size;
    return message;
}

static inline void fuzz_read(const struct mm_schema *schema, const uint8_t *bytes, size_t size)
{
    struct mm_load load = {.bytes = bytes, .size = size, .node_name = "", .op_type = ""};
    mm_arena_init(&load.arena);
    if (mm_format_find("pb")->read(&load, schema, "input", NULL) == 0)
        fuzz_values(&load.tensor);
    mm_arena_done(&load.arena);
}

static inline void fuzz_schema(const uint8_t *bytes, size_t size)
{
    uint8_t *message[FUZZ_MESSAGES];
    size_t sizes[FUZZ_MESSAGES], count = 0, good = 0;
    struct wire_numbers numbers = {.count = 0};
    struct wire_seen *seen = calloc(FUZZ_MESSAGES, sizeof *seen);
    struct mm_schema schema;
    struct mm_buf text = {0};
    const uint8_t *end = bytes + size;
    while (count < FUZZ_MESSAGES && (message[count] = fuzz_message(&bytes, end, &sizes[count])))
        count++;
    for (size_t i = 0; i < count && seen; i++)
        good += wire_see(&seen[good], &numbers, message[i], sizes[i]);
    if (seen && schema_infer(seen, good, &numbers, &schema, NULL) == 0) {
        schema.origin = "the wire";
        mm_schema_put(&schema, &text);
        for (size_t i = 0; i < count; i++)
            fuzz_read(&schema, message[i], sizes[i]);
    }
    for (size_t i = 0; i < count; i++)
        free(message[i]);
    free(seen);
    mm_buf_done(&text);
}

#endif
