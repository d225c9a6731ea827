#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/suggest.h"
#include "unit/suggest/suggesting.h"

#include <stdio.h>

/* Raised layers, as a string of their numbers. */
static void assert_raised(const struct suggesting *on, const char *expected)
{
    char found[64] = "";
    for (size_t id = 0; id < on->net.count; id++) {
        if (on->s.layer[id].raised)
            sprintf(found + strlen(found), "%zu ", id);
    }
    assert_string_equal(found, expected);
}

/* pow and mean leave the range; sqrt fits, but reads mean; div reads sqrt, which fits. */
static void layer_norm(struct suggesting *on, bool graph)
{
    suggesting_init(on);
    network_op(&on->net, "x", 0, NULL, NULL);
    network_op(&on->net, "sub", 2e-4, "x", NULL);
    reach(network_op(&on->net, "pow", INFINITY, "sub", NULL), 6e6);
    reach(network_op(&on->net, "mean", INFINITY, "pow", NULL), 7e5);
    reach(network_op(&on->net, "sqrt", INFINITY, "mean", NULL), 880);
    network_op(&on->net, "div", 1, "sub", "sqrt");
    suggesting_finish(on, graph);
    suggest_overflow(&on->s);
}

static void what_leaves_the_range_and_what_reads_it(void **state)
{
    (void)state;
    for (int graph = 0; graph < 2; graph++) {
        struct suggesting on;
        layer_norm(&on, graph);
        assert_raised(&on, "2 3 4 ");
        assert_int_equal(on.s.layer[4].because, 3);
        assert_int_equal(on.s.layer[2].because, -1);
        assert_int_equal(on.s.layer[4].to, MM_F32);
        assert_true(isfinite(suggest_expected(&on.s)));
        suggest_lower(&on.s, 4);
        assert_true(isinf(suggest_expected(&on.s)));
        suggesting_done(&on);
    }
}

/* By the graph every reader; one that is in FP32 already, or in int8 (it clips), is no reason. */
static void every_reader(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    reach(network_op(&on.net, "big", INFINITY, "x", NULL), 65505);
    network_op(&on.net, "f16", INFINITY, "big", NULL);
    network_op(&on.net, "f32", INFINITY, "big", NULL)->dst.dtype = MM_F32;
    int8_op(&on, "i8", 1, "big", NULL);
    network_op(&on.net, "far", 1, "f16", NULL);
    suggesting_finish(&on, true);
    suggest_overflow(&on.s);
    assert_raised(&on, "1 2 ");
    suggesting_done(&on);
}

/* Just within the range is within; bfloat16 holds a million. */
static void within_the_range(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    reach(network_op(&on.net, "half", 2e-4, "x", NULL), 65504);
    struct mm_result *bf16 = network_op(&on.net, "bf16", 2e-3, "half", NULL);
    reach(bf16, 1e6);
    bf16->dst.dtype = MM_BF16;
    suggesting_finish(&on, true);
    suggest_overflow(&on.s);
    assert_raised(&on, "");
    suggesting_done(&on);
}

/* Saturated without an Inf: f16 ends at 65504, the reference does not. */
static void saturation_counts(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    reach(network_op(&on.net, "clipped", 0.02, "x", NULL), 7e4);
    suggesting_finish(&on, true);
    suggest_overflow(&on.s);
    assert_raised(&on, "1 ");
    suggesting_done(&on);
}

/* A NaN out of good inputs and within the range: the operator makes it in every format. */
static void first_nan(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    network_op(&on.net, "rsqrt", INFINITY, "x", NULL);
    network_op(&on.net, "mul", INFINITY, "rsqrt", NULL);
    suggesting_finish(&on, true);
    suggest_overflow(&on.s);
    assert_raised(&on, "");
    assert_true(isinf(suggest_expected(&on.s)));
    find(&on, "");
    assert_int_equal(on.list.count, 0);
    assert_false(on.list.within);
    suggesting_done(&on);
}

/* A mask of each side's own lowest number: nobody minds. */
static void a_harmless_range(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    reach(network_op(&on.net, "mask", 0.9, "x", NULL), 3.4e38);
    on.verdict[1].kind = MM_VERDICT_HARMLESS;
    suggesting_finish(&on, true);
    suggest_overflow(&on.s);
    assert_raised(&on, "");
    suggesting_done(&on);
}

/* Squares inside the operator overflow, the result fits. A verdict says so. */
static void inner_overflow(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    network_op(&on.net, "norm", 0.9, "x", NULL);
    on.verdict[1].cause = MM_CAUSE_INNER_OVERFLOW;
    suggesting_finish(&on, true);
    suggest_overflow(&on.s);
    assert_raised(&on, "1 ");
    suggesting_done(&on);
}

/* Without an operator in dst there is nothing to raise, and the outputs stay broken. */
static void out_of_reach(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    reach(network_op(&on.net, "big", INFINITY, "x", NULL), 1e5);
    on.verdict[1] = (struct mm_verdict){.cause = MM_CAUSE_STALE, .confidence = MM_CERTAIN};
    suggesting_finish(&on, true);
    suggest_overflow(&on.s);
    assert_raised(&on, "");
    assert_true(isinf(suggest_expected(&on.s)));
    suggesting_done(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_leaves_the_range_and_what_reads_it),
        cmocka_unit_test(every_reader),
        cmocka_unit_test(within_the_range),
        cmocka_unit_test(saturation_counts),
        cmocka_unit_test(first_nan),
        cmocka_unit_test(a_harmless_range),
        cmocka_unit_test(inner_overflow),
        cmocka_unit_test(out_of_reach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
