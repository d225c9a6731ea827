/* The result cache: one file, read as a whole when opened and looked into when a pair is looked up. */
#include "compare/cache.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECOND   INT64_C(1000000000) /* ns */
#define SUM_SIZE 8                   /* of the hash at the end */

/* A record of the file that was read. */
struct record {
    const uint8_t *data;
    size_t length;
};

/* What is known of a pair of this run. */
struct slot {
    struct mm_pair_id id;
    bool kept;
};

struct mm_cache {
    char *folder, *path;
    struct mm_buf key;
    const struct mm_pairs *pairs;
    /* of the file; const once opened */
    struct mm_buf file;
    struct record *records;
    size_t count;
    uint32_t *table; /* open addressing by the names' hash: 1 + index of a record, 0 is free */
    size_t mask;
    /* the owner's */
    struct slot *slots;
    bool news;
};

/* ---- the key ---- */

static bool put_real_path(struct mm_buf *key, const char *path, struct mm_err *err)
{
    char *real = strchr(path, ':') && access(path, F_OK) < 0 ? strdup(path) : realpath(path, NULL);
    if (!real) /* HOST:FOLDER is as it is written */
        return mm_fail_errno(err, path, "finding the folder") == 0;
    cache_put_text(key, real, strlen(real));
    free(real);
    return true;
}

static void put_schema(struct mm_buf *key, const struct mm_schema *schema)
{
    schema = schema ? schema : mm_schema_own();
    for (size_t i = 0; i < MM_FIELD_COUNT; i++)
        cache_put_u32(key, schema->number[i]);
    for (size_t i = 0; i < MM_SCHEMA_DTYPES && schema->dtype[i].dtype != MM_DTYPE_NONE; i++) {
        cache_put_u32(key, (uint32_t)schema->dtype[i].value);
        cache_put_u32(key, schema->dtype[i].dtype);
    }
}

static int make_key(struct mm_buf *key, const struct mm_cache_options *options, struct mm_err *err)
{
    if (!put_real_path(key, options->src, err) || !put_real_path(key, options->dst, err))
        return -1;
    cache_put_double(key, options->measure->atol);
    cache_put_double(key, options->measure->rtol);
    cache_put_double(key, options->measure->small);
    cache_put_u32(key, options->shard);
    cache_put_u32(key, options->shards);
    for (size_t i = 0; i < MM_COUNT(options->schema); i++)
        put_schema(key, options->schema[i]);
    return key->failed ? mm_fail_memory(err) : 0;
}

/* ---- reading the file ---- */

/* What stands before the records. */
static bool read_head(const struct mm_cache *cache, struct cache_reader *in, uint32_t *count)
{
    static const char magic[] = CACHE_MAGIC;
    for (const char *p = magic; *p; p++) {
        if (cache_get_u8(in) != (unsigned char)*p)
            return false;
    }
    uint32_t layout = cache_get_u32(in), engine = cache_get_u32(in);
    struct cache_text key = cache_get_text(in);
    *count = cache_get_u32(in);
    return !in->bad && layout == CACHE_LAYOUT && engine == MM_ENGINE_VERSION &&
           key.length == cache->key.length && memcmp(key.data, cache->key.data, key.length) == 0;
}

static bool has_right_sum(const struct mm_buf *file)
{
    if (file->length < SUM_SIZE)
        return false;
    const uint8_t *end = (const uint8_t *)file->data + file->length;
    struct cache_reader sum = {end - SUM_SIZE, end, false};
    return cache_get_u64(&sum) == cache_hash(CACHE_LAYOUT, file->data, file->length - SUM_SIZE);
}

static struct cache_reader record_reader(const struct record *record)
{
    return (struct cache_reader){record->data, record->data + record->length, false};
}

/* The index of the record of these names, or count. */
static size_t find_record(const struct mm_cache *cache, const struct cache_names *names)
{
    for (size_t i = cache_names_hash(names) & cache->mask; cache->table[i]; i = (i + 1) & cache->mask) {
        struct cache_reader in = record_reader(&cache->records[cache->table[i] - 1]);
        struct cache_names have;
        if (cache_record_names(&in, &have) && cache_names_equal(&have, names))
            return cache->table[i] - 1;
    }
    return cache->count;
}

