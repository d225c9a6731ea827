/* Which rows the list of layers has, and in which order: filter and sorting. */
#include "views/layers.h"

#include "views/verdict.h"

#include <stdio.h>
#include <string.h>

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
    layers_rebuild(layers, app);
    if (filter)
        app_say(app, ROLE_STATUS, "%d of %zu layers match %s (Esc shows all)", (int)layers->rows.shown,
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

void layers_sort_menu(struct layers *layers, const struct mm_session *session)
{
    bool unknown = mm_session_order(session) == MM_ORDER_UNKNOWN;
    layers->sort_items = 0;
    for (size_t i = 0; i < MM_COUNT(sort_columns); i++) {
        if (mm_column_there(session, mm_column_find(sort_columns[i].value)))
            layers->sort_menu[layers->sort_items++] = sort_columns[i];
        if (layers->sort_items && unknown && sort_columns[i].letter == '#')
            layers->sort_menu[layers->sort_items - 1].label = "#        execution order (not known)";
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
    layers_rebuild(layers, app);
    if (column == MM_COLUMN_NUMBER && !verdict_ordered(app))
        return;
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
        struct mm_err err;
        enum mm_column_id column = mm_column_get(event->text ? event->text : "", &err);
        if (column == MM_COLUMN_COUNT)
            app_say_err(app, &err);
        else
            set_sort(layers, app, column, false);
    } else {
        int item = (sort_item(layers) + (event->id == ACT_SORT_NEXT ? 1 : items - 1)) % items;
        set_sort(layers, app, mm_column_find(layers->sort_menu[item].value), false);
    }
}

static const struct {
    int id;
    void (*run)(struct layers *layers, struct app *app, const struct action_event *event);
} answers[] = {
    {ACT_FILTER, act_filter},     {ACT_SORT_MENU, act_sort}, {ACT_SORT, act_sort},
    {ACT_SORT_REVERSE, act_sort}, {ACT_SORT_NEXT, act_sort}, {ACT_SORT_PREV, act_sort},
};

bool layers_order_act(struct layers *layers, struct app *app, const struct action_event *event)
{
    for (size_t i = 0; i < MM_COUNT(answers); i++) {
        if (answers[i].id == event->id) {
            answers[i].run(layers, app, event);
            return true;
        }
    }
    return false;
}
