/* Every metric of a layer with its threshold and a word: for the Stats tab and the preview. */
#ifndef MMTUI_VIEWS_METRICS_TABLE_H
#define MMTUI_VIEWS_METRICS_TABLE_H

#include "ui/app.h"

/* Draws from line `top` of the table on, and returns the number of lines that the whole table has: none before both
 * sides are measured. */
int metrics_table_draw(struct canvas *c, const struct app *app, size_t id, int top);
int metrics_table_lines(const struct app *app, size_t id);

#endif
