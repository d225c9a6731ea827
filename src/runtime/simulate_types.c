/* Which type each tensor of a model has, and which operators only hand values on. */
#include "runtime/simulate.h"

#include "format/tensor_proto.h"

#include <string.h>

/* What an operator makes. */
enum kind {
    AS_INPUT, /* the type of input number `of` */
    FIXED,    /* the dtype `of` */
    BY_TO,    /* that of its attribute `to` or `dtype`; float32 without */
    UNKNOWN
};

static const struct type_row {
    const char *op_type;
    enum kind kind;
    int of;
    enum mm_dtype second; /* of its second output, where that has another one */
} rows[] = {
    {"Shape", FIXED, MM_I64, MM_DTYPE_NONE},
    {"Size", FIXED, MM_I64, MM_DTYPE_NONE},
    {"ArgMax", FIXED, MM_I64, MM_DTYPE_NONE},
    {"ArgMin", FIXED, MM_I64, MM_DTYPE_NONE},
    {"NonZero", FIXED, MM_I64, MM_DTYPE_NONE},
    {"NonMaxSuppression", FIXED, MM_I64, MM_DTYPE_NONE},
    {"Equal", FIXED, MM_BOOL, MM_DTYPE_NONE},
    {"Less", FIXED, MM_BOOL, MM_DTYPE_NONE},
    {"LessOrEqual", FIXED, MM_BOOL, MM_DTYPE_NONE},
    {"Greater", FIXED, MM_BOOL, MM_DTYPE_NONE},
    {"GreaterOrEqual", FIXED, MM_BOOL, MM_DTYPE_NONE},
    {"IsNaN", FIXED, MM_BOOL, MM_DTYPE_NONE},
    {"IsInf", FIXED, MM_BOOL, MM_DTYPE_NONE},
    {"And", FIXED, MM_BOOL, MM_DTYPE_NONE},
    {"Or", FIXED, MM_BOOL, MM_DTYPE_NONE},
    {"Xor", FIXED, MM_BOOL, MM_DTYPE_NONE},
    {"Not", FIXED, MM_BOOL, MM_DTYPE_NONE},
    {"ConvInteger", FIXED, MM_I32, MM_DTYPE_NONE},
    {"MatMulInteger", FIXED, MM_I32, MM_DTYPE_NONE},
    {"DynamicQuantizeLinear", FIXED, MM_U8, MM_F32},
    {"TopK", AS_INPUT, 0, MM_I64},
    {"MaxPool", AS_INPUT, 0, MM_I64},
    {"Dropout", AS_INPUT, 0, MM_BOOL},
    {"Unique", AS_INPUT, 0, MM_I64},
    {"Where", AS_INPUT, 1, MM_DTYPE_NONE},
    {"OneHot", AS_INPUT, 2, MM_DTYPE_NONE},
    {"CastLike", AS_INPUT, 1, MM_DTYPE_NONE},
    {"QuantizeLinear", AS_INPUT, 2, MM_DTYPE_NONE},
    {"DequantizeLinear", AS_INPUT, 1, MM_DTYPE_NONE},
    {"QLinearConv", AS_INPUT, 7, MM_DTYPE_NONE},
    {"QLinearMatMul", AS_INPUT, 7, MM_DTYPE_NONE},
    {"Cast", BY_TO, 0, MM_DTYPE_NONE},
    {"RandomNormal", BY_TO, 0, MM_DTYPE_NONE},
    {"RandomUniform", BY_TO, 0, MM_DTYPE_NONE},
    {"HannWindow", UNKNOWN, 0, MM_DTYPE_NONE},
    {"HammingWindow", UNKNOWN, 0, MM_DTYPE_NONE},
    {"BlackmanWindow", UNKNOWN, 0, MM_DTYPE_NONE},
    {"Multinomial", UNKNOWN, 0, MM_DTYPE_NONE},
    {"Bernoulli", UNKNOWN, 0, MM_DTYPE_NONE},
    {"EyeLike", UNKNOWN, 0, MM_DTYPE_NONE},
    {"RandomNormalLike", UNKNOWN, 0, MM_DTYPE_NONE},
    {"RandomUniformLike", UNKNOWN, 0, MM_DTYPE_NONE},
    {"MelWeightMatrix", UNKNOWN, 0, MM_DTYPE_NONE},
    {"ConstantOfShape", UNKNOWN, 0, MM_DTYPE_NONE},
    {"Constant", UNKNOWN, 0, MM_DTYPE_NONE},
    {"ImageDecoder", UNKNOWN, 0, MM_DTYPE_NONE},
    {"StringConcat", UNKNOWN, 0, MM_DTYPE_NONE},
    {"StringSplit", UNKNOWN, 0, MM_DTYPE_NONE},
    {"RegexFullMatch", UNKNOWN, 0, MM_DTYPE_NONE},
    {"TfIdfVectorizer", FIXED, MM_F32, MM_DTYPE_NONE},
    {"Loop", UNKNOWN, 0, MM_DTYPE_NONE},
    {"Scan", UNKNOWN, 0, MM_DTYPE_NONE},
    {"If", UNKNOWN, 0, MM_DTYPE_NONE},
    {"SequenceAt", UNKNOWN, 0, MM_DTYPE_NONE},
    {"SequenceLength", FIXED, MM_I64, MM_DTYPE_NONE},
    {"ConcatFromSequence", UNKNOWN, 0, MM_DTYPE_NONE},
    {"OptionalGetElement", UNKNOWN, 0, MM_DTYPE_NONE},
    {"OptionalHasElement", FIXED, MM_BOOL, MM_DTYPE_NONE},
    {"SplitToSequence", UNKNOWN, 0, MM_DTYPE_NONE},
    {"SequenceConstruct", UNKNOWN, 0, MM_DTYPE_NONE},
    {"SequenceEmpty", UNKNOWN, 0, MM_DTYPE_NONE},
    {"SequenceErase", UNKNOWN, 0, MM_DTYPE_NONE},
    {"SequenceInsert", UNKNOWN, 0, MM_DTYPE_NONE},
    {"SequenceMap", UNKNOWN, 0, MM_DTYPE_NONE},
    {"Optional", UNKNOWN, 0, MM_DTYPE_NONE},
};

