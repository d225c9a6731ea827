/* Multiply-accumulates, from shapes. */
#include "graph/graph.h"

#include <string.h>

enum kind { CONV, CONV_TRANSPOSE, MATMUL };

/* Which inputs are the two that are multiplied. */
static const struct op {
    const char *type;
    enum kind kind;
    int a, b;
} ops[] = {
    {"Conv", CONV, 0, 1},
    {"FusedConv", CONV, 0, 1},
    {"ConvInteger", CONV, 0, 1},
    {"QLinearConv", CONV, 0, 3},
    {"ConvTranspose", CONV_TRANSPOSE, 0, 1},
    {"Gemm", MATMUL, 0, 1},
    {"FusedGemm", MATMUL, 0, 1},
    {"QGemm", MATMUL, 0, 3},
    {"MatMul", MATMUL, 0, 1},
    {"FusedMatMul", MATMUL, 0, 1},
    {"MatMulInteger", MATMUL, 0, 1},
    {"QLinearMatMul", MATMUL, 0, 3},
};

/* The shapes of one node; rank -1 is not known. */
struct sizes {
    const struct mm_graph_node *node;
    struct mm_shape a, b, out;
};

static struct mm_shape shape_of(const struct mm_graph *graph, int tensor, mm_graph_shape shape, void *context)
{
    const struct mm_shape *known = tensor >= 0 && shape ? shape(context, tensor) : NULL;
    if (!known && tensor >= 0)
        known = &graph->tensors[tensor].shape;
    return known ? *known : (struct mm_shape){.rank = -1};
}

/* Elements, or -1. */
static int64_t count_of(const struct mm_shape *shape)
{
    return shape->rank < 0 ? -1 : mm_shape_count(shape);
}

/* The product, -1 when a factor is (or it is too large). */
static int64_t times(int64_t a, int64_t b)
{
    int64_t product;
    return a >= 0 && b >= 0 && mm_mul_i64(a, b, &product) ? product : -1;
}

/* Elements of a weight [M, C / group, kernel ...] without its first axis: what one output element takes. */
static int64_t window(const struct mm_shape *weight)
{
    struct mm_shape rest = {.rank = weight->rank - 1};
    if (weight->rank < 3)
        return -1;
    memcpy(rest.dim, weight->dim + 1, (size_t)rest.rank * sizeof *rest.dim);
    return mm_shape_count(&rest);
}

/* The same from the input and the attributes, for a weight without a shape. */
static int64_t window_told(const struct sizes *s)
{
    const struct mm_graph_attribute *kernel = mm_graph_attribute(s->node, "kernel_shape");
    int64_t group = mm_graph_int(s->node, "group", 1);
    if (!kernel || s->a.rank < 3 || kernel->int_count != s->a.rank - 2 || group < 1 ||
        s->a.dim[1] % group != 0)
        return -1;
    int64_t product = s->a.dim[1] / group;
    for (int i = 0; i < kernel->int_count; i++)
        product = times(product, kernel->ints[i]);
    return product;
}

static int64_t of_conv(const struct sizes *s)
{
    return times(count_of(&s->out), s->b.rank >= 0 ? window(&s->b) : window_told(s));
}

/* Each element of the input meets the whole of its channel's kernel, [C, M / group, kernel ...]. */
static int64_t of_conv_transpose(const struct sizes *s)
{
    return times(count_of(&s->a), window(&s->b));
}

/* The axis of a matrix `back` from the end (1: columns, 2: rows); a vector is a single row or column. */
static int64_t side(const struct mm_shape *shape, int back)
{
    if (shape->rank < 1)
        return -1;
    return shape->dim[shape->rank == 1 ? 0 : shape->rank - back];
}

/* [.., M, K] x [.., K, N]: output elements x K; or elements of the first x N if the second is one matrix. */
static int64_t of_matmul(const struct sizes *s)
{
    int a_sum = mm_graph_int(s->node, "transA", 0) ? 2 : 1;
    int b_sum = mm_graph_int(s->node, "transB", 0) ? 1 : 2;
    int64_t by_a = side(&s->a, a_sum), by_b = side(&s->b, b_sum);
    if (by_a >= 0 && by_b >= 0 && by_a != by_b)
        return -1;
    if (count_of(&s->out) >= 0)
        return times(count_of(&s->out), by_a >= 0 ? by_a : by_b);
    return s->b.rank == 2 ? times(count_of(&s->a), side(&s->b, 3 - b_sum)) : -1;
}

static const struct op *find_op(const struct mm_graph_node *node)
{
    if (*node->domain && strcmp(node->domain, "com.microsoft") != 0)
        return NULL;
    for (size_t i = 0; i < MM_COUNT(ops); i++) {
        if (strcmp(ops[i].type, node->op_type) == 0)
            return &ops[i];
    }
    return NULL;
}

int64_t mm_graph_macs(const struct mm_graph *graph, int node, mm_graph_shape shape, void *context)
{
    static int64_t (*const of[])(const struct sizes *) = {
        [CONV] = of_conv, [CONV_TRANSPOSE] = of_conv_transpose, [MATMUL] = of_matmul};
    const struct mm_graph_node *n = &graph->nodes[node];
    const struct op *op = find_op(n);
    if (!op || n->input_count <= op->a || n->output_count < 1)
        return -1;
    int weight = n->input_count > op->b ? n->inputs[op->b] : -1;
    struct sizes s = {.node = n,
                      .a = shape_of(graph, n->inputs[op->a], shape, context),
                      .b = shape_of(graph, weight, shape, context),
                      .out = shape_of(graph, n->outputs[0], shape, context)};
    return of[op->kind](&s);
}
