#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/suggest.h"
#include "unit/suggest/suggesting.h"

/* x -> a -> b -> c: they add 0.03, 0.04, 0.12. Energies 9, 16, 144 of 169 (e-4): 5.3 %, 9.5 %, 85.2 %. */
static void chain(struct suggesting *on)
{
    suggesting_init(on);
    network_op(&on->net, "x", 0, NULL, NULL);
    network_op(&on->net, "a", 0.03, "x", NULL);
    network_op(&on->net, "b", 0.05, "a", NULL);
    network_op(&on->net, "c", 0.13, "b", NULL);
    suggesting_finish(on, true);
}

static void by_share(void **state)
{
    (void)state;
    struct suggesting on;
    chain(&on);
    find(&on, "90%");
    assert_suggested(&on, LAYERS(3, 2));
    assert_near(on.list.item[0].share, 144.0 / 169, 1e-4);
    assert_near(on.list.item[1].share, 16.0 / 169, 1e-4);
    assert_near(on.list.item[1].covered, 160.0 / 169, 1e-4);
    assert_near(on.list.covered, 160.0 / 169, 1e-4);
    assert_near(on.list.before, 0.13, 0);
    assert_near(on.list.after, 0.03, 1e-5);
    assert_int_equal(on.list.item[0].why, MM_WHY_SHARE);
    assert_int_equal(on.list.item[0].to, MM_F32); /* FP16 is what it is */
    assert_false(on.list.item[0].estimated);
    assert_string_equal(on.list.item[0].text, "adds 0.12 here");
    assert_int_equal(on.list.elements, 200);
    assert_int_equal(on.list.macs, -1);
    assert_int_equal(on.list.masked, 0);
    find(&on, "95%");
    assert_suggested(&on, LAYERS(3, 2, 1));
    find(&on, ""); /* 0.03 is within 0.7 x 0.05, and 0.05 is not */
    assert_suggested(&on, LAYERS(3, 2));
    assert_false(on.list.within);
    suggesting_done(&on);
}

static void so_many(void **state)
{
    (void)state;
    struct suggesting on;
    chain(&on);
    find(&on, "top 1");
    assert_suggested(&on, LAYERS(3));
    find(&on, "top 50");
    assert_suggested(&on, LAYERS(3, 2, 1)); /* x is the input: no operator makes it */
    suggesting_done(&on);
}

static void down_to_an_error(void **state)
{
    (void)state;
    struct suggesting on;
    chain(&on);
    find(&on, "0.2");
    assert_int_equal(on.list.count, 0);
    assert_near(on.list.after, 0.13, 1e-5);
    find(&on, "0.0501");
    assert_suggested(&on, LAYERS(3));
    find(&on, "0.0499");
    assert_suggested(&on, LAYERS(3, 2));
    find(&on, "1e-9"); /* can't be had: all that there is */
    assert_suggested(&on, LAYERS(3, 2, 1));
    suggesting_done(&on);
}

/*
 * Two outputs. One way adds 0.25 and 0.15, the other 0.14 and 0.13 (0.191 together). Down to 0.16 the list by
 * share begins 0.25, 0.15, 0.14; but with the first raised, 0.15 is within the limit.
 */
static void what_is_not_needed_is_dropped(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    int8_op(&on, "b1", 0.25, "x", NULL);
    int8_op(&on, "b2", hypot(0.25, 0.15), "b1", NULL);
    int8_op(&on, "a1", 0.14, "x", NULL);
    int8_op(&on, "a2", hypot(0.14, 0.13), "a1", NULL);
    output(&on, "b2");
    output(&on, "a2");
    suggesting_finish(&on, true);
    find(&on, "0.16");
    assert_suggested(&on, LAYERS(1, 3));
    assert_near(on.list.after, 0.15, 1e-3);
    assert_int_equal(on.list.item[0].to, MM_F16);
    suggesting_done(&on);
}

