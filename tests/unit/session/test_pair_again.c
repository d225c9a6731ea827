#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"
#include "unit/near.h"

#include <stdlib.h>
#include <string.h>

/* a is on both sides; b and c in src, x and y in dst alone. */
static void stage_lone(struct stage *stage, unsigned jobs)
{
    const float one[] = {1, 2, 3, 4}, other[] = {1, 2, 3, 5};
    stage_init(stage);
    stage->options.jobs = jobs;
    put_both(stage, "1_a.pb", "n", "Relu", one, other, 4);
    put_pb(stage->src, "2_b.pb", &(struct pb_head){"n", "Relu", 0, false}, one, 4);
    put_pb(stage->src, "3_c.pb", &(struct pb_head){"n", "Relu", 0, false}, one, 4);
    put_pb(stage->dst, "4_x.pb", &(struct pb_head){"n", "Relu", 0, false}, other, 4);
    put_pb(stage->dst, "5_y.pb", &(struct pb_head){"n", "Relu", 0, false}, one, 4);
    stage_open(stage);
    stage_start(stage);
}

static void finish(struct stage *stage)
{
    assert_int_equal(mm_session_finish(stage->session, NULL, NULL), 0);
}

static const struct mm_layer *named(const struct stage *stage, bool dst, const char *name)
{
    size_t id = mm_session_find(stage->session, dst, name);
    assert_true(id != SIZE_MAX);
    return mm_session_layer(stage->session, id);
}

static void pair(struct stage *stage, const char *src, const char *dst)
{
    struct mm_err err = {MM_OK, ""};
    if (mm_session_pair(stage->session, mm_session_find(stage->session, true, dst),
                        mm_session_find(stage->session, false, src), &err) < 0)
        fail_msg("%s", err.text);
}

/* diff2 of 1 2 3 4 against 1 2 3 5: 1 / sqrt(30). */
static void measured(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_session_totals totals;
    stage_lone(&stage, 0);
    finish(&stage);
    mm_session_tag(stage.session, mm_session_find(stage.session, false, "c"), true);
    pair(&stage, "b", "x");
    finish(&stage);
    const struct mm_layer *layer = named(&stage, false, "b");
    assert_int_equal(layer->result.state, MM_STATE_MEASURED);
    assert_near(layer->result.metrics.diff2, 0.18257418583505536, 1e-12);
    assert_int_equal(layer->pair->rung, MM_PAIR_BY_HAND);
    assert_true(layer->verdict.bad);
    assert_true(named(&stage, false, "c")->tagged);
    assert_near(named(&stage, false, "a")->result.metrics.diff2, 0.18257418583505536, 1e-12);
    mm_session_totals(stage.session, &totals);
    assert_int_equal(totals.pairs, 2);
    assert_int_equal(totals.src_only, 1);
    assert_int_equal(totals.dst_only, 1);
    assert_int_equal(totals.measured, 4);
    assert_int_equal(totals.bad, 2);
    assert_int_equal(totals.tagged, 1);
    stage_done(&stage);
}

/* Figures of pairs that stay are not measured again: the file that they are from may be gone. */
static void figures_stay(void **state)
{
    (void)state;
    struct stage stage;
    stage_lone(&stage, 2);
    finish(&stage);
    char *path = in_folder(stage.dst, "1_a.pb");
    assert_int_equal(remove(path), 0);
    free(path);
    pair(&stage, "b", "x");
    finish(&stage);
    assert_int_equal(named(&stage, false, "a")->result.state, MM_STATE_MEASURED);
    assert_int_equal(named(&stage, false, "b")->result.state, MM_STATE_MEASURED);
    stage_done(&stage);
}

