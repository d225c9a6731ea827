/*
 * A view: one screen. It is a struct of its own whose first member is a struct view, and a const table of
 * operations. Views live on a stack in the app; the top one is seen and gets the actions.
 *
 *     struct layers { struct view view; struct list list; ... };
 *     static const struct view_ops layers_ops = { .name = "layers", .scopes = layers_scopes, ... };
 *     struct view *layers_view_open(struct app *app);          NULL when memory is out
 *
 * draw() and status() are functions from const state to a canvas: no measuring, no loading, nothing that is
 * remembered. What depends on the size is prepared in size(), what depends on new results in update().
 */
#ifndef MMTUI_UI_VIEW_H
#define MMTUI_UI_VIEW_H

#include "ui/action.h"
#include "ui/canvas.h"

struct app;
struct view;

struct view_ops {
    const char *name; /* "layers"; also in the heading of the ? screen */
    /* SCOPE_* at this moment (a tab may add one). */
    uint64_t (*scopes)(const struct view *view);
    /* The footer: actions in order of importance, ended by ACT_NONE. May differ from moment to moment. */
    const int *(*hints)(const struct view *view);
    /* Draw everything but the bottom lines. The canvas is blank; its w and h are what size() was told. */
    void (*draw)(const struct view *view, const struct app *app, struct canvas *c);
    /* Optional. Draw the status row (one row) for when there is no message. */
    void (*status)(const struct view *view, const struct app *app, struct canvas *c);
    /* Do an action. False: not mine (the app then tries its own answers). */
    bool (*act)(struct view *view, struct app *app, const struct action_event *event);
    /* Optional. The line that is typed for an action has changed; NULL: it was given up, and the action does not come. */
    void (*typed)(struct view *view, struct app *app, int action, const char *text);
    /* Optional. The canvas for draw() will be w x h from now on; called at least once before the first
     * draw(). */
    void (*size)(struct view *view, struct app *app, int w, int h);
    /* Optional. The session changed: results came in, or another view did something. Called for every view of
     * the stack. */
    void (*update)(struct view *view, struct app *app);
    /* Free it. */
    void (*close)(struct view *view);
};

struct view {
    const struct view_ops *ops;
};

#endif