/* a adds 0.06 by rounding, b is wrong in every format and adds `wrong`, and both reach the output. With 0.3, that is 0.306 and
 * without a 0.3, which pays nobody's override; with 0.05 it is 0.078 and 0.05. Who asks for it gets it. */
static void what_does_not_pay(void **state)
{
    (void)state;
    for (int row = 0; row < 2; row++) {
        struct suggesting on;
        double wrong = row ? 0.05 : 0.3;
        suggesting_init(&on);
        network_op(&on.net, "x", 0, NULL, NULL);
        int8_op(&on, "a", 0.06, "x", NULL);
        int8_op(&on, "b", hypot(wrong, 0.06), "a", NULL);
        on.verdict[2] = (struct mm_verdict){
            .kind = MM_VERDICT_IMPLEMENTATION, .cause = MM_CAUSE_STALE, .confidence = MM_CERTAIN};
        on.verdict[1] = (struct mm_verdict){.kind = MM_VERDICT_NOISE, .confidence = MM_LIKELY};
        output(&on, "b");
        suggesting_finish(&on, true);
        find(&on, "");
        assert_int_equal(on.list.count, row);
        assert_near(on.list.after, row ? wrong : hypot(wrong, 0.06), 1e-3);
        find(&on, "top 1");
        assert_int_equal(on.list.count, 1);
        suggesting_done(&on);
    }
}

/* Nothing is over 0.05: nothing is suggested unless it is asked for. */
static void good_networks_are_left_alone(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 2e-4, NULL, NULL);
    network_op(&on.net, "a", 4e-3, "x", NULL);
    network_op(&on.net, "b", 5e-3, "a", NULL);
    suggesting_finish(&on, true);
    find(&on, "");
    assert_int_equal(on.list.count, 0);
    assert_true(on.list.within);
    assert_near(on.list.after, 5e-3, 1e-4);
    find(&on, "60%");
    assert_suggested(&on, LAYERS(1)); /* 0.0159 of 0.025 e-3 */
    suggesting_done(&on);
}

/* A layer on the way is off by 0.3, the output by 0.01: nothing, unless it is asked for. */
static void good_outputs_are_left_alone(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    int8_op(&on, "scores", 0.3, "x", NULL);
    network_op(&on.net, "y", 0.01, "scores", NULL);
    output(&on, "y");
    suggesting_finish(&on, true);
    find(&on, "");
    assert_int_equal(on.list.count, 0);
    assert_true(on.list.within);
    assert_near(on.list.before, 0.01, 0);
    find(&on, "top 1");
    assert_suggested(&on, LAYERS(1));
    suggesting_done(&on);
}

/* An output of another shape has no figure, and is not within anything. */
static void an_output_of_another_shape(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    network_op(&on.net, "y", 0, "x", NULL)->state = MM_STATE_MISMATCH;
    output(&on, "y");
    suggesting_finish(&on, true);
    find(&on, "");
    assert_int_equal(on.list.count, 0);
    assert_false(on.list.within);
    assert_true(isinf(on.list.before));
    suggesting_done(&on);
}

/*
 * 0.2 is out of reach, so the output can't be brought within; c's 0.06 would take 4 % off (0.2088 to 0.2), d's
 * 0.015 0.3 %, which does not pay.
 */
static void what_does_not_pay_is_left_out(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    network_op(&on.net, "fault", 0.2, "x", NULL);
    int8_op(&on, "c", 0.06, "x", NULL);
    int8_op(&on, "d", hypot(0.06, 0.015), "c", NULL);
    int8_op(&on, "y", hypot(0.2, hypot(0.06, 0.015)), "fault", "d");
    output(&on, "y");
    on.verdict[1] = (struct mm_verdict){.cause = MM_CAUSE_STALE, .confidence = MM_CERTAIN};
    suggesting_finish(&on, true);
    find(&on, "");
    for (size_t i = 0; i < on.list.count; i++)
        assert_int_not_equal(on.list.item[i].layer, 3);
    assert_near(on.list.after, 0.2, 0.01);
    find(&on, "top 5");
    assert_true(on.list.count > 1);
    suggesting_done(&on);
}

