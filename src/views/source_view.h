/* The screen that says in full what the two dumps are: what the status row has no room for. */
#ifndef MMTUI_VIEWS_SOURCE_VIEW_H
#define MMTUI_VIEWS_SOURCE_VIEW_H

struct app;
struct view;

/* NULL when memory is out. */
struct view *source_view_open(struct app *app);

#endif
