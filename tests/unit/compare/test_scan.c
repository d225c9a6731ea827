#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/compare.h"
#include "unit/fixture.h"

enum { PAIRS = 150, EVENTS = PAIRS * 2 + 10 };

/* Dumps, pairs, pool and scan; and what came back, in order. */
struct stage {
    char *folder;
    struct mm_dump *src, *dst;
    struct mm_pairs *pairs;
    struct mm_pool *pool;
    struct mm_scan *scan;
    struct {
        size_t pair;
        bool figures;
    } event[EVENTS];
    size_t events;
    size_t headers[PAIRS], figures[PAIRS];
    enum mm_state state[PAIRS];
    double diff1[PAIRS];
};

/* t000 .. t149: src all 1 and 3, dst all 1 and 3 + the number: diff1 = number / 4. The last three are odd. */
static void put_dumps(const char *folder)
{
    char *src = in_folder(folder, "src"), *dst = in_folder(folder, "dst");
    shell(folder, "mkdir '%s/src' '%s/dst'");
    for (size_t i = 0; i < PAIRS; i++) {
        char name[32];
        float s[] = {1, 3}, d[] = {1, 3 + (float)i};
        snprintf(name, sizeof name, "t%03zu.npy", i);
        put_floats(src, name, s, 2);
        put_floats(dst, name, d, i == PAIRS - 3 ? 1 : 2);
    }
    put_text(dst, "t148.npy", "no tensor");
    shell(folder, "rm '%s/dst/t149.npy'");
    free(src);
    free(dst);
}

static void stage_open(struct stage *stage, unsigned threads, bool headers)
{
    memset(stage, 0, sizeof *stage);
    struct mm_measure_options options;
    struct mm_err err = {MM_OK, ""};
    stage->folder = temp_folder();
    put_dumps(stage->folder);
    char *src = in_folder(stage->folder, "src"), *dst = in_folder(stage->folder, "dst");
    mm_measure_defaults(&options);
    if (mm_dump_open(&stage->src, src, NULL, &err) < 0 || mm_dump_open(&stage->dst, dst, NULL, &err) < 0 ||
        mm_pairs_open(&stage->pairs, stage->src, stage->dst, NULL, &err) < 0 ||
        mm_pool_open(&stage->pool, threads, &err) < 0 ||
        mm_scan_open(&stage->scan, stage->pool, stage->pairs, stage->src->schema, &options, headers, &err) <
            0)
        fail_msg("%s", err.text);
    assert_int_equal(stage->pairs->count, PAIRS);
    free(src);
    free(dst);
}

static void apply(void *context, size_t pair, bool figures, struct mm_result *result)
{
    struct stage *stage = context;
    assert_true(pair < PAIRS && stage->events < EVENTS);
    stage->event[stage->events].pair = pair;
    stage->event[stage->events++].figures = figures;
    (figures ? stage->figures : stage->headers)[pair]++;
    if (figures || !stage->figures[pair]) {
        stage->state[pair] = result->state;
        stage->diff1[pair] = result->metrics.diff1;
    }
    mm_result_done(result);
}

static bool step(struct stage *stage)
{
    struct mm_job *job = mm_pool_finished(stage->pool);
    if (job)
        assert_true(mm_scan_collect(stage->scan, job, apply, stage));
    return job;
}

static void settle(struct stage *stage)
{
    do {
        mm_pool_wait(stage->pool);
        while (step(stage))
            ;
    } while (!mm_pool_idle(stage->pool));
}

static void stage_close(struct stage *stage)
{
    mm_pool_stop(stage->pool);
    while (step(stage))
        ;
    mm_scan_close(stage->scan);
    mm_pool_close(stage->pool);
    mm_pairs_close(stage->pairs);
    mm_dump_close(stage->src);
    mm_dump_close(stage->dst);
    drop_folder(stage->folder);
}

/* The events from *at on are those of `first`, `first` + 1 ... (but `without`), up to (not including)
 * `end`. */
static void assert_run(const struct stage *stage, size_t *at, size_t first, size_t end, bool figures,
                       const size_t *without, size_t count)
{
    for (size_t pair = first; pair < end; pair++) {
        bool skip = false;
        for (size_t i = 0; i < count; i++)
            skip |= without[i] == pair;
        if (skip)
            continue;
        assert_true(*at < stage->events);
        assert_int_equal(stage->event[*at].pair, pair);
        assert_int_equal(stage->event[*at].figures, figures);
        ++*at;
    }
}

static void assert_final(const struct stage *stage)
{
    for (size_t i = 0; i < PAIRS; i++) {
        assert_int_equal(stage->figures[i], 1);
        assert_true(stage->headers[i] <= 1);
        assert_int_equal(stage->state[i], i == PAIRS - 3   ? MM_STATE_MISMATCH
                                          : i == PAIRS - 2 ? MM_STATE_FAILED
                                          : i == PAIRS - 1 ? MM_STATE_SINGLE
                                                           : MM_STATE_MEASURED);
        if (i < PAIRS - 3)
            assert_true(stage->diff1[i] == (double)i / 4);
    }
    assert_int_equal(mm_scan_done_count(stage->scan), PAIRS);
}

