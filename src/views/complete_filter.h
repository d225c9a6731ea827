/* Tab in texts of the list of layers that have several words: filters, and lists of columns. */
#ifndef MMTUI_VIEWS_COMPLETE_FILTER_H
#define MMTUI_VIEWS_COMPLETE_FILTER_H

#include "ui/complete.h"

struct app;

/* The last term: a column, a sign, a value that layers have. */
void complete_filter(const struct app *app, struct completions *out);
/* The last one of "layer,op,diff2"; those that are there already are left out. */
void complete_columns(const struct app *app, struct completions *out);

#endif
