#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/triage.h"
#include "unit/triage/network.h"

static void by_header(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_layer(&net, "constant", 0);
    network_layer(&net, "image", 0)->src.op_type = (char *)"prim::Param";
    network_layer(&net, "mask", 0)->dst.op_type = (char *)"mm.Input";
    network_layer(&net, "conv", 0)->dst.op_type = (char *)"mm.input_like"; /* not an input's name */
    network_layer(&net, "boxes", 0)->src.is_output = true;
    network_layer(&net, "rest", 0);
    network_finish(&net, false);
    const unsigned char expected[] = {0, MM_ROLE_INPUT, MM_ROLE_INPUT, 0, MM_ROLE_OUTPUT, 0};
    assert_memory_equal(net.flow->role, expected, sizeof expected);
    network_done(&net);
}

/* A weight that an old model lists among its inputs is none. */
static void weights_are_no_inputs(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    mm_graph_add_tensor(net.builder, "w", MM_GRAPH_INPUT | MM_GRAPH_CONSTANT, MM_F32, NULL);
    network_layer(&net, "w", 0);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "y", 0, "x", "w");
    network_finish(&net, true);
    assert_int_equal(net.flow->role[0], 0);
    assert_int_equal(net.flow->role[1], MM_ROLE_INPUT);
    network_done(&net);
}

static void quantised(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    network_op(&net, "x", 0, NULL, NULL);
    network_op(&net, "conv", 0, "x", NULL);
    network_op(&net, "relu", 0, "conv", NULL)->dst.dtype = MM_I8;
    network_op(&net, "ids", 0, "relu", NULL)->dst.dtype = MM_I8; /* integers on both sides are data */
    net.result[3].src.dtype = MM_I8;
    static const char *const beside[] = {"x_quantized", "conv_int8", "conv_scale", "y_quantized"};
    for (size_t i = 0; i < MM_COUNT(beside); i++) {
        struct mm_result *result = network_layer(&net, beside[i], 0);
        net.pair[net.count - 1].src = NULL;
        result->state = MM_STATE_SINGLE;
        result->src.known = false;
        result->dst.dtype = i == 2 ? MM_F32 : MM_U8;
    }
    network_finish(&net, true);
    const unsigned char expected[] = {MM_QUANTISED_RESULT | MM_QUANTISED_UNSIGNED,
                                      MM_QUANTISED_RESULT | MM_QUANTISED_UNSIGNED | MM_QUANTISED_INPUT,
                                      MM_QUANTISED_RESULT | MM_QUANTISED_INPUT, MM_QUANTISED_INPUT};
    assert_memory_equal(net.flow->quantised, expected, sizeof expected);
    network_done(&net);
}

/* By the quantised model's scales: [-128, 127] about zero point -128 holds one sign alone; about 0 and 1 it holds both. */
static void zero_points(void **state)
{
    (void)state;
    struct network net;
    network_init(&net);
    static const char *const names[] = {"a", "b", "c", "d"};
    static const double scale = 0.5, zero[] = {-128, 1, 0, 128};
    struct mm_quantised_tensor facts[4];
    for (size_t i = 0; i < 4; i++) {
        network_op(&net, names[i], 0, i ? names[i - 1] : NULL, NULL);
        facts[i] = (struct mm_quantised_tensor){
            .scales = {.count = 1, .scale = &scale, .zero_point = &zero[i], .dtype = i < 3 ? MM_I8 : MM_U8},
            .parts = MM_PART_RESULT};
        net.subject[i].facts = &facts[i];
    }
    facts[2].scales.zero_point = NULL;
    network_finish(&net, true);
    const unsigned char expected[] = {MM_QUANTISED_RESULT | MM_QUANTISED_UNSIGNED,
                                      MM_QUANTISED_RESULT | MM_QUANTISED_INPUT,
                                      MM_QUANTISED_RESULT | MM_QUANTISED_INPUT,
                                      MM_QUANTISED_RESULT | MM_QUANTISED_INPUT | MM_QUANTISED_UNSIGNED};
    assert_memory_equal(net.flow->quantised, expected, sizeof expected);
    network_done(&net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_header), cmocka_unit_test(weights_are_no_inputs),
                                       cmocka_unit_test(quantised), cmocka_unit_test(zero_points)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
