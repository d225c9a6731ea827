/*
 * A view that is made for tests of the mechanism: a list of numbered rows that remembers what it was asked to
 * do.
 */
#ifndef TESTS_TOY_VIEW_H
#define TESTS_TOY_VIEW_H

#include "ui/app.h"
#include "ui/list.h"
#include "unit/ui/toy_actions.h"

#include <stdio.h>
#include <stdlib.h>

struct toy {
    struct view view;
    struct list list;
    int acted, updated, w, h;
    int last;
    int last_count;
    char last_text[LINE_MAX_BYTES];
    int *closed; /* counts toy_close calls */
};

static inline uint64_t toy_scopes(const struct view *view)
{
    (void)view;
    return SCOPE_TOY | SCOPE_LIST | SCOPE_OPEN;
}

static inline const int *toy_hints(const struct view *view)
{
    static const int hints[] = {ACT_OPEN, ACT_NEXT_BAD, ACT_TAG, ACT_SORT_MENU, ACT_SEARCH, ACT_NONE};
    (void)view;
    return hints;
}

static inline void toy_draw(const struct view *view, const struct app *app, struct canvas *c)
{
    const struct toy *toy = (const struct toy *)view;
    (void)app;
    canvas_textf(c, 1, 0, -1, ROLE_TITLE, "toy %d x %d", c->w, c->h);
    for (int y = 0; y < toy->list.height && toy->list.top + y < toy->list.count; y++) {
        canvas_textf(c, 1, 1 + y, -1, ROLE_LIST, "row %d", toy->list.top + y);
        struct canvas rows = canvas_sub(c, 0, 1, c->w, c->h - 1);
        list_click(&rows, y, &toy->list, toy->list.top + y, true);
        if (toy->list.top + y == toy->list.cursor) {
            canvas_overlay(c, 0, 1 + y, c->w, 1, ROLE_LIST_SEL);
            canvas_cursor(c, 0, 1 + y, false);
        }
    }
}

static inline void toy_status(const struct view *view, const struct app *app, struct canvas *c)
{
    (void)view;
    (void)app;
    canvas_text(c, 1, 0, -1, ROLE_STATUS, "toy status");
}

static inline bool toy_act(struct view *view, struct app *app, const struct action_event *event)
{
    static const struct menu_item items[] = {
        {'a', "first", "one"}, {'b', "second", "two"}, {0, "third", "three"}};
    struct toy *toy = (struct toy *)view;
    toy->acted++;
    toy->last = event->id;
    toy->last_count = event->count;
    snprintf(toy->last_text, sizeof(toy->last_text), "%s", event->text ? event->text : "(none)");
    if (event->id == ACT_SORT_MENU) {
        app_menu(app, ACT_SORT, "Sort by", items, 3, 1);
        return true;
    }
    return list_act(&toy->list, event) || event->id == ACT_SORT || event->id == ACT_SEARCH ||
           event->id == ACT_TAG || event->id == ACT_OPEN;
}

static inline void toy_size(struct view *view, struct app *app, int w, int h)
{
    struct toy *toy = (struct toy *)view;
    (void)app;
    toy->w = w;
    toy->h = h;
    list_resize(&toy->list, h - 1);
}

static inline void toy_update(struct view *view, struct app *app)
{
    (void)app;
    ((struct toy *)view)->updated++;
}

static inline void toy_close(struct view *view)
{
    struct toy *toy = (struct toy *)view;
    if (toy->closed)
        ++*toy->closed;
    free(toy);
}

static inline struct toy *toy_open(int rows, int *closed)
{
    static const struct view_ops ops = {.name = "toy",
                                        .scopes = toy_scopes,
                                        .hints = toy_hints,
                                        .draw = toy_draw,
                                        .status = toy_status,
                                        .act = toy_act,
                                        .size = toy_size,
                                        .update = toy_update,
                                        .close = toy_close};
    struct toy *toy = calloc(1, sizeof(*toy));
    toy->view.ops = &ops;
    toy->list.count = rows;
    toy->closed = closed;
    return toy;
}

#endif
