/* in_dump: what is wrong in the dump alone. Private to triage. */
#ifndef MMTUI_TRIAGE_IN_DUMP_H
#define MMTUI_TRIAGE_IN_DUMP_H

#include "mmtui/triage.h"

/*
 * Fill `held` and `unread`, for layers that are over; error and over are there.
 *
 * held: dst is, in all figures, dst of a layer behind it, which has a quarter of its error at most, or that it is made into,
 * as a graph shows, by an operator that changes values (what only selects them, as a ReLU, may give back what it gets). No
 * operator has written that before it was made: what was dumped is not what was read.
 *
 * unread, with a graph: all that reads it is within the thresholds, or was recomputed from what was dumped as it should not be, being
 * nearer to src than to that, more than what rounding explains, and has no input that is further off; one at least of the
 * latter. Never an output, and never what moved the values of an input that is over as it should.
 */
void in_dump_mark(const struct mm_background *background, const struct mm_flow *flow,
                  const struct mm_subject *subjects, struct mm_blame *blame);

/* Is this result nearer to src's than to what its inputs give, as they were dumped? */
bool in_dump_other_input(const struct mm_subject *subject, const struct mm_blame *blame);

/* As mm_cause_stale, or by values; where readers suffer, those behind it may have its values because they read them. */
bool in_dump_stale(const struct mm_triage_view *view, uint32_t id, struct mm_finding *out);

/*
 * Is the layer `held`, `unread`, or does dst hold src's values of a layer that reads it (directly, or up to three operators
 * on; by order alone one of those right behind it), which is right itself? Runtimes that fuse operators write the last
 * one's result under the first one's name, and hooks that do not copy see what was written over it. From statistics alone.
 */
bool in_dump_find(const struct mm_triage_view *view, uint32_t id, struct mm_finding *out);

#endif
