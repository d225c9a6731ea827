/*
 * Names in groups by how they begin: "enc.0.attn.q" and "enc.0.ln.Pow" are both of "enc.0.*". Names are paths; their
 * parts end at / . or : (any run of them), and at a _ beside a part that is a number, since that is what file names make
 * of a slash: "layers.0_ffn_Add" has the parts layers, 0, ffn_Add. A name by itself is in no group.
 */
#ifndef MMTUI_VIEWS_NAME_GROUPS_H
#define MMTUI_VIEWS_NAME_GROUPS_H

#include "mmtui/base.h"

#define NAME_GROUP_NONE UINT32_MAX

struct name_group {
    const char *prefix; /* with what ends its last part: "enc.0."; not terminated, of one of the names */
    uint32_t length;
    uint32_t count;   /* names of it, two at least */
    uint32_t *member; /* their numbers, ascending */
    uint64_t hash;    /* of the prefix */
    bool folded;
};

struct name_groups {
    struct name_group *group;
    size_t count;
    uint32_t *of; /* of each name: its group, or NAME_GROUP_NONE; NULL: not made */
    uint32_t *members;
    int parts; /* that prefixes have; 0: as it suits */
    bool made;
};

/*
 * Group `count` names, which are borrowed until the groups are freed or made anew. `parts` 0: each name by its first
 * part that ends with a digit (a block's number), unless more than half of all names begin so; by all parts but the last
 * where there is none; and where it would be alone, by one part less. `apart` (NULL: none) are names that are no company
 * for the others, nor the others for them. Groups of prefixes that were folded before are folded again. -1: out of memory;
 * there are no groups then.
 */
int name_groups_make(struct name_groups *groups, const char *const *names, const bool *apart, size_t count,
                     int parts, struct mm_err *err);
void name_groups_done(struct name_groups *groups);

/* How many bytes the first `parts` parts of a name have, with what ends the last of them; 0: nothing is behind them. */
size_t name_prefix(const char *name, int parts);

#endif
