/*
 * The inspector: a session and an app joined. It lends the app its hooks (results, saving) and answers the
 * actions that mean the same on every screen: undo, plan, export, threshold.
 */
#ifndef MMTUI_VIEWS_INSPECTOR_H
#define MMTUI_VIEWS_INSPECTOR_H

#include "mmtui/export.h"
#include "mmtui/session.h"
#include "ui/app.h"
#include "views/actions.h"
#include "views/layers_view.h"

struct inspector {
    struct mm_session *session;       /* borrowed */
    const struct mm_dialect *dialect; /* the runtime to write for */
    const struct mm_config *base;     /* its own file, or NULL */
    const char *version;              /* of it, or NULL */
    uint64_t refused; /* revision of a plan, + 1, whose export lint's errors stopped; 0: none */
    const struct mm_dialect *refused_for;
    const char *export_folder;     /* where the plan screen writes; borrowed, or the one below */
    char folder_text[512];         /* a folder given with :export */
    struct menu_item runtimes[30]; /* what :to-menu shows: as many as it has letters */
    struct screen_actions actions;
    struct view *layers;          /* the app's first screen, which is never left */
    bool told_raw;                /* that dst holds raw integers, if it does */
    bool can_try;                 /* whoever runs the inspector can run the network */
    bool tries;                   /* asked for: the app has quit, the network is to be run with the plan */
    bool told_replay;             /* what came of running operators was said */
    struct mm_autosave *autosave; /* borrowed; NULL: an unsaved plan is not kept */
    double autosaved;             /* when (mm_clock) it was written last */
    bool told_autosave;           /* that it can't be was said */
    bool watch_news;              /* something came in that nothing was said of yet */
    uint64_t watch_said;          /* mm_session_pairings when something was said last */
    size_t watch_pairs;           /* how many pairs there were then */
    char watch_error[256];        /* why a dump could not be listed, said once */
    char offer[120];              /* the question about what was left behind */
    struct app app;
};

struct inspector_options {
    struct app_options app;
    const struct mm_buf *bindings; /* `bind KEY ACTION` lines (keymap_parse); NULL: none */
    const char *bindings_source;   /* stands before the line number in errors */
    const char *export_folder;
    const char *dialect;              /* id: --to */
    const struct mm_config *base;     /* the runtime's own file, or NULL; borrowed */
    const char *version;              /* --for, or NULL */
    const char *sort, *filter;        /* column key; filter text or NULL */
    const enum mm_column_id *columns; /* [column_count] of the list of layers; 0: the usual ones */
    size_t column_count;
    bool can_try;                 /* heed :try: quit with `tries` set, and be opened again */
    const char *first;            /* said at first instead of what is said else; NULL or "": nothing */
    struct mm_autosave *autosave; /* where an unsaved plan is kept; NULL: nowhere. Borrowed */
    const char *warning;          /* said at first, before anything else; NULL or "": nothing */
    const struct layers_kept
        *kept; /* of the inspector before it, stronger than sort, filter and columns; NULL: none */
};

/* The layers screen is open afterwards. */
int inspector_init(struct inspector *inspector, struct mm_session *session,
                   const struct inspector_options *options, struct mm_err *err);
void inspector_done(struct inspector *inspector);
/* What the next inspector is to be opened with. */
void inspector_keep(const struct inspector *inspector, struct layers_kept *kept);

/* The inspector that an app belongs to. */
struct inspector *inspector_of(struct app *app);
const struct inspector *inspector_of_const(const struct app *app);

/* The key of an action, or its name where it has none; `keys` is the memory that it lies in. */
const char *inspector_key(const struct app *app, int action, struct mm_buf *keys);

/* The status row of a screen: a text, and on the right whether the plan is saved. */
void inspector_status(const struct app *app, struct canvas *c, enum role role, const char *text);
/* Columns for the text in a row this wide. */
int inspector_status_room(const struct app *app, int w);

/* Pairs were made anew (mm_session_pair_again): results come from elsewhere now. Views follow with app_changed. */
void inspector_follow(struct inspector *inspector);

/* The plan may say something else of pairs now (undo, a plan that was restored): pair anew if so. False: that failed, which
 * was said. */
bool inspector_pair_again(struct inspector *inspector);

/* The plan for the inspector's runtime. */
struct mm_export inspector_plan(const struct inspector *inspector);
/* Write it and say so. */
void inspector_write(struct inspector *inspector);

#endif
