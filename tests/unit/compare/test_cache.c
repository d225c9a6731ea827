#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <sys/stat.h>
#include <time.h>
#include <utime.h>

#include "mmtui/compare.h"
#include "unit/fixture.h"

/* Three pairs: two tensors, one only in src, one of other shapes; their results of a first run. */
struct world {
    char *folder, *src, *dst, *cache;
    struct mm_dump *s, *d;
    struct mm_pairs *pairs;
    struct mm_measure_options measure;
    struct mm_result *results;
};

#define PAIRS 3

/* Files are kept once the clock that stamps them has moved on: past the stamp of one that is made after
 * them. */
static void settle(const char *folder)
{
    struct timespec now;
    struct stat info;
    put_text(folder, "last", "");
    char *path = in_folder(folder, "last");
    assert_int_equal(stat(path, &info), 0);
    free(path);
    do
        clock_gettime(CLOCK_REALTIME_COARSE, &now);
    while (now.tv_sec < info.st_ctim.tv_sec ||
           (now.tv_sec == info.st_ctim.tv_sec && now.tv_nsec <= info.st_ctim.tv_nsec));
}

static void world_init(struct world *world)
{
    *world = (struct world){.folder = temp_folder()};
    world->src = in_folder(world->folder, "src");
    world->dst = in_folder(world->folder, "dst");
    world->cache = in_folder(world->folder, "cache/mmtui");
    shell(world->folder, "mkdir '%s/src' '%s/dst'");
    put_floats(world->src, "1_bent.npy", (float[]){1, 2}, 2);
    put_floats(world->dst, "1_bent.npy", (float[]){1, 2, 3}, 3);
    put_floats(world->src, "2_same.npy", (float[]){1, 2, -4}, 3);
    put_floats(world->dst, "2_same.npy", (float[]){1, 2.5, -4}, 3);
    put_floats(world->src, "3_lone.npy", (float[]){0.5F}, 1);
    settle(world->folder);
    assert_int_equal(mm_dump_open(&world->s, world->src, NULL, NULL), 0);
    assert_int_equal(mm_dump_open(&world->d, world->dst, NULL, NULL), 0);
    assert_int_equal(mm_pairs_open(&world->pairs, world->s, world->d, NULL, NULL), 0);
    assert_int_equal(world->pairs->count, PAIRS);
    mm_measure_defaults(&world->measure);
    world->results = calloc(PAIRS, sizeof *world->results);
    for (size_t i = 0; i < PAIRS; i++)
        mm_measure_pair(&world->pairs->pair[i], mm_schema_own(), &world->measure, NULL, &world->results[i]);
}

static void world_done(struct world *world)
{
    for (size_t i = 0; i < PAIRS; i++)
        mm_result_done(&world->results[i]);
    free(world->results);
    mm_pairs_close(world->pairs);
    mm_dump_close(world->s);
    mm_dump_close(world->d);
    free(world->src);
    free(world->dst);
    free(world->cache);
    drop_folder(world->folder);
}

static struct mm_cache *open_cache(const struct world *world)
{
    struct mm_cache_options options = {.folder = world->cache,
                                       .src = world->src,
                                       .dst = world->dst,
                                       .schema = {mm_schema_own(), mm_schema_own()},
                                       .measure = &world->measure};
    struct mm_cache *cache;
    assert_int_equal(mm_cache_open(&cache, &options, world->pairs, NULL), 0);
    return cache;
}

static const struct mm_result *result_of(const void *context, size_t pair)
{
    const struct world *world = context;
    return &world->results[pair];
}

/* Keep pairs [from, to) and save. */
static void fill(const struct world *world, size_t from, size_t to)
{
    struct mm_cache *cache = open_cache(world);
    for (size_t i = from; i < to; i++) {
        struct mm_pair_id id;
        struct mm_result result;
        assert_false(mm_cache_find(cache, i, &id, &result));
        assert_true(id.sure);
        mm_cache_keep(cache, i, &id, false);
    }
    assert_int_equal(mm_cache_save(cache, result_of, world, NULL), 0);
    mm_cache_close(cache);
}

