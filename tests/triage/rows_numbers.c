/* Formats, ranges, scales. */
#include "labels.h"

const struct corpus_row rows_numbers[] = {
    /* The noise is the fault: half can't hold the squares. From all of them to a few. */
    ROW("overflow", scene_loud, "square", .scale = 2000, RUNS(F16, 2), IS(CAUSE(OVERFLOW), OVERFLOW)),
    ROW("overflow", scene_loud, "square", .scale = 600, RUNS(F16, 3), IS(CAUSE(OVERFLOW), OVERFLOW)),
    ROW("overflow", scene_loud, "square", .scale = 320, RUNS(F16, 3), IS(CAUSE(OVERFLOW), OVERFLOW)),
    ROW("saturation-half", scene_loud, "square", .scale = 2000, DO(fault_clip_half, 0, 0), RUNS(FLOATS, 2),
        IS(CAUSE(SATURATION) | CAUSE(OVERFLOW), OVERFLOW)),
    ROW("saturation-half", scene_loud, "square", .scale = 600, DO(fault_clip_half, 0, 1), RUNS(FLOATS, 2),
        IS(CAUSE(SATURATION) | CAUSE(OVERFLOW), OVERFLOW)),

    ROW("inner-overflow", scene_norm, "norm", .scale = 30, DO(fault_inner_half, 0, INNER_NORM),
        RUNS(FLOATS, 3), IS(CAUSE(INNER_OVERFLOW), OVERFLOW)),
    ROW("inner-overflow", scene_pooling, "pool", DO(fault_inner_half, 0, INNER_MEAN), RUNS(FLOATS, 2),
        IS(CAUSE(INNER_OVERFLOW), OVERFLOW)),
    ROW("inner-overflow", scene_lengths, "length", .scale = 120, DO(fault_inner_half, 0, INNER_LENGTH),
        RUNS(FLOATS, 2), IS(CAUSE(INNER_OVERFLOW), OVERFLOW)),

    /* Likewise: squares below half's smallest number. */
    ROW("underflow", scene_faint, "square", .scale = 1.5e-4f, RUNS(F16, 3),
        IS(CAUSE(UNDERFLOW), FORMAT | OVERFLOW)),
    ROW("underflow", scene_faint, "square", .scale = 2.5e-4f, RUNS(F16, 3),
        IS(CAUSE(UNDERFLOW), FORMAT | OVERFLOW)),
    ROW("underflow", scene_faint, "square", .scale = 6e-3f, DO(fault_flush, 0, 0), RUNS(FLOATS, 2),
        IS(CAUSE(UNDERFLOW), FORMAT | OVERFLOW)),

    ROW("saturation", scene_mixer, "fc1", DO(fault_clip, 0.3, 0), RUNS(FLOATS, 2),
        IS(CAUSE(SATURATION), SETTINGS | FORMAT | OVERFLOW)),
    ROW("saturation", scene_photo, "conv1", DO(fault_clip, 0.25, 0), RUNS(FLOATS, 2),
        IS(CAUSE(SATURATION), SETTINGS | FORMAT | OVERFLOW)),
    ROW("saturation", scene_attention, "q", DO(fault_clip, 0.4, 0), RUNS(FLOATS, 2),
        IS(CAUSE(SATURATION), SETTINGS | FORMAT | OVERFLOW)),
    ROW("saturation", scene_pyramid, "relu", DO(fault_clip, 0.25, 0), RUNS(FLOATS, 2),
        IS(CAUSE(SATURATION), SETTINGS | FORMAT | OVERFLOW)),

    ROW("not-dequantised", scene_mixer, "fc1", DO(fault_raw_int8, 0, 0), RUNS(ALL, 1),
        IS(CAUSE(NOT_DEQUANTISED), NUMBERS)),
    ROW("not-dequantised", scene_photo, "conv2", DO(fault_raw_int8, 0, 0), RUNS(FLOATS, 2),
        IS(CAUSE(NOT_DEQUANTISED), NUMBERS)),
    ROW("not-dequantised", scene_photo, "fc", DO(fault_raw_uint8, 0, 0), RUNS(FLOATS, 2),
        IS(CAUSE(NOT_DEQUANTISED), NUMBERS)),
    ROW("not-dequantised", scene_matrix, "y", DO(fault_raw_uint8, 0, 1), .scale = 0, RUNS(FLOATS, 2),
        IS(CAUSE(NOT_DEQUANTISED), NUMBERS | OUTPUT)),

    ROW("zero-point", scene_mixer, "gelu", DO(fault_zero_point, 0, 0), RUNS(FLOATS, 2),
        IS(CAUSE(ZERO_POINT), NUMBERS)),
    ROW("zero-point", scene_mixer, "fc2", DO(fault_zero_point, 0, 0), RUNS(ALL, 1),
        IS(CAUSE(ZERO_POINT), NUMBERS)),
    ROW("zero-point", scene_pyramid, "conv", DO(fault_zero_point, 0, 0), RUNS(FLOATS, 2),
        IS(CAUSE(ZERO_POINT), NUMBERS)),
    ROW("zero-point", scene_matrix, "y", DO(fault_zero_point, 0, 0), RUNS(FLOATS, 1),
        IS(CAUSE(ZERO_POINT), NUMBERS | OUTPUT)),

    ROW("signedness", scene_mixer, "fc1", DO(fault_int8_as_uint8, 0, 0), RUNS(ALL, 1),
        IS(CAUSE(SIGNEDNESS), NUMBERS)),
    ROW("signedness", scene_pyramid, "conv", DO(fault_int8_as_uint8, 0, 0), RUNS(FLOATS, 2),
        IS(CAUSE(SIGNEDNESS), NUMBERS)),
    ROW("signedness", scene_pyramid, "relu", DO(fault_uint8_as_int8, 0, 0), RUNS(FLOATS, 2),
        IS(CAUSE(SIGNEDNESS), NUMBERS)),
    ROW("signedness", scene_one_sided, "act", .scale = 1, DO(fault_uint8_as_int8, 0, 0), RUNS(FLOATS, 1),
        IS(CAUSE(SIGNEDNESS), NUMBERS)),

    ROW("scale", scene_mixer, "fc1", DO(fault_times, 2, 0), RUNS(ALL, 1), IS(CAUSE(SCALE), NUMBERS)),
    ROW("scale", scene_mixer, "gelu", DO(fault_times, 0.0625, 0), RUNS(ALL, 1), IS(CAUSE(SCALE), NUMBERS)),
    ROW("scale", scene_photo, "conv2", DO(fault_times, 1.37, 0), RUNS(ALL, 1), IS(CAUSE(SCALE), NUMBERS)),
    ROW("scale", scene_photo, "softmax", DO(fault_times, 0.90625, 0), RUNS(FLOATS, 1),
        IS(CAUSE(SCALE), NUMBERS | OUTPUT)),
    ROW("scale", scene_photo, "fc", DO(fault_times, 256, 0), RUNS(FLOATS, 1), IS(CAUSE(SCALE), NUMBERS)),
    ROW("scale", scene_attention, "v", DO(fault_times_sum, 0.5, 0), RUNS(FLOATS, 1),
        IS(CAUSE(SCALE), NUMBERS)),
    ROW("scale", scene_matrix, "hidden", DO(fault_times_sum, 4, 0), .scale = 0, RUNS(FLOATS, 1),
        IS(CAUSE(SCALE), NUMBERS)),

    ROW("channel-range", scene_hot_channels, "gain", .scale = 120, DO(fault_quantise, 0, 8), RUNS(FLOATS, 3),
        IS(CAUSE(CHANNEL_RANGE), SETTINGS)),
    ROW("channel-range", scene_hot_channels, "gain", .scale = 40, DO(fault_quantise, 0, 8), RUNS(FLOATS, 2),
        IS(CAUSE(CHANNEL_RANGE), SETTINGS)),
    ROW("channel-range", scene_hot_channels, "gain", .scale = 500, DO(fault_quantise, 0, 8), RUNS(PLAIN, 2),
        IS(CAUSE(CHANNEL_RANGE), SETTINGS)),

    ROW("one-sided", scene_one_sided, "act", .scale = 0, DO(fault_quantise, 0, 4), RUNS(FLOATS, 3),
        IS(CAUSE(ONE_SIDED), SETTINGS | FORMAT)),
    ROW("one-sided", scene_one_sided, "act", .scale = 1, DO(fault_quantise, 0, 4), RUNS(FLOATS, 2),
        IS(CAUSE(ONE_SIDED), SETTINGS | FORMAT)),
    /* a long tail on one side: both at once */
    ROW("one-sided-tail", scene_sparse, "act", DO(fault_quantise, 0, 8), RUNS(FLOATS, 2),
        IS(CAUSE(ONE_SIDED) | CAUSE(OUTLIER), SETTINGS)),

    ROW("outlier", scene_outliers, "sum", .scale = 60, DO(fault_quantise, 0, 8), RUNS(FLOATS, 2),
        IS(CAUSE(OUTLIER), SETTINGS)),
    ROW("outlier", scene_outliers, "sum", .scale = 150, DO(fault_quantise, 0, 8), RUNS(FLOATS, 2),
        IS(CAUSE(OUTLIER), SETTINGS)),
    ROW("outlier", scene_outliers, "sum", .scale = 700, DO(fault_quantise, 0, 8), RUNS(PLAIN, 2),
        IS(CAUSE(OUTLIER), SETTINGS)),

    /* small against what they are made of */
    ROW("near-zero", scene_difference, "sub", .scale = 2e-3f, RUNS(F16, 3),
        IS(CAUSE(NEAR_ZERO) | CAUSE(ROUNDING), SMALL)),
    ROW("near-zero", scene_difference, "sub", .scale = 2e-4f, RUNS(F16, 3),
        IS(CAUSE(NEAR_ZERO) | CAUSE(ROUNDING), SMALL)),
    ROW("near-zero", scene_sinks, "rest", RUNS(FLOATS & ~PLAIN, 4),
        IS(CAUSE(NEAR_ZERO) | CAUSE(ROUNDING), SMALL)),

    /* the format does what it can */
    ROW("rounding", scene_mixer, "fc1", DO(fault_quantise, 0, 4), RUNS(FLOATS, 2),
        IS(CAUSE(ROUNDING), FORMAT | KIND(NOISE))),
    ROW("rounding", scene_pyramid, "conv", DO(fault_quantise, 0, 4), RUNS(FLOATS, 2),
        IS(CAUSE(ROUNDING), FORMAT | KIND(NOISE))),
    END,
};
