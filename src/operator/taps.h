/* Interpolation along one axis: for each position of the result, positions of the input and their weights. */
#ifndef MMTUI_OPERATOR_TAPS_H
#define MMTUI_OPERATOR_TAPS_H

#include "operator/call.h"

enum op_resize_mode { OP_NEAREST, OP_LINEAR, OP_CUBIC, OP_RESIZE_MODES };

/* How an operator is told to interpolate. */
struct op_resize {
    enum op_resize_mode mode;
    double (*coordinate)(const struct op_resize *how, int axis, int64_t at);
    int64_t (*nearest)(const struct op_resize *how, int axis, double coordinate);
    double cubic_a;
    bool exclude_outside, antialias;
    bool crops; /* tf_crop_and_resize: what lies outside of the input is `outside` */
    double outside;
    int rank;
    int64_t in[MM_RANK_MAX], out[MM_RANK_MAX];
    double scale[MM_RANK_MAX];
    double roi_start[MM_RANK_MAX], roi_end[MM_RANK_MAX]; /* of the length of the axis */
};

/* `count` taps each position; index[0] of a position is -1 where it lies outside (crops). */
struct op_taps {
    int count;
    int64_t *index; /* [out * count] */
    double *weight;
};

/* Into the arena; -1 when memory is out. */
int op_taps_make(const struct op_resize *how, int axis, struct mm_arena *arena, struct op_taps *taps);
/* Is this axis as it was? */
bool op_axis_stays(const struct op_resize *how, int axis);
/* Where position `at` of the result is, brought to within 4 positions of the input (further out all is the edge), so that
 * it has a whole part; not a number: -4. */
double op_coordinate(const struct op_resize *how, int axis, int64_t at);
/* This coordinate lies outside of the input, and that matters. */
bool op_is_outside(const struct op_resize *how, int axis, double coordinate);

/* By ONNX's words; NULL, or -1: none of them. */
int op_resize_words(const struct mm_operator_call *call, struct op_resize *how, struct mm_err *err);

#endif
