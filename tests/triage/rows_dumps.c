/* How a whole dump was made, and what a dump holds instead of what the network has. */
#include "labels.h"

#define OTHER     IS(CAUSE(NONE), OPERATOR)
#define IN(value) .form = value
/* Under the name of a step, what reads it: fused, or a hook that did not copy before it was written in place. */
#define HOLDS(step, what) step, .other = what, .dumped = true

const struct corpus_row rows_dumps[] = {
    ROW("clean", scene_photo, NULL, IN(FORM_CHANNELS_LAST), RUNS(FLOATS, 1), IS(0, CALM)),
    ROW("clean", scene_pyramid, NULL, IN(FORM_CHANNELS_LAST), LATE, RUNS(FLOATS, 1), IS(0, CALM)),
    ROW("channels-last", scene_pyramid, "conv", IN(FORM_CHANNELS_LAST), DO(fault_sample_late, 0, 0),
        RUNS(FLOATS, 1), OTHER),
    ROW("channels-last", scene_photo, "relu2", IN(FORM_CHANNELS_LAST), DO(fault_leaky, 0.2, 0), LATE,
        RUNS(FLOATS, 1), OTHER),

    ROW("clean", scene_mixer, NULL, IN(FORM_SUFFIX), RUNS(FLOATS, 1), IS(0, CALM)),
    ROW("clean", scene_photo, NULL, IN(FORM_SUFFIX), LATE, RUNS(FLOATS, 1), IS(0, CALM)),
    ROW("suffix", scene_mixer, "gelu", IN(FORM_SUFFIX), DO(fault_relu, 0, 0), RUNS(FLOATS, 1), OTHER),
    ROW("suffix", scene_photo, "relu2", IN(FORM_SUFFIX), DO(fault_leaky, 0.2, 0), LATE, RUNS(FLOATS, 1),
        OTHER),

    ROW("clean", scene_photo, NULL, IN(FORM_MODEL_NAMES), RUNS(FLOATS, 1), IS(0, CALM)),
    ROW("clean", scene_attention, NULL, IN(FORM_MODEL_NAMES), LATE, RUNS(FLOATS, 1), IS(0, CALM)),
    ROW("model-names", scene_attention, "softmax", IN(FORM_MODEL_NAMES), DO(fault_softmax_columns, 0, 0),
        RUNS(FLOATS, 1), OTHER),
    ROW("model-names", scene_pyramid, "up", IN(FORM_MODEL_NAMES), DO(fault_align_corners, 0, 0), LATE,
        RUNS(FLOATS, 1), OTHER),

    /* one statement about the dump; a layer may be over, none is to blame */
    ROW("raw-dump", scene_photo, NULL, IN(FORM_RAW), RUNS(PLAIN, 2), IS(0, CALM | KIND(OVER))),
    ROW("raw-dump", scene_mixer, NULL, IN(FORM_RAW), LATE, RUNS(PLAIN, 2), IS(0, CALM | KIND(OVER))),

    /* nothing tells which came first: what fits no known mistake is over, and nobody is accused */
    ROW("order-unknown", scene_mixer, NULL, .other = "fc1", IN(FORM_NO_ORDER),
        DO(fault_transposed_weights, 0, 0), RUNS(FLOATS, 1), IS(0, CALM | KIND(OVER) | KIND(INHERITED))),
    ROW("order-unknown", scene_attention, NULL, .other = "out", IN(FORM_NO_ORDER),
        DO(fault_transposed_weights, 0, 0), LATE, RUNS(FLOATS, 1),
        IS(0, CALM | KIND(OVER) | KIND(INHERITED))),

    ROW("clean", scene_mixer, NULL, IN(FORM_RUNS), RUNS(FLOATS, 1), IS(0, CALM)),
    ROW("second-run", scene_mixer, "gelu", IN(FORM_RUNS), DO(fault_relu, 0, 0), RUNS(FLOATS, 1), OTHER),
    ROW("second-run", scene_photo, "conv1", IN(FORM_RUNS), DO(fault_sample_late, 0, 0), LATE, RUNS(FLOATS, 1),
        OTHER),

    ROW("in-dump", scene_photo, HOLDS("conv1", "relu1"), RUNS(FLOATS, 1), IS(CAUSE(IN_DUMP), KIND(HARMLESS))),
    ROW("in-dump", scene_mixer, HOLDS("fc1", "gelu"), RUNS(FLOATS, 1), IS(CAUSE(IN_DUMP), KIND(HARMLESS))),
    ROW("in-dump", scene_pyramid, HOLDS("conv", "relu"), LATE, RUNS(FLOATS, 1),
        IS(CAUSE(IN_DUMP), KIND(HARMLESS))),
    ROW("in-dump", scene_mixer, HOLDS("fc2", "mul"), LATE, RUNS(FLOATS, 1),
        IS(CAUSE(IN_DUMP), KIND(HARMLESS))),

    /* masks: each format has its own lowest number, and what they hide is measured */
    ROW("clean", scene_low_mask, NULL, RUNS(PLAIN, 1), IS(0, CALM)),
    ROW("sentinels", scene_low_mask, NULL, .other = "masked", DO(fault_low_mask, 0, 0), RUNS(FLOATS, 1),
        IS(0, CALM)),
    ROW("masked-noise", scene_low_mask, "masked", DO(fault_noise, 0.5, 0), RUNS(PLAIN, 1), OTHER),
    ROW("masked-noise", scene_low_mask, "masked", DO(fault_noise, 0.2, 0), LATE, RUNS(PLAIN, 1), OTHER),

    /* the reference divides by zero */
    ROW("reference-nan", scene_attention, "softmax", .in_src = true, DO(fault_nan_rows, 0.1, 0),
        RUNS(FLOATS, 1), IS(CAUSE(REFERENCE), KIND(HARMLESS))),
    ROW("reference-nan", scene_mixer, "gelu", .in_src = true, DO(fault_nan_rows, 0.2, 0), LATE,
        RUNS(FLOATS, 1), IS(CAUSE(REFERENCE), KIND(HARMLESS))),
    END,
};
