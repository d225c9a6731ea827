/* Variants by one attribute that is a number or a word, or by a formula that no attribute has. Whose default each is:
 * seen by running OpenCV, oneDNN, darknet, TensorFlow.js, PyTorch, PIL, or in their documentation. */
#include "operator/variant.h"

#include <math.h>

/* ---- epsilon ---- */

#define EPSILON(type)                                                                                        \
    {                                                                                                        \
        type, 5, op_variant_number, "epsilon", false, 1e-5, {1e-3, 1e-5, 1e-6, 1e-12, 0}, {NULL},            \
        {                                                                                                    \
            "TensorFlow, Keras", "PyTorch, ONNX", "Flax", "BERT", NULL                                       \
        }                                                                                                    \
    }

/* (sqrt(variance) + epsilon)^2 in the variance's place, and no epsilon: darknet adds it to the deviation. */
static bool outside_root(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    const struct mm_value *variance = op_input(v->model, 4);
    double now = op_float(v->model, "epsilon", 1e-5), epsilon = k == 0 ? row->value[k] : now;
    struct mm_value *own = variance && variance->f && (k == 0 || (float)now != (float)row->value[0])
                               ? op_variant_own(v, 4, variance)
                               : NULL;
    char figure[MM_NUM];
    for (int64_t i = 0; own && i < own->count; i++) {
        double deviation = sqrt(op_get(variance, i)) + epsilon;
        op_put(own, i, deviation * deviation);
    }
    op_variant_float(v, "epsilon", 0);
    op_variant_says(v, "with epsilon %s added to the deviation, not to the variance",
                    mm_num_short(figure, epsilon, 3));
    return own != NULL;
}

/* Of a normalisation that stands in the model as single operators epsilon is a constant that is added. */
static bool added_epsilon(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    const double most = 0.01;
    char mine[MM_NUM], told[MM_NUM];
    for (int i = 0; i < v->model->node->input_count; i++) {
        const struct mm_value *c = op_input(v->model, i);
        if (!c || !c->f || c->count != 1 || !(c->f[0] > 0 && (double)c->f[0] <= most) ||
            c->f[0] == (float)row->value[k])
            continue;
        struct mm_value *own = op_variant_own(v, i, c);
        if (own)
            op_put(own, 0, row->value[k]);
        op_variant_says(v, "with epsilon %s where the model says %s", mm_num_short(mine, row->value[k], 3),
                        mm_num_short(told, (double)c->f[0], 3));
        return own != NULL;
    }
    return false;
}

/* ---- LRN ---- */

/* The specification divides alpha by the size. */
static bool whole_alpha(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    double alpha = op_float(v->model, "alpha", 1e-4), size = (double)op_int(v->model, "size", 1);
    (void)row;
    op_variant_float(v, "alpha", k == 0 ? alpha * size : alpha / size);
    op_variant_says(v,
                    k == 0 ? "with alpha not divided by the size" : "with alpha divided by the size twice");
    return size > 1;
}

/* ---- pairs of numbers ---- */

/* HardSigmoid: 0.2 x + 0.5 (ONNX, Keras) or x / 6 + 0.5 (PyTorch, PaddlePaddle). */
static bool hard_sigmoid(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    double alpha = op_float(v->model, "alpha", 0.2), beta = op_float(v->model, "beta", 0.5);
    char mine[MM_NUM], told[MM_NUM];
    if (fabs(alpha - row->value[k]) < 1e-4 && beta == 0.5)
        return false;
    op_variant_float(v, "alpha", row->value[k]);
    op_variant_float(v, "beta", 0.5);
    op_variant_says(v, "as %s x + 0.5 where the model's slope is %s", mm_num_short(mine, row->value[k], 3),
                    mm_num_short(told, alpha, 3));
    return true;
}

/* ---- rounding ---- */

/* Halves go away from 0 (C's round), or up (floor(x + 0.5)): the specification's go to the even one. */
static bool round_halves(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    const struct mm_value *x = op_input(v->model, 0);
    struct mm_value *own = x && x->f ? op_variant_own(v, 0, x) : NULL;
    (void)row;
    for (int64_t i = 0; own && i < own->count; i++)
        op_put(own, i, k == 0 ? round(op_get(x, i)) : floor(op_get(x, i) + 0.5));
    op_variant_type(v, "Identity");
    op_variant_says(v, k == 0 ? "with halves rounded away from 0" : "with halves rounded up");
    return own != NULL;
}

