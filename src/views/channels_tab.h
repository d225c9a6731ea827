/* The Channels tab, for those that lead there. */
#ifndef MMTUI_VIEWS_CHANNELS_TAB_H
#define MMTUI_VIEWS_CHANNELS_TAB_H

#include "views/layer.h"

/* Show the tab with this channel selected, along this axis. */
void channels_show(struct layer_view *layer, struct app *app, int axis, int64_t channel);

#endif
