/* The scan over a pool: every pair once, same figures with any number of threads, order, cut files. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "mmtui/compare.h"

/* ---- a folder with two dumps ---- */

struct dumps {
    char folder[64];
    char *path[2];
    struct mm_dump *dump[2];
    struct mm_pairs *pairs;
};

static void dumps_init(struct dumps *dumps)
{
    static const char *const side[] = {"src", "dst"};

    memset(dumps, 0, sizeof(*dumps));
    snprintf(dumps->folder, sizeof(dumps->folder), "%s/mmtui-scan-XXXXXX", P_tmpdir);
    assert_non_null(mkdtemp(dumps->folder));
    for (int i = 0; i < 2; i++) {
        dumps->path[i] = mm_path_join(dumps->folder, side[i]);
        assert_int_equal(mm_folder_make(dumps->path[i], NULL), 0);
    }
}

static void dumps_pair(struct dumps *dumps)
{
    for (int i = 0; i < 2; i++)
        assert_int_equal(mm_dump_open(&dumps->dump[i], dumps->path[i], NULL, NULL), 0);
    assert_int_equal(mm_pairs_open(&dumps->pairs, dumps->dump[0], dumps->dump[1], NULL, NULL), 0);
}

static void dumps_done(struct dumps *dumps)
{
    mm_pairs_close(dumps->pairs);
    for (int i = 0; i < 2; i++) {
        mm_dump_close(dumps->dump[i]);
        free(dumps->path[i]);
    }
    mm_folder_remove(dumps->folder);
}

static void put(const struct dumps *dumps, int side, const char *name, enum mm_dtype dtype, int64_t count,
                const void *data)
{
    const struct mm_shape shape = {1, {count}};
    struct mm_tensor tensor;
    struct mm_run run;
    struct mm_err err;
    const struct mm_store store = {.tensor = &tensor, .node_name = "n", .op_type = "o"};
    char *path = mm_path_join(dumps->path[side], name);

    mm_tensor_raw(&tensor, dtype, &shape, data, &run);
    if (mm_format_find(strrchr(name, '.') + 1)->write(&store, path, &err))
        fail_msg("%s", err.text);
    free(path);
}

static float *noise(int64_t count, uint64_t random)
{
    float *x = malloc((size_t)count * sizeof(*x));

    for (int64_t i = 0; i < count; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        x[i] = 100.0f + (float)(int32_t)(random >> 32) * 1e-10f; /* mean far above spread: two passes */
    }
    return x;
}

/* ---- running a scan ---- */

struct seen {
    const struct mm_pairs *pairs;
    struct mm_result *result; /* [pairs], of the figures */
    size_t figures, headers;
    size_t order[64]; /* of the first figures */
};

static void apply(void *context, size_t pair, bool figures, struct mm_result *result)
{
    struct seen *seen = context;

    if (!figures) {
        assert_int_not_equal(result->state, MM_STATE_MEASURED);
        seen->headers++;
        mm_result_done(result);
        return;
    }
    assert_int_equal(seen->result[pair].state, MM_STATE_PENDING); /* once only */
    if (seen->figures < MM_COUNT(seen->order))
        seen->order[seen->figures] = pair;
    seen->figures++;
    seen->result[pair] = *result;
}

/* Returns how many were found in the cache, which may be NULL. */
static size_t scan_with(const struct dumps *dumps, unsigned threads, bool headers,
                        const struct mm_measure_options *options, struct mm_cache *cache, struct seen *seen)
{
    size_t cached;
    struct mm_pool *pool;
    struct mm_scan *scan;
    struct mm_job *job;

    memset(seen, 0, sizeof(*seen));
    seen->pairs = dumps->pairs;
    seen->result = calloc(dumps->pairs->count, sizeof(*seen->result));
    assert_int_equal(mm_pool_open(&pool, threads, NULL), 0);
    assert_int_equal(mm_pool_workers(pool), threads ? threads : 1);
    assert_int_equal(mm_scan_open(&scan, pool, dumps->pairs, NULL, options, headers, NULL), 0);
    if (cache)
        mm_scan_set_cache(scan, cache);
    mm_pool_kick(pool);
    for (;;) {
        while ((job = mm_pool_finished(pool)))
            assert_true(mm_scan_collect(scan, job, apply, seen));
        if (mm_pool_idle(pool))
            break;
        mm_pool_wait(pool);
    }
    assert_int_equal(mm_scan_done_count(scan), dumps->pairs->count);
    assert_int_equal(seen->figures, dumps->pairs->count);
    cached = mm_scan_cached_count(scan);
    mm_pool_stop(pool);
    mm_scan_close(scan);
    mm_pool_close(pool);
    return cached;
}

