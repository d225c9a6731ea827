/* centre: the fit of a line, and when it and the spreads need a second pass. */
#ifndef MMTUI_COMPARE_CENTRE_H
#define MMTUI_COMPARE_CENTRE_H

#include "mmtui/compare.h"

/* As mm_metric_fit, from the sums of the second pass. Both passes saw the same positions. */
void mm_centred_fit(const struct mm_sums *sums, const struct mm_centre *centre,
                    const struct mm_centred *centred, double *scale, double *offset, double *residual);
/* Has mm_metric_cosine_gap too few digits left? Where the sides differ by a scale, Σe² is nearly all
 * scale. */
bool mm_cosine_gap_lost(const struct mm_sums *sums);
/* 1 - cosine where that is so: of sin², which is what d has across s, beside Σd². */
double mm_centred_gap(const struct mm_sums *sums, const struct mm_centred *centred);

#endif
