/* A list as ui's (list.h), of more rows than an int counts: the elements of a tensor. */
#ifndef MMTUI_VIEWS_LONG_LIST_H
#define MMTUI_VIEWS_LONG_LIST_H

#include "ui/list.h"

/* Invariants as of struct list. */
struct long_list {
    int64_t count, cursor, top;
    int height;
};

/* Select a row (clamped), scrolling as little as possible. */
void long_list_goto(struct long_list *list, int64_t row);
/* Another size or number of rows. */
void long_list_fit(struct long_list *list, int64_t count, int height);
/* The moving actions; a count, or the number that ACT_GOTO has as text, is a row from 0 on, as an index is. */
bool long_list_act(struct long_list *list, const struct action_event *event);

#endif
