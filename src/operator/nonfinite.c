/* Which operators can't make anything finite of Inf and NaN. */
#include "operator/row.h"

#include <string.h>

#define EVERY (MM_PASSES_POSITIVE | MM_PASSES_NEGATIVE | MM_PASSES_NAN)
#define ANY   (-1) /* of the inputs */

/*
 * By the arithmetic of IEEE 754: Inf + x, Inf - Inf, Inf * x, Inf * 0, Inf^(1/2) are Inf or NaN, x / Inf is 0. What takes a
 * maximum or compares may drop a NaN. Operators that leave positions out (Slice, Gather, pooling with strides), that
 * have a bound (Clip, Sigmoid, Tanh, Min), or whose result depends on other values (Where, Pow, PRelu) are not here.
 */
static const struct {
    const char *type;
    int input; /* that it holds for; ANY */
    unsigned passes;
} rows[] = {
    {"Abs", 0, EVERY},
    {"Add", ANY, EVERY},
    {"AveragePool", 0, EVERY},
    {"BatchNormalization", 0, EVERY},
    {"Concat", ANY, EVERY},
    {"Conv", 0, EVERY},
    {"Div", 0, EVERY},
    {"Elu", 0, MM_PASSES_POSITIVE},
    {"Exp", 0, MM_PASSES_POSITIVE | MM_PASSES_NAN},
    {"Expand", 0, EVERY},
    {"Flatten", 0, EVERY},
    {"Gelu", 0, MM_PASSES_POSITIVE},
    {"Gemm", ANY, EVERY},
    {"GlobalAveragePool", 0, EVERY},
    {"GroupNormalization", 0, EVERY},
    {"Identity", 0, EVERY},
    {"InstanceNormalization", 0, EVERY},
    {"LayerNormalization", 0, EVERY},
    {"LeakyRelu", 0, MM_PASSES_POSITIVE},
    {"Log", 0, EVERY},
    {"LogSoftmax", 0, EVERY},
    {"MatMul", ANY, EVERY},
    {"Max", ANY, MM_PASSES_POSITIVE},
    {"MaxPool", 0, MM_PASSES_POSITIVE},
    {"Mean", ANY, EVERY},
    {"Mul", ANY, EVERY},
    {"Neg", 0, EVERY},
    {"RMSNormalization", 0, EVERY},
    {"ReduceL1", 0, EVERY},
    {"ReduceL2", 0, EVERY},
    {"ReduceMax", 0, MM_PASSES_POSITIVE},
    {"ReduceMean", 0, EVERY},
    {"ReduceSum", 0, EVERY},
    {"ReduceSumSquare", 0, EVERY},
    {"Relu", 0, MM_PASSES_POSITIVE},
    {"Reshape", 0, EVERY},
    {"Selu", 0, MM_PASSES_POSITIVE},
    {"Softmax", 0, MM_PASSES_POSITIVE | MM_PASSES_NAN},
    {"Softplus", 0, MM_PASSES_POSITIVE},
    {"Sqrt", 0, EVERY},
    {"Squeeze", 0, EVERY},
    {"Sub", ANY, EVERY},
    {"Sum", ANY, EVERY},
    {"Tile", 0, EVERY},
    {"Transpose", 0, EVERY},
    {"Unsqueeze", 0, EVERY},
};

static bool all_ones(const struct mm_graph_node *node, const char *name)
{
    const struct mm_graph_attribute *attribute = mm_graph_attribute(node, name);
    for (int i = 0; attribute && i < attribute->int_count; i++) {
        if (attribute->ints[i] != 1)
            return false;
    }
    return true;
}

unsigned mm_operator_passes(const struct mm_graph_node *node, int input)
{
    if (!mm_operator_find(node->domain, node->op_type) || !all_ones(node, "strides") ||
        !all_ones(node, "dilations"))
        return 0;
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        if (strcmp(rows[i].type, node->op_type) == 0 && (rows[i].input == ANY || rows[i].input == input))
            return rows[i].passes;
    }
    return 0;
}
