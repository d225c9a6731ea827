/* The statistics of a layer, src and dst side by side: for the Stats tab and the preview. */
#ifndef MMTUI_VIEWS_STATS_TABLE_H
#define MMTUI_VIEWS_STATS_TABLE_H

#include "ui/app.h"

/* Each draws from line `top` of the table on, and returns the number of lines that the whole table has. */
int stats_table_draw(struct canvas *c, const struct app *app, size_t id, int top);
/* Node, op type and file. */
int names_table_draw(struct canvas *c, const struct app *app, size_t id, int top);

#endif
