/* What one tensor's values tell: integers that wrap, signs, borders, samples, masks, single values. */
#include "labels.h"

#define RANGE (SETTINGS | FORMAT | OVERFLOW)

const struct corpus_row rows_values[] = {
    ROW("wrapped", scene_mixer, "fc1", DO(fault_wrap, 0.6, 8), RUNS(FLOATS, 1), IS(CAUSE(WRAPPED), OPERATOR)),
    ROW("wrapped", scene_photo, "conv2", DO(fault_wrap, 0.7, 8), RUNS(FLOATS, 1),
        IS(CAUSE(WRAPPED), OPERATOR)),
    ROW("wrapped", scene_attention, "q", DO(fault_wrap, 0.5, 4), RUNS(FLOATS, 1),
        IS(CAUSE(WRAPPED), OPERATOR)),
    ROW("wrapped", scene_pyramid, "relu", DO(fault_wrap, 0.6, -8), RUNS(FLOATS, 1),
        IS(CAUSE(WRAPPED), OPERATOR)),
    ROW("wrapped", scene_matrix, "hidden", DO(fault_wrap, 0.4, 16), RUNS(FLOATS, 1),
        IS(CAUSE(WRAPPED), OPERATOR)),
    ROW("wrapped", scene_batch, "out", DO(fault_wrap, 0.55, 8), RUNS(FLOATS, 1), IS(CAUSE(WRAPPED), OUTPUT)),

    ROW("range-both-ends", scene_mixer, "fc1", DO(fault_clip_ends, 0.35, 0), RUNS(FLOATS, 1),
        IS(CAUSE(SATURATION), RANGE)),
    ROW("range-both-ends", scene_batch, "fc", DO(fault_clip_ends, 0.3, 0), RUNS(FLOATS, 1),
        IS(CAUSE(SATURATION), RANGE)),

    ROW("signs-turned", scene_photo, "conv1", DO(fault_signs, 0.3, 1), RUNS(FLOATS, 1),
        IS(CAUSE(SIGNS), OPERATOR)),
    ROW("signs-turned", scene_attention, "k", DO(fault_signs, 0.5, -1), RUNS(FLOATS, 1),
        IS(CAUSE(SIGNS), OPERATOR)),
    ROW("signs-turned", scene_mixer, "norm", DO(fault_signs, 0.1, 1), RUNS(FLOATS, 1),
        IS(CAUSE(SIGNS), OPERATOR)),
    ROW("signs-turned", scene_matrix, "hidden", DO(fault_magnitude, 0, 0), RUNS(FLOATS, 1),
        IS(CAUSE(SIGNS), OPERATOR)),

    ROW("border", scene_photo, "conv2", DO(fault_padding, 0, 0), RUNS(FLOATS, 1),
        IS(CAUSE(BORDERS), OPERATOR)),
    ROW("border", scene_photo, "conv2", DO(fault_padding, 2, 1), RUNS(FLOATS, 1),
        IS(CAUSE(BORDERS), OPERATOR)),
    ROW("border", scene_pyramid, "conv", DO(fault_padding, 1.5, 1), RUNS(FLOATS, 1),
        IS(CAUSE(BORDERS), OPERATOR)),
    ROW("border", scene_pyramid, "smooth", DO(fault_padding, 0, 0), RUNS(FLOATS, 1),
        IS(CAUSE(BORDERS), OUTPUT)),

    ROW("batch-sample", scene_batch, "fc", DO(fault_sample, 0, 0), RUNS(ALL, 1),
        IS(CAUSE(SAMPLES), OPERATOR)),
    ROW("batch-sample", scene_batch, "fc", DO(fault_sample, 0, 1), RUNS(ALL, 1),
        IS(CAUSE(SAMPLES), OPERATOR)),
    ROW("batch-sample", scene_batch, "maps", DO(fault_sample, 0, 2), RUNS(FLOATS, 1),
        IS(CAUSE(SAMPLES), INPUT)),
    ROW("batch-sample", scene_batch, "relu", DO(fault_sample, 2, 3), RUNS(FLOATS, 1),
        IS(CAUSE(SAMPLES), OPERATOR)),

    ROW("softmax-axis", scene_attention, "softmax", DO(fault_softmax_columns, 0, 0), RUNS(FLOATS, 2),
        IS(CAUSE(SOFTMAX_AXIS) | CAUSE(VARIANT), OPERATOR)),

    ROW("mask-differs", scene_attention, "mask", DO(fault_mask, 5, 0), RUNS(FLOATS, 1),
        IS(CAUSE(MASK), OPERATOR)),
    ROW("mask-differs", scene_attention, "mask", DO(fault_mask, 0, 1), RUNS(FLOATS, 1),
        IS(CAUSE(MASK), OPERATOR)),

    ROW("isolated", scene_matrix, "hidden", DO(fault_single, 3, 0), RUNS(FLOATS, 1),
        IS(CAUSE(ISOLATED), OPERATOR)),
    ROW("isolated", scene_photo, "conv1", DO(fault_single, 12, 0), RUNS(FLOATS, 1),
        IS(CAUSE(ISOLATED), OPERATOR)),
    END,
};
