/* filter: the terms of a filter, as their text is read (filter_text.c) and as layers are held against them (filter.c). */
#ifndef MMTUI_REPORT_FILTER_H
#define MMTUI_REPORT_FILTER_H

#include <regex.h>

#include "mmtui/report.h"

enum filter_compare {
    FILTER_LESS,
    FILTER_LESS_EQUAL,
    FILTER_GREATER,
    FILTER_GREATER_EQUAL,
    FILTER_EQUAL,
    FILTER_NOT_EQUAL,
    FILTER_LIKE,
    FILTER_NOT_LIKE
};

struct filter_term;
typedef bool filter_match(const struct filter_term *term, const struct mm_session *session, size_t id);
filter_match filter_number, filter_text, filter_word, filter_glob;

struct filter_term {
    bool negated;
    filter_match *match;
    enum mm_column_id column; /* of a comparison */
    enum filter_compare compare;
    double number;
    const char *text;
    bool compiled; /* LIKE and NOT_LIKE: the regular expression is there */
    regex_t pattern;
};

struct mm_filter {
    struct mm_arena arena;
    struct filter_term *terms;
    size_t count;
};

/* The signs of comparisons, longer ones before their beginnings. */
struct filter_sign {
    const char *text;
    enum filter_compare compare;
    bool of_figures, of_texts; /* what it may stand behind */
    bool offered;              /* when a term is completed: of two alike one is enough */
};
const struct filter_sign *filter_signs(size_t *count);
/* The sign that begins here; NULL: none. */
const struct filter_sign *filter_sign_at(const char *text);

/* Words that stand by themselves: bad, tagged ... NULL beyond the last. */
const char *filter_flag(size_t i);
/* The match of one; NULL: it is none. */
filter_match *filter_flag_find(const char *word);

/* The words that a column's cell can be, where all are known: verdict, cause, certainty. NULL beyond the last, and
 * where any text can be there. */
const char *filter_known_value(enum mm_column_id column, size_t i);

/* The last part of an operator's type: conv2d of mm.conv2d. */
const char *filter_op_name(const char *op);

/* Read the terms of a text into a filter that has none. -1: MM_EARG with the place, or memory. */
int filter_read(struct mm_filter *filter, const char *text, struct mm_err *err);

#endif
