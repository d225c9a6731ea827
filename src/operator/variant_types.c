/* Variants that are another operator: an activation that is missing, another one, or one too many. */
#include "operator/variant.h"

#include <math.h>

/* ---- another operator in its place ---- */

/* With the first input alone: as those that have one input only. */
static bool as_type(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    const char *now = v->model->node->op_type;
    v->node.input_count = v->node.input_count > 1 ? 1 : v->node.input_count;
    op_variant_type(v, row->word[k]);
    if (strcmp(row->word[k], "Identity") == 0)
        op_variant_says(v, "as if %s were not there", now);
    else
        op_variant_says(v, "as %s where the model says %s", row->word[k], now);
    return v->node.input_count == 1;
}

/* The same with all inputs and attributes. */
static bool as_sibling(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    op_variant_type(v, row->word[k]);
    op_variant_says(v, "as %s where the model says %s", row->word[k], v->model->node->op_type);
    return true;
}

static bool as_leaky(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    char figure[MM_NUM];
    op_variant_type(v, "LeakyRelu");
    op_variant_float(v, "alpha", row->value[k]);
    op_variant_says(v, "as LeakyRelu with alpha %s where the model says %s",
                    mm_num_short(figure, row->value[k], 3), v->model->node->op_type);
    return true;
}

static bool as_hard_sigmoid(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    op_variant_type(v, "HardSigmoid");
    op_variant_float(v, "alpha", row->value[k]);
    op_variant_float(v, "beta", 0.5);
    op_variant_says(v, "as HardSigmoid (%s x + 0.5) where the model says Sigmoid", k == 0 ? "0.2" : "1/6");
    return true;
}

/* One of two inputs is left away. */
static bool one_input(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    (void)row;
    if (v->model->node->input_count != 2)
        return false;
    op_variant_input(v, 0, op_input(v->model, k));
    v->node.input_count = 1;
    op_variant_type(v, "Identity");
    op_variant_says(v, "without its %s input", k == 0 ? "second" : "first");
    return op_input(v->model, k) != NULL;
}

/* ---- bounds ---- */

static double relu6(double x)
{
    return x < 0 ? 0 : x > 6 ? 6 : x;
}

static double as_is(double x)
{
    return x;
}

static double no_less_than_0(double x)
{
    return x < 0 ? 0 : x;
}

static double between_ones(double x)
{
    return x < -1 ? -1 : x > 1 ? 1 : x;
}

/* Clip and Relu with other bounds. The bounds may be inputs, so it is another operator with one input. */
static bool other_bounds(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    static const struct {
        double (*after)(double);
        double least, most;
        const char *says;
    } bounds[] = {{relu6, 0, 6, "as ReLU6"},
                  {no_less_than_0, 0, HUGE_VAL, "as ReLU, without an upper bound"},
                  {as_is, -HUGE_VAL, HUGE_VAL, "without bounds"},
                  {between_ones, -1, 1, "with the bounds -1 and 1"}};
    bool relu = strcmp(v->model->node->op_type, "Relu") == 0;
    double least = relu ? 0 : op_number(v->model, 1, "min", -HUGE_VAL);
    double most = relu ? HUGE_VAL : op_number(v->model, 2, "max", HUGE_VAL);
    (void)row;
    if (least == bounds[k].least && most == bounds[k].most)
        return false;
    v->node.input_count = 1;
    op_variant_type(v, "Identity");
    v->after = bounds[k].after;
    op_variant_says(v, "%s", bounds[k].says);
    return true;
}

/* ---- an activation behind it ---- */

static double leaky(double x)
{
    return x < 0 ? 0.01 * x : x;
}

