/*
 * The inside of the layers screen: layers_view.c keeps it, layers_rows.c makes the rows, layers_fold.c folds groups of
 * them, layers_profile.c has the error profile, layers_order.c filters and sorts, layers_choose.c tags and chooses, layers_pair.c pairs by hand, layers_jump.c moves
 * between them; layers_draw.c, _fold_draw.c, _columns.c, _title.c and _preview.c draw.
 */
#ifndef MMTUI_VIEWS_LAYERS_H
#define MMTUI_VIEWS_LAYERS_H

#include "mmtui/report.h"
#include "ui/app.h"
#include "ui/list.h"
#include "ui/prompt.h"
#include "views/actions.h"
#include "views/column_choice.h"
#include "views/error_profile.h"
#include "views/jump_list.h"
#include "views/name_groups.h"
#include "ui/view.h"

/* From this width on there is a preview of the selected layer on the right. */
#define PREVIEW_FROM      120
#define PREVIEW_LEAST     44
#define PREVIEW_FULL_FROM 140
#define PREVIEW_WIDTH     48

/* A folded group of layers, which is one row; those without a partner have a row of their own in their section. */
struct layers_fold {
    uint32_t group;
    size_t worst;       /* layer whose figures the row shows */
    size_t at;          /* layer in whose place of the order it stands */
    size_t first;       /* in execution order */
    size_t count, over; /* layers that the filter shows; of these over the threshold */
    size_t tagged;
    size_t chosen;  /* layers whose operators have an override */
    bool alike;     /* all of them the same */
    char badge[16]; /* the first one's */
};

/* Kinds of rows; 0 and above: a folded group, its place in `fold`. */
enum { LAYERS_ROW_LAYER = -1, LAYERS_ROW_HEADING = -2 };

/* How the rows came about: all layers sorted, filtered, folded; tensors without a partner behind a heading. */
struct layers_rows {
    size_t *sorted;     /* all layers in order */
    size_t count;       /* of these; another than the session's: not sorted yet */
    uint64_t sorted_at; /* session revision */
    size_t *named;      /* all layers by name, which stays so while the pairs do */
    bool have_named;
    struct mm_order sorted_by;
    uint8_t *section; /* of each layer: LAYERS_HIDDEN ... */
    uint8_t *whole;   /* the same without a filter; of what has no partner where it is */
    int32_t *row_of;  /* of each layer, or of what it is folded into; -1: hidden */
    int32_t *kind;    /* of each row */
    struct name_groups groups;
    uint64_t grouped; /* mm_session_pairings that the groups are of */
    struct layers_fold *fold;
    int32_t *fold_of; /* of each group, twice: of its pairs, of the others; -1: none */
    size_t inside;    /* the layer that the selection stands for while it is on the row it is folded into */
    size_t shown;     /* layers that the filter shows */
    size_t src_only, dst_only;
    int heading; /* row; -1: all have a partner */
    bool lone_folded;
};
enum { LAYERS_HIDDEN, LAYERS_PAIRED, LAYERS_LONE, LAYERS_SRC_ONLY, LAYERS_DST_ONLY };

struct layers {
    struct view view;
    struct list list;
    size_t *
        ids; /* the rows: filtered, in order; of a folded group its worst layer, of the heading the first below it */
    size_t capacity;
    struct layers_rows rows;
    struct mm_order order;
    bool moved;                     /* the user has moved: from here on the selection stays under the hand */
    struct mm_filter *filter;       /* NULL: all */
    struct menu_item sort_menu[16]; /* the columns that this session has */
    int sort_items;
    char filter_text[256];
    char search[256];
    struct {
        bool on;        /* a search is being typed, and the selection follows; what there was before: */
        char text[256]; /* the search */
        size_t here;    /* layers_here */
        int top;        /* of the list */
        bool moved;
    } typing;
    struct column_choice columns;
    struct jump_list jumps; /* where jumps to other layers came from */
    int w, h;               /* of the view's canvas */
    uint64_t texts_of;      /* mm_session_pairings, plus 1, that the widths are of */
    size_t texts_measured;  /* and how many layers were measured then */
    const struct mm_graph *texts_graph;
    int label_width, op_width; /* of the longest name and op type of all layers; op_width 0: none known */
    uint64_t seen;             /* session revision that ids were made from */
    uint64_t pairings;         /* mm_session_pairings that ids are of */
    size_t marked;             /* by the first =; SIZE_MAX: none */
    bool lone;                 /* the selected layer is in one dump alone */
    bool likely;               /* and has one likely partner there */
    struct mm_session_totals totals;
    int zoom;                        /* how often the error profile was halved */
    struct error_profile profile;    /* as it is drawn */
    bool suggesting;                 /* suggestions are shown */
    const struct mm_pair_hist *hist; /* of the selected layer, for the preview; may be NULL */
    size_t previewed;                /* the layer that one was asked for last */
};

