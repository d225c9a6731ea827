#include "views/actions.h"
#include "views/complete.h"
#include "views/complete_filter.h"
#include "views/tab.h"

#define LAYERS  SCOPE_LAYERS
#define LAYER   SCOPE_LAYER
#define BOTH    (SCOPE_LAYERS | SCOPE_LAYER)
#define PLANNED (SCOPE_LAYERS | SCOPE_LAYER | SCOPE_PLAN)

static const struct action_info finding[] = {
    {ACT_SEARCH, "search", "/", LAYERS, "/", "search", "Find a layer by a part of its name or op",
     .empty = true, .complete = complete_layer},
    {ACT_SEARCH_NEXT, "search-next", "n", LAYERS, NULL, "next match", "Next match"},
    {ACT_SEARCH_PREV, "search-prev", "N", LAYERS, NULL, NULL, "Previous match"},
    {ACT_FILTER, "filter", "&", LAYERS, "Show only: ", "filter",
     "Show only what matches: a name, op=Conv, dtype=i8, diff2>0.05", .empty = true,
     .complete = complete_filter},
    {ACT_NEXT_BAD, "next-bad", "e", BOTH, NULL, "next bad", "Next layer over the threshold"},
    {ACT_PREV_BAD, "prev-bad", "E", BOTH, NULL, NULL, "Previous layer over the threshold"},
    {ACT_FIRST_BAD, "first-bad", "f", BOTH, NULL, "first bad",
     "The layer that introduces the first error; until that is known, the first one over the threshold"},
    {ACT_FIRST_NONFINITE, "first-nonfinite", "F", BOTH, NULL, "first NaN",
     "First layer with a NaN or Inf, in execution order"},
    {ACT_ROOT, "root", "R", BOTH, NULL, "where from",
     "The layer where this one's error starts (BS goes back)"},
    {ACT_STRIP_PREV, "strip-prev", "[", BOTH, NULL, NULL, "The layer executed before this one"},
    {ACT_STRIP_NEXT, "strip-next", "]", BOTH, NULL, NULL, "The layer executed after this one"},
    {ACT_STRIP_IN, "strip-in", "}", LAYERS, NULL, NULL,
     "Show half as much of the error profile, around the selected layer"},
    {ACT_STRIP_OUT, "strip-out", "{", LAYERS, NULL, NULL, "Show twice as much of the error profile"},
    {ACT_LEFTOVERS, "leftovers", "", LAYERS, NULL, NULL,
     "To the tensors that have no partner, at the end of the list"},
};

static const struct action_info folding[] = {
    {ACT_FOLD, "fold", "z", LAYERS, NULL, "fold",
     "Make one row of all layers whose names begin like this one's (enc.0.*), or unfold them"},
    {ACT_FOLD_ALL, "fold-all", "Z", LAYERS, NULL, "fold all", "Fold all groups, or unfold all"},
    {ACT_GROUP, "group", "", LAYERS, "Parts of a name that make a group (empty: as it suits): ", NULL,
     "Group by the first parts of a name, and fold (:group 2: a.b.c is in a.b.*)", .empty = true},
};

static const struct action_info sorting[] = {
    {ACT_SORT_MENU, "sort-menu", "s", LAYERS, NULL, "sort", "Choose what to sort by"},
    {ACT_SORT, "sort", "", LAYERS, "Sort by: ", NULL, "Sort by a column (:sort diff2)",
     .complete = complete_column},
    {ACT_SORT_REVERSE, "sort-reverse", "S", LAYERS, NULL, NULL, "Reverse the order"},
    {ACT_SORT_NEXT, "sort-next", ">", LAYERS, NULL, NULL, "Sort by the next column"},
    {ACT_SORT_PREV, "sort-prev", "<", LAYERS, NULL, NULL, "Sort by the previous column"},
};

