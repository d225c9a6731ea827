#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/triage.h"
#include "unit/triage/network.h"

static void assert_root(const struct network *net, size_t id, int32_t root, bool starts)
{
    assert_int_equal(net->blame[id].root, root);
    assert_int_equal(net->blame[id].starts, starts);
}

/* A jump at conv2; what follows has it from there, whichever way it comes. */
static void introduced_and_inherited(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "conv1", 3e-4, "x", NULL);
    network_op(&net, "conv2", 0.3, "conv1", NULL);
    network_op(&net, "branch", 4e-4, "conv1", NULL);
    network_op(&net, "add", 0.2, "conv2", "branch");
    network_op(&net, "tail", 0.4, "add", NULL);
    network_finish(&net, true);
    assert_root(&net, 1, -1, false);
    assert_root(&net, 2, 2, true);
    assert_root(&net, 3, -1, false);
    assert_root(&net, 4, 2, false);
    assert_root(&net, 5, 2, false);
    assert_int_equal(net.blame[4].worst_input, 2);
    assert_true(net.blame[4].input_error == 0.3);
    assert_true(fabs(net.blame[4].amplification - 0.2 / 0.3) < 1e-12);
    assert_true(net.blame[4].introduced == 0);
    assert_true(fabs(net.blame[5].introduced - sqrt(0.16 - 0.04)) < 1e-12);
    assert_int_equal(net.blame[0].worst_input, -1);
    assert_true(isnan(net.blame[0].amplification));
    network_done(&net);
}

/* 0.07 -> 0.5: seven times as much, so there is a second fault. */
static void two_faults(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "a", 0.07, "x", NULL);
    network_op(&net, "b", 0.09, "a", NULL);
    network_op(&net, "c", 0.5, "b", NULL);
    network_op(&net, "d", 0.5, "c", NULL);
    network_finish(&net, true);
    assert_root(&net, 1, 1, true);
    assert_root(&net, 2, 1, false);
    assert_root(&net, 3, 3, true);
    assert_root(&net, 4, 3, false);
    network_done(&net);
}

/* No layer jumps: each has less than 3 times the error of the one before. */
static void builds_up(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "a", 0.012, "x", NULL);
    network_op(&net, "b", 0.034, "a", NULL);
    network_op(&net, "c", 0.042, "b", NULL);
    network_op(&net, "d", 0.051, "c", NULL);
    network_op(&net, "e", 0.060, "d", NULL);
    network_finish(&net, true);
    assert_root(&net, 4, 2, false); /* b: sqrt(.034² - .012²) = .0318 is the largest share */
    assert_true(net.blame[4].built_up);
    assert_root(&net, 5, 2, false);
    assert_true(net.blame[5].built_up);
    network_done(&net);
}

static void nonfinite(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "early", 0.2, "x", NULL);
    network_op(&net, "pow", INFINITY, "early", NULL); /* Inf is made here, whatever came in */
    network_op(&net, "mean", INFINITY, "pow", NULL);
    network_op(&net, "div", 1.0, "mean", NULL); /* x / Inf = 0 */
    network_finish(&net, true);
    assert_root(&net, 1, 1, true);
    assert_root(&net, 2, 2, true);
    assert_root(&net, 3, 2, false);
    assert_root(&net, 4, 2, false);
    assert_true(isinf(net.blame[2].introduced));
    assert_true(net.blame[3].introduced == 0);
    assert_int_equal(mm_blame_first_nonfinite(net.flow, net.subject), 2);
    network_done(&net);
}

/* A layer of another shape breaks what reads it. */
static void shapes(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "crop", 0, "x", NULL)->state = MM_STATE_MISMATCH;
    network_op(&net, "conv", 0.7, "crop", NULL);
    network_finish(&net, true);
    assert_root(&net, 1, 1, true);
    assert_root(&net, 2, 1, false);
    network_done(&net);
}

/* NaN above it does not make a shape wrong; a wrong shape above it does. */
static void shapes_start_themselves(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", INFINITY, NULL, NULL);
    network_op(&net, "view", 0, "x", NULL)->state = MM_STATE_MISMATCH;
    network_op(&net, "next", 0, "view", NULL)->state = MM_STATE_MISMATCH;
    network_finish(&net, true);
    assert_root(&net, 1, 1, true);
    assert_root(&net, 2, 1, false);
    network_done(&net);
}