static void scan_all(const struct dumps *dumps, unsigned threads, bool headers,
                     const struct mm_measure_options *options, struct seen *seen)
{
    assert_int_equal(scan_with(dumps, threads, headers, options, NULL, seen), 0);
}

static void seen_done(struct seen *seen)
{
    for (size_t i = 0; i < seen->pairs->count; i++)
        mm_result_done(&seen->result[i]);
    free(seen->result);
}

/* ---- tests ---- */

/* Large ones in every encoding beside small ones; 0, 1, 2 and 4 threads give the same bytes. */
static void bits_do_not_depend_on_threads(void **state)
{
    const int64_t count = 5000001;
    float *s = noise(count, 1), *d = noise(count, 2);
    struct mm_measure_options options;
    struct seen first, again;
    struct dumps dumps;
    char name[32];
    (void)state;

    dumps_init(&dumps);
    put(&dumps, 0, "1_large.pb", MM_F32, count, s);
    put(&dumps, 1, "1_large.pb", MM_F32, count, d);
    put(&dumps, 0, "2_bytes.pb", MM_I8, count, s); /* varints */
    put(&dumps, 1, "2_bytes.pb", MM_I8, count, d);
    put(&dumps, 0, "3_text.pb", MM_F32, 300000, s);
    put(&dumps, 1, "3_text.pbtxt", MM_F32, 300000, d);
    for (int i = 4; i < 104; i++) {
        snprintf(name, sizeof(name), "%d_small.pb", i);
        put(&dumps, 0, name, MM_F32, i * 10, s + i);
        put(&dumps, 1, name, MM_F32, i * 10, d + i);
    }
    dumps_pair(&dumps);
    assert_int_equal(dumps.pairs->count, 103);
    mm_measure_defaults(&options);
    scan_all(&dumps, 0, false, &options, &first);
    for (unsigned threads = 1; threads <= 4; threads += threads) {
        scan_all(&dumps, threads, threads == 2, &options, &again);
        for (size_t i = 0; i < dumps.pairs->count; i++) {
            assert_int_equal(again.result[i].state, MM_STATE_MEASURED);
            assert_memory_equal(&again.result[i].metrics, &first.result[i].metrics,
                                sizeof(struct mm_metrics));
        }
        seen_done(&again);
    }
    seen_done(&first);
    dumps_done(&dumps);
    free(s);
    free(d);
}

/* ---- with a cache ---- */

/* Results are kept of files that are older than a tick of the clock that stamps them. */
static void let_settle(const struct dumps *dumps)
{
    char *path = mm_path_join(dumps->folder, "last");
    FILE *file = fopen(path, "wb");
    struct timespec now;
    struct stat info;

    assert_non_null(file);
    fclose(file);
    assert_int_equal(stat(path, &info), 0);
    free(path);
    do
        clock_gettime(CLOCK_REALTIME_COARSE, &now);
    while (now.tv_sec < info.st_ctim.tv_sec ||
           (now.tv_sec == info.st_ctim.tv_sec && now.tv_nsec <= info.st_ctim.tv_nsec));
}

static const struct mm_result *seen_result(const void *context, size_t pair)
{
    return &((const struct seen *)context)->result[pair];
}

/* One run with the cache of that folder: how many were found there, and the same figures as without. */
static size_t cached_run(const struct dumps *dumps, unsigned threads, bool headers, const char *folder,
                         const struct seen *first)
{
    struct mm_measure_options options;
    struct mm_cache_options cache_options = {.folder = folder,
                                             .src = dumps->path[0],
                                             .dst = dumps->path[1],
                                             .schema = {dumps->dump[0]->schema, dumps->dump[1]->schema},
                                             .measure = &options};
    struct mm_cache *cache;
    struct seen seen;
    size_t cached;

    mm_measure_defaults(&options);
    assert_int_equal(mm_cache_open(&cache, &cache_options, dumps->pairs, NULL), 0);
    cached = scan_with(dumps, threads, headers, &options, cache, &seen);
    for (size_t i = 0; i < dumps->pairs->count; i++) {
        assert_int_equal(seen.result[i].state, first->result[i].state);
        assert_memory_equal(&seen.result[i].metrics, &first->result[i].metrics, sizeof(struct mm_metrics));
    }
    assert_int_equal(mm_cache_save(cache, seen_result, &seen, NULL), 0);
    mm_cache_close(cache);
    seen_done(&seen);
    return cached;
}

