/* A session whose dumps are being written meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <math.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"
#include "unit/near.h"

static const float one[] = {1, 2, 3, 4}, near[] = {1, 2, 3, 4.5f}, far[] = {1, 2, 3, 6};
static const struct pb_head head = {"n", "Relu", 0, false};

static void open_watching(struct stage *stage, unsigned jobs)
{
    stage_init(stage);
    stage->options.jobs = jobs;
    stage->options.watch = true;
    stage->options.triage = true;
    stage_open(stage);
    stage_start(stage);
}

/* Take in all that is there, and measure it. True: layers were made anew. */
static bool take(struct stage *stage)
{
    struct mm_err err = {MM_OK, ""};
    bool again;
    if (mm_session_watch_take(stage->session, true, &again, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(mm_session_finish(stage->session, NULL, NULL), 0);
    return again;
}

static const struct mm_layer *named(const struct stage *stage, const char *name)
{
    size_t id = mm_session_find(stage->session, false, name);
    if (id == SIZE_MAX)
        fail_msg("no layer %s", name);
    return mm_session_layer(stage->session, id);
}

static void assert_counts(const struct stage *stage, size_t pairs, size_t src_only, size_t dst_only)
{
    struct mm_session_totals totals;
    mm_session_totals(stage->session, &totals);
    assert_int_equal(totals.pairs, pairs);
    assert_int_equal(totals.src_only, src_only);
    assert_int_equal(totals.dst_only, dst_only);
    assert_int_equal(totals.measured, pairs + src_only + dst_only);
}

/* From nothing: folders that are empty, then one side, then both. diff2 of near: .5 / sqrt(30). */
static void rows_as_they_come(void **state)
{
    (void)state;
    for (unsigned jobs = 0; jobs < 3; jobs += 2) {
        struct stage stage;
        open_watching(&stage, jobs);
        assert_counts(&stage, 0, 0, 0);
        assert_null(mm_session_notice(stage.session)); /* nothing is odd about dumps that are not there yet */
        assert_false(take(&stage));
        put_pb(stage.src, "1_a.pb", &head, one, 4);
        put_pb(stage.src, "2_b.pb", &head, one, 4);
        assert_true(take(&stage));
        assert_counts(&stage, 0, 2, 0);
        mm_session_tag(stage.session, mm_session_find(stage.session, false, "b"), true);
        put_pb(stage.dst, "7_b.pb", &head, near, 4);
        assert_true(take(&stage));
        assert_counts(&stage, 1, 1, 0);
        assert_near(named(&stage, "b")->result.metrics.diff2, 0.5 / sqrt(30), 1e-12);
        assert_true(named(&stage, "b")->tagged);
        assert_true(isnan(named(&stage, "b")->earlier)); /* it had no partner before */
        assert_false(mm_session_has_earlier(stage.session));
        assert_true(mm_session_triaged(stage.session));
        stage_done(&stage);
    }
}

static void what_changed_since(void **state)
{
    (void)state;
    struct stage stage;
    open_watching(&stage, 0);
    for (int i = 0; i < 3; i++) {
        const char *const files[] = {"1_a.pb", "2_b.pb", "3_c.pb"};
        put_both(&stage, files[i], "n", "Relu", one, near, 4);
    }
    take(&stage);
    uint64_t before = mm_session_pairings(stage.session);
    put_pb(stage.dst, "1_a.pb", &head, far, 4);
    put_pb(stage.dst, "2_b.pb", &head, one, 4);
    assert_true(take(&stage));
    assert_near(named(&stage, "a")->earlier, 0.5 / sqrt(30), 1e-12);
    assert_near(named(&stage, "a")->result.metrics.diff2, 2 / sqrt(30), 1e-12);
    assert_near(named(&stage, "b")->result.metrics.diff2, 0, 0);
    assert_true(isnan(named(&stage, "c")->earlier)); /* its files are the same */
    struct mm_redone redone = mm_session_redone(stage.session, before);
    assert_int_equal(redone.layers, 2);
    assert_int_equal(redone.better, 1);
    assert_int_equal(redone.worse, 1);
    before = mm_session_pairings(stage.session);
    put_pb(stage.src, "4_d.pb", &head, one, 4); /* something else: what is said of a stays */
    take(&stage);
    assert_near(named(&stage, "a")->earlier, 0.5 / sqrt(30), 1e-12);
    assert_int_equal(mm_session_redone(stage.session, before).layers, 0);
    stage_done(&stage);
}

/* rm -r dst; another run, whose time stamps are others: still the same tensors. */
static void another_run(void **state)
{
    (void)state;
    struct stage stage;
    open_watching(&stage, 0);
    put_both(&stage, "1_a.pb", "n", "Relu", one, near, 4);
    take(&stage);
    shell(stage.folder, "rm -r '%s/dst'");
    take(&stage);
    assert_counts(&stage, 0, 1, 0);
    shell(stage.folder, "mkdir '%s/dst'");
    put_pb(stage.dst, "900_a.pb", &head, far, 4);
    take(&stage);
    assert_counts(&stage, 1, 0, 0);
    assert_near(named(&stage, "a")->earlier, 0.5 / sqrt(30), 1e-12);
    assert_near(named(&stage, "a")->result.metrics.diff2, 2 / sqrt(30), 1e-12);
    stage_done(&stage);
}

/* While a file is written anew its old figures stand; no error is said of it. */
static void while_it_is_written(void **state)
{
    (void)state;
    struct stage stage;
    open_watching(&stage, 0);
    put_both(&stage, "1_a.pb", "n", "Relu", one, near, 4);
    put_both(&stage, "2_b.pb", "n", "Relu", one, near, 4);
    take(&stage);
    char *path = in_folder(stage.dst, "1_a.pb");
    int fd = open(path, O_WRONLY | O_TRUNC);
    assert_int_equal(write(fd, "\x08", 1), 1);
    put_pb(stage.src, "3_c.pb", &head, one, 4); /* a reason to list anew */
    take(&stage);
    assert_counts(&stage, 2, 1, 0);
    assert_int_equal(named(&stage, "a")->result.state, MM_STATE_MEASURED);
    assert_near(named(&stage, "a")->result.metrics.diff2, 0.5 / sqrt(30), 1e-12);
    close(fd);
    put_pb(stage.dst, "1_a.pb", &head, one, 4);
    take(&stage);
    assert_near(named(&stage, "a")->result.metrics.diff2, 0, 0);
    assert_near(named(&stage, "a")->earlier, 0.5 / sqrt(30), 1e-12);
    free(path);
    path = in_folder(stage.dst, "3_c.pb");
    fd = open(path, O_WRONLY | O_CREAT, 0600); /* a new one is no row yet */
    assert_int_equal(write(fd, "\x08", 1), 1);
    take(&stage);
    assert_counts(&stage, 2, 1, 0);
    close(fd);
    free(path);
    stage_done(&stage);
}

/* The plan is another part of the state: it stays, with its history. */
static void the_plan_stays(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_err err;
    open_watching(&stage, 0);
    put_both(&stage, "1_a.pb", "n", "Relu", one, near, 4);
    take(&stage);
    size_t id = 0;
    assert_int_equal(mm_session_set_precision(stage.session, &id, 1, MM_PRECISION_F32, NULL, &err), 0);
    put_both(&stage, "0_z.pb", "n", "Relu", one, near, 4);
    take(&stage);
    assert_int_equal(mm_session_moved(stage.session, 0), 1);
    assert_non_null(mm_session_override(stage.session, 1));
    assert_non_null(mm_plan_undo(mm_session_plan(stage.session)));
    stage_done(&stage);
}

/* Triage waits for things to settle, and comes then. */
static void triage_waits(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_err err;
    bool again = false;
    open_watching(&stage, 0);
    put_both(&stage, "1_a.pb", "n", "Relu", one, far, 4);
    while (!again) /* a moment after the first event */
        assert_int_equal(mm_session_watch_take(stage.session, false, &again, &err), 0);
    assert_false(mm_session_settled(stage.session));
    mm_session_finish(stage.session, NULL, NULL);
    assert_false(mm_session_triaged(stage.session));
    assert_true(mm_session_watch_due(stage.session) < mm_clock() + 2);
    mm_session_watch_take(stage.session, true, &again, &err);
    assert_true(mm_session_settled(stage.session));
    mm_session_finish(stage.session, NULL, NULL);
    assert_true(mm_session_triaged(stage.session));
    stage_done(&stage);
}

static void on_and_off(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_err err;
    bool again;
    stage_init(&stage);
    put_both(&stage, "1_a.pb", "n", "Relu", one, near, 4);
    stage_measure(&stage);
    assert_false(mm_session_watches(stage.session));
    assert_true(isinf(mm_session_watch_due(stage.session)));
    assert_int_equal(mm_session_watch_fd(stage.session), -1);
    put_both(&stage, "2_b.pb", "n", "Relu", one, near, 4); /* before anybody watched: found all the same */
    assert_int_equal(mm_session_watch(stage.session, true, &err), 0);
    assert_true(take(&stage));
    assert_counts(&stage, 2, 0, 0);
    assert_int_equal(mm_session_watch(stage.session, false, &err), 0);
    put_both(&stage, "3_c.pb", "n", "Relu", one, near, 4);
    assert_int_equal(mm_session_watch_take(stage.session, true, &again, &err), 0);
    assert_false(again);
    assert_counts(&stage, 2, 0, 0);
    stage_done(&stage);
}

static void changes(void **state)
{
    (void)state;
    assert_true(isnan(mm_change_of(NAN, 1)) && isnan(mm_change_of(1, NAN)));
    assert_near(mm_change_of(2, 4), 0.5, 0);
    assert_near(mm_change_of(0, 0), 1, 0);
    assert_near(mm_change_of(INFINITY, INFINITY), 1, 0);
    assert_true(isinf(mm_change_of(INFINITY, 1)) && isinf(mm_change_of(1, 0)));
    assert_near(mm_change_of(1, INFINITY), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_as_they_come), cmocka_unit_test(what_changed_since),
        cmocka_unit_test(another_run),       cmocka_unit_test(while_it_is_written),
        cmocka_unit_test(the_plan_stays),    cmocka_unit_test(triage_waits),
        cmocka_unit_test(on_and_off),        cmocka_unit_test(changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