/* Whoever had an id finds its layer: both halves are the pair, and undone each is its own again. */
static void moved(void **state)
{
    (void)state;
    struct stage stage;
    bool again;
    stage_lone(&stage, 0);
    size_t b = mm_session_find(stage.session, false, "b"), x = mm_session_find(stage.session, true, "x");
    size_t y = mm_session_find(stage.session, true, "y");
    assert_int_equal(mm_session_pairings(stage.session), 0);
    pair(&stage, "b", "x"); /* while nothing is measured yet */
    assert_int_equal(mm_session_pairings(stage.session), 1);
    size_t now = mm_session_find(stage.session, false, "b");
    assert_int_equal(mm_session_moved(stage.session, b), now);
    assert_int_equal(mm_session_moved(stage.session, x), now);
    assert_int_equal(mm_session_moved(stage.session, y), mm_session_find(stage.session, true, "y"));
    assert_int_equal(mm_session_pair_again(stage.session, &again, NULL), 0);
    assert_false(again); /* nothing else is said */
    assert_string_equal(mm_plan_undo(mm_session_plan(stage.session)), "pair b with x");
    assert_int_equal(mm_session_pair_again(stage.session, &again, NULL), 0);
    assert_true(again);
    assert_int_equal(mm_session_moved(stage.session, now), b);
    assert_null(named(&stage, false, "b")->pair->dst);
    finish(&stage);
    assert_int_equal(named(&stage, false, "b")->result.state, MM_STATE_SINGLE);
    stage_done(&stage);
}

static void assert_refused(struct stage *stage, size_t a, size_t b, const char *why)
{
    struct mm_err err = {MM_OK, ""};
    assert_int_equal(mm_session_pair(stage->session, a, b, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    if (!strstr(err.text, why))
        fail_msg("%s", err.text);
    assert_int_equal(mm_session_pairings(stage->session), 0);
    assert_null(mm_plan_undo(mm_session_plan(stage->session)));
}

static void refused(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_err err;
    stage_lone(&stage, 0);
    size_t a = mm_session_find(stage.session, false, "a"), b = mm_session_find(stage.session, false, "b");
    size_t c = mm_session_find(stage.session, false, "c"), x = mm_session_find(stage.session, true, "x");
    size_t y = mm_session_find(stage.session, true, "y");
    assert_refused(&stage, b, c, "b and c are both in src alone");
    assert_refused(&stage, x, y, "are both in dst alone");
    assert_refused(&stage, b, b, "both in src alone");
    assert_refused(&stage, a, x, "a is paired already");
    assert_int_equal(mm_session_part(stage.session, b, &err), -1);
    assert_non_null(strstr(err.text, "b is in src alone"));
    assert_int_equal(mm_session_find(stage.session, false, "x"), SIZE_MAX);
    assert_int_equal(mm_session_nearest(stage.session, true, "xx"), x);
    assert_int_equal(mm_session_nearest(stage.session, true, "something else"), SIZE_MAX);
    stage_done(&stage);
}

/* A file that changes is measured again, and the pair is what it was. */
static void reload(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_err err;
    size_t count;
    const float other[] = {1, 2, 3, 9, 9};
    stage_lone(&stage, 0);
    finish(&stage);
    pair(&stage, "b", "x");
    finish(&stage);
    put_pb(stage.dst, "4_x.pb", &(struct pb_head){"n", "Relu", 0, false}, other, 5);
    assert_int_equal(mm_session_reload(stage.session, &count, &err), 0);
    assert_int_equal(count, 1);
    finish(&stage);
    assert_int_equal(named(&stage, false, "b")->pair->rung, MM_PAIR_BY_HAND);
    assert_int_equal(named(&stage, false, "b")->result.state, MM_STATE_MISMATCH); /* 4 against 5 */
    assert_int_equal(mm_session_count(stage.session), 4);
    stage_done(&stage);
}

/* Again and again, with workers at work. */
static void while_measuring(void **state)
{
    (void)state;
    struct stage stage;
    bool again;
    stage_lone(&stage, 4);
    for (int i = 0; i < 20; i++) {
        pair(&stage, "b", "x");
        mm_session_apply(stage.session);
        pair(&stage, "c", "y");
        assert_int_equal(mm_session_part(stage.session, mm_session_find(stage.session, false, "a"), NULL), 0);
        for (int k = 0; k < 3; k++)
            assert_non_null(mm_plan_undo(mm_session_plan(stage.session)));
        assert_int_equal(mm_session_pair_again(stage.session, &again, NULL), 0);
        assert_true(again);
    }
    finish(&stage);
    assert_int_equal(mm_session_count(stage.session), 5);
    assert_int_equal(named(&stage, false, "a")->result.state, MM_STATE_MEASURED);
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measured), cmocka_unit_test(figures_stay),    cmocka_unit_test(moved),
        cmocka_unit_test(refused),  cmocka_unit_test(while_measuring), cmocka_unit_test(reload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
