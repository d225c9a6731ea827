/* Elements as a table: index, both values, |d|, |d/s|. */
#ifndef MMTUI_VIEWS_ELEMENTS_TABLE_H
#define MMTUI_VIEWS_ELEMENTS_TABLE_H

#include "mmtui/session.h"
#include "ui/app.h"

/* The titles, in row y. */
void elements_table_head(struct canvas *c, int y, const struct app *app, const struct mm_shape *shape);
/* One element; NULL: it is not there yet. */
void elements_table_row(struct canvas *c, int y, const struct app *app, const struct mm_shape *shape,
                        const struct mm_element *element, bool selected);

#endif
