/*
 * cause: how one layer's error is explained. Private to triage.
 *
 * Each cause is a hypothesis h with few parameters: d = h(s) + noise. Trying it means finding the parameters
 * and asking what is left: residual = sqrt(sum (d - h(s))^2 / sum d^2) over the positions where both are
 * finite. A hypothesis is worth keeping when what is left is close to the noise and far below what was
 * observed; cause_score is the one place that says how the two make a score. Rounding lies on top of every
 * fault, so nothing is compared for equality but what is copied bit by bit (a stale buffer).
 *
 * A cause looks at the metrics first and leaves when they speak against it; index maps are tried on a sample
 * of positions, and only the best of them is verified in full.
 */
#ifndef MMTUI_CAUSE_CAUSE_H
#define MMTUI_CAUSE_CAUSE_H

#include "mmtui/cause.h"

/* What all causes need of one case, worked out once. */
struct trial {
    const struct mm_case *c;
    const atomic_bool *cancel; /* may be NULL */
    bool values;               /* s and d are there */
    bool aligned;              /* and position i of one belongs to position i of the other */
    /* Over positions finite on both sides; without values from the metrics. Without alignment each side has
     * its own finite values, and ee is NaN. */
    int64_t n;
    double mean_s, mean_d;
    double ss, dd, ee, se, sd;        /* sums of s^2, d^2, (s-d)^2, s(s-d), s d */
    double vs, vd;                    /* sums of (s-mean)^2, (d-mean)^2 */
    double observed;                  /* sqrt(ee / max(ss, dd)); NaN without alignment */
    double noise;                     /* of the case, at least float's own rounding */
    bool whole_s, whole_d;            /* all finite values are integers */
    bool mask;                        /* aligned, and at most two values on both sides, whole numbers */
    struct mm_shape s_shape, d_shape; /* without axes of length 1; rank 0 when all are */
    int axis[MM_RANK_MAX];            /* axis k of d_shape is axis[k] of the tensor as it was dumped */
    int channel;                      /* axis of d_shape where channels most likely lie; -1 */
    struct sample *sample;            /* positions of d, for all causes; NULL: each draws its own */
    struct channels *channels;        /* sums along `channel`, once somebody asked; trial_channels */
};

void trial_init(struct trial *trial, const struct mm_case *c, const atomic_bool *cancel);
/* The sums of each channel along trial->channel, made when they are first asked for; borrowed. NULL without
 * such an axis, without values position by position or without memory. */
const struct channels *trial_channels(const struct trial *trial);
bool trial_cancelled(const struct trial *trial);
/* sum (d - h(s))^2 that a prediction may leave at most for cause_score to be above 0. */
double trial_allowed(const struct trial *trial);

/* A finding on its way. */
struct found {
    struct mm_finding finding;
    double parameters; /* how much freedom the hypothesis has: fewer wins among equals */
};

/*
 * 0 (not explained) .. 1 for a residual. left = residual against the larger claim: what was observed, and
 * d's own spread (so that "d is about its mean" explains nothing). score = 1 - left^p, where p falls from 2
 * (residual within 3 times the noise) to 1 (30 times and more); left may be at most 0.6 or 0.35.
 */
double cause_score(const struct trial *trial, double residual);

/*
 * The same for parameters that were fitted, where some fit always leaves less than nothing fitted. A fault
 * that was found leaves noise; what leaves clearly more may leave a tenth of it at most:
 *   score = 1 - (left / allowed)^2 / 2, allowed 0.7 within 1.5 times the noise, 0.1 from 6 times on.
 * Parameters take up degrees of freedom: k of them among n effective values make the residual
 * sqrt(n / (n - k)) times as large; 0 when n is k or less.
 */
double cause_score_fit(const struct trial *trial, double residual, double parameters);
bool found_set_fit(struct found *found, const struct trial *trial, double residual, double fitted,
                   double parameters);

/* Write h(s) for positions [from, from + n) of d. */
typedef void (*predict_block)(const void *hypothesis, const struct trial *trial, int64_t from, size_t n,
                              double *out);
#define PREDICT_BLOCK 1024
/* The residual of a prediction; NaN when cancelled or fewer than half of d's values could be judged. +Inf once
 * it is clear that cause_score will be 0. */
double predict_residual(const struct trial *trial, predict_block predict, const void *hypothesis);
/* The same to the end, for what is not judged by cause_score. */
double predict_residual_whole(const struct trial *trial, predict_block predict, const void *hypothesis);

/* Fill cause, score, residual and parameters; false when the score is too low to keep. */
bool found_set(struct found *found, const struct trial *trial, double residual, double parameters);
void found_say(struct found *found, const char *format, ...) MM_PRINTF(2, 3);
void found_evidence(struct found *found, const char *format, ...) MM_PRINTF(2, 3);
#define SCORE_KEEP 0.3  /* below it a finding is not kept */
#define SCORE_SAME 0.03 /* with less between them, the hypothesis with fewer parameters stands first */

/* Greatest finite magnitude of the format in which dst was made: its dtype's, or half's when a wider dst
 * never goes beyond it. Integers give their own. */
double trial_limit(const struct trial *trial);
/* Class or index numbers rather than measured quantities: whole, not negative but for -1, not of a code's
 * dtype. Scale and offset mean nothing for them. */
bool trial_is_ids(const struct trial *trial);
/* Step of the uniform grid of at most `levels` steps that the values lie on; 0: none. A sample is looked
 * at. */
double grid_find(const double *x, int64_t count, int64_t levels);

/* The grid of dst with at most `levels` steps, as it was found already or, where nobody looked, now. */
double trial_grid(const struct trial *trial, int64_t levels);

/* The distance between neighbours of a 16-bit float around `at`; 0 for other formats. */
double step_of_float(enum mm_dtype dtype, double at);

/* One function a cause. True when *found is filled. */
typedef bool cause_try(const struct trial *trial, struct found *found);
cause_try cause_overflow, cause_inner_overflow, cause_underflow, cause_saturation; /* cause_range.c ... */
cause_try cause_not_dequantised, cause_zero_point, cause_signedness, cause_scale;  /* cause_integer.c */
cause_try cause_channel_range, cause_one_sided, cause_outlier;                     /* cause_settings.c */
cause_try cause_channels_reversed, cause_flipped, cause_shifted;                   /* cause_order.c */
cause_try cause_layout, cause_transposed, cause_cropped;                           /* cause_layout.c */
cause_try cause_channels_permuted, cause_reordered;                                /* cause_match.c */
cause_try cause_normalisation;                                                     /* cause_input.c */
cause_try cause_affine, cause_boxes;                                               /* cause_affine.c */
cause_try cause_zero, cause_constant, cause_unwritten;                             /* cause_memory.c */
cause_try cause_class_map;                                                         /* cause_classes.c */
cause_try cause_near_zero, cause_rounding;                                         /* cause_small.c */
cause_try cause_lost_rows, cause_blocks;                                           /* match.c, blocks.c */
cause_try cause_integers, cause_cancellation;       /* integers.c, cancellation.c */
cause_try cause_reference;                          /* reference.c */
cause_try cause_wrapped, cause_pairs, cause_halved; /* wrap.c, pairs.c */
cause_try cause_signs, cause_borders;               /* signs.c, borders.c */
cause_try cause_samples, cause_softmax_axis;        /* samples.c, softmax_axis.c */
cause_try cause_mask, cause_isolated;               /* mask.c, isolated.c */
cause_try cause_table;                              /* table.c */

#endif
