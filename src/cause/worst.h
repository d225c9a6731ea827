/* worst: which element of a layer is furthest off, and which channel. Private to cause. */
#ifndef MMTUI_CAUSE_WORST_H
#define MMTUI_CAUSE_WORST_H

#include "cause/channels.h"
#include "mmtui/cause.h"

/* Nothing is known. */
void worst_init(struct mm_worst *worst);
/*
 * s and d: [count], laid alike in `shape`. The element that the metrics name: the first that is finite on one side alone,
 * else the one with the largest |s - d|.
 */
void worst_element(struct mm_worst *worst, const struct mm_metrics *metrics, const struct mm_shape *shape,
                   const double *s, const double *d, int64_t count);
/*
 * The channel of the largest error, if it stands out: its RMS error is at least 4 times the median channel's, of at
 * least 4 channels of several elements (one of one is the element). `known`: channels run along the axis, or it is any
 * other axis. Without memory none does.
 */
void worst_channel(struct mm_worst *worst, const struct channels *channels, int axis, bool known);

#endif
