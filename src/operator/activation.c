/* Functions of one element: activations. Formulas: the ONNX specification, unless said otherwise. */
#include "operator/unary.h"

static double softplus(double v)
{
    return v > 0 ? v + log1p(exp(-v)) : log1p(exp(v)); /* exp does not overflow */
}

static double sigmoid(double v)
{
    return 1 / (1 + exp(-v));
}

OP_UNARY_LOOP(loop_relu, v < 0 ? 0 : v)
OP_UNARY_LOOP(loop_leaky_relu, v < 0 ? p[0] * v : v)
OP_UNARY_LOOP(loop_thresholded_relu, v > p[0] ? v : isnan(v) ? v : 0)
OP_UNARY_LOOP(loop_elu, v < 0 ? p[0] * expm1(v) : v)
OP_UNARY_LOOP(loop_selu, p[1] * (v > 0 ? v : p[0] * expm1(v)))
OP_UNARY_LOOP(loop_celu, v > 0 ? v : p[0] * expm1(v / p[0]))
OP_UNARY_LOOP(loop_sigmoid, sigmoid(v))
OP_UNARY_LOOP(loop_hard_sigmoid, isnan(v) ? v : fmax(0, fmin(1, p[0] * v + p[1])))
OP_UNARY_LOOP(loop_hard_swish, isnan(v) ? v : v *fmax(0, fmin(1, v / 6 + 0.5)))
OP_UNARY_LOOP(loop_swish, v *sigmoid(p[0] * v))
OP_UNARY_LOOP(loop_mish, v *tanh(softplus(v)))
OP_UNARY_LOOP(loop_softplus, softplus(v))
OP_UNARY_LOOP(loop_softsign, v / (1 + fabs(v)))
OP_UNARY_LOOP(loop_shrink, v<-p[1] ? v + p[0] : v> p[1] ? v - p[0] : isnan(v) ? v : 0)
OP_UNARY_LOOP(loop_gelu, 0.5 * v * (1 + erf(v * 0.70710678118654752440))) /* 1 / sqrt(2) */
/* 0.797.. is sqrt(2 / pi); Hendrycks and Gimpel, Gaussian Error Linear Units, 2016 */
OP_UNARY_LOOP(loop_gelu_tanh, 0.5 * v * (1 + tanh(0.79788456080286535588 * (v + 0.044715 * v * v * v))))

static int run_gelu(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    const char *form = op_text(call, "approximate", "none");
    bool by_tanh = strcmp(form, "tanh") == 0;
    if (!x)
        return -1;
    if (!by_tanh && strcmp(form, "none") != 0)
        return op_fail(call, err, MM_EUNSUPPORTED, "approximate is \"%s\"", form);
    return op_unary_apply(call, by_tanh ? loop_gelu_tanh : loop_gelu, NULL, x->dtype, value, err);
}

OP_UNARY_LOOP(loop_clip, v<p[0] ? p[0] : v> p[1] ? p[1] : v)

/* Bounds are attributes before opset 11, inputs since; the upper one wins where they cross. */
static int run_clip(const struct mm_operator_call *call, struct mm_value *value, struct mm_err *err)
{
    const struct mm_value *x = op_need(call, 0, err);
    if (!x)
        return -1;
    for (int k = 1; k < call->node->input_count; k++) {
        if (call->node->inputs[k] >= 0 && !op_need(call, k, err))
            return -1;
    }
    double p[] = {op_number(call, 1, "min", -HUGE_VAL), op_number(call, 2, "max", HUGE_VAL)};
    p[0] = fmin(p[0], p[1]);
    return op_unary_apply(call, loop_clip, p, x->dtype, value, err);
}

#define ALPHA(value)                                                                                         \
    {                                                                                                        \
        {                                                                                                    \
            "alpha", value                                                                                   \
        }                                                                                                    \
    }

const struct op_row op_activation_rows[] = {
    OP_UNARY_ROW("Relu", true, loop_relu),
    OP_UNARY_ROW("LeakyRelu", false, loop_leaky_relu, ALPHA(0.01)),
    OP_UNARY_ROW("ThresholdedRelu", true, loop_thresholded_relu, ALPHA(1)),
    OP_UNARY_ROW("Elu", false, loop_elu, ALPHA(1)),
    OP_UNARY_ROW("Selu", false, loop_selu,
                 {{"alpha", 1.67326319217681884765625}, {"gamma", 1.05070102214813232421875}}),
    OP_UNARY_ROW("Celu", false, loop_celu, ALPHA(1)),
    OP_UNARY_ROW("Sigmoid", false, loop_sigmoid),
    OP_UNARY_ROW("HardSigmoid", false, loop_hard_sigmoid, {{"alpha", 0.2}, {"beta", 0.5}}),
    OP_UNARY_ROW("HardSwish", false, loop_hard_swish),
    OP_UNARY_ROW("Swish", false, loop_swish, ALPHA(1)),
    OP_UNARY_ROW("QuickGelu", false, loop_swish, ALPHA(1.702)), /* ONNX Runtime's */
    OP_UNARY_ROW("Mish", false, loop_mish),
    OP_UNARY_ROW("Softplus", false, loop_softplus),
    OP_UNARY_ROW("Softsign", false, loop_softsign),
    OP_UNARY_ROW("Shrink", false, loop_shrink, {{"bias", 0}, {"lambd", 0.5}}),
    {{"Gelu", MM_OPERATOR_ELEMENTWISE, false}, OP_CHANNEL_NONE, run_gelu, NULL},
    {{"Clip", MM_OPERATOR_ELEMENTWISE, true}, OP_CHANNEL_NONE, run_clip, NULL},
    {{NULL}},
};
