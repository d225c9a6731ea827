/*
 * The inside of the layer screen. layer_view.c keeps the layer, walks and draws title and tab row; each tab
 * is a file of its own (stats_tab.c, hist_tab.c ...) that fills one struct layer_tab. To add one: a value in
 * enum tab, a table, a row of layer_tabs.
 */
#ifndef MMTUI_VIEWS_LAYER_H
#define MMTUI_VIEWS_LAYER_H

#include "mmtui/session.h"
#include "ui/app.h"
#include "ui/list.h"
#include "views/neighbours.h"
#include "views/jump_list.h"
#include "ui/view.h"

/* In the order of the tab row. */
enum tab { TAB_TRIAGE, TAB_STATS, TAB_HIST, TAB_WHATIF, TAB_NEIGHBOURS, TAB_COUNT };

/* Title, tabs, a blank line. */
#define LAYER_HEAD 3

enum hist_range { HIST_ALL, HIST_MIDDLE, HIST_ZERO, HIST_RANGES };

struct hist_tab {
    bool log, error;
    enum hist_range range;
    size_t bins;                     /* index into the steps of + and - */
    const struct mm_pair_hist *hist; /* NULL while it is counted */
    const char *problem;
};

struct whatif_tab {
    const struct mm_whatif_table *table; /* NULL while it is worked out */
    const char *problem;
    int axis;     /* of the channels, as chosen; -1: where they usually lie */
    size_t shown; /* the layer that axis is about; SIZE_MAX: none yet */
};

struct neighbours_tab {
    struct neighbours near;
    struct list list;
    bool down; /* walked to a reader: go on to readers */
};

struct layer_view {
    struct view view;
    struct view *list; /* the layers screen */
    size_t id;
    enum tab tab;
    int w, h;
    int top;                /* first line shown of a tab of text */
    int lines;              /* that it has at this size */
    struct jump_list jumps; /* where jumps to other layers came from */
    size_t asked;           /* the last layer that was looked into for this screen; SIZE_MAX: none */
    struct hist_tab hist;
    struct whatif_tab whatif;
    struct neighbours_tab neighbours;
};

struct layer_tab {
    const char *name;
    enum action key; /* ACT_TAB_0 and on: its number */
    unsigned scope;  /* SCOPE_ of its own actions, or 0 */
    /* The footer, ended by ACT_NONE. */
    const enum action *hints;
    /* A tab of text: draw from y = -top on and return the number of lines that there are. The view scrolls
     * it. */
    int (*text)(struct canvas *c, const struct layer_view *layer, const struct app *app, int top);
    /* Any other tab. */
    void (*draw)(struct canvas *c, const struct layer_view *layer, const struct app *app);
    /* Optional. Layer, size, results or tab changed: get what draw() needs. */
    void (*prepare)(struct layer_view *layer, struct app *app);
    /* Optional. Do an action; false: not mine. prepare() runs after it. */
    bool (*act)(struct layer_view *layer, struct app *app, const struct action_event *event);
};

extern const struct layer_tab triage_tab, stats_tab, hist_tab, whatif_tab, neighbours_tab;

/* Bins of the histogram tab at first. */
#define HIST_BINS_USUAL 4

/* Rows below title and tabs. */
int layer_rows(const struct layer_view *layer);
/* "label     sentence", in as many lines as it needs; returns the line below. */
int layer_sentence(struct canvas *c, int y, enum role role, const char *label, const char *text);
/* What was chosen for the layer, if anything was; returns the line below. */
int layer_chosen(struct canvas *c, int y, const struct app *app, size_t id);
/* Look at another layer in the same tab; BS goes back. */
void layer_jump(struct layer_view *layer, struct app *app, size_t id);

#endif
