/* whatif_tails: the few greatest and least values of a stream. */
#ifndef MMTUI_WHATIF_TAILS_H
#define MMTUI_WHATIF_TAILS_H

#include <stddef.h>

/* The `room` greatest values that were seen: a heap whose root is the least of them. -Inf while fewer. */
struct mm_tail {
    double *value; /* [room], borrowed */
    size_t room;   /* 1 or more */
};

void mm_tail_init(struct mm_tail *tail, double *memory, size_t room);
/* x > tail->value[0]: it takes the least one's place. */
void mm_tail_put(struct mm_tail *tail, double x);
/* Put in descending order; nothing may be put in afterwards. */
void mm_tail_sort(struct mm_tail *tail);

#endif
