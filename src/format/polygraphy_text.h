/*
 * polygraphy_text: going through a JSON text of any size, front to back, without a tree.
 *
 * Nearly all of such a text is the base64 of arrays in NumPy's format. Where a string begins as one, its header says where
 * the string ends, and nothing between is looked at: a text of gigabytes is passed in the time that its headers take.
 * Whether that string is good is found when it is read.
 */
#ifndef FORMAT_POLYGRAPHY_TEXT_H
#define FORMAT_POLYGRAPHY_TEXT_H

#include "base/json_read.h"

#define PG_DEPTH_MAX 64

struct pg_text {
    const char *file; /* for error texts */
    const char *begin, *at, *end;
};

/* -1 with MM_ECORRUPT: "FILE: line N: WHAT", or that the text ends there. */
int pg_fail(const struct pg_text *text, const char *what, struct mm_err *err);
/* What the next value begins with; '\0' at the end. Nothing but blanks is passed. */
char pg_next(struct pg_text *text);
/* Pass `c`, and blanks before it, if it is next. */
bool pg_take(struct pg_text *text, char c);
/* A string with its quotes, as it stands there. -1: none is next, or it does not end. */
int pg_string(struct pg_text *text, struct mm_json_value *out, struct mm_err *err);
/* Pass a value, whatever it is. */
int pg_skip(struct pg_text *text, struct mm_err *err);

/*
 * The members of an object (elements of a list) that was entered with pg_take: 1, and the member's value (an element) is
 * next, to be passed by the caller; 0: it ended, and that was passed; -1. `first` is set by the caller at first.
 */
int pg_member(struct pg_text *text, bool *first, struct mm_json_value *key, struct mm_err *err);
int pg_element(struct pg_text *text, bool *first, struct mm_err *err);

#endif
