#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"

#include <math.h>

enum { PLAIN, SHAPE, LONE, BAD, FIRST_MORE, LAYERS = FIRST_MORE + 8 };

static void put_layers(struct stage *stage)
{
    char name[32];
    put_both(stage, "1_plain.pb", "n", "o", FLOATS(0, 1, 2, 3, NAN), FLOATS(0, 1, 2, 3.5f, 9), 5);
    put_both(stage, "2_shape.pb", "n", "o", FLOATS(0), FLOATS(0), 1);
    put_pb(stage->dst, "2_shape.pb", &(struct pb_head){"n", "o", 0, false}, FLOATS(1, 2), 2);
    put_pb(stage->src, "3_lone.pb", &(struct pb_head){"n", "o", 0, false}, FLOATS(1, 2), 2);
    put_both(stage, "4_bad.pb", "n", "o", FLOATS(0), FLOATS(0), 1);
    put_text(stage->dst, "4_bad.pb", "\xff");
    for (int i = FIRST_MORE; i < LAYERS; i++) {
        snprintf(name, sizeof name, "%d_more%d.pb", 10 + i, i);
        put_both(stage, name, "n", "o", FLOATS((float)i, 0), FLOATS((float)i, 1), 2);
    }
}

static void stage_layers(struct stage *stage, unsigned jobs)
{
    stage_init(stage);
    put_layers(stage);
    stage->options.jobs = jobs;
    stage_open(stage);
    assert_int_equal(mm_session_count(stage->session), LAYERS);
}

static const struct mm_hist_options four = {.bins = 4, .low = 0, .high = 4};

static const struct mm_pair_hist *ask(struct stage *stage, size_t id, const struct mm_hist_options *options)
{
    const char *error = "unset";
    const struct mm_pair_hist *hist = mm_session_hist(stage->session, id, options, &error);
    assert_null(error);
    return hist;
}

static void before_the_start(void **state)
{
    (void)state;
    struct stage stage;
    const char *error = NULL;
    stage_layers(&stage, 0);
    assert_null(mm_session_hist(stage.session, PLAIN, &four, &error));
    assert_non_null(error);
    stage_done(&stage);
}

/* src 0 1 2 3 NaN, dst 0 1 2 3.5 9 in [0, 4): a NaN on one side, a value above, an error of 0.5. */
static void assert_counts(const struct mm_pair_hist *hist)
{
    for (size_t bin = 0; bin < 4; bin++) {
        assert_int_equal(hist->src.count[bin], 1);
        assert_int_equal(hist->dst.count[bin], 1);
    }
    assert_int_equal(hist->src.bins, 4);
    assert_int_equal(hist->src.nonfinite, 1);
    assert_int_equal(hist->dst.nonfinite, 0);
    assert_int_equal(hist->dst.above, 1);
    assert_int_equal(hist->src.above + hist->src.below + hist->dst.below, 0);
    assert_int_equal(hist->error.zero, 3);
    assert_int_equal(hist->error.count[-1 - MM_EXP_LOW], 1);
    assert_int_equal(hist->error.nonfinite, 1);
}

static void asked_for_then_there(void **state)
{
    (void)state;
    static const unsigned jobs[] = {0, 4};
    for (size_t run = 0; run < MM_COUNT(jobs); run++) {
        struct stage stage;
        stage_layers(&stage, jobs[run]);
        stage_start(&stage);
        assert_null(ask(&stage, PLAIN, &four)); /* being counted: no error, no histogram */
        assert_null(ask(&stage, PLAIN, &four));
        mm_session_finish(stage.session, NULL, NULL);
        const struct mm_pair_hist *hist = ask(&stage, PLAIN, &four);
        assert_non_null(hist);
        assert_counts(hist);
        assert_true(mm_session_idle(stage.session)); /* asking again starts nothing */
        assert_ptr_equal(ask(&stage, PLAIN, &four), hist);
        stage_done(&stage);
    }
}

/* It comes before the scan's work, and counts as one change. */
static void it_is_urgent(void **state)
{
    (void)state;
    struct stage stage;
    stage_layers(&stage, 0);
    stage_start(&stage);
    ask(&stage, PLAIN, &four);
    uint64_t before = mm_session_revision(stage.session);
    assert_int_equal(mm_session_apply(stage.session), 1);
    assert_true(mm_session_revision(stage.session) > before);
    assert_non_null(ask(&stage, PLAIN, &four));
    assert_int_equal(mm_session_layer(stage.session, PLAIN)->result.state, MM_STATE_PENDING);
    stage_done(&stage);
}

static void options_make_another(void **state)
{
    (void)state;
    struct stage stage;
    static const struct mm_hist_options more = {.bins = 8, .low = 0, .high = 4}, all = {.bins = 4};
    stage_layers(&stage, 0);
    stage_start(&stage);
    ask(&stage, PLAIN, &four);
    ask(&stage, PLAIN, &more);
    ask(&stage, PLAIN, &all);
    mm_session_finish(stage.session, NULL, NULL);
    assert_int_equal(ask(&stage, PLAIN, &four)->src.bins, 4);
    assert_int_equal(ask(&stage, PLAIN, &more)->src.bins, 8);
    const struct mm_pair_hist *hist = ask(&stage, PLAIN, &all); /* the range of both sides: 0 .. 9 */
    assert_true(hist->src.low == 0 && hist->src.high == 9 && hist->dst.high == 9);
    stage_done(&stage);
}

