#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/report.h"
#include "unit/report/layers.h"

static void assert_cell(const struct stage *stage, enum mm_column_id column, size_t id, const char *expected)
{
    struct mm_buf buf;
    mm_buf_init(&buf);
    mm_column(column)->text(stage->session, id, &buf);
    if (strcmp(mm_buf_text(&buf), expected) != 0)
        fail_msg("column %s of layer %zu: \"%s\", not \"%s\"", mm_column(column)->key, id, mm_buf_text(&buf),
                 expected);
    mm_buf_done(&buf);
}

static void assert_column(const struct stage *stage, enum mm_column_id column,
                          const char *const expected[LAYERS])
{
    for (size_t id = 0; id < LAYERS; id++)
        assert_cell(stage, column, id, expected[id]);
}

static void every_column_is_whole(void **state)
{
    (void)state;
    for (int id = 0; id < MM_COLUMN_COUNT; id++) {
        const struct mm_column *column = mm_column((enum mm_column_id)id);
        assert_non_null(column->text);
        assert_int_equal(column->numeric, column->value != NULL);
        assert_true(strlen(mm_column_help((enum mm_column_id)id)) > 0);
        assert_true(column->width == 0 || mm_text_width(column->title) <= column->width);
        assert_int_equal(mm_column_find(column->key), id);
    }
    assert_int_equal(mm_column_find("diff2"), MM_COLUMN_DIFF2);
    assert_int_equal(mm_column_find("nosuch"), MM_COLUMN_COUNT);
    assert_int_equal(mm_column_find(""), MM_COLUMN_COUNT);
}

static void names(void **state)
{
    assert_column(
        *state, MM_COLUMN_NUMBER,
        (const char *const[]){"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14"});
    assert_column(*state, MM_COLUMN_LAYER,
                  (const char *const[]){"conv1_output", "conv2", "zero", "from_zero", "nans", "shapes", "bad",
                                        "lone_src", "lone_dst", "é\\x1b\"[0]", "conv10", "rep (1)", "rep (2)",
                                        "both_inf"});
    assert_column(*state, MM_COLUMN_OP,
                  (const char *const[]){"mm.conv2d", "Conv", "Relu", "Relu", "Pow", "Lone", "onnx::Op",
                                        "Lone", "Lone", "mm.conv2d", "mm.conv2d", "Add", "Add", "Add"});
}

static void formats(void **state)
{
    assert_column(*state, MM_COLUMN_DTYPE,
                  (const char *const[]){"f32 → f32", "f32 → f32", "f32 → f32", "f32 → f32", "f32 → f32",
                                        "f32 → f32", "f32 →", "f32 →", "→ f32", "f32 → f16", "f32 → i8",
                                        "f32 → f32", "f32 → f32", "f32 → f32"});
    assert_column(
        *state, MM_COLUMN_SHAPE,
        (const char *const[]){"2x2", "2", "2", "2", "2", "2", "1", "2", "2", "scalar", "2", "1", "1", "1"});
}

