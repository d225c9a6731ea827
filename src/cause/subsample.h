/* subsample: a small tensor that stands for a large one while what-ifs are worked out.. */
#ifndef MMTUI_CAUSE_SUBSAMPLE_H
#define MMTUI_CAUSE_SUBSAMPLE_H

#include "mmtui/cause.h"

/* Elements that are looked at; smaller tensors are taken whole, and those whose encoding can't be entered in
 * the middle. */
#define SUBSAMPLE_COUNT ((int64_t)1 << 14)

struct subsample {
    struct mm_tensor tensor; /* of the same rank; borrows `values` */
    struct mm_run run;
    void *values; /* owned; NULL: the tensor itself */
};

/*
 * Whole stretches of the last axis, at indices spread evenly over the others; always the same ones. Axes are
 * halved, the longest first, those of `keep` (bits) last, so that channels stay complete. The tensor's least
 * and greatest value, of `stats`, stand in it, for ranges depend on them. -1 with MM_ENOMEM or MM_ECORRUPT.
 */
int subsample_open(struct subsample *subsample, const struct mm_tensor *tensor, const struct mm_stats *stats,
                   unsigned keep, struct mm_err *err);
void subsample_close(struct subsample *subsample);
/* What-ifs of a subsample tensor as those of the whole: errors are held against the whole's energy. Does nothing
 * where the tensor was taken whole. */
void subsample_rescale(const struct subsample *subsample, const struct mm_stats *stats,
                       struct mm_whatif *floor, size_t floors);

#endif
