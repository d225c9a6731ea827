/*
 * The inside of the copy against crashes: places in the folder of the user's state, for the files of this folder.
 *
 * A place is a number, with the files plan-HASH-NUMBER.json and, while a process has the place, plan-HASH-NUMBER.lock,
 * which that process holds locked (flock): the lock ends with the process, however that ends. HASH is of the real paths
 * of both dumps, which the file has as well.
 */
#ifndef MMTUI_PLAN_AUTOSAVE_H
#define MMTUI_PLAN_AUTOSAVE_H

#include "plan/state.h"

/* Sessions on the same two dumps at the same time, and what crashed ones have left. */
#define AUTOSAVE_PLACES 32

struct autosave_place {
    char *file, *lock; /* paths; NULL: it is none */
    int fd;            /* of the lock */
};

/* 1: it is ours now; 0: another process has it; -1 with err. */
int autosave_place_take(struct autosave_place *place, const char *folder, uint64_t hash, int number,
                        struct mm_err *err);
/* Let others have it. A zeroed one, or one that was not taken, is fine. */
void autosave_place_release(struct autosave_place *place);

/* A path as any process would find it: absolute, without links. To be freed; NULL: memory. */
char *autosave_real_path(const char *path);
uint64_t autosave_hash(const char *src, const char *dst);

#endif
