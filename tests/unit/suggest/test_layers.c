#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/suggest.h"
#include "unit/suggest/suggesting.h"

/* What a later operator damps counts less: 0.2 becomes 0.02 (a hundredth of the energy), and then 0.04. */
static void damped_on_the_way(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    network_op(&on.net, "a", 0.2, "x", NULL);
    network_op(&on.net, "softmax", 0.02, "a", NULL);
    network_op(&on.net, "y", 0.04, "softmax", NULL);
    suggesting_finish(&on, true);
    const struct suggest_layer *layer = on.s.layer;
    assert_near(layer[1].added, 0.04, 1e-12);
    assert_near(layer[2].gain, 0.01, 1e-12);
    assert_near(layer[3].gain, 1, 0); /* 0.02 and what is added: no gain of its own */
    assert_near(layer[3].added, 0.0012, 1e-12);
    assert_near(layer[1].weight, 0.01, 1e-12);
    assert_near(layer[2].weight, 1, 0);
    assert_near(suggest_share(&on.s, 1), 0.0004, 1e-9);
    assert_near(suggest_expected(&on.s), 0.04, 1e-6);
    suggest_raise(&on.s, 1, MM_F32, MM_WHY_SHARE, -1);
    assert_near(suggest_expected(&on.s), sqrt(0.0012), 1e-6);
    suggest_lower(&on.s, 1);
    assert_near(suggest_expected(&on.s), 0.04, 1e-6);
    suggesting_done(&on);
}

/* The best of two ways; and what is not read by anybody is as good as an output. */
static void ways_and_ends(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    network_op(&on.net, "a", 0.02, "x", NULL);
    network_op(&on.net, "damped", 0.002, "a", NULL);
    network_op(&on.net, "straight", 0.01, "a", NULL);
    network_op(&on.net, "y", 0.01, "damped", "straight");
    network_op(&on.net, "unread", 0.02, "a", NULL);
    output(&on, "y");
    suggesting_finish(&on, true);
    assert_near(on.s.layer[1].weight, 1, 0); /* by the unread one */
    assert_near(on.s.layer[2].weight, 1, 0);
    assert_near(on.s.layer[5].weight, 1, 0);
    assert_near(suggest_expected(&on.s), 0.01, 1e-4); /* of the output alone */
    suggesting_done(&on);
}

/* No graph, no time stamps: every error is the layer's own, and every layer an output. */
static void nothing_tells_the_order(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_layer(&on.net, "b", 0.2);
    network_layer(&on.net, "a", 0.1);
    network_layer(&on.net, "c", 0.02);
    suggesting_finish_unordered(&on);
    for (size_t i = 0; i < 3; i++)
        assert_true(on.s.layer[i].output && on.s.layer[i].weight == 1);
    assert_near(on.s.layer[1].added, 0.01, 1e-12);
    assert_near(suggest_expected(&on.s), 0.2, 1e-12);
    find(&on, "");
    assert_int_equal(on.list.count, 0);
    assert_true(on.list.unknown);
    find(&on, "0.05");
    assert_suggested(&on, LAYERS(0, 1));
    assert_near(on.list.before, 0.2, 0);
    assert_near(on.list.after, 0.02, 1e-12);
    suggesting_done(&on);
}

static void inherited_and_enlarged(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    network_op(&on.net, "a", 0.1, "x", NULL);
    network_op(&on.net, "b", 0.2, "a", NULL); /* over as its input is: twice the root's error */
    int8_op(&on, "c", 0.25, "b", NULL);       /* int8 has a share of its own: 0.15 */
    suggesting_finish(&on, true);
    assert_near(on.s.layer[2].gain, 4, 1e-12);
    assert_near(sqrt(on.s.layer[2].added), 0.38 * ldexp(1, -11), 1e-12);
    assert_near(sqrt(on.s.layer[3].added), 0.15, 1e-12);
    assert_near(on.s.layer[3].gain, 1, 0);
    assert_near(on.s.layer[1].weight, 4, 1e-12);
    suggesting_done(&on);
}

/* One layer behind an input x: what it would be raised to. */
static void assert_to(struct mm_result layer, double input, enum mm_dtype to)
{
    struct suggesting on;
    suggesting_init(&on);
    reach(network_op(&on.net, "x", 0, NULL, NULL), input);
    *network_op(&on.net, "y", 0, "x", NULL) = layer;
    suggesting_finish(&on, true);
    assert_int_equal(on.s.layer[1].to, to);
    suggesting_done(&on);
}

