#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"

#include <math.h>

enum { PLAIN, SHAPE, LONE, ONLY_DST, BAD, BAD_DST, MORE, LAYERS = MORE + 8 };

/* 254 and 3: int8 has a step of 2. */
static void put_layers(struct stage *stage)
{
    char name[32];
    put_both(stage, "1_plain.pb", "n", "o", FLOATS(254, 3, -5, 10), FLOATS(254, 3, -5, 11), 4);
    put_both(stage, "2_shape.pb", "n", "o", FLOATS(254), FLOATS(0), 1);
    put_pb(stage->dst, "2_shape.pb", &(struct pb_head){"n", "o", 0, false}, FLOATS(1, 2), 2);
    put_pb(stage->src, "3_lone.pb", &(struct pb_head){"n", "o", 0, false}, FLOATS(1, 2), 2);
    put_pb(stage->dst, "4_only.pb", &(struct pb_head){"n", "o", 0, false}, FLOATS(1, 2), 2);
    put_both(stage, "5_bad.pb", "n", "o", FLOATS(0), FLOATS(0), 1);
    put_text(stage->src, "5_bad.pb", "\xff");
    put_both(stage, "6_bad_dst.pb", "n", "o", FLOATS(254), FLOATS(0), 1);
    put_text(stage->dst, "6_bad_dst.pb", "\xff");
    for (int i = MORE; i < LAYERS; i++) {
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

static const struct mm_whatif_table *ask(struct stage *stage, size_t id, int axis)
{
    const char *error = "unset";
    const struct mm_whatif_table *table = mm_session_whatif(stage->session, id, axis, &error);
    assert_null(error);
    return table;
}

static const struct mm_whatif_table *answer(struct stage *stage, size_t id, int axis)
{
    ask(stage, id, axis);
    mm_session_finish(stage->session, NULL, NULL);
    const struct mm_whatif_table *table = ask(stage, id, axis);
    assert_non_null(table);
    return table;
}

static const struct mm_whatif *find(const struct mm_whatif_table *table, enum mm_dtype dtype)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->row[i].setting.dtype == dtype)
            return &table->row[i];
    }
    fail_msg("no such row");
    return NULL;
}

static void before_the_start(void **state)
{
    (void)state;
    struct stage stage;
    const char *error = NULL;
    stage_layers(&stage, 0);
    assert_null(mm_session_whatif(stage.session, PLAIN, -1, &error));
    assert_string_equal(error, "nothing is being measured");
    stage_done(&stage);
}

static void asked_for_then_there(void **state)
{
    (void)state;
    static const unsigned jobs[] = {0, 4};
    for (size_t run = 0; run < MM_COUNT(jobs); run++) {
        struct stage stage;
        stage_layers(&stage, jobs[run]);
        stage_start(&stage);
        mm_session_finish(stage.session, NULL, NULL);
        assert_null(ask(&stage, PLAIN, -1)); /* being worked out */
        const struct mm_whatif_table *table = answer(&stage, PLAIN, -1);
        assert_int_equal(table->count, 16 + 7); /* rank 1: no channels; blocks */
        assert_int_equal(table->rank, 1);
        const struct mm_whatif *int8 = find(table, MM_I8);
        assert_true(int8->scale == 2 && int8->metrics.mse == 0.5);
        assert_true(find(table, MM_F16)->metrics.diff2 == 0);
        assert_true(mm_session_idle(stage.session)); /* asking again starts nothing */
        assert_ptr_equal(ask(&stage, PLAIN, -1), table);
        stage_done(&stage);
    }
}

static void it_is_urgent(void **state)
{
    (void)state;
    struct stage stage;
    stage_layers(&stage, 0);
    stage_start(&stage);
    ask(&stage, PLAIN, -1);
    uint64_t before = mm_session_revision(stage.session);
    assert_int_equal(mm_session_apply(stage.session), 1);
    assert_true(mm_session_revision(stage.session) > before);
    assert_non_null(ask(&stage, PLAIN, -1));
    assert_int_equal(mm_session_layer(stage.session, PLAIN)->result.state, MM_STATE_PENDING);
    stage_done(&stage);
}

/* src alone will do; without src there is nothing. */
static void sides(void **state)
{
    (void)state;
    struct stage stage;
    const char *error;
    stage_layers(&stage, 0);
    stage_start(&stage);
    mm_session_finish(stage.session, NULL, NULL);
    assert_true(find(answer(&stage, SHAPE, -1), MM_I8)->scale == 2);
    assert_true(find(answer(&stage, BAD_DST, -1), MM_I8)->scale == 2);
    assert_true(find(answer(&stage, LONE, -1), MM_I8)->metrics.src.max == 2);
    assert_null(mm_session_whatif(stage.session, ONLY_DST, -1, &error));
    assert_string_equal(error, "no reference: this tensor is only in dst");
    mm_session_whatif(stage.session, BAD, -1, &error);
    mm_session_finish(stage.session, NULL, NULL);
    assert_null(mm_session_whatif(stage.session, BAD, -1, &error));
    assert_non_null(strstr(error, "5_bad.pb"));
    stage_done(&stage);
}