/* Batches of small pairs and a divided one: all are kept, then all are found; a changed one is measured. */
static void kept_and_found(void **state)
{
    const int64_t count = 4500000;
    float *s = noise(count, 6), *d = noise(count, 7);
    struct mm_measure_options options;
    struct dumps dumps;
    struct seen first;
    char name[32];
    (void)state;

    dumps_init(&dumps);
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "%d_small%d.npy", i, i);
        put(&dumps, 0, name, MM_F32, 10 + i, s + i);
        if (i % 10)
            put(&dumps, 1, name, MM_F32, 10 + i + i % 7 / 6, d + i);
    }
    put(&dumps, 0, "100_large.npy", MM_F32, count, s);
    put(&dumps, 1, "100_large.npy", MM_F32, count, d);
    dumps_pair(&dumps);
    let_settle(&dumps);
    mm_measure_defaults(&options);
    scan_all(&dumps, 0, false, &options, &first);
    for (unsigned run = 0; run < 6; run++) {
        unsigned threads = run / 2 * 2;
        char *folder;

        snprintf(name, sizeof(name), "cache%u", run);
        folder = mm_path_join(dumps.folder, name);
        assert_int_equal(cached_run(&dumps, threads, run % 2, folder, &first), 0);
        assert_int_equal(cached_run(&dumps, threads, run % 2, folder, &first), 101);
        put(&dumps, 0, "7_small7.npy", MM_F32, 17, s + 7);
        put(&dumps, 0, "100_large.npy", MM_F32, count, s);
        let_settle(&dumps);
        assert_int_equal(cached_run(&dumps, threads, run % 2, folder, &first), 99);
        assert_int_equal(cached_run(&dumps, threads, run % 2, folder, &first), 101);
        free(folder);
    }
    seen_done(&first);
    dumps_done(&dumps);
    free(s);
    free(d);
}

/* ---- order, and what else was asked for ---- */

/* With headers the largest come first, without them execution order is kept. */
static void order_of_work(void **state)
{
    static const int64_t size[] = {70000, 300000, 50, 90000, 300000};
    static const size_t by_size[] = {1, 4, 3, 0, 2};
    float *x = noise(300000, 3);
    struct mm_measure_options options;
    struct dumps dumps;
    struct seen seen;
    char name[32];
    (void)state;

    dumps_init(&dumps);
    for (size_t i = 0; i < MM_COUNT(size); i++) {
        snprintf(name, sizeof(name), "%zu_t%zu.pb", i, i);
        put(&dumps, 0, name, MM_F32, size[i], x);
        put(&dumps, 1, name, MM_F32, size[i], x);
    }
    dumps_pair(&dumps);
    mm_measure_defaults(&options);
    scan_all(&dumps, 0, true, &options, &seen);
    assert_int_equal(seen.headers, MM_COUNT(size));
    assert_memory_equal(seen.order, by_size, sizeof(by_size));
    seen_done(&seen);
    scan_all(&dumps, 0, false, &options, &seen);
    assert_int_equal(seen.headers, 0);
    for (size_t i = 0; i < MM_COUNT(size); i++)
        assert_int_equal(seen.order[i], i);
    seen_done(&seen);
    dumps_done(&dumps);
    free(x);
}