static void half_where_it_suffices(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    struct mm_result layer = *int8_op(&on, "y", 0.02, NULL, NULL);
    suggesting_finish(&on, false);
    suggesting_done(&on);
    assert_to(layer, 1, MM_F16);
    assert_to(layer, 32752, MM_F16); /* half of 65504 */
    assert_to(layer, 32753, MM_F32);
    layer.dst.op_type = (char *)"mm.layer_norm"; /* squares: 32752 is 180.97 squared */
    assert_to(layer, 180, MM_F16);
    assert_to(layer, 181, MM_F32);
    layer.dst.op_type = (char *)"";
    layer.metrics.src.max = 40000; /* of itself */
    assert_to(layer, 1, MM_F32);
    layer.metrics.src = (struct mm_stats){.finite = 100, .min = -1e-4, .max = 1e-4, .std = 5e-5};
    assert_to(layer, 1, MM_F32); /* too small for FP16 */
    layer.metrics.src.std = 2e-4;
    assert_to(layer, 1, MM_F16);
    layer.metrics.src = (struct mm_stats){.finite = 100, .min = -1e-3, .max = 1e-3, .std = 8e-4};
    layer.dst.dtype = MM_I16;
    layer.metrics.diff1 = layer.metrics.diff2 = 7e-4; /* FP16's 1.86e-4 is more than a quarter */
    assert_to(layer, 1, MM_F32);
    layer.metrics.diff1 = layer.metrics.diff2 = 8e-4;
    assert_to(layer, 1, MM_F16);
    layer.dst.dtype = MM_F16;
    assert_to(layer, 1, MM_F32);
}

/* The dump is f16, but the evidence says that it lies on an int8 grid. */
static void what_dst_has_now(void **state)
{
    (void)state;
    struct suggesting on;
    struct mm_evidence evidence = {
        .floor = {{.setting = {.dtype = MM_I8}}}, .floors = 1, .format = 0, .grid = 0.1};
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    network_op(&on.net, "y", 0.02, "x", NULL);
    network_op(&on.net, "z", 0.02, "y", NULL);
    on.net.subject[1].evidence = &evidence;
    suggesting_finish(&on, true);
    assert_int_equal(on.s.layer[1].now, MM_I8);
    assert_true(on.s.layer[1].integer);
    assert_int_equal(on.s.layer[1].to, MM_F16);
    assert_int_equal(on.s.layer[2].now, MM_F16);
    assert_false(on.s.layer[2].integer);
    on.s.no_half = true; /* for a runtime that can't be told FP16 of one operator */
    assert_int_equal(suggest_layers(&on.s), 0);
    assert_int_equal(on.s.layer[1].to, MM_F32);
    evidence.grid = 0; /* a guess by what it reads is not enough */
    assert_int_equal(suggest_layers(&on.s), 0);
    assert_int_equal(on.s.layer[1].now, MM_F16);
    assert_false(on.s.layer[1].integer);
    suggesting_done(&on);
}

/* What reads integers: a linear that adds far more than FP16 explains computes with them, a softmax does
 * not. */
static void readers_of_integers(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    int8_op(&on, "q", 4e-3, "x", NULL);
    network_op(&on.net, "linear", 0.02, "q", NULL)->dst.op_type = (char *)"mm.MatMul_bias";
    network_op(&on.net, "good", 4.1e-3, "q", NULL)->dst.op_type = (char *)"mm.matmul";
    network_op(&on.net, "softmax", 0.02, "q", NULL)->dst.op_type = (char *)"mm.softmax";
    suggesting_finish(&on, true);
    assert_true(on.s.layer[2].integer);
    assert_int_equal(on.s.layer[2].to, MM_F16);
    assert_false(on.s.layer[3].integer);
    assert_false(on.s.layer[4].integer);
    assert_int_equal(on.s.layer[4].to, MM_F32);
    suggesting_done(&on);
}

static void layers_without_an_operator_in_dst(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    network_op(&on.net, "y", 0.2, "x", NULL);
    network_op(&on.net, "z", 0.2, "y", NULL);
    on.net.pair[1].dst = NULL;
    on.net.result[1].state = MM_STATE_SINGLE;
    suggesting_finish(&on, true);
    assert_false(on.s.layer[0].can); /* the input */
    assert_false(on.s.layer[1].can);
    assert_false(on.s.layer[1].measured);
    assert_true(on.s.layer[2].can);
    suggesting_done(&on);
}

