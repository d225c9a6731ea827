/* tensorflow: names as TensorFlow's tools write them. Private to pair. */
#ifndef MMTUI_PAIR_TENSORFLOW_H
#define MMTUI_PAIR_TENSORFLOW_H

#include "pair/side.h"

/* `name_N@axis..` becomes `name:N`; what follows an @ and the doubled prefix go. A name that is nothing else stays. NULL:
 * memory. */
const char *tensorflow_name(const struct mm_entry *entry, struct mm_arena *arena);
/* Drop outputs that repeat an earlier file of the same name. Only files whose name repeats are opened, once. */
void tensorflow_drop_repeats(struct side *side);

#endif