/* Floors add up as independent errors do: f16 costs .38 / 2048 a layer. */
static void expected_adds_up(void **state)
{
    (void)state;
    struct network net;
    double floor = 0.38 / 2048;
    network_init(&net);
    network_op(&net, "x", 1e-4, NULL, NULL);
    network_op(&net, "a", 1e-4, "x", NULL);
    network_op(&net, "b", 1e-4, "a", NULL);
    network_finish(&net, true);
    assert_true(fabs(net.blame[0].expected - floor) < 1e-12);
    assert_true(fabs(net.blame[2].expected - sqrt(3) * floor) < 1e-12);
    network_done(&net);
}

/* By order, a jump against all of the window is a start; a branch that is good does not hide the bad one. */
static void by_order(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_layer(&net, "x", 0);
    network_layer(&net, "bad", 0.3);
    network_layer(&net, "pool", 0.001);
    network_layer(&net, "gate", 0.002);
    network_layer(&net, "scale", 0.31);
    network_finish(&net, false);
    assert_root(&net, 1, 1, true);
    assert_root(&net, 2, -1, false);
    assert_root(&net, 4, 1, false);
    network_done(&net);
}

static void chain(void **state)
{
    (void)state;
    struct network net;
    uint32_t way[8];
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "a", 0.3, "x", NULL);
    network_op(&net, "side", 0.1, "a", NULL);
    network_op(&net, "b", 0.3, "a", "side");
    network_op(&net, "c", 0.3, "b", "side");
    network_finish(&net, true);
    assert_int_equal(mm_blame_chain(net.blame, 4, way, 8), 3);
    assert_int_equal(way[0], 1);
    assert_int_equal(way[1], 3);
    assert_int_equal(way[2], 4);
    assert_int_equal(mm_blame_chain(net.blame, 4, way, 2), 2);
    assert_int_equal(way[0], 1);
    assert_int_equal(mm_blame_chain(net.blame, 1, way, 8), 1);
    assert_int_equal(mm_blame_chain(net.blame, 0, way, 8), 0);
    network_done(&net);
}

static void worth_a_look(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0.1, NULL, NULL);
    network_op(&net, "a", 0.1, "x", NULL);
    network_op(&net, "b", 0.1, "a", NULL)->dst.dtype = MM_I8;
    network_op(&net, "c", 0.01, "b", NULL);
    network_op(&net, "out", 0.1, "b", NULL);
    mm_graph_add_tensor(net.builder, "out", MM_GRAPH_OUTPUT, MM_DTYPE_NONE, NULL);
    network_finish(&net, true);
    assert_true(mm_blame_worth_analysing(net.flow, net.blame, 0));  /* starts */
    assert_false(mm_blame_worth_analysing(net.flow, net.blame, 1)); /* inherited */
    assert_true(mm_blame_worth_analysing(net.flow, net.blame, 2));  /* an integer op */
    assert_false(mm_blame_worth_analysing(net.flow, net.blame, 3)); /* good */
    assert_true(mm_blame_worth_analysing(net.flow, net.blame, 4));  /* an output */
    network_done(&net);
}

/* Nothing over: no first culprit. */
static void clean(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "a", 2e-4, "x", NULL);
    network_finish(&net, true);
    assert_int_equal(mm_blame_first_nonfinite(net.flow, net.subject), -1);
    network_done(&net);
}

static struct mm_recomputed recomputed_as(double residual)
{
    return (struct mm_recomputed){.state = MM_RECOMPUTE_DONE,
                                  .kind = MM_OPERATOR_ELEMENTWISE,
                                  .residual = residual,
                                  .rounding = 0.0005,
                                  .channel = -1};
}

/* 0.001 -> 0.1 -> 0.15 -> 0.4: the first is right from its inputs, the second as well, the third is not, though
 * its input is over. */
static void by_what_was_recomputed(void **state)
{
    (void)state;
    struct network net;
    struct mm_recomputed right = recomputed_as(0.0005), wrong = recomputed_as(0.35);
    network_init(&net);
    network_op(&net, "x", 0.001, NULL, NULL);
    network_op(&net, "a", 0.1, "x", NULL);
    network_op(&net, "b", 0.15, "a", NULL);
    network_op(&net, "c", 0.4, "b", NULL);
    net.subject[1].recomputed = net.subject[2].recomputed = &right;
    net.subject[3].recomputed = &wrong;
    network_finish(&net, true);
    assert_root(&net, 1, 0, false); /* an operator that enlarges what came in */
    assert_true(net.blame[1].built_up && net.blame[1].enlarges);
    assert_int_equal(net.blame[1].own, MM_OWN_RIGHT);
    assert_true(net.blame[1].introduced == 0.0005 && net.blame[1].explained == 0.0005);
    assert_root(&net, 2, 1, false); /* and has its error from there */
    assert_false(net.blame[2].built_up || net.blame[2].enlarges);
    assert_root(&net, 3, 3, true);
    assert_int_equal(net.blame[3].own, MM_OWN_WRONG);
    network_done(&net);
}

