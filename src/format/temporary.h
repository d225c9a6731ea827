/*
 * temporary: a file that no folder lists, for what is too large for memory; it is gone when its descriptor and all maps of
 * it are closed. It lies in the folder that TMPDIR names, else in /var/tmp, which is on a disk, else in /tmp.
 */
#ifndef FORMAT_TEMPORARY_H
#define FORMAT_TEMPORARY_H

#include "mmtui/base.h"

/* A descriptor for reading and writing; -1: MM_EIO. */
int mm_temporary_open(struct mm_err *err);
/* Ask for room for `size` bytes, so that a full disk is an error before any work. -1: MM_EIO; `label` stands first. */
int mm_temporary_room(int descriptor, const char *label, uint64_t size, struct mm_err *err);
/* The sentence of that error, when it is found later: errno tells why. -1. */
int mm_temporary_fail_room(const char *label, uint64_t size, struct mm_err *err);

#endif
