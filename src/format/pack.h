/*
 * pack: files with many tensors, written one tensor after the other (mm_pack). What is the same for all formats is here:
 * names, each once, and what happens when a tensor can't be written. A format has a row of functions
 * (struct mm_pack_kind), and a struct of its own that begins with a struct mm_pack.
 */
#ifndef FORMAT_PACK_H
#define FORMAT_PACK_H

#include "mmtui/format.h"
#include "base/names.h"

/* The names of a file's tensors. Zeroed at first. */
struct pack_names {
    struct mm_names set;
    struct mm_arena arena;
    struct mm_buf label; /* of the last one, for error texts: "a.npz: tensor 'x'" */
};

/* The tensor's name ("arr_N" if it has none, N of them being there), as a copy that lives as long as `names`. -1: MM_EARG,
 * there is one of this name. */
int pack_names_add(struct pack_names *names, const struct mm_store *store, const char *path,
                   const char **name, struct mm_err *err);
void pack_names_done(struct pack_names *names);

struct mm_pack {
    const struct mm_pack_kind *kind;
    char *path;
    struct mm_atomic *out; /* the kind's; set by its open */
    struct pack_names names;
};

struct mm_pack_kind {
    size_t size; /* of the kind's struct, which is zeroed before `open` */
    /* -1: nothing is left open. */
    int (*open)(struct mm_pack *pack, struct mm_err *err);
    /* `name` lives as long as the pack, unless this fails: then the file is as it was. `label` begins error texts. */
    int (*add)(struct mm_pack *pack, const struct mm_store *store, const char *name, const char *label,
               struct mm_err *err);
    /* These two release all that open and add made. */
    int (*commit)(struct mm_pack *pack, struct mm_err *err);
    void (*abort)(struct mm_pack *pack);
};

/* All at once, as write_all of struct mm_format: for formats that write many tensors no other way. */
int pack_write_all(const struct mm_pack_kind *kind, const struct mm_store *stores, size_t count,
                   const char *path, struct mm_err *err);

#endif
