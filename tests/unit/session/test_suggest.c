#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"

#include <math.h>
#include <string.h>

enum { INPUT, POW, SQRT, LINEAR, LAYERS };

static const struct mm_suggest_options usual = {.rule = MM_SUGGEST_COVER, .cover = 0.95};

/* pow: 1e5 became Inf; sqrt fits, but reads it; linear: behind it, and off. */
static void stage_layers(struct stage *stage)
{
    const struct pb_head head = {"main/pow", "mm.pow", 0, false}, src = {"pow", "aten::pow", 0, false};
    const struct mm_shape shape = {.rank = 1, .dim = {2}};
    stage_init(stage);
    stage->options.triage = true;
    put_both(stage, "1_input.pb", "main/input", "mm.input", FLOATS(1, 2), FLOATS(1, 2), 2);
    put_tensor(stage->src, "2_pow.pb", "pb", &src, MM_F32, &shape, FLOATS(1, 1e5f));
    put_tensor(stage->dst, "2_pow.pb", "pb", &head, MM_F16, &shape, ((const uint16_t[]){0x3c00, 0x7c00}));
    put_both(stage, "3_sqrt.pb", "main/sqrt", "mm.sqrt", FLOATS(1, 316), FLOATS(1, INFINITY), 2);
    put_both(stage, "4_linear.pb", "main/linear", "mm.matmul", FLOATS(1, 2), FLOATS(1, 3), 2);
}

static void suggests_and_accepts(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_suggestions list;
    struct mm_err err;
    size_t changed = 99;
    stage_layers(&stage);
    stage_measure(&stage);
    assert_int_equal(mm_session_suggest(stage.session, &usual, &list, &err), 0);
    assert_int_equal(list.count, 1); /* sqrt is dumped in f32: what it reads in is not known to be rounded */
    assert_int_equal(list.item[0].layer, POW);
    assert_int_equal(mm_session_accept(stage.session, list.item, list.count, &changed, &err), 0);
    assert_int_equal(changed, 1);
    const struct mm_override *override = mm_session_override(stage.session, POW);
    assert_string_equal(override->name, "main/pow");
    assert_int_equal(override->precision, MM_PRECISION_F32);
    assert_string_equal(override->why, list.item[0].text);
    assert_non_null(strstr(override->why, "beyond f16's 65504"));
    assert_int_equal(mm_session_accept(stage.session, list.item, list.count, &changed, &err), 0);
    assert_int_equal(changed, 0); /* it is so already */
    mm_suggestions_done(&list);
    stage_done(&stage);
}

/* Several are one step; a higher precision that was chosen by hand stays. */
static void one_step(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_err err;
    size_t changed = 99;
    stage_layers(&stage);
    stage_measure(&stage);
    const size_t linear = LINEAR;
    const struct mm_suggestion items[] = {{.layer = POW, .to = MM_F32, .text = "so"},
                                          {.layer = SQRT, .to = MM_F16, .text = ""},
                                          {.layer = LINEAR, .to = MM_F16, .text = "no"}};
    assert_int_equal(mm_session_set_precision(stage.session, &linear, 1, MM_PRECISION_F32, NULL, &err), 0);
    assert_int_equal(mm_session_accept(stage.session, items, 3, &changed, &err), 0);
    assert_int_equal(changed, 2);
    const struct mm_plan *plan = mm_session_plan_const(stage.session);
    assert_int_equal(mm_plan_count(plan), 3);
    assert_string_equal(mm_session_override(stage.session, POW)->why, "so");
    assert_int_equal(mm_session_override(stage.session, SQRT)->precision, MM_PRECISION_F16);
    /* the verdict stands in, with the layer's name for its number */
    assert_string_equal(mm_session_layer(stage.session, SQRT)->verdict.text, "inherited from #2 pow");
    assert_string_equal(mm_session_override(stage.session, SQRT)->why, "inherited from pow");
    assert_int_equal(mm_session_override(stage.session, LINEAR)->precision, MM_PRECISION_F32);
    assert_string_equal(mm_plan_undo(mm_session_plan(stage.session)), "3 suggestions");
    assert_int_equal(mm_plan_count(plan), 1);
    assert_int_equal(mm_session_accept(stage.session, items, 1, NULL, &err), 0);
    assert_string_equal(mm_plan_undo(mm_session_plan(stage.session)), "suggested for pow");
    stage_done(&stage);
}

