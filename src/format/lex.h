/*
 * The tokens of protobuf's text format, in place. A word is a stretch of [0-9a-zA-Z_.+-]: a name, a number,
 * true or an enum value; what it has to be is for the caller to check with the mm_lex_is_ functions.
 */
#ifndef MMTUI_FORMAT_LEX_H
#define MMTUI_FORMAT_LEX_H

#include "mmtui/base.h"

struct mm_lex {
    const char *file; /* for error texts */
    const char *begin, *at, *end;
    bool comment; /* a comment was skipped; set only, the caller clears it */
};

struct mm_word {
    const char *text;
    size_t length;
};

/* MM_ECORRUPT as "FILE: line N: what 'the text there'". */
int mm_lex_fail(const struct mm_lex *lex, const char *where, const char *what, struct mm_err *err);
/* The line of a place, from 1. Counts from the beginning of the file: for errors only. */
size_t mm_lex_line(const struct mm_lex *lex, const char *where);

/* Skip white space and comments. False at the end of the file. */
bool mm_lex_space(struct mm_lex *lex);
/* Skip white space, then take c if it is there. */
bool mm_lex_take(struct mm_lex *lex, char c);
/* Skip white space, then take a word. False (nothing taken) if there is none. */
bool mm_lex_word(struct mm_lex *lex, struct mm_word *word);
/* Take one or more adjacent string literals; their bytes are added to out (may be NULL). */
int mm_lex_string(struct mm_lex *lex, struct mm_buf *out, struct mm_err *err);
/* Skip the value of an unknown field: a word, strings, a list, a nested message. */
int mm_lex_skip_value(struct mm_lex *lex, struct mm_err *err);

bool mm_lex_is_name(struct mm_word word);  /* [A-Za-z_][A-Za-z0-9_]* */
bool mm_lex_is_float(struct mm_word word); /* 1, -1.5e-3, .5f, inf, -Infinity, nan */
bool mm_lex_is_int(
    struct mm_word word); /* decimal only: 0x1f and 017 would mean something else to protobuf */
bool mm_lex_is_bool(struct mm_word word, bool *value); /* true, false in any case */

#endif
