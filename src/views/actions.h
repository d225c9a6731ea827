/*
 * The actions of the screens, beside those of ui: what can be done with layers, one layer and the plan.
 *
 * A screen takes a scope below. A tab of the layer screen takes none: its scope, its number, the name of the action
 * that shows it ("tab-stats") and the ids of its own actions follow from its place in the table of tabs (tab.h).
 */
#ifndef MMTUI_VIEWS_ACTIONS_H
#define MMTUI_VIEWS_ACTIONS_H

#include "ui/action.h"

#define SCOPE_LAYERS  SCOPE_BIT(SCOPE_FREE)     /* the list of layers */
#define SCOPE_LAYER   SCOPE_BIT(SCOPE_FREE + 1) /* one layer, any tab */
#define SCOPE_PLAN    SCOPE_BIT(SCOPE_FREE + 2)
#define SCOPE_COLUMNS SCOPE_BIT(SCOPE_FREE + 3) /* choosing the columns of the list */
#define SCOPE_TABS    16                        /* the first bit of a tab; all bits from here on are theirs */

enum {
    /* finding */
    ACT_SEARCH = ACT_FREE, /* text; an empty one ends the search */
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
    ACT_STRIP_IN,
    ACT_STRIP_OUT,
    ACT_LEFTOVERS,
    /* folding */
    ACT_FOLD,
    ACT_FOLD_ALL,
    ACT_GROUP, /* text: how many parts of a name; may be missing */
    /* order */
    ACT_SORT_MENU,
    ACT_SORT, /* text: column */
    ACT_SORT_REVERSE,
    ACT_SORT_NEXT,
    ACT_SORT_PREV,
    ACT_COLUMNS, /* text: "layer,op,diff2", "usual"; NULL: choose them */
    ACT_COLUMN_TOGGLE,
    ACT_COLUMN_RIGHT,
    ACT_COLUMN_LEFT,
    ACT_COLUMNS_USUAL,
    ACT_COLUMNS_KEEP,
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
    ACT_SUGGEST_TOGGLE,
    ACT_RELOAD,
    ACT_WATCH,
    ACT_TRY,
    ACT_REPLAY,
    ACT_ACCEPT,
    ACT_PAIR_MARK,
    ACT_PAIR_LIKELY,
    ACT_PAIR,   /* text: "SRC DST" */
    ACT_UNPAIR, /* text: a name; may be missing */
    ACT_PAIRS,  /* text: a file */
    ACT_UNDO,
    ACT_REDO,
    /* one layer */
    ACT_TAB_NEXT,
    ACT_TAB_PREV,
    ACT_LAYER_NEXT,
    ACT_LAYER_PREV,
    /* plan and export */
    ACT_PLAN,
    ACT_WRITE,
    ACT_EXPORT, /* text: folder, may be empty */
    ACT_TO_MENU,
    ACT_PLAN_SORT,
    ACT_PLAN_DIFF,
    ACT_RESTORE,   /* text: "restore" or "drop"; may be missing */
    ACT_TO,        /* text: a runtime's id */
    ACT_THRESHOLD, /* text: a number, or "METRIC NUMBER" */
    ACT_SET,       /* text: "KEY VALUE" of the plan's settings */
    ACT_COPY,
    ACT_SOURCE,
    ACT_TABS /* the first id of the tabs: "show tab n" is ACT_TABS + n, their own actions follow */
};

enum { SCREEN_SECTIONS = 11 };

/* All actions of the program, those of ui among them. */
struct screen_actions {
    struct action_section section[SCREEN_SECTIONS];
    struct mm_arena arena; /* the rows that are made from the table of tabs */
};

/* 0, or -1 with err (out of memory); then there is nothing to free. */
int screen_actions_init(struct screen_actions *actions, struct mm_err *err);
void screen_actions_done(struct screen_actions *actions);

#endif
