/*
 * The inside of the plan screen: plan_lines.c makes its lines, plan_changes.c those of what is not in the file,
 * plan_detail.c the pane of one override, plan_draw.c draws an override's row and the title, plan_view.c is the screen.
 */
#ifndef MMTUI_VIEWS_PLAN_LINES_H
#define MMTUI_VIEWS_PLAN_LINES_H

#include "ui/list.h"
#include "ui/view.h"
#include "views/inspector.h"
#include "views/plan_draw.h"

/* A line of the screen. Lines with an override can be selected and changed. */
struct plan_line {
    enum { LINE_TEXT, LINE_HEAD, LINE_OVERRIDE, LINE_WARN } kind;
    size_t override; /* index in the plan */
    char *text;      /* the others' text */
};

struct plan_view {
    struct view view;
    struct list list;
    struct plan_line *lines;
    size_t capacity;
    int h;                            /* of the view's canvas */
    int width;                        /* that sentences were broken for */
    uint64_t seen;                    /* plan revision that the lines were made from, + 1 */
    const struct mm_dialect *dialect; /* that the lines are for */
    struct mm_problems problems;      /* what is wrong with it for that runtime */
    bool by_worth;                    /* the order: gain per cost, else type of operator */
    bool differing;                   /* what is not in the file is shown, nothing else */
    bool unsaved;                     /* the plan was, when the lines were made */
    struct plan_costs costs;
};

/* Make all lines anew, as the plan is now; the cursor keeps its number. */
void plan_lines_make(struct plan_view *view, const struct app *app);
void plan_lines_clear(struct plan_view *view);
/* Add one; takes its text. */
void plan_lines_add(struct plan_view *view, struct plan_line line);
/* A sentence in as many lines as it needs; all but the first are indented by `indent`. */
void plan_lines_add_text(struct plan_view *view, int kind, int indent, const char *text);
/* What the plan says that its file does not (mm_plan_changes). */
void plan_lines_add_changes(struct plan_view *view, const struct mm_plan *plan);
/* The selected line; NULL: there is none. */
const struct plan_line *plan_lines_selected(const struct plan_view *view);
/* The selected override; NULL: another line is selected. */
const struct mm_override *plan_lines_override(const struct plan_view *view, const struct app *app);

/* How many rows the pane takes in a view of this height; 0: no room. */
int plan_detail_height(const struct app *app, int h);
/* The selected override in full: its name, why it was chosen, the figures then and now. */
void plan_detail_draw(struct canvas *c, const struct mm_override *override, const struct app *app);

#endif
