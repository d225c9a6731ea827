/*
 * The inside of the result cache: bytes of a record, and the folder of the files.
 *
 * A cache file, all numbers little-endian, texts as a u32 length and that many bytes:
 *
 *     "mmcache\n", u32 layout of the file, u32 MM_ENGINE_VERSION,
 *     text: the key (both folders, measure options, schema, share),
 *     u32 number of records, each a u32 length and that many bytes (cache_record.c),
 *     u64 cache_hash of everything before.
 */
#ifndef MMTUI_COMPARE_CACHE_H
#define MMTUI_COMPARE_CACHE_H

#include "mmtui/compare.h"

#include <sys/stat.h>

#define CACHE_MAGIC       "mmcache\n"
#define CACHE_LAYOUT      6
#define CACHE_FILE_LIMIT  ((size_t)32 << 20)
#define CACHE_TOTAL_LIMIT ((int64_t)64 << 20)

/* A change of one byte always changes it; it keeps no one from forging a file, so every field is checked
 * too. */
uint64_t cache_hash(uint64_t seed, const void *data, size_t length);

/* ---- bytes ---- */

/* What is left to read; `bad` is set by the first read that does not fit, all later ones give zeros. */
struct cache_reader {
    const uint8_t *at, *end;
    bool bad;
};
struct cache_text {
    const char *data;
    size_t length;
};

void cache_put_u8(struct mm_buf *out, unsigned value);
void cache_put_u32(struct mm_buf *out, uint32_t value);
void cache_put_u64(struct mm_buf *out, uint64_t value);
void cache_put_u64s(struct mm_buf *out, const uint64_t *values, size_t count);
void cache_put_double(struct mm_buf *out, double value);
void cache_put_text(struct mm_buf *out, const char *text, size_t length);
unsigned cache_get_u8(struct cache_reader *in);
uint32_t cache_get_u32(struct cache_reader *in);
uint64_t cache_get_u64(struct cache_reader *in);
double cache_get_double(struct cache_reader *in);
/* Borrowed from the input; empty when bad. */
struct cache_text cache_get_text(struct cache_reader *in);

/* ---- a record ---- */

/* The files that a record is of; a side that is missing has an empty name. */
struct cache_names {
    struct cache_text src, dst;
};
struct cache_names cache_names_of(const struct mm_pair *pair);
bool cache_names_equal(const struct cache_names *a, const struct cache_names *b);
uint64_t cache_names_hash(const struct cache_names *names);

/* Reads the names, which come first. */
bool cache_record_names(struct cache_reader *in, struct cache_names *names);
/* Reads the rest. True when it is of this pair in this state and every field can be true; then *result is
 * filled. */
bool cache_record_read(struct cache_reader *in, const struct mm_pair *pair, const struct mm_pair_id *id,
                       struct mm_result *result);
void cache_record_put(struct mm_buf *out, const struct mm_pair *pair, const struct mm_pair_id *id,
                      const struct mm_result *result);

/* ---- the folder ---- */

/* Ours alone: owned by this user, and nobody else can write it. What a file says that others could have written is not
 * believed. */
bool cache_is_ours(const struct stat *info);
/* Make it, private to the user. */
int cache_folder_make(const char *folder, struct mm_err *err);
/* "0123456789abcdef.results" */
#define CACHE_NAME_SIZE 32
void cache_file_name(uint64_t hash, char out[CACHE_NAME_SIZE]);
/* The file was used: trimming takes it later than others. */
void cache_file_used(const char *path);
/* Remove the files used longest ago until all of them together are within the limit. Other files are left
 * alone. */
void cache_folder_trim(const char *folder, int64_t limit);

#endif
