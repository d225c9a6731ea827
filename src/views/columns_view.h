/* Choosing the columns of the list of layers: a box over the list, which shows each change at once. */
#ifndef MMTUI_VIEWS_COLUMNS_VIEW_H
#define MMTUI_VIEWS_COLUMNS_VIEW_H

#include "ui/view.h"

struct app;
struct layers;

/* `layers` lies below it and gets the choice; what it had comes back when the box is left with Esc. NULL: memory. */
struct view *columns_view_open(struct app *app, struct layers *layers);

#endif
