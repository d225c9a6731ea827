/*
 * Actions: everything that a user can do is one row of a table.
 *
 * Keymap, footer hints, the ? screen, `:` commands and scripts are all made from these rows. ui has the rows of what
 * every program with screens has: moving, help, leaving. A program hands in the rows of its own screens, as sections
 * in the order of the ? screen (app.h), and numbers their actions and scopes from ACT_FREE and SCOPE_FREE on.
 *
 * How an action reaches a view: a key (looked up for the view's scopes), or a `:name argument` command, becomes a
 * struct action_event. An action with a `prompt` that comes without text first asks for the text on the status line,
 * then comes again with it: views only ever see the second one.
 */
#ifndef MMTUI_UI_ACTION_H
#define MMTUI_UI_ACTION_H

#include "mmtui/base.h"

struct app;
struct completions;

/* Where an action means something: a set of bits. A view has one or more of them at a time. */
#define SCOPE_LIST   UINT64_C(1)          /* something that scrolls or has a cursor */
#define SCOPE_OPEN   UINT64_C(2)          /* ... whose selected row can be opened */
#define SCOPE_HELP   UINT64_C(4)          /* the ? screen */
#define SCOPE_FREE   8                    /* the first bit that a program's own screens may take */
#define SCOPE_BITS   64                   /* bits that there are */
#define SCOPE_BIT(n) (UINT64_C(1) << (n)) /* 0 <= n < SCOPE_BITS */
#define SCOPE_ANY    UINT64_MAX

/* The actions that ui itself knows. Ids are small: tables are indexed by them. */
enum {
    ACT_NONE,
    /* moving */
    ACT_DOWN,
    ACT_UP,
    ACT_HALF_DOWN,
    ACT_HALF_UP,
    ACT_PAGE_DOWN,
    ACT_PAGE_UP,
    ACT_SCROLL_DOWN, /* the window moves, the cursor stays on its row where that is seen still */
    ACT_SCROLL_UP,
    ACT_TOP,
    ACT_BOTTOM, /* with a count: to that row */
    ACT_GOTO,   /* count: row, from 1 */
    ACT_OPEN,
    ACT_BACK,
    /* the program */
    ACT_COMMAND, /* text: a `:` line */
    ACT_THEME,   /* text: name */
    ACT_HELP,
    ACT_COPY_TEXT, /* the clipboard gets what is seen as text, or what the view answers */
    ACT_MOUSE,
    ACT_REDRAW,
    ACT_SUSPEND,
    ACT_ESCAPE,
    ACT_CLOSE,
    ACT_QUIT, /* text "yes": without asking */
    ACT_FIND, /* text; an empty one ends it */
    ACT_FIND_NEXT,
    ACT_FIND_PREV,
    ACT_FREE /* the first id that a program's own actions may take */
};

struct action_info {
    int id;
    const char *name;   /* for `:`, `bind` and help: "next-bad" */
    const char *keys;   /* default keys, separated by blanks; "" for none */
    uint64_t scopes;    /* SCOPE_* in which it is known */
    const char *prompt; /* asked when it comes without text; NULL: it needs none */
    const char *hint;   /* one or two words for the footer; NULL: not worth a hint */
    const char *help;   /* one line for the ? screen */
    bool empty;         /* with a prompt: an empty line is an answer; else it means "cancel" */
    /* What its text may be, for Tab (complete.h): behind `:name ` and at its own prompt. NULL: anything. */
    void (*complete)(const struct app *app, struct completions *out);
};

/* Rows that stand below one heading of the ? screen. Neighbouring sections may have the same heading. */
struct action_section {
    const char *heading;
    const struct action_info *row;
    size_t count;
};

/* What ui itself knows. */
extern const struct action_section action_moving, action_program;

/* All actions of a program. */
struct actions {
    const struct action_section *section; /* in the order of the ? screen; borrowed */
    size_t count;                         /* sections */
    const struct action_info **row;       /* [top], by id; NULL: there is none */
    int top;                              /* one more than the highest id */
};

struct action_event {
    int id;
    int count;        /* the number typed before the key; 0: none */
    const char *text; /* argument; NULL: none. Borrowed for the length of the call */
};

/*
 * The sections (and their rows) must live as long as `actions`; NULL stands for those of ui alone. 0, or -1 with err
 * (out of memory); then there is nothing to free.
 */
int actions_init(struct actions *actions, const struct action_section *section, size_t count,
                 struct mm_err *err);
void actions_done(struct actions *actions);
/* The row of an action; ids that are none have a row that does nothing, with the id ACT_NONE. */
const struct action_info *action_info(const struct actions *actions, int id);
/*
 * By name: the whole one or, when only one action begins so, its beginning. ACT_NONE when there is none or several.
 */
int action_find(const struct actions *actions, const char *name);
/* "; did you mean NAME?", or "" (mm_nearest_hint). */
const char *action_hint(const struct actions *actions, const char *name, char out[MM_NEAREST]);
/* event->count, or 1. */
int action_times(const struct action_event *event);

#endif