static void assert_info(const struct mm_info *a, const struct mm_info *b)
{
    assert_int_equal(a->known, b->known);
    if (!a->known)
        return;
    assert_int_equal(a->dtype, b->dtype);
    assert_true(mm_shape_equal(&a->shape, &b->shape));
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->index, b->index);
    assert_int_equal(a->is_output, b->is_output);
    assert_string_equal(a->node_name, b->node_name);
    assert_string_equal(a->op_type, b->op_type);
}

/* Bit for bit: NaN too. */
static void assert_result(const struct mm_result *a, const struct mm_result *b)
{
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->match, b->match);
    assert_info(&a->src, &b->src);
    assert_info(&a->dst, &b->dst);
    assert_memory_equal(&a->metrics, &b->metrics, sizeof a->metrics);
    assert_null(a->error);
}

/* How many pairs are found; those must be right when `exact`. */
static size_t count_found(const struct world *world, bool exact)
{
    struct mm_cache *cache = open_cache(world);
    size_t found = 0;
    for (size_t i = 0; i < PAIRS; i++) {
        struct mm_pair_id id;
        struct mm_result result;
        if (!mm_cache_find(cache, i, &id, &result))
            continue;
        found++;
        if (exact)
            assert_result(&result, &world->results[i]);
        mm_result_done(&result);
    }
    mm_cache_close(cache);
    return found;
}

/* The one file of the cache, to be freed. */
static char *cache_file(const struct world *world)
{
    char *found = NULL;
    DIR *folder = opendir(world->cache);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        assert_null(found);
        found = strdup(entry->d_name);
    }
    closedir(folder);
    assert_non_null(found);
    return found;
}

static void test_round_trip(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    assert_int_equal(world.results[0].state, MM_STATE_MISMATCH);
    assert_int_equal(world.results[1].state, MM_STATE_MEASURED);
    assert_int_equal(world.results[2].state, MM_STATE_SINGLE);
    assert_int_equal(count_found(&world, true), 0);
    fill(&world, 0, PAIRS);
    assert_int_equal(count_found(&world, true), PAIRS);
    world_done(&world);
}

static void test_rest_stays(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    fill(&world, 0, 1);
    fill(&world, 1, 2); /* a run that was ended before it came to the others */
    assert_int_equal(count_found(&world, true), 2);
    fill(&world, 2, 3);
    assert_int_equal(count_found(&world, true), 3);
    world_done(&world);
}

static void test_failed_is_not_kept(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    enum mm_state states[] = {MM_STATE_FAILED, MM_STATE_PENDING, MM_STATE_HEADER};
    for (size_t i = 0; i < PAIRS; i++)
        world.results[i].state = states[i];
    fill(&world, 0, PAIRS);
    assert_int_equal(count_found(&world, true), 0);
    world_done(&world);
}

static void test_unsure_is_not_kept(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    struct mm_cache *cache = open_cache(&world);
    struct mm_pair_id id = {.sure = true};
    struct mm_result result;
    char *path = in_folder(world.src, "2_same.npy");
    utime(path, NULL);
    struct utimbuf seconds = {time(NULL), time(NULL)}; /* whole: another write could get the same time */
    utime(path, &seconds);
    assert_false(mm_cache_find(cache, 1, &id, &result));
    assert_false(id.sure);
    unlink(path);
    assert_false(mm_cache_find(cache, 1, &id, &result));
    assert_false(id.sure);
    mm_cache_keep(cache, 1, &id, false);
    assert_int_equal(mm_cache_save(cache, result_of, &world, NULL), 0);
    mm_cache_close(cache);
    assert_int_not_equal(access(world.cache, F_OK), 0); /* nothing to write */
    free(path);
    world_done(&world);
}

static void test_layout_counts(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    fill(&world, 0, PAIRS);
    /* the same file, taken for one of another layout */
    struct mm_entry moved = *world.pairs->pair[1].dst;
    moved.parsed.axis.kind = MM_AXIS_MOVE;
    moved.parsed.axis.to = 1;
    struct mm_pair *pair = (struct mm_pair *)(uintptr_t)&world.pairs->pair[1];
    const struct mm_entry *before = pair->dst;
    pair->dst = &moved;
    assert_int_equal(count_found(&world, true), PAIRS - 1);
    pair->dst = before;
    world_done(&world);
}

