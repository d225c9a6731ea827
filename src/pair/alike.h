/* alike: names that two dumps write differently. Private to pair. */
#ifndef MMTUI_PAIR_ALIKE_H
#define MMTUI_PAIR_ALIKE_H

#include "pair/side.h"

/*
 * Pair names without a partner that are the same but for separators, case, the number of the output, or beginnings
 * that nearly all names of one side have, the surest likeness first (enum mm_graph_rung has them). Only where of all
 * names of both sides, also of those that have partners, no other looks like them: else the names stay alone, and
 * `how` says which ones look alike. Nothing is done where one side's names all have partners. Time in proportion to
 * the names. -1: memory.
 */
int alike_join(struct side *src, struct side *dst, struct mm_arena *arena);

#endif
