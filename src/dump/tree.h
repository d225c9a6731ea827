/*
 * tree: the files of a folder and of the folders in it.
 *
 * Hidden folders are passed over, and a folder that was seen already, by whatever path a link leads to it. Of folders
 * that are steps, and of those that are ranks (folder_name.h), one is gone into; they are no part of names.
 */
#ifndef MMTUI_DUMP_TREE_H
#define MMTUI_DUMP_TREE_H

#include "mmtui/dump.h"

#define TREE_DEPTH_MOST   32
#define TREE_FOLDERS_MOST 10000

/* A folder of the tree. Each text is "" or ends with a '/'; in the tree's arena. */
struct tree_folder {
    const char *path;  /* as it is opened */
    const char *file;  /* from the root: "step0/block/" */
    const char *scope; /* what of it is a part of names: "block/" */
    bool listed;       /* set by `file`: AIMET's list is in it */
};

struct tree {
    struct mm_arena *arena; /* of all texts; borrowed */
    const struct mm_dump_part *part;
    /* Called once a file, or whatever else has a tensor file's name; a folder's files come before those of the folders
     * in it. Non-zero stops. */
    int (*file)(void *context, struct tree_folder *folder, const char *name);
    /* When all files of the root were seen: are they all there is? */
    bool (*flat)(void *context);
    void *context;
    struct mm_dump_numbers step, rank; /* the result */
    size_t folders;                    /* with the root */
    size_t skipped;                    /* folders that were not gone into, FIFOs, devices */
    size_t special;                    /* of these: FIFOs, devices, sockets */
    size_t again, deep, closed;        /* seen already, too deep, could not be read */
    struct tree_seen {
        uint64_t device, inode;
    } * seen;
    size_t seen_room;
};

/* 0; -1 with err where the root can't be read, the tree is too large, or has no such step or rank; what `file` returned
 * if not 0, and err stays. tree->seen is to be freed in any case. */
int tree_walk(struct tree *tree, const char *path, struct mm_err *err);

#endif
