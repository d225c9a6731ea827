#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "mmtui/graph.h"
#include "unit/graph/graph_testing.h"

#define UNKNOWN                                                                                              \
    {                                                                                                        \
        .rank = -1                                                                                           \
    }
#define SHAPE1(a)                                                                                            \
    {                                                                                                        \
        .rank = 1, .dim = { a }                                                                              \
    }
#define SHAPE2(a, b)                                                                                         \
    {                                                                                                        \
        .rank = 2, .dim = { a, b }                                                                           \
    }
#define SHAPE3(a, b, c)                                                                                      \
    {                                                                                                        \
        .rank = 3, .dim = { a, b, c }                                                                        \
    }
#define SHAPE4(a, b, c, d)                                                                                   \
    {                                                                                                        \
        .rank = 4, .dim = { a, b, c, d }                                                                     \
    }

/* One node "op" of a, b (at the places where the operator has them) and out. */
struct one {
    const char *op, *line;
    struct mm_shape a, b, out;
    int64_t macs;
};

static struct mm_graph *graph_of_one(const struct one *one, bool told)
{
    struct mm_graph_builder *b = mm_graph_new();
    struct mm_graph *graph;
    struct mm_err err;
    const int64_t kernel[] = {3, 3};
    add_line(b, one->line);
    if (strcmp(one->op, "grouped") == 0) {
        mm_graph_add_ints(b, "kernel_shape", kernel, 2);
        mm_graph_add_int(b, "group", 4);
    }
    mm_graph_add_int(b, "transA", strstr(one->op, "transA") != NULL);
    mm_graph_add_int(b, "transB", strstr(one->op, "transB") != NULL);
    if (strstr(one->op, "microsoft"))
        mm_graph_add_domain(b, "com.microsoft");
    if (strcmp(one->op, "foreign") == 0)
        mm_graph_add_domain(b, "com.example");
    if (told) {
        mm_graph_add_tensor(b, "a", 0, MM_F32, &one->a);
        mm_graph_add_tensor(b, "b", 0, MM_F32, &one->b);
        mm_graph_add_tensor(b, "y", 0, MM_F32, &one->out);
    }
    assert_int_equal(mm_graph_finish(b, &graph, "g", &err), 0);
    return graph;
}

struct caller {
    const struct mm_graph *graph;
    const struct one *one;
};

static const struct mm_shape *shape_by_caller(void *context, int tensor)
{
    const struct caller *caller = context;
    const char *name = caller->graph->tensors[tensor].name;
    switch (*name) {
    case 'a': return &caller->one->a;
    case 'b': return &caller->one->b;
    case 'y': return &caller->one->out;
    default: return NULL;
    }
}

