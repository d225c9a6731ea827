/* The Values tab, for those that lead there. */
#ifndef MMTUI_VIEWS_VALUES_TAB_H
#define MMTUI_VIEWS_VALUES_TAB_H

#include "views/layer.h"

/* Show the tab with the worst elements of this slice. */
void values_show_slice(struct layer_view *layer, struct app *app, const struct mm_slice *slice);
/* Show the tab with all elements by index, this one selected. */
void values_show_element(struct layer_view *layer, struct app *app, int64_t at);

#endif
