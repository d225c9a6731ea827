/* in_dump: what is wrong in the dump alone. Private to triage. */
#ifndef MMTUI_TRIAGE_IN_DUMP_H
#define MMTUI_TRIAGE_IN_DUMP_H

#include "mmtui/triage.h"

/*
 * Does dst of `id` hold the values of a layer that reads it (directly, or up to three operators on; by order alone one
 * of those right behind it), which is right itself? Runtimes that fuse operators write the last one's result under
 * the first one's name, and hooks that do not copy see what was written over it. From statistics alone.
 */
bool in_dump_find(const struct mm_triage_view *view, uint32_t id, struct mm_finding *out);

#endif
