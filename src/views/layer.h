/*
 * The inside of the layer screen: layer_view.c keeps the layer, walks and draws title and tab row; layer_tabs.c keeps
 * the tabs. Each tab is a file of its own (tab.h).
 */
#ifndef MMTUI_VIEWS_LAYER_H
#define MMTUI_VIEWS_LAYER_H

#include "mmtui/session.h"
#include "ui/app.h"
#include "ui/view.h"
#include "views/actions.h"
#include "views/jump_list.h"
#include "views/tab.h"

/* Title, tabs, a blank line. */
#define LAYER_HEAD 3

#define LAYER_HINTS 24

struct layer_view {
    struct view view;
    struct view *list; /* the layers screen */
    size_t id;
    int tab;
    void **state; /* [tab_count()] of the tabs, each opened when it is first shown */
    int w, h;
    int top;                /* first line shown of a tab of text */
    int lines;              /* that it has at this size */
    struct jump_list jumps; /* where jumps to other layers came from */
    bool gone;              /* its tensor is in no dump any more */
    uint64_t pairings;      /* mm_session_pairings that id is of */
    int hints[LAYER_HINTS]; /* the footer of this tab, ended by ACT_NONE */
};

/* The state of the tab that is seen. */
void *layer_state(const struct layer_view *layer);
/* Rows below title and tabs. */
int layer_rows(const struct layer_view *layer);
/* "label     sentence", in as many lines as it needs; returns the line below. */
int layer_sentence(struct canvas *c, int y, enum role role, const char *label, const char *text);
/* What was chosen for the layer, if anything was; returns the line below. */
int layer_chosen(struct canvas *c, int y, const struct app *app, size_t id);
/* Look at another layer in the same tab; BS goes back. */
void layer_jump(struct layer_view *layer, struct app *app, size_t id);

/* ---- for layer_view.c ---- */

/* Show a tab. False, and a message, when memory is out: another one is shown still. */
bool layer_tab_show(struct layer_view *layer, struct app *app, int number);
/* Free what all tabs remember; they begin anew when they are shown. */
void layer_tabs_reset(struct layer_view *layer);
void layer_tabs_close(struct layer_view *layer);
/* "[0 Triage]  1 Stats ...", into one row. */
void layer_tabs_draw(struct canvas *c, const struct layer_view *layer);
/* The actions that choose a tab, and those of the tab that is seen. False: neither. */
bool layer_tabs_act(struct layer_view *layer, struct app *app, const struct action_event *event);

#endif
