/* One layer: tabs over the same tensor pair. J and K walk through the list below without leaving. */
#ifndef MMTUI_VIEWS_LAYER_VIEW_H
#define MMTUI_VIEWS_LAYER_VIEW_H

#include <stddef.h>

struct app;
struct view;

/* `list` is the layers screen that it was opened from (layers_view_step). NULL when memory is out. */
struct view *layer_view_open(struct app *app, struct view *list, size_t id);

#endif
