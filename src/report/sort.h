/* Stable sorting of many rows at once, within a frame of the screen for 100,000 of them. */
#ifndef MMTUI_REPORT_SORT_H
#define MMTUI_REPORT_SORT_H

#include "mmtui/base.h"

struct sort_row {
    uint64_t key;
    size_t id;
};

/* Ascending by key; rows of one key stay as they stand. `spare` has room for as many rows. */
void sort_by_key(struct sort_row *rows, struct sort_row *spare, size_t count);
/* A key that is in the order of values: of NaN the highest, of -0 that of 0. */
uint64_t sort_key(double value, bool falling);

/* Begins as {.text = s}; less than 4 GiB long. */
struct sort_text {
    const char *text; /* borrowed */
    uint32_t at;      /* how far it was looked at, and in the middle of what */
    uint32_t lead, digits;
    bool number;
};
/* The text of a row is texts[id]; in the order of mm_text_compare_natural. Keys are lost. Rows of one text stay as they stand. */
void sort_by_text(struct sort_row *rows, struct sort_row *spare, size_t count, struct sort_text *texts);

#endif
