/*
 * Faults at every depth of the demo network. Its INT8 base (noise int8) has no layer over the threshold
 * before head.Linear. As shipped (noise int8-channel) it is FP16 with two INT8 linears, one of which has an
 * outlier channel among its weights.
 */
#include "labels.h"

#define SHIPPED CHANNEL
#define BASES   (FLOATS | TENSOR)
#define DEMO(class, step, function, value, which, bits, cause, verdict)                                      \
    ROW(class, NULL, step, .scale = 8, DO(function, value, which), RUNS(bits, 1), IS(cause, verdict))

const struct corpus_row rows_network[] = {
    /* by itself: at 256 it overflows in the second layer norm; the head has one scale for all its weights */
    ROW("overflow", NULL, "enc.0.ln2.Pow", .scale = 256, RUNS(F16 | SHIPPED, 2),
        IS(CAUSE(OVERFLOW), OVERFLOW)),
    ROW("channel-range", NULL, "head.Linear", .scale = 8, RUNS(TENSOR | SHIPPED, 2),
        IS(CAUSE(CHANNEL_RANGE), SETTINGS)),

    DEMO("scale", "front.features", fault_times, 4, 0, BASES, CAUSE(SCALE) | CAUSE(NORMALISATION), INPUT),
    DEMO("flipped", "front.features", fault_reverse, 0, 2, BASES, CAUSE(FLIPPED), INPUT),
    DEMO("shifted", "front.features", fault_shift, 2, 2, F16, CAUSE(SHIFTED), INPUT),
    DEMO("unwritten", "front.features", fault_unwritten, 0.2, 0, F16, CAUSE(UNWRITTEN), INPUT),
    DEMO("affine", "front.Conv", fault_affine, 0.5, 1, BASES, CAUSE(AFFINE), OPERATOR),
    DEMO("implementation", "front.Conv", fault_sample_late, 0, 0, F16, ANOTHER, OPERATOR),
    DEMO("channels-permuted", "front.Conv_1", fault_permute, 0, 1, BASES, CAUSE(CHANNELS_PERMUTED), OPERATOR),
    DEMO("channels-reversed", "front.Relu_1", fault_reverse, 0, 1, F16, CAUSE(CHANNELS_REVERSED), OPERATOR),
    DEMO("layout", "front.Relu_1", fault_as_last, 0, 1, F16, CAUSE(LAYOUT), OPERATOR),
    DEMO("scale", "front.Linear", fault_times, 0.5, 0, BASES, CAUSE(SCALE), NUMBERS),

    DEMO("implementation", "enc.0.conv.Gelu", fault_relu, 0, 0, BASES, ANOTHER, OPERATOR),
    DEMO("shifted", "enc.0.conv.Conv", fault_shift, 1, 1, F16, CAUSE(SHIFTED), OPERATOR),
    DEMO("zero", "enc.0.conv.Conv", fault_zero, 0, 0, BASES, CAUSE(ZERO), OPERATOR),
    DEMO("constant", "enc.0.ln1.ReduceMean_1", fault_constant, 1, 0, F16, CAUSE(CONSTANT), OPERATOR),
    DEMO("affine", "enc.0.ln1.Mul", fault_affine, 0.4, -1, F16, CAUSE(AFFINE), OPERATOR),
    DEMO("signedness", "enc.0.attn.q", fault_int8_as_uint8, 0, 0, FLOATS, CAUSE(SIGNEDNESS), NUMBERS),
    DEMO("implementation", "enc.0.attn.v", fault_transposed_weights, 0, 0, BASES, ANOTHER, OPERATOR),
    DEMO("transposed-square", "enc.0.attn.MatMul", fault_transpose, 0, 0, F16, CAUSE(TRANSPOSED), OPERATOR),
    DEMO("softmax-axis", "enc.0.attn.Softmax", fault_softmax_columns, 0, 0, BASES,
         CAUSE(SOFTMAX_AXIS) | CAUSE(VARIANT), OPERATOR),
    DEMO("stale", "enc.0.attn.out", fault_stale, 0, 0, F16, CAUSE(STALE), OPERATOR),
    DEMO("zero-point", "enc.0.ffn.Linear", fault_zero_point, 0, 0, FLOATS, CAUSE(ZERO_POINT), NUMBERS),
    DEMO("saturation", "enc.0.ffn.Mul", fault_clip, 0.2, 0, F16, CAUSE(SATURATION),
         SETTINGS | FORMAT | OVERFLOW),
    DEMO("unwritten", "enc.0.ln2.Sub", fault_unwritten, 0.125, 1, F16, CAUSE(UNWRITTEN), OPERATOR),

    DEMO("not-dequantised", "enc.1.conv.Linear", fault_raw_int8, 0, 0, FLOATS, CAUSE(NOT_DEQUANTISED),
         NUMBERS),
    DEMO("scale", "enc.1.conv.Conv", fault_times_sum, 2, 0, F16, CAUSE(SCALE), NUMBERS),
    DEMO("implementation", "enc.1.attn.q", fault_transposed_weights, 0, 0, BASES, ANOTHER, OPERATOR),
    DEMO("channels-permuted", "enc.1.attn.MatMul_1", fault_permute, 0, -1, F16, CAUSE(CHANNELS_PERMUTED),
         OPERATOR),
    DEMO("stale", "enc.1.attn.MatMul_1", fault_stale, 0, 0, F16, CAUSE(STALE), OPERATOR),
    DEMO("implementation", "enc.1.ffn.Sigmoid", fault_tanh_sigmoid, 0, 0, F16, ANOTHER, OPERATOR),
    DEMO("unwritten", "enc.1.ffn.Linear", fault_unwritten, 0.25, 3, FLOATS, CAUSE(UNWRITTEN), OPERATOR),
    DEMO("scale", "enc.1.ffn.Mul_1", fault_times, 2, 0, BASES, CAUSE(SCALE), NUMBERS),

    DEMO("zero-point", "head.Linear", fault_zero_point, 0, 0, FLOATS, CAUSE(ZERO_POINT), NUMBERS | OUTPUT),
    DEMO("constant", "head.Softmax", fault_constant, 0.0208333, 0, FLOATS, CAUSE(CONSTANT), OUTPUT),
    DEMO("channels-permuted", "head.Softmax", fault_permute, 0, -1, FLOATS, CAUSE(CHANNELS_PERMUTED), OUTPUT),
    DEMO("softmax-axis", "head.Softmax", fault_softmax_columns, 0, 0, FLOATS,
         CAUSE(SOFTMAX_AXIS) | CAUSE(VARIANT), OUTPUT),
    END,
};