/* "-" where there can be no figure, blank where there is none of a pair, NaN where one side is not finite. */
static void figures(void **state)
{
    assert_column(*state, MM_COLUMN_DIFF1,
                  (const char *const[]){"1.00e-1", "2.50e-1", "0", "Inf", "NaN", "-", "-", "", "", "0", "0",
                                        "3.12e-2", "0", "NaN"});
    assert_column(*state, MM_COLUMN_DIFF2,
                  (const char *const[]){"1.83e-1", "3.54e-1", "0", "Inf", "NaN", "-", "-", "", "", "0", "0",
                                        "3.12e-2", "0", "NaN"});
    assert_column(*state,
                  MM_COLUMN_SQNR, /* 14.771 = 10 log10 30, 9.031 = 10 log10 8, 30.103 = 10 log10 1024 */
                  (const char *const[]){"14.8", "9.0", "Inf", "-Inf", "NaN", "-", "-", "", "", "Inf", "Inf",
                                        "30.1", "Inf", "NaN"});
    assert_column(*state, MM_COLUMN_MAX_ABS,
                  (const char *const[]){"1", "0.5", "0", "0.5", "NaN", "-", "-", "", "", "0", "0", "0.0312",
                                        "0", "NaN"});
    assert_column(*state, MM_COLUMN_RMSE,
                  (const char *const[]){"5.00e-1", "3.54e-1", "0", "3.54e-1", "NaN", "-", "-", "", "", "0",
                                        "0", "3.12e-2", "0", "NaN"});
    assert_column(*state, MM_COLUMN_COSINE, /* 34 / sqrt(30 39) = .993999, 2.5 / sqrt(2 3.25) = .980581 */
                  (const char *const[]){".9939", ".9805", "1", ".0000", "-", "-", "-", "", "", "1", "1", "1",
                                        "1", "NaN"});
    assert_column(*state, MM_COLUMN_BEYOND,
                  (const char *const[]){"25.0%", "50.0%", "0.0%", "50.0%", "NaN", "-", "-", "", "", "0.0%",
                                        "0.0%", "100.0%", "0.0%", "NaN"});
    assert_column(*state, MM_COLUMN_NONFINITE,
                  (const char *const[]){"0", "0", "0", "0", "1", "", "", "0", "0", "0", "0", "0", "0", "2"});
}

/* Of conv1: s = 1 2 3 4, d = 1 2 3 5. The line d = 1.3 s - 0.5 leaves .2 .1 .4 .3, sqrt(.3 / 39) of d.
 * conv2: s = 1 1 has no slope, so that of d = s + .25 is 1; it leaves sqrt(.125 / 3.25). */
static void every_metric(void **state)
{
    static const struct {
        enum mm_column_id column;
        const char *conv, *conv2, *broken;
    } rows[] = {
        {MM_COLUMN_ELEMENTS, "4", "2", "2"},
        {MM_COLUMN_PAIRED, "exact", "exact", "exact"},
        {MM_COLUMN_DIFF3, "2.50e-1", "5.00e-1", "NaN"},
        {MM_COLUMN_DIFF3_ABS, "0", "0", "NaN"},
        {MM_COLUMN_GREATER, "100.0%", "100.0%", "NaN"},
        {MM_COLUMN_LESS, "0.0%", "0.0%", "NaN"},
        {MM_COLUMN_MSE, "2.50e-1", "1.25e-1", "NaN"},
        {MM_COLUMN_MAE, "2.50e-1", "2.50e-1", "NaN"},
        {MM_COLUMN_GAP, "6.00e-3", "1.94e-2", "NaN"}, /* 1 - 34 / sqrt(1170), 1 - 2.5 / sqrt(6.5) */
        {MM_COLUMN_SCALE, "1.30", "1.00", "NaN"},
        {MM_COLUMN_OFFSET, "-5.00e-1", "2.50e-1", "NaN"},
        {MM_COLUMN_RESIDUAL, "8.77e-2", "1.96e-1", "NaN"},
        {MM_COLUMN_DIFFER, "0", "0", "1"},
    };
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        assert_cell(*state, rows[i].column, CONV, rows[i].conv);
        assert_cell(*state, rows[i].column, CONV2, rows[i].conv2);
        assert_cell(*state, rows[i].column, NANS, rows[i].broken);
    }
    assert_cell(*state, MM_COLUMN_PAIRED, LONE_SRC, "");
    assert_cell(*state, MM_COLUMN_ELEMENTS, LONE_DST, "2");
    assert_cell(*state, MM_COLUMN_DIFFER, LONE_DST, "");
}

