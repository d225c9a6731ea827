/* rename: names of dst as those of src. Private to pair; mmtui/pair.h has what others see. */
#ifndef MMTUI_PAIR_RENAME_H
#define MMTUI_PAIR_RENAME_H

#include "mmtui/pair.h"

/* The name that the rules make of one of dst: itself where none fits. used[mm_renames_count] gets what fitted. NULL:
 * memory. */
const char *rename_name(const struct mm_renames *renames, const char *name, bool *used,
                        struct mm_arena *arena);
/* Is it what a line `src = dst` gives to another name of dst, for which used[] is set? */
bool rename_is_given(const struct mm_renames *renames, const char *name, const bool *used);
/* "3 of 5 rules ... fit no name of dst: ..." appended; nothing where all fitted. */
void rename_say_unused(const struct mm_renames *renames, const bool *used, struct mm_buf *out);
/* Is there a line `src != dst`; one for these two names, as the dumps have them? */
bool rename_any_apart(const struct mm_renames *renames);
bool rename_apart(const struct mm_renames *renames, const char *src, const char *dst);

#endif
