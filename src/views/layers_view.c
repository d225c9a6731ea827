#include "views/layers_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views/copy_text.h"
#include "views/inspector.h"
#include "views/layer_view.h"
#include "views/layers.h"
#include "views/suggest.h"

/* ---- keeping the rows ---- */

/* The histogram of the preview, and what the workers should take next. */
static void prepare(struct layers *layers, struct app *app)
{
    struct list *list = &layers->list;
    int shown = list->count - list->top < list->height ? list->count - list->top : list->height;
    mm_session_focus(app->session, layers->ids + list->top, shown > 0 ? (size_t)shown : 0);
    layers->hist = NULL;
    layers_profile_follow(layers, app);
    size_t id = layers_selected(layers);
    bool layer = id != SIZE_MAX && !layers_fold_at(layers, list->cursor);
    const struct mm_pair *pair = layer ? mm_session_layer(app->session, id)->pair : NULL;
    layers->lone = pair && !(pair->src && pair->dst);
    layers->likely = layers->lone && mm_session_likely(app->session, id) != SIZE_MAX;
    int preview = layers_preview_width(layers, app->session, layers->w);
    if (!preview || id == SIZE_MAX)
        return;
    if (id != layers->previewed)
        mm_session_cancel(app->session, layers->previewed); /* nobody waits for it any more */
    layers->previewed = id;
    enum mm_state state = mm_session_layer(app->session, id)->result.state;
    struct mm_hist_options options = {.bins = preview - 4};
    const char *error;
    if (state == MM_STATE_MEASURED || state == MM_STATE_SINGLE)
        layers->hist = mm_session_hist(app->session, id, &options, &error);
}

static int wider(int width, const char *text)
{
    int this = mm_text_width(text);
    return this > width ? this : width;
}

/* Names change with the pairs alone, op types as headers are read and graphs are given up. */
static void measure_texts(struct layers *layers, const struct mm_session *session)
{
    const char *before = NULL;
    bool known = layers->texts_of == mm_session_pairings(session) + 1;
    if (known && layers->texts_measured == layers->totals.measured &&
        layers->texts_graph == mm_session_graph(session))
        return;
    layers->texts_of = mm_session_pairings(session) + 1;
    layers->texts_measured = layers->totals.measured;
    layers->texts_graph = mm_session_graph(session);
    layers->op_width = 0;
    layers->label_width = known ? layers->label_width : 0;
    for (size_t id = 0; id < mm_session_count(session); id++) {
        const char *op = mm_session_op(session, id);
        if (!known)
            layers->label_width = wider(layers->label_width, mm_session_layer(session, id)->label);
        if (op != before)
            layers->op_width = wider(layers->op_width, op);
        before = op;
    }
}

/* Of a list that begins with a heading the row below it. */
static int first_row(const struct layers *layers)
{
    return layers_is_heading(layers, 0) && layers->list.count > 1;
}

/* Filter and sort anew; the selected layer keeps its line once the user has moved, before that the top stays
 * selected. */
void layers_rebuild(struct layers *layers, struct app *app)
{
    const struct mm_session *session = app->session;
    size_t selected = layers_here(layers);
    int row_before = layers->list.cursor;
    bool heading = layers_is_heading(layers, row_before);
    layers_rows_make(layers, session);
    int row = layers->moved && selected != SIZE_MAX ? layers_row(layers, selected) : first_row(layers);
    if (layers->moved && heading && layers->rows.heading >= 0)
        row = layers->rows.heading;
    list_reorder(&layers->list, layers->list.count, row >= 0 ? row : row_before);
    mm_session_totals(session, &layers->totals);
    layers->suggesting = mm_session_suggestions(session)->count > 0;
    measure_texts(layers, session);
    layers->seen = mm_session_revision(session);
    prepare(layers, app);
}

static void update(struct view *view, struct app *app)
{
    struct layers *layers = (struct layers *)view;
    layers_follow(layers, app);
    if (layers->seen != mm_session_revision(app->session))
        layers_rebuild(layers, app);
    else
        prepare(layers, app);
}

static void size(struct view *view, struct app *app, int w, int h)
{
    struct layers *layers = (struct layers *)view;
    layers->w = w;
    layers->h = h;
    list_resize(&layers->list, layers_list_height(app, h));
    prepare(layers, app);
}

/* ---- actions ---- */

static void act_open(struct layers *layers, struct app *app)
{
    layers->moved = true; /* what was opened stays selected, so that J and K go on from it */
    if (layers->list.count > 0 && !layers_fold_open(layers, app))
        app_push_take(app, layer_view_open(app, &layers->view, layers_selected(layers)));
}

