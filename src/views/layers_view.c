#include "views/layers_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views/inspector.h"
#include "views/layer_view.h"
#include "views/layers.h"

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
static void rebuild(struct layers *layers, struct app *app)
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
    measure_texts(layers, session);
    layers->seen = mm_session_revision(session);
    prepare(layers, app);
}

static void update(struct view *view, struct app *app)
{
    struct layers *layers = (struct layers *)view;
    if (layers->seen != mm_session_revision(app->session))
        rebuild(layers, app);
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

/* ---- order and filter ---- */

static void act_filter(struct layers *layers, struct app *app, const struct action_event *event)
{
    const char *text = event->text ? event->text : "";
    struct mm_filter *filter = NULL;
    struct mm_err err;
    if (text[strspn(text, " ")] && mm_filter_open(&filter, text, &err) < 0) {
        app_say_err(app, &err);
        return;
    }
    mm_filter_close(layers->filter);
    layers->filter = filter;
    snprintf(layers->filter_text, sizeof layers->filter_text, "%s", filter ? text : "");
    layers->moved = true;
    rebuild(layers, app);
    if (filter)
        app_say(app, ROLE_STATUS, "%d of %zu layers match %s (Esc shows all)", layers->list.count,
                mm_session_count(app->session), layers->filter_text);
}

static const struct menu_item sort_columns[] = {
    {'d', "diff2    relative L2", "diff2"},
    {'f', "diff1    mean relative error", "diff1"},
    {'m', "max|d|   largest difference", "maxabs"},
    {'c', "cos      cosine", "cos"},
    {'r', "RMSE", "rmse"},
    {'#', "#        execution order", "number"},
    {'n', "name", "layer"},
    {'o', "op type", "op"},
    {'t', "dtype", "dtype"},
    {'i', "NaN/Inf  how many", "nonfinite"},
    {'v', "verdict", "verdict"},
    {'I', "impl     dst against the simulation", "impl"},
    {'F', "format   the simulation against src", "format"},
    {'b', "before   diff2 of the earlier dst", "before"},
    {'B', "change   better or worse than before", "change"},
};

static void make_sort_menu(struct layers *layers, const struct mm_session *session)
{
    layers->sort_items = 0;
    for (size_t i = 0; i < MM_COUNT(sort_columns); i++) {
        if (mm_column_there(session, mm_column_find(sort_columns[i].value)))
            layers->sort_menu[layers->sort_items++] = sort_columns[i];
    }
}

static int sort_item(const struct layers *layers)
{
    int item = 0;
    while (item < layers->sort_items - 1 &&
           strcmp(layers->sort_menu[item].value, mm_column(layers->order.column)->key) != 0)
        item++;
    return item;
}

static void set_sort(struct layers *layers, struct app *app, enum mm_column_id column, bool reverse)
{
    layers->order = (struct mm_order){.column = column, .reverse = reverse};
    rebuild(layers, app);
    app_say(app, ROLE_STATUS, "Sorted by %s%s", mm_column(column)->key, reverse ? ", reversed" : "");
}

static void act_sort(struct layers *layers, struct app *app, const struct action_event *event)
{
    int items = layers->sort_items;
    if (event->id == ACT_SORT_MENU) {
        app_menu(app, ACT_SORT, "Sort by", layers->sort_menu, items, sort_item(layers));
    } else if (event->id == ACT_SORT_REVERSE) {
        set_sort(layers, app, layers->order.column, !layers->order.reverse);
    } else if (event->id == ACT_SORT) {
        enum mm_column_id column = mm_column_find(event->text ? event->text : "");
        if (column == MM_COLUMN_COUNT)
            app_say(app, ROLE_ERROR, "There is no column \"%s\" (s shows them)",
                    event->text ? event->text : "");
        else
            set_sort(layers, app, column, false);
    } else {
        int item = (sort_item(layers) + (event->id == ACT_SORT_NEXT ? 1 : items - 1)) % items;
        set_sort(layers, app, mm_column_find(layers->sort_menu[item].value), false);
    }
}

/* ---- tags and precision ---- */

static void act_tag(struct layers *layers, struct app *app, const struct action_event *event)
{
    if (layers->list.count == 0)
        return;
    for (int i = 0; i < action_times(event); i++) {
        size_t id = layers_selected(layers);
        mm_session_tag(app->session, id, !mm_session_layer(app->session, id)->tagged);
        layers->moved = true;
        if (event->id == ACT_TAG_STAY || layers->list.cursor + 1 == layers->list.count)
            break;
        list_move(&layers->list, 1);
    }
    app_changed(app);
}

/* A pattern fits a name or an op type: whole with wildcards, else as a part. */
static bool pattern_fits(const struct mm_session *session, size_t id, const char *pattern)
{
    const char *label = mm_session_layer(session, id)->label, *op = mm_session_op(session, id);
    if (strpbrk(pattern, "*?["))
        return mm_text_glob(pattern, label) || mm_text_glob(pattern, op);
    return mm_text_find(label, pattern) || mm_text_find(op, pattern);
}

static void act_tag_pattern(struct layers *layers, struct app *app, const struct action_event *event)
{
    size_t count = 0;
    if (!event->text || !event->text[0])
        return;
    for (int row = 0; row < layers->list.count; row++) {
        if (pattern_fits(app->session, layers->ids[row], event->text)) {
            mm_session_tag(app->session, layers->ids[row], true);
            count++;
        }
    }
    app_say(app, count ? ROLE_STATUS : ROLE_WARN, "%zu layers match %s%s", count, event->text,
            count ? " and are tagged (T untags all)" : "");
    app_changed(app);
}

static void act_untag_all(struct layers *layers, struct app *app, const struct action_event *event)
{
    (void)layers;
    (void)event;
    app_say(app, ROLE_STATUS, "%zu tags removed", mm_session_untag_all(app->session));
    app_changed(app);
}

/* The tagged layers, or the selected one. Returns how many; *ids is malloc'ed. */
static size_t targets(const struct layers *layers, const struct app *app, size_t **ids)
{
    size_t count = 0;
    *ids = calloc(mm_session_count(app->session) + 1, sizeof **ids);
    if (!*ids || layers->list.count == 0)
        return 0;
    for (size_t id = 0; id < mm_session_count(app->session); id++) {
        if (mm_session_layer(app->session, id)->tagged)
            (*ids)[count++] = id;
    }
    if (count == 0)
        (*ids)[count++] = layers_selected(layers);
    return count;
}

static bool act_precision(struct layers *layers, struct app *app, const struct action_event *event)
{
    size_t *ids;
    size_t count = targets(layers, app, &ids);
    bool answered = inspector_precision(app, event, ids, count);
    free(ids);
    return answered;
}

/* "PATTERN PRECISION": all layers of the session that match, whatever the filter shows. */
static void act_override(struct layers *layers, struct app *app, const struct action_event *event)
{
    (void)layers;
    char pattern[200] = "", precision[32] = "";
    size_t count = 0;
    if (!event->text || sscanf(event->text, "%199s %31s", pattern, precision) != 2) {
        app_say(app, ROLE_ERROR, "A pattern and a precision are needed: Pow_* f32");
        return;
    }
    size_t *ids = calloc(mm_session_count(app->session) + 1, sizeof *ids);
    for (size_t id = 0; ids && id < mm_session_count(app->session); id++) {
        if (mm_session_layer(app->session, id)->pair->dst && pattern_fits(app->session, id, pattern))
            ids[count++] = id;
    }
    struct action_event set = {.id = ACT_PRECISION, .text = precision};
    if (count == 0)
        app_say(app, ROLE_WARN, "No layer matches %s", pattern);
    else
        inspector_precision(app, &set, ids, count);
    free(ids);
}

/* ---- the rest ---- */

static void act_open(struct layers *layers, struct app *app, const struct action_event *event)
{
    (void)event;
    layers->moved = true; /* what was opened stays selected, so that J and K go on from it */
    if (layers->list.count > 0)
        app_push_take(app, layer_view_open(app, &layers->view, layers_selected(layers)));
}

static void act_copy(struct layers *layers, struct app *app, const struct action_event *event)
{
    (void)event;
    if (layers->list.count > 0)
        app_copy(app, mm_session_layer(app->session, layers_selected(layers))->pair->name);
}

/* Esc backs out of one thing: the filter, then the search. Tags are work and are not lost so easily (T). */
static bool act_escape(struct layers *layers, struct app *app)
{
    struct action_event none = {.id = ACT_FILTER};
    if (layers->filter)
        act_filter(layers, app, &none);
    else if (layers->search[0])
        layers->search[0] = '\0';
    else
        return false;
    return true;
}

static const struct {
    enum action id;
    void (*run)(struct layers *layers, struct app *app, const struct action_event *event);
} answers[] = {
    {ACT_OPEN, act_open},           {ACT_FILTER, act_filter},
    {ACT_SORT_MENU, act_sort},      {ACT_SORT, act_sort},
    {ACT_SORT_REVERSE, act_sort},   {ACT_SORT_NEXT, act_sort},
    {ACT_SORT_PREV, act_sort},      {ACT_TAG, act_tag},
    {ACT_TAG_STAY, act_tag},        {ACT_TAG_PATTERN, act_tag_pattern},
    {ACT_UNTAG_ALL, act_untag_all}, {ACT_OVERRIDE_PATTERN, act_override},
    {ACT_COPY, act_copy},
};

static bool act_any(struct layers *layers, struct app *app, const struct action_event *event)
{
    for (size_t i = 0; i < MM_COUNT(answers); i++) {
        if (answers[i].id == event->id) {
            answers[i].run(layers, app, event);
            return true;
        }
    }
    if (list_act(&layers->list, event)) {
        layers->moved = true;
        return true;
    }
    if (event->id == ACT_ESCAPE)
        return act_escape(layers, app);
    return layers_jump(layers, app, event) || act_precision(layers, app, event);
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

static unsigned scopes(const struct view *view)
{
    (void)view;
    return SCOPE_LIST | SCOPE_LAYERS;
}

static const enum action *hints(const struct view *view)
{
    static const enum action usual[] = {ACT_OPEN,   ACT_NEXT_BAD, ACT_PRECISION_NEXT, ACT_TAG,  ACT_SORT_MENU,
                                        ACT_SEARCH, ACT_FILTER,   ACT_PLAN,           ACT_UNDO, ACT_HELP,
                                        ACT_NONE};
    (void)view;
    return usual;
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
    if (!layers || !(layers->ids = calloc(mm_session_count(app->session) + 1, sizeof *layers->ids))) {
        free(layers);
        mm_fail_memory(err);
        return NULL;
    }
    layers->view.ops = &ops;
    make_sort_menu(layers, app->session);
    layers->order.column = mm_column_find(sort);
    if (layers->order.column == MM_COLUMN_COUNT)
        layers->order.column = MM_COLUMN_DIFF2;
    if (filter && mm_filter_open(&layers->filter, filter, err) < 0) {
        close_view(&layers->view);
        return NULL;
    }
    snprintf(layers->filter_text, sizeof layers->filter_text, "%s", filter ? filter : "");
    rebuild(layers, app);
    return &layers->view;
}
