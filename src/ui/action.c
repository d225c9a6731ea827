#include "ui/action.h"
#include "ui/complete_command.h"

#include <stdlib.h>
#include <string.h>

static const struct action_info nothing = {ACT_NONE, "none", "", 0, NULL, NULL, "Do nothing"};

static const struct action_info moving[] = {
    {ACT_DOWN, "down", "j Down", SCOPE_LIST, NULL, "down", "Down one row (5j: five)"},
    {ACT_UP, "up", "k Up", SCOPE_LIST, NULL, "up", "Up one row"},
    {ACT_HALF_DOWN, "half-down", "C-d", SCOPE_LIST, NULL, NULL, "Down half a page"},
    {ACT_HALF_UP, "half-up", "C-u", SCOPE_LIST, NULL, NULL, "Up half a page"},
    {ACT_PAGE_DOWN, "page-down", "PgDn C-f", SCOPE_LIST, NULL, NULL, "Down a page"},
    {ACT_PAGE_UP, "page-up", "PgUp C-b", SCOPE_LIST, NULL, NULL, "Up a page"},
    {ACT_SCROLL_DOWN, "scroll-down", "C-e", SCOPE_LIST, NULL, NULL, "Scroll down a row (5C-e: five)"},
    {ACT_SCROLL_UP, "scroll-up", "C-y", SCOPE_LIST, NULL, NULL, "Scroll up a row"},
    {ACT_TOP, "top", "g Home", SCOPE_LIST, NULL, NULL, "To the first row"},
    {ACT_BOTTOM, "bottom", "G End", SCOPE_LIST, NULL, NULL, "To the last row (20G: to row 20)"},
    {ACT_GOTO, "goto", "", SCOPE_LIST, "Go to row: ", NULL, "To a row by its number (also :20)"},
    {ACT_OPEN, "open", "Enter l Right", SCOPE_OPEN, NULL, "open", "Open the selected row"},
    {ACT_BACK, "back", "BS h Left", SCOPE_ANY, NULL, "back", "Back to the screen before"},
};

static const struct action_info program[] = {
    {ACT_COMMAND, "command", ":", SCOPE_ANY, ":", NULL, "Type an action by its name",
     .complete = complete_command},
    {ACT_THEME, "theme", "", SCOPE_ANY, NULL, NULL, "Choose the colours (:theme mono)",
     .complete = complete_theme},
    {ACT_HELP, "help", "? F1", SCOPE_ANY, NULL, "help", "This list of keys"},
    {ACT_COPY_TEXT, "copy-text", "Y", SCOPE_ANY, NULL, NULL,
     "Copy what is shown, as text; of a list of layers the row, with headings"},
    {ACT_MOUSE, "mouse", "m", SCOPE_ANY, NULL, NULL,
     "Mouse on or off: click, click again to open, wheel (select text with Shift)"},
    {ACT_REDRAW, "redraw", "C-l", SCOPE_ANY, NULL, NULL, "Draw the screen again"},
    {ACT_SUSPEND, "suspend", "C-z", SCOPE_ANY, NULL, NULL, "Suspend to the shell (fg resumes)"},
    {ACT_ESCAPE, "escape", "Esc", SCOPE_ANY, NULL, "back out", "Back out of one thing"},
    {ACT_CLOSE, "close", "q", SCOPE_ANY, NULL, "close", "Close this screen; the last one ends mmtui"},
    {ACT_QUIT, "quit", "Q C-c", SCOPE_ANY, NULL, "quit", "Quit mmtui"},
    {ACT_FIND, "find", "/", SCOPE_HELP, "/", "find", "Find a word in this list", .empty = true},
    {ACT_FIND_NEXT, "find-next", "n", SCOPE_HELP, NULL, "next", "Next line with it"},
    {ACT_FIND_PREV, "find-prev", "N", SCOPE_HELP, NULL, NULL, "Previous line with it"},
};

const struct action_section action_moving = {"Moving", moving, MM_COUNT(moving)};
const struct action_section action_program = {"The program", program, MM_COUNT(program)};

static const struct action_section of_ui[] = {
    {"Moving", moving, MM_COUNT(moving)},
    {"The program", program, MM_COUNT(program)},
};

/* ---- all of a program ---- */

static int highest(const struct actions *actions)
{
    int id = ACT_NONE;
    for (size_t s = 0; s < actions->count; s++) {
        for (size_t i = 0; i < actions->section[s].count; i++)
            id = actions->section[s].row[i].id > id ? actions->section[s].row[i].id : id;
    }
    return id;
}

int actions_init(struct actions *actions, const struct action_section *section, size_t count,
                 struct mm_err *err)
{
    *actions =
        (struct actions){.section = section ? section : of_ui, .count = section ? count : MM_COUNT(of_ui)};
    actions->top = highest(actions) + 1;
    actions->row = calloc((size_t)actions->top, sizeof(*actions->row));
    if (!actions->row)
        return mm_fail_memory(err);
    for (size_t s = 0; s < actions->count; s++) {
        for (size_t i = 0; i < actions->section[s].count; i++)
            actions->row[actions->section[s].row[i].id] = &actions->section[s].row[i];
    }
    return 0;
}

void actions_done(struct actions *actions)
{
    free(actions->row);
    *actions = (struct actions){0};
}

const struct action_info *action_info(const struct actions *actions, int id)
{
    return id > ACT_NONE && id < actions->top && actions->row[id] ? actions->row[id] : &nothing;
}

int action_find(const struct actions *actions, const char *name)
{
    size_t length = strlen(name);
    int found = ACT_NONE, hits = 0;
    for (int id = ACT_NONE + 1; id < actions->top && length > 0; id++) {
        const struct action_info *info = action_info(actions, id);
        if (strcmp(info->name, name) == 0)
            return info->id;
        if (strncmp(info->name, name, length) == 0) {
            found = info->id;
            hits++;
        }
    }
    return hits == 1 ? found : ACT_NONE;
}

const char *action_hint(const struct actions *actions, const char *name, char out[MM_NEAREST])
{
    struct mm_nearest nearest;
    mm_nearest_init(&nearest, name);
    for (int id = ACT_NONE + 1; id < actions->top; id++) {
        if (action_info(actions, id)->id != ACT_NONE)
            mm_nearest_look(&nearest, action_info(actions, id)->name);
    }
    return mm_nearest_hint(&nearest, out);
}

int action_times(const struct action_event *event)
{
    return event->count > 0 ? event->count : 1;
}