/* Integers: towards minus infinity (Python's //), where the specification cuts. */
static bool floor_division(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    const struct mm_value *a = op_input(v->model, 0), *b = op_input(v->model, 1);
    bool whole = a && b && a->i && b->i && (a->count == b->count || b->count == 1);
    struct mm_value *own = whole ? op_variant_own(v, 0, a) : NULL;
    (void)row;
    (void)k;
    for (int64_t i = 0; own && i < own->count; i++) {
        double by = op_get(b, b->count == 1 ? 0 : i);
        op_put(own, i, by == 0 ? 0 : floor(op_get(a, i) / by));
    }
    op_variant_type(v, "Identity");
    op_variant_says(v, "with quotients rounded down, not cut");
    return own != NULL;
}

/* Floats rounded to the nearest integer, where the specification cuts. */
static bool cast_rounds(struct mm_operator_variant *v, const struct op_variant_row *row, int k)
{
    const struct mm_value *x = op_input(v->model, 0);
    struct mm_value *own = x && x->f ? op_variant_own(v, 0, x) : NULL;
    (void)row;
    for (int64_t i = 0; own && i < own->count; i++)
        op_put(own, i, k == 0 ? rint(op_get(x, i)) : floor(op_get(x, i)));
    op_variant_says(v, k == 0 ? "with values rounded, not cut" : "with values rounded down, not cut");
    return own != NULL;
}

const struct op_variant_row op_variant_settings[] = {
    EPSILON("BatchNormalization"),
    {"BatchNormalization", 2, outside_root, .value = {1e-6}, .origin = {"darknet"}},
    {"Add", 4, added_epsilon, .value = {1e-3, 1e-5, 1e-6, 1e-12}},
    EPSILON("LayerNormalization"),
    EPSILON("SimplifiedLayerNormalization"),
    EPSILON("RMSNormalization"),
    EPSILON("InstanceNormalization"),
    EPSILON("GroupNormalization"),
    {"LeakyRelu",
     4,
     op_variant_number,
     "alpha",
     false,
     0.01,
     {0.01, 0.1, 0.2, 0.3},
     {NULL},
     {"PyTorch, ONNX", "darknet", "TensorFlow", "Keras"}},
    {"Elu", 1, op_variant_number, "alpha", false, 1, {1}, {NULL}, {"ONNX's default"}},
    {"HardSigmoid", 2, hard_sigmoid, .value = {0.2, 1.0 / 6}, .origin = {"ONNX, Keras", "PyTorch"}},
    {"Gelu", 2, op_variant_word, "approximate", .word = {"tanh", "none"},
     .origin = {"TensorFlow, JAX", "PyTorch"}},
    {"AveragePool",
     2,
     op_variant_number,
     "count_include_pad",
     true,
     0,
     {1, 0},
     {NULL},
     {"PyTorch, Caffe", "TensorFlow, oneDNN"}},
    {"LRN", 2, whole_alpha, .origin = {"TensorFlow"}},
    {"Mod", 2, op_variant_number, "fmod", true, 0, {1, 0}, {NULL}, {"C", "Python"}},
    {"ArgMax", 2, op_variant_number, "select_last_index", true, 0, {1, 0}},
    {"ArgMin", 2, op_variant_number, "select_last_index", true, 0, {1, 0}},
    {"TopK", 2, op_variant_number, "largest", true, 1, {0, 1}},
    {"CumSum", 2, op_variant_number, "exclusive", true, 0, {1, 0}},
    {"CumSum", 2, op_variant_number, "reverse", true, 0, {1, 0}},
    {"DepthToSpace", 2, op_variant_word, "mode", .word = {"CRD", "DCR"}, .origin = {"PyTorch", "TensorFlow"}},
    {"Pad", 4, op_variant_word, "mode", .word = {"edge", "reflect", "wrap", "constant"}},
    {"GridSample",
     2,
     op_variant_number,
     "align_corners",
     true,
     0,
     {1, 0},
     {NULL},
     {"older PyTorch", "PyTorch"}},
    {"GridSample", 3, op_variant_word, "padding_mode", .word = {"border", "reflection", "zeros"}},
    {"Round", 2, round_halves, .origin = {"C", "JavaScript"}},
    {"Div", 1, floor_division, .origin = {"Python"}},
    {"Cast", 2, cast_rounds},
    {"Gemm", 1, op_variant_number, "alpha", false, 1, {1}},
    {"Gemm", 1, op_variant_number, "beta", false, 1, {1}},
    {NULL},
};
