/*
 * Writing a zip archive of stored members, whole or not at all (mm_atomic). A member's bytes begin at a
 * multiple of 64, so that a reader can map them and use them where they lie: its local header is made as long
 * as that takes, by an extra field. Sizes and places beyond 4 GiB are written as zip64, others are not, so
 * that simple readers get along.
 *
 *     zip_write_open, then for each member zip_write_begin, zip_write_data ..., zip_write_end (or zip_write_drop), then
 *     zip_write_commit; or zip_write_abort at any time.
 *
 * The first error is kept; every later call but commit and abort does nothing then, and commit reports it.
 */
#ifndef FORMAT_ZIP_WRITE_H
#define FORMAT_ZIP_WRITE_H

#include "mmtui/base.h"

#define ZIP_ALIGN     64
#define ZIP_NAME_MOST 65535 /* bytes of a member's name */

struct zip_writer {
    struct mm_atomic out;
    const char *path;        /* borrowed, for error texts */
    struct mm_buf directory; /* the central directory so far */
    uint64_t count;          /* members in it */
    uint64_t at;             /* bytes written */
    char *name;              /* of the member that is being written */
    uint64_t begin, size;    /* its local header's place, its size as announced */
    uint64_t left;           /* what is missing of it */
    uint32_t crc;            /* of what is there */
    struct mm_err error;     /* the first */
};

/* What `path` leads to must be a file or nothing: archives are not written into pipes and devices. */
int zip_write_open(struct zip_writer *writer, const char *path, bool unsynced, struct mm_err *err);
/* A member of `size` bytes. Any name of up to 65535 bytes. */
void zip_write_begin(struct zip_writer *writer, const char *name, uint64_t size);
void zip_write_data(struct zip_writer *writer, const void *data, size_t size);
/* Fails if more or less was written than announced. */
void zip_write_end(struct zip_writer *writer);
/* Take back the member that was begun and has not ended, as if it had not been. */
void zip_write_drop(struct zip_writer *writer);
/* Has something gone wrong? Then the rest need not be made. */
bool zip_write_failed(const struct zip_writer *writer);
int zip_write_commit(struct zip_writer *writer, struct mm_err *err);
void zip_write_abort(struct zip_writer *writer);

#endif
