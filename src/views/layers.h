/* The inside of the layers screen: layers_view.c keeps it, layers_jump.c moves in it, layers_draw.c draws it.
 */
#ifndef MMTUI_VIEWS_LAYERS_H
#define MMTUI_VIEWS_LAYERS_H

#include "mmtui/report.h"
#include "ui/app.h"
#include "ui/list.h"
#include "ui/prompt.h"
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
    struct mm_session_totals totals;
    const struct mm_pair_hist *hist; /* of the selected layer, for the preview; may be NULL */
    size_t previewed;                /* the layer that one was asked for last */
};

/* Rows that the list has in a view of this height (title, headings and strip taken off). */
int layers_list_height(const struct app *app, int h);
/* Rows of the error strip. */
int layers_error_profile_height(const struct app *app, int h);

void layers_draw(const struct view *view, const struct app *app, struct canvas *c);
void layers_status(const struct view *view, const struct app *app, struct canvas *c);

/* The selected row's layer; SIZE_MAX when the list is empty. */
size_t layers_selected(const struct layers *layers);
/* The row of a layer; -1 when the filter hides it. */
int layers_row(const struct layers *layers, size_t id);
/* The actions that only move the selection to another layer; says why when there is none. False: not one of
 * these. */
bool layers_jump(struct layers *layers, struct app *app, const struct action_event *event);

#endif
