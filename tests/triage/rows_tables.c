/* Rows, tables of detections, whole numbers, blocks of pixels; small differences of large numbers. */
#include "labels.h"

const struct corpus_row rows_tables[] = {
    CLEAN(scene_labels, 1),
    CLEAN(scene_raw_detector, 1),
    CLEAN(scene_tokens, 1),
    CLEAN(scene_shuffle, 1),
    CLEAN(scene_concat, 1),

    ROW("class-column", scene_labels, "detections", DO(fault_class_column, 0, 0), RUNS(FLOATS, 1),
        IS(CAUSE(CLASS_MAP), OUTPUT)),
    ROW("class-column", scene_labels, "detections", DO(fault_class_column, 0, 2), LATE, RUNS(FLOATS, 1),
        IS(CAUSE(CLASS_MAP), OUTPUT)),
    ROW("boxes-turned", scene_labels, "detections", DO(fault_boxes_turned, 0, 0), RUNS(FLOATS, 1),
        IS(CAUSE(BOXES) | CAUSE(CHANNELS_PERMUTED), OUTPUT)),
    ROW("boxes-turned", scene_raw_detector, "predictions", DO(fault_boxes_turned, 0, 0), LATE,
        RUNS(FLOATS, 1), IS(CAUSE(BOXES) | CAUSE(CHANNELS_PERMUTED), OUTPUT)),
    ROW("scores-column", scene_raw_detector, "predictions", DO(fault_scores, 0, 0), RUNS(FLOATS, 1),
        IS(CAUSE(COLUMNS), OUTPUT)),
    ROW("scores-column", scene_raw_detector, "predictions", DO(fault_scores, 0, 1), LATE, RUNS(FLOATS, 1),
        IS(CAUSE(COLUMNS) | CAUSE(ZERO), OUTPUT)),
    ROW("fewer-rows", scene_labels, "detections", DO(fault_drop_row, 0, 12), RUNS(FLOATS, 1),
        IS(CAUSE(DETECTIONS), OUTPUT | KIND(SHAPE))),
    ROW("fewer-rows", scene_detections, "detections", DO(fault_drop_row, 0, 3), LATE, RUNS(FLOATS, 1),
        IS(CAUSE(DETECTIONS), OUTPUT | KIND(SHAPE))),

    ROW("lost-row", scene_mixer, "norm", DO(fault_lose_row, 0, 1), RUNS(FLOATS, 1),
        IS(CAUSE(LOST_ROWS), OPERATOR)),
    ROW("lost-row", scene_attention, "v", DO(fault_lose_row, 0, 1), LATE, RUNS(FLOATS, 1),
        IS(CAUSE(LOST_ROWS), OPERATOR)),
    ROW("block-order", scene_shuffle, "pixels", DO(fault_block_order, 0, 0), RUNS(FLOATS, 2),
        IS(CAUSE(BLOCKS), OPERATOR)),

    ROW("integers", scene_segments, "classes", DO(fault_other_ids, 0.05, 0), RUNS(FLOATS, 1),
        IS(CAUSE(INTEGERS), OUTPUT)),
    ROW("integers", scene_detector, "ids", DO(fault_other_ids, 0.3, 0), LATE, RUNS(FLOATS, 1),
        IS(CAUSE(INTEGERS), OUTPUT)),
    ROW("integers", scene_tokens, "input_ids", DO(fault_other_ids, 0.1, 0), RUNS(FLOATS, 1),
        IS(CAUSE(INTEGERS), INPUT)),

    /* the noise is the fault: half's steps at a large mean, and squares below its least number */
    ROW("cancellation", scene_large_mean, "centred", .scale = 400, RUNS(F16, 2),
        IS(CAUSE(CANCELLATION), FORMAT)),
    ROW("cancellation", scene_large_mean, "centred", .scale = 1500, LATE, RUNS(F16, 2),
        IS(CAUSE(CANCELLATION), FORMAT)),
    ROW("underflow", scene_faint, "square", .scale = 4e-5f, RUNS(F16, 2),
        IS(CAUSE(UNDERFLOW), FORMAT | OVERFLOW)),

    ROW("concat-swapped", scene_concat, "joined", DO(fault_concat_swapped, 0, 0), RUNS(FLOATS, 1),
        IS(CAUSE(NONE) | CAUSE(CHANNELS_PERMUTED) | CAUSE(SHIFTED), OPERATOR)),
    ROW("channel-zero", scene_photo, "conv1", DO(fault_channel_zero, 0, 1), RUNS(ALL, 1),
        IS(CAUSE(NONE) | CAUSE(UNWRITTEN) | CAUSE(AFFINE), OPERATOR)),
    ROW("channel-zero", scene_pyramid, "relu", DO(fault_channel_zero, 0, 1), LATE, RUNS(FLOATS, 1),
        IS(CAUSE(NONE) | CAUSE(UNWRITTEN) | CAUSE(AFFINE), OPERATOR)),
    END,
};
