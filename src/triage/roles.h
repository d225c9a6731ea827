/* What a layer is in the network: input, output, quantised. For flow.c. */
#ifndef MMTUI_TRIAGE_ROLES_H
#define MMTUI_TRIAGE_ROLES_H

#include "mmtui/triage.h"

/* role[flow->count]: bits of enum mm_role. Needs the edges. */
void roles_find(const struct mm_flow *flow, const struct mm_subject *subjects, const struct mm_graph *graph,
                unsigned char *role);
/* quantised[flow->count]: bits of enum mm_quantised. Needs the edges. -1 when memory is out. */
int quantised_find(const struct mm_flow *flow, const struct mm_subject *subjects, unsigned char *quantised);

#endif
