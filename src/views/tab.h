/*
 * A tab of the layer screen is one row: what it is called, its own actions, how it is opened, closed and drawn. To add
 * one: a file NAME_tab.c that fills a struct layer_tab, and a line of the table in tabs.c. Its number, the action that
 * shows it ("tab-" and its title), the key of that (the number), its scope and its part of footer, ? screen and manual
 * page follow from there. layer_view.c knows neither which tabs there are nor how many.
 */
#ifndef MMTUI_VIEWS_TAB_H
#define MMTUI_VIEWS_TAB_H

#include "ui/app.h"

struct layer_view;

/* Something that can be done while the tab is seen, and nowhere else. */
struct tab_action {
    const char *name, *keys, *hint, *help;                  /* as in struct action_info */
    void (*run)(struct layer_view *layer, struct app *app); /* prepare() runs after it */
    /* Instead of run, of an action that is asked for a line: an empty one is an answer. */
    const char *prompt;
    void (*answer)(struct layer_view *layer, struct app *app, const char *text);
};

struct layer_tab {
    const char *title;               /* ASCII */
    const char *help;                /* what it shows, for the ? screen: "both sides in figures" */
    uint64_t scopes;                 /* SCOPE_OPEN where a row can be opened; its own scope comes by itself */
    const struct tab_action *action; /* [actions] */
    size_t actions;
    /* Optional. The tab's state, kept for as long as its layer screen is open; NULL when memory is out. */
    void *(*open)(void);
    void (*close)(void *state);
    /* A tab of text: draw from y = -top on and return the number of lines that there are. The view scrolls it. */
    int (*text)(struct canvas *c, const struct layer_view *layer, const struct app *app, int top);
    /* Any other tab. */
    void (*draw)(struct canvas *c, const struct layer_view *layer, const struct app *app);
    /* Optional. Layer, size, results or tab changed: get what draw() needs. */
    void (*prepare)(struct layer_view *layer, struct app *app);
    /* Optional. Actions that are known elsewhere, too: moving, opening. False: not mine. prepare() runs after it. */
    bool (*act)(struct layer_view *layer, struct app *app, const struct action_event *event);
};

/* How many there are; they are numbered from 0. */
int tab_count(void);
const struct layer_tab *tab_at(int number);
/* The number of a tab; -1: it is none of them. */
int tab_number(const struct layer_tab *tab);
/* The scope in which the tab's own actions are known. */
uint64_t tab_scope(int number);
/* The id of the action that shows a tab. */
int tab_show_id(int number);
/* The id of a tab's own action, 0 <= i < its `actions`. */
int tab_action_id(int number, size_t i);
/* The tab that an action shows; -1 for other actions. */
int tab_shown_by(int id);
/* The row of a tab's own action; NULL for other actions. */
const struct tab_action *tab_action_of(int number, int id);
/* The rows of all these actions, in the arena. 0, or -1 when memory is out. */
int tabs_actions(struct mm_arena *arena, struct action_section *out);

#endif
