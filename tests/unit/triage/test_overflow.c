#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "triage/overflow.h"
#include "unit/triage/network.h"

static const char *name_of(const void *context, uint32_t id)
{
    const struct network *net = context;
    return net->pair[id].name;
}

/* x is fine, a is `error` off, y reads a and is Inf; with evidence that its products may overflow. */
struct scene {
    struct network net;
    struct mm_evidence evidence;
    struct mm_triage_view view;
};

static void scene_init(struct scene *scene, double error, const char *op_type, bool graph)
{
    struct network *net = &scene->net;
    network_init(net);
    network_op(net, "x", 0, NULL, NULL);
    network_op(net, "a", error, "x", NULL);
    network_op(net, "y", INFINITY, "a", NULL);
    network_op(net, "z", INFINITY, "y", NULL);
    scene->evidence = (struct mm_evidence){
        .format = -1,
        .finding = {{.cause = MM_CAUSE_INNER_OVERFLOW, .score = 0.95, .sentence = "inside it may overflow"}},
        .findings = 1};
    net->subject[2].evidence = &scene->evidence;
    net->subject[2].op_type = op_type;
    network_finish(net, graph);
    scene->view = (struct mm_triage_view){.subjects = net->subject,
                                          .count = net->count,
                                          .flow = net->flow,
                                          .blame = net->blame,
                                          .thresholds = &network_thresholds,
                                          .name = name_of,
                                          .context = net};
}

/* Products of wrong inputs came in; those of good ones did not, and squares would overflow whatever came in. */
static void behind_a_fault(void **state)
{
    static const struct {
        const char *op_type;
        double error;
        enum mm_verdict_kind kind;
    } rows[] = {{"Conv", 0.9, MM_VERDICT_INHERITED},
                {"Conv", 0.01, MM_VERDICT_OVERFLOW},
                {"Pow", 0.9, MM_VERDICT_OVERFLOW}};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct scene scene;
        struct mm_verdict verdict;
        scene_init(&scene, rows[i].error, rows[i].op_type, true);
        mm_triage_conclude(&scene.view, 2, &verdict);
        assert_int_equal(verdict.kind, rows[i].kind);
        assert_int_equal(overflow_is_denied(&scene.view, 2), rows[i].kind == MM_VERDICT_INHERITED);
        assert_int_equal(overflow_came_in(&scene.view, 2), rows[i].error > 0.05);
        assert_false(overflow_came_in(&scene.view, 3)); /* its input is Inf already */
        if (rows[i].kind == MM_VERDICT_INHERITED) {
            assert_string_equal(verdict.text, "inherited from #2 a: NaN or Inf of inputs that are wrong");
            assert_int_equal(verdict.from, 1);
            assert_int_equal(verdict.confidence, MM_POSSIBLE);
        }
        network_done(&scene.net);
    }
}

/* 1 / x: of zeros that src has as well, or of those that became 0; without a graph nobody knows. */
static void divided_by_zero(void **state)
{
    (void)state;
    for (int row = 0; row < 3; row++) {
        struct scene scene;
        scene_init(&scene, 0.01, "Div", row < 2);
        scene.net.result[1].metrics.src.zero = 5;
        scene.net.result[1].metrics.dst.zero = row == 1 ? 6 : 5;
        assert_int_equal(overflow_is_denied(&scene.view, 2), row == 0);
        network_done(&scene.net);
    }
}

/* Inf of good inputs, the rest is within the thresholds: a scale of that rest, or a run of NaN where src goes beyond the
 * format, is not what is wrong. It is where the rest is over, where src stays below, or with other causes. */