/* What people type, and the key that they may have meant. */
static void names_of_columns(void **state)
{
    (void)state;
    assert_int_equal(mm_column_find("name"), MM_COLUMN_LAYER);
    assert_int_equal(mm_column_find("cosine"), MM_COLUMN_COSINE);
    assert_int_equal(mm_column_find("max|d|"), MM_COLUMN_MAX_ABS);
    assert_int_equal(mm_column_nearest("dif2"), MM_COLUMN_DIFF2);
    assert_int_equal(mm_column_nearest("verd"), MM_COLUMN_VERDICT);
    assert_int_equal(mm_column_nearest("certanty"), MM_COLUMN_CERTAINTY);
    assert_int_equal(mm_column_nearest("x"), MM_COLUMN_COUNT);
    assert_int_equal(mm_column_nearest("temperature"), MM_COLUMN_COUNT);
    assert_int_equal(mm_column_nearest(""), MM_COLUMN_COUNT);
}

static void verdicts(void **state)
{
    assert_cell(*state, MM_COLUMN_VERDICT, ZERO, "ok");
    assert_cell(*state, MM_COLUMN_VERDICT, NANS, "1 NaN in dst");
    assert_cell(*state, MM_COLUMN_VERDICT, SHAPES, "shapes differ: 2 and 3");
    assert_cell(*state, MM_COLUMN_VERDICT, BAD, "dst file is corrupt");
    assert_cell(*state, MM_COLUMN_VERDICT, LONE_DST, "only in dst");
}

static double value(const struct stage *stage, enum mm_column_id column, size_t id)
{
    return mm_column(column)->value(stage->session, id);
}

static void values(void **state)
{
    const struct stage *stage = *state;
    assert_true(value(stage, MM_COLUMN_NUMBER, 4) == 5);
    assert_true(value(stage, MM_COLUMN_DIFF1, CONV) == 0.1);
    assert_true(value(stage, MM_COLUMN_DIFF2, CONV2) == sqrt(1.0 / 8));
    static const size_t worst[] = {NANS, SHAPES, BAD};
    for (size_t i = 0; i < MM_COUNT(worst); i++) {
        assert_true(value(stage, MM_COLUMN_DIFF2, worst[i]) == INFINITY);
        assert_true(value(stage, MM_COLUMN_MAX_ABS, worst[i]) == INFINITY);
        assert_true(value(stage, MM_COLUMN_COSINE, worst[i]) == -INFINITY);
        assert_true(value(stage, MM_COLUMN_SQNR, worst[i]) == -INFINITY);
    }
    static const size_t none[] = {LONE_SRC, LONE_DST, BOTH_INF};
    for (size_t i = 0; i < MM_COUNT(none); i++)
        assert_true(isnan(value(stage, MM_COLUMN_DIFF2, none[i])));
    assert_true(value(stage, MM_COLUMN_NONFINITE, NANS) == 1);
    assert_true(value(stage, MM_COLUMN_NONFINITE, LONE_SRC) == 0);
    assert_true(isnan(value(stage, MM_COLUMN_NONFINITE, BAD)));
}

static void badges(void **state)
{
    const struct stage *stage = *state;
    const size_t id = CONV;
    assert_cell(stage, MM_COLUMN_PRECISION, CONV, "");
    assert_int_equal(mm_session_set_precision(stage->session, &id, 1, MM_PRECISION_F16, NULL, NULL), 0);
    assert_cell(stage, MM_COLUMN_PRECISION, CONV, "F16");
    assert_cell(stage, MM_COLUMN_PRECISION, CONV2, "");
    assert_non_null(mm_plan_undo(mm_session_plan(stage->session)));
}

static void before_anything_is_read(void **state)
{
    (void)state;
    struct stage stage;
    stage_unread(&stage);
    for (size_t id = 0; id < LAYERS; id++) {
        for (int column = MM_COLUMN_PRECISION; column < MM_COLUMN_COUNT; column++) {
            if (column != MM_COLUMN_PAIRED) /* names are enough for that */
                assert_cell(&stage, (enum mm_column_id)column, id, "");
            if (mm_column((enum mm_column_id)column)->numeric)
                assert_true(isnan(value(&stage, (enum mm_column_id)column, id)));
        }
    }
    stage_done(&stage);
}

