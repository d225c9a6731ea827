/* jump: errors that start below the threshold. Private to triage. */
#ifndef MMTUI_TRIAGE_JUMP_H
#define MMTUI_TRIAGE_JUMP_H

#include "mmtui/triage.h"

/*
 * Is this layer, which is not over and was not recomputed, so far beyond its inputs and its format that what is over behind
 * it may come of it? Its error, expected and introduced are there, and those of what it reads. More than 0.02; more than
 * 3 times what the inputs' errors come to here (times RMS of the input / RMS of the result for sums, means and unknown
 * operators, where a difference of like values makes a large ratio; times RMS / deviation of the input for norms); and
 * 10 times what formats explain, likewise. False without an order, and in runs of integers.
 */
bool jump_find(const struct mm_flow *flow, const struct mm_subject *subjects, const struct mm_blame *blame,
               uint32_t id);

/* Does anything in the run show that it is one of integers? */
bool jump_is_integer_run(const struct mm_flow *flow);

#endif
