/* readers: whom a layer's error reaches. Private to triage. */
#ifndef MMTUI_TRIAGE_READERS_H
#define MMTUI_TRIAGE_READERS_H

#include "mmtui/triage.h"

/* Fills readers, readers_error, readers_mind and readers_hurt of blame[flow->count]; everything else of it is there.
 * From the last layer up: readers behind a layer in execution order count, a loop's way back does not. */
void readers_find(const struct mm_flow *flow, struct mm_blame *blame);

#endif
