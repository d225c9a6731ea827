#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"

#include <math.h>

/*
 * Twelve layers: #1 to #8 with diff1 = diff2 = 0.01, 0.02 ... 0.08 (src 1, dst 1 + that), then one each of:
 * NaN in dst, another shape, unreadable, only in src.
 */
enum { GOOD = 8, BROKEN = 8, SHAPE, UNREADABLE, LONE, LAYERS, MORE = 120 };

static void put_layers(struct stage *stage)
{
    char name[32];
    for (int i = 0; i < GOOD; i++) {
        snprintf(name, sizeof name, "%d_t%d.pb", i + 1, i);
        put_both(stage, name, "node", "op", FLOATS(1), FLOATS(1 + 0.01f * (float)(i + 1)), 1);
    }
    put_both(stage, "20_broken.pb", "node", "op", FLOATS(1, 2), FLOATS(1, NAN), 2);
    put_both(stage, "21_shape.pb", "node", "op", FLOATS(1, 2), FLOATS(1, 2), 2);
    put_pb(stage->dst, "21_shape.pb", &(struct pb_head){"node", "op", 0, false}, FLOATS(1, 2, 3), 3);
    put_both(stage, "22_bad.pb", "node", "op", FLOATS(1), FLOATS(1), 1);
    put_text(stage->dst, "22_bad.pb", "\xff\xff\xff");
    put_pb(stage->src, "23_lone.pb", &(struct pb_head){"node", "op", 0, false}, FLOATS(3, 5), 2);
    put_text(stage->src, "README", "no tensor");
}

/* MORE others behind them, of `count` elements or a little less. */
static void put_more(struct stage *stage, size_t count)
{
    char name[32];
    float *s = malloc(2 * count * sizeof *s), *d = s + count;
    assert_non_null(s);
    for (size_t i = 0; i < MORE; i++) {
        snprintf(name, sizeof name, "%zu_more%zu.pb", 100 + i, i);
        for (size_t k = 0; k < count; k++) {
            s[k] = sinf((float)(k * (i + 1)));
            d[k] = s[k] + 0.01f * cosf((float)k);
        }
        put_both(stage, name, "node", "op", s, d, count > 7 * i ? count - 7 * i : count);
    }
    free(s);
}

static enum mm_verdict_kind kind_of(const struct stage *stage, size_t id)
{
    return mm_session_layer(stage->session, id)->verdict.kind;
}

/* ---- opening ---- */

static void defaults(void **state)
{
    (void)state;
    struct mm_session_options options;
    mm_session_defaults(&options);
    assert_true(options.jobs >= 1);
    assert_null(options.src);
    assert_int_equal(options.pairing.framework, MM_FRAMEWORK_ONNX);
    assert_true(options.thresholds.diff1 == 0.05 && options.thresholds.diff2 == 0.05);
    assert_true(options.measure.atol == 1e-8 && options.measure.rtol == 1e-5);
}

static void opening_reads_no_tensor(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_session_totals totals;
    stage_init(&stage);
    put_layers(&stage);
    stage_open(&stage);
    assert_int_equal(mm_session_count(stage.session), LAYERS);
    for (size_t id = 0; id < LAYERS; id++) {
        const struct mm_layer *layer = mm_session_layer(stage.session, id);
        assert_int_equal(layer->result.state, MM_STATE_PENDING);
        assert_int_equal(layer->verdict.kind, MM_VERDICT_NONE);
        assert_true(layer->rank == -1);
    }
    mm_session_totals(stage.session, &totals);
    assert_int_equal(totals.layers, LAYERS);
    assert_int_equal(totals.pairs, LAYERS - 1);
    assert_int_equal(totals.src_only, 1);
    assert_int_equal(totals.dst_only, 0);
    assert_int_equal(totals.skipped, 1);
    assert_int_equal(totals.measured + totals.bad + totals.tagged, 0);
    assert_true(totals.seconds == 0);
    stage_done(&stage);
}

/* Every call before the start is harmless. */
static void before_the_start(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_session_totals totals;
    const size_t id = 0;
    stage_init(&stage);
    put_layers(&stage);
    stage_open(&stage);
    assert_int_equal(mm_session_fd(stage.session), -1);
    assert_int_equal(mm_session_apply(stage.session), 0);
    assert_true(mm_session_idle(stage.session));
    mm_session_wait(stage.session);
    mm_session_focus(stage.session, &id, 1);
    assert_int_equal(mm_session_finish(stage.session, NULL, NULL), 0);
    mm_session_totals(stage.session, &totals);
    assert_true(totals.seconds == 0);
    stage_done(&stage);
}

