#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/session.h"
#include "unit/session/session_testing.h"

#include <math.h>

/* conv: diff2 0.5; pow: NaN in dst; twin_a and twin_b of one node; lone_s, lone_d: one side only; bad:
 * unreadable. */
enum { CONV, POW, TWIN_A, TWIN_B, LONE_S, LONE_D, BAD, LAYERS };

static void put_layers(struct stage *stage)
{
    const struct pb_head head = {"main/lone", "mm.lone", 0, false};
    put_both(stage, "1_conv.pb", "main/mm.conv2d", "mm.conv2d", FLOATS(2), FLOATS(3), 1);
    put_both(stage, "2_pow.pb", "main/mm.pow", "", FLOATS(1), FLOATS(NAN), 1);
    put_both(stage, "3_twin_a.pb", "main/split", "mm.split", FLOATS(1), FLOATS(1), 1);
    put_both(stage, "4_twin_b.pb", "main/split", "mm.split", FLOATS(1), FLOATS(1), 1);
    put_pb(stage->src, "5_lone_s.pb", &head, FLOATS(1), 1);
    put_pb(stage->dst, "6_lone_d.pb", &head, FLOATS(1), 1);
    put_both(stage, "7_bad.pb", "x", "x", FLOATS(1), FLOATS(1), 1);
    put_text(stage->dst, "7_bad.pb", "\xff");
}

static void stage_layers(struct stage *stage)
{
    stage_init(stage);
    put_layers(stage);
    stage_open(stage);
    assert_int_equal(mm_session_count(stage->session), LAYERS);
}

static void settle(struct stage *stage)
{
    stage_start(stage);
    assert_int_equal(mm_session_finish(stage->session, NULL, NULL), 0);
}

static size_t choose(struct stage *stage, const size_t *ids, size_t count, enum mm_precision precision)
{
    struct mm_err err = {MM_OK, ""};
    size_t changed = 99;
    if (mm_session_set_precision(stage->session, ids, count, precision, &changed, &err) < 0)
        fail_msg("%s", err.text);
    return changed;
}

static void names_of_nodes_and_ops(void **state)
{
    (void)state;
    struct stage stage;
    stage_layers(&stage);
    assert_string_equal(mm_session_node(stage.session, CONV), "conv"); /* nothing read yet */
    assert_string_equal(mm_session_op(stage.session, CONV), "");
    settle(&stage);
    assert_string_equal(mm_session_node(stage.session, CONV), "main/mm.conv2d");
    assert_string_equal(mm_session_op(stage.session, CONV), "mm.conv2d");
    assert_string_equal(mm_session_op(stage.session, POW), "onnx::Op"); /* dst has none: src's */
    assert_string_equal(mm_session_node(stage.session, LONE_S),
                        "lone_s"); /* not src's: the runtime lacks it */
    assert_string_equal(mm_session_op(stage.session, LONE_S), "mm.lone");
    assert_string_equal(mm_session_node(stage.session, LONE_D), "main/lone");
    assert_string_equal(mm_session_node(stage.session, BAD), "bad");
    assert_string_equal(mm_session_op(stage.session, BAD), "onnx::Op");
    stage_done(&stage);
}

static void formats_without_node_names(void **state)
{
    (void)state;
    struct stage stage;
    const size_t id = 0;
    stage_init(&stage);
    put_floats(stage.src, "conv1.npy", FLOATS(1), 1);
    put_floats(stage.dst, "conv1.npy", FLOATS(1), 1);
    stage_measure(&stage);
    assert_string_equal(mm_session_node(stage.session, 0), "conv1");
    assert_string_equal(mm_session_op(stage.session, 0), "");
    assert_int_equal(choose(&stage, &id, 1, MM_PRECISION_F32), 1);
    assert_non_null(mm_plan_find(mm_session_plan_const(stage.session), "conv1"));
    stage_done(&stage);
}

