/*
 * A set of names, each with a small number of its own: the n-th name that was new has number n - 1. Texts lie
 * in an arena that the owner gives and keeps.
 */
#ifndef MMTUI_BASE_NAMES_H
#define MMTUI_BASE_NAMES_H

#include "mmtui/base.h"

struct mm_name {
    const char *text;
    size_t length;
    uint64_t hash;
};

struct mm_names {
    struct mm_name *name;
    size_t count, capacity;
    int *slot; /* a number, or -1 */
    size_t slots;
};

void mm_names_init(struct mm_names *names);
void mm_names_done(struct mm_names *names);

/* The number of the name, which is added if it is new; -1 when memory is out. */
int mm_names_add(struct mm_names *names, struct mm_arena *arena, const char *text, size_t length);
/* Take back the one that was added last, so that it is new again; its text stays in the arena. There must be one. */
void mm_names_take_back(struct mm_names *names);
/* The number of the name, or -1. */
int mm_names_find(const struct mm_names *names, const char *text, size_t length);

#endif