static void a_small_share_is_not_none(void **state)
{
    (void)state;
    struct stage stage;
    static float s[5000], d[5000];
    stage_init(&stage);
    d[7] = 1;
    put_both(&stage, "1_a.pb", "a", "a", s, d, 5000);
    stage_measure(&stage);
    assert_cell(&stage, MM_COLUMN_BEYOND, 0, "<0.1%");
    stage_done(&stage);
}

/* ---- triage ---- */

/* A chain: a is equal, b to d are off by 3 of sqrt(30) each, e overflows in f16. */
static void put_chain(struct stage *stage)
{
    static const float src[] = {1, 2, 3, 4}, off[] = {1, 2, 3, 7};
    const struct pb_head head = {"e", "Op", 0, false};
    const struct mm_shape two = {.rank = 1, .dim = {2}};
    put_both(stage, "1_a.pb", "a", "Op", src, src, 4);
    put_both(stage, "2_b.pb", "b", "Op", src, off, 4);
    put_both(stage, "3_c.pb", "c", "Op", src, off, 4);
    put_both(stage, "4_d.pb", "d", "Op", src, off, 4);
    put_tensor(stage->src, "5_e.pb", "pb", &head, MM_F32, &two, FLOATS(1, 70000));
    put_tensor(stage->dst, "5_e.pb", "pb", &head, MM_F16, &two, (const uint16_t[]){0x3C00, 0x7C00});
}

static struct mm_graph *chain_graph(void)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    struct mm_graph_builder *builder = mm_graph_new();
    struct mm_graph *graph = NULL;
    for (size_t i = 1; i < MM_COUNT(names); i++)
        mm_graph_add_node(builder, names[i], "Op", &names[i - 1], 1, &names[i], 1);
    mm_graph_add_tensor(builder, "a", MM_GRAPH_INPUT, MM_F32, NULL);
    assert_int_equal(mm_graph_finish(builder, &graph, "chain", NULL), 0);
    return graph;
}

static void places_of_triage(void **state)
{
    static const char *const root[] = {"", "#2", "#2", "#2", "#5"};
    static const char *const from[] = {"", "", "#2", "#2", ""};
    struct stage stage;
    (void)state;
    stage_init(&stage);
    put_chain(&stage);
    struct mm_graph *graph = chain_graph();
    stage.options.triage = true;
    stage.options.graph = graph;
    stage_measure(&stage);
    for (size_t id = 0; id < MM_COUNT(root); id++) {
        assert_cell(&stage, MM_COLUMN_ROOT, id, root[id]);
        assert_cell(&stage, MM_COLUMN_FROM, id, from[id]);
    }
    assert_cell(&stage, MM_COLUMN_CAUSE, 0, "");
    assert_cell(&stage, MM_COLUMN_CAUSE, 2, "");
    assert_cell(&stage, MM_COLUMN_CAUSE, 4, "overflow");
    assert_true(mm_column(MM_COLUMN_ROOT)->value(stage.session, 2) == 2);
    assert_true(isnan(mm_column(MM_COLUMN_FROM)->value(stage.session, 1)));
    stage_done(&stage);
    mm_graph_close(graph);
}

/* Without triage nobody knows where an error starts. */
static void no_places_without_triage(void **state)
{
    for (size_t id = 0; id < LAYERS; id++) {
        assert_cell(*state, MM_COLUMN_ROOT, id, "");
        assert_cell(*state, MM_COLUMN_FROM, id, "");
        assert_cell(*state, MM_COLUMN_CAUSE, id, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_of_triage),
        cmocka_unit_test(no_places_without_triage),
        cmocka_unit_test(every_column_is_whole),
        cmocka_unit_test(names),
        cmocka_unit_test(formats),
        cmocka_unit_test(figures),
        cmocka_unit_test(every_metric),
        cmocka_unit_test(names_of_columns),
        cmocka_unit_test(verdicts),
        cmocka_unit_test(values),
        cmocka_unit_test(badges),
        cmocka_unit_test(before_anything_is_read),
        cmocka_unit_test(a_small_share_is_not_none),
    };
    return cmocka_run_group_tests(tests, setup_layers, teardown_layers);
}
