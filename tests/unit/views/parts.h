/*
 * A few tensors of several axes for the tests of the Channels and Values tabs. Include after <cmocka.h>.
 *
 *     conv   [1, 12, 6, 8]  s = index in its channel + 1, channel 5 40 times that; at odd indices d = s - 1/40, in
 *                           channel 5 s - 1: rms 1/40 sqrt(1/2) = 0.0177, and 0.707
 *     bias   [12]           0 to 11, the last one off by 2
 *     scalar []             3 and 5
 *     nan    [4, 6]         0 to 23; 7 became NaN, 12 became Inf
 *     lone   [2, 3]         1 to 6, only in src
 *     shape                 2x3 against 4
 */
#ifndef TESTS_PARTS_H
#define TESTS_PARTS_H

#include "unit/views/small.h"

#include <math.h>

enum { PARTS_CHANNELS = 12, PARTS_PLANE = 48 };

static inline void parts_make_conv(void)
{
    float s[PARTS_CHANNELS * PARTS_PLANE], d[PARTS_CHANNELS * PARTS_PLANE];
    for (int i = 0; i < PARTS_CHANNELS * PARTS_PLANE; i++) {
        bool wide = i / PARTS_PLANE == 5;
        s[i] = (float)(i % PARTS_PLANE + 1) * (wide ? 40 : 1);
        d[i] = s[i] - (i % 2 ? wide ? 1.0f : 0.025f : 0);
    }
    small_npy("parts_src", "1_conv.npy", "<f4", "1, 12, 6, 8", s, sizeof s);
    small_npy("parts_dst", "1_conv.npy", "<f4", "1, 12, 6, 8", d, sizeof d);
}

static inline int parts_group_setup(void **state)
{
    if (small_group_setup(state) < 0 || mm_folder_make("parts_src", NULL) < 0 ||
        mm_folder_make("parts_dst", NULL) < 0)
        return -1;
    float s[24], d[24];
    parts_make_conv();
    for (int i = 0; i < 24; i++)
        s[i] = d[i] = (float)i;
    d[7] = NAN;
    d[12] = INFINITY;
    small_npy("parts_src", "2_nan.npy", "<f4", "4, 6", s, sizeof s);
    small_npy("parts_dst", "2_nan.npy", "<f4", "4, 6", d, sizeof d);
    SMALL_F32("parts_src", "3_bias.npy", "12,", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    SMALL_F32("parts_dst", "3_bias.npy", "12,", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13);
    SMALL_F32("parts_src", "4_scalar.npy", "", 3);
    SMALL_F32("parts_dst", "4_scalar.npy", "", 5);
    SMALL_F32("parts_src", "5_lone.npy", "2, 3", 1, 2, 3, 4, 5, 6);
    SMALL_F32("parts_src", "6_shape.npy", "2, 3", 1, 2, 3, 4, 5, 6);
    SMALL_F32("parts_dst", "6_shape.npy", "4,", 1, 2, 3, 4);
    return 0;
}

static inline int parts_setup(void **state)
{
    struct small *small = calloc(1, sizeof *small);
    struct mm_session_options options = small_options("parts_src", "parts_dst");
    options.triage = true;
    small_open(small, &options);
    small_settle(small);
    *state = small;
    return 0;
}

/* From the list: open the layer of this name and press keys there. */
static inline void parts_open_layer(struct small *small, const char *name, const char *keys)
{
    char text[128];
    snprintf(text, sizeof text, "/ \"%s\" Enter Enter %s", name, keys);
    small_keys(small, text);
}

#endif