/* ---- hostile files ---- */

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ (hash >> 32);
}

/* The sum at the end of the file, made again from its description. */
static void seal(uint8_t *data, size_t size)
{
    size_t length = size - 8;
    uint64_t hash = mix(6, length); /* the layout of the file */
    for (size_t at = 0;; at += 8) {
        uint64_t word = 0;
        for (size_t i = 0; i < 8 && at + i < length; i++)
            word |= (uint64_t)data[at + i] << (8 * i);
        hash = mix(hash, word);
        if (at + 8 > length)
            break;
    }
    for (size_t i = 0; i < 8; i++)
        data[length + i] = (uint8_t)(hash >> (8 * i));
}

/* Not over the old file: file systems then hurry to write it to disk. */
static void replace(const struct world *world, const char *name, const void *data, size_t size)
{
    char *path = in_folder(world->cache, name);
    unlink(path);
    free(path);
    put_bytes(world->cache, name, data, size);
}

static void test_truncated(void **state)
{
    (void)state;
    struct world world;
    size_t size;
    world_init(&world);
    fill(&world, 0, PAIRS);
    char *name = cache_file(&world);
    uint8_t *data = (uint8_t *)get_bytes(world.cache, name, &size);
    for (size_t cut = 0; cut < size; cut++) {
        replace(&world, name, data, cut);
        assert_int_equal(count_found(&world, true), 0);
        if (cut < 8)
            continue;
        uint8_t *sealed = malloc(cut);
        memcpy(sealed, data, cut);
        seal(sealed, cut);
        replace(&world, name, sealed, cut);
        assert_int_equal(count_found(&world, false), 0);
        free(sealed);
    }
    replace(&world, name, data, size);
    assert_int_equal(count_found(&world, true), PAIRS);
    free(data);
    free(name);
    world_done(&world);
}

/* Every byte changed: without the right sum nothing is found; with it, what is found does no harm. */
static void test_flipped(void **state)
{
    (void)state;
    static const uint8_t flips[] = {0x01, 0x80, 0xFF};
    struct world world;
    size_t size, still = 0;
    world_init(&world);
    fill(&world, 0, PAIRS);
    char *name = cache_file(&world);
    uint8_t *data = (uint8_t *)get_bytes(world.cache, name, &size);
    uint8_t *changed = malloc(size);
    for (size_t at = 0; at < size; at++) {
        for (size_t f = 0; f < MM_COUNT(flips); f++) {
            memcpy(changed, data, size);
            changed[at] ^= flips[f];
            replace(&world, name, changed, size);
            assert_int_equal(count_found(&world, true), 0);
            if (at >= size - 8)
                continue;
            seal(changed, size);
            replace(&world, name, changed, size);
            size_t found = count_found(&world, false);
            assert_true(found <= PAIRS);
            still += found == PAIRS;
        }
    }
    assert_true(still > 0); /* figures can be anything: the sum is what the test reached through */
    free(changed);
    free(data);
    free(name);
    world_done(&world);
}

static void test_fields_are_checked(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    struct mm_result *result = &world.results[1];
    struct mm_result good = *result;
    int64_t *const counts[] = {&result->metrics.finite, &result->metrics.diff4_n, &result->metrics.src.zero};
    int64_t *const places[] = {&result->metrics.max_abs_at, &result->metrics.differ_at,
                               &result->metrics.dst.min_at};
    for (size_t i = 0; i < 3; i++) {
        static const int64_t wrong[] = {-1, 4, INT64_MIN, INT64_MAX};
        for (size_t k = 0; k < MM_COUNT(wrong); k++) {
            *counts[i] = wrong[k];
            fill(&world, 1, 2);
            assert_int_equal(count_found(&world, false), 0);
            *result = good;
            *places[i] = wrong[k] == -1 ? -2 : wrong[k] == 4 ? 3 : wrong[k];
            fill(&world, 1, 2);
            assert_int_equal(count_found(&world, false), 0);
            *result = good;
        }
    }
    result->match = MM_MATCH_MISMATCH;
    fill(&world, 1, 2);
    assert_int_equal(count_found(&world, false), 0);
    *result = good;
    result->src.dtype = MM_DTYPE_COUNT;
    fill(&world, 1, 2);
    assert_int_equal(count_found(&world, false), 0);
    *result = good;
    result->dst.shape = (struct mm_shape){.rank = 1, .dim = {4}};
    fill(&world, 1, 2);
    assert_int_equal(count_found(&world, false), 0);
    *result = good;
    fill(&world, 1, 2);
    assert_int_equal(count_found(&world, true), 1);
    world_done(&world);
}