/* At most half of the table is used. */
static bool make_table(struct mm_cache *cache)
{
    size_t size = 16;
    while (size < 2 * cache->count)
        size *= 2;
    cache->mask = size - 1;
    cache->table = calloc(size, sizeof *cache->table);
    for (size_t r = 0; cache->table && r < cache->count; r++) {
        struct cache_reader in = record_reader(&cache->records[r]);
        struct cache_names names;
        if (!cache_record_names(&in, &names) || find_record(cache, &names) < cache->count)
            return false; /* no names, or the names of another record */
        size_t i = cache_names_hash(&names) & cache->mask;
        while (cache->table[i])
            i = (i + 1) & cache->mask;
        cache->table[i] = (uint32_t)r + 1;
    }
    return cache->table;
}

static bool read_records(struct mm_cache *cache, struct cache_reader *in, uint32_t count)
{
    if (count > (size_t)(in->end - in->at) / 4) /* each has a length */
        return false;
    cache->records = calloc(count + 1, sizeof *cache->records);
    for (uint32_t i = 0; cache->records && i < count; i++) {
        struct cache_text record = cache_get_text(in);
        cache->records[i] = (struct record){(const uint8_t *)record.data, record.length};
    }
    if (!cache->records || in->bad || in->at != in->end)
        return false;
    cache->count = count;
    return make_table(cache);
}

static void forget_file(struct mm_cache *cache)
{
    free(cache->records);
    free(cache->table);
    cache->records = NULL;
    cache->table = NULL;
    cache->count = 0;
    mm_buf_done(&cache->file);
}

/* Whatever is wrong with the file: it is as if it was not there. */
static void read_file(struct mm_cache *cache)
{
    struct stat info, folder;
    uint32_t count;
    if (stat(cache->folder, &folder) < 0 || !cache_is_ours(&folder) || stat(cache->path, &info) < 0 ||
        !cache_is_ours(&info) || !S_ISREG(info.st_mode) || info.st_size > (off_t)CACHE_FILE_LIMIT ||
        mm_file_read(cache->path, CACHE_FILE_LIMIT, &cache->file, NULL) < 0 || !has_right_sum(&cache->file)) {
        forget_file(cache);
        return;
    }
    const uint8_t *data = (const uint8_t *)cache->file.data;
    struct cache_reader in = {data, data + cache->file.length - SUM_SIZE, false};
    if (!read_head(cache, &in, &count) || !read_records(cache, &in, count))
        forget_file(cache);
}

/* ---- opening ---- */

static int open_parts(struct mm_cache *cache, const struct mm_cache_options *options, struct mm_err *err)
{
    char name[CACHE_NAME_SIZE];
    if (make_key(&cache->key, options, err) < 0)
        return -1;
    cache_file_name(cache_hash(0, cache->key.data, cache->key.length), name);
    cache->folder = strdup(options->folder);
    cache->path = mm_path_join(options->folder, name);
    cache->slots = calloc(cache->pairs->count + 1, sizeof *cache->slots);
    return cache->folder && cache->path && cache->slots ? 0 : mm_fail_memory(err);
}

int mm_cache_open(struct mm_cache **out, const struct mm_cache_options *options, const struct mm_pairs *pairs,
                  struct mm_err *err)
{
    struct mm_cache *cache = calloc(1, sizeof *cache);
    *out = NULL;
    if (!cache)
        return mm_fail_memory(err);
    cache->pairs = pairs;
    if (open_parts(cache, options, err) < 0) {
        mm_cache_close(cache);
        return -1;
    }
    read_file(cache);
    *out = cache;
    return 0;
}

void mm_cache_close(struct mm_cache *cache)
{
    if (!cache)
        return;
    forget_file(cache);
    mm_buf_done(&cache->key);
    free(cache->folder);
    free(cache->path);
    free(cache->slots);
    free(cache);
}

size_t mm_cache_count(const struct mm_cache *cache)
{
    return cache->count;
}

/* ---- looking up ---- */

bool mm_cache_find(const struct mm_cache *cache, size_t index, struct mm_pair_id *id,
                   struct mm_result *result)
{
    const struct mm_pair *pair = &cache->pairs->pair[index];
    struct cache_names names = cache_names_of(pair);
    mm_pair_identify(pair, id);
    if (!id->sure || !cache->count)
        return false;
    size_t found = find_record(cache, &names);
    if (found == cache->count)
        return false;
    struct cache_reader in = record_reader(&cache->records[found]);
    return cache_record_names(&in, &names) && cache_record_read(&in, pair, id, result);
}

void mm_cache_keep(struct mm_cache *cache, size_t pair, const struct mm_pair_id *id, bool found)
{
    if (!id->sure)
        return;
    cache->slots[pair] = (struct slot){*id, true};
    cache->news |= !found;
}

/* ---- writing ---- */

struct ranked {
    size_t pair;
    uint64_t bytes;
};

