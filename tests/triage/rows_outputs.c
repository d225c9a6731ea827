/* What is read off the network. */
#include "labels.h"

const struct corpus_row rows_outputs[] = {
    ROW("class-map", scene_detector, "ids", DO(fault_class_map, 0, 0), RUNS(FLOATS, 3),
        IS(CAUSE(CLASS_MAP), OUTPUT)),
    ROW("class-map", scene_detector, "ids", DO(fault_class_map, 0, 1), RUNS(FLOATS, 2),
        IS(CAUSE(CLASS_MAP), OUTPUT)),
    ROW("class-map", scene_segments, "classes", DO(fault_class_map, 0, 0), RUNS(FLOATS, 2),
        IS(CAUSE(CLASS_MAP), OUTPUT)),
    ROW("class-map", scene_detections, "labels", DO(fault_class_map, 0, 1), RUNS(FLOATS, 1),
        IS(CAUSE(CLASS_MAP), OUTPUT)),
    ROW("class-map", scene_segments, "classes", DO(fault_class_map, 0, 3), RUNS(FLOATS, 1),
        IS(CAUSE(CLASS_MAP), OUTPUT)),
    /* the background counted as a class: a table, and an offset */
    ROW("class-offset", scene_segments, "classes", DO(fault_class_map, 0, 2), RUNS(FLOATS, 2),
        IS(CAUSE(CLASS_MAP) | CAUSE(ZERO_POINT), OUTPUT | SETTINGS)),

    ROW("boxes", scene_detector, "boxes", DO(fault_boxes, 0, 0), RUNS(FLOATS, 3), IS(CAUSE(BOXES), OUTPUT)),
    ROW("boxes", scene_detector, "boxes", DO(fault_boxes, 0, 1), RUNS(FLOATS, 2), IS(CAUSE(BOXES), OUTPUT)),
    ROW("boxes", scene_detections, "detections", DO(fault_boxes, 0, 0), RUNS(FLOATS, 2),
        IS(CAUSE(BOXES), OUTPUT)),
    ROW("boxes", scene_detector, "boxes", DO(fault_boxes, 0, 2), RUNS(FLOATS, 1), IS(CAUSE(BOXES), OUTPUT)),

    ROW("reordered", scene_detector, "boxes", DO(fault_reorder, 0.04, 1), RUNS(FLOATS, 1),
        IS(CAUSE(REORDERED), OUTPUT | KIND(HARMLESS))),
    ROW("reordered", scene_detections, "detections", DO(fault_reorder, 0, 0), RUNS(FLOATS, 2),
        IS(CAUSE(REORDERED), OUTPUT | KIND(HARMLESS))),
    ROW("reordered", scene_detections, "labels", DO(fault_reorder, 0, 0), RUNS(FLOATS, 2),
        IS(CAUSE(REORDERED), OUTPUT | KIND(HARMLESS))),
    ROW("reordered", scene_detector, "boxes", DO(fault_reorder, 0.3, 1), RUNS(FLOATS, 2),
        IS(CAUSE(REORDERED), OUTPUT | KIND(HARMLESS))),
    ROW("reordered", scene_detector, "scores", DO(fault_reorder, 0, 1), RUNS(FLOATS, 2),
        IS(CAUSE(REORDERED), OUTPUT | KIND(HARMLESS))),
    END,
};
