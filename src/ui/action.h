/*
 * Actions: everything that a user can do is one row of one table.
 *
 * Keymap, footer hints, the ? screen, `:` commands and scripts are all made from it. To add an action: a
 * row in the enum, a row in action.c, and somebody's act() that answers to it. That is all.
 *
 * How one reaches a view: a key (looked up for the view's scopes), or a `:name argument` command, becomes a
 * struct action_event. An action with a `prompt` that comes without text first asks for the text on the
 * status line, then comes again with it: views only ever see the second one.
 */
#ifndef MMTUI_UI_ACTION_H
#define MMTUI_UI_ACTION_H

#include <stdbool.h>
#include <stddef.h>

/* Where an action means something; a view has one or more of these. */
enum {
    SCOPE_LIST = 1,   /* anything that scrolls or has a cursor */
    SCOPE_LAYERS = 2, /* the list of layers */
    SCOPE_LAYER = 4,  /* one layer, any tab */
    SCOPE_HIST = 8,   /* ... its histogram tab */
    SCOPE_PLAN = 16,
    SCOPE_HELP = 32,
    SCOPE_NEIGHBOURS = 64, /* a layer's neighbours tab */
    SCOPE_WHATIF = 128,    /* ... its what-if tab */
    SCOPE_ANY = 0xff
};

enum action {
    ACT_NONE,
    /* moving */
    ACT_DOWN,
    ACT_UP,
    ACT_HALF_DOWN,
    ACT_HALF_UP,
    ACT_PAGE_DOWN,
    ACT_PAGE_UP,
    ACT_TOP,
    ACT_BOTTOM, /* with a count: to that row */
    ACT_GOTO,   /* count: row, from 1 */
    ACT_OPEN,
    ACT_BACK,
    /* finding */
    ACT_SEARCH, /* text; an empty one ends the search */
    ACT_SEARCH_NEXT,
    ACT_SEARCH_PREV,
    ACT_FILTER, /* text; an empty one shows all rows again */
    ACT_NEXT_BAD,
    ACT_PREV_BAD,
    ACT_FIRST_BAD,
    ACT_FIRST_NONFINITE,
    ACT_ROOT,
    ACT_STRIP_PREV,
    ACT_STRIP_NEXT,
    /* order */
    ACT_SORT_MENU,
    ACT_SORT, /* text: column */
    ACT_SORT_REVERSE,
    ACT_SORT_NEXT,
    ACT_SORT_PREV,
    /* choosing */
    ACT_TAG,
    ACT_TAG_STAY,
    ACT_TAG_PATTERN, /* text: glob */
    ACT_UNTAG_ALL,
    ACT_PRECISION_NEXT,
    ACT_PRECISION_MENU,
    ACT_PRECISION, /* text: precision */
    ACT_PRECISION_CLEAR,
    ACT_OVERRIDE_PATTERN, /* text: "PATTERN PRECISION" */
    ACT_SUGGEST,          /* text: "95%", "top 5", "0.01"; may be missing */
    ACT_ACCEPT,
    ACT_UNDO,
    ACT_REDO,
    /* one layer */
    ACT_TAB_NEXT,
    ACT_TAB_PREV,
    ACT_TAB_0, /* ACT_TAB_0 + n is tab n */
    ACT_TAB_1,
    ACT_TAB_2,
    ACT_TAB_3,
    ACT_TAB_4,
    ACT_TAB_5,
    ACT_TAB_6,
    ACT_LAYER_NEXT,
    ACT_LAYER_PREV,
    ACT_HIST_LOG,
    ACT_HIST_MORE,
    ACT_HIST_FEWER,
    ACT_HIST_RANGE,
    ACT_HIST_ERROR,
    ACT_WHATIF_AXIS,
    /* plan and export */
    ACT_PLAN,
    ACT_WRITE,
    ACT_EXPORT,
    ACT_TO_MENU,
    ACT_TO,        /* text: folder, may be empty */
    ACT_THRESHOLD, /* text: a number, or "METRIC NUMBER" */
    ACT_SET,       /* text: "KEY VALUE" of the plan's settings */
    ACT_COPY,
    /* the program */
    ACT_COMMAND, /* text: a `:` line */
    ACT_THEME,   /* text: name */
    ACT_HELP,
    ACT_REDRAW,
    ACT_SUSPEND,
    ACT_ESCAPE,
    ACT_CLOSE,
    ACT_QUIT, /* text "yes": without asking */
    ACT_COUNT
};

struct action_info {
    enum action id;
    const char *name;   /* for `:`, `bind` and help: "next-bad" */
    const char *keys;   /* default keys, separated by blanks; "" for none */
    unsigned scopes;    /* SCOPE_* in which it is known */
    const char *prompt; /* asked when it comes without text; NULL: it needs none */
    const char *hint;   /* one or two words for the footer; NULL: not worth a hint */
    const char *help;   /* one line for the ? screen */
};

struct action_event {
    enum action id;
    int count;        /* the number typed before the key; 0: none */
    const char *text; /* argument; NULL: none. Borrowed for the length of the call */
};

/* The row of an action (ids outside give the row of ACT_NONE). */
const struct action_info *action_info(enum action id);
/* By name: the whole one or, when only one action begins so, its beginning. ACT_NONE when there is none or
 * several. */
enum action action_find(const char *name);
/* event->count, or 1. */
int action_times(const struct action_event *event);

#endif
