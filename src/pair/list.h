/* list: the pairs that come out. Private to pair. */
#ifndef MMTUI_PAIR_LIST_H
#define MMTUI_PAIR_LIST_H

#include "pair/side.h"

/* Pairs and lone tensors of both sides, into pairs->arena; the counts are set. -1: memory. */
int list_make(struct mm_pairs *pairs, const struct side *src, const struct side *dst);

#endif
