/* naming: by which names the tensors of a dump are paired. Private to pair. */
#ifndef MMTUI_PAIR_NAMING_H
#define MMTUI_PAIR_NAMING_H

#include "pair/side.h"

/* By which names tensors are paired. */
enum reading {
    READ_PLAIN, /* the dump's, without time stamps */
    READ_NUMBERED, /* with the numbers that were taken for time stamps, where the format does not say that they are */
    READ_TENSORFLOW /* plain, and what TensorFlow adds is dropped */
};

/* What names become. */
struct naming {
    enum reading reading;
    const struct mm_pairing *pairing;
    bool *used; /* by rule of pairing->renames */
    struct mm_arena *arena;
};

/* A dump's tensors, named and sorted; names of dst by the rules that were given. -1: memory. side_done in either case. */
int naming_side(struct side *side, const struct mm_dump *dump, const struct naming *naming, bool is_dst);
/* For qsort of candidates: by name, then execution order. */
int naming_order(const void *a, const void *b);
/* What its maker named it. */
const char *naming_file_or_member(const struct mm_entry *entry);

#endif