static void folders_that_can_not_be_opened(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_err err = {MM_OK, ""};
    stage_init(&stage);
    assert_int_equal(mm_session_open(&stage.session, &stage.options, &err), -1); /* both empty */
    assert_int_equal(err.code, MM_ENOENT);
    put_text(stage.src, "1_a.pb", "");
    assert_int_equal(mm_session_open(&stage.session, &stage.options, &err), -1); /* dst empty */
    assert_non_null(strstr(err.text, stage.dst));
    stage.options.dst = "/nonexistent/folder";
    assert_int_equal(mm_session_open(&stage.session, &stage.options, &err), -1);
    assert_int_equal(err.code, MM_ENOENT);
    assert_null(stage.session);
    mm_session_close(NULL);
    stage_done(&stage);
}

static void options_are_copied(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_layers(&stage);
    char path[512];
    snprintf(path, sizeof path, "%s", stage.src);
    stage.options.src = path;
    stage_open(&stage);
    path[0] = '\0';
    assert_string_equal(mm_session_options(stage.session)->src, stage.src);
    assert_string_equal(mm_session_src(stage.session)->path, stage.src);
    assert_string_equal(mm_session_dst(stage.session)->path, stage.dst);
    stage_done(&stage);
}

static void labels_can_be_shown(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_text(stage.src, "a\x1b[31m\xffz.npy", "");
    put_text(stage.dst, "b.npy", "");
    stage_open(&stage);
    assert_string_equal(mm_session_layer(stage.session, 0)->label, "a\\x1b[31m\\xffz");
    stage_done(&stage);
}

/* ---- notices ---- */

static void no_notice(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_layers(&stage);
    stage_open(&stage);
    assert_null(mm_session_notice(stage.session));
    stage_done(&stage);
}

static void the_same_folder(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_floats(stage.src, "a.npy", FLOATS(1), 1);
    shell(stage.folder, "rmdir '%s/dst' && ln -s src '%s/dst'"); /* by another name */
    stage_measure(&stage);
    assert_non_null(strstr(mm_session_notice(stage.session), "same folder"));
    assert_true(mm_session_layer(stage.session, 0)->result.metrics.diff2 == 0);
    stage_done(&stage);
}

static void no_common_name(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_text(stage.src, "a.npy", "");
    put_text(stage.dst, "b.npy", "");
    stage_open(&stage);
    assert_non_null(strstr(mm_session_notice(stage.session), "src and dst have no tensor name in common"));
    stage_done(&stage);
}

/* ---- measuring ---- */

static void verdicts_of_all(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_session_totals totals;
    stage_init(&stage);
    put_layers(&stage);
    stage_measure(&stage);
    for (size_t id = 0; id < GOOD; id++) {
        const struct mm_metrics *m = &mm_session_layer(stage.session, id)->result.metrics;
        assert_true(fabs(m->diff2 - 0.01 * (double)(id + 1)) < 1e-6);
        assert_int_equal(kind_of(&stage, id), m->diff2 > 0.05 ? MM_VERDICT_OVER : MM_VERDICT_OK);
    }
    assert_int_equal(kind_of(&stage, BROKEN), MM_VERDICT_NONFINITE);
    assert_int_equal(kind_of(&stage, SHAPE), MM_VERDICT_SHAPE);
    assert_int_equal(kind_of(&stage, UNREADABLE), MM_VERDICT_UNREADABLE);
    assert_int_equal(kind_of(&stage, LONE), MM_VERDICT_UNPAIRED);
    assert_true(isinf(mm_session_layer(stage.session, BROKEN)->rank));
    assert_true(mm_session_layer(stage.session, LONE)->rank == -1);
    assert_true(mm_session_layer(stage.session, LONE)->result.metrics.src.mean == 4);
    mm_session_totals(stage.session, &totals);
    assert_int_equal(totals.measured, LAYERS);
    size_t bad = 0;
    for (size_t id = 0; id < LAYERS; id++)
        bad += mm_session_layer(stage.session, id)->verdict.bad;
    assert_int_equal(totals.bad, bad);
    assert_in_range(bad, 6, 7); /* 0.05 itself is a matter of rounding to f32 */
    assert_true(totals.seconds > 0);
    stage_done(&stage);
}

