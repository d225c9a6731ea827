/* Channels as a table with bars: error and range of each, and a line that says what stands out. */
#ifndef MMTUI_VIEWS_CHANNELS_TABLE_H
#define MMTUI_VIEWS_CHANNELS_TABLE_H

#include "mmtui/session.h"
#include "ui/app.h"
#include "ui/list.h"

/* By what channels are sorted. */
enum channels_sort { CHANNELS_BY_ERROR, CHANNELS_BY_RANGE, CHANNELS_BY_INDEX, CHANNELS_SORTS };

/* Lines above the rows. */
#define CHANNELS_HEAD 4

struct channels_table {
    const struct mm_channels *channels;
    bool known; /* the axis is chosen, or told by the operator */
    enum channels_sort sort;
    const int *order; /* [count] rows to channels */
    const struct list *list;
};

/* -1, 0, 1: which of two channels comes first; equal ones by index. By error: what is NaN or Inf on one side first. */
int channels_compare(const struct mm_channels *channels, enum channels_sort sort, int a, int b);
/* "Channel 5: 40x the median channel's range (dst 40x), 12x its error."; NaN and Inf; or that none stands out. */
void channels_say(const struct mm_channels *channels, struct mm_buf *out);
void channels_table_draw(struct canvas *c, const struct channels_table *table, const struct app *app);

#endif