static const struct action_info columns[] = {
    {ACT_COLUMNS, "columns", "c", LAYERS, NULL, "columns",
     "Choose the columns of the list (:columns layer,op,diff2,cos; :columns usual)",
     .complete = complete_columns},
    {ACT_COLUMN_TOGGLE, "column-toggle", "Space", SCOPE_COLUMNS, NULL, "show", "Show or hide the column"},
    {ACT_COLUMN_RIGHT, "column-right", "J >", SCOPE_COLUMNS, NULL, "down", "Move it behind the next one"},
    {ACT_COLUMN_LEFT, "column-left", "K <", SCOPE_COLUMNS, NULL, "up", "Move it before the previous one"},
    {ACT_COLUMNS_USUAL, "columns-usual", "u", SCOPE_COLUMNS, NULL, "usual", "Back to the usual columns"},
    {ACT_COLUMNS_KEEP, "columns-keep", "Enter", SCOPE_COLUMNS, NULL, "keep",
     "Keep them (Esc drops the change)"},
};

static const struct action_info choosing[] = {
    {ACT_TAG, "tag", "Space", LAYERS, NULL, "tag", "Tag or untag, and go down"},
    {ACT_TAG_STAY, "tag-stay", "t", LAYERS, NULL, NULL, "Tag or untag, and stay"},
    {ACT_TAG_PATTERN, "tag-pattern", "*", LAYERS, "Tag names or ops like: ", NULL,
     "Tag every name or op that matches (Pow_*)", .complete = complete_layer},
    {ACT_UNTAG_ALL, "untag-all", "T", LAYERS, NULL, NULL, "Remove all tags"},
    {ACT_PRECISION_NEXT, "precision-next", "p", PLANNED, NULL, "precision",
     "Next precision, for the tagged layers or this one"},
    {ACT_PRECISION_MENU, "precision-menu", "P", BOTH, NULL, NULL, "Choose a precision"},
    {ACT_PRECISION, "precision", "", BOTH, "Precision: ", NULL, "Set a precision (:precision f32)",
     .complete = complete_precision},
    {ACT_PRECISION_CLEAR, "precision-clear", "x", PLANNED, NULL, "clear", "Remove the chosen precision"},
    {ACT_OVERRIDE_PATTERN, "override", "o", PLANNED, "Pattern and precision (Pow_* f32): ", NULL,
     "Set a precision for every name or op that matches", .complete = complete_override},
    {ACT_SUGGEST, "suggest", "a", LAYERS, NULL, "suggest",
     "Suggest operators to raise (:suggest 95%, top 5, 0.01); Esc drops the suggestions"},
    {ACT_SUGGEST_TOGGLE, "suggest-toggle", "-", LAYERS, NULL, "leave out",
     "Leave a suggested operator out, or take it back in"},
    {ACT_ACCEPT, "accept", "A", LAYERS, NULL, "accept", "Put the suggestions into the plan"},
    {ACT_RELOAD, "reload", "r", LAYERS, NULL, NULL, "Measure again what has changed on disk"},
    {ACT_WATCH, "watch", "", PLANNED, NULL, NULL,
     "Follow what is written into src and dst meanwhile, or follow it no more"},
    {ACT_TRY, "try", "", PLANNED, NULL, NULL,
     "Run the network with the present plan, and show what it changes (of mmtui try)"},
    {ACT_REPLAY, "replay", "", BOTH, NULL, NULL,
     "Run all operators by ONNX Runtime with dst's own inputs: which of them compute something else"},
    {ACT_UNDO, "undo", "u", PLANNED, NULL, "undo", "Undo the last change of the plan"},
    {ACT_REDO, "redo", "C-r", PLANNED, NULL, NULL, "Redo what was undone"},
};

static const struct action_info pairing[] = {
    {ACT_PAIR_MARK, "pair-mark", "=", LAYERS, NULL, "pair",
     "Mark a tensor that has no partner; then on one of the other dump: pair the two (Esc drops the mark)"},
    {ACT_PAIR_LIKELY, "pair-likely", "+", LAYERS, NULL, "pair likely",
     "Pair all tensors that have one likely partner, and are its only one (same shape, alike statistics)"},
    {ACT_PAIR, "pair", "", LAYERS, "Name of src and name of dst: ", NULL,
     "Pair two tensors by name (:pair SRC DST, or SRC = DST)", .complete = complete_pair},
    {ACT_UNPAIR, "unpair", "!", LAYERS, NULL, NULL, "Take a pair apart: its tensors have no partner then",
     .complete = complete_paired},
    {ACT_PAIRS, "pairs", "", PLANNED, "Write the pairs made by hand to file: ", NULL,
     "Save what was paired by hand, for --map (:pairs names.map)", .complete = complete_file},
};