/* Different inputs: raising repairs nothing, and little things are not worth it. */
static void what_no_precision_repairs(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0.4, NULL, NULL);
    network_op(&on.net, "a", 0.4, "x", NULL);
    network_op(&on.net, "b", 0.41, "a", NULL);
    on.verdict[0].kind = MM_VERDICT_INPUT;
    suggesting_finish(&on, true);
    find(&on, "");
    assert_int_equal(on.list.count, 0);
    assert_near(on.list.beyond, 1, 1e-3);
    assert_near(on.list.after, 0.41, 1e-3); /* 0.4 enlarged, not 0.09 added */
    suggesting_done(&on);
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    network_op(&on.net, "a", 0.3, "x", NULL);
    suggesting_finish(&on, true);
    on.verdict[1] = (struct mm_verdict){.cause = MM_CAUSE_CHANNELS_REVERSED, .confidence = MM_LIKELY};
    find(&on, "");
    assert_int_equal(on.list.count, 0);
    on.verdict[1].confidence = MM_POSSIBLE;
    find(&on, "");
    assert_suggested(&on, LAYERS(1));
    on.verdict[1] = (struct mm_verdict){.cause = MM_CAUSE_ROUNDING, .confidence = MM_CERTAIN};
    find(&on, "");
    assert_suggested(&on, LAYERS(1));
    on.verdict[1].cause = MM_CAUSE_AFFINE;
    find(&on, "");
    assert_int_equal(on.list.count, 0);
    suggesting_done(&on);
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    int8_op(&on, "a", 0.3, "x", NULL); /* a scale a channel is what quantisation brings */
    suggesting_finish(&on, true);
    on.verdict[1] = (struct mm_verdict){.cause = MM_CAUSE_AFFINE, .confidence = MM_CERTAIN};
    find(&on, "");
    assert_suggested(&on, LAYERS(1));
    suggesting_done(&on);
}

/* An overflow hides what int8 costs behind it; its share is estimated: range 2 / 255 / sqrt(12) / 0.5. */
static void behind_an_overflow(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    network_op(&on.net, "a", 2e-4, "x", NULL);
    reach(network_op(&on.net, "pow", INFINITY, "a", NULL), 1e5);
    network_op(&on.net, "div", 1, "a", "pow");
    int8_op(&on, "linear", 1.2, "div", NULL);
    suggesting_finish(&on, true);
    find(&on, "");
    assert_suggested(&on, LAYERS(2, 3, 4));
    assert_int_equal(on.list.item[0].why, MM_WHY_OVERFLOW);
    assert_true(on.list.item[0].share == 0);
    assert_int_equal(on.list.item[2].to, MM_F16);
    assert_true(on.list.item[2].estimated);
    assert_string_equal(on.list.item[2].text, "i8 adds about 0.0045 here (estimate: masked by #3)");
    assert_int_equal(on.list.masked, 2);
    assert_int_equal(on.list.masked_by, 2);
    assert_near(on.list.before, 1.2, 0);
    assert_near(on.list.after, hypot(2e-4, 0.38 * ldexp(1, -11)), 2e-5);
    find(&on, "top 1"); /* fewer than all that overflows are as good as none */
    assert_suggested(&on, LAYERS(2, 3));
    find(&on, "0.9");
    assert_suggested(&on, LAYERS(2, 3));
    suggesting_done(&on);
}

/* Behind a fault that stays, int8 is not raised: it would mend nothing. */
static void behind_what_stays(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    network_op(&on.net, "wrong", INFINITY, "x", NULL); /* NaN out of good inputs within the range */
    int8_op(&on, "linear", 1.2, "wrong", NULL);
    on.verdict[1] = (struct mm_verdict){
        .kind = MM_VERDICT_IMPLEMENTATION, .cause = MM_CAUSE_CHANNELS_REVERSED, .confidence = MM_CERTAIN};
    suggesting_finish(&on, true);
    find(&on, "");
    assert_int_equal(on.list.count, 0);
    assert_int_equal(on.list.masked, 1);
    find(&on, "top 1"); /* unless it is asked for */
    assert_suggested(&on, LAYERS(2));
    suggesting_done(&on);
}