static void scales_explain_no_inf(void **state)
{
    static const struct {
        enum mm_cause_id cause, also;
        double rest, error;
        bool explained;
    } rows[] = {{MM_CAUSE_AFFINE, MM_CAUSE_NONE, 0.008, 0.01, true},
                {MM_CAUSE_SCALE, MM_CAUSE_NONE, 0.008, 0.01, true},
                {MM_CAUSE_AFFINE, MM_CAUSE_NONE, 0.3, 0.01, false},
                {MM_CAUSE_AFFINE, MM_CAUSE_NONE, 0.008, INFINITY, false}, /* they came in */
                {MM_CAUSE_UNWRITTEN, MM_CAUSE_OVERFLOW, 0.008, 0.01, true},
                {MM_CAUSE_UNWRITTEN, MM_CAUSE_NONE, 0.008, 0.01, false},
                {MM_CAUSE_SHIFTED, MM_CAUSE_OVERFLOW, 0.008, 0.01, false}};
    (void)state;
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        struct scene scene;
        struct mm_verdict verdict;
        scene_init(&scene, rows[i].error, "Conv", true);
        struct mm_metrics *m = &scene.net.result[2].metrics;
        m->diff1 = m->diff2 = rows[i].rest;
        scene.evidence.findings = 2;
        scene.evidence.finding[0] =
            (struct mm_finding){.cause = rows[i].cause, .score = 0.95, .sentence = "it is moved"};
        scene.evidence.finding[1] =
            (struct mm_finding){.cause = rows[i].also, .score = 0.5, .sentence = "it is too large"};
        if (overflow_explains(&scene.view, 2, rows[i].cause) != rows[i].explained)
            fail_msg("row %zu", i);
        mm_triage_conclude(&scene.view, 2, &verdict);
        assert_true((verdict.cause == rows[i].cause) == (!rows[i].explained && isfinite(rows[i].error)));
        network_done(&scene.net);
    }
}

/* x is good, a is 0.6 off, b recomputed as 0.9 off; f16. */
static struct mm_verdict cut_off(double src_max, double dst_max, double input, enum mm_own *own, bool *starts)
{
    struct scene scene;
    struct mm_verdict verdict;
    struct mm_recomputed recomputed = {.state = MM_RECOMPUTE_DONE,
                                       .kind = MM_OPERATOR_LINEAR,
                                       .residual = 0.9,
                                       .rounding = 0.0005,
                                       .exact = NAN,
                                       .channel = -1};
    struct mm_evidence constant = {
        .format = -1,
        .finding = {{.cause = MM_CAUSE_CONSTANT, .score = 0.99, .sentence = "dst is 65504 everywhere"}},
        .findings = 1};
    scene_init(&scene, input, "Conv", true);
    struct mm_metrics *m = &scene.net.result[2].metrics;
    m->diff1 = m->diff2 = 0.9;
    m->nonfinite_differ = 0;
    m->src.max = src_max;
    m->dst.max = dst_max;
    scene.net.subject[2].recomputed = &recomputed;
    scene.net.subject[2].evidence = &constant;
    mm_blame_find(scene.net.flow, scene.net.subject, &network_thresholds, scene.net.blame);
    mm_triage_conclude(&scene.view, 2, &verdict);
    *own = scene.net.blame[2].own;
    *starts = scene.net.blame[2].starts;
    network_done(&scene.net);
    return verdict;
}

/* Floats that saturate: beyond src's range it is the format, whatever looks like a fault; of wrong inputs it came in. */
static void saturated(void **state)
{
    (void)state;
    enum mm_own own;
    bool starts;
    struct mm_verdict verdict = cut_off(2e5, 65504, 0.01, &own, &starts);
    assert_int_equal(verdict.kind, MM_VERDICT_OVERFLOW);
    assert_int_equal(verdict.confidence, MM_CERTAIN);
    assert_string_equal(verdict.text, "overflow: |x| up to 200000 > 65504, cut off there");
    assert_true(starts && own == MM_OWN_UNKNOWN && verdict.from == -1);
    verdict = cut_off(2e5, 65504, 0.9, &own, &starts); /* whatever came in */
    assert_true(!starts && verdict.kind == MM_VERDICT_OVERFLOW && verdict.from == 1);
    verdict = cut_off(30, 65504, 0.9, &own, &starts); /* only because of what came in */
    assert_int_equal(verdict.kind, MM_VERDICT_INHERITED);
    assert_true(!starts && own == MM_OWN_UNKNOWN);
    verdict = cut_off(30, 65504, 0.01, &own, &starts); /* good inputs, and src is small */
    assert_true(starts && own == MM_OWN_WRONG && verdict.kind == MM_VERDICT_IMPLEMENTATION);
    verdict = cut_off(2e5, 40000, 0.01, &own, &starts); /* it does not end there */
    assert_true(starts && own == MM_OWN_WRONG && verdict.kind == MM_VERDICT_IMPLEMENTATION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(scales_explain_no_inf),
                                       cmocka_unit_test(behind_a_fault), cmocka_unit_test(divided_by_zero),
                                       cmocka_unit_test(saturated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
