/* The dump that the tests of this folder report on: one layer of each kind, figures that can be checked by
 * hand. */
#ifndef REPORT_LAYERS_H
#define REPORT_LAYERS_H

#include "mmtui/report.h"
#include "unit/session/session_testing.h"

#include <math.h>

enum {
    CONV,      /* diff1 0.1, diff2 sqrt(1/30), shape 2x2 */
    CONV2,     /* diff1 0.25, diff2 sqrt(1/8) */
    ZERO,      /* zero against zero */
    FROM_ZERO, /* zero against 0.5: +Inf */
    NANS,      /* NaN in dst */
    SHAPES,    /* 2 against 3 */
    BAD,       /* dst is unreadable */
    LONE_SRC,
    LONE_DST,
    ODD,      /* f16 scalar whose name has an escape in it */
    CONV10,   /* i8, equal */
    REP1,     /* diff1 = diff2 = 1/32, twice the same name */
    REP2,     /* equal */
    BOTH_INF, /* nothing finite, but equal */
    LAYERS
};

static inline void put_layers(struct stage *stage)
{
    const struct pb_head src = {"conv1", "aten::_convolution", 0, false};
    const struct pb_head dst = {"main/mm.conv2d", "mm.conv2d", 1, true}, lone = {"lone", "Lone", 0, false};
    const struct mm_shape square = {.rank = 2, .dim = {2, 2}}, scalar = {0}, two = {.rank = 1, .dim = {2}};
    put_tensor(stage->src, "10_conv1_output.pb", "pb", &src, MM_F32, &square, FLOATS(1, 2, 3, 4));
    put_tensor(stage->dst, "11_conv1_output.pb", "pb", &dst, MM_F32, &square, FLOATS(1, 2, 3, 5));
    put_both(stage, "20_conv2.pb", "conv2", "Conv", FLOATS(1, 1), FLOATS(1, 1.5f), 2);
    put_both(stage, "30_zero.pb", "zero", "Relu", FLOATS(0, 0), FLOATS(0, 0), 2);
    put_both(stage, "40_from_zero.pb", "from_zero", "Relu", FLOATS(0, 0), FLOATS(0, 0.5f), 2);
    put_both(stage, "50_nans.pb", "nans", "Pow", FLOATS(1, 2), FLOATS(1, NAN), 2);
    put_both(stage, "60_shapes.pb", "shapes", "Slice", FLOATS(1, 2), FLOATS(1, 2), 2);
    put_pb(stage->dst, "60_shapes.pb", &lone, FLOATS(1, 2, 3), 3);
    put_both(stage, "70_bad.pb", "bad", "Bad", FLOATS(1), FLOATS(1), 1);
    put_text(stage->dst, "70_bad.pb", "\xff");
    put_pb(stage->src, "80_lone_src.pb", &lone, FLOATS(1, 2), 2);
    put_pb(stage->dst, "90_lone_dst.pb", &lone, FLOATS(1, 2), 2);
    put_tensor(stage->src, "100_é\x1b\"[0].pb", "pb", &src, MM_F32, &scalar, FLOATS(1));
    put_tensor(stage->dst, "100_é\x1b\"[0].pb", "pb", &dst, MM_F16, &scalar, &(uint16_t){0x3C00});
    put_tensor(stage->src, "110_conv10.pb", "pb", &src, MM_F32, &two, FLOATS(1, -2));
    put_tensor(stage->dst, "110_conv10.pb", "pb", &dst, MM_I8, &two, (const int8_t[]){1, -2});
    put_both(stage, "120_rep.pb", "rep", "Add", FLOATS(1), FLOATS(1.03125f), 1);
    put_both(stage, "130_rep.pb", "rep", "Add", FLOATS(1), FLOATS(1), 1);
    put_both(stage, "140_both_inf.pb", "both_inf", "Add", FLOATS(-INFINITY), FLOATS(-INFINITY), 1);
    put_text(stage->src, "README", "no tensor");
}

static inline int setup_layers(void **state)
{
    struct stage *stage = malloc(sizeof *stage);
    stage_init(stage);
    put_layers(stage);
    stage_measure(stage);
    assert_int_equal(mm_session_count(stage->session), LAYERS);
    *state = stage;
    return 0;
}

static inline int teardown_layers(void **state)
{
    stage_done(*state);
    free(*state);
    return 0;
}

/* A session before anything was read. */
static inline void stage_unread(struct stage *stage)
{
    stage_init(stage);
    put_layers(stage);
    stage_open(stage);
}

#endif