static void one_side_only(void **state)
{
    (void)state;
    struct stage stage;
    stage_layers(&stage, 0);
    stage_start(&stage);
    ask(&stage, LONE, &four);
    mm_session_finish(stage.session, NULL, NULL);
    const struct mm_pair_hist *hist = ask(&stage, LONE, &four);
    assert_int_equal(hist->src.count[1] + hist->src.count[2], 2);
    assert_int_equal(hist->dst.bins, 0);
    stage_done(&stage);
}

static void shapes_that_differ_have_no_error_histogram(void **state)
{
    (void)state;
    struct stage stage;
    stage_layers(&stage, 0);
    stage_start(&stage);
    ask(&stage, SHAPE, &four);
    mm_session_finish(stage.session, NULL, NULL);
    const struct mm_pair_hist *hist = ask(&stage, SHAPE, &four);
    assert_int_equal(hist->src.count[0], 1);
    assert_int_equal(hist->dst.count[1] + hist->dst.count[2], 2);
    assert_int_equal(hist->error.zero, 0);
    stage_done(&stage);
}

static void what_can_not_be_read(void **state)
{
    (void)state;
    struct stage stage;
    const char *error = NULL;
    stage_layers(&stage, 0);
    stage_start(&stage);
    ask(&stage, BAD, &four);
    mm_session_finish(stage.session, NULL, NULL);
    assert_null(mm_session_hist(stage.session, BAD, &four, &error));
    assert_non_null(strstr(error, "4_bad.pb"));
    assert_true(mm_session_idle(stage.session)); /* and it is not tried again and again */
    stage_done(&stage);
}

/* Six are kept; the one that was looked at longest ago makes room. */
static void the_last_few_are_kept(void **state)
{
    (void)state;
    struct stage stage;
    stage_layers(&stage, 0);
    stage_start(&stage);
    for (size_t id = FIRST_MORE; id < FIRST_MORE + 6; id++)
        ask(&stage, id, &four);
    mm_session_finish(stage.session, NULL, NULL);
    assert_non_null(ask(&stage, FIRST_MORE, &four)); /* looked at: young again */
    assert_null(ask(&stage, FIRST_MORE + 6, &four));
    mm_session_finish(stage.session, NULL, NULL);
    assert_non_null(ask(&stage, FIRST_MORE + 6, &four));
    assert_non_null(ask(&stage, FIRST_MORE, &four));
    for (size_t id = FIRST_MORE + 2; id < FIRST_MORE + 6; id++)
        assert_non_null(ask(&stage, id, &four));
    assert_null(ask(&stage, FIRST_MORE + 1, &four));
    stage_done(&stage);
}

/* Scrolling through all quicker than they can be counted; then leaving. */
static void dropped_while_running(void **state)
{
    (void)state;
    static const unsigned jobs[] = {0, 1, 4};
    for (size_t run = 0; run < MM_COUNT(jobs) * 2; run++) {
        struct stage stage;
        stage_layers(&stage, jobs[run / 2]);
        stage_start(&stage);
        for (size_t round = 0; round < 5; round++) {
            for (size_t id = 0; id < LAYERS; id++) {
                const char *error;
                mm_session_hist(stage.session, id, &four, &error);
            }
            mm_session_apply(stage.session);
        }
        if (run % 2) {
            mm_session_finish(stage.session, NULL, NULL);
            assert_non_null(ask(&stage, LAYERS - 1, &four));
        }
        stage_done(&stage);
    }
}

static void odd_text_files(void **state)
{
    (void)state;
    struct stage stage;
    const struct mm_hist_options three = {.bins = 3, .low = 0, .high = ODD_COUNT - 1};
    stage_odd_text(&stage);
    mm_session_finish(stage.session, NULL, NULL);
    assert_int_equal(mm_session_layer(stage.session, 0)->result.state, MM_STATE_MEASURED);
    ask(&stage, 0, &three);
    mm_session_finish(stage.session, NULL, NULL);
    const struct mm_pair_hist *hist = ask(&stage, 0, &three);
    assert_non_null(hist);
    for (size_t bin = 0; bin < 3; bin++)
        assert_true(hist->src.count[bin] == 2000 && hist->dst.count[bin] == 2000);
    assert_int_equal(hist->error.zero, ODD_COUNT);
    stage_done(&stage);
}

static void cut_files(void **state)
{
    (void)state;
    struct stage stage;
    const char *error;
    stage_odd_text(&stage);
    mm_session_finish(stage.session, NULL, NULL); /* it is measured; then it is cut */
    char *path = stage_cut_src(&stage);
    ask(&stage, 0, &four);
    mm_session_finish(stage.session, NULL, NULL);
    assert_null(mm_session_hist(stage.session, 0, &four, &error));
    assert_string_equal(error, "changed since it was measured: r in the list of layers reloads it");
    stage_done(&stage);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_start),
        cmocka_unit_test(asked_for_then_there),
        cmocka_unit_test(it_is_urgent),
        cmocka_unit_test(options_make_another),
        cmocka_unit_test(one_side_only),
        cmocka_unit_test(shapes_that_differ_have_no_error_histogram),
        cmocka_unit_test(what_can_not_be_read),
        cmocka_unit_test(the_last_few_are_kept),
        cmocka_unit_test(dropped_while_running),
        cmocka_unit_test(odd_text_files),
        cmocka_unit_test(cut_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