/* Blanks between columns; one where what was asked for does not fit otherwise. */
#define LAYERS_GAP 2
/* Blank, mark and name of a chosen precision behind the layer's name. */
#define LAYERS_BADGE 5

struct layers_layout {
    enum mm_column_id column[MM_COLUMN_COUNT]; /* in the order of the screen */
    int count;
    int width[MM_COLUMN_COUNT]; /* by id; 0: not shown */
    int gap;                    /* blanks between them */
    int margin;                 /* of the tag's mark, before the first one */
    int left;                   /* room that is not used yet */
};
struct layers_layout layers_lay_out(const struct layers *layers, const struct mm_session *session, int w);
/* Is there room for all columns that the user has asked for? */
bool layers_all_fit(const struct layers *layers, const struct mm_session *session, int w);
/* Of a view this wide: the columns that the preview takes, 0 where there is none (the columns that the user has asked for
 * come first), and those of the list. */
int layers_preview_width(const struct layers *layers, const struct mm_session *session, int w);
int layers_list_width(const struct layers *layers, const struct mm_session *session, int w);

/* Rows that the list has in a view of this height (title, headings and strip taken off). */
int layers_list_height(const struct app *app, int h);
/* Rows of the error strip. */
int layers_error_profile_height(const struct app *app, int h);

/* The seen part of the error profile follows the selection. */
void layers_profile_follow(struct layers *layers, const struct app *app);
/* Zooming. False: none of its actions. */
bool layers_profile_act(struct layers *layers, struct app *app, const struct action_event *event);

/* Parts of the screen, each into its own canvas. */
void layers_draw_title(struct canvas *c, const struct layers *layers, const struct app *app);
void layers_draw_profile(struct canvas *c, const struct layers *layers, const struct app *app);
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

/* :columns, and what chooses them. False: none of its actions. */
bool layers_columns_act(struct layers *layers, struct app *app, const struct action_event *event);
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

/* The selected row's layer, of a folded group the one it shows; SIZE_MAX on a heading, and when the list is empty. */
size_t layers_selected(const struct layers *layers);
/* The row of a layer, or of what it is folded into; -1 when the filter hides it. */
int layers_row(const struct layers *layers, size_t id);

/* ---- rows, folded or not ---- */

/* Make all rows anew; the list's count follows. */
void layers_rows_make(struct layers *layers, const struct mm_session *session);
void layers_rows_done(struct layers_rows *rows);
/* The layer that the selection stands for, also inside of a folded group; below a heading the first one. SIZE_MAX: no rows. */
size_t layers_here(const struct layers *layers);
/* The folded group of a row; NULL: it is a layer or a heading. */
const struct layers_fold *layers_fold_at(const struct layers *layers, int row);
bool layers_is_heading(const struct layers *layers, int row);
/* The next layer that the row stands for, as they were executed; SIZE_MAX: there is none left. `k` is 0 at first. Of a
 * heading those that are folded into it. */
size_t layers_member(const struct layers *layers, int row, size_t *k);
/* "enc.0.*" */
void layers_fold_name(const struct layers *layers, const struct layers_fold *fold, struct mm_buf *out);
/* Group the names by so many parts (name_groups_make); nothing is folded that was not before. */
int layers_group(struct layers *layers, const struct mm_session *session, int parts, struct mm_err *err);
/* A cell of a folded group where it is another than that of its worst layer; false: it is not. */
bool layers_draw_fold(struct canvas *c, int x, int y, int width, const struct layers *layers,
                      const struct app *app, const struct layers_fold *fold, enum mm_column_id column);
/* The heading of what has no partner. */
void layers_draw_heading(struct canvas *c, int x, int y, const struct layers *layers, const struct app *app);
/* What the selected row is, for the status line; false, and nothing, where it is a layer. */
bool layers_fold_text(const struct layers *layers, const struct app *app, struct mm_buf *out);
/* Folding and unfolding. False: none of its actions. */
bool layers_fold_act(struct layers *layers, struct app *app, const struct action_event *event);
/* Enter on a folded group or a heading. False: the row is a layer. */
bool layers_fold_open(struct layers *layers, struct app *app);
/* Where an action is of one layer and the row is none: says so, and true. */
bool layers_say_folded(const struct layers *layers, struct app *app);
/* Select a layer's row, or that of the group it is folded into. False: the filter hides it. */
bool layers_goto(struct layers *layers, size_t id);
/* The text of a search, while it is typed; NULL: given up. */
void layers_search_typed(struct layers *layers, struct app *app, const char *text);
/* The actions that only move the selection to another layer; says why when there is none. False: not one of
 * these. */
bool layers_jump(struct layers *layers, struct app *app, const struct action_event *event);

#endif
