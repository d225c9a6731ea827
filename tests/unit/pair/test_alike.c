#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "names.h"

/* src, dst or "" */
struct want {
    const char *src, *dst, *how;
};

static void check(const char *const *src, const char *const *dst, const struct want *want, size_t both)
{
    struct names_pairs pairs;
    names_pair(&pairs, src, dst, NULL);
    for (; want->src; want++) {
        assert_string_equal(names_partner(&pairs, want->src), want->dst);
        if (want->how)
            assert_string_equal(names_how(&pairs, want->src), want->how);
    }
    assert_int_equal(pairs.pairs->both, both);
    names_done(&pairs);
}

/* The same tensors as ONNX Runtime, TensorFlow and MagicMind name them. */
static void separators_and_endings(void **state)
{
    (void)state;
    const char *const src[] = {
        "/conv1/Conv_output_0", "layer1.0.relu", "a:b+c", "x y", "Split:1", "pool.forward.output.0", NULL};
    const char *const dst[] = {"conv1_Conv", "layer1_0_relu", "a_b_c", "x_y", "split_output_1", "pool", NULL};
    const struct want want[] = {
        {"/conv1/Conv_output_0", "conv1_Conv", "same name but for separators and the number of the output"},
        {"layer1.0.relu", "layer1_0_relu", "same name but for separators"},
        {"a:b+c", "a_b_c", "same name, with _ for what a file name can't have"},
        {"x y", "x_y", NULL},
        {"Split:1", "split_output_1", "same name but for case and separators"},
        {"pool.forward.output.0", "pool", NULL},
        {NULL, NULL, NULL}};
    check(src, dst, want, 6);
}

/* Several look like one: none is paired, and the row says why; what pairs exactly does so still. */
static void ambiguous_names_stay_alone(void **state)
{
    (void)state;
    const char *const src[] = {"x.1", "x_1", "Conv", "conv", "y/2", NULL};
    const char *const dst[] = {"x_1", "x:1", "CONV", "conv", "y_2", "y.2", NULL};
    const struct want want[] = {{"x_1", "x_1", "same name"},
                                {"x.1", "",
                                 "only in src; not paired: could be \"x:1\" or \"x_1\" (paired) of dst, and "
                                 "so could \"x_1\" (paired) of src"},
                                {"conv", "conv", NULL},
                                {"Conv", "", NULL},
                                {"y/2", "", "only in src; not paired: could be \"y.2\" or \"y_2\" of dst"},
                                {NULL, NULL, NULL}};
    check(src, dst, want, 2);
}

/* Two of src look like the one of dst. */
static void one_for_two(void **state)
{
    (void)state;
    const char *const src[] = {"a.b", "a:b", "same", NULL}, *const dst[] = {"a_b", "same", NULL};
    const struct want want[] = {{"a.b", "", NULL}, {"a:b", "", NULL}, {NULL, NULL, NULL}};
    check(src, dst, want, 1);
    const char *const kept[] = {"a_b", "same", "a.b",
                                NULL}; /* "." stays in file names: so "_" is the other */
    const struct want both[] = {{"a.b", "a.b", NULL}, {"a:b", "a_b", NULL}, {NULL, NULL, NULL}};
    check(src, kept, both, 3);
    const char *const slash[] = {"a/b", "a:b", "same", NULL};
    const struct want none[] = {
        {"a/b", "", "only in src; not paired: could be \"a_b\" of dst, and so could \"a:b\" of src"},
        {"a:b", "", NULL},
        {NULL, NULL, NULL}};
    check(slash, dst, none, 1);
}

static void numbers_are_not_prefixes(void **state)
{
    (void)state;
    const char *const src[] = {"conv1", "fc.1", "bn_1_0", NULL}, *const dst[] = {"conv10", "fc_10", "bn_10",
                                                                                 NULL};
    const struct want want[] = {
        {"conv1", "", NULL}, {"fc.1", "", NULL}, {"bn_1_0", "", NULL}, {NULL, NULL, NULL}};
    check(src, dst, want, 0);
}

/* Output 1 of "split" is not the tensor "split_1", though it is written so. */
static void outputs_are_not_names(void **state)
{
    (void)state;
    const char *const src[] = {"split", "split_1", "split_output_1", NULL};
    const char *const dst[] = {"split:0", "split:1", "split_1:0", NULL};
    const struct want want[] = {{"split", "split:0", NULL},
                                {"split_1", "split_1:0", NULL},
                                {"split_output_1", "split:1", NULL},
                                {NULL, NULL, NULL}};
    check(src, dst, want, 3);
    const char *const two[] = {"split", "split_1", NULL};
    const struct want fewer[] = {
        {"split", "split:0", NULL}, {"split_1", "split_1:0", NULL}, {NULL, NULL, NULL}};
    check(two, dst, fewer, 2);
}

static void beginnings(void **state)
{
    (void)state;
    const char *const src[] = {"input", "conv1", "relu1", "conv2", "fc", NULL};
    const char *const dst[] = {"input", "main/conv1:0", "main/relu1:0", "main/conv2:0", "main/fc:0", NULL};
    const struct want want[] = {{"input", "input", NULL},
                                {"conv1", "main/conv1:0", "same name but for a prefix"},
                                {"fc", "main/fc:0", NULL},
                                {NULL, NULL, NULL}};
    check(src, dst, want, 5);
    const char *const module[] = {"model.a.b", "model.a.c", "model.d", NULL};
    const char *const graph[] = {"graph/a/b", "graph/a/c", "graph/d", NULL};
    const struct want both[] = {
        {"model.a.b", "graph/a/b", NULL}, {"model.d", "graph/d", NULL}, {NULL, NULL, NULL}};
    check(module, graph, both, 3);
}

/* What only a block of a side begins with is no beginning of the side. */
static void blocks_are_no_beginnings(void **state)
{
    (void)state;
    const char *const src[] = {"conv", "relu", "block1/conv", "block1/relu", NULL};
    const char *const dst[] = {"block1/conv", "block1/relu", "block2/conv", "block2/relu", NULL};
    const struct want want[] = {
        {"conv", "", NULL}, {"relu", "", NULL}, {"block1/conv", "block1/conv", NULL}, {NULL, NULL, NULL}};
    check(src, dst, want, 2);
}

static void occurrences(void **state)
{
    (void)state;
    const char *const src[] = {"a/b", "c", "a/b", NULL}, *const dst[] = {"a_b", "a_b", "c", NULL};
    struct names_pairs pairs;
    names_pair(&pairs, src, dst, NULL);
    assert_int_equal(pairs.pairs->both, 3);
    const struct mm_pair *second = &pairs.pairs->pair[2];
    assert_ptr_equal(second->src, &pairs.side[0].entry[2]);
    assert_ptr_equal(second->dst, &pairs.side[1].entry[1]);
    assert_int_equal(second->occurrence, 2);
    names_done(&pairs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(separators_and_endings),
        cmocka_unit_test(ambiguous_names_stay_alone),
        cmocka_unit_test(one_for_two),
        cmocka_unit_test(numbers_are_not_prefixes),
        cmocka_unit_test(outputs_are_not_names),
        cmocka_unit_test(beginnings),
        cmocka_unit_test(blocks_are_no_beginnings),
        cmocka_unit_test(occurrences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