static void test_no_folder(void **state)
{
    (void)state;
    struct world world;
    struct mm_cache *cache = (struct mm_cache *)(uintptr_t)1;
    struct mm_err err;
    world_init(&world);
    struct mm_cache_options options = {.folder = world.cache,
                                       .src = "/nowhere",
                                       .dst = world.dst,
                                       .schema = {mm_schema_own(), mm_schema_own()},
                                       .measure = &world.measure};
    assert_int_equal(mm_cache_open(&cache, &options, world.pairs, &err), -1);
    assert_null(cache);
    assert_int_equal(err.code, MM_ENOENT);
    mm_cache_close(NULL);
    world_done(&world);
}

/* ---- with the scan ---- */

struct applied {
    size_t figures[PAIRS], headers;
    struct mm_result result[PAIRS];
};

static void apply(void *context, size_t pair, bool figures, struct mm_result *result)
{
    struct applied *applied = context;
    applied->headers += !figures && result->state != MM_STATE_PENDING;
    applied->figures[pair] += figures;
    if (figures)
        applied->result[pair] = *result;
    else
        mm_result_done(result);
}

/* Scan all, with this many threads. Returns how many results came from the cache. */
static size_t scan_all(struct world *world, unsigned threads, bool headers, bool focus,
                       struct applied *applied)
{
    struct mm_pool *pool;
    struct mm_scan *scan;
    struct mm_cache *cache = open_cache(world);
    *applied = (struct applied){0};
    assert_int_equal(mm_pool_open(&pool, threads, NULL), 0);
    assert_int_equal(mm_scan_open(&scan, pool, world->pairs, mm_schema_own(), &world->measure, headers, NULL),
                     0);
    mm_scan_set_cache(scan, cache);
    if (focus)
        mm_scan_focus(scan, (size_t[]){2, 0}, 2);
    mm_pool_kick(pool);
    while (!mm_pool_idle(pool)) {
        struct mm_job *job = mm_pool_finished(pool);
        if (job)
            assert_true(mm_scan_collect(scan, job, apply, applied));
        else
            mm_pool_wait(pool);
    }
    assert_int_equal(mm_scan_done_count(scan), PAIRS);
    size_t cached = mm_scan_cached_count(scan);
    for (size_t i = 0; i < PAIRS; i++) {
        assert_int_equal(applied->figures[i], 1);
        assert_result(&applied->result[i], &world->results[i]);
        mm_result_done(&applied->result[i]);
    }
    assert_int_equal(mm_cache_save(cache, result_of, world, NULL), 0);
    mm_pool_stop(pool);
    mm_scan_close(scan);
    mm_pool_close(pool);
    mm_cache_close(cache);
    return cached;
}

static void test_scan(void **state)
{
    (void)state;
    struct world world;
    struct applied applied;
    for (unsigned threads = 0; threads < 4; threads++) {
        for (unsigned way = 0; way < 4; way++) {
            world_init(&world);
            assert_int_equal(scan_all(&world, threads, way & 1, way & 2, &applied), 0);
            assert_int_equal(scan_all(&world, threads, way & 1, way & 2, &applied), PAIRS);
            assert_int_equal(applied.headers, 0); /* not even those were read */
            world_done(&world);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_rest_stays),
        cmocka_unit_test(test_failed_is_not_kept),
        cmocka_unit_test(test_unsure_is_not_kept),
        cmocka_unit_test(test_layout_counts),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_flipped),
        cmocka_unit_test(test_fields_are_checked),
        cmocka_unit_test(test_no_folder),
        cmocka_unit_test(test_scan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