/* Behind an overflow that is raised, floats are left as they are: their rounding is no reason. */
static void floats_behind_an_overflow(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    reach(network_op(&on.net, "pow", INFINITY, "x", NULL), 1e5);
    network_op(&on.net, "div", 1, "x", "pow");
    network_op(&on.net, "linear", 1.2, "div", NULL);
    suggesting_finish(&on, true);
    find(&on, "");
    assert_suggested(&on, LAYERS(1, 2)); /* div reads what f16 can't hold */
    suggesting_done(&on);
}

/* The output is over because of a fault below the threshold; a float's 0.0004 beside it is a trace, int8's 0.02 is not. */
static void traces(void **state)
{
    (void)state;
    for (int int8 = 0; int8 < 2; int8++) {
        struct suggesting on;
        suggesting_init(&on);
        network_op(&on.net, "x", 0, NULL, NULL);
        network_op(&on.net, "wrong", 0.04, "x", NULL);
        if (int8)
            int8_op(&on, "a", 0.045, "wrong", NULL);
        else
            network_op(&on.net, "a", 0.0401, "wrong", NULL);
        network_op(&on.net, "b", 0.051, "a", NULL);
        on.verdict[1] = on.verdict[3] = (struct mm_verdict){
            .kind = MM_VERDICT_IMPLEMENTATION, .cause = MM_CAUSE_CHANNELS_REVERSED, .confidence = MM_CERTAIN};
        suggesting_finish(&on, true);
        on.net.blame[1].introduced = on.net.blame[3].introduced = 0; /* nothing that figures show */
        on.net.blame[2].introduced = int8 ? 0.02 : 0.0004;
        find(&on, "");
        assert_int_equal(on.list.count, int8);
        suggesting_done(&on);
    }
}

/* Two results of one operator are one override: their elements and shares together. */
static void results_of_one_operator(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    struct mm_result *one = network_op(&on.net, "top_values", 0.06, "x", NULL);
    struct mm_result *two = network_op(&on.net, "top_more", 0.08, "x", NULL);
    network_op(&on.net, "y", 0.1, "top_values", "top_more");
    one->dst.node_name = two->dst.node_name = (char *)"topk";
    suggesting_finish(&on, true);
    find(&on, "top 1");
    assert_suggested(&on, LAYERS(1));
    assert_int_equal(on.list.item[0].elements, 200);
    /* y adds nothing of its own that could be told from its input's; 36 + 64 is all there is */
    assert_near(on.list.item[0].share, 1, 1e-4);
    suggesting_done(&on);
}

static void nothing_at_all(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    suggesting_finish(&on, false);
    find(&on, "50%");
    assert_int_equal(on.list.count, 0);
    assert_int_equal(on.list.masked_by, -1);
    assert_true(on.list.before == 0 && on.list.after == 0);
    suggesting_done(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_share),
        cmocka_unit_test(so_many),
        cmocka_unit_test(down_to_an_error),
        cmocka_unit_test(what_is_not_needed_is_dropped),
        cmocka_unit_test(what_does_not_pay),
        cmocka_unit_test(good_networks_are_left_alone),
        cmocka_unit_test(good_outputs_are_left_alone),
        cmocka_unit_test(an_output_of_another_shape),
        cmocka_unit_test(what_does_not_pay_is_left_out),
        cmocka_unit_test(what_no_precision_repairs),
        cmocka_unit_test(behind_an_overflow),
        cmocka_unit_test(behind_what_stays),
        cmocka_unit_test(floats_behind_an_overflow),
        cmocka_unit_test(traces),
        cmocka_unit_test(results_of_one_operator),
        cmocka_unit_test(nothing_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