static void too_early(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_suggestions list;
    struct mm_err err = {0};
    stage_layers(&stage);
    stage_open(&stage);
    assert_int_equal(mm_session_suggest(stage.session, &usual, &list, &err), -1);
    assert_int_equal(err.code, MM_EARG);
    assert_non_null(strstr(err.text, "all layers are measured"));
    assert_null(list.item);
    stage_done(&stage);
    stage_layers(&stage);
    stage.options.triage = false;
    stage_measure(&stage);
    assert_int_equal(mm_session_suggest(stage.session, &usual, &list, &err), -1);
    assert_non_null(strstr(err.text, "switched off"));
    stage_done(&stage);
}

/* ---- a list that is looked at ---- */

static void assert_tags(const struct stage *stage)
{
    for (size_t id = 0; id < LAYERS; id++)
        assert_int_equal(mm_session_layer(stage->session, id)->tagged, id == INPUT || id == POW);
}

static void a_list_beside_the_tags(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_err err;
    size_t changed = 99;
    bool marked = false;
    stage_layers(&stage);
    stage_measure(&stage);
    mm_session_tag(stage.session, INPUT, true);
    mm_session_tag(stage.session, POW, true);
    assert_int_equal(mm_session_suggestions(stage.session)->count, 0);
    assert_null(mm_session_suggestion(stage.session, POW, NULL));
    uint64_t before = mm_session_revision(stage.session);
    assert_int_equal(mm_session_preview(stage.session, &usual, &err), 0);
    assert_true(mm_session_revision(stage.session) > before);
    assert_tags(&stage);
    assert_int_equal(mm_session_suggestion(stage.session, POW, &marked)->to, MM_F32);
    assert_true(marked);
    assert_int_equal(mm_session_marked(stage.session), 1);
    assert_null(mm_session_suggestion(stage.session, INPUT, NULL));
    assert_int_equal(mm_session_accept_marked(stage.session, &changed, &err), 0);
    assert_int_equal(changed, 1);
    assert_int_equal(mm_session_suggestions(stage.session)->count, 0);
    assert_int_equal(mm_session_marked(stage.session), 0);
    assert_tags(&stage);
    assert_non_null(mm_plan_undo(mm_session_plan(stage.session)));
    assert_int_equal(mm_plan_count(mm_session_plan_const(stage.session)), 0);
    assert_tags(&stage);
    stage_done(&stage);
}

static void items_are_left_out(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_err err;
    size_t changed = 99;
    bool marked = true;
    stage_layers(&stage);
    stage_measure(&stage);
    mm_session_mark(stage.session, POW, false); /* nothing is suggested */
    assert_int_equal(mm_session_marked(stage.session), 0);
    assert_int_equal(mm_session_preview(stage.session, &usual, &err), 0);
    mm_session_mark(stage.session, POW, false);
    mm_session_mark(stage.session, POW, false);
    assert_int_equal(mm_session_marked(stage.session), 0);
    assert_non_null(mm_session_suggestion(stage.session, POW, &marked));
    assert_false(marked);
    assert_int_equal(mm_session_preview(stage.session, &usual, &err), 0); /* a new list: all marked */
    assert_int_equal(mm_session_marked(stage.session), 1);
    mm_session_mark(stage.session, POW, false);
    assert_int_equal(mm_session_accept_marked(stage.session, &changed, &err), 0);
    assert_int_equal(changed, 0);
    assert_int_equal(mm_plan_count(mm_session_plan_const(stage.session)), 0);
    stage_done(&stage);
}

static void a_list_ends(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_err err;
    stage_layers(&stage);
    stage_measure(&stage);
    assert_int_equal(mm_session_drop_suggestions(stage.session), 0);
    assert_int_equal(mm_session_preview(stage.session, &usual, &err), 0);
    assert_int_equal(mm_session_drop_suggestions(stage.session), 1);
    assert_null(mm_session_suggestion(stage.session, POW, NULL));
    assert_int_equal(mm_session_preview(stage.session, &usual, &err), 0);
    struct mm_thresholds thresholds = mm_session_options(stage.session)->thresholds;
    mm_session_set_thresholds(stage.session, &thresholds);
    assert_int_equal(mm_session_suggestions(stage.session)->count, 0);
    assert_int_equal(mm_session_preview(stage.session, &usual, &err), 0); /* and is freed with the session */
    stage_done(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suggests_and_accepts),
        cmocka_unit_test(one_step),
        cmocka_unit_test(too_early),
        cmocka_unit_test(a_list_beside_the_tags),
        cmocka_unit_test(items_are_left_out),
        cmocka_unit_test(a_list_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