static void nothing_before_the_kick(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage, 0, true);
    assert_true(mm_pool_idle(stage.pool));
    assert_false(step(&stage));
    stage_close(&stage);
}

static void headers_of_all_then_figures(void **state)
{
    (void)state;
    struct stage stage;
    size_t at = 0;
    stage_open(&stage, 0, true);
    mm_pool_kick(stage.pool);
    settle(&stage);
    assert_run(&stage, &at, 0, PAIRS, false, NULL, 0);
    assert_run(&stage, &at, 0, PAIRS, true, NULL, 0);
    assert_int_equal(at, stage.events);
    assert_final(&stage);
    stage_close(&stage);
}

static void figures_only(void **state)
{
    (void)state;
    struct stage stage;
    size_t at = 0;
    stage_open(&stage, 0, false);
    mm_pool_kick(stage.pool);
    settle(&stage);
    assert_run(&stage, &at, 0, PAIRS, true, NULL, 0);
    assert_int_equal(at, stage.events);
    assert_final(&stage);
    stage_close(&stage);
}

/* In focus: headers, then figures, in the order given; then the headers of the rest, then its figures. */
static void focus_first(void **state)
{
    (void)state;
    struct stage stage;
    size_t focus[] = {120, 7, 120}, at = 4;
    stage_open(&stage, 0, true);
    mm_scan_focus(stage.scan, focus, 3);
    focus[0] = 0; /* it was copied */
    mm_pool_kick(stage.pool);
    settle(&stage);
    focus[0] = 120;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(stage.event[i].pair, focus[i % 2]);
        assert_int_equal(stage.event[i].figures, i >= 2);
    }
    assert_run(&stage, &at, 0, PAIRS, false, focus, 2);
    assert_run(&stage, &at, 0, PAIRS, true, focus, 2);
    assert_int_equal(at, stage.events);
    assert_final(&stage);
    stage_close(&stage);
}

static void focus_moves(void **state)
{
    (void)state;
    struct stage stage;
    static const size_t page[] = {100, 101};
    stage_open(&stage, 0, true);
    mm_pool_kick(stage.pool);
    assert_true(step(&stage)); /* the first batch of headers */
    size_t at = stage.events;
    mm_scan_focus(stage.scan, page, 2);
    for (int i = 0; i < 3; i++)
        assert_true(step(&stage));
    assert_run(&stage, &at, 100, 102, false, NULL, 0);
    assert_run(&stage, &at, 100, 102, true, NULL, 0);
    mm_scan_focus(stage.scan, NULL, 0);
    assert_true(step(&stage));
    assert_false(stage.event[at].figures);
    settle(&stage);
    assert_final(&stage);
    stage_close(&stage);
}

static void with_threads(void **state)
{
    (void)state;
    static const unsigned threads[] = {1, 4};
    for (size_t t = 0; t < MM_COUNT(threads); t++) {
        struct stage stage;
        stage_open(&stage, threads[t], true);
        mm_pool_kick(stage.pool);
        for (size_t i = 0; i < PAIRS; i++) { /* a list that is scrolled meanwhile */
            const size_t page[] = {i, (i * 7) % PAIRS, (i * 13) % PAIRS};
            mm_scan_focus(stage.scan, page, 3);
            step(&stage);
        }
        settle(&stage);
        assert_final(&stage);
        stage_close(&stage);
    }
}

/* Stopped half-way: what was handed out comes back once and is freed; nothing unfinished counts as done. */
static void stop_half_way(void **state)
{
    (void)state;
    static const unsigned threads[] = {0, 4};
    for (size_t t = 0; t < MM_COUNT(threads); t++) {
        struct stage stage;
        stage_open(&stage, threads[t], t == 0);
        mm_pool_kick(stage.pool);
        for (int i = 0; i < 10; i++) {
            mm_pool_wait(stage.pool);
            step(&stage);
        }
        mm_pool_stop(stage.pool);
        while (step(&stage))
            ;
        size_t done = 0;
        for (size_t i = 0; i < PAIRS; i++) {
            assert_true(stage.figures[i] <= 1);
            done += stage.figures[i];
        }
        assert_int_equal(mm_scan_done_count(stage.scan), done);
        stage_close(&stage);
    }
}

static void never(struct mm_job *job, const atomic_bool *cancel)
{
    (void)job;
    (void)cancel;
}

static void other_peoples_jobs(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_job other = {.run = never};
    stage_open(&stage, 0, true);
    mm_pool_submit(stage.pool, &other);
    assert_ptr_equal(mm_pool_finished(stage.pool), &other);
    assert_false(mm_scan_collect(stage.scan, &other, apply, &stage));
    assert_int_equal(stage.events, 0);
    mm_scan_close(NULL);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_before_the_kick),
        cmocka_unit_test(headers_of_all_then_figures),
        cmocka_unit_test(figures_only),
        cmocka_unit_test(focus_first),
        cmocka_unit_test(focus_moves),
        cmocka_unit_test(with_threads),
        cmocka_unit_test(stop_half_way),
        cmocka_unit_test(other_peoples_jobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
