#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "triage/wider.h"
#include "unit/triage/network.h"

/* Of 100 values of dst, three are +Inf where `error` is infinite. */
static struct mm_result *op(struct network *net, const char *type, const char *name, double error,
                            const char *input)
{
    mm_graph_add_node(net->builder, "", type, (const char *[]){input}, 1, &name, 1);
    struct mm_result *result = network_layer(net, name, error);
    result->metrics.dst.pos_inf = isinf(error) ? 3 : 0;
    return result;
}

/* x -> a (Inf) -> b, of the given type and error -> y */
static void chain(struct network *net, const char *type, double b, double y)
{
    network_init(net);
    network_op(net, "x", 0, NULL, NULL);
    op(net, "Exp", "a", INFINITY, "x")->metrics.diff2 = 0.001;
    op(net, type, "b", b, "a");
    op(net, "Neg", "y", y, "b");
    mm_graph_add_tensor(net->builder, "y", MM_GRAPH_OUTPUT, MM_DTYPE_NONE, NULL);
}

static void by_the_operator(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        double b, y;
        bool wider;
    } rows[] = {
        {"Neg", 0.001, 0.001, true},
        {"ReduceMean", 0.001, 0.001, true},
        {"Relu", 0.001, 0.001, true},
        {"Sigmoid", 0.001, 0.001, false},
        {"Clip", 0.001, 0.001, false},
        {"Neg", 0.2, 0.2, false},       /* somebody suffers */
        {"Neg", INFINITY, 0.001, true}, /* b is of the same kind, for y is finite */
        {"Neg", INFINITY, INFINITY, false},
        {"Neg", NAN, 0.001, false}, /* what was not measured tells nothing */
    };
    for (size_t row = 0; row < MM_COUNT(rows); row++) {
        struct network net;
        chain(&net, rows[row].type, rows[row].b, rows[row].y);
        if (isnan(rows[row].b))
            net.result[2].state = MM_STATE_FAILED;
        network_finish(&net, true);
        if (net.blame[1].wider != rows[row].wider)
            fail_msg("row %zu", row);
        assert_int_equal(net.blame[2].wider, isinf(rows[row].b) && rows[row].wider);
        network_done(&net);
    }
}

/* A ReLU that reads -Inf gives 0. */
static void the_sign(void **state)
{
    (void)state;
    struct network net;
    chain(&net, "Relu", 0.001, 0.001);
    net.result[1].metrics.dst.pos_inf = 0;
    net.result[1].metrics.dst.neg_inf = 3;
    network_finish(&net, true);
    assert_false(net.blame[1].wider);
    network_done(&net);
}

/* A bound is no evidence; that the recomputed result is not finite where dst is, is. */
static void recomputed(void **state)
{
    (void)state;
    struct network net;
    struct mm_recomputed kept = {.state = MM_RECOMPUTE_DONE, .residual = 0, .kept = 3, .channel = -1};
    chain(&net, "Pow", 0.001, 0.001);
    net.subject[2].recomputed = &kept;
    network_finish(&net, true);
    assert_true(net.blame[1].wider);
    network_done(&net);
    kept.state = MM_RECOMPUTE_VOID;
    chain(&net, "Pow", 0.001, 0.001);
    net.subject[2].recomputed = &kept;
    network_finish(&net, true);
    assert_false(net.blame[1].wider);
    network_done(&net);
}

/* An output of the network is read by whom nobody knows; and without a graph nothing is known of readers. */
static void not_known(void **state)
{
    (void)state;
    struct network net;
    chain(&net, "Neg", 0.001, 0.001);
    mm_graph_add_tensor(net.builder, "a", MM_GRAPH_OUTPUT, MM_DTYPE_NONE, NULL);
    network_finish(&net, true);
    assert_false(net.blame[1].wider);
    network_done(&net);
    chain(&net, "Neg", 0.001, 0.001);
    network_finish(&net, false);
    assert_false(net.blame[1].wider);
    network_done(&net);
}

/* What reads it may be at fault itself: its input was fine. */
static void the_next_fault(void **state)
{
    (void)state;
    struct network net;
    chain(&net, "Neg", 0.001, 0.3);
    network_finish(&net, true);
    assert_true(net.blame[1].wider);
    assert_true(net.blame[2].input_error == 0.001); /* its finite values */
    assert_int_equal(net.blame[3].root, 3);
    network_done(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_the_operator), cmocka_unit_test(the_sign),       cmocka_unit_test(recomputed),
        cmocka_unit_test(not_known),       cmocka_unit_test(the_next_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
