/* The layers screen: the ranked list, the error strip, the preview. */
#ifndef MMTUI_VIEWS_LAYERS_VIEW_H
#define MMTUI_VIEWS_LAYERS_VIEW_H

#include "mmtui/report.h"
#include "ui/view.h"
#include "views/column_choice.h"

struct app;

/* What of the screen is kept when another session of the same network takes the place of this one. */
struct layers_kept {
    bool there; /* false: nothing yet */
    struct mm_order order;
    struct column_choice columns;
    char filter[256];
    char selected[1024]; /* the layer's label; "": nobody has moved */
};
void layers_view_keep(const struct view *view, const struct app *app, struct layers_kept *kept);
/* Of a screen that has just been opened. A layer that is not there any more leaves the top one selected. */
void layers_view_restore(struct view *view, struct app *app, const struct layers_kept *kept);

/* `sort` is a column's key, `filter` a filter text or NULL; columns NULL: the usual ones. NULL with err. */
struct view *layers_view_open(struct app *app, const char *sort, const char *filter,
                              const struct column_choice *columns, struct mm_err *err);

/*
 * For the layer screen above it: move the selection by `by` rows of the list, or do one of the jumping
 * actions (next bad, first NaN, strip ...). Returns the layer now selected, or -1 when the list is empty.
 */
long layers_view_step(struct view *view, struct app *app, int by);
long layers_view_jump(struct view *view, struct app *app, const struct action_event *event);
/* Select a layer; one that the filter hides leaves the selection where it is. False then. */
bool layers_view_select(struct view *view, struct app *app, size_t id);
/* The row of a layer, from 0, and how many rows there are. False when the filter hides it. */
bool layers_view_place(const struct view *view, size_t id, int *row, int *count);

#endif
