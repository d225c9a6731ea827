/* What storing a tensor in a format costs, estimated from statistics alone: no tensor is read. */
#ifndef MMTUI_TRIAGE_FLOOR_H
#define MMTUI_TRIAGE_FLOOR_H

#include "mmtui/triage.h"

/*
 * Relative L2 error of rounding src to dst's dtype (with MM_QUANTISED_RESULT: to eight bits).
 *
 *   floats    0.38 u, u = 2^-(p+1), p bits of mantissa: errors are uniform within u of a binade's lower end,
 *             so their RMS is u / sqrt(3); that of values uniform in the binade is sqrt(7/3)
 *   integers  step / sqrt(12) over the RMS, step = range / (2^bits - 1), range from the statistics
 *
 * 0 for what is exact (equal dtypes), for wide integers, and where src has nothing finite or is all zero.
 */
/* A step of these scales over sqrt(12), against the RMS of what has these statistics: their rounding error. */
double floor_of_scales(const struct mm_scales *scales, const struct mm_stats *stats);
double floor_estimate(const struct mm_subject *subject, unsigned quantised);
/* The same of one float format by itself; 0 for other dtypes. */
double floor_of_float(enum mm_dtype dtype);

#endif
