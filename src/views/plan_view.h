/* The plan screen: what was chosen and why, and what the export will write. */
#ifndef MMTUI_VIEWS_PLAN_VIEW_H
#define MMTUI_VIEWS_PLAN_VIEW_H

struct app;
struct view;

struct view *plan_view_open(struct app *app);

#endif