static const struct type_row *row_of(const struct mm_graph_node *node)
{
    static const struct type_row first = {"", AS_INPUT, 0, MM_DTYPE_NONE};
    static const struct type_row unknown = {"", UNKNOWN, 0, MM_DTYPE_NONE};
    for (size_t i = 0; i < MM_COUNT(rows); i++) {
        if (strcmp(rows[i].op_type, node->op_type) == 0)
            return &rows[i];
    }
    /* ONNX's own other operators make what they read first; of others nothing is known. */
    return *node->domain && strcmp(node->domain, "ai.onnx") != 0 ? &unknown : &first;
}

static enum mm_dtype attribute_dtype(const struct mm_graph_node *node)
{
    const int64_t float32 = 1;
    int64_t number = mm_graph_int(node, "to", mm_graph_int(node, "dtype", float32));
    return number > 0 && number < INT32_MAX ? mm_tensor_proto_dtype((int32_t)number) : MM_DTYPE_NONE;
}

static enum mm_dtype dtype_of(const struct simulated *simulated, const struct mm_graph_node *node, int output)
{
    const struct type_row *row = row_of(node);
    if (output > 0 && row->second != MM_DTYPE_NONE)
        return row->second;
    if (row->kind == FIXED)
        return (enum mm_dtype)row->of;
    if (row->kind == BY_TO)
        return attribute_dtype(node);
    if (row->kind == UNKNOWN || row->of >= node->input_count || node->inputs[row->of] < 0)
        return MM_DTYPE_NONE;
    return simulated->tensor[node->inputs[row->of]].dtype;
}

/* Of a constant that a node makes. */
static enum mm_dtype constant_dtype(struct simulated *simulated, int tensor)
{
    struct mm_stored stored;
    if (!mm_graph_has_values(simulated->graph, tensor) ||
        mm_graph_constant(simulated->weights, tensor, &stored, NULL) < 0)
        return MM_DTYPE_NONE;
    enum mm_dtype dtype = stored.tensor.dtype;
    mm_stored_close(&stored);
    return dtype;
}

int simulated_types(struct simulated *simulated, struct mm_err *err)
{
    const struct mm_graph *graph = simulated->graph;
    const struct mm_calibration *calibration = simulated->settings->calibration;
    (void)err;
    for (int i = 0; i < graph->tensor_count; i++) {
        enum mm_dtype seen =
            calibration ? calibration_dtype(calibration, i, graph->tensors[i].name) : MM_DTYPE_NONE;
        simulated->tensor[i].dtype = seen ? seen : graph->tensors[i].dtype;
    }
    for (int n = 0; n < graph->node_count; n++) {
        const struct mm_graph_node *node = &graph->nodes[n];
        for (int k = 0; k < node->output_count; k++) {
            int tensor = node->outputs[k];
            if (tensor < 0 || simulated->tensor[tensor].dtype != MM_DTYPE_NONE)
                continue;
            simulated->tensor[tensor].dtype = dtype_of(simulated, node, k);
            if (simulated->tensor[tensor].dtype == MM_DTYPE_NONE)
                simulated->tensor[tensor].dtype = constant_dtype(simulated, tensor);
        }
    }
    return 0;
}

bool simulated_moves(const struct mm_graph_node *node)
{
    static const char *const types[] = {
        "Reshape",      "Transpose", "Flatten",  "Squeeze",        "Unsqueeze", "Identity", "Slice",
        "Split",        "Concat",    "Gather",   "GatherND",       "Expand",    "Tile",     "DepthToSpace",
        "SpaceToDepth", "Pad",       "Relu",     "MaxPool",        "Max",       "Min",      "Clip",
        "Abs",          "Neg",       "Where",    "GatherElements", "ScatterND", "Dropout",  "TopK",
        "ReduceMax",    "ReduceMin", "Compress", "GlobalMaxPool"};
    if (*node->domain && strcmp(node->domain, "ai.onnx") != 0)
        return false;
    for (size_t i = 0; i < MM_COUNT(types); i++) {
        if (strcmp(types[i], node->op_type) == 0)
            return true;
    }
    return false;
}
