/*
 * name_list: a file that a runtime wrote beside its tensors, which says what the tensor in each file is called, and in
 * which order they were computed.
 */
#ifndef MMTUI_DUMP_NAME_LIST_H
#define MMTUI_DUMP_NAME_LIST_H

#include "mmtui/dump.h"

struct name_list;

/* A kind of list: its file's name, and of what it is one. */
struct name_list_kind {
    const char *file;  /* "tensor_summary.json" */
    const char *title; /* "trtexec's debug tensors" */
    bool common;       /* other files may be called so: one that is no list is nothing to speak of */
    bool outputs;      /* the tensors are in a folder "outputs" beside it */
    bool members;      /* of a file with many tensors it tells of each */
    int (*read)(struct name_list *list, struct mm_err *err);
};
/* By the file's name; NULL: no list is called so. */
const struct name_list_kind *name_list_kind(const char *file);

struct name_list {
    const struct name_list_kind *kind;
    const char *path; /* as it is opened; borrowed */
    const char
        *under; /* of which files it tells: the folder from the dump's root, "" or with a '/'; borrowed */
    const char *scope;      /* what of that folder is a part of names; borrowed */
    struct mm_arena *arena; /* of the texts; borrowed */
    struct name_row {
        const char *stem;    /* of the file: its name without folder and ending; or a member's name */
        const char *name;    /* the tensor's */
        const char *op_type; /* of the operator that made it; NULL: not told */
        size_t place;        /* from 0 on */
    } * row;                 /* sorted by stem once read */
    size_t count, capacity;
    size_t not_seen; /* how many things the list tells to be missing in the dump */
};

/* Read at most 256 MiB. -1: it can't be read (err has the sentence with the path), or is no such list (MM_ECORRUPT). */
int name_list_read(struct name_list *list, struct mm_err *err);
/* Is it msprobe's dump.json of a run that kept statistics instead of tensors? False also where it can't be read. */
bool name_list_statistics(const struct name_list *list);
/* Free the rows. A zeroed one is fine. */
void name_list_done(struct name_list *list);
/* The row of a file; NULL: it says nothing of it. */
const struct name_row *name_list_find(const struct name_list *list, const char *stem);

#endif
