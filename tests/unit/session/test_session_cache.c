/* The session's use of the result cache: what was measured before the end is there the next time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <time.h>

#include "mmtui/session.h"
#include "unit/fixture.h"

/* Small pairs are measured so many a job. */
#define BATCH 64
#define PAIRS (2 * BATCH + 6)

struct world {
    char *folder, *src, *dst, *cache;
};

/* Files are kept once the clock that stamps them has moved on. */
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
    world->folder = temp_folder();
    world->src = in_folder(world->folder, "src");
    world->dst = in_folder(world->folder, "dst");
    world->cache = in_folder(world->folder, "cache/mmtui");
    shell(world->folder, "mkdir '%s/src' '%s/dst'");
    for (int i = 0; i < PAIRS; i++) {
        char name[16];
        snprintf(name, sizeof name, "t%02d.npy", i);
        put_floats(world->src, name, (float[]){1, 2, (float)i}, 3);
        put_floats(world->dst, name, (float[]){1, 2.5, (float)i}, 3);
    }
    settle(world->folder);
}

static void world_done(struct world *world)
{
    free(world->src);
    free(world->dst);
    free(world->cache);
    drop_folder(world->folder);
}

static struct mm_session *start_extra(const struct world *world, unsigned jobs, bool quantiles,
                                      size_t hist_bins)
{
    struct mm_session_options options;
    struct mm_session *session;
    mm_session_defaults(&options);
    options.measure.quantiles = quantiles;
    options.measure.hist_bins = hist_bins;
    options.src = world->src;
    options.dst = world->dst;
    options.cache = world->cache;
    options.jobs = jobs;
    assert_int_equal(mm_session_open(&session, &options, NULL), 0);
    assert_int_equal(mm_session_start(session, NULL), 0);
    return session;
}

static struct mm_session *start(const struct world *world, unsigned jobs)
{
    return start_extra(world, jobs, false, 0);
}

static void assert_totals(const struct mm_session *session, size_t measured, size_t cached)
{
    struct mm_session_totals totals;
    mm_session_totals(session, &totals);
    assert_int_equal(totals.measured, measured);
    assert_int_equal(totals.cached, cached);
}

static void test_ended_early(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    struct mm_session *session = start(&world, 0);
    mm_session_apply(session); /* inline: one job a call */
    mm_session_apply(session);
    assert_totals(session, 2 * BATCH, 0);
    mm_session_close(session);

    session = start(&world, 0);
    mm_session_finish(session, NULL, NULL);
    assert_totals(session, PAIRS, 2 * BATCH);
    for (size_t id = 0; id < PAIRS; id++)
        assert_true(mm_session_layer(session, id)->result.metrics.max_abs == 0.5);
    mm_session_close(session);

    session = start(&world, 2);
    mm_session_finish(session, NULL, NULL);
    assert_totals(session, PAIRS, PAIRS);
    mm_session_close(session);
    world_done(&world);
}

/* Written when the last result comes, not only at the end: a killed program has it too. */
static void test_written_when_measured(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    struct mm_session *first = start(&world, 2);
    assert_int_not_equal(access(world.cache, F_OK), 0);
    mm_session_finish(first, NULL, NULL);
    assert_int_equal(entries_in(world.cache), 1);
    struct mm_session *second = start(&world, 2);
    mm_session_finish(second, NULL, NULL);
    assert_totals(second, PAIRS, PAIRS);
    mm_session_close(first);
    mm_session_close(second);
    world_done(&world);
}

/* Ended at any moment, with workers: what there is is right. */
static void test_ended_any_time(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    size_t cached = 0;
    for (int run = 0; cached < PAIRS; run++) {
        assert_true(run < 1000);
        struct mm_session *session = start(&world, 2);
        mm_session_wait(session);
        mm_session_apply(session);
        struct mm_session_totals totals;
        mm_session_totals(session, &totals);
        assert_true(totals.cached <= totals.measured && totals.measured <= PAIRS);
        cached = totals.cached;
        mm_session_close(session);
    }
    world_done(&world);
}

/* A cache keeps no quantiles and histograms: who asks for them gets them, and nothing is kept. */
static void test_extras_pass_by(void **state)
{
    (void)state;
    struct world world;
    world_init(&world);
    for (int run = 0; run < 4; run++) {
        bool quantiles = run % 2, before = run >= 2; /* a cache of plain results is there */
        size_t bins = quantiles ? 0 : 4;
        struct mm_session *session = start_extra(&world, 2, quantiles, bins);
        mm_session_finish(session, NULL, NULL);
        assert_totals(session, PAIRS, 0);
        for (size_t id = 0; id < PAIRS; id++) {
            const struct mm_result *result = &mm_session_layer(session, id)->result;
            assert_int_equal(result->has_quantiles, quantiles);
            assert_true(!result->hist == quantiles);
        }
        mm_session_close(session);
        assert_int_equal(access(world.cache, F_OK) == 0, before);
        if (run == 1) {
            session = start(&world, 2);
            mm_session_finish(session, NULL, NULL);
            mm_session_close(session);
        }
    }
    world_done(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ended_early),
        cmocka_unit_test(test_written_when_measured),
        cmocka_unit_test(test_ended_any_time),
        cmocka_unit_test(test_extras_pass_by),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