static double leaky_darknet(double x)
{
    return x < 0 ? 0.1 * x : x;
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double silu(double x)
{
    return x * sigmoid(x);
}

static double hard_swish(double x)
{
    return x * fmax(0, fmin(1, x / 6 + 0.5));
}

static bool activated(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    static const struct {
        const char *name, *type; /* as it is said, and ONNX's operator */
        double (*after)(double);
        const char *origin;
    } rows[] = {{"ReLU", "Relu", no_less_than_0, NULL},
                {"ReLU6", "Clip", relu6, NULL},
                {"leaky ReLU (0.01)", "LeakyRelu", leaky, NULL},
                {"leaky ReLU (0.1)", "LeakyRelu", leaky_darknet, NULL},
                {"sigmoid", "Sigmoid", sigmoid, "darknet"},
                {"tanh", "Tanh", tanh, NULL},
                {"SiLU", "Swish", silu, NULL},
                {"hard swish", "HardSwish", hard_swish, NULL}};
    (void)row;
    v->after = rows[k].after;
    v->activation = rows[k].type;
    v->origin = rows[k].origin;
    op_variant_says(v, "with a %s behind it", rows[k].name);
    return true;
}

#define ACTIVATED(type)                                                                                      \
    {                                                                                                        \
        type, 8, activated                                                                                   \
    }
#define TYPES(type, count, ...)                                                                              \
    {                                                                                                        \
        type, count, as_type, .word = { __VA_ARGS__ }                                                        \
    }
#define SIBLINGS(type, count, ...)                                                                           \
    {                                                                                                        \
        type, count, as_sibling, .word = { __VA_ARGS__ }                                                     \
    }

const struct op_variant_row op_variant_types[] = {
    TYPES("Relu", 1, "Identity"),
    {"Relu", 4, as_leaky, .value = {0.01, 0.1, 0.2, 0.3}},
    {"Relu", 1, other_bounds},
    TYPES("LeakyRelu", 2, "Relu", "Identity"),
    TYPES("PRelu", 2, "Relu", "Identity"),
    TYPES("Elu", 2, "Relu", "Identity"),
    {"Clip", 4, other_bounds},
    {"Sigmoid", 2, as_hard_sigmoid, .value = {0.2, 1.0 / 6}, .origin = {"ONNX, Keras", "PyTorch"}},
    TYPES("Sigmoid", 2, "Identity", "Tanh"),
    TYPES("HardSigmoid", 2, "Sigmoid", "Identity"),
    TYPES("HardSwish", 3, "Identity", "Swish", "Relu"),
    TYPES("Tanh", 2, "Identity", "Sigmoid"),
    TYPES("Gelu", 3, "QuickGelu", "Identity", "Relu"),
    TYPES("QuickGelu", 2, "Gelu", "Identity"),
    TYPES("Mish", 2, "Swish", "Identity"),
    TYPES("Softplus", 2, "Identity", "Relu"),
    SIBLINGS("Softmax", 1, "LogSoftmax"),
    TYPES("Softmax", 2, "Sigmoid", "Identity"),
    SIBLINGS("LogSoftmax", 1, "Softmax"),
    TYPES("LogSoftmax", 1, "Identity"),
    SIBLINGS("AveragePool", 1, "MaxPool"),
    SIBLINGS("MaxPool", 1, "AveragePool"),
    SIBLINGS("GlobalAveragePool", 1, "GlobalMaxPool"),
    SIBLINGS("GlobalMaxPool", 1, "GlobalAveragePool"),
    SIBLINGS("ReduceMean", 2, "ReduceSum", "ReduceMax"),
    SIBLINGS("ReduceSum", 1, "ReduceMean"),
    SIBLINGS("ReduceMax", 1, "ReduceMean"),
    SIBLINGS("ReduceL2", 1, "ReduceSumSquare"),
    TYPES("BatchNormalization", 1, "Identity"),
    TYPES("InstanceNormalization", 1, "Identity"),
    TYPES("LayerNormalization", 1, "Identity"),
    SIBLINGS("LayerNormalization", 1, "RMSNormalization"),
    TYPES("Floor", 1, "Round"),
    TYPES("Ceil", 1, "Round"),
    TYPES("Round", 1, "Floor"),
    {"Add", 2, one_input},
    {"Mul", 2, one_input},
    {"Sub", 1, one_input},
    {"Div", 1, one_input},
    SIBLINGS("Add", 1, "Sub"),
    ACTIVATED("Conv"),
    ACTIVATED("ConvTranspose"),
    ACTIVATED("Gemm"),
    ACTIVATED("MatMul"),
    ACTIVATED("Add"),
    ACTIVATED("BatchNormalization"),
    {NULL},
};
