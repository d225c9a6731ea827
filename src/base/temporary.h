/*
 * The temporary file behind a file that is written atomically. Where the file system can, it has no name until it is
 * complete, and a run that is killed leaves nothing behind. Elsewhere it is NAME.N.tmp beside the file, locked (flock)
 * while its writer lives: the next run that writes the same file removes what is not locked any more and is its user's.
 */
#ifndef MMTUI_BASE_TEMPORARY_H
#define MMTUI_BASE_TEMPORARY_H

#include "mmtui/base.h"

struct mm_temporary {
    int fd;
    bool named; /* it is at `name` */
    char *name; /* owned: where it is, or will be for a moment where it replaces a file */
};

/* Make it in the folder of `path`. -1: `err` says why, nothing to release. */
int temporary_open(struct mm_temporary *file, const char *path, struct mm_err *err);
/* Give it the name `path`, in the place of what is there. -1: errno. It is open and to be dropped as before. */
int temporary_place(struct mm_temporary *file, const char *path);
/* Remove it, unless it was placed; frees the name. Leaves the descriptor to its owner. */
void temporary_drop(struct mm_temporary *file);

#endif