/* f32 is in full precision already; in a dump all of f32 unless the verdict says that dst computed in less. */
static void what_is_full_can_not_be_raised(void **state)
{
    (void)state;
    for (int mixed = 0; mixed < 2; mixed++) {
        struct suggesting on;
        suggesting_init(&on);
        network_op(&on.net, "x", 0, NULL, NULL)->dst.dtype = MM_F32;
        network_op(&on.net, "a", 0.3, "x", NULL)->dst.dtype = MM_F32;
        network_op(&on.net, "b", 0.3, "a", NULL)->dst.dtype = mixed ? MM_F16 : MM_F32;
        suggesting_finish(&on, true);
        assert_false(on.s.layer[1].can);
        assert_int_equal(on.s.layer[2].can, mixed);
        on.verdict[1].kind = MM_VERDICT_FORMAT;
        assert_int_equal(suggest_layers(&on.s), 0);
        assert_int_equal(on.s.layer[1].can, !mixed);
        suggesting_done(&on);
    }
}

/* Class ids, weights, and what computes something different. */
static void what_no_precision_changes(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    network_op(&on.net, "ids", 0.2, "x", NULL)->src.dtype = MM_I64;
    network_op(&on.net, "weight", 0.2, "x", NULL);
    network_op(&on.net, "wrong", 0.4, "x", NULL);
    int8_op(&on, "noisy", 0.09, "x", NULL);
    network_op(&on.net, "right", 0.2, "x", NULL);
    network_op(&on.net, "recomputed", 0.4, "x", NULL);
    int8_op(&on, "recomputed too", 0.4, "x", NULL);
    mm_graph_add_tensor(on.net.builder, "weight", MM_GRAPH_CONSTANT, MM_F32, NULL);
    on.verdict[3] = on.verdict[4] =
        (struct mm_verdict){.kind = MM_VERDICT_IMPLEMENTATION, .confidence = MM_POSSIBLE};
    on.verdict[6] = on.verdict[7] =
        (struct mm_verdict){.kind = MM_VERDICT_IMPLEMENTATION, .confidence = MM_CERTAIN};
    suggesting_finish(&on, true);
    on.net.blame[6].own = on.net.blame[7].own = MM_OWN_WRONG;
    assert_int_equal(suggest_layers(&on.s), 0);
    assert_false(on.s.layer[1].can);
    assert_false(on.s.layer[2].can);
    assert_false(on.s.layer[3].can);
    assert_false(on.s.layer[6].can); /* beyond what formats explain, in floats and in integers */
    assert_false(on.s.layer[7].can);
    assert_true(on.s.layer[4].can); /* weights in int8 may cost that much: 10 times 0.01 */
    assert_true(on.s.layer[5].can);
    suggesting_done(&on);
}

/* More than 10 times what the format explains is raised only where the verdict is that the format costs it. */
static void what_the_format_does_not_explain(void **state)
{
    static const struct {
        struct mm_verdict verdict;
        enum mm_own own;
        double adds; /* beside an int8 whose what-if costs 0.02 */
        bool can;
    } rows[] = {
        {{.kind = MM_VERDICT_IMPLEMENTATION, .confidence = MM_POSSIBLE}, MM_OWN_UNKNOWN, 0.3, false},
        {{.kind = MM_VERDICT_IMPLEMENTATION, .confidence = MM_POSSIBLE}, MM_OWN_UNKNOWN, 0.19, true},
        {{.kind = MM_VERDICT_IMPLEMENTATION, .confidence = MM_CERTAIN, .cause = MM_CAUSE_SCALE},
         MM_OWN_UNKNOWN,
         1,
         false},
        {{.kind = MM_VERDICT_IMPLEMENTATION, .confidence = MM_LIKELY, .cause = MM_CAUSE_AFFINE},
         MM_OWN_WRONG,
         0.19,
         false},
        {{.kind = MM_VERDICT_IMPLEMENTATION, .confidence = MM_LIKELY, .cause = MM_CAUSE_PAIRS},
         MM_OWN_UNKNOWN,
         0.3,
         true}, /* of 8-bit products */
        {{.kind = MM_VERDICT_INHERITED, .confidence = MM_LIKELY}, MM_OWN_UNKNOWN, 0.3, false},
        {{.kind = MM_VERDICT_INHERITED, .confidence = MM_LIKELY}, MM_OWN_RIGHT, 0.3, true},
        {{.kind = MM_VERDICT_SETTINGS, .confidence = MM_CERTAIN, .cause = MM_CAUSE_SATURATION},
         MM_OWN_WRONG,
         0.3,
         true}, /* its range is cut, and floats have none */
        {{.kind = MM_VERDICT_FORMAT, .confidence = MM_LIKELY}, MM_OWN_UNKNOWN, 0.3, true},
        {{.kind = MM_VERDICT_NOISE, .confidence = MM_POSSIBLE}, MM_OWN_UNKNOWN, 0.3, false},
        {{.kind = MM_VERDICT_NOISE, .confidence = MM_LIKELY}, MM_OWN_UNKNOWN, 0.3, true},
        {{.kind = MM_VERDICT_NOISE, .confidence = MM_LIKELY}, MM_OWN_UNKNOWN, 1.1, false},
        {{.kind = MM_VERDICT_NONE}, MM_OWN_UNKNOWN, 0.3, true}, /* nobody has looked */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct suggesting on;
        struct mm_evidence evidence = {
            .floor = {{.setting = {.dtype = MM_I8}, .metrics = {.diff2 = 0.02}}}, .floors = 1, .grid = 0.1};
        suggesting_init(&on);
        network_op(&on.net, "x", 0, NULL, NULL);
        int8_op(&on, "a", rows[i].adds, "x", NULL);
        on.net.subject[1].evidence = &evidence;
        on.verdict[1] = rows[i].verdict;
        suggesting_finish(&on, true);
        on.net.blame[1].own = rows[i].own;
        find(&on, "");
        if ((on.list.count == 1) != rows[i].can || (on.list.unexplained == 2) == rows[i].can)
            fail_msg("row %zu: %zu suggested", i, on.list.count);
        suggesting_done(&on);
    }
}