/* Integers that are multiplied cut inputs off at the range that was calibrated, and results where inputs are broken:
 * what recomputing in floats leaves then is not the operator's. */
static void cut_by_integers(void **state)
{
    static const struct {
        double input, input_max, result_max; /* src's are 1 and 1, from -1 on */
        unsigned parts;
        enum mm_own own;
    } rows[] = {{0.2, 1.2, 0.8, MM_PART_INPUT, MM_OWN_UNKNOWN},
                {0.2, 1.05, 0.8, MM_PART_INPUT, MM_OWN_WRONG},   /* a twentieth of the range is 0.1 */
                {0.04, 1.2, 0.8, MM_PART_INPUT, MM_OWN_WRONG},   /* nothing is wrong with the input */
                {0.2, 1.2, 0.8, MM_PART_RESULT, MM_OWN_WRONG},   /* floats are read */
                {0.35, 1, 1.005, MM_PART_INPUT, MM_OWN_UNKNOWN}, /* a step is 2 / 255 */
                {0.25, 1, 1.005, MM_PART_INPUT, MM_OWN_WRONG}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct network net;
        struct mm_recomputed left = recomputed_as(0.35);
        struct mm_quantised_tensor facts = {.parts = rows[i].parts};
        left.kind = MM_OPERATOR_LINEAR;
        left.exact = NAN;
        left.result_int8 = left.input_int8 = left.per_tensor = left.per_channel = 0.005;
        network_init(&net);
        network_op(&net, "x", 0, NULL, NULL);
        network_op(&net, "a", rows[i].input, "x", NULL)->metrics.dst.max = rows[i].input_max;
        struct mm_stats *dst = &network_op(&net, "b", 0.4, "a", NULL)->metrics.dst;
        dst->min = -0.8;
        dst->max = rows[i].result_max;
        net.subject[2].recomputed = &left;
        net.subject[2].facts = &facts;
        network_finish(&net, true);
        if (net.blame[2].own != rows[i].own || net.blame[2].starts != (rows[i].own == MM_OWN_WRONG))
            fail_msg("row %zu: %d", i, net.blame[2].own);
        network_done(&net);
    }
}

/* Squares of wrong values end at the largest value of f16. The operator is right but for what was cut off: it adds that
 * little, and starts nothing. Where its residual does not tell, or src is beyond that value as well, the errors do. */
static void cut_by_floats(void **state)
{
    static const struct {
        double residual, src_max;
        bool starts;
    } rows[] = {{0.0003, 1, false}, {0.4, 1, true}, {0.0003, 1e5, true}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct network net;
        struct mm_recomputed left = recomputed_as(rows[i].residual);
        network_init(&net);
        network_op(&net, "x", 0, NULL, NULL);
        network_op(&net, "a", 500, "x", NULL);
        struct mm_metrics *m = &network_op(&net, "b", 50000, "a", NULL)->metrics;
        m->dst.max = 65504;
        m->src.max = rows[i].src_max;
        net.subject[2].recomputed = &left;
        network_finish(&net, true);
        assert_root(&net, 2, rows[i].starts ? 2 : 1, rows[i].starts);
        double introduced = rows[i].starts ? sqrt(2.5e9 - 2.5e5) : 0.0003;
        assert_true(fabs(net.blame[2].introduced - introduced) < 1e-9 * introduced);
        network_done(&net);
    }
}

/* Cleared, and only 5 times its input: what is behind has what it has, the largest share upstream. */
static void cleared_and_small(void **state)
{
    (void)state;
    struct network net;
    struct mm_recomputed right = recomputed_as(0.0005);
    network_init(&net);
    network_op(&net, "x", 0.02, NULL, NULL);
    network_op(&net, "a", 0.1, "x", NULL);
    network_op(&net, "b", 0.1, "a", NULL);
    network_op(&net, "c", 0.1, "b", NULL);
    net.subject[1].recomputed = net.subject[2].recomputed = &right;
    network_finish(&net, true);
    for (size_t id = 1; id < 4; id++) {
        assert_root(&net, id, 0, false);
        assert_true(net.blame[id].built_up && !net.blame[id].enlarges);
    }
    network_done(&net);
}

