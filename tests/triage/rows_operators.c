/* An operator that computes something else: not one of the known mistakes. */
#include "labels.h"

#define OTHER IS(ANOTHER, OPERATOR)

const struct corpus_row rows_operators[] = {
    ROW("implementation", scene_mixer, "gelu", DO(fault_relu, 0, 0), RUNS(ALL, 1), OTHER),
    ROW("implementation", scene_mixer, "gelu", DO(fault_silu, 0, 0), RUNS(FLOATS, 2), OTHER),
    ROW("implementation", scene_mixer, "fc1", DO(fault_transposed_weights, 0, 0), RUNS(ALL, 1), OTHER),
    ROW("implementation", scene_mixer, "norm", DO(fault_epsilon, 0.1, 0), RUNS(FLOATS, 1),
        /* rows of nearly the same variance shrink by nearly the same factor */
        IS(CAUSE(NONE) | CAUSE(SCALE) | CAUSE(AFFINE), NUMBERS)),
    ROW("implementation", scene_mixer, "gate", DO(fault_tanh_sigmoid, 0, 0), RUNS(FLOATS, 1), OTHER),
    ROW("implementation", scene_attention, "out", DO(fault_transposed_weights, 0, 0), RUNS(FLOATS, 1), OTHER),
    ROW("implementation", scene_photo, "conv1", DO(fault_sample_late, 0, 0), RUNS(ALL, 1), OTHER),
    ROW("implementation", scene_photo, "relu2", DO(fault_leaky, 0.2, 0), RUNS(FLOATS, 1), OTHER),
    ROW("implementation", scene_photo, "relu1", DO(fault_leaky, 0.12, 0), RUNS(FLOATS, 1), OTHER),
    ROW("implementation", scene_pyramid, "conv", DO(fault_sample_late, 0, 0), RUNS(FLOATS, 2), OTHER),
    ROW("implementation", scene_pyramid, "up", DO(fault_align_corners, 0, 0), RUNS(FLOATS, 2), OTHER),
    ROW("implementation", scene_photo, "pool", DO(fault_max_for_mean, 0, 0), RUNS(FLOATS, 1), OTHER),
    ROW("accumulator", scene_matrix, "hidden", DO(fault_accumulator_16, 0.5, 0), RUNS(FLOATS, 2),
        IS(CAUSE(WRAPPED), OPERATOR | OVERFLOW)),
    ROW("accumulator", scene_pyramid, "conv", DO(fault_accumulator_16, 0.6, 0), RUNS(FLOATS, 1),
        IS(CAUSE(WRAPPED), OPERATOR | OVERFLOW)),
    END,
};
