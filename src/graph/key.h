/*
 * Forms of a name: what is left of it once something that dumps and models write differently is taken away. Each
 * form takes away more than the one before it.
 */
#ifndef GRAPH_KEY_H
#define GRAPH_KEY_H

#include <stddef.h>

enum mm_key_form {
    MM_KEY_EXACT,   /* as it is */
    MM_KEY_SAFE,    /* `_` for what is not [A-Za-z0-9_.-], as file names have it */
    MM_KEY_TRIMMED, /* the same without `_` at the beginning */
    MM_KEY_PLAIN,   /* `_` for all that is not [A-Za-z0-9], none at the beginning */
    MM_KEY_ENDING, /* the same; `:K`, `_output_K`, `.forward.output.K` at the end are one, and nothing if K is 0 */
    MM_KEY_FOLDED, /* the same in small letters; one `_` for several, none at the end */
    MM_KEY_FORMS
};

/* Write the form of a name and a 0; `out` has room for length + 1. Returns its length, which may be 0. */
size_t mm_key(enum mm_key_form form, const char *name, size_t length, char *out);

#endif