static void act_copy(struct layers *layers, struct app *app, void (*copy)(struct app *, size_t))
{
    const struct layers_fold *fold = layers_fold_at(layers, layers->list.cursor);
    size_t id = layers_selected(layers);
    struct mm_buf name = {0};
    if (fold)
        layers_fold_name(layers, fold, &name);
    if (name.length)
        app_copy(app, mm_buf_text(&name), mm_buf_text(&name));
    else if (id != SIZE_MAX)
        copy(app, id);
    mm_buf_done(&name);
}

/* Esc backs out of one thing: a mark, suggestions, the search, the filter. Tags are work and are not lost so easily (T). */
static bool act_escape(struct layers *layers, struct app *app)
{
    struct action_event none = {.id = ACT_FILTER};
    if (layers_unmark(layers, app) || suggest_drop(app))
        return true;
    if (layers->search[0])
        layers->search[0] = '\0';
    else if (layers->filter)
        layers_order_act(layers, app, &none);
    else
        return false;
    return true;
}

static bool act_here(struct layers *layers, struct app *app, const struct action_event *event)
{
    switch (event->id) {
    case ACT_OPEN: act_open(layers, app); return true;
    case ACT_COPY: act_copy(layers, app, copy_name); return true;
    case ACT_COPY_TEXT: act_copy(layers, app, copy_row); return true;
    case ACT_ESCAPE: return act_escape(layers, app);
    default: return false;
    }
}

/* The first one that answers. */
static bool act_any(struct layers *layers, struct app *app, const struct action_event *event)
{
    if (list_act(&layers->list, event)) {
        layers->moved = true;
        return true;
    }
    return act_here(layers, app, event) || layers_order_act(layers, app, event) ||
           layers_choose_act(layers, app, event) || layers_columns_act(layers, app, event) ||
           layers_pair_act(layers, app, event) || layers_fold_act(layers, app, event) ||
           layers_profile_act(layers, app, event) || layers_jump(layers, app, event);
}

static bool act(struct view *view, struct app *app, const struct action_event *event)
{
    struct layers *layers = (struct layers *)view;
    bool answered = act_any(layers, app, event);
    if (answered && app_top(app) == view)
        update(view, app);
    return answered;
}

static void typed(struct view *view, struct app *app, int action, const char *text)
{
    struct layers *layers = (struct layers *)view;
    if (action != ACT_SEARCH)
        return;
    layers_search_typed(layers, app, text);
    prepare(layers, app);
}

long layers_view_step(struct view *view, struct app *app, int by)
{
    struct layers *layers = (struct layers *)view;
    int before = layers->list.cursor;
    list_move(&layers->list, by);
    if (layers_is_heading(layers, layers->list.cursor))
        list_move(&layers->list, by < 0 ? -1 : 1);
    if (layers_is_heading(layers, layers->list.cursor)) /* it is the last row, or the first */
        list_goto(&layers->list, before);
    layers->moved = true;
    prepare(layers, app);
    return layers->list.count > 0 ? (long)layers_here(layers) : -1;
}

long layers_view_jump(struct view *view, struct app *app, const struct action_event *event)
{
    struct layers *layers = (struct layers *)view;
    layers_jump(layers, app, event);
    prepare(layers, app);
    return layers->list.count > 0 ? (long)layers_here(layers) : -1;
}

bool layers_view_select(struct view *view, struct app *app, size_t id)
{
    struct layers *layers = (struct layers *)view;
    bool shown = layers_goto(layers, id);
    layers->moved = true;
    prepare(layers, app);
    return shown;
}

bool layers_view_place(const struct view *view, size_t id, int *row, int *count)
{
    const struct layers *layers = (const struct layers *)view;
    int heading = layers->rows.heading;
    *row = layers_row(layers, id);
    *count = layers->list.count - (heading >= 0);
    bool shown = *row >= 0;
    *row -= heading >= 0 && *row > heading;
    return shown;
}

void layers_view_keep(const struct view *view, const struct app *app, struct layers_kept *kept)
{
    const struct layers *layers = (const struct layers *)view;
    *kept = (struct layers_kept){.there = true, .order = layers->order, .columns = layers->columns};
    snprintf(kept->filter, sizeof kept->filter, "%s", layers->filter ? layers->filter_text : "");
    if (layers->moved && layers->list.count > 0)
        snprintf(kept->selected, sizeof kept->selected, "%s",
                 mm_session_layer(app->session, layers_here(layers))->label);
}

static void select_called(struct layers *layers, struct app *app, const char *label)
{
    for (size_t id = 0; id < mm_session_count(app->session); id++) {
        /* as long as what was kept of it */
        if (strncmp(mm_session_layer(app->session, id)->label, label,
                    sizeof((struct layers_kept *)0)->selected - 1) == 0) {
            layers_view_select(&layers->view, app, id);
            return;
        }
    }
}

