#include "views/layers_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views/inspector.h"
#include "views/layer_view.h"
#include "views/layers.h"
#include "views/suggest.h"

size_t layers_selected(const struct layers *layers)
{
    return layers->list.count > 0 ? layers->ids[layers->list.cursor] : SIZE_MAX;
}

/* ---- keeping the rows ---- */

/* The histogram of the preview, and what the workers should take next. */
static void prepare(struct layers *layers, struct app *app)
{
    struct list *list = &layers->list;
    int shown = list->count - list->top < list->height ? list->count - list->top : list->height;
    mm_session_focus(app->session, layers->ids + list->top, shown > 0 ? (size_t)shown : 0);
    layers->hist = NULL;
    size_t id = layers_selected(layers);
    const struct mm_pair *pair = id == SIZE_MAX ? NULL : mm_session_layer(app->session, id)->pair;
    layers->lone = pair && !(pair->src && pair->dst);
    layers->likely = layers->lone && mm_session_likely(app->session, layers_selected(layers)) != SIZE_MAX;
    if (layers->w < PREVIEW_FROM || id == SIZE_MAX)
        return;
    if (id != layers->previewed)
        mm_session_cancel(app->session, layers->previewed); /* nobody waits for it any more */
    layers->previewed = id;
    enum mm_state state = mm_session_layer(app->session, id)->result.state;
    struct mm_hist_options options = {.bins = PREVIEW_WIDTH - 4};
    const char *error;
    if (state == MM_STATE_MEASURED || state == MM_STATE_SINGLE)
        layers->hist = mm_session_hist(app->session, id, &options, &error);
}

static int wider(int width, const char *text)
{
    int this = mm_text_width(text);
    return this > width ? this : width;
}

static void measure_texts(struct layers *layers, const struct mm_session *session)
{
    layers->label_width = layers->op_width = 0;
    for (size_t id = 0; id < mm_session_count(session); id++) {
        layers->label_width = wider(layers->label_width, mm_session_layer(session, id)->label);
        layers->op_width = wider(layers->op_width, mm_session_op(session, id));
    }
}

/* Filter and sort anew; the selected layer keeps its line once the user has moved, before that the top stays
 * selected. */
void layers_rebuild(struct layers *layers, struct app *app)
{
    const struct mm_session *session = app->session;
    size_t selected = layers_selected(layers), count = 0;
    int row_before = layers->list.cursor;
    for (size_t id = 0; id < mm_session_count(session); id++) {
        if (mm_filter_match(layers->filter, session, id))
            layers->ids[count++] = id;
    }
    mm_order_sort(session, &layers->order, layers->ids, count);
    layers->list.count = (int)count; /* for row_of; list_reorder sets the rest */
    int row = layers->moved && selected != SIZE_MAX ? layers_row(layers, selected) : 0;
    list_reorder(&layers->list, (int)count, row >= 0 ? row : row_before);
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
    if (layers->list.count > 0)
        app_push_take(app, layer_view_open(app, &layers->view, layers_selected(layers)));
}

static void act_copy(struct layers *layers, struct app *app)
{
    if (layers->list.count > 0)
        app_copy(app, mm_session_layer(app->session, layers_selected(layers))->pair->name);
}

/* Esc backs out of one thing: a mark, suggestions, the filter, the search. Tags are work and are not lost so easily (T). */
static bool act_escape(struct layers *layers, struct app *app)
{
    struct action_event none = {.id = ACT_FILTER};
    if (layers_unmark(layers, app) || suggest_drop(app))
        return true;
    if (layers->filter)
        layers_order_act(layers, app, &none);
    else if (layers->search[0])
        layers->search[0] = '\0';
    else
        return false;
    return true;
}

