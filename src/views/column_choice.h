/* Which columns a list of layers has, in which order: what a user has chosen of all that there are. */
#ifndef MMTUI_VIEWS_COLUMN_CHOICE_H
#define MMTUI_VIEWS_COLUMN_CHOICE_H

#include "mmtui/report.h"

enum column_wish {
    COLUMN_HIDDEN,
    COLUMN_IF_ROOM, /* one of the usual ones that nobody has touched */
    COLUMN_ASKED    /* a user wants it: it goes before the usual ones */
};

struct column_choice {
    struct {
        enum mm_column_id id;
        enum column_wish wish;
    } pick[MM_COLUMN_COUNT]; /* every column once, in the order of the list */
};

/* The usual ones. */
void column_choice_usual(struct column_choice *choice);
/* These columns in this order and no other; the rest follow in their usual order. None: the usual ones. */
void column_choice_set(struct column_choice *choice, const enum mm_column_id *columns, size_t count);
/* "layer,op,diff2,cos", or "usual"; -1: MM_EARG, and nothing has changed. */
int column_choice_read(struct column_choice *choice, const char *text, struct mm_err *err);
/* Exchange two neighbours. */
void column_choice_swap(struct column_choice *choice, int a, int b);

/* The usual columns in order of importance; MM_COLUMN_COUNT beyond the last. */
enum mm_column_id column_usual(size_t i);

#endif