void layers_view_restore(struct view *view, struct app *app, const struct layers_kept *kept)
{
    struct layers *layers = (struct layers *)view;
    struct mm_filter *filter = NULL;
    if (!kept->there)
        return;
    layers->order = kept->order;
    layers->columns = kept->columns;
    if (*kept->filter && mm_filter_open(&filter, kept->filter, NULL) < 0)
        filter = NULL;
    mm_filter_close(layers->filter);
    layers->filter = filter;
    snprintf(layers->filter_text, sizeof layers->filter_text, "%s", filter ? kept->filter : "");
    layers_rebuild(layers, app);
    if (*kept->selected)
        select_called(layers, app, kept->selected);
}

static uint64_t scopes(const struct view *view)
{
    (void)view;
    return SCOPE_LIST | SCOPE_OPEN | SCOPE_LAYERS;
}

static const int *hints(const struct view *view)
{
    static const int usual[] = {ACT_OPEN,   ACT_NEXT_BAD, ACT_PRECISION_NEXT, ACT_SUGGEST,
                                ACT_PLAN,   ACT_TAG,      ACT_SORT_MENU,      ACT_SEARCH,
                                ACT_FILTER, ACT_COLUMNS,  ACT_UNDO,           ACT_NONE};
    static const int suggesting[] = {ACT_ACCEPT, ACT_SUGGEST_TOGGLE, ACT_ESCAPE, ACT_OPEN, ACT_NEXT_BAD,
                                     ACT_TAG,    ACT_PLAN,           ACT_NONE};
    static const int marked[] = {ACT_PAIR_MARK, ACT_ESCAPE, ACT_SEARCH, ACT_FILTER, ACT_OPEN, ACT_NONE};
    static const int lone[] = {ACT_OPEN,      ACT_PAIR_MARK, ACT_NEXT_BAD, ACT_PLAN, ACT_TAG,
                               ACT_SORT_MENU, ACT_SEARCH,    ACT_FILTER,   ACT_UNDO, ACT_NONE};
    static const int folded[] = {ACT_FOLD, ACT_FOLD_ALL,  ACT_PRECISION_NEXT, ACT_NEXT_BAD, ACT_TAG,
                                 ACT_PLAN, ACT_SORT_MENU, ACT_SEARCH,         ACT_FILTER,   ACT_UNDO,
                                 ACT_NONE};
    static const int heading[] = {ACT_FOLD,   ACT_PAIR_LIKELY, ACT_NEXT_BAD, ACT_PLAN, ACT_SORT_MENU,
                                  ACT_SEARCH, ACT_FILTER,      ACT_UNDO,     ACT_NONE};
    static const int likely[] = {ACT_OPEN,   ACT_PAIR_LIKELY, ACT_PAIR_MARK, ACT_NEXT_BAD,
                                 ACT_PLAN,   ACT_TAG,         ACT_SORT_MENU, ACT_SEARCH,
                                 ACT_FILTER, ACT_UNDO,        ACT_NONE};
    const struct layers *layers = (const struct layers *)view;
    return layers->suggesting                               ? suggesting
           : layers->marked != SIZE_MAX                     ? marked
           : layers_fold_at(layers, layers->list.cursor)    ? folded
           : layers_is_heading(layers, layers->list.cursor) ? heading
           : layers->likely                                 ? likely
           : layers_may_pair(layers)                        ? lone
                                                            : usual;
}

static void close_view(struct view *view)
{
    struct layers *layers = (struct layers *)view;
    mm_filter_close(layers->filter);
    layers_rows_done(&layers->rows);
    error_profile_done(&layers->profile);
    free(layers->ids);
    free(layers);
}

static const struct view_ops ops = {
    .name = "layers",
    .scopes = scopes,
    .hints = hints,
    .draw = layers_draw,
    .status = layers_status,
    .act = act,
    .typed = typed,
    .size = size,
    .update = update,
    .close = close_view,
};

struct view *layers_view_open(struct app *app, const char *sort, const char *filter,
                              const struct column_choice *columns, struct mm_err *err)
{
    struct layers *layers = calloc(1, sizeof *layers);
    if (!layers || layers_reserve(layers, app->session) < 0) {
        if (layers)
            close_view(&layers->view);
        mm_fail_memory(err);
        return NULL;
    }
    layers->view.ops = &ops;
    layers->marked = layers->rows.inside = SIZE_MAX;
    layers->pairings = mm_session_pairings(app->session);
    layers_sort_menu(layers, app->session);
    if (columns)
        layers->columns = *columns;
    else
        column_choice_usual(&layers->columns);
    layers->order.column = mm_column_find(sort);
    if (layers->order.column == MM_COLUMN_COUNT)
        layers->order.column = MM_COLUMN_DIFF2;
    if (filter && mm_filter_open(&layers->filter, filter, err) < 0) {
        close_view(&layers->view);
        return NULL;
    }
    snprintf(layers->filter_text, sizeof layers->filter_text, "%s", filter ? filter : "");
    layers_rebuild(layers, app);
    return &layers->view;
}
