/* Types of operators at the end of tensors' names. */
#include "dump/operator_type.h"

#include <stdlib.h>
#include <string.h>

/* ONNX's operators, in the order of strcmp. */
static const char *const types[] = {
    "Abs",
    "Acos",
    "Acosh",
    "Add",
    "AffineGrid",
    "And",
    "ArgMax",
    "ArgMin",
    "Asin",
    "Asinh",
    "Atan",
    "Atanh",
    "Attention",
    "AveragePool",
    "BatchNormalization",
    "Bernoulli",
    "BitShift",
    "BitwiseAnd",
    "BitwiseNot",
    "BitwiseOr",
    "BitwiseXor",
    "BlackmanWindow",
    "Cast",
    "CastLike",
    "Ceil",
    "Celu",
    "CenterCropPad",
    "Clip",
    "Col2Im",
    "Compress",
    "Concat",
    "ConcatFromSequence",
    "Constant",
    "ConstantOfShape",
    "Conv",
    "ConvInteger",
    "ConvTranspose",
    "Cos",
    "Cosh",
    "CumSum",
    "DFT",
    "DeformConv",
    "DepthToSpace",
    "DequantizeLinear",
    "Det",
    "Div",
    "Dropout",
    "DynamicQuantizeLinear",
    "Einsum",
    "Elu",
    "Equal",
    "Erf",
    "Exp",
    "Expand",
    "EyeLike",
    "Flatten",
    "Floor",
    "GRU",
    "Gather",
    "GatherElements",
    "GatherND",
    "Gelu",
    "Gemm",
    "GlobalAveragePool",
    "GlobalLpPool",
    "GlobalMaxPool",
    "Greater",
    "GreaterOrEqual",
    "GridSample",
    "GroupNormalization",
    "HammingWindow",
    "HannWindow",
    "HardSigmoid",
    "HardSwish",
    "Hardmax",
    "Identity",
    "If",
    "ImageDecoder",
    "InstanceNormalization",
    "IsInf",
    "IsNaN",
    "LRN",
    "LSTM",
    "LayerNormalization",
    "LeakyRelu",
    "Less",
    "LessOrEqual",
    "Log",
    "LogSoftmax",
    "Loop",
    "LpNormalization",
    "LpPool",
    "MatMul",
    "MatMulInteger",
    "Max",
    "MaxPool",
    "MaxRoiPool",
    "MaxUnpool",
    "Mean",
    "MeanVarianceNormalization",
    "MelWeightMatrix",
    "Min",
    "Mish",
    "Mod",
    "Mul",
    "Multinomial",
    "Neg",
    "NegativeLogLikelihoodLoss",
    "NonMaxSuppression",
    "NonZero",
    "Not",
    "OneHot",
    "Optional",
    "OptionalGetElement",
    "OptionalHasElement",
    "Or",
    "PRelu",
    "Pad",
    "Pow",
    "QLinearConv",
    "QLinearMatMul",
    "QuantizeLinear",
    "RMSNormalization",
    "RNN",
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
    "Range",
    "Reciprocal",
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceProd",
    "ReduceSum",
    "ReduceSumSquare",
    "RegexFullMatch",
    "Relu",
    "Reshape",
    "Resize",
    "ReverseSequence",
    "RoiAlign",
    "RotaryEmbedding",
    "Round",
    "STFT",
    "Scan",
    "Scatter",
    "ScatterElements",
    "ScatterND",
    "Selu",
    "SequenceAt",
    "SequenceConstruct",
    "SequenceEmpty",
    "SequenceErase",
    "SequenceInsert",
    "SequenceLength",
    "SequenceMap",
    "Shape",
    "Shrink",
    "Sigmoid",
    "Sign",
    "Sin",
    "Sinh",
    "Size",
    "Slice",
    "Softmax",
    "SoftmaxCrossEntropyLoss",
    "Softplus",
    "Softsign",
    "SpaceToDepth",
    "Split",
    "SplitToSequence",
    "Sqrt",
    "Squeeze",
    "StringConcat",
    "StringNormalizer",
    "StringSplit",
    "Sub",
    "Sum",
    "Swish",
    "Tan",
    "Tanh",
    "TensorScatter",
    "TfIdfVectorizer",
    "ThresholdedRelu",
    "Tile",
    "TopK",
    "Transpose",
    "Trilu",
    "Unique",
    "Unsqueeze",
    "Upsample",
    "Where",
    "Xor",
};

static int by_text(const void *key, const void *row)
{
    return strcmp(key, *(const char *const *)row);
}

/* The type that stands behind the last '_' of the first `length` characters. */
static const char *type_at_end(const char *name, size_t length, size_t *stem)
{
    char word[40];
    size_t begin = length;
    while (begin > 0 && name[begin - 1] != '_')
        begin--;
    if (begin < 2 || length - begin >= sizeof word)
        return NULL;
    memcpy(word, name + begin, length - begin);
    word[length - begin] = '\0';
    const char *const *found = bsearch(word, types, MM_COUNT(types), sizeof *types, by_text);
    *stem = begin - 1;
    return found ? *found : NULL;
}

/* Length without one more step at its end: "_reshape", a cast, or "__softmax"; 0: there is none. */
static size_t without_step(const char *name, size_t length, enum operator_ending ending)
{
    static const struct {
        const char *text;
        enum operator_ending from; /* on which it may be left out */
    } steps[] = {{"_f32", OPERATOR_CAST},
                 {"_f16", OPERATOR_CAST},
                 {"_bf16", OPERATOR_CAST},
                 {"_reshape", OPERATOR_STEPS}};
    for (size_t i = 0; i < MM_COUNT(steps); i++) {
        size_t step = strlen(steps[i].text);
        if (ending >= steps[i].from && length > step &&
            memcmp(name + length - step, steps[i].text, step) == 0)
            return length - step;
    }
    for (size_t i = length; ending == OPERATOR_STEPS && i > 2; i--) {
        if (name[i - 1] == '_')
            return name[i - 2] == '_' ? i - 2 : 0;
    }
    return 0;
}

const char *operator_type_of(const char *name, enum operator_ending ending, size_t *stem, size_t *end)
{
    const char *found = NULL;
    size_t length = strlen(name);
    int steps = 0;
    do {
        found = type_at_end(name, length, stem);
        *end = length;
        length = found ? 0 : without_step(name, length, ending);
    } while (length > 0 && (ending == OPERATOR_STEPS || steps++ == 0));
    return found;
}

bool operator_type_file(const char *file)
{
    static const char *const endings[] = {"_outputs.npz", "_output.npz", "_tensors.npz"};
    size_t length = strlen(file);
    for (size_t i = 0; i < MM_COUNT(endings); i++) {
        size_t ending = strlen(endings[i]);
        if (length > ending && strcmp(file + length - ending, endings[i]) == 0)
            return true;
    }
    return false;
}