/* Below the threshold, and what is behind it is over: it starts there. With nothing over behind it, nothing does. */
static void jumps(void **state)
{
    (void)state;
    for (int over = 0; over < 2; over++) {
        struct network net;
        struct mm_recomputed right = recomputed_as(0.0005), wrong = recomputed_as(0.03);
        network_init(&net);
        network_op(&net, "x", 0.001, NULL, NULL);
        network_op(&net, "a", 0.03, "x", NULL);
        network_op(&net, "b", over ? 0.06 : 0.04, "a", NULL);
        net.subject[1].recomputed = &wrong;
        net.subject[2].recomputed = &right;
        network_finish(&net, true);
        assert_root(&net, 1, over ? 1 : -1, over);
        assert_root(&net, 2, over ? 1 : -1, false);
        assert_false(net.blame[2].built_up);
        assert_int_equal(mm_blame_worth_analysing(net.flow, net.blame, 1), over);
        network_done(&net);
    }
}

/* The same, and what reads it was not recomputed and made it larger: the fault is where it is known to be. */
static void jumps_and_grows(void **state)
{
    (void)state;
    struct network net;
    struct mm_recomputed wrong = recomputed_as(0.03);
    network_init(&net);
    network_op(&net, "x", 0.001, NULL, NULL);
    network_op(&net, "a", 0.03, "x", NULL);
    network_op(&net, "b", 0.4, "a", NULL);
    network_op(&net, "c", 0.4, "b", NULL);
    net.subject[1].recomputed = &wrong;
    network_finish(&net, true);
    assert_root(&net, 1, 1, true);
    assert_root(&net, 2, 1, false);
    assert_root(&net, 3, 1, false);
    network_done(&net);
}

/* Columns of a table, all wrong: what is told by the whole's residual says nothing of them. */
static void columns_of_a_table(void **state)
{
    (void)state;
    struct network net;
    struct mm_recomputed right = recomputed_as(0.0005);
    network_init(&net);
    network_op(&net, "x", 0.001, NULL, NULL);
    network_op(&net, "y", 0.002, "x", NULL)->table =
        (struct mm_table_error){.axis = 1, .kind = MM_TABLE_INTEGERS, .first = 5, .last = 5, .error = 0.9};
    net.subject[1].recomputed = &right;
    network_finish(&net, true);
    assert_root(&net, 1, 1, true);
    assert_true(net.blame[1].table && net.blame[1].error == 0.9);
    net.result[1].table.error = 0.04;
    mm_blame_find(net.flow, net.subject, &network_thresholds, net.blame);
    assert_root(&net, 1, -1, false);
    network_done(&net);
}

/* It is as src is, and not as dst's input would make it: that input was not its input. */
static void another_input(void **state)
{
    (void)state;
    struct network net;
    struct mm_recomputed off = recomputed_as(0.9);
    network_init(&net);
    network_op(&net, "x", 0.9, NULL, NULL);
    network_op(&net, "a", 0.06, "x", NULL);
    net.subject[1].recomputed = &off;
    network_finish(&net, true);
    assert_int_equal(net.blame[1].own, MM_OWN_UNKNOWN);
    network_done(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(introduced_and_inherited),
        cmocka_unit_test(two_faults),
        cmocka_unit_test(builds_up),
        cmocka_unit_test(nonfinite),
        cmocka_unit_test(shapes),
        cmocka_unit_test(shapes_start_themselves),
        cmocka_unit_test(expected_adds_up),
        cmocka_unit_test(by_order),
        cmocka_unit_test(chain),
        cmocka_unit_test(worth_a_look),
        cmocka_unit_test(clean),
        cmocka_unit_test(by_what_was_recomputed),
        cmocka_unit_test(cut_by_integers),
        cmocka_unit_test(cut_by_floats),
        cmocka_unit_test(cleared_and_small),
        cmocka_unit_test(jumps),
        cmocka_unit_test(jumps_and_grows),
        cmocka_unit_test(columns_of_a_table),
        cmocka_unit_test(another_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
