/*
 * same_separator: the values of a large text tensor, which mostly stand behind each other with the same few bytes
 * before each
 * ("\nfloat_val: " or ", "): finding these bytes, and going over many values by them.
 */
#ifndef MMTUI_FORMAT_SAME_SEPARATOR_H
#define MMTUI_FORMAT_SAME_SEPARATOR_H

#include "format/lex.h"

/* How the values of a field are spelt: its name, whether they may have a point, whether [ ] stands around
 * them. */
struct mm_same_separator {
    const char *name;
    bool real;
    bool in_list;
};

/* A value of the field's kind. */
bool mm_same_separator_number(const struct mm_same_separator *spelling, struct mm_word word);
/* Bytes between the value that ends at lex->at and the next one; 0 when it is not that simple, or more
 * than 16. */
size_t mm_same_separator_gap(const struct mm_lex *lex, const struct mm_same_separator *spelling);
/* Go over all values from lex->at on that have the same `gap` bytes before them, at most `most`;
 * returns how many. */
int64_t mm_same_separator_take(struct mm_lex *lex, const struct mm_same_separator *spelling, size_t gap,
                               int64_t most);
/* Where the last value of the text ends that has them; NULL when that is not in the last 64 KiB. */
const char *mm_same_separator_last(const struct mm_lex *lex, const struct mm_same_separator *spelling,
                                   size_t gap);

#endif
