/* A layer with what-ifs whose gains are known. */
#ifndef GAINS_TESTING_H
#define GAINS_TESTING_H

#include "mmtui/cause.h"

static const struct mm_result to_i8 = {.state = MM_STATE_MEASURED,
                                       .src = {.known = true, .dtype = MM_F32},
                                       .dst = {.known = true, .dtype = MM_I8}};
static const struct mm_result to_f32 = {.state = MM_STATE_MEASURED,
                                        .src = {.known = true, .dtype = MM_F32},
                                        .dst = {.known = true, .dtype = MM_F32}};

static inline struct mm_whatif floor_of(bool per_channel, bool asymmetric, enum mm_range range, double sqnr)
{
    return (struct mm_whatif){
        .setting = {.dtype = MM_I8, .per_channel = per_channel, .asymmetric = asymmetric, .range = range},
        .metrics = {.sqnr = sqnr}};
}

/* 30 dB as it is; 33 with a zero point, 40 with a scale a channel, 31 by KL. */
static inline struct mm_evidence usual(void)
{
    struct mm_evidence evidence = {
        .floors = 6, .format = -1, .channel_slope = 0, .channel_spread = 8, .channel_axis = 1};
    evidence.floor[0] = (struct mm_whatif){.setting = {.dtype = MM_F16}, .metrics = {.sqnr = 70}};
    evidence.floor[1] = floor_of(false, false, MM_RANGE_MINMAX, 30);
    evidence.floor[2] = floor_of(false, true, MM_RANGE_MINMAX, 33);
    evidence.floor[3] = floor_of(true, false, MM_RANGE_MINMAX, 40);
    evidence.floor[4] = floor_of(false, false, MM_RANGE_KL, 31);
    evidence.floor[5] = floor_of(false, false, MM_RANGE_MSE, 30.5);
    return evidence;
}

#endif
