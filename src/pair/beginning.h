/* beginning: what nearly all names of a side begin with, and the keys that alike compares. Private to pair. */
#ifndef MMTUI_PAIR_BEGINNING_H
#define MMTUI_PAIR_BEGINNING_H

#include "graph/key.h"
#include "base/names.h"
#include "pair/side.h"

/* How names are compared: in this form, and without these beginnings (by side; NULL: as they are). */
struct alike_cut {
    enum mm_key_form form;
    const char *text[2];
};

#define ALIKE_SAID 3 /* names that are said where several look alike */

/* The names of one key, by side. */
struct alike_slot {
    size_t count[2];
    struct side_run *run[2];                  /* one of them, an open one if there is one; NULL: none */
    struct side_run *more[2][ALIKE_SAID - 1]; /* others, as they come; NULL: no more */
    bool ambiguous;
};

struct alike_keys {
    struct mm_names names;
    struct alike_slot *slot; /* by number of the key */
    size_t capacity;
    struct mm_arena arena;
    struct mm_buf text; /* scratch */
};

void alike_keys_init(struct alike_keys *keys);
void alike_keys_done(struct alike_keys *keys);
/* Add a name, and set its key, -1 where nothing is left of it. -1: memory. */
int alike_key_add(struct alike_keys *keys, const struct alike_cut *cut, int side, struct side_run *run);
/* All names of both sides, sides[0] and sides[1]. */
int alike_keys_fill(struct alike_keys *keys, const struct alike_cut *cut, struct side_runs *sides);
/* One name of each side, and both open? */
bool alike_slot_fits(const struct alike_slot *slot);

/*
 * The beginnings (in MM_KEY_FOLDED, up to a `_`, up to 8 parts) without which most names are paired: of one side, or
 * of both. A beginning must be that of four fifths of the side's open names, of more than half of all its names, and
 * of none of the other side's, and not OpenCV's "onnx_node!", behind which nodes are named; without it two names, and half of the side that has fewer open ones, must be paired.
 * 1 with cut (its texts in the arena), 0: there are none, -1: memory.
 */
int beginning_find(struct side_runs *sides, struct alike_cut *cut, struct mm_arena *arena);

#endif
