/*
 * guard: reading a mapped file that becomes shorter must not end the process.
 *
 * Touching a page that lies behind the new end of a mapped file raises SIGBUS. A process-wide handler knows
 * the mappings that are guarded: it puts zeros in the place of what is gone and notes that; whoever reads
 * goes on over zeros and asks at the end. No jump out of the middle of anything, so nothing is left locked or
 * allocated, and any number of threads may read the same mapping.
 *
 * The handler is put in place by the first mapping, and again when somebody else's was put over it since.
 * Faults that are not ours go to the handler that was there before. A thread that reads guarded memory must
 * not block SIGBUS.
 */
#ifndef MMTUI_BASE_GUARD_H
#define MMTUI_BASE_GUARD_H

#include "mmtui/base.h"

/* So many mappings can be guarded at once: two for each worker, of which a program has at most 1024. */
#define MM_GUARD_SLOTS 4096

/* The number to ask and remove it by, or -1 when all are taken. */
int mm_guard_add(const void *base, size_t size);
/* Before it is unmapped. */
void mm_guard_remove(int slot);
/* Something that was read was not there any more. */
bool mm_guard_lost(int slot);

#endif
