/*
 * The inside of watching: what is known of the files of the dumps, by their paths' hashes.
 *
 * A file is whole, or it is being written. Whole is what nobody has open for writing, as far as the system tells, and
 * whose header fits its size; what was not touched for a minute is whole in any case: it is what it is.
 */
#ifndef MMTUI_DUMP_WATCH_FILES_H
#define MMTUI_DUMP_WATCH_FILES_H

#include "mmtui/dump.h"

/* Seconds after which a file that nobody writes to is taken as it is. */
#define WATCH_RECENT 60.0

struct watch_file {
    uint64_t hash; /* of the path; 0: the slot is free */
    int64_t size, modified;
    uint64_t inode;
    double until;   /* mm_clock: what was not whole is taken as it is from then on; 0: it was whole */
    unsigned round; /* of looking or listing in which it was there last */
    bool known;     /* size, modified, inode are */
    bool steady;    /* of looks: it was the same at two of them */
    bool writing;   /* somebody has it open for writing: told by the system */
    bool checked;   /* as it is now, by its header */
    bool listed;    /* it was whole when it was listed last */
};

struct watch_files {
    struct watch_file *slot; /* a hash table; room is a power of two, or 0 */
    size_t count, room;
    unsigned round;
};

/* Take out of a path what says nothing ("./", a slash behind another, one at its end), in place. */
void watch_path(char *path);
/* The same for paths that differ in that alone; never 0. */
uint64_t watch_files_hash(const char *path);
/* The file's row, made if there is none; NULL: no memory. Valid until the next one is made. */
struct watch_file *watch_files_get(struct watch_files *files, const char *path);
/* Its row, or NULL. */
struct watch_file *watch_files_find(const struct watch_files *files, const char *path);
/* Forget those that were not there in this round. Returns how many. */
size_t watch_files_prune(struct watch_files *files);
/* Take in what the system says of it now. 1: it is another than before; 0: the same; -1: it is gone. */
int watch_file_look(struct watch_file *file, const char *path);
/* Is it whole, by its header? `age`: seconds since it was modified. Sets until. */
bool watch_file_check(struct watch_file *file, const char *path, double age,
                      const struct mm_dump_options *how);
void watch_files_done(struct watch_files *files);

#endif