static const struct one ones[] = {
    /* 1x8x24x96 outputs, each of 3 channels times 3x3 */
    {"", "n|Conv|a,b,bias|y", SHAPE4(1, 3, 48, 192), SHAPE4(8, 3, 3, 3), SHAPE4(1, 8, 24, 96), 18432 * 27},
    /* depthwise: one channel each */
    {"", "n|Conv|a,b|y", SHAPE4(2, 16, 10, 10), SHAPE4(16, 1, 5, 5), SHAPE4(2, 16, 10, 10), 3200 * 25},
    {"", "n|Conv|a,b|y", SHAPE3(1, 4, 100), SHAPE3(6, 4, 3), SHAPE3(1, 6, 98), 6 * 98 * 12},
    {"grouped", "n|Conv|a,b|y", SHAPE4(1, 8, 5, 5), UNKNOWN, SHAPE4(1, 4, 3, 3), 36 * 2 * 9},
    {"grouped", "n|Conv|a|y", SHAPE4(1, 8, 5, 5), UNKNOWN, SHAPE4(1, 4, 3, 3), 36 * 2 * 9},
    {"grouped", "n|Conv|a|y", SHAPE4(1, 9, 5, 5), UNKNOWN, SHAPE4(1, 4, 3, 3), -1},
    {"grouped", "n|Conv|a|y", SHAPE3(1, 8, 5), UNKNOWN, SHAPE3(1, 4, 3), -1},
    {"", "n|Conv|a,b|y", SHAPE4(1, 8, 5, 5), UNKNOWN, SHAPE4(1, 4, 3, 3), -1},
    {"", "n|Conv|a,b|y", UNKNOWN, SHAPE4(8, 3, 3, 3), SHAPE4(1, 8, 24, 96), 18432 * 27},
    {"", "n|Conv|a,b|y", SHAPE4(1, 3, 48, 192), SHAPE4(8, 3, 3, 3), UNKNOWN, -1},
    {"", "n|Conv|a,b|y", SHAPE4(-1, 3, 48, 192), SHAPE4(8, 3, 3, 3), SHAPE4(-1, 8, 24, 96), -1},
    {"", "n|Conv|a,b|y", UNKNOWN, SHAPE2(8, 3), SHAPE4(1, 8, 24, 96), -1},
    {"", "n|Conv|a,b|y", UNKNOWN, SHAPE4(8, 3, 3, 3), SHAPE4(0, 8, 24, 96), 0},
    {"", "n|QLinearConv|a,as,az,b,bs,bz,ys,yz|y", UNKNOWN, SHAPE4(8, 3, 1, 1), SHAPE4(1, 8, 2, 2), 32 * 3},
    {"", "n|ConvInteger|a,b,az|y", UNKNOWN, SHAPE4(8, 3, 1, 1), SHAPE4(1, 8, 2, 2), 32 * 3},
    {"microsoft", "n|FusedConv|a,b|y", UNKNOWN, SHAPE4(8, 3, 1, 1), SHAPE4(1, 8, 2, 2), 32 * 3},
    {"foreign", "n|Conv|a,b|y", UNKNOWN, SHAPE4(8, 3, 1, 1), SHAPE4(1, 8, 2, 2), -1},
    /* 1x4x6x6 inputs, each spread over 2 channels of 2x2 */
    {"", "n|ConvTranspose|a,b|y", SHAPE4(1, 4, 6, 6), SHAPE4(4, 2, 2, 2), UNKNOWN, 144 * 8},
    /* [5, 7] x [7, 3] */
    {"", "n|Gemm|a,b,c|y", SHAPE2(5, 7), SHAPE2(7, 3), SHAPE2(5, 3), 105},
    {"transA", "n|Gemm|a,b,c|y", SHAPE2(7, 5), SHAPE2(7, 3), SHAPE2(5, 3), 105},
    {"transB", "n|Gemm|a,b,c|y", SHAPE2(5, 7), SHAPE2(3, 7), SHAPE2(5, 3), 105},
    {"transA transB", "n|Gemm|a,b,c|y", SHAPE2(7, 5), SHAPE2(3, 7), UNKNOWN, 105},
    {"", "n|Gemm|a,b,c|y", SHAPE2(5, 7), SHAPE2(8, 3), SHAPE2(5, 3), -1}, /* 7 is not 8 */
    {"", "n|Gemm|a,b,c|y", SHAPE2(5, 7), UNKNOWN, SHAPE2(5, 3), 105},
    {"", "n|Gemm|a,b,c|y", UNKNOWN, SHAPE2(7, 3), SHAPE2(5, 3), 105},
    {"", "n|Gemm|a,b,c|y", UNKNOWN, UNKNOWN, SHAPE2(5, 3), -1},
    {"", "n|Gemm|a,b,c|y", SHAPE2(5, 7), SHAPE2(7, 3), UNKNOWN, 105},
    {"", "n|Gemm|a,b,c|y", SHAPE2(5, 7), UNKNOWN, UNKNOWN, -1},
    /* attention: 8 heads of [20, 64] x [64, 20] */
    {"", "n|MatMul|a,b|y", SHAPE4(1, 8, 20, 64), SHAPE4(1, 8, 64, 20), SHAPE4(1, 8, 20, 20), 3200 * 64},
    {"", "n|MatMul|a,b|y", SHAPE3(2, 20, 64), SHAPE2(64, 10), UNKNOWN, 2 * 20 * 64 * 10},
    {"", "n|MatMul|a,b|y", SHAPE4(1, 8, 20, 64), SHAPE4(1, 8, 64, 20), UNKNOWN, -1},
    {"", "n|MatMul|a,b|y", SHAPE1(64), SHAPE1(64), {.rank = 0}, 64},
    {"", "n|MatMul|a,b|y", SHAPE1(64), SHAPE2(64, 3), SHAPE1(3), 192},
    {"", "n|MatMul|a,b|y", {.rank = 0}, {.rank = 0}, {.rank = 0}, -1},
    {"", "n|MatMulInteger|a,b,az,bz|y", SHAPE2(5, 7), SHAPE2(7, 3), SHAPE2(5, 3), 105},
    {"", "n|QLinearMatMul|a,as,az,b,bs,bz,ys,yz|y", SHAPE2(5, 7), SHAPE2(7, 3), SHAPE2(5, 3), 105},
    {"microsoft transB", "n|QGemm|a,as,az,b,bs,bz|y", SHAPE2(5, 7), SHAPE2(3, 7), SHAPE2(5, 3), 105},
    {"microsoft transA", "n|FusedMatMul|a,b|y", SHAPE3(2, 7, 5), SHAPE2(7, 3), SHAPE3(2, 5, 3), 210},
    /* more than an int64_t */
    {"", "n|MatMul|a,b|y", SHAPE2(1ll << 31, 1ll << 31), SHAPE2(1ll << 31, 1), SHAPE2(1ll << 31, 1),
     1ll << 62},
    {"", "n|MatMul|a,b|y", SHAPE2(1ll << 31, 1ll << 32), SHAPE2(1ll << 32, 1), SHAPE2(1ll << 31, 1), -1},
    /* operators without, or not as they should be */
    {"", "n|Relu|a|y", SHAPE2(5, 7), UNKNOWN, SHAPE2(5, 7), -1},
    {"", "n|conv|a,b|y", SHAPE4(1, 3, 48, 192), SHAPE4(8, 3, 3, 3), SHAPE4(1, 8, 24, 96), -1},
    {"", "n|Conv|a,b|", SHAPE4(1, 3, 48, 192), SHAPE4(8, 3, 3, 3), UNKNOWN, -1},
    {"", "n|Conv||y", UNKNOWN, UNKNOWN, SHAPE4(1, 8, 24, 96), -1},
    {"", "n|Conv|,,|y", UNKNOWN, UNKNOWN, SHAPE4(1, 8, 24, 96), -1},
};

/* The shapes of the model, and the same by the caller. */
static void by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < MM_COUNT(ones); i++) {
        struct mm_graph *graph = graph_of_one(&ones[i], true);
        int64_t macs = mm_graph_macs(graph, 0, NULL, NULL);
        if (macs != ones[i].macs)
            fail_msg("row %zu %s: %lld, not %lld", i, ones[i].line, (long long)macs, (long long)ones[i].macs);
        mm_graph_close(graph);
        graph = graph_of_one(&ones[i], false);
        struct caller caller = {graph, &ones[i]};
        assert_int_equal(mm_graph_macs(graph, 0, shape_by_caller, &caller), ones[i].macs);
        mm_graph_close(graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