/* Inline: a call does one job, the first being the headers of all, the next the figures: all are small. */
static void one_job_a_call(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_session_totals totals;
    stage_init(&stage);
    put_layers(&stage);
    stage.options.headers = true;
    stage_open(&stage);
    stage_start(&stage);
    uint64_t before = mm_session_revision(stage.session);
    assert_int_equal(mm_session_apply(stage.session), LAYERS);
    assert_true(mm_session_revision(stage.session) > before);
    assert_int_equal(mm_session_layer(stage.session, 0)->result.state, MM_STATE_HEADER);
    assert_int_equal(kind_of(&stage, SHAPE), MM_VERDICT_SHAPE); /* known from headers alone */
    assert_false(mm_session_idle(stage.session));
    mm_session_totals(stage.session, &totals);
    assert_int_equal(totals.measured, 0);
    assert_int_equal(mm_session_apply(stage.session), LAYERS);
    mm_session_totals(stage.session, &totals);
    assert_int_equal(totals.measured, LAYERS);
    before = mm_session_revision(stage.session);
    assert_int_equal(mm_session_apply(stage.session), 0);
    assert_true(mm_session_idle(stage.session));
    assert_true(mm_session_revision(stage.session) == before);
    stage_done(&stage);
}

static void focus_is_measured_first(void **state)
{
    (void)state;
    struct stage stage;
    const size_t ids[] = {LAYERS + 115};
    stage_init(&stage);
    put_layers(&stage);
    put_more(&stage, 1);
    stage_open(&stage);
    stage_start(&stage);
    mm_session_focus(stage.session, ids, 1);
    mm_session_apply(stage.session); /* its header */
    mm_session_apply(stage.session); /* its figures, and those of what else the job takes */
    assert_int_equal(mm_session_layer(stage.session, ids[0])->result.state, MM_STATE_MEASURED);
    assert_int_equal(mm_session_layer(stage.session, ids[0] - 1)->result.state, MM_STATE_PENDING);
    stage_done(&stage);
}

static void assert_same_text(const char *a, const char *b)
{
    assert_int_equal(!a, !b);
    if (a && b)
        assert_string_equal(a, b);
}

static void assert_same_layer(const struct mm_layer *a, const struct mm_layer *b)
{
    assert_string_equal(a->pair->name, b->pair->name);
    assert_int_equal(a->result.state, b->result.state);
    assert_int_equal(a->result.match, b->result.match);
    assert_int_equal(a->result.code, b->result.code);
    assert_same_text(a->result.error, b->result.error);
    assert_same_text(a->result.dst.node_name, b->result.dst.node_name);
    assert_memory_equal(&a->result.metrics, &b->result.metrics, sizeof a->result.metrics);
    assert_int_equal(a->verdict.kind, b->verdict.kind);
    assert_string_equal(a->verdict.text, b->verdict.text);
    assert_memory_equal(&a->rank, &b->rank, sizeof a->rank);
}

/* The same bits whatever the number of workers, with and without headers first. */
static void results_do_not_depend_on_jobs(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_layers(&stage);
    put_more(&stage, 5000);
    stage_measure(&stage);
    for (unsigned run = 0; run < 3; run++) {
        struct mm_session_options options = stage.options;
        struct mm_session *other = NULL;
        options.jobs = run == 0 ? 1 : 4;
        options.headers = run != 1;
        assert_int_equal(mm_session_open(&other, &options, NULL), 0);
        assert_int_equal(mm_session_start(other, NULL), 0);
        assert_true(mm_session_fd(other) >= 0);
        assert_int_equal(mm_session_finish(other, NULL, NULL), 0);
        assert_int_equal(mm_session_count(other), LAYERS + MORE);
        for (size_t id = 0; id < LAYERS + MORE; id++)
            assert_same_layer(mm_session_layer(stage.session, id), mm_session_layer(other, id));
        mm_session_close(other);
    }
    stage_done(&stage);
}

/* In the middle: a job has at most 32 pairs. */
static int stop_at_half(void *context, const struct mm_session *session)
{
    struct mm_session_totals totals;
    mm_session_totals(session, &totals);
    ++*(size_t *)context;
    return totals.measured >= LAYERS + MORE / 2;
}

static void settling_can_be_stopped(void **state)
{
    (void)state;
    struct stage stage;
    size_t calls = 0;
    stage_init(&stage);
    put_layers(&stage);
    put_more(&stage, 1);
    stage_open(&stage);
    stage_start(&stage);
    assert_int_equal(mm_session_finish(stage.session, stop_at_half, &calls), -1);
    assert_int_equal(calls, 2);
    assert_false(mm_session_idle(stage.session));
    assert_int_equal(mm_session_finish(stage.session, NULL, NULL), 0); /* and goes on */
    assert_true(mm_session_idle(stage.session));
    stage_done(&stage);
}

