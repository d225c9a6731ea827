/* Text for the clipboard: figures of the list, and what a tab shows. */
#ifndef MMTUI_VIEWS_COPY_TEXT_H
#define MMTUI_VIEWS_COPY_TEXT_H

#include "views/layer.h"

/* The layer's name. */
void copy_name(struct app *app, size_t id);
/* All columns that the session has, as two lines of fields with tabs between them: headings, figures. */
void copy_row(struct app *app, size_t id);
/* Which layer it is, and all that the tab has to say; of a tab with a list or a chart what is seen of it. */
void copy_tab(const struct layer_view *layer, struct app *app);

#endif