/* Quantiles and histograms come with the figures where they are asked for. */
static void extras(void **state)
{
    const float s[] = {0, 1, 2, 3, 4}, d[] = {0, 1, 2, 3, 6};
    struct mm_measure_options options;
    struct dumps dumps;
    struct seen seen;
    (void)state;

    dumps_init(&dumps);
    put(&dumps, 0, "1_a.npy", MM_F32, 5, s);
    put(&dumps, 1, "1_a.npy", MM_F32, 5, d);
    put(&dumps, 0, "2_alone.npy", MM_F32, 5, s);
    put(&dumps, 0, "3_constant.npy", MM_F32, 1, s);
    put(&dumps, 1, "3_constant.npy", MM_F32, 1, s);
    dumps_pair(&dumps);
    mm_measure_defaults(&options);
    options.quantiles = true;
    options.hist_bins = 3;
    scan_all(&dumps, 1, false, &options, &seen);
    const struct mm_result *a = &seen.result[0];
    assert_true(a->has_quantiles && a->quantiles.count == 5 && a->quantiles.p50 == 0);
    assert_true(a->hist->src.low == 0 && a->hist->src.high == 6 && a->hist->src.bins == 3);
    assert_true(a->hist->src.count[0] == 2 && a->hist->src.count[1] == 2 && a->hist->src.count[2] == 1);
    assert_true(a->hist->dst.count[2] == 1 && a->hist->error.zero == 4 &&
                a->hist->error.count[1 - MM_EXP_LOW] == 1);
    assert_true(seen.result[1].state == MM_STATE_SINGLE && !seen.result[1].has_quantiles &&
                !seen.result[1].hist);
    assert_true(seen.result[2].hist->src.low < 0 && seen.result[2].hist->src.high > 0);
    seen_done(&seen);
    dumps_done(&dumps);
}

/* ---- a file that is cut while it is read ---- */

static char *victim; /* the file that reading a header of dst cuts */

static int read_and_cut(struct mm_load *load, const struct mm_schema *schema, const char *file,
                        struct mm_err *err)
{
    int result = mm_format_find("npy")->read(load, schema, file, err);

    if (strstr(file, "cut") && truncate(victim, 4096) < 0)
        fail_msg("can't cut %s", victim);
    return result;
}

/* dst's header is read when src is mapped already: then src is cut, and the pass falls off its end. */
static void cut_files_are_rows(unsigned threads)
{
    static struct mm_format cutting;
    const int64_t count = 6000000;
    float *x = noise(count, 4);
    struct mm_measure_options options;
    struct dumps dumps;
    struct seen seen;
    char name[32];

    dumps_init(&dumps);
    for (int i = 0; i < 6; i++) {
        snprintf(name, sizeof(name), "%d_%s.npy", i, i == 3 ? "cut" : "whole");
        put(&dumps, 0, name, MM_F32, i == 3 ? count : 400000 + i, x);
        put(&dumps, 1, name, MM_F32, i == 3 ? count : 400000 + i, x);
    }
    dumps_pair(&dumps);
    cutting = *mm_format_find("npy");
    cutting.read = read_and_cut;
    for (size_t i = 0; i < dumps.dump[1]->count; i++)
        ((struct mm_source *)(uintptr_t)dumps.dump[1]->entries[i].source)->format = &cutting;
    victim = mm_path_join(dumps.path[0], "3_cut.npy");
    mm_measure_defaults(&options);
    options.quantiles = true;
    options.hist_bins = 8;
    scan_all(&dumps, threads, false, &options, &seen);
    for (size_t i = 0; i < dumps.pairs->count; i++) {
        const struct mm_result *result = &seen.result[i];

        if (strcmp(dumps.pairs->pair[i].name, "cut") != 0) {
            assert_int_equal(result->state, MM_STATE_MEASURED);
            assert_true(result->metrics.diff1 == 0 && result->metrics.finite == result->metrics.count);
            continue;
        }
        assert_int_equal(result->state, MM_STATE_FAILED);
        assert_int_equal(result->code, MM_EIO);
        assert_false(result->failed_dst);
        assert_string_equal(result->error, "3_cut.npy: became shorter while it was read");
        assert_true(!result->hist && !result->has_quantiles);
    }
    seen_done(&seen);
    free(victim);
    dumps_done(&dumps);
    free(x);
}

static void a_cut_file_is_a_row(void **state)
{
    (void)state;
    cut_files_are_rows(0);
    cut_files_are_rows(4);
}

