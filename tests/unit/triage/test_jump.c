#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "triage/jump.h"
#include "unit/triage/network.h"

/* x (error `in`, mean and deviation as given) -> a (error `error`, deviation 0.5) -> b, over */
static void made(struct network *net, const char *type, double in, double error, double mean, double std)
{
    network_init(net);
    network_op(net, "x", in, NULL, NULL);
    network_op(net, "a", error, "x", NULL);
    network_op(net, "b", 0.06, "a", NULL);
    net->subject[1].op_type = type;
    net->result[0].metrics.src.mean = mean;
    net->result[0].metrics.src.std = std;
    network_finish(net, true);
}

/* Beyond its inputs, beyond the format (f16: 2e-4, of other kernels 1e-3), and a size. */
static void limits(void **state)
{
    (void)state;
    static const struct {
        double in, error;
        bool jumps;
    } rows[] = {{0.001, 0.03, true},
                {0.001, 0.019, false},
                {0.012, 0.03, false},
                {0.009, 0.03, true},
                {0, 0.021, true}};
    for (size_t row = 0; row < MM_COUNT(rows); row++) {
        struct network net;
        made(&net, "Conv", rows[row].in, rows[row].error, 0, 0.5);
        if (net.blame[1].starts != rows[row].jumps)
            fail_msg("row %zu", row);
        assert_int_equal(net.blame[2].root == 1 && !net.blame[2].built_up, rows[row].jumps);
        network_done(&net);
    }
}

/* x is 50 about 50: of the result, 0.5, an error of 0.001 is 0.1. For a norm its own deviation counts. */
static void carried(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        double mean, std;
        bool jumps;
    } rows[] = {{"Sub", 50, 0.5, false},
                {"ReduceMean", 0, 50, false},
                {"Conv", 50, 0.5, true},
                {"LayerNormalization", 50, 0.5, false},
                {"LayerNormalization", 0, 50, true},
                {"", 50, 0.5, false},     /* it may be one of those */
                {"Custom", 0, 50, false}, /* this as well */
                {"Sub", 0, 0.5, true}};
    for (size_t row = 0; row < MM_COUNT(rows); row++) {
        struct network net;
        made(&net, rows[row].type, 0.001, 0.03, rows[row].mean, rows[row].std);
        if (net.blame[1].starts != rows[row].jumps)
            fail_msg("row %zu", row);
        network_done(&net);
    }
}

/* Nothing over behind it, an operator that was recomputed as right, a run of integers, no order: nothing is said. */
static void not_said(void **state)
{
    (void)state;
    struct network net;
    struct mm_recomputed right = {.state = MM_RECOMPUTE_DONE, .residual = 0, .channel = -1};
    made(&net, "Conv", 0.001, 0.03, 0, 0.5);
    net.result[2].metrics.diff2 = net.result[2].metrics.diff1 = 0.04;
    mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
    assert_false(net.blame[1].starts);
    network_done(&net);
    made(&net, "Conv", 0.001, 0.03, 0, 0.5);
    net.subject[1].recomputed = &right;
    mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
    assert_false(net.blame[1].starts);
    network_done(&net);
    made(&net, "Conv", 0.001, 0.03, 0, 0.5);
    ((struct mm_flow *)net.flow)->ordered = false;
    mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
    assert_false(net.blame[1].starts);
    network_done(&net);
    network_init(&net);
    network_op(&net, "x", 0.001, NULL, NULL);
    network_op(&net, "a", 0.03, "x", NULL)->dst.dtype = MM_I8;
    network_op(&net, "b", 0.06, "a", NULL);
    network_finish(&net, true);
    assert_true(jump_is_integer_run(net.flow));
    assert_false(net.blame[1].starts);
    network_done(&net);
}

/* Of two on the way, the one that jumps is the root, whatever the others add. */
static void before_shares(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0.001, NULL, NULL);
    network_op(&net, "a", 0.021, "x", NULL);
    network_op(&net, "b", 0.048, "a", NULL); /* adds 0.043, but 2.3 times only */
    network_op(&net, "c", 0.06, "b", NULL);
    network_finish(&net, true);
    assert_true(net.blame[1].starts && !net.blame[2].starts);
    assert_int_equal(net.blame[3].root, 1);
    network_done(&net);
}

/* 0.5 -> 0.045 -> 0.06: nobody says "harmless" to the first, for the last is over by way of the second. */
static void by_way_of_others(void **state)
{
    (void)state;
    struct network net;
    for (int trace = 0; trace < 2; trace++) {
        network_init(&net);
        network_op(&net, "x", 0, NULL, NULL);
        network_op(&net, "a", 0.5, "x", NULL);
        network_op(&net, "b", trace ? 0.009 : 0.045, "a", NULL); /* less than a fiftieth is nothing of it */
        network_op(&net, "c", 0.06, "b", NULL);
        mm_graph_add_tensor(net.builder, "c", MM_GRAPH_OUTPUT, MM_DTYPE_NONE, NULL);
        network_finish(&net, true);
        assert_int_equal(net.blame[1].reaches, !trace);
        assert_int_equal(net.blame[1].readers_hurt && net.blame[1].readers_mind, !trace);
        assert_int_equal(net.blame[3].root, trace ? 3 : 1);
        network_done(&net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits),        cmocka_unit_test(carried),          cmocka_unit_test(not_said),
        cmocka_unit_test(before_shares), cmocka_unit_test(by_way_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
