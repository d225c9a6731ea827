/* The statistics of a layer, src and dst side by side: for the Stats tab and the preview. */
#ifndef MMTUI_VIEWS_STATS_TABLE_H
#define MMTUI_VIEWS_STATS_TABLE_H

#include "ui/app.h"

/* Each draws from line `top` of the table on, and returns the number of lines that the whole table has. */
int stats_table_draw(struct canvas *c, const struct app *app, size_t id, int top);
/* Every metric with its threshold and a word; nothing before both sides are measured. */
int metrics_table_draw(struct canvas *c, const struct app *app, size_t id, int top);
int metrics_table_lines(const struct app *app, size_t id);
/* Node, op type and file. */
int names_table_draw(struct canvas *c, const struct app *app, size_t id, int top);

#endif
