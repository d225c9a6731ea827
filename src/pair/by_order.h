/* by_order: what no name was found for, by its place in the order of both dumps. Private to pair. */
#ifndef MMTUI_PAIR_BY_ORDER_H
#define MMTUI_PAIR_BY_ORDER_H

#include "pair/side.h"

/* Pair what is left, as mm_pairs_open says; nothing without pairing->fingerprint, nor (*costly) once that says that no more
 * may be read. -1: memory. */
int by_order_join(struct side *src, struct side *dst, const struct mm_pairing *pairing, bool *costly);

#endif
