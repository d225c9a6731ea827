#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "triage/readers.h"
#include "unit/triage/network.h"

/* x good, a -> b -> c -> d, with these errors; d is the model's output. */
static void chain(struct network *net, double a, double b, double c, double d)
{
    network_init(net);
    network_op(net, "x", 0, NULL, NULL);
    network_op(net, "a", a, "x", NULL);
    network_op(net, "b", b, "a", NULL);
    network_op(net, "c", c, "b", NULL);
    network_op(net, "d", d, "c", NULL);
    mm_graph_add_tensor(net->builder, "d", MM_GRAPH_OUTPUT, MM_DTYPE_NONE, NULL);
    network_finish(net, true);
}

static void nobody_minds(void **state)
{
    (void)state;
    struct network net;
    chain(&net, 0.5, 0.001, 0.001, 0.001);
    assert_int_equal(net.blame[1].readers, 1);
    assert_false(net.blame[1].readers_mind);
    assert_false(net.blame[1].readers_hurt);
    assert_true(net.blame[1].readers_error == 0.001);
    network_done(&net);
}

/* b is as wrong as a, and c does not mind: so nobody minds a. */
static void through_harmless_ones(void **state)
{
    (void)state;
    struct network net;
    chain(&net, 0.5, 0.5, 0.002, 0.001);
    assert_false(net.blame[2].readers_mind);
    assert_false(net.blame[1].readers_mind);
    assert_false(net.blame[1].readers_hurt);
    assert_true(net.blame[1].readers_error == 0.002);
    network_done(&net);
}

static void up_to_the_output(void **state)
{
    (void)state;
    struct network net;
    chain(&net, 0.5, 0.5, 0.5, 0.5);
    for (uint32_t id = 1; id < 4; id++) {
        assert_true(net.blame[id].readers_mind);
        assert_true(net.blame[id].readers_hurt);
    }
    assert_true(net.blame[4].readers_mind); /* an output: who reads it is not known */
    assert_false(net.blame[4].readers_hurt);
    network_done(&net);
}

/* c could not be read: it does not count, and nothing is known of b's readers. */
static void unmeasured_ones_do_not_count(void **state)
{
    (void)state;
    struct network net;
    chain(&net, 0.5, 0.5, 0.5, 0.5);
    net.result[3].state = MM_STATE_FAILED;
    mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
    assert_int_equal(net.blame[2].readers, 0);
    assert_true(net.blame[2].readers_mind);
    network_done(&net);
}

/* c is wrong by itself, ten times as much: no reason to blame b for it. */
static void a_fault_of_its_own(void **state)
{
    (void)state;
    struct network net;
    chain(&net, 0.001, 0.06, 0.8, 0.8);
    assert_true(net.blame[3].starts);
    assert_false(net.blame[2].readers_hurt);
    assert_true(net.blame[2].readers_mind);
    network_done(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_minds), cmocka_unit_test(through_harmless_ones),
        cmocka_unit_test(up_to_the_output), cmocka_unit_test(unmeasured_ones_do_not_count),
        cmocka_unit_test(a_fault_of_its_own)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
