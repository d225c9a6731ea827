/* hand: what a person says of single names, against all rungs. Private to pair. */
#ifndef MMTUI_PAIR_HAND_H
#define MMTUI_PAIR_HAND_H

#include "pair/side.h"

/* Pair what belongs together, the k-th tensor of a name with the k-th, before anything else is paired. Occurrences are
 * numbered. */
void hand_join(struct side *src, struct side *dst, const struct mm_hands *hands);
/* Take apart what was paired and does not belong together: by pairing->hands, and the lines `src != dst` of its
 * renames. -1: memory. */
int hand_part(struct side *src, struct side *dst, const struct mm_pairing *pairing, struct mm_arena *arena);
/* What a person has paired is that tensor of the model which one of the two names means. */
void hand_name(struct side *src, const struct mm_graph *graph);

#endif
