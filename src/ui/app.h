/*
 * The app: what the terminal program is besides its views - the view stack, the bottom lines, the theme, the
 * keymap - and the way of a key: key -> (prompt or menu, if one is open) -> action -> top view -> hooks.act
 * -> app.
 *
 * It knows no terminal: run.h feeds it from a real one, script.h from a file, monkey.h from a random
 * generator, and unit tests call app_key / app_do and app_draw directly. What only a terminal can do
 * (suspend, copy, repaint) is left in `wants` and `copy` for whoever runs it.
 *
 * The screen: the view has everything but the bottom. The last row holds hints, the row above it the status
 * (message, prompt or the view's own status text). Below APP_SHORT rows there is one row for both. Below
 * APP_MIN_W x APP_MIN_H there is one sentence.
 */
#ifndef MMTUI_UI_APP_H
#define MMTUI_UI_APP_H

#include "mmtui/base.h"
#include "ui/action.h"
#include "ui/canvas.h"
#include "ui/glyphs.h"
#include "ui/keymap.h"
#include "ui/mouse.h"
#include "ui/prompt.h"
#include "ui/theme.h"
#include "ui/view.h"

struct mm_session;
struct app;

#define APP_MIN_W 40
#define APP_MIN_H 10
#define APP_SHORT 12
#define APP_DEPTH 16 /* views on the stack */

#define APP_THEMES 16 /* rows of the menu of themes */

enum { APP_WANTS_REPAINT = 1, APP_WANTS_SUSPEND = 2, APP_WANTS_COPY = 4, APP_WANTS_MOUSE = 8 };

/* What the creator of the app lends it. Every pointer may be NULL. */
struct app_hooks {
    void *context;
    /* All actions, those of ui among them, in the order of the ? screen; NULL: those of ui alone. Borrowed. */
    const struct action_section *sections;
    size_t section_count;
    /* A descriptor that gets readable when jobs have finished; -1: none. */
    int fd;
    /* Take the finished jobs (on the main thread, draining fd). True: something that is seen may have
     * changed. */
    bool (*ready)(void *context);
    /* Jobs are running: the clock on the screen ticks once a second. */
    bool (*busy)(void *context);
    /* Wait until no job is left, and take all of them: a step of a script ends here. */
    void (*settle)(void *context);
    /* Another descriptor, that gets readable when something has happened outside of the program; -1: none, or not now.
     * Asked for before each wait. */
    int (*outside_fd)(void *context);
    /* When (mm_clock) something is to be done though nothing happens; INFINITY: never. NULL: never. */
    double (*due)(void *context);
    /* outside_fd is readable, or that time has come. True: something that is seen may have changed. */
    bool (*tick)(void *context);
    /* What is asked before leaving, as something would be lost; NULL: nothing would. */
    const char *(*unsaved)(void *context);
    /* Actions that mean the same in every view (undo, export ...), tried when the top view says "not
     * mine". */
    bool (*act)(void *context, struct app *app, const struct action_event *event);
};

struct app_options {
    bool ascii;        /* no glyph beyond ASCII */
    bool plain;        /* no bars, boxes or spinners: for screen readers */
    const char *theme; /* NULL: the default */
};

struct app {
    struct mm_session *session; /* borrowed; NULL in tests of the mechanism */
    struct app_hooks hooks;
    struct app_options options;
    const struct glyphs *glyphs;
    struct theme theme,
        theme_before; /* the one that is seen; and, while the menu of themes is open, the chosen one */
    struct menu_item themes[APP_THEMES];
    struct actions actions;
    struct keymap keymap;
    struct view *stack[APP_DEPTH]; /* owned; [depth - 1] is the top */
    int depth;
    int w, h;          /* the whole screen */
    char message[512]; /* one status message, until the next key; "" for none */
    enum role message_role;
    struct prompt prompt;
    struct history *histories; /* [actions.top] of the lines typed for each action */
    struct mm_buf typed;       /* those of this run, as history_save takes them */
    int count;                 /* digits typed so far; 0: none */
    unsigned wants;            /* APP_WANTS_*: done and cleared by whoever runs the app */
    struct mm_buf copy;        /* text for the clipboard, with APP_WANTS_COPY */
    bool mouse;                /* reports of the mouse are wanted; changes with APP_WANTS_MOUSE */
    bool dirty;                /* the next frame differs */
    bool quit;
};

/* hooks may be NULL. 0, or -1 with err (unknown theme, no memory); then there is nothing to free. */
int app_init(struct app *app, struct mm_session *session, const struct app_options *options,
             const struct app_hooks *hooks, struct mm_err *err);
void app_done(struct app *app);

/* ---- in ---- */

void app_key(struct app *app, uint32_t key);
/* The mouse did something on the frame that is in the grid: what a click does was noted when it was drawn. */
void app_mouse(struct app *app, const struct grid *grid, const struct mouse *mouse);
void app_do(struct app *app, const struct action_event *event);
/* app_do with no count; text may be NULL. */
void app_act(struct app *app, int id, const char *text);
/*
 * A `:` line without its colon: a number (go to that row), or an action's name and its argument.
 * 0, or -1 when there is no such action (a message says so).
 */
int app_command(struct app *app, const char *line);
void app_resize(struct app *app, int w, int h);
/* hooks.fd is readable: take what finished, update the views. */
void app_ready(struct app *app);
/* When hooks.tick is wanted, INFINITY: never. */
double app_due(const struct app *app);
/* What hooks.outside_fd has told is readable, or that time has come. */
void app_tick(struct app *app);

/* ---- out ---- */

/* Draw a frame; the grid gets the app's size. Clears `dirty`. */
void app_draw(struct app *app, struct grid *grid);
/* The same without touching the app. */
void app_render(const struct app *app, struct grid *grid);

/* ---- for views ---- */

/* Put a view on top; it is owned from here on. NULL (its _open failed) or a full stack gives a message and
 * -1. */
int app_push_take(struct app *app, struct view *view);
/* Close the top view. The last one closes the app. */
void app_pop(struct app *app);
/* The view that is seen; NULL when there is none. */
struct view *app_top(const struct app *app);
/* The session changed by an action: every view's update() runs, and a frame is due. */
void app_changed(struct app *app);
/* A frame is due. */
void app_touch(struct app *app);

/* Say something in the status row, in one line. ROLE_STATUS, ROLE_WARN or ROLE_ERROR. */
void app_say(struct app *app, enum role role, const char *format, ...) MM_PRINTF(3, 4);
/* The text of a failed call, as an error. */
void app_say_err(struct app *app, const struct mm_err *err);

/* Ask for a line; the answer comes back as `action` with text. `text` (may be NULL) stands there at first. */
void app_prompt(struct app *app, int action, const char *label, const char *text);
/* Ask a yes/no question; on y, `action` comes with the text "yes". */
void app_ask(struct app *app, int action, const char *question);
/* Let one of `count` items be chosen; `current` is selected at first. The items must be static. */
void app_menu(struct app *app, int action, const char *title, const struct menu_item *items, int count,
              int current);
/*
 * Send text to the clipboard of the terminal (OSC 52), where there is one. Says that, and of what: "the name conv1".
 * What is longer than CLIPBOARD_MAX (clipboard.h) is not sent, which is said.
 */
void app_copy(struct app *app, const char *text, const char *what);

#endif