static const struct action_info layer[] = {
    {ACT_LAYER_NEXT, "layer-next", "J", LAYER, NULL, "next layer", "Next layer of the list"},
    {ACT_LAYER_PREV, "layer-prev", "K", LAYER, NULL, NULL, "Previous layer of the list"},
    {ACT_TAB_NEXT, "tab-next", "Tab", LAYER, NULL, "next tab", "Next tab"},
    {ACT_TAB_PREV, "tab-prev", "S-Tab", LAYER, NULL, NULL, "Previous tab"},
};

static const struct action_info plan[] = {
    {ACT_PLAN, "plan", "w", BOTH, NULL, "plan", "Show the plan, and write the config"},
    {ACT_WRITE, "write", "Enter w", SCOPE_PLAN, NULL, "write", "Write the files"},
    {ACT_EXPORT, "export", "", PLANNED, "Write to folder: ", NULL,
     "Write the config to a folder (:export out)", .empty = true, .complete = complete_folder},
    {ACT_PLAN_SORT, "plan-sort", "s", SCOPE_PLAN, NULL, "order",
     "Order the plan by gain per cost, or by type of operator"},
    {ACT_PLAN_DIFF, "plan-diff", "d", SCOPE_PLAN, NULL, "diff",
     "What differs from the plan that was written or read last"},
    {ACT_RESTORE, "restore", "", PLANNED, NULL, NULL,
     "Restore or drop the unsaved plan that a crashed session left behind"},
    {ACT_TO_MENU, "to-menu", "t", SCOPE_PLAN, NULL, "runtime", "Choose the runtime to write for"},
    {ACT_TO, "to", "", PLANNED, "Runtime: ", NULL, "Write for another runtime (:to onnxruntime)",
     .complete = complete_runtime},
    {ACT_THRESHOLD, "threshold", "", PLANNED, "Threshold: ", NULL,
     "Call a layer bad above this (:threshold 0.05)", .complete = complete_threshold},
    {ACT_SET, "set", "", PLANNED, "Setting and value: ", NULL,
     "Choose a setting of the whole network (:set network_precision float16)", .complete = complete_setting},
    {ACT_COPY, "copy", "y", BOTH, NULL, NULL, "Copy the layer's name to the clipboard"},
    {ACT_SOURCE, "source", "i", BOTH, NULL, NULL, "What the two dumps are, and what was said at first"},
};

int screen_actions_init(struct screen_actions *actions, struct mm_err *err)
{
    const struct action_section section[SCREEN_SECTIONS] = {
        action_moving,
        {"Finding", finding, MM_COUNT(finding)},
        {"Sorting", sorting, MM_COUNT(sorting)},
        {"Columns", columns, MM_COUNT(columns)},
        {"Groups of layers", folding, MM_COUNT(folding)},
        {"Choosing precision", choosing, MM_COUNT(choosing)},
        {"Pairing by hand", pairing, MM_COUNT(pairing)},
        {"One layer", layer, MM_COUNT(layer)},
        {.heading = "One layer"},
        {"Plan and files", plan, MM_COUNT(plan)},
        action_program,
    };
    *actions = (struct screen_actions){0};
    mm_arena_init(&actions->arena);
    for (int i = 0; i < SCREEN_SECTIONS; i++) {
        actions->section[i] = section[i];
        if (!section[i].row && tabs_actions(&actions->arena, &actions->section[i]) < 0) {
            mm_arena_done(&actions->arena);
            return mm_fail_memory(err);
        }
    }
    return 0;
}

void screen_actions_done(struct screen_actions *actions)
{
    mm_arena_done(&actions->arena);
}
