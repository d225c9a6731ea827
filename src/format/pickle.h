/*
 * pickle: what a pickle holds, without running any of it.
 *
 * Python builds the objects of a pickle by calling whatever the pickle names. Nothing is called here: the stream is
 * walked, and each value becomes a node. A global is its name, a call is the name and its arguments, and whoever reads
 * the nodes knows the few names that mean something to it. Depth, memo, memory and the number of nodes are bounded.
 *
 * Source: the opcodes of Python's pickletools.
 */
#ifndef FORMAT_PICKLE_H
#define FORMAT_PICKLE_H

#include "mmtui/base.h"

enum pickle_kind {
    PICKLE_NONE,
    PICKLE_BOOL,
    PICKLE_WHOLE,
    PICKLE_REAL,
    PICKLE_TEXT,   /* text or bytes */
    PICKLE_LIST,   /* list, tuple, set: items */
    PICKLE_DICT,   /* items: key, value, key, value ... */
    PICKLE_GLOBAL, /* text: "module name" */
    PICKLE_CALL,  /* items: what is called, its arguments (a list), and what it was built from, if anything */
    PICKLE_STORED /* a persistent id: items[0] */
};

struct pickle_node {
    enum pickle_kind kind;
    int64_t whole; /* BOOL, WHOLE */
    double real;
    const char *text; /* TEXT, GLOBAL: NUL-terminated, in the arena */
    size_t length;    /* of it */
    struct pickle_node **items;
    size_t count, capacity;
};

/*
 * Walk the pickle at the beginning of `data`; nodes are allocated from `arena`. `label` stands first in error texts.
 * NULL: MM_ECORRUPT (it ends early, or makes no sense), MM_EUNSUPPORTED (an opcode that data does not need, or a bound),
 * MM_ENOMEM.
 */
struct pickle_node *pickle_walk(const uint8_t *data, size_t size, const char *label, struct mm_arena *arena,
                                struct mm_err *err);
/* Is it a global of this name ("collections OrderedDict")? A NULL node is none. */
bool pickle_is_global(const struct pickle_node *node, const char *name);
/* The i-th item, or NULL. */
const struct pickle_node *pickle_item(const struct pickle_node *node, size_t i);

#endif
