/* The table of the What if tab: what each format and setting would cost, beside what was observed. */
#ifndef MMTUI_VIEWS_WHATIF_TABLE_H
#define MMTUI_VIEWS_WHATIF_TABLE_H

#include "mmtui/session.h"
#include "ui/app.h"

/*
 * Draws from line `top` on and returns the number of lines that all of it has. table is NULL while it is
 * worked out, or with `problem`, a sentence on why there will be none.
 */
int whatif_table_draw(struct canvas *c, const struct app *app, size_t id, const struct mm_whatif_table *table,
                      const char *problem, int top);
/* The row whose error is nearest to the observed one (by ratio); -1 where there is no figure to compare. Of
 * rows alike the first. */
int whatif_nearest(const struct mm_whatif_table *table, const struct mm_result *result);

#endif
