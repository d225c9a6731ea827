/*
 * The inside of the layers screen: layers_view.c keeps its rows, layers_order.c filters and sorts them, layers_choose.c
 * tags and chooses, layers_pair.c pairs by hand, layers_jump.c moves between them; layers_draw.c, _columns.c, _title.c and _preview.c draw.
 */
#ifndef MMTUI_VIEWS_LAYERS_H
#define MMTUI_VIEWS_LAYERS_H

#include "mmtui/report.h"
#include "ui/app.h"
#include "ui/list.h"
#include "ui/prompt.h"
#include "views/actions.h"
#include "views/jump_list.h"
#include "ui/view.h"

/* From this width on there is a preview of the selected layer on the right. */
#define PREVIEW_FROM  140
#define PREVIEW_WIDTH 48

struct layers {
    struct view view;
    struct list list;
    size_t *ids; /* the rows: filtered, in order */
    size_t capacity;
    struct mm_order order;
    bool moved;                     /* the user has moved: from here on the selection stays under the hand */
    struct mm_filter *filter;       /* NULL: all */
    struct menu_item sort_menu[16]; /* the columns that this session has */
    int sort_items;
    char filter_text[256];
    char search[256];
    struct jump_list jumps;    /* where jumps to other layers came from */
    int w, h;                  /* of the view's canvas */
    int label_width, op_width; /* of the longest name and op type of all layers; op_width 0: none known */
    uint64_t seen;             /* session revision that ids were made from */
    uint64_t pairings;         /* mm_session_pairings that ids are of */
    size_t marked;             /* by the first =; SIZE_MAX: none */
    bool lone;                 /* the selected layer is in one dump alone */
    bool likely;               /* and has one likely partner there */
    struct mm_session_totals totals;
    bool suggesting;                 /* suggestions are shown */
    const struct mm_pair_hist *hist; /* of the selected layer, for the preview; may be NULL */
    size_t previewed;                /* the layer that one was asked for last */
};

/* Blanks between columns. */
#define LAYERS_GAP 2
/* Blank, mark and name of a chosen precision behind the layer's name. */
#define LAYERS_BADGE 5

struct layers_layout {
    int width[MM_COLUMN_COUNT]; /* 0: not shown */
    int left;                   /* room that is not used yet */
};
struct layers_layout layers_lay_out(const struct layers *layers, const struct mm_session *session, int w);

/* Rows that the list has in a view of this height (title, headings and strip taken off). */
int layers_list_height(const struct app *app, int h);
/* Rows of the error strip. */
int layers_error_profile_height(const struct app *app, int h);

/* Parts of the screen, each into its own canvas. */
void layers_draw_title(struct canvas *c, const struct layers *layers, const struct app *app);
void layers_draw_preview(struct canvas *c, const struct layers *layers, const struct app *app);
void layers_draw(const struct view *view, const struct app *app, struct canvas *c);
void layers_status(const struct view *view, const struct app *app, struct canvas *c);

/* Filter and sort anew; the selected layer keeps its line once the user has moved, before that the top stays selected. */
void layers_rebuild(struct layers *layers, struct app *app);
/* The columns that this session has, for the menu. */
void layers_sort_menu(struct layers *layers, const struct mm_session *session);
/* Filter and sorting; tags, precisions and suggestions. False: not one of these actions. */
bool layers_order_act(struct layers *layers, struct app *app, const struct action_event *event);
bool layers_choose_act(struct layers *layers, struct app *app, const struct action_event *event);

/* Pairing by hand. False: not one of its actions. */
bool layers_pair_act(struct layers *layers, struct app *app, const struct action_event *event);
/* Drop the mark; false: there is none. */
bool layers_unmark(struct layers *layers, struct app *app);
/* When pairs were made anew: all ids of the screen become those that the layers have now. */
void layers_follow(struct layers *layers, struct app *app);
/* Room for the rows of all layers; -1: memory. */
int layers_reserve(struct layers *layers, const struct mm_session *session);
/* Is there something to pair the selected layer with? */
bool layers_may_pair(const struct layers *layers);
/* Which tensor is marked, and what pairs it; false, and nothing, where none is. */
bool layers_mark_text(const struct layers *layers, const struct app *app, struct mm_buf *out);

/* The selected row's layer; SIZE_MAX when the list is empty. */
size_t layers_selected(const struct layers *layers);
/* The row of a layer; -1 when the filter hides it. */
int layers_row(const struct layers *layers, size_t id);
/* The actions that only move the selection to another layer; says why when there is none. False: not one of
 * these. */
bool layers_jump(struct layers *layers, struct app *app, const struct action_event *event);

#endif