/* What took longest to measure first: it stays when not all fits into the file. */
static int largest_first(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return (x->pair > y->pair) - (x->pair < y->pair);
}

/* A record with its length in front, as long as there is room. */
static bool put_record(struct mm_buf *out, const void *data, size_t length)
{
    if (out->length + 4 + length + SUM_SIZE > CACHE_FILE_LIMIT)
        return false;
    cache_put_text(out, data, length);
    return true;
}

static bool is_storable(const struct mm_result *result)
{
    return result->masked == 0 && (result->state == MM_STATE_MEASURED || result->state == MM_STATE_MISMATCH ||
                                   result->state == MM_STATE_SINGLE);
}

/* Results of this run. */
static uint32_t put_results(const struct mm_cache *cache, mm_cache_result result, const void *context,
                            struct mm_buf *out)
{
    struct mm_buf record = {0};
    uint32_t count = 0;
    size_t ranked_count = 0;
    struct ranked *ranked = calloc(cache->pairs->count + 1, sizeof *ranked);
    for (size_t i = 0; ranked && i < cache->pairs->count; i++) {
        const struct mm_pair_id *id = &cache->slots[i].id;
        if (cache->slots[i].kept && is_storable(result(context, i)))
            ranked[ranked_count++] = (struct ranked){i, id->src.bytes + id->dst.bytes};
    }
    if (ranked)
        qsort(ranked, ranked_count, sizeof *ranked, largest_first);
    for (size_t i = 0; i < ranked_count; i++) {
        size_t pair = ranked[i].pair;
        mm_buf_clear(&record);
        cache_record_put(&record, &cache->pairs->pair[pair], &cache->slots[pair].id, result(context, pair));
        count += !record.failed && put_record(out, record.data, record.length);
    }
    mm_buf_done(&record);
    free(ranked);
    return count;
}

/* What the file had of pairs that were not looked at in this run, because it was ended early. */
static uint32_t put_rest(const struct mm_cache *cache, struct mm_buf *out)
{
    uint32_t count = 0;
    for (size_t i = 0; cache->count && i < cache->pairs->count; i++) {
        if (cache->slots[i].kept)
            continue;
        struct cache_names names = cache_names_of(&cache->pairs->pair[i]);
        size_t found = find_record(cache, &names);
        if (found < cache->count)
            count += put_record(out, cache->records[found].data, cache->records[found].length);
    }
    return count;
}

static void put_file(const struct mm_cache *cache, mm_cache_result result, const void *context,
                     struct mm_buf *out)
{
    mm_buf_puts(out, CACHE_MAGIC);
    cache_put_u32(out, CACHE_LAYOUT);
    cache_put_u32(out, MM_ENGINE_VERSION);
    cache_put_text(out, cache->key.data, cache->key.length);
    size_t count_at = out->length;
    cache_put_u32(out, 0);
    uint32_t count = put_results(cache, result, context, out);
    count += put_rest(cache, out);
    for (size_t i = 0; i < 4 && !out->failed; i++)
        out->data[count_at + i] = (char)(count >> (8 * i));
    cache_put_u64(out, cache_hash(CACHE_LAYOUT, out->data, out->length));
}

static int write_file(const struct mm_cache *cache, const struct mm_buf *bytes, struct mm_err *err)
{
    struct mm_atomic file;
    struct stat info;
    /* whatever stands in its place is not ours: it is replaced, not written into */
    if (lstat(cache->path, &info) == 0 && (!S_ISREG(info.st_mode) || !cache_is_ours(&info)))
        unlink(cache->path);
    if (cache_folder_make(cache->folder, err) < 0 || mm_atomic_open(&file, cache->path, err) < 0)
        return -1;
    (void)!fchmod(file.fd, 0600); /* whatever the umask says: what others can write is not believed */
    file.unsynced = true;         /* a file that a crash has cut is seen by its hash */
    mm_atomic_write(&file, bytes->data, bytes->length);
    return mm_atomic_commit(&file, err);
}

int mm_cache_save(struct mm_cache *cache, mm_cache_result result, const void *context, struct mm_err *err)
{
    if (!cache->news) {
        if (cache->count)
            cache_file_used(cache->path);
        return 0;
    }
    struct mm_buf bytes = {0};
    put_file(cache, result, context, &bytes);
    int status = bytes.failed ? mm_fail_memory(err) : write_file(cache, &bytes, err);
    mm_buf_done(&bytes);
    if (status == 0) {
        cache->news = false;
        cache_folder_trim(cache->folder, CACHE_TOTAL_LIMIT);
    }
    return status;
}
