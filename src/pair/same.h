/* same: pairing by equal names. Private to pair. */
#ifndef MMTUI_PAIR_SAME_H
#define MMTUI_PAIR_SAME_H

#include "pair/side.h"

/* Number the occurrences of all names of a side, and their tensors that were not dropped: before anything is paired. */
void same_number(struct side *side);
/* The k-th of a name with the k-th, where neither has a partner. `rung`: by what, where names are as they were. */
void same_join(struct side *src, struct side *dst, enum mm_pair_rung rung);
/* Two files with one tensor each, given by name: they are meant to be compared, whatever they are called. */
void same_only(struct side *src, struct side *dst);

#endif