/* Rows of an axis of their own, as NCHW although src's file is NHWC. */
static void axes(void **state)
{
    (void)state;
    struct stage stage;
    stage_init(&stage);
    put_text(stage.src, "1_x@axis1to-1.pbtxt",
             "version_number: 1\ndtype: DT_FLOAT32\ntensor_shape: [1, 4, 2]\n"
             "float_val: [1, 100, 2, 200, 3, 300, 4, 400]\n");
    put_text(stage.dst, "1_x.pbtxt",
             "version_number: 1\ndtype: DT_FLOAT32\ntensor_shape: [1, 2, 4]\n"
             "float_val: [1, 2, 3, 4, 100, 200, 300, 400]\n");
    stage_open(&stage);
    stage_start(&stage);
    mm_session_finish(stage.session, NULL, NULL);
    assert_true(mm_session_layer(stage.session, 0)->result.match == MM_MATCH_UNDO_SRC);
    static const struct {
        int asked, axis;
        double low, high;
    } cases[] = {{-1, 1, 4, 400}, {1, 1, 4, 400}, {2, 2, 100, 400}, {7, 1, 4, 400}};
    for (size_t i = 0; i < MM_COUNT(cases); i++) {
        const struct mm_whatif_table *table = answer(&stage, 0, cases[i].asked);
        assert_int_equal(table->axis, cases[i].axis);
        assert_int_equal(table->rank, 3);
        size_t found = 0;
        for (size_t k = 0; k < table->count; k++) {
            const struct mm_whatif *row = &table->row[k];
            if (!row->setting.per_channel || row->setting.dtype != MM_I8 || row->setting.asymmetric ||
                row->setting.range != MM_RANGE_MINMAX)
                continue;
            found++;
            assert_true(fabs(row->scale_low * 127 - cases[i].low) < 1e-4);
            assert_true(fabs(row->scale_high * 127 - cases[i].high) < 1e-4);
        }
        assert_int_equal(found, 1);
    }
    stage_done(&stage);
}

/* More than are kept, and dropped while they are worked on. */
static void many(void **state)
{
    (void)state;
    static const unsigned jobs[] = {0, 4};
    for (size_t run = 0; run < MM_COUNT(jobs); run++) {
        struct stage stage;
        stage_layers(&stage, jobs[run]);
        stage_start(&stage);
        for (int round = 0; round < 3; round++) {
            for (size_t id = MORE; id < LAYERS; id++)
                ask(&stage, id, round - 1);
        }
        mm_session_apply(stage.session);
        assert_true(find(answer(&stage, MORE, -1), MM_F16)->metrics.src.max == MORE);
        ask(&stage, MORE + 1, -1); /* closed while it is wanted */
        stage_done(&stage);
    }
}

/* int8 has steps of 5999 / 127, and half of that is the greatest error; halves are exact to 2048. */
static void odd_text_files(void **state)
{
    (void)state;
    struct stage stage;
    stage_odd_text(&stage);
    mm_session_finish(stage.session, NULL, NULL);
    assert_int_equal(mm_session_layer(stage.session, 0)->result.state, MM_STATE_MEASURED);
    const struct mm_whatif_table *table = answer(&stage, 0, -1);
    const struct mm_metrics *half = &find(table, MM_F16)->metrics;
    assert_true(fabs(find(table, MM_I8)->scale - 5999 / 127.0) < 1e-4);
    assert_true(half->src.max == 5999 && half->count == ODD_COUNT);
    /* beyond 2048 every second value is 1 off, beyond 4096 three of four are 1, 2, 1 off:
     * 1024 * 1 + 1904 / 4 * (1 + 4 + 1) */
    assert_true(fabs(half->mse * ODD_COUNT - (1024 + 476 * 6)) < 1e-6);
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
    ask(&stage, 0, -1);
    mm_session_finish(stage.session, NULL, NULL);
    assert_null(mm_session_whatif(stage.session, 0, -1, &error));
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
        cmocka_unit_test(sides),
        cmocka_unit_test(axes),
        cmocka_unit_test(many),
        cmocka_unit_test(odd_text_files),
        cmocka_unit_test(cut_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
