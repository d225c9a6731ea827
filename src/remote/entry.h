/*
 * entry: a tensor of a dump on another machine as an entry of a dump here. Its source has the format that it has there
 * (name, ending), with functions that bring its bytes over when they are asked for: nothing else in the program knows.
 */
#ifndef REMOTE_ENTRY_H
#define REMOTE_ENTRY_H

#include "remote/head.h"
#include "remote/spool.h"

struct far_detail;
/* How an entry's bytes are had: brought into the spool, for the caller until spool_release; NULL with err. */
typedef struct spool_item *(*far_bring)(void *context, const struct mm_entry *entry,
                                        const struct far_detail *detail, const atomic_bool *cancel,
                                        struct mm_err *err);

/* Whose entries they are. */
struct far_owner {
    far_bring bring;
    void *context;
    struct spool *spool;
};

/* An entry's `detail`. */
struct far_detail {
    struct tensor_head head;
    uint32_t id; /* its number there */
    const char *stored_as;
    const struct far_owner *owner;
};

/* A source here is one of these. */
struct far_source {
    struct mm_source source; /* the first member */
    struct mm_file_state state;
};

/* Is it such an entry? NULL: it lies here, or is put together of parts. */
const struct far_detail *far_detail_of(const struct mm_entry *entry);

void far_source_put(struct mm_buf *out, const struct mm_entry *entry);
/* `path` stands before the name of its file, for texts. */
void far_source_get(struct cache_reader *in, struct mm_arena *arena, const char *path,
                    struct far_source *out);

/* All of an entry but its source, head and parts. */
void far_entry_put(struct mm_buf *out, const struct mm_entry *entry);
/* ... into *entry, which has its source and is zeroed otherwise, and detail->stored_as. */
void far_entry_get(struct cache_reader *in, struct mm_arena *arena, struct mm_entry *entry,
                   struct far_detail *detail);

/* The state of an entry's file on this machine. */
struct mm_file_state far_state_of(const struct mm_entry *entry);

#endif