static bool act_here(struct layers *layers, struct app *app, const struct action_event *event)
{
    switch (event->id) {
    case ACT_OPEN: act_open(layers, app); return true;
    case ACT_COPY: act_copy(layers, app); return true;
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
           layers_choose_act(layers, app, event) || layers_pair_act(layers, app, event) ||
           layers_jump(layers, app, event);
}

static bool act(struct view *view, struct app *app, const struct action_event *event)
{
    struct layers *layers = (struct layers *)view;
    bool answered = act_any(layers, app, event);
    if (answered && app_top(app) == view)
        update(view, app);
    return answered;
}

long layers_view_step(struct view *view, struct app *app, int by)
{
    struct layers *layers = (struct layers *)view;
    list_move(&layers->list, by);
    layers->moved = true;
    prepare(layers, app);
    return layers->list.count > 0 ? (long)layers_selected(layers) : -1;
}

long layers_view_jump(struct view *view, struct app *app, const struct action_event *event)
{
    struct layers *layers = (struct layers *)view;
    layers_jump(layers, app, event);
    prepare(layers, app);
    return layers->list.count > 0 ? (long)layers_selected(layers) : -1;
}

bool layers_view_select(struct view *view, struct app *app, size_t id)
{
    struct layers *layers = (struct layers *)view;
    int row = layers_row(layers, id);
    if (row >= 0)
        list_jump(&layers->list, row);
    layers->moved = true;
    prepare(layers, app);
    return row >= 0;
}

bool layers_view_place(const struct view *view, size_t id, int *row, int *count)
{
    const struct layers *layers = (const struct layers *)view;
    *row = layers_row(layers, id);
    *count = layers->list.count;
    return *row >= 0;
}

void layers_view_keep(const struct view *view, const struct app *app, struct layers_kept *kept)
{
    const struct layers *layers = (const struct layers *)view;
    *kept = (struct layers_kept){.there = true, .order = layers->order};
    snprintf(kept->filter, sizeof kept->filter, "%s", layers->filter ? layers->filter_text : "");
    if (layers->moved && layers->list.count > 0)
        snprintf(kept->selected, sizeof kept->selected, "%s",
                 mm_session_layer(app->session, layers_selected(layers))->label);
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
    static const int usual[] = {ACT_OPEN, ACT_NEXT_BAD,  ACT_PRECISION_NEXT, ACT_SUGGEST, ACT_PLAN,
                                ACT_TAG,  ACT_SORT_MENU, ACT_SEARCH,         ACT_FILTER,  ACT_UNDO,
                                ACT_NONE};
    static const int suggesting[] = {ACT_ACCEPT, ACT_SUGGEST_TOGGLE, ACT_ESCAPE, ACT_OPEN, ACT_NEXT_BAD,
                                     ACT_TAG,    ACT_PLAN,           ACT_NONE};
    static const int marked[] = {ACT_PAIR_MARK, ACT_ESCAPE, ACT_SEARCH, ACT_FILTER, ACT_OPEN, ACT_NONE};
    static const int lone[] = {ACT_OPEN,      ACT_PAIR_MARK, ACT_NEXT_BAD, ACT_PLAN, ACT_TAG,
                               ACT_SORT_MENU, ACT_SEARCH,    ACT_FILTER,   ACT_UNDO, ACT_NONE};
    static const int likely[] = {ACT_OPEN,   ACT_PAIR_LIKELY, ACT_PAIR_MARK, ACT_NEXT_BAD,
                                 ACT_PLAN,   ACT_TAG,         ACT_SORT_MENU, ACT_SEARCH,
                                 ACT_FILTER, ACT_UNDO,        ACT_NONE};
    const struct layers *layers = (const struct layers *)view;
    return layers->suggesting           ? suggesting
           : layers->marked != SIZE_MAX ? marked
           : layers->likely             ? likely
           : layers_may_pair(layers)    ? lone
                                        : usual;
}

static void close_view(struct view *view)
{
    struct layers *layers = (struct layers *)view;
    mm_filter_close(layers->filter);
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
    .size = size,
    .update = update,
    .close = close_view,
};

struct view *layers_view_open(struct app *app, const char *sort, const char *filter, struct mm_err *err)
{
    struct layers *layers = calloc(1, sizeof *layers);
    if (!layers || layers_reserve(layers, app->session) < 0) {
        free(layers);
        mm_fail_memory(err);
        return NULL;
    }
    layers->view.ops = &ops;
    layers->marked = SIZE_MAX;
    layers->pairings = mm_session_pairings(app->session);
    layers_sort_menu(layers, app->session);
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