/* The name that the runtime uses stands in the header: it is read when a person is quicker than the scan. */
static void chosen_before_the_scan_came_by(void **state)
{
    (void)state;
    struct stage stage;
    struct mm_session_totals totals;
    const size_t ids[] = {CONV, BAD};
    stage_layers(&stage);
    uint64_t before = mm_session_revision(stage.session);
    assert_int_equal(choose(&stage, ids, 2, MM_PRECISION_F32), 2);
    assert_true(mm_session_revision(stage.session) > before);
    const struct mm_override *override = mm_plan_find(mm_session_plan(stage.session), "main/mm.conv2d");
    assert_non_null(override);
    assert_string_equal(override->tensor, "conv");
    assert_string_equal(override->op_type, "mm.conv2d");
    assert_string_equal(override->why, "chosen by hand");
    assert_true(isnan(override->figures.diff2));
    assert_int_equal(mm_session_layer(stage.session, CONV)->result.state, MM_STATE_HEADER);
    /* what the header already tells is judged and counted */
    assert_int_equal(mm_session_layer(stage.session, BAD)->verdict.kind, MM_VERDICT_UNREADABLE);
    mm_session_totals(stage.session, &totals);
    assert_int_equal(totals.bad, 1);
    settle(&stage);
    assert_int_equal(mm_session_layer(stage.session, CONV)->result.state, MM_STATE_MEASURED);
    assert_ptr_equal(mm_session_override(stage.session, CONV),
                     mm_plan_find(mm_session_plan(stage.session), "main/mm.conv2d"));
    mm_session_totals(stage.session, &totals);
    assert_int_equal(totals.bad, 3); /* conv, pow, bad */
    assert_int_equal(totals.measured, LAYERS);
    stage_done(&stage);
}

static void reason_and_figures_are_kept(void **state)
{
    (void)state;
    struct stage stage;
    const size_t ids[] = {CONV, POW, TWIN_A};
    stage_layers(&stage);
    settle(&stage);
    assert_int_equal(choose(&stage, ids, 3, MM_PRECISION_F16), 3);
    const struct mm_override *conv = mm_session_override(stage.session, CONV);
    assert_int_equal(conv->precision, MM_PRECISION_F16);
    assert_string_equal(conv->why, mm_session_layer(stage.session, CONV)->verdict.text);
    assert_true(strlen(conv->why) > 0);
    assert_true(conv->figures.diff1 == 0.5 && conv->figures.diff2 == 0.5);
    assert_true(conv->figures.max_abs == 1 && conv->figures.cosine == 1);
    const struct mm_override *pow = mm_session_override(stage.session, POW);
    assert_string_equal(pow->why, "1 NaN in dst");
    assert_true(isnan(pow->figures.diff1) && isnan(pow->figures.cosine)); /* no figure says how bad */
    assert_string_equal(mm_session_override(stage.session, TWIN_A)->why, "chosen by hand");
    stage_done(&stage);
}

static void one_step_to_undo(void **state)
{
    (void)state;
    struct stage stage;
    const size_t ids[] = {CONV, POW, LONE_D};
    stage_layers(&stage);
    settle(&stage);
    struct mm_plan *plan = mm_session_plan(stage.session);
    assert_int_equal(choose(&stage, ids, 3, MM_PRECISION_F32), 3);
    assert_int_equal(mm_plan_count(plan), 3);
    assert_int_equal(choose(&stage, ids, 3, MM_PRECISION_F32), 0); /* nothing new: no step */
    assert_string_equal(mm_plan_undo(plan), "FLOAT32 for 3 layers");
    assert_int_equal(mm_plan_count(plan), 0);
    assert_null(mm_session_override(stage.session, CONV));
    assert_null(mm_plan_undo(plan));
    assert_non_null(mm_plan_redo(plan));
    assert_int_equal(mm_session_override(stage.session, POW)->precision, MM_PRECISION_F32);
    assert_int_equal(choose(&stage, ids, 1, MM_PRECISION_F16), 1);
    assert_string_equal(mm_plan_undo(plan), "FLOAT16 for conv");
    assert_int_equal(mm_session_override(stage.session, CONV)->precision, MM_PRECISION_F32);
    stage_done(&stage);
}

