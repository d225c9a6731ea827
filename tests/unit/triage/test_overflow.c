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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(behind_a_fault), cmocka_unit_test(divided_by_zero)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
