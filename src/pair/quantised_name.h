/* quantised_name: what quantisers name after a tensor. Private to pair. */
#ifndef MMTUI_PAIR_QUANTISED_NAME_H
#define MMTUI_PAIR_QUANTISED_NAME_H

#include "pair/side.h"

/* A tensor of src that dst only has in integers, or behind them: named after it. One of each name. */
void quantised_name_join(struct side *src, struct side *dst);
/*
 * Where dst has a tensor, its codes and what these stand for, the last is what all that follows reads: a Relu that was
 * fused into the range is done only there. So it is the partner, and the tensor before stays alone, by a name of its own.
 * -1: memory.
 */
int quantised_name_prefer(struct side *src, struct side *dst, struct mm_arena *arena);

#endif