static void clearing(void **state)
{
    (void)state;
    struct stage stage;
    const size_t ids[] = {CONV, POW};
    stage_layers(&stage);
    settle(&stage);
    struct mm_plan *plan = mm_session_plan(stage.session);
    assert_int_equal(choose(&stage, ids, 2, MM_PRECISION_NONE), 0); /* nothing there */
    assert_null(mm_plan_undo(plan));
    choose(&stage, &ids[1], 1, MM_PRECISION_F16);
    assert_int_equal(choose(&stage, ids, 2, MM_PRECISION_NONE), 1);
    assert_null(mm_session_override(stage.session, POW));
    assert_string_equal(mm_plan_undo(plan), "clear 2 layers");
    assert_non_null(mm_session_override(stage.session, POW));
    assert_int_equal(choose(&stage, &ids[1], 1, MM_PRECISION_NONE), 1);
    assert_string_equal(mm_plan_undo(plan), "clear pow");
    stage_done(&stage);
}

static void layers_of_one_node(void **state)
{
    (void)state;
    struct stage stage;
    const size_t ids[] = {TWIN_A, TWIN_B};
    stage_layers(&stage);
    settle(&stage);
    assert_int_equal(choose(&stage, ids, 2, MM_PRECISION_F32), 1);
    assert_int_equal(mm_plan_count(mm_session_plan(stage.session)), 1);
    assert_ptr_equal(mm_session_override(stage.session, TWIN_A), mm_session_override(stage.session, TWIN_B));
    stage_done(&stage);
}

static void what_the_runtime_does_not_have(void **state)
{
    (void)state;
    struct stage stage;
    const size_t ids[] = {LONE_S};
    stage_layers(&stage);
    assert_int_equal(choose(&stage, ids, 1, MM_PRECISION_F32), 0);
    assert_int_equal(choose(&stage, NULL, 0, MM_PRECISION_F32), 0);
    assert_int_equal(mm_session_set_precision(stage.session, ids, 1, MM_PRECISION_F32, NULL, NULL), 0);
    assert_int_equal(mm_plan_count(mm_session_plan(stage.session)), 0);
    assert_null(mm_plan_undo(mm_session_plan(stage.session)));
    assert_false(mm_plan_unsaved(mm_session_plan(stage.session)));
    stage_done(&stage);
}

/* ---- what the dump suggests ---- */

static void suggests(const char *dtype_a, const char *dtype_b, const char *mode)
{
    struct stage stage;
    const char *why = NULL;
    static const char zeros[8];
    stage_init(&stage);
    put_floats(stage.src, "a.npy", FLOATS(1), 1);
    put_npy(stage.dst, "a.npy", dtype_a, "()", zeros, (size_t)(dtype_a[2] - '0'));
    put_npy(stage.dst, "b.npy", dtype_b, "()", zeros, (size_t)(dtype_b[2] - '0'));
    stage_open(&stage);
    assert_null(mm_session_network_precision(stage.session, &why)); /* no header read yet */
    settle(&stage);
    const char *found = mm_session_network_precision(stage.session, &why);
    assert_int_equal(!found, !mode);
    if (mode)
        assert_string_equal(found, mode);
    assert_true(strlen(why) > 0);
    stage_done(&stage);
}

static void suggested_modes(void **state)
{
    (void)state;
    suggests("<f4", "<f4", "float32");
    suggests("<f4", "<f2", "float16");
    suggests("<f4", "|i1", "int8_float32");
    suggests("|u1", "<f2", "int8_float16");
    suggests("<i2", "<f4", "int16_float32");
    suggests("<i2", "<f2", "int16_float16");
    suggests("<i2", "|i1", "int8_float32");
    suggests("<i8", "|b1", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_nodes_and_ops),
        cmocka_unit_test(formats_without_node_names),
        cmocka_unit_test(chosen_before_the_scan_came_by),
        cmocka_unit_test(reason_and_figures_are_kept),
        cmocka_unit_test(one_step_to_undo),
        cmocka_unit_test(clearing),
        cmocka_unit_test(layers_of_one_node),
        cmocka_unit_test(what_the_runtime_does_not_have),
        cmocka_unit_test(suggested_modes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
