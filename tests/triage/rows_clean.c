/* Nothing is wrong: no layer is to be accused, whatever the noise. */
#include "labels.h"

/* INT8 may cost what it costs: the format or its settings, or nothing; a layer that computes something else
 * there is none. */
#define INT8(network, of)                                                                                    \
    ROW("int8-only", network, NULL, .scale = of, RUNS(INTEGERS, 1),                                          \
        IS(0, CALM | FORMAT | SETTINGS | KIND(INHERITED)))

const struct corpus_row rows_clean[] = {
    CLEAN(NULL, 8),
    CLEAN(NULL, 1),
    CLEAN(scene_photo, 1),
    CLEAN(scene_photo_last, 1),
    CLEAN(scene_pixels, 1),
    CLEAN(scene_pyramid, 1),
    CLEAN(scene_detector, 1),
    CLEAN(scene_detections, 1),
    CLEAN(scene_segments, 1),
    CLEAN(scene_attention, 1),
    CLEAN(scene_mixer, 1),
    CLEAN(scene_norm, 0.1f),
    CLEAN(scene_chain, 1),
    CLEAN(scene_hot_channels, 1),
    CLEAN(scene_hot_channels, 100),
    CLEAN(scene_outliers, 1),
    CLEAN(scene_outliers, 80),
    CLEAN(scene_loud, 40),
    CLEAN(scene_faint, 0.1f),
    CLEAN(scene_lengths, 2),
    CLEAN(scene_planes, 1),
    CLEAN(scene_matrix, 1),
    CLEAN(scene_batch, 1),
    INT8(scene_photo, 1),
    INT8(scene_photo_last, 1),
    INT8(scene_pixels, 1),
    INT8(scene_pyramid, 1),
    INT8(scene_attention, 1),
    INT8(scene_mixer, 1),
    INT8(scene_chain, 1),
    INT8(scene_matrix, 1),
    INT8(scene_batch, 1),
    INT8(scene_hot_channels, 1),
    END,
};
