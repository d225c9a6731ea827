#include "ui/action.h"

#include <string.h>

#define MOVES   SCOPE_LIST
#define LAYERS  SCOPE_LAYERS
#define LAYER   SCOPE_LAYER
#define BOTH    (SCOPE_LAYERS | SCOPE_LAYER)
#define OPENS   (SCOPE_LAYERS | SCOPE_NEIGHBOURS)
#define PLANNED (SCOPE_LAYERS | SCOPE_LAYER | SCOPE_PLAN)

static const struct action_info table[ACT_COUNT] = {
    [ACT_NONE] = {ACT_NONE, "none", "", 0, NULL, NULL, "Do nothing"},

    [ACT_DOWN] = {ACT_DOWN, "down", "j Down", MOVES, NULL, "down", "Down one row (5j: five)"},
    [ACT_UP] = {ACT_UP, "up", "k Up", MOVES, NULL, "up", "Up one row"},
    [ACT_HALF_DOWN] = {ACT_HALF_DOWN, "half-down", "C-d", MOVES, NULL, NULL, "Down half a page"},
    [ACT_HALF_UP] = {ACT_HALF_UP, "half-up", "C-u", MOVES, NULL, NULL, "Up half a page"},
    [ACT_PAGE_DOWN] = {ACT_PAGE_DOWN, "page-down", "PgDn C-f", MOVES, NULL, NULL, "Down a page"},
    [ACT_PAGE_UP] = {ACT_PAGE_UP, "page-up", "PgUp C-b", MOVES, NULL, NULL, "Up a page"},
    [ACT_TOP] = {ACT_TOP, "top", "g Home", MOVES, NULL, NULL, "To the first row"},
    [ACT_BOTTOM] = {ACT_BOTTOM, "bottom", "G End", MOVES, NULL, NULL, "To the last row (20G: to row 20)"},
    [ACT_GOTO] = {ACT_GOTO, "goto", "", MOVES, "Go to row: ", NULL, "To a row by its number (also :20)"},
    [ACT_OPEN] = {ACT_OPEN, "open", "Enter l Right", OPENS, NULL, "open", "Look at the selected layer"},
    [ACT_BACK] = {ACT_BACK, "back", "BS h Left", SCOPE_ANY, NULL, "back", "Back to the screen before"},

    [ACT_SEARCH] = {ACT_SEARCH, "search", "/", LAYERS, "/", "search",
                    "Find a layer by a part of its name or op"},
    [ACT_SEARCH_NEXT] = {ACT_SEARCH_NEXT, "search-next", "n", LAYERS, NULL, "next match", "Next match"},
    [ACT_SEARCH_PREV] = {ACT_SEARCH_PREV, "search-prev", "N", LAYERS, NULL, NULL, "Previous match"},
    [ACT_FILTER] = {ACT_FILTER, "filter", "&", LAYERS, "Show only: ", "filter",
                    "Show only what matches: a name, op=Conv, dtype=i8, diff2>0.05"},
    [ACT_NEXT_BAD] = {ACT_NEXT_BAD, "next-bad", "e", BOTH, NULL, "next bad", "Next layer over the threshold"},
    [ACT_PREV_BAD] = {ACT_PREV_BAD, "prev-bad", "E", BOTH, NULL, NULL, "Previous layer over the threshold"},
    [ACT_FIRST_BAD] =
        {ACT_FIRST_BAD, "first-bad", "f", BOTH, NULL, "first bad",
         "The layer that brings in the first error; before that is known, the first one over the threshold"},
    [ACT_FIRST_NONFINITE] = {ACT_FIRST_NONFINITE, "first-nonfinite", "F", BOTH, NULL, "first NaN",
                             "First layer with a NaN or Inf, in execution order"},
    [ACT_ROOT] = {ACT_ROOT, "root", "R", BOTH, NULL, "where from",
                  "The layer where this one's error starts (BS goes back)"},
    [ACT_STRIP_PREV] = {ACT_STRIP_PREV, "strip-prev", "[", BOTH, NULL, NULL,
                        "The layer executed before this one"},
    [ACT_STRIP_NEXT] = {ACT_STRIP_NEXT, "strip-next", "]", BOTH, NULL, NULL,
                        "The layer executed after this one"},

    [ACT_SORT_MENU] = {ACT_SORT_MENU, "sort-menu", "s", LAYERS, NULL, "sort", "Choose what to sort by"},
    [ACT_SORT] = {ACT_SORT, "sort", "", LAYERS, "Sort by: ", NULL, "Sort by a column (:sort diff2)"},
    [ACT_SORT_REVERSE] = {ACT_SORT_REVERSE, "sort-reverse", "S", LAYERS, NULL, NULL, "Turn the order round"},
    [ACT_SORT_NEXT] = {ACT_SORT_NEXT, "sort-next", ">", LAYERS, NULL, NULL, "Sort by the next column"},
    [ACT_SORT_PREV] = {ACT_SORT_PREV, "sort-prev", "<", LAYERS, NULL, NULL, "Sort by the previous column"},

    [ACT_TAG] = {ACT_TAG, "tag", "Space", LAYERS, NULL, "tag", "Tag or untag, and go down"},
    [ACT_TAG_STAY] = {ACT_TAG_STAY, "tag-stay", "t", LAYERS, NULL, NULL, "Tag or untag, and stay"},
    [ACT_TAG_PATTERN] = {ACT_TAG_PATTERN, "tag-pattern", "*", LAYERS, "Tag names or ops like: ", NULL,
                         "Tag every name or op that matches (Pow_*)"},
    [ACT_UNTAG_ALL] = {ACT_UNTAG_ALL, "untag-all", "T", LAYERS, NULL, NULL, "Remove all tags"},
    [ACT_PRECISION_NEXT] = {ACT_PRECISION_NEXT, "precision-next", "p", PLANNED, NULL, "precision",
                            "Next precision, for the tagged layers or this one"},
    [ACT_PRECISION_MENU] = {ACT_PRECISION_MENU, "precision-menu", "P", BOTH, NULL, NULL,
                            "Choose a precision"},
    [ACT_PRECISION] = {ACT_PRECISION, "precision", "", BOTH, "Precision: ", NULL,
                       "Set a precision (:precision bf16)"},
    [ACT_PRECISION_CLEAR] = {ACT_PRECISION_CLEAR, "precision-clear", "x", PLANNED, NULL, "clear",
                             "Take the chosen precision away"},
    [ACT_OVERRIDE_PATTERN] = {ACT_OVERRIDE_PATTERN, "override", "o", PLANNED,
                              "Pattern and precision (Pow_* f32): ", NULL,
                              "Set a precision for every name or op that matches"},
    [ACT_SUGGEST] = {ACT_SUGGEST, "suggest", "a", LAYERS, NULL, "suggest",
                     "Tag the operators to raise (:suggest 95%, top 5, 0.01)"},
    [ACT_ACCEPT] = {ACT_ACCEPT, "accept", "A", LAYERS, NULL, "accept",
                    "Take what is suggested and tagged into the plan"},
    [ACT_UNDO] = {ACT_UNDO, "undo", "u", PLANNED, NULL, "undo", "Undo the last change of the plan"},
    [ACT_REDO] = {ACT_REDO, "redo", "C-r", PLANNED, NULL, NULL, "Redo what was undone"},

    [ACT_TAB_NEXT] = {ACT_TAB_NEXT, "tab-next", "Tab", LAYER, NULL, "next tab", "Next tab"},
    [ACT_TAB_PREV] = {ACT_TAB_PREV, "tab-prev", "S-Tab", LAYER, NULL, NULL, "Previous tab"},
    [ACT_TAB_0] = {ACT_TAB_0, "tab-0", "0", LAYER, NULL, NULL,
                   "Tab 0, Triage: what is wrong, why, and what to do"},
    [ACT_TAB_1] = {ACT_TAB_1, "tab-1", "1", LAYER, NULL, NULL, "Tab 1, Stats: both sides in figures"},
    [ACT_TAB_2] = {ACT_TAB_2, "tab-2", "2", LAYER, NULL, NULL, "Tab 2, Histogram: both sides, or the error"},
    [ACT_TAB_3] = {ACT_TAB_3, "tab-3", "3", LAYER, NULL, NULL, "Kept free for another tab"},
    [ACT_TAB_4] = {ACT_TAB_4, "tab-4", "4", LAYER, NULL, NULL, "Kept free for another tab"},
    [ACT_TAB_5] = {ACT_TAB_5, "tab-5", "5", LAYER, NULL, NULL,
                   "Tab 5, What if: the least error of each format"},
    [ACT_TAB_6] = {ACT_TAB_6, "tab-6", "6", LAYER, NULL, NULL,
                   "Tab 6, Neighbours: what goes in and what reads it"},
    [ACT_LAYER_NEXT] = {ACT_LAYER_NEXT, "layer-next", "J", LAYER, NULL, "next layer",
                        "Next layer of the list"},
    [ACT_LAYER_PREV] = {ACT_LAYER_PREV, "layer-prev", "K", LAYER, NULL, NULL, "Previous layer of the list"},
    [ACT_HIST_LOG] = {ACT_HIST_LOG, "hist-log", "L", SCOPE_HIST, NULL, "log", "Logarithmic counts on or off"},
    [ACT_HIST_MORE] = {ACT_HIST_MORE, "hist-more", "+ =", SCOPE_HIST, NULL, "bins", "More bins"},
    [ACT_HIST_FEWER] = {ACT_HIST_FEWER, "hist-fewer", "-", SCOPE_HIST, NULL, NULL, "Fewer bins"},
    [ACT_HIST_RANGE] = {ACT_HIST_RANGE, "hist-range", "r", SCOPE_HIST, NULL, "range",
                        "Range: all, the middle 99.9 %, around zero"},
    [ACT_HIST_ERROR] = {ACT_HIST_ERROR, "hist-error", "d", SCOPE_HIST, NULL, "error",
                        "Histogram of the error, or of the values"},
    [ACT_WHATIF_AXIS] = {ACT_WHATIF_AXIS, "whatif-axis", "a", SCOPE_WHATIF, NULL, "axis",
                         "What if: the channels lie along the next axis"},

    [ACT_PLAN] = {ACT_PLAN, "plan", "w", BOTH, NULL, "plan", "See what is chosen, and write the config"},
    [ACT_WRITE] = {ACT_WRITE, "write", "Enter w", SCOPE_PLAN, NULL, "write", "Write the files"},
    [ACT_EXPORT] = {ACT_EXPORT, "export", "", PLANNED, "Write to folder: ", NULL,
                    "Write the config to a folder (:export out)"},
    [ACT_TO_MENU] = {ACT_TO_MENU, "to-menu", "t", SCOPE_PLAN, NULL, "runtime",
                     "Choose the runtime to write for"},
    [ACT_TO] = {ACT_TO, "to", "", PLANNED, "Runtime: ", NULL, "Write for another runtime (:to onnxruntime)"},
    [ACT_THRESHOLD] = {ACT_THRESHOLD, "threshold", "", PLANNED, "Threshold: ", NULL,
                       "Call a layer bad above this (:threshold 0.05)"},
    [ACT_SET] = {ACT_SET, "set", "", PLANNED, "Setting and value: ", NULL,
                 "Choose a setting of the whole network (:set network_precision float16)"},
    [ACT_COPY] = {ACT_COPY, "copy", "y", BOTH, NULL, NULL, "Copy the layer's name to the clipboard"},

    [ACT_COMMAND] = {ACT_COMMAND, "command", ":", SCOPE_ANY, ":", NULL, "Type an action by its name"},
    [ACT_THEME] = {ACT_THEME, "theme", "", SCOPE_ANY, "Theme: ", NULL, "Change the colours (:theme mono)"},
    [ACT_HELP] = {ACT_HELP, "help", "? F1", SCOPE_ANY, NULL, "help", "This list of keys"},
    [ACT_REDRAW] = {ACT_REDRAW, "redraw", "C-l", SCOPE_ANY, NULL, NULL, "Draw the screen again"},
    [ACT_SUSPEND] = {ACT_SUSPEND, "suspend", "C-z", SCOPE_ANY, NULL, NULL,
                     "To the shell for a moment (fg comes back)"},
    [ACT_ESCAPE] = {ACT_ESCAPE, "escape", "Esc", SCOPE_ANY, NULL, NULL, "Back out of one thing"},
    [ACT_CLOSE] = {ACT_CLOSE, "close", "q", SCOPE_ANY, NULL, "close",
                   "Close this screen; the last one ends mmtui"},
    [ACT_QUIT] = {ACT_QUIT, "quit", "Q C-c", SCOPE_ANY, NULL, "quit", "End mmtui"},
};

const struct action_info *action_info(enum action id)
{
    return &table[(unsigned)id < ACT_COUNT ? id : ACT_NONE];
}

enum action action_find(const char *name)
{
    size_t length = strlen(name);
    enum action found = ACT_NONE;
    int hits = 0;
    for (int id = ACT_NONE + 1; id < ACT_COUNT && length > 0; id++) {
        if (strcmp(table[id].name, name) == 0)
            return (enum action)id;
        if (strncmp(table[id].name, name, length) == 0) {
            found = (enum action)id;
            hits++;
        }
    }
    return hits == 1 ? found : ACT_NONE;
}

int action_times(const struct action_event *event)
{
    return event->count > 0 ? event->count : 1;
}
