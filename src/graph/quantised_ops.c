/* Operators on integers, of ONNX and of ONNX Runtime's domain com.microsoft: contrib_ops/ of its documentation. */
#include "graph/quantised_ops.h"

#include <string.h>

/*                             scale weights its scale, zero; the result is integers */
static const struct quantised_op rows[] = {
    {"QLinearConv", 6, 3, 4, 5, true},
    {"QLinearConvTranspose", 6, 3, 4, 5, true},
    {"QLinearMatMul", 6, 3, 4, 5, true},
    {"QGemm", 7, 3, 4, 5, true},
    {"QLinearAdd", 6, -1, -1, -1, true},
    {"QLinearMul", 6, -1, -1, -1, true},
    {"QLinearLeakyRelu", 3, -1, -1, -1, true},
    {"QLinearSigmoid", 3, -1, -1, -1, true},
    {"QLinearSoftmax", 3, -1, -1, -1, true},
    {"QLinearAveragePool", 3, -1, -1, -1, true},
    {"QLinearGlobalAveragePool", 3, -1, -1, -1, true},
    {"QLinearReduceMean", 3, -1, -1, -1, true},
    {"QLinearConcat", 0, -1, -1, -1, true},
    {"QLinearWhere", 7, -1, -1, -1, true},
    {"ConvInteger", -1, 1, -1, 3, false},
    {"MatMulInteger", -1, 1, -1, 3, false},
    {"MatMulIntegerToFloat", -1, 1, 3, 5, false},
    {"DynamicQuantizeMatMul", -1, 1, 2, 3, false},
    {"MatMulNBits", -1, 1, -1, -1, false},
    {"QAttention", -1, 1, 4, 7, false},
    {"DynamicQuantizeLSTM", -1, 1, 8, 9, false},
};

const struct quantised_op *quantised_op_find(const struct mm_graph_node *node)
{
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        if (strcmp(rows[i].op_type, node->op_type) == 0)
            return &rows[i];
    }
    return NULL;
}

bool quantised_op_moves(const struct mm_graph_node *node)
{
    static const char *const types[] = {"MaxPool",      "Reshape", "Flatten", "Transpose", "Squeeze",
                                        "Unsqueeze",    "Slice",   "Gather",  "Identity",  "DepthToSpace",
                                        "SpaceToDepth", "Expand",  "Split",   "GatherND",  "Tile",
                                        "Resize",       "Upsample"};
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        if (strcmp(types[i], node->op_type) == 0)
            return true;
    }
    return false;
}

int quantised_op_weights(const struct mm_graph_node *node)
{
    static const char *const types[] = {"Conv",      "ConvTranspose", "Gemm",       "MatMul",
                                        "FusedConv", "FusedGemm",     "FusedMatMul"};
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        if (strcmp(types[i], node->op_type) == 0)
            return node->input_count > 1 && node->inputs[1] >= 0 ? 1 : -1;
    }
    return -1;
}