/* Of the size that rounding the weights has, and not of its pattern: a fault as well. */
static void beside_the_weights(void **state)
{
    (void)state;
    for (int beside = 0; beside < 2; beside++) {
        struct suggesting on;
        suggesting_init(&on);
        network_op(&on.net, "x", 0, NULL, NULL);
        int8_op(&on, "a", 0.3, "x", NULL);
        on.verdict[1] = (struct mm_verdict){.kind = MM_VERDICT_SETTINGS, .confidence = MM_LIKELY};
        suggesting_finish(&on, true);
        on.net.blame[1].beside = beside;
        on.net.blame[1].explained = 0.65;
        find(&on, "");
        assert_int_equal(on.list.count, !beside);
        suggesting_done(&on);
    }
}

/* In floats a scale, and what is cut off where no range ends, is the operator's; in a float dump without integers too. */
static void floats_that_are_cut(void **state)
{
    (void)state;
    for (int certain = 0; certain < 2; certain++) {
        struct suggesting on;
        suggesting_init(&on);
        network_op(&on.net, "x", 0, NULL, NULL);
        network_op(&on.net, "a", 0.25, "x", NULL);
        on.verdict[1] = (struct mm_verdict){.kind = MM_VERDICT_SETTINGS,
                                            .cause = MM_CAUSE_SATURATION,
                                            .confidence = certain ? MM_CERTAIN : MM_LIKELY};
        suggesting_finish(&on, true);
        assert_int_equal(on.s.layer[1].can, certain);
        assert_int_equal(on.s.layer[1].unexplained, !certain);
        suggesting_done(&on);
    }
}

/* Behind a fault that no precision repairs, int8 has only its floor for sure: 2 / 255 / sqrt(12) / 0.5. */
static void behind_a_fault(void **state)
{
    (void)state;
    struct suggesting on;
    suggesting_init(&on);
    network_op(&on.net, "x", 0, NULL, NULL);
    network_op(&on.net, "zeroed", 0.2, "x", NULL);
    int8_op(&on, "conv", 0.25, "zeroed", NULL);
    on.verdict[1] = (struct mm_verdict){.kind = MM_VERDICT_IMPLEMENTATION, .confidence = MM_POSSIBLE};
    suggesting_finish(&on, true);
    assert_near(sqrt(on.s.layer[2].added), 2.0 / 255 / sqrt(12) / 0.5, 1e-9);
    assert_near(on.s.layer[2].gain, 1.5625, 1e-9);
    find(&on, ""); /* 0.2 x 1.25 stays, whatever is raised */
    assert_int_equal(on.list.count, 0);
    assert_near(on.list.after, 0.25, 1e-3);
    suggesting_done(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damped_on_the_way),
        cmocka_unit_test(ways_and_ends),
        cmocka_unit_test(nothing_tells_the_order),
        cmocka_unit_test(inherited_and_enlarged),
        cmocka_unit_test(half_where_it_suffices),
        cmocka_unit_test(what_dst_has_now),
        cmocka_unit_test(readers_of_integers),
        cmocka_unit_test(layers_without_an_operator_in_dst),
        cmocka_unit_test(what_is_full_can_not_be_raised),
        cmocka_unit_test(what_no_precision_changes),
        cmocka_unit_test(what_the_format_does_not_explain),
        cmocka_unit_test(beside_the_weights),
        cmocka_unit_test(floats_that_are_cut),
        cmocka_unit_test(behind_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
