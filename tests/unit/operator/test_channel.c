#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mmtui/operator.h"

#define SHAPE(...)                                                                                           \
    (const struct mm_shape)                                                                                  \
    {                                                                                                        \
        .rank = sizeof(int64_t[]){__VA_ARGS__} / sizeof(int64_t), .dim = { __VA_ARGS__ }                     \
    }

static void add(struct mm_graph_builder *b, const char *type, const char *x, const char *w, const char *y)
{
    mm_graph_add_node(b, y, type, (const char *[]){x, w ? w : ""}, w ? 2 : 1, &y, 1);
}

static void weight(struct mm_graph_builder *b, const char *name, struct mm_shape shape)
{
    mm_graph_add_tensor(b, name, MM_GRAPH_CONSTANT, MM_F32, &shape);
}

/* x -> conv (8 channels) -> relu -> transpose -> matmul (to 5) -> softmax; conv also -> concat; q x k without weights */
static struct mm_graph *network(void)
{
    struct mm_graph *graph;
    struct mm_graph_builder *b = mm_graph_new();
    mm_graph_add_tensor(b, "x", MM_GRAPH_INPUT, MM_F32, NULL);
    weight(b, "w", SHAPE(8, 3, 3, 3));
    weight(b, "m", SHAPE(8, 5));
    weight(b, "m2", SHAPE(5, 8));
    add(b, "Conv", "x", "w", "conv");
    add(b, "Relu", "conv", NULL, "relu");
    add(b, "Transpose", "relu", NULL, "turned");
    add(b, "MatMul", "turned", "m", "features");
    add(b, "Softmax", "features", NULL, "soft");
    add(b, "Concat", "conv", "relu", "both");
    add(b, "MatMul", "features", "soft", "scores");
    add(b, "Gemm", "flat", "m2", "out");
    mm_graph_add_int(b, "transB", 1);
    assert_int_equal(mm_graph_finish(b, &graph, "test", NULL), 0);
    return graph;
}

static int axis(const struct mm_graph *graph, const char *name, struct mm_shape shape)
{
    return mm_operator_channels(graph, mm_graph_tensor(graph, name), &shape);
}

static void by_what_makes_it(void **state)
{
    (void)state;
    struct mm_graph *graph = network();
    assert_int_equal(axis(graph, "conv", SHAPE(1, 8, 4, 4)), 1);
    assert_int_equal(axis(graph, "relu", SHAPE(1, 8, 4, 4)), 1); /* whatever looks like colours */
    assert_int_equal(axis(graph, "features", SHAPE(1, 6, 6, 5)), 3);
    assert_int_equal(axis(graph, "soft", SHAPE(1, 6, 6, 5)), 3);
    assert_int_equal(axis(graph, "both", SHAPE(1, 16, 4, 4)), 1); /* twice as many as the weights say */
    assert_int_equal(axis(graph, "out", SHAPE(4, 5)), 1);
    mm_graph_close(graph);
}

/* The dump has them last, and then the length of the axis tells; or two axes have it, or none. */
static void by_length(void **state)
{
    (void)state;
    struct mm_graph *graph = network();
    assert_int_equal(axis(graph, "conv", SHAPE(1, 4, 4, 8)), 3);
    assert_int_equal(axis(graph, "conv", SHAPE(1, 4, 8, 8)), -1);
    assert_int_equal(axis(graph, "conv", SHAPE(1, 4, 4, 7)), -1);
    mm_graph_close(graph);
}

static void by_what_reads_it(void **state)
{
    (void)state;
    struct mm_graph *graph = network();
    assert_int_equal(axis(graph, "x", SHAPE(1, 3, 9, 4)), 1);
    assert_int_equal(axis(graph, "x", SHAPE(1, 9, 4, 3)), 3);
    assert_int_equal(axis(graph, "turned", SHAPE(1, 4, 4, 8)), 3);
    assert_int_equal(axis(graph, "flat", SHAPE(4, 8)), 1); /* transB: weights are [out, in] */
    mm_graph_close(graph);
}

static void nothing_tells(void **state)
{
    (void)state;
    struct mm_graph *graph = network();
    assert_int_equal(axis(graph, "scores", SHAPE(1, 6, 6)), -1); /* of a product of results */
    assert_int_equal(axis(graph, "out", SHAPE(5)), -1);
    assert_int_equal(axis(graph, "no such", SHAPE(1, 2, 3)), -1);
    mm_graph_close(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_what_makes_it),
        cmocka_unit_test(by_length),
        cmocka_unit_test(by_what_reads_it),
        cmocka_unit_test(nothing_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
