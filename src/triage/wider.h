/* wider: Inf and NaN that the dump alone has. Private to triage. */
#ifndef MMTUI_TRIAGE_WIDER_H
#define MMTUI_TRIAGE_WIDER_H

#include "mmtui/triage.h"

/*
 * Fill `wider`; error and over are there. A runtime may keep more precision or range than it dumps (fp16 models on a
 * CPU): then a value is Inf in the dump, and what reads it has never seen that. It is so where all that reads the layer
 * is within the thresholds and finite, or of the same kind, and one of these could not be finite by what its operator
 * does with Inf, or is not where it was recomputed from what was dumped. Never for outputs of the network; a graph is
 * needed.
 */
void wider_find(const struct mm_flow *flow, const struct mm_subject *subjects, struct mm_blame *blame);

#endif
