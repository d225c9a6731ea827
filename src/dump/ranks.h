/*
 * ranks: tensors of which each rank of a tensor-parallel run has dumped its part: "block.rank0.npy", "block.rank1.npy" ...,
 * or block.npy in folders rank0, rank1 ...
 */
#ifndef MMTUI_DUMP_RANKS_H
#define MMTUI_DUMP_RANKS_H

#include "mmtui/dump.h"

/*
 * The last "rank3", "rank_3", "rank-3" or "rank=3" in a name, in any case, as a word of its own. `begin` and `end`: what
 * of the name to leave out for that of the whole tensor, with separators on one side. False: there is none, or nothing
 * else in the name.
 */
bool ranks_in_name(const char *name, size_t *begin, size_t *end, int64_t *rank);
/* The rank whose folder a file (a path from the dump's root on) is in: the innermost one; -1: in none. */
int64_t ranks_of_folder(const char *file);
/* The axis along which the parts of a tensor are one behind the other; false: nothing is said of it. */
bool ranks_axis(const struct mm_concat_list *list, const char *name, int *axis);

#endif