/* At every moment from the start on; a sanitizer sees what is left behind. */
static void closing_while_measuring(void **state)
{
    (void)state;
    const struct mm_hist_options hist = {.bins = 16};
    for (int applies = 0; applies < 6; applies++) {
        struct stage stage;
        const char *error;
        stage_init(&stage);
        put_layers(&stage);
        stage.options.jobs = applies % 2 ? 4 : 0;
        stage.options.headers = applies > 2;
        stage_open(&stage);
        stage_start(&stage);
        for (size_t id = 0; id < LAYERS; id++)
            mm_session_hist(stage.session, id, &hist, &error);
        for (int i = 0; i < applies; i++)
            mm_session_apply(stage.session);
        stage_done(&stage);
    }
}

static void the_clock_stops(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_session_totals totals, later;
    stage_init(&stage);
    put_layers(&stage);
    stage.options.jobs = 1;
    stage_measure(&stage);
    mm_session_totals(stage.session, &totals);
    assert_true(totals.seconds > 0 && totals.seconds < 600);
    mm_session_apply(stage.session);
    mm_session_totals(stage.session, &later);
    assert_true(later.seconds == totals.seconds);
    stage_done(&stage);
}

/* ---- thresholds and tags ---- */

static void thresholds_judge_anew(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_session_totals totals;
    stage_init(&stage);
    put_layers(&stage);
    stage_measure(&stage);
    uint64_t before = mm_session_revision(stage.session);
    mm_session_set_thresholds(stage.session, &(struct mm_thresholds){0.5, 0.025});
    assert_true(mm_session_revision(stage.session) > before);
    assert_true(mm_session_options(stage.session)->thresholds.diff2 == 0.025);
    for (size_t id = 0; id < GOOD; id++)
        assert_int_equal(kind_of(&stage, id), id < 2 ? MM_VERDICT_OK : MM_VERDICT_OVER);
    mm_session_totals(stage.session, &totals);
    assert_int_equal(totals.bad, GOOD - 2 + 3);
    mm_session_set_thresholds(stage.session, &(struct mm_thresholds){1, 1});
    mm_session_totals(stage.session, &totals);
    assert_int_equal(totals.bad, 3); /* broken, shape, unreadable stay */
    stage_done(&stage);
}

static void thresholds_before_measuring(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_layers(&stage);
    stage_open(&stage);
    mm_session_set_thresholds(stage.session, &(struct mm_thresholds){1, 1});
    assert_int_equal(kind_of(&stage, 0), MM_VERDICT_NONE);
    stage_start(&stage);
    mm_session_finish(stage.session, NULL, NULL);
    assert_int_equal(kind_of(&stage, GOOD - 1), MM_VERDICT_OK);
    stage_done(&stage);
}

static void tags(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_session_totals totals;
    stage_init(&stage);
    put_layers(&stage);
    stage_open(&stage);
    uint64_t before = mm_session_revision(stage.session);
    mm_session_tag(stage.session, 2, true);
    mm_session_tag(stage.session, 4, true);
    assert_true(mm_session_revision(stage.session) == before + 2);
    mm_session_tag(stage.session, 4, true); /* nothing new */
    mm_session_tag(stage.session, 5, false);
    assert_true(mm_session_revision(stage.session) == before + 2);
    assert_true(mm_session_layer(stage.session, 4)->tagged);
    mm_session_totals(stage.session, &totals);
    assert_int_equal(totals.tagged, 2);
    stage_start(&stage);
    mm_session_finish(stage.session, NULL, NULL);
    assert_true(mm_session_layer(stage.session, 2)->tagged); /* results do not touch tags */
    mm_session_tag(stage.session, 2, false);
    assert_int_equal(mm_session_untag_all(stage.session), 1);
    assert_int_equal(mm_session_untag_all(stage.session), 0);
    mm_session_totals(stage.session, &totals);
    assert_int_equal(totals.tagged, 0);
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(opening_reads_no_tensor),
        cmocka_unit_test(before_the_start),
        cmocka_unit_test(folders_that_can_not_be_opened),
        cmocka_unit_test(options_are_copied),
        cmocka_unit_test(labels_can_be_shown),
        cmocka_unit_test(no_notice),
        cmocka_unit_test(the_same_folder),
        cmocka_unit_test(no_common_name),
        cmocka_unit_test(verdicts_of_all),
        cmocka_unit_test(one_job_a_call),
        cmocka_unit_test(focus_is_measured_first),
        cmocka_unit_test(results_do_not_depend_on_jobs),
        cmocka_unit_test(settling_can_be_stopped),
        cmocka_unit_test(closing_while_measuring),
        cmocka_unit_test(the_clock_stops),
        cmocka_unit_test(thresholds_judge_anew),
        cmocka_unit_test(thresholds_before_measuring),
        cmocka_unit_test(tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