/* Stopping with large tensors under way: what was handed out comes back, and nothing hangs. */
static void stopping(void **state)
{
    const int64_t count = 6000000;
    float *x = noise(count, 5);
    struct mm_measure_options options;
    struct seen seen = {0};
    struct dumps dumps;
    (void)state;

    dumps_init(&dumps);
    for (int i = 0; i < 4; i++) {
        char name[32];

        snprintf(name, sizeof(name), "%d_x.npy", i);
        put(&dumps, 0, name, MM_F32, count, x);
        put(&dumps, 1, name, MM_F32, count, x);
    }
    dumps_pair(&dumps);
    seen.pairs = dumps.pairs;
    mm_measure_defaults(&options);
    for (int i = 0; i < 20; i++) {
        struct mm_pool *pool;
        struct mm_scan *scan;
        struct mm_job *job;

        seen.result = calloc(dumps.pairs->count, sizeof(*seen.result));
        assert_int_equal(mm_pool_open(&pool, 3, NULL), 0);
        assert_int_equal(mm_scan_open(&scan, pool, dumps.pairs, NULL, &options, i % 2, NULL), 0);
        mm_pool_kick(pool);
        for (int k = 0; k < i * 100; k++)
            mm_pool_idle(pool);
        mm_pool_stop(pool);
        while ((job = mm_pool_finished(pool)))
            assert_true(mm_scan_collect(scan, job, apply, &seen));
        mm_scan_close(scan);
        mm_pool_close(pool);
        seen_done(&seen);
        seen.figures = 0;
    }
    dumps_done(&dumps);
    free(x);
}

/* ---- memory ---- */

/* kB of a line of smaps_rollup. */
static long rollup(const char *key)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    char line[256];
    long value = -1;

    assert_non_null(file);
    while (value < 0 && fgets(line, sizeof(line), file))
        if (strncmp(line, key, strlen(key)) == 0)
            value = strtol(line + strlen(key), NULL, 10);
    fclose(file);
    return value;
}

static void hole(const struct dumps *dumps, int side, const char *name, int64_t count)
{
    char *path = mm_path_join(dumps->path[side], name);
    char header[128];
    FILE *file = fopen(path, "wb");
    int length;

    assert_non_null(file);
    length = snprintf(header, sizeof(header),
                      "\x93NUMPY\x01%cv%c{'descr': '<f4', 'fortran_order': False, 'shape': (%lld,), }", 0, 0,
                      (long long)count);
    while (length < 127)
        header[length++] = ' ';
    header[127] = '\n';
    assert_int_equal(fwrite(header, 1, 128, file), 128);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(truncate(path, 128 + count * 4), 0);
    free(path);
}

/* Two tensors of 8 GiB, all holes, in two threads: some ten seconds, with MMTUI_LONG=1 only. */
static void memory_is_bounded(void **state)
{
    const int64_t count = (int64_t)1 << 31;
    struct mm_measure_options options;
    struct mm_pool *pool;
    struct mm_scan *scan;
    struct mm_job *job;
    struct dumps dumps;
    struct seen seen = {0};
    long most = 0, peak = 0;
    (void)state;

    if (!getenv("MMTUI_LONG"))
        skip();
    dumps_init(&dumps);
    hole(&dumps, 0, "1_huge.npy", count);
    hole(&dumps, 1, "1_huge.npy", count);
    dumps_pair(&dumps);
    seen.pairs = dumps.pairs;
    seen.result = calloc(1, sizeof(*seen.result));
    mm_measure_defaults(&options);
    assert_int_equal(mm_pool_open(&pool, 2, NULL), 0);
    assert_int_equal(mm_scan_open(&scan, pool, dumps.pairs, NULL, &options, false, NULL), 0);
    mm_pool_kick(pool);
    while (!mm_pool_idle(pool)) {
        long now = rollup("Private_Clean:") + rollup("Private_Dirty:"), all = rollup("Rss:");

        most = now > most ? now : most;
        peak = all > peak ? all : peak;
        while ((job = mm_pool_finished(pool)))
            assert_true(mm_scan_collect(scan, job, apply, &seen));
    }
    assert_int_equal(seen.result[0].state, MM_STATE_MEASURED);
    assert_int_equal(seen.result[0].metrics.src.zero, count);
    print_message("private %ld kB, resident %ld kB\n", most, peak);
    assert_true(most < 64 * 1024);
    mm_pool_stop(pool);
    mm_scan_close(scan);
    mm_pool_close(pool);
    seen_done(&seen);
    dumps_done(&dumps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_bounded), /* first: before others leave freed memory behind */
        cmocka_unit_test(bits_do_not_depend_on_threads),
        cmocka_unit_test(kept_and_found),
        cmocka_unit_test(order_of_work),
        cmocka_unit_test(extras),
        cmocka_unit_test(a_cut_file_is_a_row),
        cmocka_unit_test(stopping),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
